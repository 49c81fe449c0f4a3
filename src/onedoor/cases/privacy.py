"""The statement of use as it holds in this deployment today."""

from django.conf import settings

from onedoor.rules.booking import KEPT_FOR
from onedoor.rules.privacy import Notice, privacy_notice


def current_notice() -> Notice:
    return privacy_notice(
        case_kept=settings.CASE_KEPT,
        visit_years=settings.VISIT_YEARS,
        question_years=settings.QUESTION_YEARS,
        opinion_years=settings.OPINION_YEARS,
        survey_years=settings.SURVEY_YEARS,
        message_days=settings.NOTICE_LIFE.days,
        booking_days=KEPT_FOR.days,
        household_days=settings.HOUSEHOLD_VISIT_DAYS,
        care_days=settings.CARE_PLAN_DAYS,
    )

"""What the worker does for the room by the clock."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from onedoor.cases.counting import ZONE
from onedoor.voices.steps.opinion import erase_opinions
from onedoor.voices.steps.question import erase_questions
from onedoor.voices.steps.survey import erase_survey_texts


@app.periodic(cron="47 3 * * *")
@app.task(name="onedoor.erase_voices", queueing_lock="onedoor.erase_voices")
def erase_voices(timestamp: int) -> None:
    """Questions, opinions and written answers whose time is over; in pieces: it may be killed at any moment."""
    now = datetime.now(UTC)

    def before(years: int) -> datetime:
        return now - timedelta(days=366 * years)

    while erase_questions(before=before(settings.QUESTION_YEARS), at=now):
        pass
    while erase_opinions(before=before(settings.OPINION_YEARS).astimezone(ZONE).date(), at=now):
        pass
    while erase_survey_texts(before=before(settings.SURVEY_YEARS).astimezone(ZONE).date()):
        pass

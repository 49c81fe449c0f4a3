from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.rules.referrals import REFERRAL_STATES, SERVICES


class Referral(models.Model):
    """转介: one person is put in touch with a service, at his own wish. Outside the ledger of any matter, and no part
    of its file: that somebody sees a counsellor is nobody's business. Purpose: to help; basis: his consent
    (个人信息保护法 §§13, 29); end: KEPT_FOR after it is closed (rules/referrals.py)."""

    id = models.UUIDField(primary_key=True)
    centre_id = models.BigIntegerField("中心")
    case_id = models.UUIDField(null=True)
    service = models.CharField("服务", max_length=16)
    state = models.CharField("状态", max_length=8)
    sealed = models.BinaryField(null=True)  # who, how he is reached, how he agreed, what was told, the answer; as JSON
    by = models.BigIntegerField()
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "care_referral"
        verbose_name = verbose_name_plural = "转介"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(service__in=list(SERVICES)), name="referral_service_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(REFERRAL_STATES)), name="referral_state_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["centre_id", "-at"], name="referral_newest")]

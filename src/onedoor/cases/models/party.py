from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models.case import Case
from onedoor.people.models import Unit
from onedoor.rules.intake import PARTS
from onedoor.rules.telling import CONTACTS


class Party(models.Model):
    """当事人. ID number, phone and address are encrypted; `*_index` is a keyed digest for equality alone.

    `salt` goes into the digest that the ledger keeps, and goes with the row when it is lawfully erased.
    """

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="parties")
    place = models.SmallIntegerField("次序")
    part = models.CharField("身份", max_length=14)
    kind = models.CharField("类型", max_length=12)
    name = models.CharField("姓名或名称", max_length=100, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False)
    id_number = models.BinaryField(null=True)
    id_number_index = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    safe_contact = models.CharField("安全联系方式", max_length=100, blank=True)
    settled_amount = models.BigIntegerField("结案金额（分）", null=True)
    confirmed_at = models.DateTimeField("本人确认", null=True)
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)
    # how the applicant wants to be reached (rules/telling.py)
    contact = models.CharField("联系方式", max_length=8, blank=True, default="", db_default="")

    class Meta:
        db_table = "party"
        verbose_name = verbose_name_plural = "当事人"
        ordering: ClassVar = ["case", "place"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(part__in=list(PARTS)), name="party_part_is_known"),
            models.CheckConstraint(condition=Q(contact__in=list(CONTACTS)), name="party_contact_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["phone_index"], condition=Q(phone_index__isnull=False), name="party_by_phone"),
            models.Index(
                fields=["id_number_index"],
                condition=Q(id_number_index__isnull=False),
                name="party_by_id_number",
            ),
        ]

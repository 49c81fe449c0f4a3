"""转接: partner offices and the slips between them and the centre."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from onedoor.hall.models.hotline import CallNote
from onedoor.hall.models.visits import Visit
from onedoor.people.models import Account, Unit
from onedoor.rules.handover import DIRECTIONS, HANDOVER_STATES, MOST_DAYS


class Partner(models.Model):
    """外部单位: an office beside the tree, such as 市民中心. Its program, if it has one, signs in as `account`."""

    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=40)
    purpose = models.CharField("办什么", max_length=120, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    phone = models.CharField("公开电话", max_length=30, blank=True)
    days = models.PositiveSmallIntegerField("几个工作日内答复")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "外部单位"
        ordering = ["position", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["centre", "code"], name="partner_code_in_a_centre"),
            models.UniqueConstraint(fields=["account"], name="partner_account_is_of_one"),
            models.CheckConstraint(
                condition=~Q(name="") & Q(days__gte=1, days__lte=MOST_DAYS), name="partner_has_name_and_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Handover(models.Model):
    """转接单. It names nobody: what the person needs there, and the answer. From which visit, call or matter it went
    out, or what it has led to here, stays with the centre. Basis: 综治中心 and 政务服务中心 pass on what is not theirs
    (首问负责; local). Texts are erased after VISIT_YEARS."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField("编号", max_length=40, unique=True)
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_constraint=False)
    direction = models.CharField("方向", max_length=3)
    their_number = models.CharField("对方编号", max_length=60, blank=True)
    what = models.TextField("需要办什么", blank=True)
    state = models.CharField("状态", max_length=10)
    answer = models.TextField("答复或退回原因", blank=True)
    due_day = models.DateField("答复期限")
    made_at = models.DateTimeField("转接时间")
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    received_at = models.DateTimeField("接收时间", null=True)
    ended_at = models.DateTimeField("答复或退回时间", null=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+", db_constraint=False)
    note = models.ForeignKey(CallNote, models.PROTECT, null=True, related_name="+", db_constraint=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", db_constraint=False)
    erased_at = models.DateTimeField("清除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "转接单"
        indexes: ClassVar = [
            models.Index(fields=["centre", "-made_at", "-id"], name="handover_newest"),
            models.Index(
                fields=["centre", "due_day"], condition=Q(state__in=["sent", "received"]), name="handover_open"
            ),
            models.Index(fields=["made_at"], condition=Q(erased_at=None), name="handover_to_erase"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(direction__in=list(DIRECTIONS), state__in=list(HANDOVER_STATES)),
                name="handover_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", received_at=None, ended_at=None, answer="")
                | Q(state="received", received_at__isnull=False, ended_at=None, answer="")
                | Q(state__in=["answered", "returned"], ended_at__isnull=False)
                & (~Q(answer="") | Q(erased_at__isnull=False)),
                name="handover_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(direction="in") & ~Q(their_number="") | Q(direction="out", their_number=""),
                name="handover_that_came_in_has_their_number",
            ),
            models.CheckConstraint(
                condition=Q(received_at=None) | Q(received_at__gte=F("made_at")),
                name="handover_is_received_after_it_was_made",
            ),
            models.UniqueConstraint(
                fields=["partner", "their_number"], condition=Q(direction="in"), name="handover_came_in_once"
            ),
        ]

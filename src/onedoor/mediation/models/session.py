"""Sessions. The database itself sees to it that no room and no mediator has two at once: the exclusion constraints
`session_no_room_twice` and `session_no_mediator_twice` of the migration."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from onedoor.cases.models import Case
from onedoor.mediation.models.mediation import Mediation
from onedoor.people.models import Unit
from onedoor.rules.sessions import RECORD_SIGN_WAYS, REPLIES, ROOM_KINDS, SESSION_KINDS, SESSION_STATES


class MeetingRoom(models.Model):
    """调解室 and other rooms of a centre in which sessions are held."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="中心")
    name = models.CharField("名称", max_length=40)
    kind = models.CharField("类别", max_length=14)
    seats = models.PositiveSmallIntegerField("座位", default=8)
    equipment = models.CharField("设备", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    active = models.BooleanField("启用", default=True)

    class Meta:
        db_table = "mediation_room"
        verbose_name = verbose_name_plural = "调解室"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(ROOM_KINDS)), name="meeting_room_kind_is_known"),
            models.UniqueConstraint(fields=["unit", "name"], name="meeting_room_name_once_a_centre"),
        ]


class Session(models.Model):
    """调解会. `text` is the record of a session with both sides. What one side said alone is `sealed`: encrypted, and
    read by the mediators of this mediation and nobody else."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="sessions")
    kind = models.CharField("类型", max_length=14)
    side = models.CharField("哪一方", max_length=10, blank=True)
    room_id = models.BigIntegerField("调解室", null=True)
    place = models.CharField("地点", max_length=100, blank=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    state = models.CharField("状态", max_length=10)
    booked_by = models.BigIntegerField()
    cancelled_why = models.CharField("取消原因", max_length=200, blank=True)
    present = models.JSONField("到场当事人", default=list)  # ids of parties
    others = models.CharField("其他在场人", max_length=300, blank=True)
    rights_told = models.BooleanField("已告知权利义务", default=False)
    read_back = models.BooleanField("笔录已确认", default=False)
    recorded = models.BooleanField("录音录像", default=False)
    text = models.TextField("笔录", blank=True)
    sealed = models.BinaryField("保密笔录", null=True)
    held_by = models.BigIntegerField(null=True)
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)
    # accounts of who mediated then: what was said alone is theirs; a successor reads it with that side's consent
    heard_by = models.JSONField("主持和参与的调解员", default=list, db_default=[])
    breaks = models.CharField("休会情况", max_length=200, blank=True, default="", db_default="")

    class Meta:
        db_table = "mediation_session"
        verbose_name = verbose_name_plural = "调解会"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(SESSION_KINDS)), name="session_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(SESSION_STATES)), name="session_state_is_known"),
            models.CheckConstraint(
                condition=~Q(kind__in=["separate", "psychological"]) | Q(text=""), name="said_alone_is_sealed"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "starts_at"], name="session_of_case"),
            models.Index(fields=["starts_at"], condition=Q(state="booked"), name="session_coming"),
        ]


class SessionSignature(models.Model):
    """笔录签名 of who was there; `digest` binds the words that he signed. The drawing is encrypted."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, models.CASCADE, related_name="signatures")
    party = models.UUIDField("签名人")
    way = models.CharField("方式", max_length=8)
    digest = models.CharField("所签笔录", max_length=64)
    drawing = models.BinaryField(null=True)
    attachment = models.UUIDField("扫描件", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.BigIntegerField()
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "session_signature"
        verbose_name = verbose_name_plural = "笔录签名"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(way__in=list(RECORD_SIGN_WAYS)), name="record_way_is_known"),
            models.UniqueConstraint(fields=["session", "party"], name="one_record_signature_a_party"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="record_signature_of_case")]


class SessionRecording(models.Model):
    """录音录像 of one session, with the parties' consent. No attachment of the case: of a talk with one side alone it
    is as confidential as the words."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, models.CASCADE, related_name="recordings")
    sha256 = models.BinaryField(max_length=32)
    name = models.CharField("文件名", max_length=120)
    type = models.CharField("类型", max_length=100)
    size = models.BigIntegerField("大小（字节）")
    at = models.DateTimeField()
    by = models.BigIntegerField()
    salt = models.BinaryField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "session_recording"
        verbose_name = verbose_name_plural = "录音录像"
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="recording_of_case")]


class SessionSeat(models.Model):
    """A mediator's time in a session; goes when the session is cancelled."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="seats")
    account_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "mediation_session_seat"


class SessionReply(models.Model):
    """Whether a party who was invited comes; no part of the record, since it changes until the hour."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="replies")
    party = models.UUIDField()
    reply = models.CharField(max_length=10, default="waiting")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mediation_session_reply"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "party"], name="one_reply_a_party"),
            models.CheckConstraint(condition=Q(reply__in=list(REPLIES)), name="reply_is_known"),
        ]

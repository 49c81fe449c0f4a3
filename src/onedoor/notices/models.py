"""Notices, who has read them, and what goes to the outside. The writer of the record adds notices; the rest of these
tables is this room's own."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from onedoor.people.models import Account, Unit
from onedoor.rules.channels import CHANNEL_KINDS, OF_PERSON, OF_UNIT
from onedoor.rules.notices import DELIVERY_STATES, WITHOUT_A_CASE


class Notice(models.Model):
    """通知: a line to an audience of `rules.access`. The text is made from `kind`; nothing of the matter is
    in it, so a notice can be taken back without having told anything. Gone after NOTICE_LIFE. Kinds that are about
    no case (`rules.notices.WITHOUT_A_CASE`) lead to a page of their own."""

    id = models.UUIDField(primary_key=True)
    audience = models.BigIntegerField()
    case_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=24)
    created_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        verbose_name = verbose_name_plural = "通知"
        indexes: ClassVar = [
            models.Index(
                fields=["audience", "-created_at", "-id"],
                condition=Q(taken_back_at__isnull=True),
                name="notice_newest",
            ),
            models.Index(fields=["case_id"], name="notice_by_case"),
            # what has come in the last minutes, for everybody at once; a few pages, whatever the table holds
            BrinIndex(fields=["created_at"], pages_per_range=8, autosummarize=True, name="notice_by_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(case_id__isnull=False) | Q(kind__in=sorted(WITHOUT_A_CASE)),
                name="notice_is_about_a_case",
            ),
        ]


class NoticeRead(models.Model):
    """已读: by this account. A notice to a unit is everybody's there, and each reads it for himself."""

    pk = models.CompositePrimaryKey("account", "notice")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "notice_read"
        verbose_name = verbose_name_plural = "已读"


class NoticeReader(models.Model):
    """Up to when an account has read everything: "all read" moves this and writes no row for each of thousands."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")
    read_until = models.DateTimeField()

    class Meta:
        db_table = "notice_reader"
        verbose_name = verbose_name_plural = "已读至"


class NoticeChannel(models.Model):
    """通知渠道: where a person or a unit is told that there are new notices.

    The address is personal data. Purpose: this alone. Basis: the person sets it himself and takes it away again
    (个人信息保护法 §13(1), §15). End: with the channel. Encrypted, shown masked.
    """

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=10)
    address = models.BinaryField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Notices from before are no news; moved up when the channel is switched on again.
    since = models.DateTimeField()
    # Up to when it has been looked for new notices.
    looked_until = models.DateTimeField()
    # When a message was last made or sent: none goes within QUIET of it.
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_channel"
        verbose_name = verbose_name_plural = "通知渠道"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(CHANNEL_KINDS)), name="notice_channel_kind_is_known"),
            models.CheckConstraint(
                condition=Q(account__isnull=False, unit=None, kind__in=list(OF_PERSON))
                | Q(account=None, unit__isnull=False, kind__in=list(OF_UNIT)),
                name="notice_channel_has_one_owner",
            ),
            models.UniqueConstraint(fields=["account", "kind"], name="notice_channel_of_a_person"),
            models.UniqueConstraint(fields=["unit", "kind"], name="notice_channel_of_a_unit"),
        ]


class Delivery(models.Model):
    """一次发送: one message on one channel. Its id goes with it, the same at each try."""

    id = models.UUIDField(primary_key=True)
    channel = models.ForeignKey(NoticeChannel, models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)
    # how many notices it is about; none for the first message of a channel
    notices = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    # While a worker is at it this lies ahead, as its lease: a killed worker's message is taken up after that.
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        verbose_name = verbose_name_plural = "消息发送"
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["-id"], condition=Q(state__in=["waiting", "stuck"]), name="delivery_unsent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(DELIVERY_STATES)), name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
                name="delivery_sent_has_its_time",
            ),
        ]


class DeliveryNotice(models.Model):
    """Which notices a message is about; the key sees to it that none goes twice by the same channel."""

    pk = models.CompositePrimaryKey("channel", "notice")
    channel = models.ForeignKey(NoticeChannel, models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+")
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="+")

    class Meta:
        db_table = "delivery_notice"
        verbose_name = verbose_name_plural = "消息所含通知"


class ApplicantMessage(models.Model):
    """给申请人的短信: that there is something new, or a one-time code. It holds no text and no telephone: both are
    looked up when it goes out. Purpose: to tell the applicant, as he has chosen. Gone after NOTICE_LIFE."""

    id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField()
    party_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=10, default="waiting", db_default="waiting")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "applicant_message"
        verbose_name = verbose_name_plural = "给申请人的短信"
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="applicant_message_waiting"),
            models.Index(fields=["case_id", "created_at"], name="applicant_message_of_a_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(DELIVERY_STATES)), name="applicant_message_state_is_known"
            ),
        ]

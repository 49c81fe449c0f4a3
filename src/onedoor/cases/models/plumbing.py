"""Tables beside the record: search vectors, their queue, idempotency keys, heartbeats."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now


class CaseText(models.Model):
    """Bigram vectors for search only; party names apart, since not everybody may search them."""

    case_id = models.UUIDField(primary_key=True)
    matter = SearchVectorField()
    names = SearchVectorField()

    class Meta:
        db_table = "case_text"
        indexes: ClassVar = [
            # fastupdate would put the cost of merging on whichever search comes next
            GinIndex(fields=["matter"], name="case_text_matter"),
            GinIndex(fields=["names"], name="case_text_names"),
        ]


class CaseQuiet(models.Model):
    """Of this case no text messages go out for now: the telephone may be in the wrong hands. Why stands elsewhere."""

    case_id = models.UUIDField(primary_key=True)

    class Meta:
        db_table = "case_quiet"


class SearchQueue(models.Model):
    """Cases whose vectors are to be made anew, drained by a job."""

    case_id = models.UUIDField(primary_key=True)
    queued_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "search_queue"


class IdempotencyKey(models.Model):
    """A client's key for one request, its content's digest, and the case or visit it led to. Kept seven days."""

    pk = models.CompositePrimaryKey("account_id", "key")
    account_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    digest = models.BinaryField()
    number = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "idempotency_key"
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_key_age")]


class ClockJump(models.Model):
    """The server's clock was set by `seconds`, noticed at `noticed_at` of the new time."""

    noticed_at = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        db_table = "clock_jump"


class Heartbeat(models.Model):
    """When a job last ran, so that silence can be seen."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "heartbeat"

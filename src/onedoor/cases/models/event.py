from django.db import models


class Event(models.Model):
    """事件: the append-only ledger. A keyed hash chains each case's events; `payload` holds codes, ids and
    the digests of every row the event has written, and no personal data."""

    pk = models.CompositePrimaryKey("county", "recorded_at", "id")
    county = models.CharField(max_length=12)
    recorded_at = models.DateTimeField()
    id = models.UUIDField()
    case_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=24)
    occurred_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    payload = models.JSONField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "event"
        verbose_name = verbose_name_plural = "事件"

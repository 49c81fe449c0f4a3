from django.db import models
from django.db.models.functions import Now


class Draft(models.Model):
    """草稿: a registration that is being typed, so that a dead browser loses nothing.

    One for each account and read by it alone; encrypted whole, since it holds personal data. Purpose: not to
    ask people twice. It ends when the matter is registered or the draft thrown away, and after seven days.
    """

    account_id = models.BigIntegerField(primary_key=True)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "draft"
        verbose_name = verbose_name_plural = "草稿"

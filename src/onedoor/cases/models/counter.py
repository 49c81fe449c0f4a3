from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Counter(models.Model):
    """计数: how many ordinary cases fulfil each condition of a figure, by when they were registered (ADR 17).

    `scope` is whose cases (`counted.py`), `cut` how they are broken down, `day` a day or the first of a month, as the
    cut has it; `counts` in the order of `counted.MEASURES`, `fen` the amounts. Only `steps/fold.py` writes it.
    """

    pk = models.CompositePrimaryKey("scope", "cut", "day", "key")
    scope = models.BigIntegerField()
    cut = models.CharField(max_length=10)
    day = models.DateField()
    key = models.CharField(max_length=40)
    counts = ArrayField(models.IntegerField())
    fen = models.BigIntegerField()

    class Meta:
        db_table = "counter"


class CounterDelta(models.Model):
    """What a change adds to the counters (`n` 1) or takes from them (`n` -1): appended with the change by the writer,
    so that no two writers meet, and folded into `counter` by a job. Readers add what is not folded yet."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    hour = models.SmallIntegerField()
    category_id = models.BigIntegerField()
    channel = models.CharField(max_length=10)
    unit_id = models.BigIntegerField()  # who leads it; nought: nobody yet
    ending = models.CharField(max_length=20)
    level = models.SmallIntegerField()  # of the centre that has it, the top of the tree is 1
    path = ArrayField(models.BigIntegerField())  # of divisions, where it happened
    audiences = ArrayField(models.BigIntegerField())  # those that have counters
    counted = models.BigIntegerField()
    fen = models.BigIntegerField()
    n = models.SmallIntegerField()

    class Meta:
        db_table = "counter_delta"


class CounterLayout(models.Model):
    """By which list of measures the counters were filled: after a release that has another they are filled anew."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    layout = models.TextField()

    class Meta:
        db_table = "counter_layout"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="one_counter_layout")]

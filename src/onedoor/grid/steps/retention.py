"""What of the field's errands ends by itself."""

from datetime import datetime

from django.db import transaction

from onedoor.cases.ledger import utc
from onedoor.cases.sql import execute


def remove_tasks(*, before: datetime, most: int = 1000) -> int:
    """Removes errands that were done or cancelled and were ordered before that; how many. What led to a matter stands
    in the matter; of who has done which errand nothing is kept longer than it is needed."""
    with transaction.atomic(durable=True):
        return execute(
            "DELETE FROM grid_fieldtask WHERE id IN (SELECT id FROM grid_fieldtask"
            " WHERE state IN ('done', 'cancelled') AND made_at < %s ORDER BY made_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [utc(before), most],
        )

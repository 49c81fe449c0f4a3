"""The statements of a list against the indexes made for them: a page of a million matters must not read them all."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.kit import NOW, person, register_case
from onedoor.cases.queries.cases import Filters, list_cases


@pytest.mark.parametrize("light", ["", "red", "yellow", "green"])
def test_what_ends_first_in_the_whole_county_is_read_by_its_index(county: None, light: str) -> None:
    register_case(at=NOW)
    viewer = person("dispatcher").viewer()
    assert viewer.whole_tree
    with CaptureQueriesContext(connection) as asked:
        list_cases(viewer, Filters(order="due", light=light, now=NOW))
    statement = asked[0]["sql"]
    assert "ORDER BY coalesce(c.red_at, c.due_at)" in statement
    with transaction.atomic(), connection.cursor() as cursor:
        # a table of one row is read whole, if the planner may
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "case_urgent" in plan, plan

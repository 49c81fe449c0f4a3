"""On the demo county: each planted trick is found, and how many honest matters are asked about is counted."""

from collections import Counter

from cases.kit import sql
from onedoor.demo.gaming import PLANTED, SYSTEM
from onedoor.rules.gaming import KINDS

MOST_WRONG = 8


def planted() -> dict[object, str]:
    return {
        case: number.rpartition("-")[0]
        for case, number in sql("SELECT case_id, number FROM external_number WHERE system = %s", SYSTEM)
    }


def test_each_planted_trick_is_found(full: int) -> None:
    there = planted()
    assert Counter(there.values()) == sum((Counter({one.kind: one.count}) for one in PLANTED), Counter())
    assert set(there.values()) == set(KINDS)
    found = {(case, kind) for case, kind in sql("SELECT case_id, kind FROM gaming_finding")}
    missed = [(kind, case) for case, kind in there.items() if (case, kind) not in found]
    assert missed == []


def test_false_positives_are_few_and_counted(full: int) -> None:
    there = planted()
    wrong = Counter(kind for case, kind in sql("SELECT case_id, kind FROM gaming_finding") if case not in there)
    # as the handbook says; the number hangs a little on the day, since texts and places are dealt out by it
    assert wrong.keys() <= {"too_short", "off_topic", "split"}
    assert sum(wrong.values()) <= MOST_WRONG, dict(wrong)
    ordinary = sql("SELECT count(*) FROM \"case\" WHERE confidentiality = 'ordinary'")[0][0]
    assert sum(wrong.values()) <= ordinary * 0.03

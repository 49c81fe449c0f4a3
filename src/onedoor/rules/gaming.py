"""疑点: signs that a figure was made rather than earned. Each is a question for a person, never a verdict.

The looks are in `gaming_answers.py`, `gaming_ratings.py` and `gaming_clocks.py`; what people do with a question in
`findings.py`. Nothing here knows a person but the staff who registered, rated or called back.
"""

from collections.abc import Sequence
from datetime import timedelta

from onedoor.rules.gaming_answers import common_in, copied, no_result, off_topic, too_short
from onedoor.rules.gaming_clocks import clock_reset, split
from onedoor.rules.gaming_ratings import staff_ratings
from onedoor.rules.gaming_seen import Found, Seen

KINDS: dict[str, str] = {
    "no_result": "没有结果就办结",
    "too_short": "答复过短",
    "copied": "答复反复照搬",
    "off_topic": "答复与诉求无关",
    "staff_rating": "评价疑似工作人员代做",
    "clock_reset": "时限反复重置",
    "split": "一事拆成多件",
}
LOOKS_BACK = timedelta(days=92)


def look(cases: Sequence[Seen]) -> list[Found]:
    """All questions about these cases, one of a kind and case at most, in the order of KINDS and of numbers."""
    listed = sorted(cases, key=lambda one: one.number)
    common = common_in(listed)
    found: list[Found] = []
    for one in listed:
        for kind, evidence in (
            ("no_result", no_result(one)),
            ("too_short", too_short(one)),
            ("off_topic", off_topic(one, common)),
            ("clock_reset", clock_reset(one)),
        ):
            if evidence is not None:
                found.append(Found(kind, one.id, one.unit, (), evidence))
    found += [*copied(listed), *staff_ratings(listed), *split(listed)]
    order = list(KINDS)
    place = {one.id: number for number, one in enumerate(listed)}
    return sorted(found, key=lambda one: (order.index(one.kind), place[one.case]))

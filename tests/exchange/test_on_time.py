"""The real messages under the statutory scheme: how many were answered in time, by the sweeper and by a direct count."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from django.db import transaction
from python_calamine import CalamineWorkbook

from cases.kit import person
from onedoor.cases.references import units_by_code
from onedoor.cases.sql import rows
from onedoor.cases.steps._reading import read_matter
from onedoor.cases.steps._record import apply, flush
from onedoor.cases.steps.register import draft, reserve_numbers, surroundings
from onedoor.cases.steps.sweep import sweep
from onedoor.rules.decide import decide
from onedoor.rules.facts import Inputs

MESSAGES = Path(__file__).parents[3] / "shared" / "data" / "messages-with-replies.xlsx"
ZONE = ZoneInfo("Asia/Shanghai")
RAW = {
    "channel": "web", "category": "petition.other", "kind": "appeal", "purpose": "petition",
    "parties": [{"part": "applicant", "name": "网民"}],
}  # fmt: skip

pytestmark = pytest.mark.skipif(not MESSAGES.exists(), reason="没有 ../shared/data 里的留言台账，跳过")


def times() -> list[tuple[datetime, datetime]]:
    sheet = CalamineWorkbook.from_path(MESSAGES).get_sheet_by_index(0).to_python()
    asked, answered = sheet[0].index("留言时间"), sheet[0].index("答复时间")
    return [(_time(row[asked]), _time(row[answered])) for row in sheet[1:] if row[asked]]


def _time(cell: object) -> datetime:
    if not isinstance(cell, datetime):
        # 2019/4/25 9:32:09, 2019-04-08 08:37:20, and blanks in between
        cell = datetime(*map(int, re.findall(r"\d+", str(cell))), tzinfo=ZONE)  # type: ignore[arg-type]
    return cell.replace(tzinfo=ZONE)


def last_day(asked: date) -> date:
    """信访工作条例 §34: sixty days; 民诉法 §85③: on from a rest day."""
    day = asked + timedelta(days=60)
    while not chinese_calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def test_the_sweeper_and_a_direct_count_find_the_same_on_time(county: None) -> None:
    messages = times()
    direct = [answered.date() <= last_day(asked.date()) for asked, answered in messages]

    clerk = next(actor for actor in person("clerk").actors if actor.role == "clerk")
    dispatcher, handler = person("dispatcher").actors[0], person("handler2").actors[0]
    unit = units_by_code(["zjj"])["zjj"]
    # 信访工作条例 §34: from the competent unit's acceptance; here all on the day the message came
    moves = (
        ("accept", clerk, Inputs()),
        ("dispatch", dispatcher, Inputs(unit=unit)),
        ("sign", handler, Inputs()),
        ("decide_acceptance", handler, Inputs(accepted=True)),
    )
    now, order = datetime.now(UTC), {}
    sample = read_matter({**RAW, "narrative": "留言"}, today=now.date())
    found = surroundings(sample, clerk, now)
    numbers = reserve_numbers(found.county, now, len(messages))
    for start in range(0, len(messages), 500):
        states = []
        for place in range(start, min(start + 500, len(messages))):
            at = messages[place][0].astimezone(UTC)
            state = draft(sample, found, number=numbers[place], actor=clerk, at=at, recorded_at=now)
            for move, actor, take in moves:
                given = frozenset({"unit"} if take.unit else {"accepted"} if take.accepted else ())
                decision = decide(move, state.facts(), actor, at, take, given)
                apply(state, move, decision, actor=actor, at=at, recorded_at=now)
            order[state.case["id"]] = place
            states.append(state)
        with transaction.atomic():
            flush(states)
    # nothing was answered, as far as the sweeper knows: it says of each when it became late
    sweep(at=now)
    late = rows(
        "SELECT case_id, payload->'codes'->>'since' AS since FROM event WHERE kind = 'clock_late'"
        " AND payload->'codes'->>'clock' = 'handle'"
    )
    since = {order[row["case_id"]]: datetime.fromisoformat(row["since"]) for row in late}
    assert len(since) == len(messages) == 2816
    swept = [messages[place][1] < since[place] for place in range(len(messages))]
    assert swept == direct
    assert 0 < sum(swept) < len(messages)

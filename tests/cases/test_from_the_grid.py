"""What a grid worker has reported: who moves it there, and who learns that it was him."""

import pytest

from cases.kit import HOUR, NOW, move, person, register_case
from onedoor.cases.queries.case_file import events_of
from onedoor.cases.sql import rows
from onedoor.cases.steps.register import register
from onedoor.rules.refusal import Refused


def actors(username: str, number: str) -> set[str]:
    viewer = person(username).viewer()
    return {event["actor"] for event in events_of(viewer, rows('SELECT * FROM "case" WHERE number = %s', [number])[0])}


def test_the_lead_moves_it_until_a_unit_has_it(county: None) -> None:
    number = register_case(by="grid_worker", at=NOW, channel="grid", kind="incident", anonymous=True)
    move(number, "accept", "grid_lead", at=NOW + HOUR)
    move(number, "add_from_field", "grid_worker", at=NOW + HOUR, text="又掉了一块。")
    move(number, "send_up", "grid_lead", at=NOW + HOUR, reason="村里办不了。")
    with pytest.raises(Refused) as refused:
        move(number, "merge", "grid_lead", at=NOW + HOUR, into=number, reason="同一件。")
    assert "网格长才能" in refused.value.sentence


def test_a_matter_from_the_window_is_not_the_leads(county: None) -> None:
    number = register_case(by="clerk_village", at=NOW)
    with pytest.raises(Refused):
        move(number, "accept", "grid_lead", at=NOW + HOUR)


def test_of_an_anonymous_report_the_unit_does_not_learn_who_made_it(county: None) -> None:
    raw = {"channel": "grid", "category": "incident.other", "kind": "incident", "anonymous": True, "parties": []}
    numbers = [
        register(
            actor=person("grid_worker").actors[0], at=NOW, raw={**raw, "narrative": "围墙要倒。"}, hidden=hidden
        ).number
        for hidden in (True, False)
    ]
    for number in numbers:
        move(number, "accept", "grid_lead", at=NOW + HOUR)
        move(number, "send_up", "grid_lead", at=NOW + 2 * HOUR, reason="村里办不了。")
        move(number, "dispatch", "dispatcher_town", at=NOW + 3 * HOUR, unit="gov-qinghe")
        move(number, "add_from_field", "grid_worker", at=NOW + 4 * HOUR, text="又掉了一块。")
    hidden, open_ = numbers
    for knows in ("grid_worker", "dispatcher", "grid_lead", "director"):
        assert "田走访" in actors(knows, hidden)
    assert "田走访" in actors("handler3", open_)
    assert "田走访" not in actors("handler3", hidden)
    assert "网格（匿名上报）" in actors("handler3", hidden)

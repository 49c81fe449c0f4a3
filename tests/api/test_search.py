"""Search: two characters are enough, and nobody finds what he may not read."""

import pytest

from api.kit import MATTER, TO_CLOSED, Desk, ok
from cases.kit import APPLICANT, RESPONDENT
from onedoor.cases import search_index
from onedoor.cases.queries import _search

# from the hits; by walking after asking the index; by walking at once, counted by the index, or by walking too
WAYS = {
    "few hits": {},
    "many hits": {"RARE": 0},
    "common": {"COMMON_LEAST": 1, "EVERYWHERE": 2},
    "everywhere": {"COMMON_LEAST": 1},
}


@pytest.fixture(params=WAYS)
def rare(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How common a text is decides how it is looked for: all ways must find the same."""
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(_search, name, value)


def test_title_narrative_answer_name_and_number_find_a_case(desk: Desk, rare: None) -> None:
    case = desk.registered(title="纠缠不清", external_numbers=[{"system": "12345", "number": "HL-77"}])
    number = case["number"]
    desk.registered(narrative="道路积水", parties=[APPLICANT | {"name": "旁观者"}], address="")
    desk.walk(number, *TO_CLOSED)
    search_index.drain()
    for text in ("走廊", "纠缠", "沟通无果", "恢复畅通", "𠮷田", "邻家福", number, number.lower(), f" {number} "):
        assert desk.numbers("clerk", q=text) == [number], text
        assert ok(desk.get("clerk", "/cases", q=text))["count"]["value"] == 1
    assert desk.numbers("clerk", q="HL-77") == [number]
    for text in ("桥梁", "走廊 桥梁", "廊走"):
        assert desk.numbers("clerk", q=text) == [], text


def test_symbols_alone_find_nothing(desk: Desk) -> None:
    desk.registered()
    for text in ("。，！", "👍", "' OR 1=1 --"[:2], "%", "_", "***", ":*", "\\", "&|!()<->", "\u200b"):
        page = ok(desk.get("clerk", "/cases", q=text))
        assert (page["items"], page["count"]["value"], page["next_cursor"]) == ([], 0, None), text


def test_a_text_of_blanks_is_no_search(desk: Desk) -> None:
    number = desk.registered()["number"]
    assert desk.numbers("clerk", q=" \u3000 ") == [number]


def test_one_character_finds_what_it_begins(desk: Desk) -> None:
    number = desk.registered()["number"]
    assert desk.numbers("clerk", q="走") == [number]
    assert desk.numbers("clerk", q="桥") == []


def test_odd_texts_are_searched_without_harm(desk: Desk, rare: None) -> None:
    desk.registered()
    for text in ("走廊" * 500, "'; DROP TABLE party; --", "a'b\\c", "ﷺ", "İſß", "走'廊", "𠮷" * 50, "1" * 300):
        assert desk.get("clerk", "/cases", q=text).status_code == 200, text


def test_full_width_and_case_make_no_difference(desk: Desk) -> None:
    number = desk.registered(narrative="ＷＩＦＩ 信号差 abc")["number"]
    for text in ("wifi", "WiFi", "ABC", "ａｂｃ"):
        assert desk.numbers("clerk", q=text) == [number], text


def test_party_names_are_found_by_those_who_may_see_names(desk: Desk, rare: None) -> None:
    number = desk.registered()["number"]
    desk.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "zjj"}))
    for who in ("clerk", "director", "handler2"):
        assert desk.numbers(who, q="𠮷田安") == [number], who
    assert desk.numbers("auditor") == [number]
    assert desk.numbers("auditor", q="𠮷田安") == []
    assert desk.numbers("auditor", q="邻家") == []


def test_an_applicant_who_asked_not_to_be_named_is_not_found_by_name(desk: Desk, rare: None) -> None:
    open_case = desk.registered()["number"]
    number = desk.registered(anonymous=True)["number"]
    for who in ("clerk", "director"):
        assert desk.numbers(who, q="𠮷田") == [open_case], who
        assert set(desk.numbers(who, q="邻家")) == {open_case, number}, who


def test_a_number_one_may_not_see_is_not_found(desk: Desk, rare: None) -> None:
    number = desk.registered(external_numbers=[{"system": "12345", "number": "HL77"}])["number"]
    for text in (number, "走廊", "HL77", "𠮷田"):
        assert desk.numbers("handler2", q=text) == [], text
        assert ok(desk.get("handler2", "/cases", q=text))["count"] == {"value": 0, "capped": False}
    assert desk.numbers("clerk", q="HL77") == [number]


def test_a_case_is_found_after_the_queue_is_drained_and_not_before(desk: Desk) -> None:
    number = ok(desk.post("clerk", "/cases", MATTER | {"parties": [APPLICANT, RESPONDENT]}), 201)["number"]
    assert desk.numbers("clerk", q="走廊") == []
    assert search_index.backlog() == 1
    assert search_index.drain() == 1
    assert desk.numbers("clerk", q="走廊") == [number]
    assert search_index.drain() == 0

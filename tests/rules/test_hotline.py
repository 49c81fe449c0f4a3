"""A call is answered, becomes a matter, or was nothing."""

import pytest

from onedoor.rules.hotline import NoteFacts, check_answer, check_drop, check_leading, check_note
from onedoor.rules.refusal import CONFLICT, NOT_READY, Refused

OPEN = NoteFacts(accusation=False, ending="")


def refused(what: object, *args: object, **named: object) -> Refused:
    with pytest.raises(Refused) as caught:
        what(*args, **named)  # type: ignore[operator]
    return caught.value


@pytest.mark.parametrize(
    ("raw", "ending"),
    [
        ({"asked": "问医保"}, ""),
        ({"asked": "问医保", "answer": "到2号窗口"}, "answered"),
        ({"dropped": True}, "dropped"),
        ({"asked": "喂", "dropped": True}, "dropped"),
        ({"accusation": True}, ""),
    ],
)
def test_how_a_note_begins(raw: dict[str, object], ending: str) -> None:
    assert check_note(raw).ending == ending


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({}, "asked"),
        ({"asked": " \n"}, "asked"),
        ({"accusation": True, "asked": "某局长"}, "asked"),
        ({"accusation": True, "answer": "好"}, "answer"),
        ({"dropped": True, "answer": "好"}, "answer"),
        ({"dropped": True, "accusation": True}, "answer"),
        ({"asked": 5}, "asked"),
        ({"asked": "x" * 5001}, "asked"),
        ({"asked": "13912345678"}, "asked"),
    ],
)
def test_a_faulty_note_is_told_at_its_field(raw: dict[str, object], field: str) -> None:
    assert set(refused(check_note, raw).fields) == {field}


def test_what_is_over_stays_so() -> None:
    for ending in ("answered", "registered", "dropped"):
        over = NoteFacts(accusation=False, ending=ending)
        assert refused(check_answer, over, "好").code == refused(check_drop, over).code == CONFLICT
    assert refused(check_answer, NoteFacts(accusation=True, ending=""), "好").code == NOT_READY


def test_a_matter_is_of_the_hotline_and_read_back() -> None:
    check_leading(OPEN, channel="hotline", read_back=True)
    check_leading(NoteFacts(accusation=False, ending="registered"), channel="hotline", read_back=True)
    assert "channel" in refused(check_leading, OPEN, channel="window", read_back=True).fields
    for lie in (False, None, "yes", 1):
        assert "read_back" in refused(check_leading, OPEN, channel="hotline", read_back=lie).fields
    dropped = NoteFacts(accusation=False, ending="dropped")
    assert refused(check_leading, dropped, channel="hotline", read_back=True).code == CONFLICT

"""The blocks of a report are kept and come back as they were."""

import json

from onedoor.figures.said import (
    Heading,
    Note,
    Number,
    Place,
    Said,
    Sheet,
    Words,
    from_blocks,
    from_json,
    line,
    to_blocks,
    to_json,
    words_of,
)

LISTED = Number("12", {"condition": "registered.settled", "since": "2026-03-01", "lead": "zjj"})
SAID: list[Said] = [
    Heading("一、总体情况"),
    Words(line("登记", LISTED, "件，", Number("3"), "项。")),
    Sheet("分类统计", ("类别", "本月"), ((line("物业"), line(LISTED)), (line("邻里"), line("—"))), "lr"),
    Place("advice", "工作建议", "提前排查。\n再看。", "【此处由分析员填写】"),
    Note(line("统计于3月。")),
]


def test_kept_and_read_again_it_is_the_same() -> None:
    again = from_json(json.loads(json.dumps(to_json(SAID), sort_keys=True)))
    assert again == SAID
    (found,) = [part for part in again[1].line if part == LISTED] if isinstance(again[1], Words) else []
    assert isinstance(found, Number) and list(found.to) == list(LISTED.to), "the address of its list in its order"


def test_from_a_paper_come_its_words() -> None:
    old = from_blocks(to_blocks(SAID))
    assert words_of(old[1].line if isinstance(old[1], Words) else ()) == "登记12件，3项。"
    assert [type(one) for one in old] == [Heading, Words, Sheet, Heading, Words, Words, Note]
    assert to_blocks(old)[:4] == to_blocks(SAID)[:4]

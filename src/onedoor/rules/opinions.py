"""意见箱: what somebody thinks of the centre, of a unit's service or of public affairs (社情民意).

No person, no author, no telephone, and no way back to whoever wrote. Supervisor and director of the centre read it,
nobody else; what is an accusation belongs elsewhere, and the page says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from onedoor.rules.access import Role
from onedoor.rules.open_text import check_open_text
from onedoor.rules.refusal import CONFLICT, INVALID, Refused, invalid

TOPICS: dict[str, str] = {
    "centre": "中心的服务",
    "unit": "部门和单位的服务",
    "public": "社情民意",
}
STATES: dict[str, str] = {"new": "未阅", "read": "已阅", "adopted": "采纳"}
_MOVES: dict[str, tuple[str, ...]] = {"new": ("read", "adopted"), "read": ("adopted",), "adopted": ("read",)}
MOST_TEXT, MOST_SHOWN = 2000, 500
READS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})


@dataclass(frozen=True, slots=True)
class Opinion:
    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What everybody may read of it, edited, with the reply."""

    text: str
    reply: str


def check_opinion(raw: Mapping[str, str]) -> Opinion:
    """Reads `topic` and `text`; refuses with every faulty field."""
    faults: dict[str, str] = {}
    topic, text = raw.get("topic", ""), ""
    if topic not in TOPICS:
        faults["topic"] = "请选择关于什么的意见。"
    try:
        text = check_open_text(raw.get("text", ""), most=MOST_TEXT, field="text", label="意见")
    except Refused as refused:
        faults |= refused.fields
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Opinion(topic, text)


def check_mark(state: str, wanted: str) -> None:
    """Read, adopted, and back from adopted to read; nothing becomes unread again."""
    if wanted not in STATES:
        raise invalid("state", "没有这个标记。")
    if wanted not in _MOVES[state]:
        raise Refused(CONFLICT, f"这条意见已是“{STATES[state]}”。")


def check_shown(state: str, raw: Mapping[str, str]) -> Shown:
    """Reads `text`, `reply` and `nameless` of what is to be published; it has been read first."""
    if state == "new":
        raise Refused(CONFLICT, "请先标为已阅或采纳，再公开。")
    faults: dict[str, str] = {}
    read = {"text": "", "reply": ""}
    for field, label, most in (("text", "公开的意见", MOST_SHOWN), ("reply", "回复", MOST_SHOWN)):
        try:
            read[field] = check_open_text(raw.get(field, ""), most=most, field=field, label=label)
        except Refused as refused:
            faults |= refused.fields
    if not raw.get("nameless"):
        faults["nameless"] = "请先看过一遍，确认没有能认出人的内容。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Shown(**read)

"""疑点 as people deal with them: their states, the sentence of each, the draw, the decision."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from onedoor.rules.access import Role
from onedoor.rules.refusal import NOT_READY, Refused, invalid

STATES: dict[str, str] = {
    "open": "待核实",
    "drawn": "已抽取回访",
    "confirmed": "核实属实",
    "not_confirmed": "核实不属实",
}
DECIDED = ("confirmed", "not_confirmed")
# Who reads findings, and who draws and decides. The auditor sees that there are some, and no text of a matter.
READS = frozenset({Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR})
DECIDES = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
MOST_DRAWN = 30
# What these say is how single matters were rated.
OF_RATINGS = frozenset({"staff_rating"})

_HOW = {
    "burst": "同一单位的{times}件评价集中在{minutes}分钟内",
    "calls": "同一人在{minutes}分钟内登记了{times}件回访",
    "at_once": "同一人当天办结的{times}件，都在办结后{minutes}分钟内评价满意",
    "own_call": "登记人本人在办结后{minutes}分钟内登记回访满意",
}
_RESET_NAMES = {
    "same_unit": "收回后又交给同一单位{}次",
    "suspended": "中止{}次",
    "extended": "延期{}次",
    "sent_back_up": "上下级往返{}次",
}


def said(kind: str, evidence: Mapping[str, Any]) -> str:
    """The evidence as a sentence."""
    match kind:
        case "no_result" if "minutes" in evidence:
            return f"签收后{evidence['minutes']}分钟就办结，其间没有进展、见面记录和附件。"
        case "no_result":
            return "办结结果是已解决，答复里只有安排和转交，没有写办成了什么。"
        case "too_short":
            return f"去掉套话，答复只剩{evidence['characters']}个字。"
        case "copied":
            return f"同一单位对{evidence['times']}件不同的事用了几乎一样的答复。"
        case "off_topic":
            return "答复和诉求没有共同的内容。"
        case "staff_rating":
            return _HOW[evidence["how"]].format(**evidence) + "。"
        case "clock_reset":
            return (
                "、".join(_RESET_NAMES[name].format(count) for name, count in evidence.items())
                + "，每次都有新的时限。"
            )
        case "split":
            return f"{evidence['times']}件几乎一样的事，同一地点、几天内登记了{evidence['times']}个编号，没有并案。"
    raise ValueError(f"no kind {kind}")


def drawn_first(key: bytes, ids: Iterable[str]) -> list[str]:
    """The order in which a sample is drawn: by a keyed digest, so that nobody chooses and it can be checked."""
    return sorted(ids, key=lambda one: hmac.new(key, one.encode(), hashlib.sha256).digest())


def check_draw(count: int) -> None:
    if not 1 <= count <= MOST_DRAWN:
        raise invalid("count", f"一次抽取1到{MOST_DRAWN}件。")


def check_decision(state: str, wanted: str, reason: str) -> None:
    """Whether it was so, with a reason; once."""
    if wanted not in DECIDED:
        raise invalid("wanted", "请选择“核实属实”或“核实不属实”。")
    if state in DECIDED:
        raise Refused(NOT_READY, "这一条已经核实过。")
    if not reason.strip():
        raise invalid("reason", "请写明怎样核实、结果如何。")
    if len(reason) > 500:
        raise invalid("reason", "核实情况不超过500个字。")

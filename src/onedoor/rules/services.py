"""服务目录: what residents can come for. How long a thing takes is said from the limits of its scheme, never typed, so
that the page and the clock cannot differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from onedoor.rules.schemes import Period, Scheme, SchemeItem

# Kinds of window, after the twenty of 玉门. A service names the one whose queue a number is drawn for.
WINDOW_KINDS: dict[str, str] = {
    "reception": "综合受理",
    "rights": "综合维权",
    "notary": "公证",
    "legal-aid": "法律援助",
    "legal-advice": "法律咨询",
    "appraisal": "司法鉴定",
    "labour-arbitration": "劳动仲裁",
    "labour-inspection": "劳动监察",
    "land-arbitration": "土地仲裁",
    "fast-trial": "速裁立案",
    "civil-filing": "民事立案",
    "enforcement-filing": "执行立案",
    "petition": "信访接待",
    "mediation": "人民调解",
    "reconsideration": "行政复议",
    "women-children": "妇女儿童维权",
    "psychology": "心理服务",
    "prosecution": "检察服务",
    "police": "警调对接",
    "grid": "网格事项",
}

MOST_NAME = 40
MOST_LINE = 120
MOST_TEXT = 1000

# What a resident is told of each limit, in the order in which the limits come.
_SAID = {
    "accept": "中心登记后，{limit}内受理",
    "inform": "主管单位收到后，{limit}内书面告诉您是否受理",
    "meet": "受理后，{limit}内和您第一次见面",
    "answer": "受理后，{limit}内第一次答复您",
    "handle": "受理后，{limit}内办结",
    "request_review": "不服处理意见的，收到意见后{limit}内可以请求复查、复核",
    "sue": "不服结果的，收到后{limit}内可以向人民法院起诉",
    "confirm": "达成调解协议的，协议生效后{limit}内双方可以共同向人民法院申请司法确认",
}
_UNSETTLED = "法律未规定"  # how `schemes.toml` begins the basis of what is the platform's own proposal


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit in words for residents: the sentence, why it is so, and whether that is settled by a national law."""

    kind: str
    sentence: str
    why: str
    local: bool


def how_long(scheme: Scheme) -> tuple[Limit, ...]:
    """What a resident may expect of a matter under this scheme, and what he must keep himself."""
    return tuple(_limits(scheme))


def _limits(scheme: Scheme) -> Iterator[Limit]:
    for kind, words in _SAID.items():
        item = scheme.items.get(kind)
        if item is None:
            continue
        sentence = words.format(limit=Period(item.amount, item.unit)) if item.amount else _same_day(words)
        why = "法律没有规定，由本中心暂定" if item.basis.startswith(_UNSETTLED) else f"依据：{item.basis}"
        yield Limit(kind, f"{sentence}{_longer(item)}。", why, item.local)
        if kind == "handle" and item.consequence not in ("supervise", "lapses"):
            yield Limit("late", f"{item.follows}。", "", item.local)


def _same_day(words: str) -> str:
    """A limit of no days ends with the very day."""
    return words.replace("{limit}内", "当天")


def _longer(item: SchemeItem) -> str:
    longer = item.extension
    if longer is None:
        return ""
    most = Period(longer.most, longer.unit)
    asked = "双方同意的" if longer.consent else "情况复杂的，经批准"
    told = "，延长会告诉您理由" if "applicant" in longer.told else ""
    return f"；{asked}可以延长，最多{most}{told}"


def window_name(line: str) -> str:
    """The kind of window behind a line's code; a deployer's own line is called by its code."""
    return WINDOW_KINDS.get(line, line)

"""月度治安形势分析: its periods, who writes and reads it, how numbers are put into words, and what is left to the
analyst.

The words state what the numbers say and nothing else. Whatever asks for a judgement (a reason, a forecast, advice) is
a place that a person fills in before the report is issued.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from onedoor.rules.centre_papers import CentrePaper
from onedoor.rules.figures import NEW, NOTHING, Period, change
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import INVALID, NOT_READY, Refused, invalid

REPORT = CentrePaper(
    "治安形势分析由本级中心的督办员和中心主任起草、签发。",
    {
        "draft": "这份分析已经签发，不能再改；需要更正的，先撤回，再起草新的一版。",
        "issued": "只有已签发的分析可以撤回。",
    },
    "这份草稿刚被别人改过。请复制您写的内容，打开最新的再改。",
)
REPORT_STATES: dict[str, str] = {"draft": "草稿", "issued": "已签发", "withdrawn": "已撤回"}
REPORT_KINDS: dict[str, str] = {"month": "月度", "quarter": "季度", "half": "半年", "year": "年度"}
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
# this period, the one before, the same of the year before; a year has no third
_SPANS = {
    "month": ("本月", "上月", "去年同月"),
    "quarter": ("本季度", "上季度", "去年同季度"),
    "half": ("本半年", "上半年度", "去年同期"),
    "year": ("本年", "上年", ""),
}
_QUARTERS, _HALVES = ("第一季度", "第二季度", "第三季度", "第四季度"), ("上半年", "下半年")
MOST_TEXT = 3000  # characters of one of the analyst's texts
FEWEST_RATED = 5  # of fewer ratings no share is told (`access.READS_RATINGS`)
LONG_DAYS = (90, 180, 365)  # from registration on, for what is not ended
LEAST_RISE = 5  # a kind that rose by fewer is no hint


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """What a report is about: whole months, that are over. `now`, `before` and `year` are what its columns are called;
    `year` is empty where the year before is the period before."""

    kind: str
    name: str
    period: Period
    now: str
    before: str
    year: str

    @property
    def days(self) -> int:
        return (self.period.until - self.period.since).days + 1


def span_of(kind: str, year: int, number: int) -> ReportSpan:
    """The month (1 to 12), quarter (1 to 4), half (1, 2) or year (1) of that number."""
    if kind not in REPORT_KINDS:
        raise invalid("kind", "请选择月度、季度、半年或者年度。")
    months = MONTHS[kind]
    if not 2000 <= year <= 2100 or not 1 <= number <= 12 // months:
        raise invalid("number", "没有这个时段。")
    since = date(year, (number - 1) * months + 1, 1)
    ended = since.month + months
    until = date(year + (ended > 12), ended - 12 * (ended > 12), 1) - timedelta(days=1)
    part = {
        "month": f"{number}月",
        "quarter": _QUARTERS[(number - 1) % 4],
        "half": _HALVES[(number - 1) % 2],
        "year": "",
    }[kind]
    return ReportSpan(kind, f"{year}年{part}", Period("", since, until), *_SPANS[kind])


def span_from(kind: str, since: date) -> ReportSpan:
    """The one that begins on that day."""
    return span_of(kind, since.year, (since.month - 1) // MONTHS[kind] + 1)


def check_over(span: ReportSpan, today: date) -> None:
    """A period that is under way has other days than the one before: nothing is compared with it."""
    if span.period.until >= today:
        raise Refused(NOT_READY, f"{span.name}还没有过完，请在结束以后起草。", {"number": f"{span.name}还没有过完。"})


# --- numbers in words ---------------------------------------------------------------------------------------------


def compared(now: int, before: int, unit: str = "件") -> str:
    """What follows "比上月（840件）" or stands for it: rise, fall, none, from nothing."""
    if now == before:
        return "持平"
    said = change(now, before)
    if said in (NEW, NOTHING):
        return f"新增{now}{unit}"
    verb = "增加" if now > before else "减少"
    turn = "上升" if now > before else "下降"
    share = said.lstrip("+-")
    much = f"{turn}{share}" if share.strip("0.%") else f"{turn}不足0.1%"
    return f"{verb}{abs(now - before)}{unit}，{much}"


def direction(now: int, before: int) -> str:
    """升, 降, 平 and 零 (nothing in either), as a table of divisions has it."""
    if not now and not before:
        return "零"
    return "升" if now > before else "降" if now < before else "平"


# --- the analyst ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnalystPlace:
    """A place for what a person judges. `hint` says what belongs there."""

    label: str
    hint: str


PLACES: dict[str, AnalystPlace] = {
    "judgement": AnalystPlace("总体研判", "总体形势如何，与上期相比变化的性质"),
    "important": AnalystPlace("重要情况", "本期重要警情和重大事项，不写姓名和具体住址"),
    "surge_reasons": AnalystPlace("异常增多的原因", "突出类型和异常增多的原因，经过核实的"),
    "long_reasons": AnalystPlace("重复和长期未办结的原因", "卡在哪里，需要谁协调；写类别和原因，不写人"),
    "risks": AnalystPlace("风险研判", "下一时段可能出现的风险"),
    "advice": AnalystPlace("工作建议", "建议采取的措施、责任单位和时限"),
}


def blank(place: str) -> str:
    """What stands in the draft where the analyst has not written yet."""
    return f"【此处由分析员填写：{PLACES[place].hint}】"


def check_texts(raw: Mapping[str, str]) -> dict[str, str]:
    """The analyst's texts, clean; empty ones may stand in a draft."""
    texts: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name, place in PLACES.items():
        try:
            texts[name] = check_nameless(
                raw.get(name, ""), most=MOST_TEXT, field=name, label=place.label, required=False
            )
        except Refused as refused:
            faults |= refused.fields
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return texts


def check_complete(texts: Mapping[str, str]) -> None:
    """Nothing is issued with a place that nobody has filled."""
    missing = {name: f"请填写{place.label}；没有的写“无”。" for name, place in PLACES.items() if not texts.get(name)}
    if missing:
        labels = "、".join(PLACES[name].label for name in missing)
        raise Refused(NOT_READY, f"还有{len(missing)}处没有填写：{labels}。没有的写“无”。", missing)

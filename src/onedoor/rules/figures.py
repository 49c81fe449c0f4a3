"""统计口径: every rate by its formula, with numerator, denominator and source; how a share and a change are written.

A figure counts matters by when they were registered, so that numerator and denominator are of the same matters and a
month's figures still move while its matters are under way; each page says so. Amounts are in 分.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from onedoor.rules.access import Role

NOTHING = "—"  # a share of nothing, a change from nothing to nothing
NEW = "新增"  # a change from nothing to something is no percentage


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `part` and `whole` name conditions on a matter (`CONDITIONS`), and what is counted in the part is in
    the whole too; without `whole` it is a plain count, with `amount` a sum of money. `unsure`: no source settles the
    formula, it waits for the deployer (待核)."""

    name: str
    label: str
    part: str
    whole: str = ""
    formula: str = ""
    source: str = ""
    amount: bool = False
    unsure: bool = False


# Stages of what has ended here, and of what was taken back or ended elsewhere; every other stage is open.
SETTLED = ("closed", "followed_up", "archived", "guided")
ELSEWHERE = ("withdrawn", "merged", "transferred")
# Outcomes by which a dispute is resolved (化解).
RESOLVED = ("agreement_written", "agreement_oral", "put_right", "served")


def ending_of(stage: str, outcome: str | None) -> str:
    """How a matter ended: its outcome, or the stage where that says it; "open" while it has not."""
    if stage == "guided" or stage in ELSEWHERE:
        return stage
    return (outcome or "closed") if stage in SETTLED else "open"


# Conditions on a matter, in words; the query of the same name says them in SQL.
CONDITIONS: dict[str, str] = {
    "registered": "登记的事项（并入其他事项的不重复计）",
    "accepted": "已受理的事项",
    "settled": "已办结的事项（审核办结或已告知引导）",
    "open": "还没有办结的事项（待补正、中止、办结待审的也算；撤回、转出、并案的不算）",
    "late_open": "超过办理期限还没有办结的事项",
    "open_red": "还没有办结、现亮红灯的事项",
    "open_yellow": "还没有办结、现亮黄灯的事项",
    "open_green": "还没有办结、现亮绿灯的事项",
    "disputes": "矛盾纠纷",
    "disputes_handled": "已受理调处的矛盾纠纷",
    "disputes_resolved": "已化解的矛盾纠纷（达成协议、已处置整改或已提供服务并办结）",
    "mediations_ended": "调解已有结果的事项",
    "mediations_agreed": "调解达成协议的事项",
    "settled_at_once": "当场办结的事项",
    "accept_due": "受理期限已到或者已作决定的事项（并案的、限内停计的不计）",
    "accept_on_time": "在期限内决定是否受理的事项",
    "handle_due": "办理期限已到或者已经办结的事项（限内中止、送审的不计；又重新办理的看现在的期限）",
    "handle_on_time": "在办理期限内办结的事项",
    "handle_late_done": "超过办理期限办结的事项",
    "handle_late": "超过办理期限的事项，不论是否办结",
    "dispatched": "已分流交办的事项",
    "objected": "承办单位提出过异议的事项",
    "concluded": "报过办结的事项",
    "sent_back": "被退回重办过的事项",
    "settled_below": "在乡镇（街道）、村（社区）办结的事项",
    "rated": "申请人评价过的事项",
    "satisfied": "申请人评价满意的事项",
    "to_follow_up": "抽中回访并已办结的事项",
    "followed_up": "抽中回访并已回访或已评价的事项",
    "with_amount": "涉及金额的事项",
    "merged": "并入其他事项的重复事项",
    "all": "登记的全部事项",
}

_TQ = "四川省网格化平台统计表"
_DACHUAN = "达川区信访考核（依国信发〔2022〕11号）"
FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("registered", "登记数", "registered"),
        Figure("accepted", "受理数", "accepted"),
        Figure("closing", "办结率", "settled", "registered", "办结数÷登记数", _TQ),
        Figure("on_time_acceptance", "及时受理率", "accept_on_time", "accept_due", "期限内决定数÷应决定数", _DACHUAN),
        Figure(
            "on_time_closing", "按期办结率", "handle_on_time", "handle_due",
            "期限内办结数÷应办结数（缓办、限内中止的不计）", "金华市数字城管考核",
        ),
        Figure("late_done", "超期办结率", "handle_late_done", "handle_late", "超期已办÷（超期在办＋超期已办）", _TQ),
        Figure("at_once", "一次性办结率", "settled_at_once", "accepted", "当场办结数÷受理数", "敦煌市", unsure=True),
        Figure("handled", "调处率", "disputes_handled", "disputes", "调处数÷排查登记数", _TQ),
        Figure("resolution", "化解率", "disputes_resolved", "disputes", "化解数÷排查登记数", "玉门市"),
        Figure("mediation", "调解成功率", "mediations_agreed", "mediations_ended", "成功数÷调处数", _TQ),
        Figure("below", "基层化解比例", "settled_below", "settled", "乡镇、村办结数÷办结数", "东至县", unsure=True),
        Figure("objection", "异议率", "objected", "dispatched", "提出异议数÷交办数", unsure=True),
        Figure("sent_back", "退回率", "sent_back", "concluded", "退回重办数÷报办结数", unsure=True),
        Figure("rated", "参评率", "rated", "settled", "评价数÷办结数", _DACHUAN),
        Figure("satisfaction", "满意率", "satisfied", "rated", "满意数÷评价数", _DACHUAN),
        Figure("follow_up", "回访率", "followed_up", "to_follow_up", "已回访数÷应回访数", "温州市12345", unsure=True),
        Figure("repeated", "重复事项", "merged", "all", "并案数÷登记总数", unsure=True),
        Figure("amount", "涉及金额", "with_amount", amount=True),
    )
}  # fmt: skip


def percent(part: int, whole: int, digits: int = 1) -> str:
    """`part` of `whole` in per cent, half up (四舍五入); "—" of nothing. It never reads 100 while one is missing:
    53595 of 53609 is 99.9."""
    if not 0 <= part <= whole:
        raise ValueError("a part lies between nothing and the whole")
    if whole == 0:
        return NOTHING
    step = Decimal(1).scaleb(-digits)
    share = (Decimal(part) * 100 / whole).quantize(step, ROUND_HALF_UP)
    if share >= 100 and part < whole:
        share = 100 - step
    return f"{share}%"


def change(now: int, before: int, digits: int = 1) -> str:
    """同比、环比: (now - before) / before in per cent with its sign, half up away from nothing. From nothing to
    something it is "新增", and "—" from nothing to nothing. -100 only where nothing is left."""
    if now < 0 or before < 0:
        raise ValueError("counts are not negative")
    if before == 0:
        return NEW if now else NOTHING
    step = Decimal(1).scaleb(-digits)
    share = (Decimal(now - before) * 100 / before).quantize(step, ROUND_HALF_UP)
    if share <= -100 and now:
        share = step - 100
    return f"{share:+}%" if share else f"{abs(share)}%"


def daily(count: int, since: date, until: date, digits: int = 1) -> str:
    """日均: over the days that the period has, both included."""
    days = (until - since).days + 1
    if days < 1:
        raise ValueError("a period has one day at least")
    return str((Decimal(count) / days).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def yuan(fen: int) -> str:
    """Money in 万元 with two digits from ten thousand 元 on, else in 元; cut, never rounded up."""
    if abs(fen) >= 1_000_000:
        return f"{(Decimal(fen) / 1_000_000).quantize(Decimal('0.01'), ROUND_DOWN):,}万元"
    return f"{Decimal(fen) / 100:,.2f}元"


# Who reads figures: of all matters that he may see, or, at a unit, of those in which it has a part.
READS = frozenset({Role.SUPERVISOR, Role.DIRECTOR, Role.DISPATCHER, Role.AUDITOR, Role.UNIT_LEAD})
# What applicants say is not for those who handled their matters (`access.READS_RATINGS`).
_OF_RATINGS = frozenset({"rated", "satisfied", "followed_up", "to_follow_up"})


def tells_of_ratings(condition: str) -> bool:
    return condition in _OF_RATINGS


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included, under the name that people use."""

    name: str
    since: date
    until: date

    def month_of(self, first: date) -> "Period":
        """What of the month that begins with `first` lies in the period."""
        last = _months_on(first, 1) - timedelta(days=1)
        return Period(f"{first:%Y-%m}", max(first, self.since), min(last, self.until))

    def before(self) -> "Period":
        """环比: the period before it: whole months before whole months, else as many days."""
        if _is_of_whole_months(self):
            months = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month + 1
            return Period("上期", _months_on(self.since, -months), self.since - timedelta(days=1))
        days = (self.until - self.since).days + 1
        return Period("上期", self.since - timedelta(days=days), self.since - timedelta(days=1))

    def year_before(self) -> "Period":
        """同比: the same days a year earlier, the 29th of February with the 28th; whole months with whole months,
        however many days February has."""
        since, until = _years_on(self.since, -1), _years_on(self.until, -1)
        if _is_of_whole_months(self):
            until = _years_on(self.until + timedelta(days=1), -1) - timedelta(days=1)
        return Period("去年同期", since, until)


PERIODS = {"month": "本月", "last_month": "上月", "quarter": "本季度", "year": "本年", "last_year": "去年"}


def period(code: str, today: date) -> Period:
    """The period of that name. One that is under way ends today."""
    month = today.replace(day=1)
    match code:
        case "month":
            return Period(PERIODS[code], month, today)
        case "last_month":
            return Period(PERIODS[code], _months_on(month, -1), month - timedelta(days=1))
        case "quarter":
            return Period(PERIODS[code], month.replace(month=(today.month - 1) // 3 * 3 + 1), today)
        case "year":
            return Period(PERIODS[code], today.replace(month=1, day=1), today)
        case "last_year":
            return Period(PERIODS[code], date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    raise ValueError(f"no period {code}")


def shares(counts: Iterable[int], digits: int = 1) -> list[str]:
    """占比 of each kind in all of them."""
    listed = list(counts)
    return [percent(count, sum(listed), digits) for count in listed]


def _is_of_whole_months(one: Period) -> bool:
    return one.since.day == 1 and (one.until + timedelta(days=1)).day == 1


def _months_on(first: date, months: int) -> date:
    """The first day of the month that many months on."""
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)

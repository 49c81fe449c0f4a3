"""外部数据: monthly counts from the police, traffic police and fire brigade, of which this system has no matters.

Counts and nothing else: no column holds a person, a place or a word. A correction is a new version of its month.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from onedoor.rules.refusal import Refused, invalid

MOST_COUNT = 10_000_000
MOST_SOURCE = 60


@dataclass(frozen=True, slots=True)
class ExternalKind:
    """A column. `within`: the one whose part it is; parts together are never more than the whole."""

    name: str
    within: str = ""


# 安康市公安局 monthly reports (domain §5 ①–③)
EXTERNAL_KINDS: dict[str, ExternalKind] = {
    "criminal": ExternalKind("刑事警情"),
    "homicide": ExternalKind("杀人", "criminal"),
    "injury": ExternalKind("伤害", "criminal"),
    "robbery": ExternalKind("抢劫抢夺", "criminal"),
    "theft": ExternalKind("盗窃", "criminal"),
    "theft_home": ExternalKind("入室盗窃", "theft"),
    "theft_vehicle": ExternalKind("盗窃机动车", "theft"),
    "theft_in_car": ExternalKind("盗窃车内财物", "theft"),
    "pickpocketing": ExternalKind("扒窃", "theft"),
    "theft_other": ExternalKind("其他盗窃", "theft"),
    "fraud": ExternalKind("诈骗", "criminal"),
    "fraud_telecom": ExternalKind("电信诈骗", "fraud"),
    "fraud_network": ExternalKind("网络诈骗", "fraud"),
    "fraud_card": ExternalKind("信用卡诈骗", "fraud"),
    "fraud_superstition": ExternalKind("迷信诈骗", "fraud"),
    "fraud_other": ExternalKind("其他诈骗", "fraud"),
    "extortion": ExternalKind("敲诈", "criminal"),
    "rape": ExternalKind("强奸", "criminal"),
    "explosion": ExternalKind("爆炸", "criminal"),
    "poisoning": ExternalKind("投毒", "criminal"),
    "drugs": ExternalKind("贩毒", "criminal"),
    "public_order": ExternalKind("治安警情"),
    "order_accident": ExternalKind("治安灾害事故"),
    "traffic": ExternalKind("交通事故"),
    "fire": ExternalKind("火灾"),
    "help": ExternalKind("群众求助"),
    "reports": ExternalKind("举报投诉"),
    "other": ExternalKind("其他警情"),
    "invalid": ExternalKind("无效警情"),
}
MAIN = tuple(code for code, kind in EXTERNAL_KINDS.items() if not kind.within and code != "invalid")


def read_month(text: str) -> date:
    """The first day of 2026-03, also as 2026年3月 or the date that a program makes of it."""
    plain = text.strip().replace("年", "-").replace("月", "").replace("/", "-").replace(".", "-")
    parts = plain.split(" ")[0].split("-")
    if 2 <= len(parts) <= 3 and all(part.isascii() and part.isdecimal() for part in parts) and len(parts[0]) == 4:
        try:
            return date(int(parts[0]), int(parts[1]), 1)
        except ValueError:
            pass
    raise invalid("month", "月份应像 2026-03。")


def read_count(code: str, cell: object) -> int | None:
    """A whole number from nought on; None for an empty cell, which is no nought: nobody has said it."""
    name = EXTERNAL_KINDS[code].name
    refused = invalid(code, f"“{name}”应是不小于 0 的整数，不知道的留空。")
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, bool):
        raise refused
    if isinstance(cell, int | float):
        if cell != cell or cell < 0 or cell > MOST_COUNT or cell != int(cell):
            raise refused
        return int(cell)
    if isinstance(cell, str) and cell.strip().isascii() and cell.strip().isdecimal() and len(cell.strip()) <= 8:
        return int(cell.strip())
    raise refused


def check_counts(counts: Mapping[str, int | None]) -> None:
    """Parts are never more than their whole; a month without any number is none."""
    if all(value is None for value in counts.values()):
        raise invalid("month", "这一行没有任何数字。")
    for code, kind in EXTERNAL_KINDS.items():
        whole = counts.get(code)
        parts = [counts.get(one) or 0 for one, other in EXTERNAL_KINDS.items() if other.within == code]
        if parts and whole is not None and sum(parts) > whole:
            raise invalid(code, f"“{kind.name}”是{whole}，它的各类加起来是{sum(parts)}，比它还多。")


def check_months(months: Iterable[date], today: date) -> None:
    seen: set[date] = set()
    for month in months:
        check_month(month, today)
        if month in seen:
            raise invalid("month", f"{month:%Y-%m}在表里出现了两次。")
        seen.add(month)


def check_month(month: date, today: date) -> None:
    if month > today.replace(day=1):
        raise invalid("month", f"{month:%Y-%m}还没有到。")
    if month.year < 2000:
        raise invalid("month", "月份的年份不对。")


def added(months: Iterable[Mapping[str, int | None]]) -> dict[str, int | None]:
    """The months together. What one of them does not say, the sum does not say either."""
    listed = list(months)
    found: dict[str, int | None] = {}
    for code in EXTERNAL_KINDS:
        values = [one.get(code) for one in listed]
        known = [value for value in values if value is not None]
        found[code] = sum(known) if values and len(known) == len(values) else None
    return found


def faults_of(refused: Refused) -> dict[str, str]:
    """By column; a fault without a column is of the month."""
    return dict(refused.fields) or {"month": refused.sentence}

"""From what a client sends to clean values: every field read, every fault named beside its field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from onedoor.cases.ledger import utc
from onedoor.rules import identity
from onedoor.rules.intake import PARTY_KINDS
from onedoor.rules.refusal import INVALID, Refused
from onedoor.rules.schemes import TRACKS
from onedoor.rules.telling import CONTACTS

MOST_TITLE = 200
TITLE_FROM_NARRATIVE = 30


@dataclass(frozen=True, slots=True)
class AskedParty:
    part: str
    kind: str
    name: str
    id_number: str
    phone: str
    address: str
    safe_contact: str
    contact: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A matter as it was handed in, each field clean in itself."""

    channel: str
    category: str
    kind: str
    purpose: str
    title: str
    narrative: str
    parties: tuple[AskedParty, ...]
    division: str
    address: str
    lon: float | None
    lat: float | None
    occurred_at: datetime | None
    amount: int | None  # 分
    people_involved: int | None
    urgent: bool
    anonymous: bool
    someone_hurt: bool
    confidential: bool
    external_numbers: tuple[tuple[str, str], ...]
    track: str
    help: str
    help_by: str  # the user name of who helped
    help_consent: bool
    letter_day: date | None
    read_back: bool
    proxy_seen: bool


class Reader:
    """Reads fields of one mapping and collects the faults of all of them."""

    def __init__(self, raw: Mapping[str, Any], known: Sequence[str], prefix: str = "") -> None:
        self.raw, self.prefix = raw, prefix
        self.faults: dict[str, str] = {}
        for name in raw:
            if name not in known:
                self.fault(str(name)[:40], "没有这一项。")

    def fault(self, name: str, sentence: str) -> None:
        self.faults.setdefault(self.prefix + name, sentence)

    def text(self, name: str, label: str, most: int, *, required: bool = False) -> str:
        value = self.raw.get(name)
        if value is None or value == "":
            if required:
                self.fault(name, f"请填写{label}。")
            return ""
        if not isinstance(value, str):
            self.fault(name, f"{label}应为文字。")
            return ""
        return self.checked(
            name, lambda: identity.check_text(value, most=most, field=name, label=label, required=required)
        )

    def checked(self, name: str, check: Callable[[], str]) -> str:
        try:
            return check()
        except Refused as refused:
            self.fault(name, refused.sentence)
            return ""

    def flag(self, name: str, label: str) -> bool:
        value = self.raw.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            self.fault(name, f"{label}只能是“是”或“否”（true 或 false）。")
            return False
        return value

    def whole(self, name: str, label: str) -> int | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**17:
            self.fault(name, f"{label}应为整数。")
            return None
        return value

    def degrees(self, name: str, label: str, most: float) -> float | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            self.fault(name, f"{label}应在-{most:g}到{most:g}之间。")
            return None
        return float(value)

    def instant(self, name: str, label: str) -> datetime | None:
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        try:
            read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            return utc(read)
        except (ValueError, OverflowError):
            self.fault(name, f"{label}应为带时区的时间，如 2026-03-01T09:00:00+08:00。")
            return None

    def day(self, name: str, label: str) -> date | None:
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            self.fault(name, f"{label}应为 2026-03-01 的样子。")
            return None

    def mappings(self, name: str, label: str, most: int) -> list[Mapping[str, Any]]:
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
            self.fault(name, f"{label}应为列表。")
            return []
        if len(value) > most:
            self.fault(name, f"{label}最多{most}项。")
            return []
        return list(value)


MATTER_FIELDS = (
    "channel", "category", "kind", "purpose", "title", "narrative", "parties", "division", "address", "lon",
    "lat", "occurred_at", "amount", "people_involved", "urgent", "anonymous", "someone_hurt", "confidential",
    "external_numbers", "track", "help", "help_by", "help_consent", "letter_day",
    "read_back", "proxy_seen",
)  # fmt: skip
PARTY_FIELDS = ("part", "kind", "name", "id_number", "phone", "address", "safe_contact", "contact")


def read_matter(raw: Mapping[str, Any], *, today: date) -> Asked:
    """The clean matter, or a refusal that names every faulty field (`parties.0.phone`)."""
    reader = Reader(raw, MATTER_FIELDS)
    narrative = reader.text("narrative", "诉求内容", identity.MOST_NARRATIVE, required=True)
    title = reader.text("title", "标题", MOST_TITLE).replace("\n", " ")
    parties = []
    for place, one in enumerate(reader.mappings("parties", "当事人", 500)):
        party = Reader(one, PARTY_FIELDS, prefix=f"parties.{place}.")
        parties.append(_read_party(party, today))
        reader.faults |= party.faults
    numbers = []
    for place, one in enumerate(reader.mappings("external_numbers", "外部编号", 20)):
        number = Reader(one, ("system", "number"), prefix=f"external_numbers.{place}.")
        numbers.append(
            (
                number.text("system", "平台", 40, required=True),
                number.text("number", "编号", 60, required=True),
            )
        )
        reader.faults |= number.faults
    asked = Asked(
        channel=reader.text("channel", "渠道", 20, required=True),
        category=reader.text("category", "类别", 40, required=True),
        kind=reader.text("kind", "种类", 20, required=True),
        purpose=reader.text("purpose", "诉求目的", 20),
        title=title or _title_from(narrative),
        narrative=narrative,
        parties=tuple(parties),
        division=reader.text("division", "区划", 20),
        address=reader.text("address", "地点", 200).replace("\n", " "),
        lon=reader.degrees("lon", "经度", 180),
        lat=reader.degrees("lat", "纬度", 90),
        occurred_at=reader.instant("occurred_at", "发生时间"),
        amount=reader.whole("amount", "涉及金额（分）"),
        people_involved=reader.whole("people_involved", "涉及人数"),
        urgent=reader.flag("urgent", "紧急"),
        anonymous=reader.flag("anonymous", "匿名"),
        someone_hurt=reader.flag("someone_hurt", "有人受伤害"),
        confidential=reader.flag("confidential", "限制知悉"),
        external_numbers=tuple(dict.fromkeys(numbers)),
        track=reader.text("track", "办理程序", 24),
        help=reader.text("help", "帮助方式", 20),
        help_by=reader.text("help_by", "帮助人", 150),
        help_consent=reader.flag("help_consent", "申请人同意帮助"),
        letter_day=reader.day("letter_day", "写信日期"),
        read_back=reader.flag("read_back", "宣读确认"),
        proxy_seen=reader.flag("proxy_seen", "委托材料已核对"),
    )
    if asked.track not in TRACKS:
        reader.fault("track", "没有这个办理程序。")
    if reader.faults:
        raise Refused(INVALID, next(iter(reader.faults.values())), reader.faults)
    return asked


def _read_party(reader: Reader, today: date) -> AskedParty:
    kind = reader.text("kind", "类型", 20) or "person"
    if kind not in PARTY_KINDS:
        reader.fault("kind", "当事人只能是个人（person）或单位（organisation）。")
    name = reader.text("name", "姓名或名称", 1000, required=True)
    if name:
        name = reader.checked("name", lambda: identity.check_name(name))
    id_number = reader.text("id_number", "身份证号", 100)
    if id_number and kind == "person":
        id_number = reader.checked("id_number", lambda: identity.check_id_number(id_number, today))
    phone = reader.text("phone", "电话", 100)
    if phone:
        phone = reader.checked("phone", lambda: identity.check_phone(phone))
    contact = reader.text("contact", "联系方式", 8)
    if contact not in CONTACTS:
        reader.fault("contact", "联系方式只能是 sms（短信）、phone（电话）、none（不联系）或留空。")
    if contact in ("sms", "phone") and not phone:
        reader.fault("contact", "请先填写电话，或选择不联系。")
    return AskedParty(
        part=reader.text("part", "身份", 20, required=True),
        kind=kind,
        name=name,
        id_number=id_number,
        phone=phone,
        address=reader.text("address", "住址", 200).replace("\n", " "),
        safe_contact=reader.text("safe_contact", "安全联系方式", 100),
        contact=contact,
    )


def _title_from(narrative: str) -> str:
    line = " ".join(narrative.split())
    return line if len(line) <= TITLE_FROM_NARRATIVE else line[:TITLE_FROM_NARRATIVE] + "…"

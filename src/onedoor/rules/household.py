"""入户走访: for service and publicity. A visit knows an address and a purpose, and nobody by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from onedoor.rules import fieldwork
from onedoor.rules.access import Role
from onedoor.rules.fieldwork import Reading
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import invalid

PURPOSES: dict[str, str] = {
    "publicity": "政策宣传",
    "safety": "安全提示",
    "service": "上门服务",
    "listening": "听取意见",
    "other": "其他服务",
}
# Read what was asked in their area; the centre sees counts.
READS_ASKED = frozenset({Role.GRID_LEAD})
MOST_ADDRESS, MOST_ASKED = 200, 1000


@dataclass(frozen=True, slots=True)
class Visit:
    on: date
    address: str
    purpose: str
    asked: str


def check_visit(raw: Mapping[str, object], today: date, *, kept: timedelta) -> Visit:
    """Reads `on`, `address`, `purpose`, `asked`; refuses with every faulty field. What would be erased at once (older
    than `kept`) is not taken."""
    read = Reading()
    on = read(lambda: _on(raw, today, kept), today)
    address = read(lambda: check_nameless(raw.get("address"), most=MOST_ADDRESS, field="address", label="地址"), "")
    purpose = read(lambda: fieldwork.read_choice(raw, "purpose", "走访目的", PURPOSES), "")
    asked = read(
        lambda: check_nameless(raw.get("asked"), most=MOST_ASKED, field="asked", label="群众提出", required=False), ""
    )
    read.check()
    return Visit(on, address, purpose, asked)


def _on(raw: Mapping[str, object], today: date, kept: timedelta) -> date:
    on = fieldwork.must_day(raw, "on", "走访日期")
    if not today - kept < on <= today:
        raise invalid("on", f"走访日期应在过去{kept.days}天之内。")
    return on

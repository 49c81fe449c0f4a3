"""Numbers of papers of a centre: given out one by one, none twice."""

from datetime import date

from onedoor.cases.sql import rows
from onedoor.people.models import Unit, UnitKind
from onedoor.rules.refusal import NOT_READY, Refused


def centre_code(unit: int, what: str) -> str:
    """The code of the division of this centre; refuses where the unit is no centre (`what` is done there only)."""
    found = Unit.objects.filter(pk=unit, kind=UnitKind.CENTRE).values_list("division__code", flat=True).first()
    if found is None:
        raise Refused(NOT_READY, f"{what}只能由综治中心登记，您的岗位不在中心。")
    return str(found)


def next_number(centre: int, code: str, kind: str, day: date) -> str:
    """The next of the centre's day, for a kind of paper (a letter). Its row is locked until the transaction ends."""
    found = rows(
        "INSERT INTO hall_serial (centre_id, kind, day, last) VALUES (%s, %s, %s, 1)"
        " ON CONFLICT (centre_id, kind, day) DO UPDATE SET last = hall_serial.last + 1 RETURNING last",
        [centre, kind, day],
    )
    return f"{code}-{kind}{day:%y%m%d}-{found[0]['last']:03d}"

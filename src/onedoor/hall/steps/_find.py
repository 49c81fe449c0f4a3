"""What the administrator's steps of the hall look up, each fault at its field."""

from datetime import date

from onedoor.hall.models import Place
from onedoor.people.find import find_unit
from onedoor.people.models import Unit
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import Refused


def unit_or_none(form: Form, typed: str) -> Unit | None:
    """The unit that was typed; none for nothing."""
    if not typed.strip():
        return None
    try:
        return find_unit(typed)
    except Refused as refused:
        form.take(refused)
        return None


def place_or_none(form: Form, centre: int, code: str, field: str = "place") -> Place | None:
    """The place of that code in this hall; none for nothing."""
    if not code.strip():
        return None
    found = Place.objects.filter(centre_id=centre, code=code.replace("\0", "\ufffd").strip()).first()
    if found is None:
        form.fault(field, "没有这个窗口或场所。")
    return found


def day_or_none(form: Form, field: str, typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        form.fault(field, "日期应为 2026-03-01 的样子。")
        return None

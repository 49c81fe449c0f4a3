"""Words of the pages of points."""

from datetime import date

from django import template

from onedoor.figures.queries.points import Line
from onedoor.web.desk.points import address_of

register = template.Library()


@register.filter
def entries_of(line: Line, month: date) -> str:
    """The address of the entries behind a line."""
    return address_of(line, month)


@register.filter
def down(moved: int) -> int:
    """How many places down."""
    return -moved


@register.filter
def finding_badge(state: str) -> str:
    """How a state of a finding stands out; its word says it too."""
    return {"drawn": "bg-yellow-lt", "confirmed": "bg-red-lt", "not_confirmed": "bg-secondary-lt"}.get(
        state, "bg-blue-lt"
    )

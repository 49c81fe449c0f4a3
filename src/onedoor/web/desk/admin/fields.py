"""Fields of the administrator's forms."""

from collections.abc import Mapping, Sequence
from typing import Any

from onedoor.cases.queries import choices
from onedoor.people.find import written
from onedoor.rules.refusal import Refused
from onedoor.web.desk.move_form import Choices, Field


class Fields:
    """Fields with what was typed and what is wrong with it. `given` is the POST, or what is there now."""

    def __init__(self, given: Mapping[str, Any], refused: Refused | None) -> None:
        self.given = given
        self.faults = refused.fields if refused else {}

    def text(self, name: str, label: str, *, required: bool = True, help: str = "") -> Field:  # noqa: A002
        return self._field(name, label, "text", required=required, help=help)

    def number(self, name: str, label: str, *, required: bool = True, help: str = "") -> Field:  # noqa: A002
        return self._field(name, label, "number", required=required, help=help)

    def day(self, name: str, label: str, *, required: bool = True, help: str = "") -> Field:  # noqa: A002
        return self._field(name, label, "day", required=required, help=help)

    def instant(self, name: str, label: str, *, required: bool = True, help: str = "") -> Field:  # noqa: A002
        """Local time to the minute, as 2026-03-02T09:00."""
        return self._field(name, label, "instant", required=required, help=help)

    def either(self, name: str, label: str, names: Mapping[str, str]) -> Field:
        """One of a few, all in sight."""
        offered = [{"code": str(code), "name": shown} for code, shown in names.items()]
        return self._field(name, label, "either", required=True, choices=offered)

    def people(self, name: str, label: str, names: Mapping[str, str], ticked: Sequence[str], help: str = "") -> Field:  # noqa: A002
        """Any number of them, in one field."""
        offered = [{"code": str(code), "name": shown} for code, shown in names.items()]
        return self._field(name, label, "people", required=False, choices=offered, many=list(ticked), help=help)

    def tick(self, name: str, label: str, *, help: str = "") -> Field:  # noqa: A002
        return self._field(name, label, "tick", required=False, help=help)

    def ticks(self, name: str, label: str, names: Mapping[str, str]) -> Field:
        """One tick for each name, with a field of its own: `told.applicant`."""
        offered = [{"code": f"{name}.{code}", "name": shown} for code, shown in names.items()]
        ticked = [one["code"] for one in offered if self.given.get(one["code"])]
        return self._field(name, label, "ticks", required=False, choices=offered, many=ticked)

    def events(self, name: str, label: str) -> Field:
        """The moves that were chosen from the page's list `events`, each in a field of its own (`stops.0`), and room
        for another."""
        chosen = [text for one, text in self.given.items() if one.startswith(f"{name}.") and text.strip()]
        rows = [{"code": f"{name}.{place}", "name": text} for place, text in enumerate([*chosen, ""])]
        return self._field(name, label, "events", required=False, choices=rows)

    def one(self, name: str, label: str, names: Mapping[str, str], *, required: bool = True) -> Field:
        offered = [{"code": str(code), "name": shown} for code, shown in names.items()]
        return self._field(name, label, "one", required=required, choices=offered)

    def place(self, name: str, label: str, offered: list[str], *, required: bool = True, help: str = "") -> Field:  # noqa: A002
        """Typed by code or name; the list only helps, since a province has more places than a list can hold."""
        listed = [{"name": one} for one in offered]
        return self._field(name, label, "listed", required=required, help=help, choices=listed)

    def long(self, name: str, label: str, *, required: bool = True, rows: int = 3, help: str = "") -> Field:  # noqa: A002
        return self._field(name, label, "long", required=required, rows=rows, help=help)

    def grouped(self, name: str, label: str, groups: Choices, *, required: bool = True) -> Field:
        """`groups` as from `cases.queries.choices`: `group` and `items` with code and name."""
        return self._field(name, label, "grouped", required=required, choices=groups)

    def _field(self, name: str, label: str, widget: str, **more: Any) -> Field:
        value = self.given.get(name, "")
        return Field(name=name, label=label, widget=widget, value=value, error=self.faults.get(name, ""), **more)


def whole(typed: str, least: int, most: int) -> int | None:
    """The whole number that was typed, if it is one between these."""
    text = typed.strip()
    number = int(text) if len(text) <= 18 and text.isascii() and text.isdecimal() else -1
    return number if least <= number <= most else None


def divisions() -> list[str]:
    return [written(one["name"], one["code"]) for one in choices.divisions()]


def units() -> list[str]:
    return [written(one["name"], one["code"]) for group in choices.units() for one in group["items"]]

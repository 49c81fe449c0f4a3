"""The numbers of a report by name, each with the address of its list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from onedoor.cases.queries.figures import NONE, part_of
from onedoor.figures.queries.report_figures import COUNTED, Frozen
from onedoor.figures.said import Line, Number, line
from onedoor.rules.figures import Figure, Period, daily, percent, yuan
from onedoor.rules.reports import ReportSpan, compared

FIGURES: dict[str, Figure] = {figure.name: figure for figure in COUNTED}
# how a list is narrowed to one group
_TO = {"category": "category", "channel": "channel", "division": "place", "unit": "lead"}


class Numbers:
    """Of the frozen figures; `when`: 0 the period, 1 the one before, 2 the year before."""

    def __init__(self, span: ReportSpan, figures: Frozen) -> None:
        self.span, self.figures = span, figures
        self.periods = [
            Period("", date.fromisoformat(since), date.fromisoformat(until)) for since, until in figures["spans"]
        ]
        self._scope = {} if figures["scope"]["root"] else {"division": str(figures["scope"]["code"])}

    def count(self, name: str, when: int = 0) -> int:
        return int(self.figures["totals"][name][when][0])

    def now(self, name: str, when: int = 0) -> Number:
        """A plain count."""
        return self.number(self.count(name, when), part_of(FIGURES[name]), when)

    part = now

    def whole(self, name: str, when: int = 0) -> Number:
        return self.number(int(self.figures["totals"][name][when][1]), FIGURES[name].whole, when)

    def rate(self, name: str) -> str:
        """办结率93.3%, or that there is none."""
        part, whole, _ = self.figures["totals"][name][0]
        label = FIGURES[name].label
        return f"{label}{percent(part, whole)}" if whole else f"{label}不计算（分母为0）"

    def share(self, name: str, when: int) -> str:
        part, whole, _ = self.figures["totals"][name][when]
        return percent(part, whole)

    def daily(self, name: str) -> str:
        one = self.periods[0]
        return daily(self.count(name), one.since, one.until)

    def money(self, name: str, when: int = 0) -> str:
        return yuan(int(self.figures["totals"][name][when][2] or 0))

    def against(self, name: str, when: int) -> Line:
        """比上月（840件）增加29件，上升3.5%."""
        label = (self.span.now, self.span.before, self.span.year)[when]
        if not label:  # of a year, the year before is the period before
            return line("同比与环比相同")
        now, before = self.count(name), self.count(name, when)
        verb = "与" if now == before else "比"
        return line(f"{verb}{label}（", self.now(name, when), f"件）{compared(now, before)}")

    def number(self, count: int, condition: str, when: int = 0, more: Mapping[str, str] | None = None) -> Number:
        one = self.periods[when]
        to = {"condition": condition, "since": one.since.isoformat(), "until": one.until.isoformat()}
        return Number(str(count), {**to, **self._scope, **(more or {})})

    def of_group(self, by: str, key: str, count: int, when: int, condition: str = "registered") -> Number:
        if by == "division" and key == NONE:
            more = {"place": str(self.figures["scope"]["code"]), "alone": "1"}
        else:
            more = {_TO[by]: key}
        return self.number(count, condition, when, more)

    def of_week(self, surge: Mapping[str, Any]) -> Number:
        to = {"condition": "registered", "since": surge["since"], "until": surge["until"]}
        more = {"place": surge["place_code"], "category": surge["kind_code"], "exact": "1"}
        return Number(str(surge["count"]), {**to, **self._scope, **more})

    def of_open(self, place: int, count: int, category: str = "") -> Number:
        """Of what is not ended: 0 all of it, else registered until the day of that limit."""
        to = {"condition": "open", **self._scope}
        if place:
            to["until"] = str(self.figures["open"]["days"][place - 1])
        return Number(str(count), {**to, "category": category} if category else to)

    def of_notices(self, column: str, code: str) -> Number:
        """Notices of supervision that were issued in the period."""
        found = self.figures["supervision"]
        one = self.periods[0]
        to = {"page": "supervision", "since": one.since.isoformat(), "until": one.until.isoformat(), **self._scope}
        if not column:
            return Number(str(found["all"]), to)
        return Number(str(found[column].get(code, 0)), {**to, column: code})

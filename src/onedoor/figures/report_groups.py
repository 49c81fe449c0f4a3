"""The tables of a report, what is most in them, and the hints that they give."""

from collections.abc import Sequence
from typing import Any

from onedoor.cases.queries.figures import NONE
from onedoor.figures.report_numbers import FIGURES, Numbers
from onedoor.figures.said import Line, Said, Sheet, joined, line
from onedoor.rules.figures import change, percent
from onedoor.rules.reports import LEAST_RISE, ReportSpan, compared

MOST_ROWS = 40
_COUNTS = ("registered", "accepted", "settled", "late_open", "disputes", "repeated", "amount")
_RATES = (
    "closing", "on_time_acceptance", "on_time_closing", "late_done", "at_once", "handled", "resolution", "mediation",
    "below", "objection", "sent_back",
)  # fmt: skip
_LABELS = {"repeated": "重复事项（并案）数", "amount": "涉及金额的事项数"}


def overview_tables(n: Numbers, span: ReportSpan) -> list[Said]:
    """Counts with their changes; rates with what they are made of. Of rates no difference is made: a share of another
    whole is not compared by subtraction."""
    counts = []
    for name in _COUNTS:
        cells = [line(_LABELS.get(name, FIGURES[name].label)), line(n.now(name)), line(n.now(name, 1))]
        cells.append(line(change(n.count(name), n.count(name, 1))))
        if span.year:
            cells += [line(n.now(name, 2)), line(change(n.count(name), n.count(name, 2)))]
        counts.append(tuple(cells))
    rates = []
    for name in _RATES:
        figure = FIGURES[name]
        cells = [line(figure.label + ("（待核）" if figure.unsure else ""))]
        for when in (0, 1, 2) if span.year else (0, 1):
            parts = line("（", n.part(name, when), "/", n.whole(name, when), "）")
            cells.append(line(n.share(name, when), parts))
        rates.append(tuple(cells))
    head = ["指标", span.now, span.before, "环比", *([span.year, "同比"] if span.year else [])]
    columns = ["指标", span.now, span.before, *([span.year] if span.year else [])]
    return [
        Sheet("主要数量（单位：件）", tuple(head), tuple(counts), "lrrrrr"[: len(head)]),
        Sheet("主要比率（分子/分母，单位：件）", tuple(columns), tuple(rates), "lrrr"[: len(columns)]),
    ]


def sheet_of(n: Numbers, span: ReportSpan, by: str, title: str, label: str, *, closing: bool = False) -> list[Said]:
    """One kind of group, the largest first, and the sum; divisions in the order of their codes."""
    listed = _rows(n, by)
    if not listed:
        return []
    if by != "division":
        listed.sort(key=lambda row: (-row["counts"][0][0], row["key"]))
    shown, rest = _cut(listed, by)
    whole = [sum(row["counts"][0][when] for row in listed) for when in range(3)]
    made = [_line_of(n, span, by, row, whole[0], closing=closing) for row in shown]
    if rest:
        made.append(_sum_of(span, f"其他{len(rest)}个", rest, whole[0], closing=closing))
    total = _sum_of(span, "合计", listed, whole[0], closing=closing)
    made.append((total[0], line(n.now("registered")), *total[2:]))
    head = [label, span.now, "占比", span.before, "环比"]
    head += [span.year, "同比"] if span.year else []
    head += ["办结率"] if closing else []
    align = "l" + "r" * (len(head) - 1)
    return [Sheet(f"{title}（单位：件）", tuple(head), tuple(made), align)]


def _rows(n: Numbers, by: str) -> list[dict[str, Any]]:
    """Divisions all; of others what had any matter in one of the periods."""
    found: list[dict[str, Any]] = n.figures["groups"][by]
    return [row for row in found if by == "division" or any(row["counts"][0])]


def _cut(listed: Sequence[dict[str, Any]], by: str) -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
    if len(listed) <= MOST_ROWS:
        return listed, ()
    first = sorted(listed, key=lambda row: (-row["counts"][0][0], row["key"]))[: MOST_ROWS - 1]
    kept = {row["key"] for row in first}
    shown = [row for row in listed if row["key"] in kept] if by == "division" else first
    return shown, [row for row in listed if row["key"] not in kept]


def _line_of(
    n: Numbers, span: ReportSpan, by: str, row: dict[str, Any], whole: int, *, closing: bool
) -> tuple[Line, ...]:
    counts, settled = row["counts"]
    cells = [line(row["name"]), line(n.of_group(by, row["key"], counts[0], 0)), line(percent(counts[0], whole))]
    cells += [line(n.of_group(by, row["key"], counts[1], 1)), line(change(counts[0], counts[1]))]
    if span.year:
        cells += [line(n.of_group(by, row["key"], counts[2], 2)), line(change(counts[0], counts[2]))]
    if closing:
        part = n.of_group(by, row["key"], settled[0], 0, "registered.settled")
        cells.append(line(percent(settled[0], counts[0]), "（", part, "）"))
    return tuple(cells)


def _sum_of(
    span: ReportSpan, name: str, listed: Sequence[dict[str, Any]], whole: int, *, closing: bool
) -> tuple[Line, ...]:
    counts = [sum(row["counts"][0][when] for row in listed) for when in range(3)]
    settled = sum(row["counts"][1][0] for row in listed)
    cells = [name, str(counts[0]), percent(counts[0], whole), str(counts[1]), change(counts[0], counts[1])]
    if span.year:
        cells += [str(counts[2]), change(counts[0], counts[2])]
    if closing:
        cells.append(f"{percent(settled, counts[0])}（{settled}）")
    return tuple(line(cell) for cell in cells)


def top(n: Numbers, by: str, *, but: str = "", most: int = 3) -> Line:
    """劳动争议30件（占20.1%）、…: the first three, and what is as many as the third. Something must be there."""
    whole = sum(row["counts"][0][0] for row in n.figures["groups"][by])
    there = [row for row in n.figures["groups"][by] if row["counts"][0][0] and row["key"] != but]
    listed = [row for row in there if row["key"] != NONE] or there
    listed.sort(key=lambda row: (-row["counts"][0][0], row["key"]))
    if len(listed) > most:
        least = listed[most - 1]["counts"][0][0]
        as_many = [row for row in listed if row["counts"][0][0] >= least]
        listed = as_many if len(as_many) <= most + 2 else [row for row in listed if row["counts"][0][0] > least]
    each = []
    for row in listed:
        count = row["counts"][0][0]
        each.append(line(row["name"], n.of_group(by, row["key"], count, 0), f"件（占{percent(count, whole)}）"))
    return joined(each) if each else line("并列的几个（见下表）")


def hints(n: Numbers, span: ReportSpan) -> list[Line]:
    """What the numbers show, by fixed rules: kinds and divisions that rose against both periods by LEAST_RISE and
    more, surges, what is late, what waits long."""
    found: list[Line] = []
    for by in ("category", "division"):
        for row in n.figures["groups"][by]:
            now, *earlier = row["counts"][0][: 3 if span.year else 2]
            if row["key"] != NONE and all(now - before >= LEAST_RISE for before in earlier):
                labels = (span.before, span.year)
                said = [
                    line(
                        f"比{labels[at]}（", n.of_group(by, row["key"], before, at + 1), f"件）{compared(now, before)}"
                    )
                    for at, before in enumerate(earlier)
                ]
                found.append(
                    line(row["name"], "登记", n.of_group(by, row["key"], now, 0), "件，", joined(said, "，"), "。")
                )
    for one in n.figures["surges"]["items"]:
        where = f"{one['place_name']}“{one['kind_name']}”一周登记"
        found.append(line(where, n.of_week(one), f"件，此前八周平均每周{one['mean']:g}件。"))
    if n.count("late_open"):
        found.append(line(f"{span.name}登记的事项中，超过办理期限还没有办结的", n.now("late_open"), "件。"))
    waiting = n.figures["open"]["all"][1]
    if waiting:
        found.append(line("登记满90天还没有办结的", n.of_open(1, waiting), "件。"))
    return found

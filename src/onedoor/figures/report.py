"""治安形势分析 put together: frozen numbers, the centre's sentences and the analyst's texts, as blocks.

Nothing is counted here and nothing is added to what the numbers say. The order of the parts follows the monthly
reports of a county's public security (domain §5): the whole, police figures, disputes and petitions, divisions,
units, what stands out, important matters, what takes long, supervision, ratings, hints and advice.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.figures import NONE
from onedoor.figures.queries.report_figures import Frozen
from onedoor.figures.report_groups import hints, overview_tables, sheet_of, top
from onedoor.figures.report_numbers import Numbers
from onedoor.figures.said import (
    Heading,
    Line,
    Note,
    Number,
    Place,
    Said,
    Sheet,
    Words,
    filled,
    joined,
    line,
    to_blocks,
)
from onedoor.papers.model import Document
from onedoor.rules.external import EXTERNAL_KINDS, MAIN
from onedoor.rules.figures import change
from onedoor.rules.report_wording import WORDINGS
from onedoor.rules.reports import FEWEST_RATED, PLACES, ReportSpan, blank, compared, direction
from onedoor.rules.schemes import LEVELS
from onedoor.rules.supervision import STATES

TITLE = "治安形势分析"
_COUNT = "一二三四五六七八九十"


class Report:
    """`said`: the blocks. `texts`: what the analyst has written so far."""

    def __init__(
        self, span: ReportSpan, figures: Frozen, wording: Mapping[str, str], texts: Mapping[str, str]
    ) -> None:
        self.span, self.figures, self.texts = span, figures, texts
        self.wording = {name: wording.get(name) or one.text for name, one in WORDINGS.items()}
        self.numbers = Numbers(span, figures)
        self.values: dict[str, str | Number | Line] = {"时段": span.name, "区域": figures["scope"]["name"]}
        self._headings = 0
        self.said: list[Said] = []
        self._overview()
        self._external()
        self._disputes()
        self._divisions()
        self._units()
        self._surges()
        self._heading("重要情况")
        self._place("important")
        self._long_running()
        self._supervision()
        self._ratings()
        self._hints()
        self._notes()

    @property
    def title(self) -> str:
        return f"{self.figures['scope']['name']}{self.span.name}{TITLE}"

    def document(self, number: str, on: date) -> Document:
        """The paper; `number` as it stands on it."""
        centre = str(self.figures["scope"]["centre"])
        day = f"{on.year}年{on.month}月{on.day}日"
        return Document(TITLE, self.title, number, to_blocks(self.said), "official", (f"{centre}编", day))

    # --- the parts

    def _overview(self) -> None:
        self._heading("总体情况")
        n = self.numbers
        self._say(
            "overview",
            登记数=n.now("registered"), 日均=n.daily("registered"), 天数=str(self.span.days),
            登记环比=n.against("registered", 1), 登记同比=n.against("registered", 2), 受理数=n.now("accepted"),
            办结数=n.part("closing"), 办结率=n.rate("closing"), 并案数=n.now("repeated"), 金额件数=n.now("amount"),
            金额=n.money("amount"),
        )  # fmt: skip
        self._say(
            "limits",
            应受理数=n.whole("on_time_acceptance"), 按期受理数=n.part("on_time_acceptance"),
            及时受理率=n.rate("on_time_acceptance"), 应办结数=n.whole("on_time_closing"),
            按期办结数=n.part("on_time_closing"), 按期办结率=n.rate("on_time_closing"), 超期在办数=n.now("late_open"),
        )  # fmt: skip
        self.said += overview_tables(n, self.span)
        self._place("judgement")

    def _external(self) -> None:
        self._heading("治安警情和灾害事故（外部数据）")
        given = self.figures["external"]
        now, before, year = given["counts"]
        if not given["months"]:
            self._say("external_none")
            return
        sources = joined(list(dict.fromkeys(one["source"] for one in given["months"])))
        each = [
            line(EXTERNAL_KINDS[code].name, f"{now[code]}起", *self._outside(now[code], before[code]))
            for code in MAIN
            if now[code] is not None
        ]
        self._say("external", 来源=sources, 逐类=joined(each, "；", "没有分类数字"))
        head = ["类别", self.span.now, self.span.before, "环比"]
        if self.span.year:
            head += [self.span.year, "同比"]
        listed = []
        for code, kind in EXTERNAL_KINDS.items():
            if now[code] is None and before[code] is None and year[code] is None:
                continue
            depth = 0 if not kind.within else 1 if not EXTERNAL_KINDS[kind.within].within else 2
            cells = ["　" * depth + kind.name, _or_dash(now[code]), _or_dash(before[code])]
            cells.append(_changed(now[code], before[code]))
            if self.span.year:
                cells += [_or_dash(year[code]), _changed(now[code], year[code])]
            listed.append(tuple(line(cell) for cell in cells))
        self.said.append(Sheet("外部数据分类统计（单位：起）", tuple(head), tuple(listed), "lrrrrr"[: len(head)]))
        versions = "；".join(f"{one['month']}，{one['source']}，第{one['version']}版" for one in given["months"])
        missing = f"没有导入的月份：{'、'.join(given['missing'])}，合计里没有的写“—”。" if given["missing"] else ""
        self.said.append(Note(line(f"外部数据来源：{versions}。{missing}外部数据不在事项列表里，不能点开。")))

    def _outside(self, now: int, before: int | None) -> tuple[str, ...]:
        if before is None:
            return ()
        return (f"（{self.span.before}{before}起，{compared(now, before, '起')}）",)

    def _disputes(self) -> None:
        self._heading("矛盾纠纷和信访诉求")
        n = self.numbers
        self._say(
            "disputes",
            纠纷数=n.now("disputes"), 纠纷环比=n.against("disputes", 1), 调处数=n.part("handled"),
            调处率=n.rate("handled"), 化解数=n.part("resolution"), 化解率=n.rate("resolution"),
            调解数=n.whole("mediation"), 协议数=n.part("mediation"), 调解成功率=n.rate("mediation"),
        )  # fmt: skip
        turns = self._turns("category", "类")
        if n.count("registered"):
            self._say("categories", 较多类别=top(n, "category"), 类别升降=turns)
        else:
            self._say("categories_none", 类别升降=turns)
        self.said += sheet_of(n, self.span, "category", "分类统计", "类别")
        if n.count("registered"):
            self._say("channels", 较多渠道=top(n, "channel"))
        self.said += sheet_of(n, self.span, "channel", "渠道统计", "渠道")

    def _divisions(self) -> None:
        self._heading("区域分布")
        none = sum(1 for row in self._areas("division") if not row["counts"][0][0])
        turns = self._turns("division", "个区域")
        if self.numbers.count("registered"):
            most = top(self.numbers, "division")
            self._say("divisions", 较多区域=most, 区域升降=turns, 零登记数=str(none))
        else:
            self._say("divisions_none", 区域升降=turns, 零登记数=str(none))
        self.said += sheet_of(self.numbers, self.span, "division", "区域统计", "区域")

    def _units(self) -> None:
        self._heading("承办单位")
        listed = [row for row in self.figures["groups"]["unit"] if row["counts"][0][0]]
        led = [row for row in listed if row["key"] != "-"]
        waiting = next((row["counts"][0][0] for row in listed if row["key"] == "-"), 0)
        left = self.numbers.of_group("unit", "-", waiting, 0)
        if led:
            most = top(self.numbers, "unit", but="-")
            self._say("units", 单位数=str(len(led)), 较多单位=most, 未交办数=left)
        else:
            self._say("units_none", 未交办数=left)
        self.said += sheet_of(self.numbers, self.span, "unit", "主办单位统计", "主办单位", closing=True)

    def _surges(self) -> None:
        self._heading("突出情况")
        found = self.figures["surges"]
        if found["told"]:
            self._say(
                "surges",
                异常数=str(found["told"]), 比较数=str(found["tested"]), 偶然数=f"{found['expected']:g}",
            )  # fmt: skip
            rows_of = []
            for one in found["items"]:
                since, until = date.fromisoformat(one["since"]), date.fromisoformat(one["until"])
                rows_of.append((
                    line(one["place_name"]), line(one["kind_name"]),
                    line(f"{since.month}月{since.day}日至{until.month}月{until.day}日"),
                    line(self.numbers.of_week(one)), line(f"{one['mean']:g}"),
                    line("、".join(map(str, one["past"]))),
                ))  # fmt: skip
            head = ("地点", "类别", "一周", "登记", "前八周均值", "前八周各周")
            more = found["told"] - len(found["items"])
            self.said.append(Sheet("登记异常增多（单位：件）", head, tuple(rows_of), "lllrrl"))
            if more:
                self.said.append(Note(line(f"另有{more}处，按可能性从小到大只列前{len(found['items'])}处。")))
        else:
            self._say("surges_none", 比较数=str(found["tested"]))
        self._place("surge_reasons")

    def _long_running(self) -> None:
        self._heading("重复和长期未办结事项")
        n, found = self.numbers, self.figures["open"]
        self._say(
            "repeated",
            并案数=n.now("repeated"), 并案环比=n.against("repeated", 1), 退回数=n.part("sent_back"),
            退回率=n.rate("sent_back"),
        )  # fmt: skip
        each = [line(row["name"], n.of_open(1, row["counts"][1], row["key"]), "件") for row in found["by"]]
        self._say(
            "long_running",
            未办结数=n.of_open(0, found["all"][0]), 满90天数=n.of_open(1, found["all"][1]),
            满180天数=n.of_open(2, found["all"][2]), 满365天数=n.of_open(3, found["all"][3]),
            长期类别=line("满90天的分类别是：", joined(each)) if each else "没有满90天的",
        )  # fmt: skip
        self._place("long_reasons")

    def _supervision(self) -> None:
        self._heading("督办情况")
        found, n = self.figures["supervision"], self.numbers
        if not found["all"]:
            self._say("supervision_none")
            return
        levels = [line(name, n.of_notices("level", code), "份") for code, name in LEVELS.items()]
        states = [line(name, n.of_notices("state", code), "份") for code, name in STATES.items()]
        self._say(
            "supervision",
            督办数=n.of_notices("", ""), 督办级别=joined(levels), 督办状态=joined(states),
        )  # fmt: skip

    def _ratings(self) -> None:
        self._heading("群众评价")
        n = self.numbers
        if n.count("rated") < FEWEST_RATED:
            self._say("ratings_few", 评价数=n.part("rated"))
            return
        self._say(
            "ratings",
            评价数=n.part("rated"), 参评率=n.rate("rated"), 满意数=n.part("satisfaction"),
            满意率=n.rate("satisfaction"), 应回访数=n.whole("follow_up"), 已回访数=n.part("follow_up"),
            回访率=n.rate("follow_up"),
        )  # fmt: skip

    def _hints(self) -> None:
        self._heading("风险提示和建议")
        listed = hints(self.numbers, self.span)
        if listed:
            self._say("hints")
            self.said += [Words(line(f"{place}．", one)) for place, one in enumerate(listed, 1)]
        else:
            self._say("hints_none")
        self._place("risks")
        self._place("advice")

    def _notes(self) -> None:
        at = datetime.fromisoformat(self.figures["counted_at"]).astimezone(ZONE)
        since, until = self.span.period.since, self.span.period.until
        self.said.append(
            Note(
                line(
                    f"统计口径：统计于{at.year}年{at.month}月{at.day}日{at:%H时%M分}。除外部数据外，统计的是登记日期在"
                    f"{since.year}年{since.month}月{since.day}日至{until.year}年{until.month}月{until.day}日的事项，"
                    "分子和分母是同一批事项；限制知悉和检举控告的事项不计入，并案的不重复计。事项仍在办理，以后再统计数字会变。"
                    "百分比四舍五入到一位小数，没有全部完成的不显示100%；分母为0的写“—”，上期为0的变化写“新增”。"
                )
            )
        )

    # --- how

    def _heading(self, text: str) -> None:
        mark = _COUNT[self._headings] if self._headings < 10 else f"十{_COUNT[self._headings - 10]}"
        self._headings += 1
        self.said.append(Heading(f"{mark}、{text}"))

    def _say(self, name: str, **values: str | Number | Line) -> None:
        self.said.append(Words(filled(self.wording[name], {**self.values, **values})))

    def _place(self, name: str) -> None:
        self.said.append(Place(name, PLACES[name].label, self.texts.get(name, ""), blank(name)))

    def _areas(self, by: str) -> list[dict[str, Any]]:
        """The groups that are one: neither what belongs to none of them nor a division that is no longer offered."""
        return [row for row in self.figures["groups"][by] if row["key"] != NONE and not row.get("former")]

    def _turns(self, by: str, unit: str) -> Line:
        """与上月相比，上升3类、下降2类、持平1类."""
        counts = [row["counts"][0] for row in self._areas(by)]
        turns = [direction(now, before) for now, before, _ in counts]
        said = "、".join(
            f"{name}的{turns.count(mark)}{unit}" for mark, name in (("升", "上升"), ("降", "下降"), ("平", "持平"))
        )
        return line(f"与{self.span.before}相比，{said}")


def _or_dash(value: int | None) -> str:
    return "—" if value is None else str(value)


def _changed(now: int | None, before: int | None) -> str:
    return "—" if now is None or before is None else change(now, before)

"""地、物: places and things of a grid, never a person and nobody's home; and the rounds that look after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from onedoor.rules import fieldwork
from onedoor.rules.access import Role
from onedoor.rules.fieldwork import Reading
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import invalid

PLACE_KINDS: dict[str, str] = {
    "school": "学校周边",
    "market": "集贸市场",
    "rented": "出租房屋（消防）",
    "restaurant": "餐饮场所",
    "lodging": "宾馆旅店",
    "gas_station": "加油加气站",
    "worksite": "建筑工地",
    "factory": "生产企业",
    "water": "水域",
    "road": "道路路口",
    "public": "公共场所",
    "facility": "公共设施",
    "other": "其他",
}
# Under which category of the catalogue a fault of such a place is registered; the others are hazards.
CATEGORIES: Mapping[str, str] = {"facility": "incident.facility", "road": "incident.facility"}
HAZARD = "incident.hazard"
# Lists of what is looked at are the same for the whole tree: kept by the administrator and the centre at its top.
KEEPS_CHECKLISTS = frozenset({Role.ADMIN, Role.DISPATCHER, Role.DIRECTOR})
MOST_NAME, MOST_ADDRESS, MOST_NOTE, MOST_TEXT = 80, 200, 500, 2000
MOST_ITEMS, MOST_QUESTION, MOST_BASIS = 40, 120, 120
LONGEST_ROUND = 366  # days
BACKWARDS = timedelta(days=90)  # how long a phone may have been without signal
UNSURE = "待核"


@dataclass(frozen=True, slots=True)
class PlaceContent:
    kind: str
    name: str
    address: str
    lon: float | None
    lat: float | None
    checklist: str
    every_days: int | None
    next_on: date | None
    active: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a round has found. `faults`: the questions answered with no, with what was noted there."""

    answers: Mapping[str, Mapping[str, Any]]
    faults: tuple[tuple[str, str], ...]
    text: str


def check_place(raw: Mapping[str, object], checklists: Mapping[str, str], today: date) -> PlaceContent:
    """What is typed of a place; `checklists` are the names of those in use, by code. Refuses with every faulty
    field."""
    read = Reading()
    kind = read(lambda: fieldwork.read_choice(raw, "kind", "类别", PLACE_KINDS), "")
    name = read(lambda: check_nameless(raw.get("name"), most=MOST_NAME, field="name", label="名称"), "")
    address = read(
        lambda: check_nameless(raw.get("address"), most=MOST_ADDRESS, field="address", label="位置", required=False),
        "",
    )
    lon, lat = read(lambda: _degrees(raw), (None, None))
    checklist = raw.get("checklist") or ""
    if checklist:
        checklist = read(lambda: fieldwork.read_choice(raw, "checklist", "检查表", checklists), "")
    every = read(lambda: fieldwork.read_count(raw, "every_days", "每隔几天", most=LONGEST_ROUND, required=False), None)
    next_on = read(lambda: fieldwork.read_day(raw, "next_on", "下次巡查", required=False), None)
    if "next_on" not in read.faults and "every_days" not in read.faults:
        if every is None and next_on is not None:
            read.faults["every_days"] = "有下次巡查日期的，请写明每隔几天巡查。"
        elif next_on is not None and abs(next_on - today) > timedelta(days=LONGEST_ROUND):
            read.faults["next_on"] = "下次巡查应在一年之内。"
    read.check()
    if every is not None and next_on is None:
        next_on = today
    return PlaceContent(kind, name, address, lon, lat, str(checklist), every, next_on, bool(raw.get("active", True)))


def _degrees(raw: Mapping[str, object]) -> tuple[float | None, float | None]:
    typed = [str(raw.get(name) or "").strip() for name in ("lon", "lat")]
    if typed == ["", ""]:
        return None, None
    try:
        lon, lat = (float(one) for one in typed)
    except ValueError:
        raise invalid("lon", "经度和纬度应一起填写，用十进制的度，如 100.1234 和 38.9876。") from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise invalid("lon", "经度应在-180到180之间，纬度应在-90到90之间。")
    return lon, lat


def check_checklist(raw: Mapping[str, object]) -> tuple[str, list[dict[str, Any]]]:
    """`name`, and `items` as a text: a question on each line, then `|` and what it rests on; without that it is
    marked as not verified. Codes go by place within the version."""
    read = Reading()
    name = read(lambda: check_nameless(raw.get("name"), most=60, field="name", label="名称"), "")
    items: list[dict[str, Any]] = read(lambda: _items(raw.get("items")), [])
    read.check()
    return name, items


def _items(given: object) -> list[dict[str, Any]]:
    lines = [line.strip() for line in str(given or "").splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_ITEMS:
        raise invalid("items", f"检查项应有1到{MOST_ITEMS}项，一行一项。")
    found = []
    for number, line in enumerate(lines, 1):
        question, _, basis = (part.strip() for part in line.replace("｜", "|").partition("|"))
        basis = "" if basis == UNSURE else basis
        check_nameless(question, most=MOST_QUESTION, field="items", label=f"第{number}行的检查项")
        check_nameless(basis, most=MOST_BASIS, field="items", label=f"第{number}行的依据", required=False)
        found.append({"code": f"q{number}", "question": question, "basis": basis, "unsure": not basis})
    return found


def items_as_text(items: Sequence[Mapping[str, Any]]) -> str:
    """The same back, for the form."""
    return "\n".join(f"{one['question']}｜{one['basis'] or UNSURE}" for one in items)


def check_found(raw: Mapping[str, object], items: Sequence[Mapping[str, Any]]) -> Found:
    """Reads `answers` and `text` of a round by the questions of its version: each has an answer, and there is none
    that was not asked. Without questions there is a text."""
    read = Reading()
    answers = raw.get("answers", {})
    questions = {str(one["code"]): str(one["question"]) for one in items}
    found: dict[str, dict[str, Any]] = {}
    if not isinstance(answers, dict) or set(answers) - set(questions):
        read.faults["answers"] = "检查结果和检查表对不上。"
    else:
        for code, question in questions.items():
            found[code] = read(partial(_answer, answers.get(code), question), {})
    text = read(
        lambda: check_nameless(raw.get("text"), most=MOST_TEXT, field="text", label="说明", required=not questions), ""
    )
    read.check()
    faults = tuple((questions[code], one["note"]) for code, one in found.items() if not one["ok"])
    return Found(found, faults, text)


def _answer(given: object, question: str) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("ok"), bool):
        raise invalid("answers", f"“{question}”还没有检查结果。")
    note = check_nameless(
        given.get("note"), most=MOST_NOTE, field="answers", label=f"“{question}”的说明", required=False
    )
    return {"ok": given["ok"], "note": note}


def check_day(on: date, today: date) -> None:
    if not today - BACKWARDS <= on <= today:
        raise invalid("on", f"巡查日期应在过去{BACKWARDS.days}天之内。")


def next_round(every_days: int | None, on: date, last_on: date | None, next_on: date | None) -> date | None:
    """When it is due again once somebody was there that day: counted from the newest look, so that one that arrives
    late moves nothing back."""
    if every_days is None:
        return None
    if last_on is not None and on < last_on:
        return next_on
    return on + timedelta(days=every_days)


def as_report(kind: str, name: str, address: str, found: Found) -> dict[str, Any]:
    """The faults as what a report says, so that nobody types them again."""
    lines = [
        f"{number}. {question}{f'：{note}' if note else ''}" for number, (question, note) in enumerate(found.faults, 1)
    ]
    said = f"巡查“{name}”发现{len(found.faults)}个问题：\n" + "\n".join(lines)
    return {
        "title": f"巡查发现问题：{name}"[:80],
        "text": f"{said}\n{found.text}".strip(),
        "category": CATEGORIES.get(kind, HAZARD),
        "address": address or name,
    }

"""问卷: surveys, questionnaires, hearing of opinions, the choice of an excellent window; apart from ratings of cases.

Its questions are data; once somebody has answered they stay as they are. Answers know no person, and results are shown
from FEWEST answers on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from onedoor.rules.identity import check_text
from onedoor.rules.open_text import check_open_text
from onedoor.rules.refusal import CONFLICT, INVALID, NOT_READY, STALE_VERSION, Refused, invalid

KINDS: dict[str, str] = {"single": "单选", "multiple": "多选", "scale": "打分（1到5）", "text": "写几句话"}
STATES: dict[str, str] = {
    "draft": "草稿",
    "scheduled": "待开始",
    "open": "进行中",
    "closed": "已结束",
    "withdrawn": "已撤下",
}
SCALE: Final = (1, 2, 3, 4, 5)
FEWEST: Final = 5  # answers; fewer could be told apart
# together they keep the page within what a cheap phone can load
MOST_QUESTIONS, MOST_OPTIONS, MOST_OPTIONS_IN_ALL = 30, 20, 100
MOST_TITLE, MOST_INTRODUCTION, MOST_ASKED, MOST_OPTION, MOST_TEXT = 60, 2000, 100, 40, 1000


@dataclass(frozen=True, slots=True)
class Question:
    """`options` of a single or multiple choice; empty for the other kinds."""

    kind: str
    text: str
    required: bool
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """Open from `opens_on` to `closes_on`, both days included."""

    title: str
    introduction: str
    opens_on: date
    closes_on: date
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """By the question's place from 0: the places of the chosen options (of a scale the mark itself), and the texts."""

    choices: Mapping[int, tuple[int, ...]]
    texts: Mapping[int, str]


def to_data(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "text": one.text, "required": one.required, "options": list(one.options)}
        for one in questions
    ]


def from_data(data: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """What `to_data` made; KeyError for anything else."""
    return tuple(Question(one["kind"], one["text"], one["required"], tuple(one["options"])) for one in data)


def check_survey(raw: Mapping[str, str]) -> Survey:
    """Reads `title`, `introduction`, `opens_on`, `closes_on` and `q.N.text`, `q.N.kind`, `q.N.required`,
    `q.N.options` (one a line), `q.N.place`; a question without text is none. They come in the order of their
    places. Refuses with every faulty field."""
    faults: dict[str, str] = {}

    def read(field: str, label: str, most: int, *, required: bool = True) -> str:
        try:
            return check_text(raw.get(field, ""), most=most, field=field, label=label, required=required)
        except Refused as refused:
            faults.update(refused.fields)
            return ""

    title = read("title", "标题", MOST_TITLE)
    if "\n" in title:
        faults["title"] = "标题只能有一行。"
    introduction = read("introduction", "说明", MOST_INTRODUCTION, required=False)
    days = [_day(raw.get(field, ""), field, label, faults) for field, label in _DAYS]
    if not (faults.keys() & {"opens_on", "closes_on"}) and days[1] < days[0]:
        faults["closes_on"] = "结束日期不能早于开始日期。"
    questions = _questions(raw, faults)
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Survey(title, introduction, days[0], days[1], questions)


_DAYS = (("opens_on", "开始日期"), ("closes_on", "结束日期"))


def _day(typed: str, field: str, label: str, faults: dict[str, str]) -> date:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        faults[field] = f"请填写{label}。" if not typed.strip() else f"{label}应像 2026-03-01。"
        return date.min
    if not 2000 <= day.year <= 2200:
        faults[field] = f"{label}的年份不对。"
    return day


def places_in(raw: Mapping[str, str]) -> list[int]:
    """The N of the questions that the form holds, in their order on the form."""
    found = (name.split(".")[1] for name in raw if name.startswith("q.") and name.endswith(".text"))
    return sorted({int(one) for one in found if one.isascii() and one.isdecimal() and len(one) < 4})


def _questions(raw: Mapping[str, str], faults: dict[str, str]) -> tuple[Question, ...]:
    found: list[tuple[int, int, Question]] = []
    for n in places_in(raw):
        if not raw.get(f"q.{n}.text", "").strip():
            if raw.get(f"q.{n}.options", "").strip():
                faults[f"q.{n}.text"] = "写了选项，没有写问题。"
            continue
        place = raw.get(f"q.{n}.place", "").strip()
        order = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else n + 1
        found.append((order, n, _question(raw, n, faults)))
    if not found:
        faults.setdefault("q", "请至少写一个问题。")
    elif len(found) > MOST_QUESTIONS:
        faults["q"] = f"最多{MOST_QUESTIONS}个问题，现在有{len(found)}个。"
    elif (options := sum(len(one.options) for _, _, one in found)) > MOST_OPTIONS_IN_ALL:
        faults["q"] = f"全部选项合起来最多{MOST_OPTIONS_IN_ALL}个，现在有{options}个，请拆成两份问卷。"
    return tuple(question for _, _, question in sorted(found, key=lambda one: one[:2]))


def _question(raw: Mapping[str, str], n: int, faults: dict[str, str]) -> Question:
    kind, text, options = raw.get(f"q.{n}.kind", ""), "", ""
    if kind not in KINDS:
        faults[f"q.{n}.kind"] = "请选择题型。"
    try:
        text = check_text(raw.get(f"q.{n}.text", ""), most=MOST_ASKED, field=f"q.{n}.text", label="问题")
        options = check_text(
            raw.get(f"q.{n}.options", ""),
            most=MOST_OPTIONS * (MOST_OPTION + 1), field=f"q.{n}.options", label="选项", required=False,
        )  # fmt: skip
    except Refused as refused:
        faults.update(refused.fields)
    listed = tuple(filter(None, (line.strip() for line in options.split("\n"))))
    if kind not in ("single", "multiple"):
        listed = ()
    elif f"q.{n}.options" not in faults:
        if not 2 <= len(listed) <= MOST_OPTIONS:
            faults[f"q.{n}.options"] = f"选项一行一个，2到{MOST_OPTIONS}个。"
        elif len(set(listed)) < len(listed):
            faults[f"q.{n}.options"] = "有两个选项一样。"
        elif any(len(one) > MOST_OPTION for one in listed):
            faults[f"q.{n}.options"] = f"一个选项最多{MOST_OPTION}个字。"
    return Question(kind, text, bool(raw.get(f"q.{n}.required")), listed)


def state_of(*, released: bool, withdrawn: bool, opens_on: date, closes_on: date, today: date) -> str:
    """Of STATES, on that day. `released`: somebody has said that it may open."""
    if withdrawn:
        return "withdrawn"
    if not released:
        return "draft"
    if today < opens_on:
        return "scheduled"
    return "open" if today <= closes_on else "closed"


def check_change(*, there: Survey, wanted: Survey, answers: int, withdrawn: bool, results_published: bool) -> None:
    """Once the first answer is in, nothing changes but the last day; once its results are shown, nor does that."""
    if withdrawn:
        raise Refused(CONFLICT, "这份问卷已撤下，不能再改。")
    same = (there.title, there.introduction, there.opens_on, there.questions)
    if answers and same != (wanted.title, wanted.introduction, wanted.opens_on, wanted.questions):
        raise Refused(CONFLICT, "已有人作答，标题、说明、开始日期和问题不能再改，只能改结束日期。")
    if results_published and there.closes_on != wanted.closes_on:
        raise Refused(CONFLICT, "结果已经公开，不能再改结束日期。")


def check_withdrawal(*, withdrawn: bool) -> None:
    if withdrawn:
        raise Refused(CONFLICT, "这份问卷已经撤下。")


def check_version(there: int, seen: int) -> None:
    """Who writes or answers must have seen what is there."""
    if there != seen:
        raise Refused(STALE_VERSION, "这份问卷刚改过，请重新打开最新的再填。")


def check_release(state: str, closes_on: date, today: date) -> None:
    """From a draft, before its last day is over."""
    if state != "draft":
        raise Refused(CONFLICT, f"这份问卷现为“{STATES[state]}”，不能再开放。")
    if closes_on < today:
        raise invalid("closes_on", "结束日期已经过了，请先改结束日期。")


def check_results_published(state: str, answers: int) -> None:
    """After closing, and not of so few that they could be told apart."""
    if state != "closed":
        raise Refused(NOT_READY, "问卷结束以后才能公开结果。")
    if answers < FEWEST:
        raise Refused(NOT_READY, f"只有{answers}份答卷，不足{FEWEST}份，不能公开结果。")


def check_answers(questions: Sequence[Question], raw: Mapping[str, Sequence[str]]) -> Answered:
    """Reads `a.N` of each question: places of options, a mark of the scale, or text. Refuses with every faulty field;
    so does a form on which nothing at all was answered."""
    faults: dict[str, str] = {}
    choices: dict[int, tuple[int, ...]] = {}
    texts: dict[int, str] = {}
    for n, question in enumerate(questions):
        field, given = f"a.{n}", [one for one in raw.get(f"a.{n}", ()) if one.strip()]
        if question.kind == "text":
            try:
                text = check_open_text(
                    given[0] if given else "", most=MOST_TEXT, field=field, label="回答", required=question.required
                )
            except Refused as refused:
                faults.update(refused.fields)
                continue
            if text:
                texts[n] = text
            continue
        allowed = SCALE if question.kind == "scale" else range(len(question.options))
        chosen = tuple(sorted({int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 4}))
        if len(chosen) != len(set(given)) or not set(chosen) <= set(allowed):
            faults[field] = "没有这个选项，请重新选择。"
        elif len(chosen) > 1 and question.kind != "multiple":
            faults[field] = "只能选一个。"
        elif not chosen and question.required:
            faults[field] = "这一题必答。"
        elif chosen:
            choices[n] = chosen
    if not faults and not choices and not texts:
        faults["a.0"] = "请至少回答一题。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Answered(choices, texts)


def share(part: int, whole: int) -> str:
    """The share in per cent with one decimal, halves rounded up. 100 % and 0 % are said only of all and of none."""
    if not whole:
        return "—"
    tenths = (part * 2000 + whole) // (2 * whole)
    if part < whole:
        tenths = min(tenths, 999)
    if part:
        tenths = max(tenths, 1)
    return f"{tenths // 10}.{tenths % 10}%"


def mean(marks: Mapping[int, int]) -> str:
    """The mean of marks (mark → how many) with one decimal, halves rounded up; "—" of none."""
    count = sum(marks.values())
    if not count:
        return "—"
    tenths = (sum(mark * times for mark, times in marks.items()) * 20 + count) // (2 * count)
    return f"{tenths // 10}.{tenths % 10}"

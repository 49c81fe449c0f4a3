"""通报: what a centre tells its units in writing, with figures, and who has read it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from onedoor.rules.access import Actor, Role
from onedoor.rules.centre_papers import CentrePaper
from onedoor.rules.figures import FIGURES, Figure, tells_of_ratings
from onedoor.rules.identity import check_text
from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import INVALID, TOO_MANY, Refused, invalid

# who reads at a unit that is addressed: at a department its own people, at another centre those who run it
READS = frozenset({Role.HANDLER, Role.UNIT_LEAD, Role.MEDIATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.DIRECTOR})
BULLETIN = CentrePaper(
    "通报由本中心的督办员和中心主任起草、发布。",
    {
        "draft": "这份通报已经发布，不能再改；需要更正的，撤回后另发一份。",
        "published": "这份通报没有发布，或者已经撤回。",
    },
    "这份通报刚被别人改过。请复制您写的内容，打开最新的再改。",
)
BULLETIN_STATES: dict[str, str] = {"draft": "草稿", "published": "已发布", "withdrawn": "已撤回"}
MOST_TITLE, MOST_TEXT, MOST_REASON = 60, 10_000, 200
MOST_FIGURES = 8
REMIND_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class BulletinDraft:
    """`units`: codes; `figures`: names; `by_unit`: a line for each unit that is addressed, beside the whole."""

    title: str
    text: str
    units: tuple[str, ...]
    figures: tuple[str, ...]
    by_unit: bool


def offered_figures() -> list[Figure]:
    """All but sums of money and what tells of ratings: those are not for the units whose matters were rated."""
    return [
        one
        for one in FIGURES.values()
        if not (one.amount or tells_of_ratings(one.part) or tells_of_ratings(one.whole))
    ]


def check_bulletin(raw: Mapping[str, str], units: Sequence[str], figures: Sequence[str]) -> BulletinDraft:
    faults: dict[str, str] = {}
    texts = {"title": "", "text": ""}
    for field, label, most in (("title", "标题", MOST_TITLE), ("text", "正文", MOST_TEXT)):
        try:
            texts[field] = check_nameless(raw.get(field, ""), most=most, field=field, label=label)
            if field == "title" and "\n" in texts[field]:
                faults[field] = "标题只能有一行。"
        except Refused as refused:
            faults |= refused.fields
    wanted = tuple(dict.fromkeys(units))
    if not wanted:
        faults["units"] = "请至少选一个单位。"
    names = {one.name for one in offered_figures()}
    chosen = tuple(dict.fromkeys(figures))
    if not set(chosen) <= names:
        faults["figures"] = "没有这项指标，或者它不能写进通报。"
    elif len(chosen) > MOST_FIGURES:
        faults["figures"] = f"一份通报最多用{MOST_FIGURES}项指标。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return BulletinDraft(texts["title"], texts["text"], wanted, chosen, bool(raw.get("by_unit")))


def check_days(since: str, until: str, today: date) -> tuple[date, date]:
    """The days of registration that the figures are of."""
    try:
        first, last = date.fromisoformat(since.strip()), date.fromisoformat(until.strip())
    except ValueError:
        raise invalid("since", "请填写数字的起止日期。") from None
    if not date(2000, 1, 1) <= first <= last <= today:
        raise invalid("since", "起止日期不对：结束日期不能早于开始日期，也不能晚于今天。")
    return first, last


def check_reminder(last: datetime | None, at: datetime) -> None:
    if last is not None and at - last < REMIND_AFTER:
        raise Refused(TOO_MANY, "一小时内已经催阅过，请稍后再催。")


def is_heading(paragraph: str) -> bool:
    """一、… as headings of official documents begin."""
    return re.match(r"[一二三四五六七八九十]{1,3}、", paragraph) is not None and len(paragraph) <= 40


def check_reason(text: str) -> str:
    return check_text(text, most=MOST_REASON, field="reason", label="原因")


def reading_units(actors: Iterable[Actor]) -> dict[int, Actor]:
    """The units as one of which somebody reads, with the post."""
    found: dict[int, Actor] = {}
    for actor in actors:
        if actor.role in READS:
            found.setdefault(actor.unit, actor)
    return found

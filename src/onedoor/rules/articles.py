"""信息发布: what the centre tells everybody. An article is shown from its day of publishing until the day on which it
is withdrawn; nothing has to run for that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from onedoor.rules.access import Actor, Role
from onedoor.rules.identity import check_text
from onedoor.rules.refusal import INVALID, STALE_VERSION, Refused, invalid
from onedoor.rules.schemes import LEVELS

ARTICLE_KINDS: dict[str, str] = {
    "announcement": "公告",
    "promise": "服务承诺",
    "law": "普法",
    "rota": "值班",
    "results": "督办结果",
}
ARTICLE_STATES: dict[str, str] = {
    "draft": "草稿",
    "scheduled": "待发布",
    "shown": "已发布",
    "withdrawn": "已撤下",
}
MOST_TITLE = 60
MOST_ARTICLE = 20_000


@dataclass(frozen=True, slots=True)
class Article:
    """`publish_on` None: a draft. `withdraw_on` is the first day on which it is not shown; None: it stays."""

    kind: str
    title: str
    text: str
    publish_on: date | None
    withdraw_on: date | None


def may_publish(actor: Actor) -> bool:
    """Administrators, and a director who looks at the whole tree: the pages are the top centre's."""
    return actor.role == Role.ADMIN or (actor.role == Role.DIRECTOR and len(actor.division_path) == 1)


def check_article(raw: Mapping[str, str]) -> Article:
    """Reads `kind`, `title`, `text`, `publish_on`, `withdraw_on` (ISO dates or blank); refuses with every faulty
    field."""
    faults: dict[str, str] = {}

    def kept(step: Refused) -> None:
        faults.update(step.fields)

    kind = raw.get("kind", "")
    if kind not in ARTICLE_KINDS:
        faults["kind"] = "请选择种类。"
    texts = {"title": "", "text": ""}
    for field, label, most in (("title", "标题", MOST_TITLE), ("text", "内容", MOST_ARTICLE)):
        try:
            texts[field] = check_text(raw.get(field, ""), most=most, field=field, label=label)
            if field == "title" and "\n" in texts[field]:
                raise invalid(field, "标题只能有一行。")
        except Refused as refused:
            kept(refused)
    days: dict[str, date | None] = {"publish_on": None, "withdraw_on": None}
    for field, label in (("publish_on", "发布日期"), ("withdraw_on", "撤下日期")):
        try:
            days[field] = _day(raw.get(field, ""), field, label)
        except Refused as refused:
            kept(refused)
    begins, ends = days["publish_on"], days["withdraw_on"]
    if not faults and ends is not None:
        if begins is None:
            faults["publish_on"] = "填了撤下日期的，也要填发布日期。"
        elif ends <= begins:
            faults["withdraw_on"] = "撤下日期应在发布日期之后：从这一天起不再显示。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Article(kind, texts["title"], texts["text"], begins, ends)


def _day(typed: str, field: str, label: str) -> date | None:
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise invalid(field, f"{label}应像 2026-03-01。") from None
    if not 2000 <= day.year <= 2200:
        raise invalid(field, f"{label}的年份不对。")
    return day


def state_of(publish_on: date | None, withdraw_on: date | None, today: date) -> str:
    """Of ARTICLE_STATES, on that day."""
    if publish_on is None:
        return "draft"
    if withdraw_on is not None and withdraw_on <= today:
        return "withdrawn"
    return "shown" if publish_on <= today else "scheduled"


@dataclass(frozen=True, slots=True)
class SupervisionNumbers:
    """Notices of supervision issued in a span: how many of each level, and in which state they are by now."""

    levels: Mapping[str, int]
    states: Mapping[str, int]


def results_of(year: int, month: int, numbers: SupervisionNumbers) -> tuple[str, str]:
    """Title and text of a month's results of supervision, to be edited before it is published."""
    title = f"{year}年{month}月督办情况"
    total = sum(numbers.levels.values())
    if not total:
        return title, f"{year}年{month}月没有发出督办单。数字不含保密事项。"
    by_level = "，".join(f"{name}{numbers.levels.get(level, 0)}份" for level, name in LEVELS.items())
    done = numbers.states.get("accepted", 0) + numbers.states.get("ended", 0)
    excluded = numbers.states.get("excluded", 0)
    lines = (
        f"{year}年{month}月，中心对超期、未按时签收等情况发出督办单{total}份：{by_level}。",
        "",
        f"- 已整改{done}份",
        f"- 正在整改、回告{total - done - excluded}份",
        f"- 单位申诉成立、剔除{excluded}份",
        "",
        "数字不含保密事项。",
    )
    return title, "\n".join(lines)


def check_version(there: int, seen: int) -> None:
    """Who writes must have seen what is there."""
    if there != seen:
        raise Refused(STALE_VERSION, "这一篇刚被别人改过。请复制您写的内容，打开最新的再改。")

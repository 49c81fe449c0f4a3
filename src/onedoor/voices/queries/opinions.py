"""Opinions: for everybody numbers and what is published, for supervisor and director of the centre their own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.sql import rows
from onedoor.rules.access import Actor
from onedoor.rules.opinions import READS, STATES, TOPICS
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused

PAGE = 20
PUBLIC_PAGE = 10  # with their whole text, within what a page may weigh


@dataclass(frozen=True, slots=True)
class OpinionPage:
    items: list[dict[str, Any]]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class OpinionNumbers:
    """Of one year, all centres together."""

    received: int
    read: int
    adopted: int


def opinion_numbers(year: int) -> OpinionNumbers:
    found = rows(
        "SELECT count(*) AS received, count(*) FILTER (WHERE state <> 'new') AS read,"
        " count(*) FILTER (WHERE state = 'adopted') AS adopted FROM voices_opinion"
        " WHERE received_on BETWEEN %s AND %s",
        [date(year, 1, 1), date(year, 12, 31)],
    )
    return OpinionNumbers(**{name: int(count) for name, count in found[0].items()})


def published_opinions(cursor: str = "") -> OpinionPage:
    """What is shown, newest first."""
    where, values = "", list[object]()
    if cursor:
        at, last = read_cursor(cursor, "published_on")
        where, values = " AND (published_on, id) < (%s, %s)", [at.date(), last]
    found = rows(
        "SELECT id, topic, state, shown_text, reply, published_on FROM voices_opinion"
        f" WHERE published_on IS NOT NULL{where} ORDER BY published_on DESC, id DESC LIMIT %s",
        [*values, PUBLIC_PAGE + 1],
    )
    return _page(found, "published_on", PUBLIC_PAGE)


def list_opinions(actors: tuple[Actor, ...], *, state: str = "", cursor: str = "") -> OpinionPage:
    """Of my centres, newest day first; among those of one day by chance. One statement."""
    where, values = "", list[object]()
    if state:
        where, values = " AND state = %s", [state]
    if cursor:
        at, last = read_cursor(cursor, "received_on")
        where, values = f"{where} AND (received_on, id) < (%s, %s)", [*values, at.date(), last]
    found = rows(
        "SELECT id, topic, text, state, received_on, shown_text, reply, published_on FROM voices_opinion"
        f" WHERE centre_id = ANY(%s) AND erased_at IS NULL{where} ORDER BY received_on DESC, id DESC LIMIT %s",
        [_centres(actors), *values, PAGE + 1],
    )
    return _page(found, "received_on")


def opinion_for(actors: tuple[Actor, ...], opinion: UUID) -> dict[str, Any]:
    """One of my centres'; another is not found."""
    found = rows(
        "SELECT id, topic, text, state, received_on, shown_text, reply, published_on FROM voices_opinion"
        " WHERE id = %s AND centre_id = ANY(%s) AND erased_at IS NULL",
        [opinion, _centres(actors)],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这条意见，或您无权查看。")
    return _named(found[0])


def reads_opinions(actors: tuple[Actor, ...]) -> bool:
    return any(actor.role in READS for actor in actors)


def _centres(actors: tuple[Actor, ...]) -> list[int]:
    own = sorted({actor.unit for actor in actors if actor.role in READS})
    if not own:
        raise Refused(NOT_ALLOWED, "意见箱只由中心的督办员和主任查看。")
    return own


def _page(found: list[dict[str, Any]], key: str, most: int = PAGE) -> OpinionPage:
    items = [_named(one) for one in found[:most]]
    if len(found) <= most:
        return OpinionPage(items, "")
    at = datetime.combine(items[-1][key], time(), UTC)
    return OpinionPage(items, make_cursor(at, items[-1]["id"], key))


def _named(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "topic_name": TOPICS[one["topic"]], "state_name": STATES[one["state"]]}

"""Questions: for whoever asked his own, for everybody what is published, for the centre its own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from onedoor.cases import secrets
from onedoor.cases.cursors import make_cursor, read_cursor
from onedoor.cases.queries.gate import MAY_SEE, may_see
from onedoor.cases.sql import rows
from onedoor.people.models import Unit, UnitKind
from onedoor.rules.access import Actor, Confidentiality, Viewer
from onedoor.rules.questions import ANSWERS, STATES, TOPICS, is_late
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.voices.forms import code_indexes

PAGE = 20
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Page:
    items: list[dict[str, Any]]
    next_cursor: str


def centres() -> list[Unit]:
    """Those that can be asked, the top one first."""
    found = Unit.objects.filter(kind=UnitKind.CENTRE, active=True).select_related("division")
    return list(found.order_by("division__code"))


def question_by_code(code: str) -> dict[str, Any]:
    """For whoever holds the code: what was asked, what was answered, and the number of the case that it became. The
    code of its receipt (`receipt`) only where the case is an ordinary one: an address may stay behind in a browser."""
    found = rows(
        "SELECT q.topic, q.text, q.state, q.asked_at, q.due_on, q.answer, q.reason, q.ended_at, q.case_id,"
        " u.name AS centre, u.phone AS centre_phone, c.number, c.confidentiality FROM voices_question q"
        ' JOIN people_unit u ON u.id = q.centre_id LEFT JOIN "case" c ON c.id = q.case_id'
        " WHERE q.code_index = ANY(%s)",
        [code_indexes(code)],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这个问题，请核对查询码。过了保存期的已经删除。")
    one = _named(found[0])
    open_to_all = one["confidentiality"] == Confidentiality.ORDINARY
    one["receipt"] = secrets.receipt_code(str(one["case_id"])) if one["case_id"] and open_to_all else ""
    return one


def published_answers(q: str = "", topic: str = "", cursor: str = "") -> Page:
    """大家常问, newest first; `q` is part of a title, question or answer."""
    where, values = ["withdrawn_at IS NULL"], list[object]()
    if q := q.replace("\0", "").strip():
        where.append("(strpos(title, %s) > 0 OR strpos(text, %s) > 0 OR strpos(answer, %s) > 0)")
        values += [q, q, q]
    if topic:
        where.append("topic = %s")
        values.append(topic)
    if cursor:
        where.append("(published_at, id) < (%s, %s)")
        values += read_cursor(cursor, "published")
    found = rows(
        "SELECT id, topic, title, published_at FROM voices_publishedanswer"
        f" WHERE {' AND '.join(where)} ORDER BY published_at DESC, id DESC LIMIT %s",
        [*values, PAGE + 1],
    )
    return _page(found, "published_at", "published")


def published_answer(entry: UUID) -> dict[str, Any]:
    found = rows(
        "SELECT topic, title, text, answer, published_at FROM voices_publishedanswer"
        " WHERE id = %s AND withdrawn_at IS NULL",
        [entry],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有这个问答，可能已经撤下。")
    return _named(found[0])


_OWN = (
    "SELECT q.id, q.topic, q.text, q.state, q.asked_at, q.due_on, q.answer, q.reason, q.ended_at, q.erased_at,"
    " q.centre_id, q.phone IS NOT NULL AS will_tell, q.last_error, a.name AS ended_by, u.short_name AS centre,"
    " p.id AS entry, p.title, p.text AS shown_text, p.answer AS shown_answer, p.published_at, p.withdrawn_at,"
    f" CASE WHEN {MAY_SEE} THEN c.number END AS number"
    " FROM voices_question q JOIN people_unit u ON u.id = q.centre_id"
    " LEFT JOIN people_account a ON a.id = q.ended_by_id"
    " LEFT JOIN voices_publishedanswer p ON p.question_id = q.id"
    ' LEFT JOIN "case" c ON c.id = q.case_id'
)


def list_questions(
    viewer: Viewer, actors: tuple[Actor, ...], today: date, *, state: str = "waiting", cursor: str = ""
) -> Page:
    """Of my centres in one state: what waits, soonest due first; all else, newest first. One statement."""
    waits = state == "waiting"
    where, values = "", list[object]()
    if cursor:
        at, last = read_cursor(cursor, state)
        where = " AND (q.due_on, q.id) > (%s, %s)" if waits else " AND (q.asked_at, q.id) < (%s, %s)"
        values = [at.date() if waits else at, last]
    order = "q.due_on, q.id" if waits else "q.asked_at DESC, q.id DESC"
    found = rows(
        f"{_OWN} WHERE q.centre_id = ANY(%s) AND q.state = %s AND q.erased_at IS NULL{where}"
        f" ORDER BY {order} LIMIT %s",
        [*may_see(viewer), centres_of(actors), state, *values, PAGE + 1],
    )
    page = _page(found, "due_on" if waits else "asked_at", state)
    for one in page.items:
        one["late"] = is_late(one["state"], one["due_on"], today)
    return page


def question_for(viewer: Viewer, actors: tuple[Actor, ...], question: UUID, today: date) -> dict[str, Any]:
    """One of my centres' questions; another is not found."""
    found = rows(
        f"{_OWN} WHERE q.id = %s AND q.centre_id = ANY(%s) AND q.erased_at IS NULL",
        [*may_see(viewer), question, centres_of(actors)],
    )
    if not found:
        raise Refused(NOT_FOUND, "没有找到这个问题，或您无权查看。")
    one = _named(found[0])
    one["late"] = is_late(one["state"], one["due_on"], today)
    return one


def count_waiting(actors: tuple[Actor, ...], today: date) -> tuple[int, int]:
    """How many wait in my centres, and how many of them are late; capped. One statement, none for who answers none."""
    own = [actor.unit for actor in actors if actor.role in ANSWERS]
    if not own:
        return 0, 0
    found = rows(
        "SELECT count(*) AS waiting, count(*) FILTER (WHERE due_on < %s) AS late FROM (SELECT due_on FROM"
        " voices_question WHERE centre_id = ANY(%s) AND state = 'waiting' AND erased_at IS NULL ORDER BY due_on"
        " LIMIT %s) w",
        [today, own, MOST_COUNTED],
    )
    return int(found[0]["waiting"]), int(found[0]["late"])


def centres_of(actors: tuple[Actor, ...]) -> list[int]:
    """Refuses whoever answers nowhere."""
    own = sorted({actor.unit for actor in actors if actor.role in ANSWERS})
    if not own:
        raise Refused(NOT_ALLOWED, "在线咨询由中心的受理员、分流专员、督办员和主任办理。")
    return own


def _page(found: list[dict[str, Any]], key: str, order: str) -> Page:
    items = [_named(one) for one in found[:PAGE]]
    if len(found) <= PAGE:
        return Page(items, "")
    at = items[-1][key]
    at = at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)
    return Page(items, make_cursor(at, items[-1]["id"], order))


def _named(one: dict[str, Any]) -> dict[str, Any]:
    one["topic_name"] = TOPICS[one["topic"]]
    if "state" in one:
        one["state_name"] = STATES[one["state"]]
    return one

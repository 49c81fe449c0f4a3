"""Brings the full demo county into a demo database: places, units, people, and their matters with whole lives.

Every matter goes through the steps of the desk: read, registered, moved by rules that may refuse, written by the
one writer. It is written down now and says when it happened, like a ledger that is imported.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection, transaction

from onedoor.cases import search_index, secrets
from onedoor.cases.ledger import utc
from onedoor.cases.privacy import current_notice
from onedoor.cases.queries.gate import not_found
from onedoor.cases.sql import rows
from onedoor.cases.steps._reading import read_matter
from onedoor.cases.steps._record import flush
from onedoor.cases.steps._state import CaseState
from onedoor.cases.steps.make_move import move_in_memory
from onedoor.cases.steps.register import draft, reserve_numbers, surroundings
from onedoor.demo.articles import bring_articles
from onedoor.demo.bookings import bring_bookings
from onedoor.demo.county import ACCOUNTS, DIVISIONS, UNITS
from onedoor.demo.field import bring_field
from onedoor.demo.grids import bring_grids
from onedoor.demo.hall import bring_hall, bring_numbers
from onedoor.demo.lives import DAYS, Life, lives
from onedoor.demo.mediation import bring_committees, bring_mediations
from onedoor.demo.papers import bring_papers
from onedoor.demo.points import bring_points
from onedoor.demo.reach import bring_reach
from onedoor.demo.reports import bring_reports
from onedoor.demo.services import bring_services
from onedoor.demo.story import Step
from onedoor.demo.supervision import bring_supervision
from onedoor.demo.visits import bring_visits
from onedoor.demo.voices import bring_voices
from onedoor.demo.worktime import ZONE, WorkTime
from onedoor.people import demo
from onedoor.people.demo_county import COUNTY
from onedoor.people.tokens import SignedIn, signed_in_as
from onedoor.rules.access import applicant
from onedoor.rules.refusal import CONFLICT, Refused

TOLD_FOR = timedelta(days=4)  # what the inboxes of the demo reach back to


def load(now: datetime) -> int:
    """How many matters were brought: none where the database holds any case already, so a demo county in which
    somebody has worked stays as it is. One transaction for the matters: all or nothing; the visits follow. Needs
    `people.demo.load()`."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:  # two that load at once: one after the other
            cursor.execute("LOCK TABLE people_division IN SHARE ROW EXCLUSIVE MODE")
        if not demo.is_demo_database():
            raise Refused(CONFLICT, "这不是演示库，不能装入演示事项。")
        if rows('SELECT 1 AS one FROM "case" LIMIT 1'):
            return 0
        demo.add(DIVISIONS, UNITS, ACCOUNTS)
        bring_grids(_signed("admin"), now)
        states = lived(now)
        flush(states)
    bring_services()
    bring_hall(now)
    bring_numbers(now)
    bring_committees(now)
    bring_mediations(now)
    bring_visits(WorkTime(now, DAYS))
    bring_reach(WorkTime(now, DAYS), now)
    bring_supervision(WorkTime(now, DAYS), now)
    bring_papers(WorkTime(now, DAYS))
    bring_bookings(now)
    bring_articles(now)
    bring_voices(WorkTime(now, DAYS), now)
    bring_points(now)
    matters = len(states) + bring_field(WorkTime(now, DAYS), now)
    bring_reports(WorkTime(now, DAYS), now)
    while search_index.drain():  # what an interruption leaves is the worker's
        pass
    return matters


def lived(now: datetime) -> list[CaseState]:
    """All lives in memory, nothing written but the numbers: the county's five months in the order in which they
    happened."""
    work = WorkTime(now, DAYS)
    plan = lives(work)
    numbers = _numbers(plan, work)
    replay = _Replay(work, utc(now))
    order: list[tuple[int, int, int, Step | None]] = []
    for place, life in enumerate(plan):
        order.append((life.at, place, 0, None))
        order += [(at, place, turn, step) for turn, (at, step) in enumerate(life.moves, 1)]
    for at, place, _, step in sorted(order, key=lambda one: one[:3]):
        if step is None:
            replay.register(place, plan[place], numbers[place])
        else:
            replay.move(place, plan[place], step, at)
    return list(replay.states.values())


def _numbers(plan: Iterable[Life], work: WorkTime) -> dict[int, str]:
    """Each day's numbers in the order of registration."""
    times = sorted((work.at(life.at), place) for place, life in enumerate(plan))
    found: dict[int, str] = {}
    for _, group in groupby(times, key=lambda one: one[0].astimezone(ZONE).date()):
        day = list(group)
        given = reserve_numbers(COUNTY, day[0][0], len(day))
        found.update(zip((place for _, place in day), given, strict=True))
    return found


@dataclass(slots=True)
class _Replay:
    work: WorkTime
    now: datetime
    states: dict[int, CaseState] = field(default_factory=dict)
    people: dict[str, SignedIn] = field(default_factory=dict)

    def register(self, place: int, life: Life, number: str) -> None:
        at, actor = utc(self.work.at(life.at)), self._person(life.registrar).actors[0]
        asked = read_matter(life.matter.raw, today=at.astimezone(ZONE).date())
        found = surroundings(asked, actor, at)
        # who hands in from home has read how his data are used
        notice = current_notice().version if asked.channel == "web" else ""
        self.states[place] = draft(
            asked, found, number=number, actor=actor, at=at, recorded_at=self.now, notice=notice
        )

    def move(self, place: int, life: Life, step: Step, second: int) -> None:
        """Notices are kept at the time of the move; nobody is to be told today of what happened months ago."""
        state = self.states[place]
        who = self._person(step.who) if step.who else None  # nobody's: the applicant's own
        if who is not None and not state.seen_by(who.viewer()):
            raise not_found()
        actors = who.actors if who is not None else (applicant(state.case["receiving_path"][0]),)
        given, other = dict(step.given), None
        if given.get("proof") == "code":
            given["code"] = secrets.receipt_code(str(state.case["id"]))
        if step.move == "merge" and life.into is not None:
            other = self.states[life.into]
            given["into"] = other.case["number"]
        at = utc(self.work.at(second))
        told = state.new.setdefault("notice", [])
        before = len(told)
        move_in_memory(state, step.move, given, other, actors, at=at, recorded_at=self.now)
        fresh = told[before:] if self.now - at < TOLD_FOR else []
        told[before:] = [{**notice, "created_at": at} for notice in fresh]

    def _person(self, username: str) -> SignedIn:
        if username not in self.people:
            self.people[username] = _signed(username)
        return self.people[username]


def _signed(username: str) -> SignedIn:
    account = rows("SELECT id FROM people_account WHERE username = %s", [username])[0]["id"]
    found = signed_in_as(account)
    assert found is not None, "accounts of the demo county are in use"
    return found

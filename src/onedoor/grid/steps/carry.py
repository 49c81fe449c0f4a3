"""Carrying out single entries: those of the kinds that are no reports, and those that had to wait."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from onedoor.cases.queries.gate import COLUMNS, case_for
from onedoor.cases.sql import rows
from onedoor.cases.steps._record import add_event, flush
from onedoor.cases.steps._state import CaseState, load
from onedoor.cases.steps._state import Row as CaseRow
from onedoor.cases.steps.make_move import move_in_memory
from onedoor.cases.steps.register import reserve_numbers
from onedoor.grid.steps._gathered import Gathered
from onedoor.grid.steps._papers import Arrived, arrived, forget, papers_of
from onedoor.grid.steps._rows import Item, Row, change, find, hidden, item_of, lock_waiting
from onedoor.grid.steps.kinds import KINDS
from onedoor.grid.steps.reports import Around, fetch, matter_of
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.field import KINDS as KIND_NAMES
from onedoor.rules.field import LONGEST_TEXT, WHO, Asks, Entry, Waits
from onedoor.rules.identity import check_text
from onedoor.rules.refusal import NOT_ALLOWED, NOT_READY, WRONG_STAGE, Refused, invalid


def is_matter(entry: Entry) -> bool:
    return entry.kind in ("report", "case")


def county_of(around: Around, actor: Actor) -> str:
    """What the numbers of this tree begin with."""
    root = next(one for one in around.divisions.values() if one.id == actor.division_path[0])
    return root.code[:6].ljust(6, "0")


def may_be_matter(entry: Entry) -> bool:
    """Whether it needs a number: what is a matter itself, or a round that has found something."""
    answers = entry.content.get("answers") if entry.kind == "inspect" else None
    if not isinstance(answers, dict):
        return is_matter(entry)
    return any(isinstance(one, dict) and one.get("ok") is False for one in answers.values())


def _may_be_undone(entry: Entry) -> bool:
    """Whether it may turn out only after it has written that it is not accepted: an errand, whose files cannot be
    attached. A point to go back to costs two journeys to the database."""
    return entry.kind == "task_done" and bool(entry.files)


@dataclass(slots=True)
class Carrying:
    """Carries out entries of one account inside the transaction that is open. What they write is there after `write`.
    `around` and `numbers`: what the matters of a batch refer to, and numbers given out for them before the transaction
    began; without them each is looked up by itself."""

    signed: SignedIn
    at: datetime
    around: Around | None = None
    numbers: list[str] = field(default_factory=list)
    gathered: Gathered = field(default_factory=Gathered)

    def write(self) -> None:
        self.gathered.write()

    def carry(self, item: Item, there: Arrived, *, without_files: bool = False) -> None:
        """Sets what has become of the entry. What is not accepted leaves nothing behind: most kinds say so before they
        write, for the others it is undone. `without_files`: somebody has decided not to wait for those that have not
        come."""
        entry, actor = item.entry, item.actor
        assert entry is not None and actor is not None
        try:
            with transaction.atomic() if _may_be_undone(entry) else nullcontext():
                missing = there.missing(entry)
                if missing and not without_files:
                    item.wait("中心在等照片、录音等文件。", missing)
                    return
                item.why, item.needs = {}, ()
                self._carry(item, entry, actor, there)
        except Refused as refused:
            item.refuse(refused.code, refused.sentence, refused.fields)
        except Asks as asks:
            item.state, item.why = "asks", {"code": asks.code, "detail": asks.sentence}
        except Waits as waits:
            item.wait(f"中心在等{waits.what}。")
        else:
            item.state = "received"

    def _carry(self, item: Item, entry: Entry, actor: Actor, there: Arrived) -> None:
        if is_matter(entry):
            self._register(item, entry, actor, there)
        elif entry.kind == "more":
            self._add(item, entry, actor, there)
        else:
            take = KINDS.get(entry.kind)
            if take is None:
                raise Refused(NOT_READY, f"中心还不能收“{KIND_NAMES[entry.kind]}”。")
            state = None
            taken = take(entry, signed=self.signed, actor=actor, at=self.at, gathered=self.gathered)
            if taken.report is not None:
                state = self._register(item, replace(entry, kind="report", content=taken.report), actor, there)
            elif taken.case_number:
                item.number = taken.case_number
                item.case = rows('SELECT id FROM "case" WHERE number = %s', [taken.case_number])[0]["id"]
                self._attach(item.case, entry, actor, there)
            if taken.then is not None:
                taken.then(state)

    def _register(self, item: Item, entry: Entry, actor: Actor, there: Arrived) -> CaseState:
        around = self.around or fetch([actor], [entry])
        papers = papers_of(entry, actor=actor, at=self.at, clean=hidden(entry), only=there)
        number = self.numbers.pop() if self.numbers else reserve_numbers(county_of(around, actor), self.at, 1)[0]
        state = matter_of(entry, around=around, number=number, actor=actor, at=self.at, papers=papers)
        self.gathered.register(state)
        item.number, item.case = number, state.case["id"]
        if hidden(entry):
            forget(self.signed.account, entry.files)
        return state

    def _add(self, item: Item, entry: Entry, actor: Actor, there: Arrived) -> None:
        """补充: words and files to the matter that the worker has reported."""
        number = self._number_of(entry)
        row = case_for(self.signed.viewer(), number, lock=True)
        state, clean = load(row), bool(entry.files) and _is_hidden(row)
        add_words(state, entry, actor=actor, at=self.at, clean=clean, there=there)
        flush([state])
        if clean:
            forget(self.signed.account, entry.files)
        item.number, item.case = state.case["number"], state.case["id"]

    def _number_of(self, entry: Entry) -> str:
        if entry.refers is None:
            number = entry.content.get("number")
            if not isinstance(number, str) or not number:
                raise invalid("number", "请写明补充到哪一件事项。")
            return number
        row = find([entry.refers]).get(entry.refers)
        # another's entry is as if it were not there
        if row is None or row["account_id"] != self.signed.account or row["state"] in ("waiting", "asks"):
            raise Waits("原来上报的那一条")
        if row["number"] is None:
            raise Refused(WRONG_STAGE, "原来的那一条没有成为事项，不能补充；请另报一条。")
        return str(row["number"])

    def _attach(self, case: UUID, entry: Entry, actor: Actor, there: Arrived) -> None:
        """Files of an errand that belongs to a matter stand with the matter."""
        papers = papers_of(entry, actor=actor, at=self.at, clean=False, only=there)
        if papers:
            row = rows(f'SELECT {COLUMNS} FROM "case" c WHERE c.id = %s FOR NO KEY UPDATE OF c', [case])[0]
            state = load(row)
            _add_papers(state, papers, actor, self.at)
            flush([state])

    def again(self, found: Sequence[Row]) -> list[Item]:
        """Tries those that have waited; their rows are locked. Returns those with which anything has happened."""
        items = [item_of(row) for row in found]
        there = arrived(self.signed.account, [item.entry for item in items if item.entry])
        for item, row in zip(items, found, strict=True):
            item.actor = self.actor_of(row)
            if item.actor is None:
                item.refuse(NOT_ALLOWED, "您已不在报送时的岗位，这一条没有办理。")
            else:
                self.carry(item, there)
        self.write()
        return [
            item
            for item, row in zip(items, found, strict=True)
            if (item.state, item.why) != (row["state"], row["why"])
        ]

    def actor_of(self, row: Row) -> Actor | None:
        """The post that it came from, if it is still held."""
        kind, post = row["kind"], row["post"]
        return next((one for one in self.signed.actors if one.post == post and one.role in WHO[kind]), None)


def wake(carrying: Carrying, ids: Sequence[UUID]) -> list[Item]:
    """Carries out the account's entries that have waited for these, and for what comes of it. The rows of these must
    say already what has become of them: who waits for them reads it there."""
    woken: list[Item] = []
    while ids:
        found = lock_waiting("e.account_id = %s AND e.refers = ANY(%s)", [carrying.signed.account, list(ids)])
        items = carrying.again(found)
        change(items, carrying.signed.account, carrying.at)
        woken += items
        ids = [item.entry.id for item in items if item.entry and item.state == "received"]
    return woken


def add_words(state: CaseState, entry: Entry, *, actor: Actor, at: datetime, clean: bool, there: Arrived) -> None:
    """补充 in memory. `clean`: its pictures lose what they say of place and device. Refuses before it changes
    anything."""
    text = entry.content.get("text") or ""
    if not isinstance(text, str):
        raise invalid("text", "补充的情况应为文字。")
    if text.strip():
        text = check_text(text, most=LONGEST_TEXT, field="text", label="补充的情况")
    elif not entry.files:
        raise invalid("text", "请写几个字，或者拍照、录音。")
    papers = papers_of(entry, actor=actor, at=at, clean=clean, only=there)
    given = {"text": text or "现场补充了照片、录音等文件，没有文字说明。"}
    move_in_memory(state, "add_from_field", given, None, (actor,), at=at, recorded_at=at)
    _add_papers(state, papers, actor, at)


def _is_hidden(case: CaseRow) -> bool:
    found = rows(
        "SELECT payload -> 'codes' ? 'hidden' AS hidden FROM event"
        " WHERE county = %s AND recorded_at = %s AND case_id = %s AND seq = 1",
        [case["county"], case["recorded_at"], case["id"]],
    )
    return bool(found and found[0]["hidden"])


def _add_papers(state: CaseState, papers: Sequence[CaseRow], actor: Actor, at: datetime) -> None:
    for paper in papers:
        row = {**paper, "case_id": state.case["id"]}
        state.add("attachment", row)
        state.change("case", state.case, {"version": state.case["version"] + 1})
        touched = {("attachment", row["id"]): row, ("case", state.case["id"]): state.case}
        add_event(state, "attach", touched, {}, actor=actor, at=at, recorded_at=at)

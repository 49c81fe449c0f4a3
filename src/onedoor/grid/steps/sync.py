"""同步: a phone's batch comes in, each entry once, whatever the network does.

The row of an entry is its claim: it goes in first, and who comes second with the same UUID waits for the first to
commit and gets its answer. A batch is one durable transaction. When anything in it fails that no rule has foreseen,
each entry goes in a transaction of its own, so that one costs none of the others.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import InterfaceError, OperationalError, transaction

from onedoor.cases.ledger import utc
from onedoor.cases.sql import without_gc
from onedoor.cases.steps._record import flush
from onedoor.cases.steps.register import reserve_numbers
from onedoor.grid.steps._papers import Arrived, arrived, check_sizes, forget, papers_of
from onedoor.grid.steps._rows import Item, Row, change, claim, digest_of, find, hidden, take_turn
from onedoor.grid.steps.carry import Carrying, add_words, county_of, is_matter, may_be_matter, wake
from onedoor.grid.steps.place import authorised
from onedoor.grid.steps.places import place_of
from onedoor.grid.steps.reports import Around, fetch, matter_of
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Actor
from onedoor.rules.field import LONGEST_CONTENT, Entry, read_entry, read_id
from onedoor.rules.refusal import CONFLICT, INTERNAL, Refused, invalid

log = logging.getLogger(__name__)

MOST_ID = 60
_BUSY = ("40P01", "40001")  # two transactions have waited for each other: to be tried again, each entry by itself


def take_in(
    *, signed: SignedIn, actors: tuple[Actor, ...], entries: Sequence[object], sent_at: datetime | None, at: datetime
) -> list[Row]:
    """Takes what a phone has sent; an answer for each, in their order: `{"id", "state", "again", "number"?, "needs"?,
    "code"?, "detail"?, "fields"?}`. When this returns, all that is not refused is in durable storage."""
    at = utc(at)
    items = [_read(raw, sent_at, at) for raw in entries]
    first: dict[UUID, Item] = {}
    echoes: list[tuple[Item, Item]] = []
    for item in items:
        if item.entry is not None:
            earlier = first.setdefault(item.entry.id, item)
            if earlier is not item:
                echoes.append((item, earlier))
    if first:
        with without_gc():
            _take(list(first.values()), _Batch(signed, actors, at))
    for echo, earlier in echoes:
        _echo(echo, earlier)
    return [item.answer() for item in items]


def _read(raw: object, sent_at: datetime | None, at: datetime) -> Item:
    shown = str(raw.get("id", ""))[:MOST_ID] if isinstance(raw, dict) else ""
    item = Item(shown)
    try:
        if not isinstance(raw, dict):
            raise invalid("id", "条目应为对象。")
        item.entry, made_at = _entry_of(raw, sent_at, at)
        try:
            size = len(orjson.dumps(item.entry.content))
            item.digest = digest_of(item.entry, made_at)
        except TypeError as error:  # a number beyond 64 bits
            raise invalid("content", "内容中有太大的数。") from error
        if size > LONGEST_CONTENT:
            raise invalid("content", "内容太长，请精简后再报。")
    except Refused as refused:
        item.entry = None
        item.refuse(refused.code, refused.sentence, refused.fields)
    return item


def _entry_of(raw: Mapping[str, Any], sent_at: datetime | None, at: datetime) -> tuple[Entry, str]:
    """The entry, and the time as it was sent. `{"id", "case"}` is the form of programs older than this protocol."""
    if "case" in raw and "kind" not in raw:
        old = {"id": raw.get("id"), "kind": "case", "made_at": at.isoformat(), "content": raw["case"]}
        read_id(raw.get("id"))
        if not isinstance(raw["case"], dict):
            raise invalid("case", "没有事项内容。")
        return read_entry(old, sent_at=None, received_at=at), ""
    entry = read_entry(raw, sent_at=sent_at, received_at=at)
    return entry, str(raw.get("made_at"))


@dataclass(frozen=True, slots=True)
class _Batch:
    signed: SignedIn
    actors: tuple[Actor, ...]
    at: datetime

    @property
    def account(self) -> int:
        return self.signed.account


def _take(items: list[Item], batch: _Batch) -> None:
    try:
        _take_together(items, batch)
    except Exception as error:
        if _is_down(error):
            raise
        if len(items) > 1:
            if not isinstance(error, _Elsewhere):
                log.warning("同步的一批不能一起写入，改为逐条：%s", error)
            for item in items:
                _begin_again(item)
                _take([item], batch)
            return
        log.exception("同步的一条没有写入")
        items[0].refuse(INTERNAL, "系统出现故障，这一条没有存下，手机会再送。")


def _is_down(error: Exception) -> bool:
    """Whether the database itself is away: then nothing of the request is answered, and the phone sends it again."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return getattr(error.__cause__, "sqlstate", None) not in _BUSY


def _begin_again(item: Item) -> None:
    item.state, item.again, item.number, item.case, item.needs = "", False, "", None, ()
    item.why, item.matter, item.actor, item.joins = {}, None, None, None


def _take_together(items: list[Item], batch: _Batch) -> None:
    known = find(item.entry.id for item in items if item.entry)
    new = []
    for item in items:
        assert item.entry is not None
        if (row := known.get(item.entry.id)) is not None:
            _repeat(item, row, batch.account)
        else:
            new.append(item)
    if not new:
        return
    around = fetch(batch.actors, [item.entry for item in new if item.entry])
    there = arrived(batch.account, [item.entry for item in new if item.entry])
    for item in new:
        _prepare(item, batch, around, there)
    numbers = _draft(new, batch, around)
    _join(new, batch, there)
    _write(new, batch, there, around, numbers)


def _prepare(item: Item, batch: _Batch, around: Around, there: Arrived) -> None:
    assert item.entry is not None
    try:
        item.actor, item.entry = authorised(item.entry, batch.actors, around)
        check_sizes(item.entry, there)
    except Refused as refused:
        item.refuse(refused.code, refused.sentence, refused.fields)
        return
    if missing := there.missing(item.entry):
        item.wait("中心在等照片、录音等文件。", missing)


def _draft(new: Sequence[Item], batch: _Batch, around: Around) -> list[str]:
    """Makes the matters of the batch in memory; what a rule refuses is refused before anything is written. Returns
    numbers that are left for what its rounds have found: given out now, nobody waits for them until the end of the
    transaction."""
    going = [item for item in new if not item.state and item.entry]
    matters = [item for item in going if item.entry and is_matter(item.entry)]
    count = sum(may_be_matter(item.entry) for item in going if item.entry)
    if not count:
        return []
    numbers = reserve_numbers(county_of(around, batch.actors[0]), batch.at, count)
    for item, number in zip(matters, numbers, strict=False):
        entry, actor = item.entry, item.actor
        assert entry is not None and actor is not None
        try:
            papers = papers_of(entry, actor=actor, at=batch.at, clean=hidden(entry))
            item.matter = matter_of(entry, around=around, number=number, actor=actor, at=batch.at, papers=papers)
        except Refused as refused:
            item.refuse(refused.code, refused.sentence, refused.fields)
        else:
            case = item.matter.case
            item.state, item.number, item.case = "received", number, case["id"]
            if case["division_id"] != entry.division:
                item.entry = replace(entry, division=case["division_id"], division_path=tuple(case["division_path"]))

    return numbers[len(matters) :]


def _join(new: Sequence[Item], batch: _Batch, there: Arrived) -> None:
    """Puts words to a matter that has come in the same batch beside it in memory: written with it, they cost next to
    nothing. To all other matters words are added one by one (`Carrying`)."""
    matters = {item.entry.id: item for item in new if item.entry and item.matter is not None}
    viewer = batch.signed.viewer()
    for item in new:
        entry, actor = item.entry, item.actor
        about = matters.get(entry.refers) if entry and entry.refers and entry.kind == "more" else None
        if item.state or entry is None or actor is None or about is None or about.entry is None:
            continue
        state = about.matter
        if state is None or not state.seen_by(viewer) or (entry.files and hidden(about.entry)):
            continue
        try:
            add_words(state, entry, actor=actor, at=batch.at, clean=False, there=there)
        except Refused as refused:
            item.refuse(refused.code, refused.sentence, refused.fields)
        else:
            item.state, item.joins = "received", about.entry.id
            item.number, item.case = state.case["number"], state.case["id"]


class _Elsewhere(Exception):
    """Part of the batch comes in at the same moment by another way, and what was made in memory does not hold."""


def _write(new: list[Item], batch: _Batch, there: Arrived, around: Around, numbers: list[str]) -> None:
    others = [item for item in new if not item.state]
    for item in others:
        item.state = "received"  # until its kind says otherwise
    with transaction.atomic(durable=True):
        take_turn(batch.account)
        claimed = claim(new, batch.account, batch.at)
        if len(claimed) < len(new) and any(item.joins for item in new):
            raise _Elsewhere
        own = [item for item in new if item.entry and item.entry.id in claimed]
        matters = [item for item in own if item.matter is not None]
        if matters:
            flush([item.matter for item in matters if item.matter])
            for item in matters:
                if item.entry and hidden(item.entry):
                    forget(batch.account, item.entry.files)
        carrying = Carrying(batch.signed, batch.at, around, numbers)
        mine = [item for item in others if item.entry and item.entry.id in claimed]
        mine += [item for item in own if item.needs]  # its files may have come meanwhile
        if any(item.needs for item in mine):
            there = arrived(batch.account, [item.entry for item in mine if item.entry])
        rounds = [item.entry for item in mine if item.entry and item.entry.kind == "inspect"]
        carrying.gathered.lock_places(_places_of(rounds))
        # words to what a round of this batch has found wait until it is written
        found = {entry.id for entry in rounds}
        for some in ([one for one in mine if not _about(one, found)], [one for one in mine if _about(one, found)]):
            for item in some:
                carrying.carry(item, there)
            carrying.write()
            change(some, batch.account, batch.at)
        wake(carrying, [item.entry.id for item in own if item.entry and item.state == "received"])
    lost = [item for item in new if item.entry and item.entry.id not in claimed]
    if lost:
        rows = find(item.entry.id for item in lost if item.entry)
        for item in lost:
            assert item.entry is not None
            _begin_again(item)
            _repeat(item, rows[item.entry.id], batch.account)


def _places_of(rounds: Iterable[Entry]) -> Iterator[UUID]:
    for entry in rounds:
        with suppress(Refused):
            yield place_of(entry.content)


def _about(item: Item, entries: Set[UUID]) -> bool:
    return item.entry is not None and item.entry.kind == "more" and item.entry.refers in entries


def _repeat(item: Item, row: Row, account: int) -> None:
    """Answers what is here already, as the first time. Another's UUID says no more than one's own with other
    content."""
    if row["digest"] != item.digest or row["account_id"] not in (None, account):
        item.refuse(CONFLICT, "这个编号已经用于另一条内容，请换一个新的编号再送。")
        return
    item.state, item.again, item.why = row["state"], True, row["why"]
    item.number, item.case = row["number"] or "", row["case_id"]
    if item.state == "waiting" and item.entry is not None:
        item.needs = arrived(account, [item.entry]).missing(item.entry)


def _echo(item: Item, earlier: Item) -> None:
    """The same UUID twice in one batch."""
    if item.digest != earlier.digest:
        item.refuse(CONFLICT, "这个编号已经用于另一条内容，请换一个新的编号再送。")
        return
    item.state, item.again, item.number = earlier.state, True, earlier.number
    item.needs, item.why = earlier.needs, earlier.why

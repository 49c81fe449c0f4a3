"""Work in the grids made through the steps, as phones and desks make it. Needs the demo county."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from cases.kit import person, sql
from onedoor.cases.queries.days import today
from onedoor.grid.steps import care, tasks
from onedoor.grid.steps._gathered import Gathered
from onedoor.grid.steps.kinds import KINDS
from onedoor.grid.steps.places import keep_place
from onedoor.people.demo_county import GRID
from onedoor.people.models import Account, Division, Post, Unit
from onedoor.rules.access import Role
from onedoor.rules.field import Asks, Entry, Taken
from onedoor.rules.refusal import Refused

OTHER = "990101100201g02"  # the grid beside it
FAR = "990101101201"  # a village of another township
DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


def hire(username: str, role: Role, division: str, name: str = "") -> str:
    """Somebody new with one post, in the unit of the demo's grid worker."""
    account = Account.objects.create(username=username, name=name or f"新人{username}")
    Post.objects.create(
        account=account, role=role, unit=Unit.objects.get(code="cun-hefengtang"),
        division=Division.objects.get(code=division),
    )  # fmt: skip
    return username


def division(code: str) -> Division:
    return Division.objects.get(code=code)


def entry(kind: str, content: dict[str, Any], *, grid: str = GRID, at: datetime | None = None, **more: Any) -> Entry:
    here = division(grid)
    return Entry(
        id=uuid4(), kind=kind, made_at=at or now(), grid=grid, content=content, division=here.pk,
        division_path=tuple(here.path), **more,
    )  # fmt: skip


def send(who: str, sent: Entry, *, at: datetime | None = None) -> Taken:
    """What a phone has sent, carried out in a transaction as the batch does."""
    signed, gathered = person(who), Gathered()
    with transaction.atomic():
        taken = KINDS[sent.kind](sent, signed=signed, actor=signed.actors[0], at=at or now(), gathered=gathered)
        if taken.then is not None:
            taken.then(None)
        gathered.write()
    return taken


def said(call: Callable[[], Any]) -> str:
    """The code of what it is answered: `ok`, a refusal's, or `asks`."""
    try:
        call()
    except Refused as refused:
        return refused.code
    except Asks as asks:
        return f"asks {asks.code}"
    return "ok"


def ordered(by: str = "grid_lead", **raw: Any) -> UUID:
    given = {"title": "看看三组的路灯", "grid": GRID, **raw}
    return tasks.order_task(signed=person(by), at=now(), task=uuid4(), raw=given)


def placed(by: str = "grid_lead", **raw: Any) -> UUID:
    given = {
        "name": "禾丰塘小学门口", "kind": "school", "grid": GRID, "checklist": "school", "every_days": "30",
        "next_on": today().isoformat(), **raw,
    }  # fmt: skip
    return keep_place(signed=person(by), at=now(), place=uuid4(), raw=given, new=True)


PLAN = {
    "name": "福万家", "phone": "13800005678", "address": "禾丰塘村三组7号", "grid": GRID, "worker": "grid_worker",
    "basis": "consent", "basis_text": "本人签字", "purpose": "独居，腿脚不便", "help": "每周看望，代取药", "every_days": "7",
}  # fmt: skip


def planned(by: str = "grid_lead", **raw: Any) -> UUID:
    days = {"consented_on": today().isoformat(), "ends_on": (today() + 90 * DAY).isoformat()}
    return care.make_plan(signed=person(by), at=now(), plan=uuid4(), raw={**PLAN, **days, **raw})


def answers(*faults: int, count: int = 5, note: str = "") -> dict[str, Any]:
    """All well but these."""
    return {f"q{one}": {"ok": one not in faults, "note": note if one in faults else ""} for one in range(1, count + 1)}


def column(table: str, name: str, where: str = "TRUE") -> list[Any]:
    return [row[0] for row in sql(f"SELECT {name} FROM {table} WHERE {where}")]


def at_once(calls: Sequence[Callable[[], Any]]) -> list[str]:
    """Each in a thread of its own, all begun together; what each was answered."""
    gate, answered = Barrier(len(calls)), [""] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answered[place] = said(call)
        finally:
            connection.close()

    threads = [Thread(target=run, args=one) for one in enumerate(calls)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answered

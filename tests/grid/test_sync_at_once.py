"""Two connections at once, a server that dies in between, and any order of batches: one final state."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.kit import Desk
from cases.kit import person, sql
from grid.synckit import entry
from onedoor.cases.steps import _record
from onedoor.grid.steps import sync
from onedoor.grid.steps.sync import take_in
from onedoor.grid.steps.waiting import sweep_waiting

_Row = dict[str, Any]


def take(*entries: Any, who: str = "grid_worker") -> list[_Row]:
    signed = person(who)
    return take_in(signed=signed, actors=signed.actors, entries=entries, sent_at=None, at=datetime.now(UTC))


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Runs them in threads, each with a connection of its own; what each returned or raised."""
    found: list[Any] = [None] * len(jobs)
    gate = threading.Barrier(len(jobs))

    def run(place: int) -> None:
        try:
            gate.wait()
            found[place] = jobs[place]()
        except Exception as error:  # noqa: BLE001  whatever it was is looked at
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def cases_of(*entries: _Row) -> int:
    ids = [one["id"] for one in entries]
    ((count,),) = sql("SELECT count(DISTINCT case_id) FROM grid_fieldentry WHERE id = ANY(%s::uuid[])", ids)
    return int(count)


def test_one_batch_over_several_connections_at_once_counts_once(committed_desk: Desk) -> None:
    batch = [entry() for _ in range(12)]
    orders = [random.Random(seed).sample(batch, len(batch)) for seed in range(6)]
    before = sql('SELECT count(*) FROM "case"')[0][0]
    answers = at_once(*[lambda order=order: take(*order) for order in orders])  # type: ignore[misc]
    numbers = [{one["id"]: one["number"] for one in found} for found in answers]
    assert all(one == numbers[0] for one in numbers)
    assert all(one["state"] == "received" for found in answers for one in found)
    assert sum(not one["again"] for found in answers for one in found) == len(batch)
    assert sql('SELECT count(*) FROM "case"')[0][0] == before + len(batch)


def test_two_accounts_with_one_uuid_at_once(committed_desk: Desk) -> None:
    one = entry()
    found = at_once(lambda: take(one), lambda: take(one, who="grid_lead"))
    states = sorted((answer[0]["state"], answer[0].get("code", "")) for answer in found)
    assert states == [("received", ""), ("refused", "conflict")]
    assert cases_of(one) == 1


def test_more_and_its_report_at_once_are_both_carried_out(committed_desk: Desk) -> None:
    for _ in range(8):
        report = entry()
        more = entry("more", refers=report["id"], content={"text": "补充"})
        at_once(lambda more=more: take(more), lambda report=report: take(report))
        assert [one["state"] for one in take(report, more)] == ["received", "received"]
        assert cases_of(report, more) == 1


def test_words_that_came_with_their_report_and_at_the_same_moment_by_another_way(committed_desk: Desk) -> None:
    """Who makes both in memory and then finds that the words are here already writes them one by one."""
    for _ in range(8):
        report = entry()
        more = entry("more", refers=report["id"], content={"text": "补充"})
        found = at_once(
            lambda report=report, more=more: take(report, more),
            lambda more=more: take(more),
            lambda more=more: take(more),
        )
        assert {one["state"] for answer in found for one in answer} <= {"received", "waiting"}
        assert [one["state"] for one in take(report, more)] == ["received", "received"]
        assert cases_of(report, more) == 1
        kinds = "SELECT e.kind FROM event e JOIN grid_fieldentry f USING (case_id) WHERE f.id = %s ORDER BY e.seq"
        assert sql(kinds, report["id"]) == [("register",), ("add_from_field",)]


@pytest.mark.parametrize("where", ["claim", "flush", "change"])
def test_killed_before_the_commit_nothing_is_there_and_the_next_sending_counts(
    committed_desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    batch = [entry() for _ in range(3)]
    before = sql('SELECT count(*) FROM "case"')

    class Killed(BaseException):
        pass

    real = getattr(sync, where)

    def dies(*given: Any, **more: Any) -> Any:
        real(*given, **more)
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(sync, where, dies)
        with pytest.raises(Killed):
            take(*batch)
    assert sql('SELECT count(*) FROM "case"') == before and cases_of(*batch) == 0
    assert [one["again"] for one in take(*batch)] == [False] * 3
    assert cases_of(*batch) == 3


def test_killed_after_the_commit_the_next_sending_is_answered_from_what_is_there(
    committed_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [entry() for _ in range(3)]
    before = sql('SELECT count(*) FROM "case"')[0][0]

    class Killed(BaseException):
        pass

    def dies(*_given: Any) -> Any:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(sync.Item, "answer", dies)
        with pytest.raises(Killed):
            take(*batch)
    assert [(one["state"], one["again"]) for one in take(*batch)] == [("received", True)] * 3
    assert sql('SELECT count(*) FROM "case"')[0][0] == before + 3


def test_a_write_that_fails_for_one_is_made_for_the_others(
    committed_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database refuses one entry's rows: the batch falls back to entry by entry."""
    batch = [entry() for _ in range(5)]
    bad = UUID(batch[2]["id"])
    real = sync.matter_of

    def spoilt(one: Any, **more: Any) -> Any:
        state = real(one, **more)
        if one.id == bad:
            state.case["title"] = "长" * 5000  # beyond the column
        return state

    with monkeypatch.context() as broken:
        broken.setattr(sync, "matter_of", spoilt)
        found = take(*batch)
    assert [(one["state"], one.get("code")) for one in found] == [
        ("received", None), ("received", None), ("refused", "internal"), ("received", None), ("received", None),
    ]  # fmt: skip
    assert take(batch[2])[0]["state"] == "received"
    assert _record.flush is sync.flush


def final_state(ids: list[str]) -> list[tuple[Any, ...]]:
    """What stands at the end, without ids and times that differ from run to run."""
    return sorted(
        sql(
            "SELECT e.id::text, e.kind, e.state, c.title, c.category_id, c.division_id, c.stage,"
            " (SELECT count(*) FROM event v WHERE v.case_id = c.id),"
            " (SELECT string_agg(s.kind || ':' || s.text, '|' ORDER BY s.kind, s.text) FROM statement s WHERE s.case_id = c.id)"
            ' FROM grid_fieldentry e LEFT JOIN "case" c ON c.id = e.case_id WHERE e.id = ANY(%s::uuid[])',
            ids,
        )
    )


def batches() -> list[_Row]:
    """Reports, words to some of them, words to nothing, and things that are refused."""
    reports = [entry(content={"text": f"第{place}件"}) for place in range(4)]
    more = [entry("more", refers=one["id"], content={"text": f"补充{place}"}) for place, one in enumerate(reports[:3])]
    nothing = [entry("more", refers=str(uuid4())), entry(content={}), entry(grid="990101101")]
    return [*reports, *more, *nothing, entry("opinion", content={"topic": "roads", "text": "修路"})]


@pytest.fixture(scope="module")
def once(committed_county: None, django_db_blocker: Any) -> Any:
    return django_db_blocker


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.data())
def test_any_order_and_repetition_of_batches_has_one_end(once: Any, plan: st.DataObject) -> None:
    """The same entries in one batch, and shuffled, cut into batches and sent several times: the same stands there."""
    with once.unblock():
        made = batches()
        # once more with the same texts under other ids, to be compared with
        again = [{**one, "id": str(uuid4())} for one in made]
        names = {one["id"]: other["id"] for one, other in zip(made, again, strict=True)}
        for one in again:
            one["refers"] = names.get(one.get("refers", ""), one.get("refers"))
        take(*made)
        sent = plan.draw(st.lists(st.sampled_from(range(len(again))), max_size=20)) + plan.draw(
            st.permutations(range(len(again)))
        )
        while sent:
            size = plan.draw(st.integers(1, len(sent)))
            take(*[again[place] for place in sent[:size]])
            sent = sent[size:]
        expected = sorted((names[row[0]], *row[1:]) for row in final_state([one["id"] for one in made]))
        assert final_state([one["id"] for one in again]) == expected


def test_two_tries_of_one_waiting_entry_carry_it_out_once(committed_desk: Desk) -> None:
    report = entry()
    more = entry("more", refers=report["id"], content={"text": "补充"})
    take(more)
    now = datetime.now(UTC) + timedelta(seconds=1)
    at_once(lambda: take(report), lambda: sweep_waiting(at=now), lambda: sweep_waiting(at=now))
    assert take(more)[0]["state"] == "received"
    ((count,),) = sql(
        "SELECT count(*) FROM statement s JOIN grid_fieldentry e ON e.case_id = s.case_id"
        " WHERE e.id = %s AND s.kind = 'supplement'",
        more["id"],
    )
    assert count == 1
    assert not transaction.get_connection().in_atomic_block

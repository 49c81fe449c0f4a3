"""The leak matrix in small: every address, some people, guesses at an accusation. All of it runs as
`./onedoor drill leak`."""

import logging
from typing import Any

import pytest
from drill.leaks import asking as asking_module
from drill.leaks import matrix, traces
from drill.leaks.askers import Asker, everybody, make_strangers
from drill.leaks.asking import Asking
from drill.leaks.run import run
from drill.leaks.world import ACCUSATION, Maker

from api.kit import new_browser
from cases.kit import sql
from onedoor.cases.queries import gate
from onedoor.config.logs import Lines, NoAddresses
from onedoor.people.access_log import log_access
from web.kit import Screens

PEOPLE = ("handler2", "resident", "supervisor")


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert matrix.faults() == [], "say in drill/leaks/addresses.txt what the parts of a new address mean"


def test_an_address_without_a_line_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    there = matrix.lines()
    missing = there.pop("desk/cases/<str:number>")
    there["desk/gone"] = matrix.Line("desk/gone", {})
    there["my/<str:move>"] = matrix.Line("my/<str:move>", {})
    monkeypatch.setattr(matrix, "lines", lambda: there)
    said = " ".join(matrix.faults())
    assert missing.address in said and "desk/gone" in said and "my/<str:move>" in said


def test_nobody_learns_what_is_not_his(screens: Screens) -> None:
    found = run(PEOPLE, methods=("GET", "POST"), only=frozenset({ACCUSATION}))
    assert found.tally.faults == []
    assert found.traces == []
    assert found.tally.requests > 2_000 and found.log_lines > 100 and found.rows > 20


@pytest.mark.parametrize("broken", ["gate", "search"])
def test_a_hole_is_found(screens: Screens, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """The gate left open, and a list that is not asked at the gate."""
    make_strangers()
    maker = Maker()
    world = maker.begin()
    maker.go_on()
    asking = Asking(everybody(("handler2", "resident"), world.own), world, ("GET",))
    asking.lines = {address: asking.lines[address] for address in ("desk/cases/<str:number>", "api/v1/cases")}
    monkeypatch.setattr(asking_module, "SEARCHES", {"api/v1/cases": ("q",)})
    asking.guess(frozenset({ACCUSATION}))
    asking.search(frozenset({ACCUSATION}))
    assert asking.tally.faults == []
    if broken == "gate":
        monkeypatch.setattr(gate, "MAY_SEE", "(%s::bool IS NOT NULL OR %s::bigint[] IS NOT NULL)")
        asking.guess(frozenset({ACCUSATION}))
    else:
        _let_in(world.secrets[ACCUSATION].ids["case_id"])
        asking.search(frozenset({ACCUSATION}))
    assert asking.tally.leaks > 0


@pytest.mark.parametrize("table", ["access_log", "people_account"])
def test_a_word_in_what_a_request_writes_is_found(
    screens: Screens, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Though it is taken back before the tables are searched: a word in what goes out, a telephone anywhere."""
    make_strangers()
    maker = Maker()
    world = maker.begin()
    maker.go_on()
    secret = world.secrets[ACCUSATION]
    answer = Asker.ask

    def careless(self: Asker, *given: Any, **headers: str) -> Any:
        if table == "access_log":
            log_access(action="export", account=None, subject=f"查了{secret.words['narrative']}")
        else:
            sql("UPDATE people_account SET name = %s WHERE username = 'clerk'", secret.numbers["telephone"])
        return answer(self, *given, **headers)

    asking = Asking(everybody(("handler2",), world.own), world, ("GET",))
    asking.lines = {address: asking.lines[address] for address in ("desk/cases/<str:number>", "api/v1/cases")}
    asking.guess(frozenset({ACCUSATION}))
    assert asking.tally.faults == []
    monkeypatch.setattr(Asker, "ask", careless)
    asking.guess(frozenset({ACCUSATION}))
    what = "narrative" if table == "access_log" else "telephone"
    assert asking.tally.leaks > 0
    assert all(f"{table} has {what} of {ACCUSATION}" in fault for fault in asking.tally.faults)
    assert traces.in_tables({ACCUSATION: secret}) == [], "it is not there any more"


def _let_in(case: str) -> None:
    """Somebody of the accused bureau among those who are named."""
    columns = [
        name for (name,) in sql(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'visible' AND column_name <> 'audience'"
            " AND is_generated = 'NEVER' AND is_identity = 'NO'"
        )
    ]  # fmt: skip
    names = ", ".join(f'"{name}"' for name in columns)
    sql(
        f"INSERT INTO visible (audience, {names}) SELECT (SELECT 4 * id + 3 FROM people_account WHERE username = 'handler2'),"
        f" {names} FROM visible WHERE case_id = %s LIMIT 1",
        case,
    )


# --- log lines


def test_a_line_of_the_log_has_no_row_of_the_database(screens: Screens) -> None:
    from django.db import DatabaseError, transaction

    typed = "13812345678 张三"
    screens.registered()
    with traces.all_logs(Lines()) as lines:
        try:
            with transaction.atomic():
                sql("UPDATE party SET part = NULL")
        except DatabaseError:
            logging.getLogger("onedoor.api.problems").exception("failed")
        try:
            with transaction.atomic():
                sql("SELECT %s::text::uuid", typed)
        except DatabaseError:
            logging.getLogger("onedoor.api.problems").exception("failed")
    said = "\n".join(lines)
    assert "NotNullViolation" in said and "DETAIL: …" in said
    assert 'invalid input syntax for type uuid: "…"' in said
    for word in ("𠮷田安", "Failing row", "13812345678", "张三"):
        assert word not in said, word


def test_a_line_of_the_log_has_no_code_and_nothing_typed(screens: Screens) -> None:
    with traces.all_logs(Lines()) as lines:
        for path in (
            "/rate/99010126010199999V-ABCDEFGH",
            "/ticket/ABCDEFGHJK",
            "/api/v1/cases/张三",
            "/desk/张三",
            "/张三/13812345678",
        ):
            assert new_browser().get(path).status_code in (302, 401, 404)
    said = "\n".join(lines)
    assert "/rate/<str:code>" in said
    for word in ("ABCDEFGH", "99010126010199999V", "13812345678"):
        assert word not in said
    assert "张三" not in said


def test_the_server_writes_its_log_so(settings: Any) -> None:
    shown = settings.LOGGING["handlers"]["stderr"]
    assert settings.LOGGING["formatters"][shown["formatter"]]["()"] == f"{Lines.__module__}.{Lines.__qualname__}"
    assert (
        settings.LOGGING["filters"][shown["filters"][0]]["()"]
        == f"{NoAddresses.__module__}.{NoAddresses.__qualname__}"
    )
    assert settings.LOGGING["loggers"]["django.template"]["propagate"] is False

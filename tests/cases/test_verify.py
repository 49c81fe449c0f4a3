"""What an intruder with the database's password may try, one thing a test, and that `verify` finds it."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import FloatField

from cases.kit import NOW, Record, case_id, findings, register_case, sql, whats
from onedoor.cases.ledger import GENESIS, GOVERNED, digest_holds, event_hash, row_digest
from onedoor.cases.models import Case
from onedoor.cases.steps._record import EVENT_COLUMNS
from onedoor.cases.verify import verify
from onedoor.cases.verify.chain import allowed
from onedoor.cases.verify.rows import FLOATS

CONSTRAINED = {
    ("case", "stage"): "suspended",
    ("case", "kind"): "appeal",
    ("case", "purpose"): "petition",
    ("case", "channel"): "letter",
    ("case", "outcome"): "served",
    ("case", "confidentiality"): "restricted",
    ("party", "part"): "witness",
    ("party", "contact"): "none",
    ("assignment", "stage"): "answered",
    ("mediation", "kind"): "judicial",
    ("mediation", "source"): "own",
    ("mediation", "state"): "ended",
    ("mediation", "ending"): "failed",
    ("mediation_session", "kind"): "hearing",
    ("mediation_session", "state"): "cancelled",
    ("session_signature", "way"): "sheet",
    ("session_signature", "digest"): "0" * 64,
    ("agreement", "form"): "oral",
    ("agreement", "currency"): "USD",
    ("agreement", "digest"): "0" * 64,
    ("agreement", "state"): "superseded",
    ("agreement_item", "kind"): "other",
    ("agreement_item", "state"): "done",
    ("agreement_signature", "way"): "sheet",
    ("agreement_signature", "digest"): "0" * 64,
    ("performance_entry", "kind"): "urged",
    ("agreement_visit", "state"): "done",
    ("agreement_visit", "kept"): "kept",
    ("paper", "sha256"): "0" * 64,
    ("paper", "docx_sha256"): "0" * 64,
    ("judicial_confirmation", "state"): "confirmed",
}
CHANGED = {
    "uuid": "gen_random_uuid()",
    "smallint": "coalesce({0}, 0) + 1",
    "integer": "coalesce({0}, 0) + 1",
    "bigint": "coalesce({0}, 0) + 1",
    "double precision": "coalesce({0}, 0) + 1",
    "boolean": "NOT coalesce({0}, FALSE)",
    "date": "coalesce({0}, DATE '2020-01-01') + 1",
    "text": "{0} || '改'",
    "character varying": "{0} || '改'",
    "bytea": r"coalesce({0}, '\x') || '\x00'",
    "timestamp with time zone": "coalesce({0}, TIMESTAMPTZ '2020-01-01') + INTERVAL '1 microsecond'",
    "jsonb": """CASE jsonb_typeof({0}) WHEN 'array' THEN {0} || '[7]' ELSE {0} || '{{"x": 1}}' END""",
}
COLUMNS = [(table, column) for table, columns in GOVERNED.items() for column in columns]


def change(table: str, column: str, number: str) -> None:
    """Changes the column of one row of the case, whatever its type."""
    (kind,) = sql(
        "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s", table, column
    )[0]
    key = "id" if table == "case" else "case_id"
    value = CHANGED[kind].format(column)
    if (table, column) in CONSTRAINED:
        value = f"'{CONSTRAINED[table, column]}'"
    changed = sql(
        f'UPDATE "{table}" SET {column} = {value}'
        f' WHERE id = (SELECT id FROM "{table}" WHERE {key} = %s ORDER BY id LIMIT 1) RETURNING 1',
        case_id(number),
    )
    assert len(changed) == 1


def test_an_untouched_record_is_clean(tampering: Record) -> None:
    report = verify()

    assert report.findings == []
    assert report.cases == 5
    assert report.events > 15


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_changed_column_is_found(tampering: Record, table: str, column: str) -> None:
    number = tampering.full

    change(table, column, number)

    found = {(finding.number, finding.table) for finding in findings()}
    if (table, column) == ("case", "id"):
        assert ("", "party") in found
    else:
        assert (number + "改" if column == "number" and table == "case" else number, table) in found


def test_every_column_is_governed() -> None:
    """A new column is either named in GOVERNED or, like the head and what is counted, follows from what is."""
    for table, columns in GOVERNED.items():
        model = next(one for one in apps.get_models() if one._meta.db_table == table)
        fields = model._meta.concrete_fields
        assert {field.column for field in fields} - set(columns) <= {"head", "counted", "counted_until"}
        assert [field.column for field in fields if isinstance(field, FloatField)] == list(
            FLOATS if table == "case" else ()
        )


@pytest.mark.parametrize("column", EVENT_COLUMNS)
def test_a_changed_event_is_found(tampering: Record, column: str) -> None:
    expression = {
        "payload": """jsonb_set(payload, '{stage}', '"archived"')""",
        "hash": "previous",
        "previous": "hash",
        "seq": "seq + 1",
        "kind": "'guide'",
        "county": "'990102'",
        "id": "gen_random_uuid()",
        "case_id": "gen_random_uuid()",
        "actor_id": "actor_id + 1",
        "post_id": "post_id + 1",
    }.get(column, f"{column} + INTERVAL '1 microsecond'")

    sql(f"UPDATE event SET {column} = {expression} WHERE case_id = %s AND seq = 2", case_id(tampering.full))

    assert tampering.full in {finding.number for finding in findings()}


@pytest.mark.parametrize("seq", [1, 2, 5])
def test_a_removed_event_is_found(tampering: Record, seq: int) -> None:
    sql("DELETE FROM event WHERE case_id = %s AND seq = %s", case_id(tampering.full), seq)

    assert whats()


def test_a_doubled_event_is_found(tampering: Record) -> None:
    columns = ", ".join(column for column in EVENT_COLUMNS if column != "id")
    sql(
        # an id that sorts after the real one: read first, the copy would count as a changed event
        f"INSERT INTO event (id, {columns}) SELECT %s, {columns} FROM event WHERE case_id = %s AND seq = 2",
        UUID(int=2**128 - 1),
        case_id(tampering.full),
    )

    assert any("有重复" in what for what in whats())


def rechain(number: str, key: bytes, edit: Callable[[dict[str, Any]], None]) -> None:
    """Writes a case's whole chain anew under `key`, and the head with it."""
    previous = GENESIS
    for row in sql(f"SELECT {', '.join(EVENT_COLUMNS)} FROM event WHERE case_id = %s ORDER BY seq", case_id(number)):
        event = dict(zip(EVENT_COLUMNS, row, strict=True))
        event |= {"payload": json.loads(event["payload"]), "previous": previous}
        edit(event)
        previous = event_hash(key, event)
        sql(
            "UPDATE event SET payload = %s::jsonb, kind = %s, previous = %s, hash = %s WHERE id = %s",
            json.dumps(event["payload"]),
            event["kind"],
            event["previous"],
            previous,
            event["id"],
        )
    sql('UPDATE "case" SET head = %s WHERE id = %s', previous, case_id(number))


def test_a_chain_made_anew_without_the_key_is_found(tampering: Record) -> None:
    rechain(tampering.full, settings.LEDGER_KEY, lambda _event: None)
    assert findings() == []

    rechain(tampering.full, bytes(32), lambda _event: None)

    (found,) = findings()
    assert (found.number, found.seq) == (tampering.full, 1)


def test_a_move_that_the_flow_does_not_know_is_found_even_under_the_key(tampering: Record) -> None:
    def edit(event: dict[str, Any]) -> None:
        if event["kind"] == "accept":
            event["kind"] = "close"

    rechain(tampering.full, settings.LEDGER_KEY, edit)

    (found,) = findings()
    assert "不合流程" in found.what


def test_a_due_time_that_no_clock_says_is_found_even_under_the_key(tampering: Record) -> None:
    sql("UPDATE \"case\" SET due_at = due_at + INTERVAL '1 day' WHERE number = %s", tampering.full)
    case = Case.objects.values(*GOVERNED["case"]).get(number=tampering.full)

    def edit(event: dict[str, Any]) -> None:
        if event["seq"] == case["version"]:
            event["payload"]["rows"][f"case:{case['id']}"] = row_digest("case", case)

    rechain(tampering.full, settings.LEDGER_KEY, edit)

    assert whats() == {"下一到期时间与各时限不符", "可见范围的阶段、次序、时限或密级不对"}


def test_the_stages_follow_the_flow() -> None:
    assert allowed("register", "", "registered")
    assert allowed("accept", "registered", "accepted")
    assert allowed("attach", "archived", "archived")
    assert allowed("restrict", "handling", "handling")
    assert not allowed("register", "registered", "registered")
    assert not allowed("accept", "handling", "accepted")
    assert not allowed("accept", "registered", "closed")
    assert not allowed("attach", "registered", "accepted")
    assert not allowed("invented", "registered", "registered")


@pytest.mark.parametrize("table", [table for table in GOVERNED if table != "case"])
def test_a_row_added_or_removed_by_hand_is_found(tampering: Record, table: str) -> None:
    case = case_id(tampering.full)
    columns = ", ".join(column for column in GOVERNED[table] if column != "id")
    if table == "external_number":
        sql("INSERT INTO external_number (id, case_id, system, number) VALUES (%s, %s, 'x', 'y')", uuid4(), case)
    else:
        sql("DROP INDEX one_part_a_unit_and_case, one_lead_unit_a_case, one_agreement_in_effect_a_mediation")
        sql("DROP INDEX one_confirmation_an_agreement")
        sql("ALTER TABLE paper DROP CONSTRAINT one_version_of_a_paper")
        sql("ALTER TABLE agreement_signature DROP CONSTRAINT one_signature_a_signer")
        sql("ALTER TABLE session_signature DROP CONSTRAINT one_record_signature_a_party")
        sql("ALTER TABLE supervision DROP CONSTRAINT supervision_number_is_unique")
        sql(
            f"INSERT INTO {table} (id, {columns})"
            f" SELECT gen_random_uuid(), {columns} FROM {table} WHERE case_id = %s LIMIT 1",
            case,
        )
    assert "没有任何事件记载这一行" in whats()

    sql(f"DELETE FROM {table} WHERE case_id = %s", case)

    assert "事件记载的行已不存在" in whats()


def test_a_case_added_by_hand_is_found(tampering: Record) -> None:
    columns = ", ".join(column for column in (*GOVERNED["case"], "head") if column not in ("id", "number"))
    sql(
        f'INSERT INTO "case" (id, number, {columns})'
        f" SELECT gen_random_uuid(), 'X', {columns} FROM \"case\" WHERE number = %s",
        tampering.full,
    )

    assert "事项没有任何事件" in whats()


def test_what_is_left_of_a_removed_case_is_found(tampering: Record) -> None:
    case = case_id(tampering.closed)
    sql('DELETE FROM "case" WHERE id = %s', case)

    found = findings()

    assert {finding.case for finding in found} == {str(case)}
    assert {finding.table for finding in found} >= {"party", "statement", "visible"}
    assert any("事项已不存在" in finding.what and "个事件" in finding.what for finding in found)


def test_forged_access_is_found(tampering: Record) -> None:
    case = case_id(tampering.restricted)
    sql("INSERT INTO visible (audience, case_id, stage, sort_key) VALUES (4711, %s, 'registered', %s)", case, NOW)
    (found,) = findings()
    assert (found.what, found.number, found.row) == ("多出的可见范围", tampering.restricted, "4711")

    sql("DELETE FROM visible WHERE case_id = %s", case)
    assert whats() == {"缺少的可见范围"}


@pytest.mark.parametrize(
    "assignment",
    ["stage = 'closed'", "sort_key = sort_key + INTERVAL '1 second'", "due_at = NULL", "restricted = TRUE"],
)
def test_access_to_the_wrong_place_in_a_list_is_found(tampering: Record, assignment: str) -> None:
    sql(f"UPDATE visible SET {assignment} WHERE case_id = %s", case_id(tampering.full))

    assert whats() == {"可见范围的阶段、次序、时限或密级不对"}


def test_access_to_no_case_is_found(tampering: Record) -> None:
    sql("INSERT INTO visible (audience, case_id, stage, sort_key) VALUES (5, %s, 'closed', %s)", uuid4(), NOW)

    assert whats() == {"事项已不存在，可见范围仍在"}


def test_it_follows_the_record_as_it_grows(tampering: Record) -> None:
    register_case()

    report = verify()

    assert (report.cases, report.findings) == (6, [])


def test_a_row_from_before_a_column_came_is_still_checked(tampering: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer list finds no fault with old rows; a digest that claims to cover less than the first list does."""
    case = Case.objects.values(*GOVERNED["case"]).get(number=tampering.full)
    old = row_digest("case", case)
    monkeypatch.setitem(GOVERNED, "case", (*GOVERNED["case"], "head"))
    later = {**case, "head": GENESIS}
    assert digest_holds(old, "case", later)
    assert not digest_holds(old, "case", {**later, "title": "改"})
    assert digest_holds(row_digest("case", later), "case", later)
    assert not digest_holds(row_digest("case", case, 1), "case", later)
    assert not digest_holds(old.partition(":")[2], "case", later)

"""The record under the national suite, and a database that holds both: what is proved, found and erased is the same."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as real_settings
from pytest_django import Settings

from cases.kit import (
    APPLICANT,
    DAY,
    HOUR,
    NOW,
    TO_CLOSED,
    Record,
    attach_file,
    case_id,
    move,
    person,
    register_case,
    sql,
    walk,
    whats,
)
from cases.test_verify_erasure import erase_all, ids
from onedoor.cases import files, secrets
from onedoor.cases.checkpoints import checkpoint_files, read_checkpoints, write_checkpoint
from onedoor.cases.models import Attachment, Case
from onedoor.cases.queries.same_matter import same_matters
from onedoor.cases.steps import erase as erasing
from onedoor.cases.verify import verify
from onedoor.cases.verify.files import check_files
from onedoor.config.suites import MARK, NATIONAL, SEALED, STANDARD, Suite

OTHER = {STANDARD.code: NATIONAL, NATIONAL.code: STANDARD}


@pytest.fixture(scope="module", autouse=True)
def national() -> Iterator[None]:
    """All that `record` makes, with every room's rows, is made under the national suite."""
    real_settings.SUITE = NATIONAL
    yield
    real_settings.SUITE = STANDARD


def events(number: str) -> list[tuple[Any, ...]]:
    return sql("SELECT payload, hash FROM event WHERE case_id = %s ORDER BY seq", case_id(number))


def payloads(number: str) -> list[dict[str, Any]]:
    return [one if isinstance(one, dict) else json.loads(one) for one, _ in events(number)]


def test_everything_that_is_stored_names_the_national_suite(tampering: Record) -> None:
    assert verify().findings == []
    for payload in payloads(tampering.full):
        assert payload["suite"] == "sm3"
        assert all(digest.split(":")[1] == "sm3" for digest in payload["rows"].values())
    for phone, index in sql("SELECT phone, phone_index FROM party WHERE phone IS NOT NULL"):
        assert bytes(phone).startswith(SEALED) and len(index) == 17 and bytes(index).endswith(MARK)
    stored = [bytes(one) for (one,) in sql("SELECT sha256 FROM attachment UNION SELECT sha256 FROM session_recording")]
    stored += [bytes.fromhex(one) for pair in sql("SELECT sha256, docx_sha256 FROM paper") for one in pair]
    assert len(stored) >= 4 and all(len(one) == 33 and one.endswith(MARK) for one in stored)


def test_files_in_the_store_are_checked_by_the_suite_that_their_name_tells(
    tampering: Record, settings: Settings
) -> None:
    settings.SUITE = STANDARD
    by_sha = Attachment.objects.get(pk=attach_file(tampering.into, text=b"by SHA-256")).sha256
    settings.SUITE = NATIONAL
    by_sm3 = Attachment.objects.get(pk=attach_file(tampering.into, text=b"by SM3")).sha256
    assert (len(bytes(by_sha)), len(bytes(by_sm3))) == (32, 33)
    assert not {one for one in check_files() if one.number == tampering.into}
    for digest in (by_sha, by_sm3):
        files.path_of(bytes(digest)).write_bytes(b"something else")
    changed = [one.what for one in check_files() if one.number == tampering.into]
    assert len(changed) == 2 and all("与登记的不符" in one for one in changed)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE party SET name = '改' WHERE case_id = %s",
        "UPDATE event SET payload = payload - 'suite' WHERE case_id = %s AND seq = 2",
        'UPDATE event SET payload = payload || \'{"suite": "md5"}\' WHERE case_id = %s AND seq = 2',
        'UPDATE event SET payload = payload || \'{"suite": ""}\' WHERE case_id = %s AND seq = 2',
        "UPDATE event SET payload = replace(payload::text, ':sm3:', ':')::jsonb WHERE case_id = %s AND seq = 2",
        "DELETE FROM event WHERE case_id = %s AND seq = 3",
    ],
)
def test_what_an_intruder_changes_is_found(tampering: Record, change: str) -> None:
    sql(change, case_id(tampering.full))
    assert whats()


def test_a_lawful_erasure_is_accepted_and_leaves_nothing(tampering: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    number, later = register_case(), []
    attachment = Attachment.objects.get(pk=attach_file(number, text=b"only here"))
    digest = bytes(attachment.sha256)
    assert files.path_of(digest).read_bytes() == b"only here"
    monkeypatch.setattr(erasing, "remove_later", later.extend)
    assert erase_all(number) == 2 + len(ids("statement", number)) + 1
    assert verify().findings == []
    assert later == [digest]
    assert sql("SELECT 1 FROM party WHERE case_id = %s AND (phone_index IS NOT NULL)", case_id(number)) == []


@pytest.mark.parametrize("first", [STANDARD, NATIONAL], ids=lambda suite: suite.code)
def test_a_case_goes_on_under_another_suite(tampering: Record, settings: Settings, first: Suite) -> None:
    second = OTHER[first.code]
    settings.SUITE = first
    number = register_case()
    write_checkpoint(NOW)
    code, rating = secrets.receipt_code(str(case_id(number))), secrets.rating_code(str(case_id(number)))
    settings.SUITE = second
    assert walk(number, *TO_CLOSED) == "closed"
    write_checkpoint(NOW + DAY)

    assert [one.get("suite", "") for one in payloads(number)] == [first.word, *[second.word] * len(TO_CLOSED)]
    said = [path.read_bytes().partition(b"\n")[0] for path in checkpoint_files()]
    assert [b'"suite":"sm3"' in one for one in said] == [one is NATIONAL for one in (first, second)]
    assert [one.faults for one in read_checkpoints()] == [(), ()]
    assert verify().findings == []
    assert secrets.receipt_code_holds(str(case_id(number)), code), "printed before the change"
    assert secrets.rating_code_holds(str(case_id(number)), rating)
    assert not secrets.receipt_code_holds(str(case_id(number)), "AAAAAAAA")

    path = checkpoint_files()[0]
    content = path.read_bytes()
    for spoilt in (
        content.replace(b'"cases":', b'"Cases":'),
        content[:-1] + bytes([content[-1] ^ 1]),
        b"{\n" + content,
    ):
        path.write_bytes(spoilt)
        assert next(iter(read_checkpoints())).faults
    path.write_bytes(content)
    sql("UPDATE event SET kind = 'guide' WHERE case_id = %s AND seq = 1", case_id(number))
    assert whats()


@pytest.mark.parametrize("first", [STANDARD, NATIONAL], ids=lambda suite: suite.code)
def test_who_was_registered_under_one_is_found_under_the_other(
    tampering: Record, settings: Settings, first: Suite
) -> None:
    text = "楼上漏水三个月没有人来修，墙面发霉。"
    settings.SUITE = first
    number = register_case(narrative=text, parties=[{**APPLICANT, "name": "另名"}], at=NOW + HOUR)
    settings.SUITE = OTHER[first.code]

    def found(phone: str = "", id_number: str = "") -> set[str]:
        alike = same_matters(
            person("clerk").viewer(), name="", phone=phone, id_number=id_number, text=text, now=NOW + DAY
        )
        return {one["number"] for one in alike}

    assert number in found(phone=APPLICANT["phone"]) & found(id_number=APPLICANT["id_number"])
    assert not found(phone="13999999999")
    (sealed,) = sql("SELECT phone FROM party WHERE case_id = %s AND place = 0", case_id(number))[0]
    assert secrets.decrypt(sealed, about="party.phone") == APPLICANT["phone"]


def test_the_move_of_a_case_writes_what_verify_reads_whichever_suite_came_last(
    tampering: Record, settings: Settings
) -> None:
    """Rows of one case under both suites at once: what was not touched keeps the digest it had."""
    settings.SUITE = STANDARD
    move(tampering.full, "report_progress", "handler2", text="双方约定周五清理。", at=NOW + 9 * DAY)
    *_, last = payloads(tampering.full)
    assert "suite" not in last and not any("sm3" in digest for digest in last["rows"].values())
    assert verify().findings == []
    assert Case.objects.filter(number=tampering.full).exists()


def test_a_one_time_code_is_of_its_message_and_its_suite(settings: Settings) -> None:
    codes = {}
    for suite in (STANDARD, NATIONAL):
        settings.SUITE = suite
        codes[suite.code] = secrets.one_time_code("message-1")
        assert len(codes[suite.code]) == 6 and codes[suite.code].isdecimal()
        assert secrets.one_time_code_holds("message-1", codes[suite.code])
        assert not secrets.one_time_code_holds("message-2", codes[suite.code])
    assert not secrets.one_time_code_holds("message-1", codes["standard"]), "a guess has one try, not two"

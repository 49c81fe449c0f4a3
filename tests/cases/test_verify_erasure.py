"""Lawful erasure passes `verify`; what only looks like it does not."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from cases.kit import DAY, NOW, Record, attach_file, case_id, person, register_case, sql, whats
from onedoor.cases.checkpoints import write_checkpoint
from onedoor.cases.files import path_of
from onedoor.cases.models import Attachment, Case, Event, Party, Statement
from onedoor.cases.search_index import drain
from onedoor.cases.steps.erase import ERASED, ERASED_TITLE, erase
from onedoor.cases.verify import verify
from onedoor.rules.refusal import Refused

LATER = NOW + 400 * DAY


def ids(table: str, number: str) -> list[UUID]:
    return [key for (key,) in sql(f"SELECT id FROM {table} WHERE case_id = %s ORDER BY id", case_id(number))]


def erase_all(number: str, *, reason: str = "request") -> int:
    return erase(
        actor=None,
        case_id=case_id(number),
        at=LATER,
        reason=reason,
        parties=ids("party", number),
        statements=ids("statement", number),
        attachments=ids("attachment", number),
    )


def test_a_lawful_erasure_is_accepted(tampering: Record) -> None:
    write_checkpoint(NOW)
    number = tampering.full
    before = Event.objects.filter(case_id=case_id(number)).count()

    assert erase_all(number) == 2 + len(ids("statement", number)) + 1

    assert verify().findings == []
    assert Event.objects.filter(case_id=case_id(number)).count() == before + 1
    last = Event.objects.filter(case_id=case_id(number)).latest("seq")
    assert (last.kind, last.payload["codes"], last.actor_id) == ("erase", {"reason": "request"}, None)


def test_nothing_of_the_content_is_left(tampering: Record) -> None:
    number = tampering.full
    while drain():
        pass
    erase_all(number)

    case = Case.objects.get(number=number)
    assert (case.title, case.address, case.lon) == (ERASED_TITLE, "", None)
    for model in (Party, Statement, Attachment):
        for row in model.objects.filter(case_id=case.pk):
            assert row.erased_at == LATER
            for column, blank in ERASED[model._meta.db_table].items():
                value = getattr(row, column)
                assert (bytes(value) if isinstance(value, memoryview) else value) == blank
    assert sql("SELECT 1 FROM case_text WHERE case_id = %s", case.pk) == []
    drain()
    assert sql("SELECT 1 FROM case_text WHERE case_id = %s AND matter @@ '''走廊'''::tsquery", case.pk) == []


def test_it_is_done_once(tampering: Record) -> None:
    assert erase_all(tampering.full) > 0
    assert erase_all(tampering.full) == 0
    assert verify().ok


def test_one_row_can_go_by_itself(tampering: Record) -> None:
    applicant, respondent = Party.objects.filter(case_id=case_id(tampering.full)).order_by("place")

    erase(
        actor=person("supervisor").actors[0],
        case_id=case_id(tampering.full),
        at=LATER,
        reason="order",
        parties=[applicant.pk],
    )

    respondent.refresh_from_db()
    assert respondent.erased_at is None
    assert Case.objects.get(number=tampering.full).title != ERASED_TITLE
    assert verify().ok


@pytest.mark.parametrize(
    ("table", "blank"),
    [("party", "name = '', erased_at = now()"), ("statement", "text = ''"), ("attachment", "erased_at = now()")],
)
def test_an_unlawful_blanking_is_found(tampering: Record, table: str, blank: str) -> None:
    sql(f"UPDATE {table} SET {blank} WHERE case_id = %s", case_id(tampering.full))

    assert "内容与事件记载不符" in whats()
    assert ("内容已清除，但没有清除事件" in whats()) == ("erased_at" in blank)


def test_what_comes_back_is_found(tampering: Record) -> None:
    before = sql("SELECT name FROM party WHERE case_id = %s AND place = 0", case_id(tampering.full))[0][0]
    erase_all(tampering.full)

    sql("UPDATE party SET name = %s WHERE case_id = %s AND place = 0", before, case_id(tampering.full))
    assert whats() == {"内容与事件记载不符", "清除不完整"}

    sql("UPDATE party SET erased_at = NULL WHERE case_id = %s AND place = 0", case_id(tampering.full))
    assert whats() == {"内容与事件记载不符", "有清除事件，但内容仍在"}


def refused(number: str, *, reason: str = "request", parties: Sequence[UUID] = ()) -> str:
    with pytest.raises(Refused) as caught:
        erase(actor=None, case_id=case_id(number), at=LATER, reason=reason, parties=parties)
    return caught.value.code


def test_it_refuses(tampering: Record) -> None:
    assert refused(tampering.full, reason="because") == "invalid"
    assert refused(tampering.full, reason="retention") == "not_ready"
    assert refused(tampering.full, parties=[uuid4()]) == "not_found"
    assert refused(tampering.full, parties=ids("party", tampering.closed)) == "not_found"
    with pytest.raises(Refused):
        erase(actor=None, case_id=uuid4(), at=LATER, reason="request")
    assert verify().ok


def test_retention_ends_for_a_finished_case(tampering: Record) -> None:
    assert erase_all(tampering.closed, reason="retention") > 0
    assert verify().ok


def test_the_bytes_of_an_attachment_go_later(tampering: Record) -> None:
    number = register_case()
    sha256 = Attachment.objects.values_list("sha256", flat=True).get(pk=attach_file(number, text=b"only here"))
    assert path_of(bytes(sha256)).exists()

    erase_all(number)

    job = ProcrastinateJob.objects.get(task_name="onedoor.remove_file")
    assert job.args == {"sha256": bytes(sha256).hex()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at - now() FROM procrastinate_jobs WHERE id = %s", [job.pk])
        assert cursor.fetchone()[0] > timedelta(minutes=59)

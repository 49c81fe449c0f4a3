"""The demo county for tests of the record.

`county` is for tests with the marker `django_db`: loaded and rolled back with the test. `committed_county`
is there for a whole module, for tests with several connections or many parameters.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as real_settings
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from cases.kit import DAY, HOUR, NOW, TO_CLOSED, TO_HANDLING, Record, attach_file, move, person, register_case, walk
from mediation.kit import mediated
from onedoor.cases.models import Category
from onedoor.grid.models import Checklist
from onedoor.hall.models import Service
from onedoor.papers.steps.issue import issue
from onedoor.people import demo


def load_county() -> None:
    """The catalogues that migrations made, where a flush of all tables has taken them, and the demo county."""
    if not Category.objects.exists():
        importlib.import_module("onedoor.cases.migrations.0003_first_catalogue").load(apps, None)
    if not Service.objects.exists():
        importlib.import_module("onedoor.hall.migrations.0002_services").load(apps, None)
    if not Checklist.objects.exists():
        importlib.import_module("onedoor.grid.migrations.0002_first_checklists").load(apps, None)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        demo.load()


def empty_tables() -> None:
    """Takes away what a module has committed, all but the catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(
            'TRUNCATE hall_booking, hall_bookable, applicant_message, people_use, people_occupied, "case", party, assignment, statement, clock, external_number, attachment, event, visible,'
            " case_text, search_queue, idempotency_key, serial, heartbeat, notice, access_log,"
            " calendar_day, calendar_change, calendar_year, scheme_version, scheme_rules, hall_visit, hall_visitserial, hall_place, hall_residence, hall_duty, hall_call, hall_line, hall_kiosk, hall_hallday, hall_article, hall_hotline, hall_callnote, hall_serial, hall_outreach, hall_partner, hall_handover, mediation_committee, mediation_mediator, mediation_room, mediation_serial, mediation_reminder, harm_report, care_referral, case_quiet, points_set, points_month, points_entry, points_appeal, points_exemption, gaming_finding, voices_question, voices_opinion, voices_survey, paper_number, paper_wording, grid_fieldentry, grid_fieldfile, grid_fieldtask, grid_place, grid_householdvisit, grid_careplan, grid_fieldopinion, procrastinate_jobs, procrastinate_workers, people_account, people_unit, people_division CASCADE"
        )


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Settings) -> None:
    """Files and checkpoints of this test alone."""
    settings.FILES, settings.CHECKPOINTS = tmp_path / "files", tmp_path / "checkpoints"


@pytest.fixture
def county(db: None) -> None:
    load_county()


@pytest.fixture(scope="module")
def committed_county(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    before = real_settings.FILES
    real_settings.FILES = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock():
        load_county()
        try:
            yield
        finally:
            empty_tables()
            connection.close()
            real_settings.FILES = before


@pytest.fixture(scope="module")
def record(committed_county: None) -> Record:
    """Five committed cases; `full` has a row in every governed table."""
    full = register_case(external_numbers=[{"system": "12345", "number": "H-20260302-1"}])
    attach_file(full)
    walk(full, *TO_HANDLING, ("report_progress", "handler2", {"text": "已到现场查看。"}))
    mediated(full, "handler2")
    signed = person("handler2")
    issue(viewer=signed.viewer(), actors=signed.actors, number=full, form="rights_notice", raw={}, at=NOW + DAY)
    move(full, "supervise", "supervisor", at=NOW + 8 * HOUR, level="yellow_card", reason="请加快办理。")
    closed = register_case(at=NOW + DAY)
    walk(closed, *TO_CLOSED, at=NOW + DAY + HOUR)
    restricted = register_case(by="supervisor", confidential=True)
    into, merged = register_case(), register_case()
    move(merged, "merge", "clerk", into=into, reason="同一事项。")
    return Record(full, closed, restricted, into, merged)


@pytest.fixture
def tampering(record: Record, db: None) -> Iterator[Record]:
    """The same cases in a savepoint, with the ledger's own guard taken off as an intruder would."""
    # not `atomic`: inside one the steps, which must be the outermost, would refuse to run
    savepoint = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE event DISABLE TRIGGER event_append_only")
    yield record
    transaction.savepoint_rollback(savepoint)

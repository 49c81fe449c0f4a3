"""What residents do, done with the rights of the public process alone: they are enough, and they are no more."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from psycopg.conninfo import make_conninfo

from grid import test_care
from mediation import test_resident as mediation_resident
from onedoor.config.urls import ZONES
from onedoor.hall.models import Bookable
from onedoor.ops.data import ROOT
from papers import test_resident as papers_resident
from public_role import FILE, ROLE, make_role, statements
from voices import test_opinions, test_surveys
from voices.kit import asked
from web import test_booking_pages, test_resident_pages
from web.kit import Screens
from web.test_booking_pages import lawyer

__all__ = ["lawyer"]

SERVED = URLResolver(RegexPattern(r"^/"), ZONES["public"])


@pytest.fixture(scope="module")
def role_url(committed_county: None) -> str:
    given: dict[str, Any] = connection.settings_dict
    return make_role(make_conninfo(host=given["HOST"], dbname=given["NAME"], user=given["USER"]))


@pytest.fixture
def people(screens: Screens, role_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screens]:
    """Staff as ever; each request for a public address has the rights of the public process only."""
    plain = BaseHandler.get_response

    def with_few_rights(self: BaseHandler, request: HttpRequest) -> Any:
        try:
            SERVED.resolve(request.path_info)
        except Resolver404:
            return plain(self, request)
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {ROLE}")
        try:
            return plain(self, request)
        finally:
            if connection.connection is not None and not connection.needs_rollback:
                connection.connection.execute("RESET ROLE")

    monkeypatch.setattr(BaseHandler, "get_response", with_few_rights)
    yield screens
    connection.connection.execute("RESET ROLE")


@pytest.mark.parametrize("path", ["/", "/apply", "/track", "/book", "/guide", "/ask", "/opinion", "/today",
                                  "/mediators", "/grid", "/news", "/privacy", "/care"])  # fmt: skip
def test_each_page_is_served(people: Screens, path: str) -> None:
    assert Client().get(path).status_code == 200


FLOWS: tuple[Callable[[Screens], None], ...] = (
    test_resident_pages.test_the_whole_way_with_a_picture_to_the_supervisors_decision,
    test_resident_pages.test_a_rating_by_its_own_address_opens_nothing_else,
    test_resident_pages.test_withdrawing_asks_for_the_receipt_code_again,
    test_resident_pages.test_who_has_looked_is_told_by_unit_and_kind_of_reason,
    test_resident_pages.test_an_accusation_from_home_is_seen_by_the_named_alone,
    test_surveys.test_an_answer_knows_no_person_and_is_one_for_each_form,
    test_care.test_the_person_ends_what_he_has_consented_to,
    mediation_resident.test_the_applicant_sees_what_he_is_asked_to_and_answers,
    mediation_resident.test_the_plan_of_an_agreement_is_there_for_the_applicant,
    papers_resident.test_an_opinion_is_his_once_served_and_notices_at_once,
    papers_resident.test_he_gets_back_what_he_handed_in_and_nothing_that_others_added,
)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__.removeprefix("test_"))
def test_a_whole_way_goes_with_these_rights(people: Screens, flow: Callable[[Screens], None]) -> None:
    """The same tests that are passed with all rights elsewhere."""
    flow(people)


def test_a_question_an_opinion_and_a_booking_are_taken(people: Screens, lawyer: Bookable) -> None:
    assert asked()
    assert test_opinions.handed_in() == 200
    test_booking_pages.test_choose_book_look_and_cancel(people, lawyer)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password FROM people_account",
        "SELECT * FROM people_token",
        "SELECT * FROM mfa_authenticator",
        "SELECT * FROM django_admin_log",
        "SELECT * FROM harm_report",
        "SELECT * FROM harm_entry",
        "SELECT * FROM care_referral",
        "SELECT * FROM grid_fieldentry",
        "SELECT * FROM grid_householdvisit",
        "SELECT * FROM hall_visit",
        "SELECT * FROM hall_callnote",
        "SELECT * FROM hall_handover",
        "SELECT * FROM points_entry",
        "SELECT * FROM situation_report",
        "SELECT * FROM bulletin",
        "SELECT * FROM gaming_finding",
        "UPDATE people_account SET is_active = true",
        "INSERT INTO people_post SELECT * FROM people_post",
        "UPDATE event SET kind = kind",
        "DELETE FROM event",
        "DELETE FROM access_log",
        'DELETE FROM "case"',
        "TRUNCATE event",
        "DELETE FROM statement",
        "UPDATE scheme_version SET version = version",
        "DROP TABLE event",
        "CREATE TABLE mine (n int)",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "GRANT onedoor_public TO onedoor",
        "SET ROLE onedoor",
        "COPY category TO PROGRAM 'true'",
    ],
)
def test_more_than_that_is_refused_by_the_database(role_url: str, statement: str) -> None:
    with psycopg.connect(role_url) as server:
        server.execute("SELECT 1 FROM category LIMIT 1")
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
            server.execute(statement)


def test_of_each_table_it_is_settled_whether_residents_need_it() -> None:
    """A new table is closed to them until somebody has decided."""
    text = FILE.read_text()
    granted = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    withheld = text.partition("一律不给的表")[2].partition("\n\n")[0]
    given, kept = (set(re.findall(r"[a-z_]+", part)) for part in (granted, withheld))
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert not given & kept & tables, "one or the other"
    assert not tables - given - kept, "write it into deploy/postgresql/public-role.sql"
    assert not {"people_token", "mfa_authenticator", "harm_report", "care_referral", "points_entry"} - kept


def test_the_rights_can_be_given_again_and_those_of_a_release_before_go(role_url: str) -> None:
    name = connection.settings_dict
    with psycopg.connect(host=name["HOST"], dbname=name["NAME"], user="postgres", autocommit=True) as server:
        server.execute(f"GRANT SELECT ON people_token TO {ROLE}")
        server.execute(statements())
    with psycopg.connect(role_url) as server, pytest.raises(psycopg.errors.InsufficientPrivilege):
        server.execute("SELECT 1 FROM people_token")
    assert FILE.is_relative_to(ROOT / "deploy")


@pytest.mark.skipif(not shutil.which("psql"), reason="本机没有 psql")
def test_where_one_grant_fails_everything_stays_as_it_was(role_url: str, tmp_path: Path) -> None:
    """By psql, as an operator does it: with a table that this database does not have yet."""
    ahead = tmp_path / "public-role.sql"
    ahead.write_text(FILE.read_text().replace("django_migrations, ", "django_migrations, table_of_a_later_release, "))
    name = connection.settings_dict
    command = ["psql", "-X", "-q", "-h", str(name["HOST"]), "-U", "postgres", "-d", str(name["NAME"]), "-f"]
    done = subprocess.run([*command, str(ahead)], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "table_of_a_later_release" in done.stderr
    with psycopg.connect(role_url) as server:
        server.execute("SELECT 1 FROM category LIMIT 1")
    done = subprocess.run([*command, str(FILE)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

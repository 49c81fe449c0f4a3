"""A sign-in on a page that nobody uses ends; one that is used goes on; a program's knows no such end."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onedoor.people import tokens
from onedoor.people.models import Token
from people.kit import Person

SECOND = timedelta(seconds=1)


def of_a_page(person: Person) -> str:
    person.account.refresh_from_db()
    return tokens.issue(person.account, at=timezone.now(), life=settings.TOKEN_LIFE, idle=settings.IDLE_LIFE)[0]


def last_used(ago: timedelta) -> None:
    Token.objects.update(idle_until=timezone.now() - ago + settings.IDLE_LIFE)


@pytest.mark.parametrize(("left", "there"), [(SECOND, True), (timedelta(0), False), (-SECOND, False)])
def test_it_ends_at_its_time(person: Person, left: timedelta, there: bool) -> None:
    token = of_a_page(person)
    # the database's clock stands still within this test's transaction
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_token SET idle_until = now() + %s", [left])
    assert (tokens.signed_in(token) is not None) == there


def test_work_keeps_it_alive_and_a_page_that_asks_by_itself_does_not(person: Person) -> None:
    token = of_a_page(person)
    last_used(timedelta(minutes=10))
    before = Token.objects.get().idle_until
    assert tokens.signed_in(token, used=False) is not None
    assert Token.objects.get().idle_until == before
    assert tokens.signed_in(token) is not None
    after = Token.objects.get().idle_until
    assert after is not None and after > timezone.now() + settings.IDLE_LIFE - timedelta(minutes=2)


def test_where_nothing_can_be_written_one_goes_on_reading(committed_person: Person) -> None:
    """A full disk, or a standby: the look at the token must not fail for the note that it was used."""
    token = of_a_page(committed_person)
    last_used(timedelta(minutes=10))
    before = Token.objects.get().idle_until
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            assert tokens.signed_in(token) is not None
        finally:
            cursor.execute("SET default_transaction_read_only = off")
    assert Token.objects.get().idle_until == before
    assert tokens.signed_in(token) is not None
    assert Token.objects.get().idle_until != before


def test_that_it_is_used_is_not_written_with_each_request(person: Person) -> None:
    token = of_a_page(person)
    with CaptureQueriesContext(connection) as queries:
        assert tokens.signed_in(token) is not None
    assert len(queries) == 1


def test_no_use_carries_it_beyond_its_last_end(person: Person) -> None:
    token = of_a_page(person)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_token SET expires_at = now()")
    assert tokens.signed_in(token) is None


def test_a_programs_token_and_one_from_before_the_upgrade_have_no_such_end(person: Person) -> None:
    person.account.refresh_from_db()
    token, _ = tokens.issue(person.account, at=timezone.now() - timedelta(hours=11), life=settings.TOKEN_LIFE)
    assert tokens.signed_in(token) is not None
    assert Token.objects.get().idle_until is None


def used_at() -> datetime:
    at = Token.objects.get().used_at
    assert at is not None
    return at


def test_when_a_programs_token_was_last_used_is_noted_once_an_hour(person: Person) -> None:
    person.account.refresh_from_db()
    token, _ = tokens.issue(person.account, at=timezone.now(), life=settings.TOKEN_LIFE)
    for ago, written in ((59, False), (61, True)):
        last = timezone.now() - timedelta(minutes=ago)
        Token.objects.update(used_at=last)
        assert tokens.signed_in(token, used=False) is not None
        assert used_at() == last, "nobody was at work"
        assert tokens.signed_in(token) is not None
        assert (used_at() > last) is written
        assert Token.objects.get().idle_until is None


def test_a_row_of_the_release_before_is_noted_when_it_is_used(person: Person) -> None:
    token = of_a_page(person)
    Token.objects.update(used_at=None)
    assert tokens.signed_in(token) is not None
    assert used_at() > timezone.now() - timedelta(minutes=1)

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from onedoor.people import tokens
from onedoor.people.models import AccessLog, Account, SignInGuard
from onedoor.people.sign_in import sign_in, unlock
from onedoor.rules.refusal import NOT_ALLOWED, TOO_MANY, Refused
from people.kit import NOW, PASSWORD, CountingHasher, Person


def attempt(password: str = PASSWORD, *, username: str = "wen", at: datetime = NOW, otp: str | None = None) -> str:
    """The token, or the code of the refusal."""
    try:
        return sign_in(username=username, password=password, otp=otp, at=at, address="10.0.0.8")[0]
    except Refused as refusal:
        return refusal.code


def refusal_of(username: str, password: str, at: datetime = NOW) -> Refused:
    with pytest.raises(Refused) as caught:
        sign_in(username=username, password=password, otp=None, at=at, address="10.0.0.8")
    return caught.value


def test_the_right_password_gives_a_token_and_is_logged(person: Person) -> None:
    now = timezone.now()
    token, ends = sign_in(username="wen", password=PASSWORD, otp=None, at=now, address="10.0.0.8")
    found = tokens.signed_in(token)
    assert found is not None
    assert found.account == person.account.pk
    assert ends == now + settings.TOKEN_LIFE
    line = AccessLog.objects.get()
    assert (line.action, line.account_id, line.address) == ("sign_in", person.account.pk, "10.0.0.8")


@pytest.mark.parametrize("username", ["nobody", "", "a\0b", "\ud800", "闻" * 500, "WEN"])
def test_a_wrong_name_cannot_be_told_from_a_wrong_password(person: Person, username: str) -> None:
    seen = []
    for name in ("wen", username):
        story = []
        for _ in range(settings.LOCK_AFTER + 1):
            with CaptureQueriesContext(connection) as queries:
                refusal = refusal_of(name, "not-it-2026")
            story.append((refusal.code, refusal.sentence, refusal.fields, len(queries)))
        seen.append(story)
    assert seen[0] == seen[1]
    assert [code for code, *_ in seen[0]] == [NOT_ALLOWED] * settings.LOCK_AFTER + [TOO_MANY]


def test_a_wrong_name_costs_a_hash_as_a_wrong_password_does(person: Person, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["people.kit.CountingHasher"]
    costs = []
    for name in ("wen", "nobody"):
        CountingHasher.hashed = 0
        refusal_of(name, "not-it-2026")
        costs.append(CountingHasher.hashed)
    assert costs == [1, 1]


def test_an_account_out_of_use_is_refused_like_a_wrong_password(person: Person) -> None:
    person.account.is_active = False
    person.account.save()
    assert refusal_of("wen", PASSWORD).sentence == refusal_of("nobody", PASSWORD).sentence


def test_failures_in_a_row_lock_even_the_right_password_out_until_the_time_said(person: Person) -> None:
    for _ in range(settings.LOCK_AFTER):
        assert attempt("not-it-2026") == NOT_ALLOWED
    refusal = refusal_of("wen", PASSWORD)
    assert refusal.code == TOO_MANY
    assert "3 月 2 日 17:15:00" in refusal.sentence  # Shanghai
    assert attempt(at=NOW + settings.LOCK_FOR - timedelta(seconds=1)) == TOO_MANY
    assert len(attempt(at=NOW + settings.LOCK_FOR)) > 40
    actions = Counter(AccessLog.objects.values_list("action", flat=True))
    assert actions == {"sign_in_failed": settings.LOCK_AFTER + 2, "locked": 1, "sign_in": 1}


def test_after_a_lock_is_over_the_count_starts_anew(person: Person) -> None:
    for _ in range(settings.LOCK_AFTER):
        attempt("not-it-2026")
    later = NOW + settings.LOCK_FOR
    for _ in range(settings.LOCK_AFTER - 1):
        assert attempt("not-it-2026", at=later) == NOT_ALLOWED
    assert len(attempt(at=later)) > 40


def test_a_success_resets_the_count(person: Person) -> None:
    for _ in range(2):
        for _ in range(settings.LOCK_AFTER - 1):
            assert attempt("not-it-2026") == NOT_ALLOWED
        assert len(attempt()) > 40


def test_another_spelling_of_the_name_is_the_same_count(person: Person) -> None:
    for _ in range(settings.LOCK_AFTER):
        attempt("not-it-2026", username="ｗｅｎ")
    assert attempt() == TOO_MANY


def test_the_administrator_unlocks(person: Person) -> None:
    for _ in range(settings.LOCK_AFTER):
        attempt("not-it-2026")
    unlock(person.account)
    assert len(attempt()) > 40


def test_names_typed_long_ago_are_forgotten_and_never_kept_in_clear(person: Person) -> None:
    attempt("x", username="my-password-by-mistake")
    kept = bytes(SignInGuard.objects.get().digest)
    assert len(kept) == 32
    attempt("x", username="other", at=NOW + timedelta(days=2))
    assert SignInGuard.objects.count() == 1
    assert not AccessLog.objects.filter(subject__contains="mistake").exists()


@pytest.mark.parametrize("password", ["\0", "\ud800", "a" * 1_000_000, ""])
def test_a_password_that_cannot_be_is_wrong(person: Person, password: str) -> None:
    assert attempt(password) == NOT_ALLOWED


def test_an_old_hash_is_renewed_without_ending_anything(person: Person, settings: Settings) -> None:
    before = person.account.epoch
    Account.objects.update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt" * 6, 1))
    settings.PASSWORD_HASHERS = [
        *settings.PASSWORD_HASHERS,
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    token = attempt(at=timezone.now())
    person.account.refresh_from_db()
    assert person.account.password.startswith("md5$")
    assert person.account.epoch == before
    assert tokens.signed_in(token) is not None


def test_parallel_guesses_all_count(committed_person: Person) -> None:
    def guess(number: int) -> str:
        try:
            return attempt(f"guess-{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answers = Counter(pool.map(guess, range(24)))
    assert answers == {NOT_ALLOWED: settings.LOCK_AFTER, TOO_MANY: 24 - settings.LOCK_AFTER}
    assert attempt() == TOO_MANY
    assert AccessLog.objects.filter(action="locked").count() == 1


def test_right_passwords_in_parallel_all_pass(committed_person: Person) -> None:
    def enter(_: int) -> str:
        try:
            return attempt()
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(enter, range(24)))
    assert len(set(found)) == 24
    assert all(len(token) > 40 for token in found)

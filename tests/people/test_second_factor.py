from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection

from onedoor.people import second_factor
from onedoor.people.sign_in import MFA_REQUIRED, sign_in
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, TOO_MANY, Refused
from people.kit import NOW, PASSWORD, STEP, Person, code_at, with_second_factor


def attempt(otp: str | None, *, at: datetime = NOW, password: str = PASSWORD) -> str:
    try:
        return sign_in(username="wen", password=password, otp=otp, at=at, address="")[0]
    except Refused as refusal:
        return refusal.code


def test_who_has_a_second_factor_needs_the_code_after_the_right_password(person: Person) -> None:
    secret = with_second_factor(person.account)
    assert attempt(None, password="not-it-2026") == NOT_ALLOWED
    assert attempt(None) == MFA_REQUIRED
    assert attempt("") == MFA_REQUIRED
    assert len(attempt(code_at(secret, NOW))) > 40


@pytest.mark.parametrize(("steps", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_half_a_minute_off(person: Person, steps: int, passes: bool) -> None:
    secret = with_second_factor(person.account)
    answer = attempt(code_at(secret, NOW + steps * STEP))
    assert (len(answer) > 40) is passes


def test_a_code_works_once_and_no_older_one_after_it(person: Person) -> None:
    secret = with_second_factor(person.account)
    assert len(attempt(code_at(secret, NOW))) > 40
    assert attempt(code_at(secret, NOW)) == NOT_ALLOWED
    assert attempt(code_at(secret, NOW - STEP)) == NOT_ALLOWED
    assert len(attempt(code_at(secret, NOW + STEP))) > 40


def test_a_code_tried_at_once_by_many_passes_once(committed_person: Person) -> None:
    secret = with_second_factor(committed_person.account)

    def enter(_: int) -> str:
        try:
            return attempt(code_at(secret, NOW))
        finally:
            connection.close()

    with ThreadPoolExecutor(settings.LOCK_AFTER) as pool:
        answers = Counter(len(answer) > 40 for answer in pool.map(enter, range(settings.LOCK_AFTER)))
    assert answers == {True: 1, False: settings.LOCK_AFTER - 1}


def test_wrong_codes_lock_as_wrong_passwords_do(person: Person) -> None:
    secret = with_second_factor(person.account)
    wrong = f"{(int(code_at(secret, NOW)) + 7) % 1_000_000:06}"
    for _ in range(settings.LOCK_AFTER):
        assert attempt(wrong) == NOT_ALLOWED
    assert attempt(code_at(secret, NOW)) == TOO_MANY


def test_asking_for_the_code_neither_counts_nor_resets(person: Person) -> None:
    with_second_factor(person.account)
    for _ in range(settings.LOCK_AFTER - 1):
        assert attempt(None, password="not-it-2026") == NOT_ALLOWED
        assert attempt(None) == MFA_REQUIRED
    assert attempt(None, password="not-it-2026") == NOT_ALLOWED
    assert attempt(None) == TOO_MANY


def test_who_must_have_one_and_has_none_is_sent_to_the_administrator(person: Person) -> None:
    person.account.must_use_totp = True
    person.account.save()
    with pytest.raises(Refused, match="向管理员领取设置码") as caught:
        sign_in(username="wen", password=PASSWORD, otp="123456", at=NOW, address="")
    assert caught.value.code == MFA_REQUIRED
    secret = with_second_factor(person.account)
    assert len(attempt(code_at(secret, NOW))) > 40
    second_factor.turn_off(person.account, at=NOW)
    assert attempt(code_at(secret, NOW + STEP)) == MFA_REQUIRED


def test_demo_accounts_are_exempt(person: Person) -> None:
    with_second_factor(person.account)
    person.account.is_demo = person.account.must_use_totp = True
    person.account.save()
    assert len(attempt(None)) > 40


@pytest.mark.parametrize("code", ["", "000000x", "１２３４５６", "\0", "\ud800"])
def test_setting_up_needs_a_code_from_the_app(person: Person, code: str) -> None:
    ready = second_factor.set_up(person.account)
    with pytest.raises(Refused) as caught:
        second_factor.confirm(person.account, secret=ready.secret, code=code, at=NOW)
    assert (caught.value.code, list(caught.value.fields)) == (INVALID, ["otp"])
    assert not second_factor.is_on(person.account)


def test_the_secret_is_sealed_in_the_database_and_shown_once(person: Person) -> None:
    secret = with_second_factor(person.account)
    kept = Authenticator.objects.get()
    assert secret not in str(kept.data)
    assert second_factor.SealingAdapter().decrypt(kept.data["secret"]) == secret
    with pytest.raises(ValueError, match="not a sealed text"):
        second_factor.SealingAdapter().decrypt(secret)


def test_a_new_phone_replaces_the_old_one(person: Person) -> None:
    old = with_second_factor(person.account)
    new = with_second_factor(person.account)
    assert attempt(code_at(old, NOW)) == NOT_ALLOWED
    assert len(attempt(code_at(new, NOW))) > 40


def test_the_uri_names_issuer_and_account(person: Person) -> None:
    ready = second_factor.set_up(person.account)
    assert ready.uri.startswith("otpauth://totp/wen?")
    assert f"secret={ready.secret}" in ready.uri

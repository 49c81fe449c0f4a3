import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from onedoor.people import tokens
from onedoor.people.models import Account
from onedoor.people.sign_in import PASSWORD_DUE, change_password, choose_password, set_password, sign_in
from onedoor.people.units import add_account
from onedoor.rules.refusal import INVALID, TOO_MANY, Refused
from people.kit import NOW, PASSWORD, Person

NEW = "lan-ping-7788"


def change(person: Person, *, old: str = PASSWORD, new: str = NEW) -> None:
    change_password(account=person.account.pk, old=old, new=new, at=NOW, address="")


def test_a_new_password_ends_every_token_and_session(person: Person) -> None:
    token, _ = sign_in(username="wen", password=PASSWORD, otp=None, at=timezone.now(), address="")
    session = person.account.get_session_auth_hash()
    change(person)
    assert tokens.signed_in(token) is None
    assert Account.objects.get().get_session_auth_hash() != session
    with pytest.raises(Refused):
        sign_in(username="wen", password=PASSWORD, otp=None, at=NOW, address="")
    assert sign_in(username="wen", password=NEW, otp=None, at=NOW, address="")


def test_djangos_own_way_to_set_a_password_ends_them_too(person: Person) -> None:
    token, _ = sign_in(username="wen", password=PASSWORD, otp=None, at=timezone.now(), address="")
    account = Account.objects.get()
    account.set_password(NEW)
    account.save()
    assert tokens.signed_in(token) is None


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("a-1", "密码"),
        ("password123", "常见"),
        ("4815162342108", "数字"),
        ("zhongxinmima", "两种"),
        ("wen", "用户名"),
        (PASSWORD, "不能与原密码相同"),
        ("a1" * 65, "128"),
        ("lan-ping-\ud800-77", "无法输入"),
    ],
)
def test_the_policy_answers_in_chinese_at_the_field(person: Person, new: str, says: str) -> None:
    before = Account.objects.get().password
    with pytest.raises(Refused) as caught:
        change(person, new=new)
    assert (caught.value.code, list(caught.value.fields)) == (INVALID, ["new_password"])
    assert says in caught.value.fields["new_password"]
    assert not any("a" <= sign <= "z" for sign in caught.value.sentence)
    assert Account.objects.get().password == before


def test_guessing_the_old_password_counts_towards_the_lock(person: Person) -> None:
    for _ in range(settings.LOCK_AFTER):
        with pytest.raises(Refused) as caught:
            change(person, old="not-it-2026")
        assert list(caught.value.fields) == ["old_password"]
    with pytest.raises(Refused) as caught:
        change(person)
    assert caught.value.code == TOO_MANY


def test_the_administrators_new_password_also_unlocks(person: Person) -> None:
    for _ in range(settings.LOCK_AFTER):
        with pytest.raises(Refused):
            sign_in(username="wen", password="not-it-2026", otp=None, at=NOW, address="")
    set_password(person.account, NEW, at=NOW)
    assert sign_in(username="wen", password=NEW, otp=None, at=NOW, address="", may_choose=True)


def test_a_real_account_starts_with_a_password_that_satisfies_the_policy(person: Person) -> None:
    with pytest.raises(Refused):
        add_account("zhao", "赵试用", "12345678")
    account = add_account("zhao", "赵试用", NEW)
    assert account.check_password(NEW)


def test_the_default_length_is_twelve(person: Person) -> None:
    assert settings.PASSWORD_LENGTH == 12
    with pytest.raises(Refused, match="至少要有 12 个字符"):
        change(person, new="lan-ping-26")
    change(person, new="lan-ping-226")


@pytest.mark.parametrize("new", ["澜平 的 老 钟 楼 敲 了 1", "🦀-und-🐚-am-meer", "x7" * 64, " lan ping 26 "])
def test_any_sign_passes_and_nothing_is_cut_off(person: Person, new: str) -> None:
    change(person, new=new)
    assert Account.objects.get().check_password(new)
    for other in (new[:-1], new.strip() if new != new.strip() else new + " ", new[:72] if len(new) > 72 else new[1:]):
        assert not Account.objects.get().check_password(other)


def test_a_password_does_not_age(person: Person) -> None:
    """No change by date as delivered: it leads to numbered passwords (NIST SP 800-63B §5.1.1.2)."""
    assert settings.PASSWORD_LIFE is None
    assert sign_in(username="wen", password=PASSWORD, otp=None, at=NOW + timedelta(days=3000), address="")[0]


def aged(days: int, *, seconds: int = 0) -> str:
    """What a program gets so long after the password was set."""
    at = NOW + timedelta(days=days, seconds=seconds)
    try:
        return sign_in(username="wen", password=PASSWORD, otp=None, at=at, address="")[0]
    except Refused as error:
        assert "已用满 90 天" in error.sentence
        return error.code


def test_where_the_centre_says_so_one_that_is_too_old_is_replaced(person: Person, settings: Settings) -> None:
    settings.PASSWORD_LIFE = timedelta(days=90)
    Account.objects.update(password_changed_at=NOW, created_at=NOW - timedelta(days=900))
    assert len(aged(90, seconds=-1)) > 40
    assert aged(90) == PASSWORD_DUE
    now = timezone.now()
    Account.objects.update(password_changed_at=now - timedelta(days=90))
    token, _ = sign_in(username="wen", password=PASSWORD, otp=None, at=now, address="", may_choose=True)
    assert tokens.signed_in(token) is None
    opened, _ = choose_password(token=token, new=NEW, at=now, idle=timedelta(minutes=30))
    assert tokens.signed_in(opened) is not None
    assert sign_in(username="wen", password=NEW, otp=None, at=now + timedelta(days=89), address="")


def test_one_that_was_never_changed_is_as_old_as_the_account(person: Person, settings: Settings) -> None:
    """Accounts of the release before have no date of their password."""
    settings.PASSWORD_LIFE = timedelta(days=90)
    Account.objects.update(password_changed_at=None, created_at=NOW)
    assert len(aged(89)) > 40
    assert aged(90) == PASSWORD_DUE
    Account.objects.update(is_demo=True)
    assert len(aged(90)) > 40


def test_each_way_to_set_one_begins_its_time_anew(person: Person) -> None:
    def set_at() -> datetime | None:
        found: datetime | None = Account.objects.get().password_changed_at
        return found

    change(person)
    assert set_at() == NOW
    set_password(person.account, PASSWORD, at=NOW + timedelta(days=1))
    assert set_at() == NOW + timedelta(days=1)
    account = Account.objects.get()  # as Django's own commands do
    account.set_password(NEW)
    account.save()
    assert (at := set_at()) is not None and at > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("value", "days"), [(None, 0), ("", 0), ("0", 0), ("90", 90), ("-1", None), ("3651", None), ("a", None)]
)
def test_the_setting_is_off_as_delivered(value: str | None, days: int | None) -> None:
    """The settings as a process reads them; a value that makes no sense stops the start with its name."""
    environment = {key: word for key, word in os.environ.items() if key != "ONEDOOR_PASSWORD_DAYS"}
    environment |= {} if value is None else {"ONEDOOR_PASSWORD_DAYS": value}
    ask = "from onedoor.config.settings import PASSWORD_LIFE as life; print(life.days if life else 0)"
    done = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=False)
    if days is None:
        assert done.returncode != 0 and "ONEDOOR_PASSWORD_DAYS" in done.stderr
    else:
        assert done.stdout.strip() == str(days), done.stderr

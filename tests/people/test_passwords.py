import pytest
from django.conf import settings
from django.utils import timezone

from onedoor.people import tokens
from onedoor.people.models import Account
from onedoor.people.sign_in import change_password, set_password, sign_in
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
        ("a1" * 600, "1024"),
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
    set_password(person.account, NEW)
    assert sign_in(username="wen", password=NEW, otp=None, at=NOW, address="")


def test_a_real_account_starts_with_a_password_that_satisfies_the_policy(person: Person) -> None:
    with pytest.raises(Refused):
        add_account("zhao", "赵试用", "12345678")
    account = add_account("zhao", "赵试用", NEW)
    assert account.check_password(NEW)

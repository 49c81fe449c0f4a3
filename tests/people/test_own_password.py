"""A password that somebody else has set is good for choosing another one, and for nothing else."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from onedoor.people import tokens
from onedoor.people.commands import token as token_command
from onedoor.people.models import Account, Token
from onedoor.people.sessions import sessions_of
from onedoor.people.sign_in import (
    PASSWORD_DUE,
    TIME_TO_CHOOSE,
    awaits_password,
    change_password,
    choose_password,
    set_password,
    sign_in,
    sign_out_everywhere,
)
from onedoor.rules.refusal import INVALID, NOT_FOUND, Refused
from people.kit import PASSWORD, Person

OWN, SET = "lan-ping-7788", "zhang-hao-55"


def reset(person: Person) -> None:
    set_password(person.account, SET, at=timezone.now())


def comes(password: str = SET, *, may_choose: bool = True) -> str:
    return sign_in(username="wen", password=password, otp=None, at=timezone.now(), address="", may_choose=may_choose)[
        0
    ]


def chooses(token: str, new: str = OWN) -> str:
    return choose_password(token=token, new=new, at=timezone.now(), idle=settings.IDLE_LIFE)[0]


def refused(token: str, new: str = OWN) -> Refused:
    with pytest.raises(Refused) as caught:
        chooses(token, new)
    return caught.value


def test_it_opens_nothing_until_another_is_chosen(person: Person) -> None:
    reset(person)
    token = comes()
    assert awaits_password(token)
    assert tokens.signed_in(token) is None
    assert sessions_of(person.account.pk, token) == []
    opened = chooses(token)
    found = tokens.signed_in(opened)
    assert found is not None and found.username == "wen"
    assert not awaits_password(token) and not awaits_password(opened)
    assert tokens.signed_in(comes(OWN, may_choose=False)) is not None
    assert Token.objects.exclude(idle_until=None).count() == 1, "what goes on is a sign-in of a page"


def test_where_nobody_can_be_asked_there_is_no_token(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    reset(person)
    with pytest.raises(Refused, match="须先换成自己的") as caught:
        comes(may_choose=False)
    assert caught.value.code == PASSWORD_DUE
    assert token_command(["wen"]) == 1
    assert "本人登录工作台换好以后" in capsys.readouterr().err
    assert Token.objects.count() == 0


def test_ones_own_password_is_never_due(person: Person) -> None:
    assert tokens.signed_in(comes(PASSWORD, may_choose=False)) is not None
    change_password(account=person.account.pk, old=PASSWORD, new=OWN, at=timezone.now(), address="")
    assert tokens.signed_in(comes(OWN, may_choose=False)) is not None
    reset(person)
    change_password(account=person.account.pk, old=SET, new=OWN, at=timezone.now(), address="")
    assert not Account.objects.get().must_change_password


def test_demo_accounts_are_not_concerned(person: Person) -> None:
    reset(person)
    Account.objects.update(is_demo=True)
    assert tokens.signed_in(comes(may_choose=False)) is not None


@pytest.mark.parametrize(("new", "says"), [(SET, "不能与原密码相同"), ("short-1", "至少要有 12 个字符"), ("", "至少")])
def test_another_is_one_that_the_policy_allows(person: Person, new: str, says: str) -> None:
    reset(person)
    token = comes()
    error = refused(token, new)
    assert (error.code, list(error.fields)) == (INVALID, ["new_password"])
    assert says in error.sentence
    assert awaits_password(token), "he may try again"
    assert Account.objects.get().must_change_password


@pytest.mark.parametrize("end", ["time", "everywhere", "account", "reset", "epoch"])
def test_the_time_to_choose_ends(person: Person, end: str) -> None:
    reset(person)
    token = comes()
    if end == "time":
        assert Token.objects.get().expires_at <= timezone.now() + TIME_TO_CHOOSE
        Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "everywhere":
        sign_out_everywhere(person.account.pk)
    elif end == "epoch":
        Account.objects.update(epoch=F("epoch") + 1)
    elif end == "account":
        Account.objects.update(is_active=False)
    else:
        reset(person)
    assert not awaits_password(token)
    assert refused(token).code == NOT_FOUND


def test_a_full_sign_in_is_no_way_round_the_old_password(person: Person) -> None:
    """Who sits down at a screen left open has a token of a full sign-in."""
    token = comes(PASSWORD)
    assert not awaits_password(token)
    assert refused(token).code == NOT_FOUND
    assert Account.objects.get().check_password(PASSWORD)


def test_of_two_who_choose_at_once_one_does(committed_person: Person) -> None:
    reset(committed_person)
    token = comes()

    def choose(place: int) -> str:
        try:
            return chooses(token, f"{OWN}-{place}")
        except Refused as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(choose, range(4)))
    assert Counter(answers)[NOT_FOUND] == 3
    assert [answer for answer in answers if answer != NOT_FOUND and tokens.signed_in(answer)]


def test_the_operator_gives_a_new_one_that_is_shown_once(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("reset_password", "wen")
    made = capsys.readouterr().out.split("：")[1].split()[0]
    assert awaits_password(comes(made))
    with pytest.raises(CommandError, match="没有用户名为“nobody”"):
        call_command("reset_password", "nobody")

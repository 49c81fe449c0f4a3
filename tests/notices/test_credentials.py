"""A changed password or second factor is told to whom it is concerned with: what, to him alone, and no secret."""

import re

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from api.kit import EVERYBODY
from cases.kit import sql
from notices.kit import Gateway, deliver_all, gather_all, listen, soon
from onedoor.people import second_factor
from onedoor.people.models import Account
from onedoor.people.sign_in import change_password
from onedoor.rules.refusal import Refused
from people.kit import code_at, with_second_factor
from web.kit import Screens

OLD, NEW = "onedoor-demo", "Qing-he-2026"


def told(screens: Screens, who: str) -> list[str]:
    """Names of what lies unread in somebody's inbox."""
    html = screens.open(who, "inbox", unread=1).content.decode()
    return re.findall(r"<tr data-item.*?未读：</span>(.*?)</td>", html, re.S)


def account(username: str) -> Account:
    return Account.objects.get(username=username)


@pytest.fixture
def known(screens: Screens) -> Screens:
    """The clerk's password is a known one."""
    clerk = account("clerk")
    clerk.set_password(OLD)
    clerk.save()
    return screens


def test_who_is_concerned_is_told_and_nobody_else(known: Screens) -> None:
    done = known.send("clerk", "me", old_password=OLD, new_password=NEW, again=NEW)
    assert done["Location"] == "/desk/sign-in"
    assert known.send("admin", f"admin/people/{account('handler').pk}/password", password="").status_code == 200
    for who in ("clerk", "handler"):
        known.tokens.pop(who, None)
        known.browsers.pop(who, None)

    assert {who: told(known, who) for who in EVERYBODY if told(known, who)} == {
        "clerk": ["您的密码已修改"],
        "handler": ["您的密码已由管理员重设"],
    }


def test_what_is_told_leads_to_ones_own_account_and_is_read_then(known: Screens) -> None:
    known.send("admin", f"admin/people/{account('handler').pk}/password", password="")
    html = known.open("handler", "inbox").content.decode()
    assert "我的账号" in html.split("<tbody>")[1]
    link = re.findall(r'class="number"><a href="/desk/([^"]+)"', html)[0]
    assert known.open("handler", link)["Location"] == "/desk/me"
    assert told(known, "handler") == []
    assert known.open("clerk", link).status_code == 404, "another's"


def test_a_second_factor_set_replaced_or_taken_off_is_told(known: Screens) -> None:
    with_second_factor(account("handler"))
    with_second_factor(account("handler"))
    button = f"admin/people/{account('handler').pk}/no-second-factor"
    assert known.send("admin", button).status_code == 302
    assert known.send("admin", button).status_code == 302  # there is none any more: nothing has changed

    assert told(known, "handler") == ["您的两步验证已由管理员取消"] + ["您的两步验证已设置或更换"] * 2
    assert told(known, "admin") == []


def test_the_operators_command_tells_too(known: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    class Typed:
        """Reads the secret that the command has printed, as the authenticator app does."""

        def readline(self) -> str:
            return code_at(secrets[0], timezone.now()) + "\n"

    secrets: list[str] = []
    made = second_factor.generate_totp_secret
    monkeypatch.setattr(second_factor, "generate_totp_secret", lambda: secrets.append(made()) or secrets[0])
    monkeypatch.setattr("sys.stdin", Typed())
    call_command("second_factor", "handler")
    assert told(known, "handler") == ["您的两步验证已设置或更换"]


@pytest.mark.parametrize(("old", "new"), [("not-it-2026", NEW), (OLD, "short-1"), (OLD, OLD)])
def test_what_was_refused_is_no_news(known: Screens, old: str, new: str) -> None:
    with pytest.raises(Refused):
        change_password(account=account("clerk").pk, old=old, new=new, at=timezone.now(), address="")
    assert told(known, "clerk") == []


def test_the_notice_goes_with_the_change_or_not_at_all(known: Screens) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        with_second_factor(account("handler"))
        raise RuntimeError
    assert told(known, "handler") == []
    assert not second_factor.is_on(account("handler"))


def test_the_message_to_the_outside_says_what_and_holds_no_secret(known: Screens, gateway: Gateway) -> None:
    listen(known, "clerk")
    change_password(account=account("clerk").pk, old=OLD, new=NEW, at=timezone.now(), address="")
    assert gather_all(soon()) == 1
    deliver_all(soon())
    text = gateway.taken[-1][2]["text"]
    assert text.startswith("您在一扇门有1条新通知：密码修改1条。请登录查看。")
    assert NEW not in text and OLD not in text and "clerk" not in text


def test_a_notice_of_another_kind_still_needs_a_case(known: Screens) -> None:
    """The table's own rule stands after it was put in place without a look at the rows."""
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), transaction.atomic():
        sql("INSERT INTO notice (id, audience, kind, created_at) VALUES (gen_random_uuid(), 1, 'to_sign', now())")
    with connection.cursor() as cursor:
        cursor.execute("SELECT convalidated FROM pg_constraint WHERE conname = 'notice_is_about_a_case'")
        assert cursor.fetchone() == (True,)

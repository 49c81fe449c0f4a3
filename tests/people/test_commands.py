import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from onedoor.people import guard, second_factor
from onedoor.people.models import Account
from people.kit import Person, code_at


class Phone:
    """Types the code that belongs to the secret shown so far on `screen`."""

    def __init__(self, screen: io.StringIO) -> None:
        self.screen = screen

    def readline(self) -> str:
        secret = self.screen.getvalue().partition("设置码：")[2].split()[0]
        return code_at(secret, timezone.now()) + "\n"


def test_the_operator_sets_up_a_second_factor(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="没有设置：验证码不对"):
        call_command("second_factor", "wen", stdout=screen)
    assert not second_factor.is_on(person.account)
    screen = io.StringIO()
    monkeypatch.setattr("sys.stdin", Phone(screen))
    call_command("second_factor", "wen", stdout=screen)
    assert "▀" in screen.getvalue()
    assert second_factor.is_on(person.account)


def test_the_operator_unlocks(person: Person) -> None:
    now = timezone.now()
    held = guard.take("wen", now)
    for _ in range(20):
        guard.failed(held, now)
        held = guard.take("wen", now)
        if held.locked_until:
            break
    call_command("unlock", "wen", stdout=io.StringIO())
    assert guard.take("wen", now).locked_until is None


@pytest.mark.parametrize("command", ["unlock", "second_factor"])
def test_an_unknown_name_is_said(person: Person, command: str) -> None:
    with pytest.raises(CommandError, match="没有用户名为“nobody”"):
        call_command(command, "nobody")


@pytest.mark.django_db
def test_the_first_administrator_of_an_empty_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "lan-ping-7788")
    call_command("createsuperuser", username="shouren", name="首任管理员", interactive=False, stdout=io.StringIO())
    account = Account.objects.get()
    assert account.is_operator
    assert account.check_password("lan-ping-7788")

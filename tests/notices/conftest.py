"""The demo county at its pages, as for `tests/web`."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from api.conftest import committed_desk, desk, own_files
from cases.conftest import committed_county
from notices.kit import Gateway, MailServer
from onedoor.web.desk import inbox
from web.conftest import screens

__all__ = ["committed_county", "committed_desk", "desk", "own_files", "screens"]


@pytest.fixture(autouse=True)
def no_figures_kept() -> None:
    """Accounts of one test are not those of the next."""
    inbox._figures.clear()


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    """Text messages and robots go to it."""
    with Gateway() as running:
        settings.SMS, settings.SMS_TOKEN = f"{running.base}/sms", "secret-token"
        settings.ROBOTS = {"dingtalk": f"{running.base}/robot/send", "wecom": f"{running.base}/webhook/send"}
        yield running


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    with MailServer() as running:
        settings.MAIL = running.url
        yield running

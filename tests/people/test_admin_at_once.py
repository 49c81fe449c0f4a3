"""Two administrators at the same moment, with everything committed."""

from threading import Barrier, Thread

from django.db import connection
from pytest_django import DjangoDbBlocker

from cases.conftest import committed_county
from onedoor.people.steps.accounts import add_account, switch_account
from onedoor.people.steps.administering import By
from onedoor.people.steps.posts import add_post
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from people.test_admin import by

__all__ = ["committed_county"]


def test_two_administrators_cannot_switch_each_other_off(
    committed_county: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        switched_at_once()


def switched_at_once() -> None:
    account, _ = add_account(by=by(), username="admin2", name="副管理员", rehearsal=True)
    add_post(by=by(), account=account.pk, role="admin", unit="centre")
    one, two = by("admin"), by("admin2")
    together, outcomes = Barrier(2), list[str]()

    def run(who: By, other: int) -> None:
        together.wait()
        try:
            switch_account(by=who, account=other, active=False)
            outcomes.append("done")
        except Refused as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    pairs = ((one, two.actor.account), (two, one.actor.account))
    threads = [Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", NOT_ALLOWED]

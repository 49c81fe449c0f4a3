from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onedoor.people import sign_in, tokens
from onedoor.people.commands import token as token_command
from onedoor.people.models import Account, Token, UnitKind
from onedoor.people.units import add_post, add_unit
from onedoor.rules.access import Role, division_audience, person_audience
from people.kit import Person

LIFE = timedelta(hours=12)


def fresh(account: Account) -> str:
    account.refresh_from_db()
    return tokens.issue(account, at=timezone.now(), life=LIFE)[0]


def test_a_token_says_who_holds_which_posts_in_one_statement(person: Person) -> None:
    bureau = add_unit("rsj", "试县人社局", kind=UnitKind.DEPARTMENT, division=person.county)
    second = add_post(person.account, Role.HANDLER, bureau)
    token = fresh(person.account)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = tokens.signed_in(token)
    assert len(queries) == 1
    assert found is not None
    assert (found.account, found.username, found.name) == (person.account.pk, "wen", "闻来访")
    assert (found.is_demo, found.root) == (False, person.county.pk)
    first = found.posts[0]
    assert (first.unit_code, first.unit_name) == ("centre", "试县综治中心")
    assert (first.division_code, first.division_name) == ("990102100", "试镇")
    assert first.actor.post == person.post.pk
    assert first.actor.role == Role.CLERK
    assert first.actor.unit == person.unit.pk
    assert first.actor.division == person.town.pk
    assert first.actor.division_path == (person.county.pk, person.town.pk)
    assert found.posts[1].actor.post == second.pk
    assert found.posts[1].actor.division_path == (person.county.pk,)
    viewer = found.viewer()
    assert viewer.person == person_audience(person.account.pk)
    assert division_audience(person.town.pk) in viewer.audiences
    assert not viewer.whole_tree
    assert viewer.units == (bureau.pk,)
    assert tokens.signed_in_as(person.account.pk) == found


def test_only_a_digest_of_the_token_is_kept(person: Person) -> None:
    token = fresh(person.account)
    assert len(token) >= 43
    kept = Token.objects.get()
    assert bytes(kept.digest) == tokens.digest_of(token)
    assert token.encode() not in bytes(kept.digest)


@pytest.mark.parametrize("strange", ["", "x", "令牌", "\0", "\ud800", "a" * 100_000])
def test_a_token_nobody_issued_is_nobody(person: Person, strange: str) -> None:
    fresh(person.account)
    assert tokens.signed_in(strange) is None


def test_a_token_ends_at_its_time(person: Person) -> None:
    now = timezone.now()
    over, _ = tokens.issue(person.account, at=now - LIFE - timedelta(seconds=1), life=LIFE)
    alive, ends = tokens.issue(person.account, at=now - LIFE + timedelta(minutes=1), life=LIFE)
    assert tokens.signed_in(over) is None
    assert tokens.signed_in(alive) is not None
    assert ends == now + timedelta(minutes=1)


def test_tokens_long_over_are_removed_by_later_ones(person: Person) -> None:
    tokens.issue(person.account, at=timezone.now() - timedelta(days=3), life=LIFE)
    fresh(person.account)
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "has_account"),
    [("account", False), ("epoch", False), ("unit", True), ("post", True)],
)
def test_what_is_out_of_use_gives_no_rights(person: Person, change: str, has_account: bool) -> None:
    token = fresh(person.account)
    if change == "epoch":
        person.account.epoch += 1
        person.account.save()
    elif change == "account":
        person.account.is_active = False
        person.account.save()
    else:
        held = person.unit if change == "unit" else person.post
        held.active = False
        held.save()
    found = tokens.signed_in(token)
    assert (found is not None) is has_account
    assert found is None or found.posts == ()


def test_sign_out_ends_one_token_and_everywhere_ends_all(person: Person) -> None:
    one, two = fresh(person.account), fresh(person.account)
    sign_in.sign_out(one)
    sign_in.sign_out("nobody's")
    assert tokens.signed_in(one) is None
    assert tokens.signed_in(two) is not None
    session = person.account.get_session_auth_hash()
    sign_in.sign_out_everywhere(person.account.pk)
    assert tokens.signed_in(two) is None
    person.account.refresh_from_db()
    assert person.account.get_session_auth_hash() != session
    assert tokens.signed_in(fresh(person.account)) is not None


def test_a_token_of_the_epoch_before_is_dead_even_if_issued_afterwards(person: Person) -> None:
    stale = Account.objects.get(pk=person.account.pk)
    sign_in.sign_out_everywhere(person.account.pk)
    token, _ = tokens.issue(stale, at=timezone.now(), life=LIFE)
    assert tokens.signed_in(token) is None


def test_the_operator_prints_a_token(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    assert token_command(["wen"]) == 0
    printed = capsys.readouterr()
    found = tokens.signed_in(printed.out.strip())
    assert found is not None
    assert found.username == "wen"
    assert "有效至" in printed.err


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [([], 2, "用法"), (["nobody"], 1, "没有用户名为“nobody”"), (["a\0b"], 1, "没有"), (["wen"], 1, "已停用")],
)
def test_the_operator_is_told_why_there_is_no_token(
    person: Person, capsys: pytest.CaptureFixture[str], argv: list[str], code: int, says: str
) -> None:
    person.account.is_active = False
    person.account.save()
    assert token_command(argv) == code
    printed = capsys.readouterr()
    assert (printed.out, says in printed.err) == ("", True)

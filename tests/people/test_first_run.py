"""The first set-up of an empty database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from onedoor.ops.prepare import offer_setup_code, setup_code
from onedoor.people.models import Account, Division, Post, Unit
from onedoor.people.sign_in import sign_in
from onedoor.people.steps import first_run
from onedoor.people.steps.first_run import set_up
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused
from people.test_divisions import source

__all__ = ["source"]
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CODE = "abcd-efgh-jkmn"
GOOD = {
    "setup_code": CODE,
    "division": "910101",
    "centre": "子县社会治理综合服务中心",
    "phone": "0900-1234567",
    "name": "管事人",
    "username": "guanshi",
    "password": "men-kai-2026",
    "again": "men-kai-2026",
    "at": NOW,
    "address": "192.0.2.7",
}


@pytest.fixture
def code(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA = tmp_path
    file = tmp_path / first_run.CODE_FILE
    file.write_text(CODE + "\n")
    return file


def attempt(source: Path, **changed: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        set_up(**{**GOOD, **changed}, source=source)
    return refused.value


@pytest.mark.django_db
def test_an_empty_database_gets_its_tree_centre_and_administrator(source: Path, code: Path) -> None:
    assert first_run.is_due()
    set_up(**GOOD, source=source)  # type: ignore[arg-type]
    assert sorted(Division.objects.values_list("code", flat=True)) == ["910101", "910101100", "910101100201"]
    unit = Unit.objects.select_related("division").get()
    assert (unit.name, unit.kind, unit.division.code, unit.phone) == (
        "子县社会治理综合服务中心",
        "centre",
        "910101",
        "0900-1234567",
    )
    post = Post.objects.get()
    assert (post.role, post.confidential, post.division_id) == ("admin", False, unit.division_id)
    assert sign_in(username="guanshi", password="men-kai-2026", otp=None, at=NOW, address="")
    assert not code.exists(), "the code serves once"
    assert not first_run.is_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, subject, address FROM access_log WHERE action = 'first_run'")
        assert cursor.fetchall() == [(post.account_id, "910101", "192.0.2.7")]
    code.write_text(CODE)
    assert attempt(source).code == NOT_FOUND


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field", "part"),
    [
        ({"setup_code": "abcd-efgh-jkmm"}, "setup_code", "设置码不对"),
        ({"setup_code": ""}, "setup_code", "设置码不对"),
        ({"setup_code": "\udc80汉"}, "setup_code", "设置码不对"),
        ({"centre": " "}, "centre", "请填写中心名称"),
        ({"centre": "中" * 81}, "centre", "80"),
        ({"name": ""}, "name", "请填写姓名"),
        ({"name": "坏\x07名"}, "name", "不能保存的字符"),
        ({"username": "管理员"}, "username", "小写字母"),
        ({"password": "short"}, "password", "至少要有"),
        ({"again": "men-kai-2027"}, "again", "不一样"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(
    source: Path, code: Path, changed: dict[str, str], field: str, part: str
) -> None:
    refused = attempt(source, **changed)
    assert part in refused.fields[field]
    assert first_run.is_due() and not Division.objects.exists()
    assert code.exists()


@pytest.mark.django_db
def test_every_fault_is_told_at_once(source: Path, code: Path) -> None:
    assert set(attempt(source, centre="", name="", username="", password="x", again="y").fields) == {
        "centre", "name", "username", "password", "again",
    }  # fmt: skip


@pytest.mark.django_db
def test_without_a_code_on_the_server_nobody_sets_anything_up(source: Path, code: Path) -> None:
    code.unlink()
    assert "重新运行" in attempt(source).fields["setup_code"]
    assert "重新运行" in attempt(source, setup_code="").fields["setup_code"]


@pytest.mark.django_db
def test_a_tree_that_cannot_be_read_leaves_nothing_behind(source: Path, code: Path) -> None:
    (source / "villages.csv").write_text('code,name\n910101999201,"无上级"\n', encoding="utf-8")
    assert attempt(source).code == NOT_READY
    assert first_run.is_due() and not Division.objects.exists() and code.exists()


@pytest.fixture
def committed(code: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE people_account, people_unit, people_division, access_log CASCADE")
        connection.close()


def test_of_two_at_once_one_is_too_late(committed: None, source: Path) -> None:
    together, outcomes = Barrier(2), list[str]()

    def run(username: str) -> None:
        together.wait()
        try:
            set_up(**{**GOOD, "username": username}, source=source)  # type: ignore[arg-type]
            outcomes.append("made")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(name,)) for name in ("jia", "yi")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", NOT_FOUND]
    assert (Account.objects.count(), Unit.objects.count(), Post.objects.count()) == (1, 1, 1)
    assert Division.objects.count() == 3


@pytest.mark.django_db
def test_the_code_is_offered_while_it_is_needed_and_no_longer(source: Path, code: Path) -> None:
    code.unlink()
    assert setup_code(code.parent) is None
    offer_setup_code(code.parent)
    offered = setup_code(code.parent)
    assert offered is not None and len(offered) == 14 and code.stat().st_mode & 0o777 == 0o600
    offer_setup_code(code.parent)
    assert setup_code(code.parent) == offered, "a second start does not take the code away from who has read it"
    set_up(**{**GOOD, "setup_code": offered}, source=source)  # type: ignore[arg-type]
    code.write_text(CODE)
    offer_setup_code(code.parent)
    assert not code.exists()

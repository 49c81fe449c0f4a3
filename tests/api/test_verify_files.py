"""`verify --files`: what is missing or changed in the store is named with its matter; what is too much is no fault."""

import hashlib
from pathlib import Path

import pytest
from django.apps import apps
from pytest_django import Settings

from api.kit import Desk, ok
from onedoor.cases import files
from onedoor.cases.sql import execute
from onedoor.cases.verify.files import SOURCES, check_files
from onedoor.config import suites

TEXT = "住处漏水的照片说明。".encode() * 50


def test_missing_and_changed_files_are_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onedoor.cases.verify.files.PAGE", 1)
    numbers = []
    for place in range(3):
        number = desk.registered()["number"]
        ok(desk.attach("clerk", number, f"{place}.txt", TEXT + str(place).encode()), 201)
        numbers.append(number)
    assert list(check_files()) == []
    one, two, three = (files.path_of(hashlib.sha256(TEXT + str(n).encode()).digest()) for n in range(3))
    one.unlink()
    two.write_bytes(b"something else")
    (three.parent / ("00" * 32)).write_text("belongs to nobody")
    found = {finding.number: finding.what for finding in check_files()}
    assert set(found) == set(numbers[:2])
    assert "不在附件库中" in found[numbers[0]] and "与登记的不符" in found[numbers[1]]
    execute("UPDATE attachment SET erased_at = now(), sha256 = ''::bytea WHERE case_id IN"
            ' (SELECT id FROM "case" WHERE number = %s)', [numbers[0]])  # fmt: skip
    assert [finding.number for finding in check_files()] == [numbers[1]]


def test_of_the_national_suite_too(desk: Desk, settings: Settings) -> None:
    settings.SUITE = suites.chosen("sm")
    number = desk.registered()["number"]
    ok(desk.attach("clerk", number, "sm3.txt", TEXT), 201)
    assert list(check_files()) == []
    (file,) = (path for path in Path(settings.FILES).rglob("*") if path.is_file())
    file.write_bytes(TEXT + b"!")
    assert [finding.number for finding in check_files()] == [number]


def test_every_column_of_digests_is_looked_at() -> None:
    """A new table of files must not be forgotten."""
    found = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        if model.__module__.startswith("onedoor.")
        for field in model._meta.concrete_fields
        if str(field.column).endswith("sha256")
    }
    assert found == {(source.table, source.column) for source in SOURCES}

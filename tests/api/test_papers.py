"""Issued papers over HTTP: listed for who sees the case, handed out to who reads full names."""

from datetime import timedelta

import pytest

from api.kit import Desk
from cases.kit import NOW, person
from mediation.kit import MEDIATOR, effective, wage_case
from onedoor.papers.steps.issue import issue
from onedoor.people.models import AccessLog

pytestmark = pytest.mark.django_db


def made(number: str, form: str = "agreement") -> str:
    signed = person(MEDIATOR)
    at = NOW + timedelta(days=3)
    return issue(viewer=signed.viewer(), actors=signed.actors, number=number, form=form, raw={}, at=at)


def test_issued_papers_are_listed_and_downloaded(desk: Desk) -> None:
    number = wage_case()
    effective(number)
    first, second = made(number), made(number)
    items = desk.get(MEDIATOR, f"/cases/{number}/papers").json()["items"]
    papers = [one for one in items if one["kind"] == "paper"]
    assert [(one["id"], one["version"], one["state"]) for one in papers] == [
        (second, 2, "valid"),
        (first, 1, "replaced"),
    ]
    assert papers[0]["form"] == "agreement" and papers[0]["name"] == "人民调解协议书" and papers[0]["number"]
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = desk.get(MEDIATOR, papers[0][kind].removeprefix("/api/v1"))
        assert answer.status_code == 200 and answer.content.startswith(begins)
        assert answer["Cache-Control"] == "no-store"
    assert AccessLog.objects.filter(action="unmask", subject=number).count() == 2


def test_who_reads_no_full_names_gets_no_address_and_no_paper(desk: Desk) -> None:
    number = wage_case()
    effective(number)
    paper = made(number)
    for reader in ("auditor", "director"):
        (listed,) = [
            one for one in desk.get(reader, f"/cases/{number}/papers").json()["items"] if one["kind"] == "paper"
        ]
        assert listed["pdf"] is None and listed["docx"] is None
        assert desk.get(reader, f"/cases/{number}/papers/{paper}/pdf").status_code == 403
    for reader in ("handler", "mediator"):
        assert desk.get(reader, f"/cases/{number}/papers").status_code == 404
        assert desk.get(reader, f"/cases/{number}/papers/{paper}/pdf").status_code == 404
    other = wage_case()
    assert desk.get(MEDIATOR, f"/cases/{other}/papers/{paper}/pdf").status_code == 404
    assert desk.get(MEDIATOR, f"/cases/{number}/papers/{paper}/exe").status_code == 404

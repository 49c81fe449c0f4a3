"""Everybody who could ask: the people of the county, strangers of several kinds, and nobody."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler

from onedoor.people.demo_county import ACCOUNTS, GRID_VILLAGE
from onedoor.people.divisions import add_division, top
from onedoor.people.models import Account, Division, Post, Unit, UnitKind
from onedoor.people.tokens import issue
from onedoor.rules.access import Role
from onedoor.web.desk.access import COOKIE

GUEST = "guest"  # no account, no code
RESIDENT = "resident"  # has the code of a matter of his own
OTHER_COUNTY, OTHER_GRID, ENDED, POSTLESS = "other_county", "other_grid", "ended", "postless"
STRANGERS = (OTHER_COUNTY, OTHER_GRID, ENDED, POSTLESS)
PEOPLE = (*(one.username for one in ACCOUNTS), *STRANGERS)
EVERYBODY = (*PEOPLE, RESIDENT, GUEST)
_handler = ClientHandler(enforce_csrf_checks=False)


@dataclass(frozen=True, slots=True)
class Asker:
    name: str
    browser: Client
    token: str = ""

    def ask(
        self, method: str, path: str, data: Any = None, content_type: str = "", **headers: str
    ) -> HttpResponseBase:
        """One request; the API's carry the token, all others the cookie."""
        if path.startswith("/api/") and self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        given = {"content_type": content_type} if content_type else {}
        call = getattr(self.browser, method.lower())
        answer: HttpResponseBase = call(path, data if data is not None else {}, headers=headers, **given)
        return answer


def content(answer: HttpResponseBase) -> bytes:
    found: bytes = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return found


def browser() -> Client:
    """One that knows nobody, shows a fault as a page like the real server, and shares the loaded middleware."""
    one = Client(raise_request_exception=False)
    one.handler = _handler
    return one


def make_strangers() -> None:
    """A city above the county, with a second county beside it; somebody of the grid next door; somebody whose post at
    住建局 has ended; an account that never had one."""
    county = top()
    assert county is not None
    city = add_division("9901", "锦澜市", county)
    Division.objects.filter(pk=county.pk).update(parent=city)
    Division.objects.filter(pk=city.pk).update(parent=None, path=[city.pk])
    for one in Division.objects.exclude(pk=city.pk):
        Division.objects.filter(pk=one.pk).update(path=[city.pk, *one.path])
    city.refresh_from_db()
    other = add_division("990201", "邻汀县", city)
    centre = Unit.objects.create(
        code="centre-other",
        name="邻汀县社会治理综合服务中心",
        short_name="邻汀县综治中心",
        kind=UnitKind.CENTRE,
        division=other,
    )
    village = Unit.objects.get(code="cun-hefengtang")
    for name, role, unit, division, active in (
        (OTHER_COUNTY, Role.CLERK, centre, other, True),
        (OTHER_GRID, Role.GRID_WORKER, village, Division.objects.get(code=f"{GRID_VILLAGE}g02"), True),
        (ENDED, Role.HANDLER, Unit.objects.get(code="zjj"), county, False),
    ):
        account = Account.objects.create(username=name, name=f"外人{name}")
        Post.objects.create(account=account, role=role, unit=unit, division=division, active=active)
    Account.objects.create(username=POSTLESS, name="无岗位")


def signed_in(name: str) -> Asker:
    token, _ = issue(Account.objects.get(username=name), at=datetime.now(UTC), life=timedelta(hours=6))
    one = browser()
    one.cookies[COOKIE] = token
    return Asker(name, one, token)


def everybody(names: tuple[str, ...], own: tuple[str, str]) -> dict[str, Asker]:
    """By name. `own`: number and code of the resident's matter."""
    found = {name: signed_in(name) for name in names if name in PEOPLE}
    if RESIDENT in names:
        one = browser()
        one.post("/track", {"way": "receipt", "number": own[0], "code": own[1]})
        found[RESIDENT] = Asker(RESIDENT, one)
    if GUEST in names:
        found[GUEST] = Asker(GUEST, browser())
    return found

"""Every address of the platform with what its parts mean, read from `addresses.txt`: one line each, `part:kind` or
`part:=value`. An address without a line is a fault of the drill itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from onedoor.rules.numbers import make_number

LIST = Path(__file__).with_name("addresses.txt")
_PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
NOBODYS_CASE = make_number("990101", date(2026, 1, 1), 99_999)
NOBODYS = _UUID = "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
# By kind: what was never given out, and where some that is there is found.
_KINDS: dict[str, tuple[str, str]] = {
    "case": (NOBODYS_CASE, ""),
    "case_id": (_UUID, ""),
    "visit": ("990101-260101-999", ""),
    "note": ("990101-R260101-999", "SELECT number FROM hall_callnote"),
    "handover": ("990101-Z260101-999", "SELECT number FROM hall_handover"),
    "sha256": ("0" * 64, ""),
    "service": ("no-such-service", "SELECT code FROM hall_service"),
    "code": ("nothing", ""),
    "ticket": ("ABCDEFGHJK", ""),
    "book_code": ("ABCDEFGHJKLM", ""),
    "ask_code": ("ABCDEFGHJKLM", ""),
    "rate_code": (f"{NOBODYS_CASE}-ABCDEFGH", ""),
    "harm": (_UUID, ""),
    "referral": (_UUID, ""),
    "survey": (_UUID, "SELECT id::text FROM voices_survey"),
    "article": (_UUID, "SELECT id::text FROM hall_article"),
    "report": (_UUID, "SELECT id::text FROM situation_report"),
    "bulletin": (_UUID, "SELECT id::text FROM bulletin"),
    "finding": (_UUID, "SELECT id::text FROM gaming_finding"),
    "account": ("999999", "SELECT id::text FROM people_account WHERE username = 'handler2'"),
    "post": ("999999", "SELECT id::text FROM people_post"),
    "residence": ("999999", "SELECT id::text FROM hall_residence"),
    "hotline": ("999999", "SELECT id::text FROM hall_hotline"),
    "outreach": ("999999", "SELECT id::text FROM hall_outreach"),
    "bookable": ("999999", "SELECT id::text FROM hall_bookable"),
    "kiosk": ("999999", "SELECT id::text FROM hall_kiosk"),
    "committee": ("999999", "SELECT id::text FROM mediation_committee"),
    "room": ("999999", "SELECT id::text FROM mediation_room"),
    "subject": ("999999", "SELECT id::text FROM people_account WHERE username = 'handler2'"),
    **dict.fromkeys(("member", "resource", "contact", "screen", "call_id"), ("999999", "")),
}
_OTHER = (_UUID, "")  # kinds without a line above


@dataclass(frozen=True, slots=True)
class Line:
    address: str
    kinds: Mapping[str, str]  # of each part

    def path(self, ids: Mapping[str, str]) -> str:
        """With these ids, and for other kinds what nobody has."""

        def value(found: re.Match[str]) -> str:
            kind = self.kinds[found[1] or found[2]]
            return quote(kind[1:] if kind.startswith("=") else ids.get(kind, never(kind)))

        return "/" + _PART.sub(value, self.address).replace("^", "").replace("$", "")

    def about(self, ids: Mapping[str, str]) -> bool:
        """Whether some part of it names one of these."""
        return any(kind in ids for kind in self.kinds.values())


def never(kind: str) -> str:
    return _KINDS.get(kind, _OTHER)[0]


def lines() -> dict[str, Line]:
    found = {}
    for text in LIST.read_text(encoding="utf-8").splitlines():
        address, *parts = text.split()
        found[address] = Line(address, dict(part.split(":", 1) for part in parts))
    found[""] = Line("", {})  # the empty address
    return found


def configured() -> set[str]:
    """All addresses that the server answers."""
    return set(_below(get_resolver(), ""))


def _below(resolver: URLResolver, before: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _below(one, address)
        else:
            yield address


def faults() -> list[str]:
    """Addresses without a line, lines without an address, lines that leave a part unsaid."""
    here, there = lines(), configured()
    found = [f"no line for {address}" for address in sorted(there - here.keys())]
    found += [f"no such address: {address}" for address in sorted(here.keys() - there)]
    for line in here.values():
        parts = {one[1] or one[2] for one in _PART.finditer(line.address)}
        if parts != line.kinds.keys():
            found.append(f"parts of {line.address}: {sorted(parts)} and {sorted(line.kinds)}")
    return found


def existing() -> dict[str, str]:
    """One that is there of each kind that is about nobody's matter."""
    found = {}
    with connection.cursor() as cursor:
        for kind, (_, statement) in _KINDS.items():
            if statement:
                cursor.execute(f"{statement} ORDER BY 1 LIMIT 1")
                if (row := cursor.fetchone()) is not None:
                    found[kind] = str(row[0])
    return found


# What is asked of lists and figures besides their plain page. None of it may change by what somebody may not know.
QUERIES: dict[str, tuple[str, ...]] = {
    "api/v1/cases": (
        "mine=true", "order=due_first", "division=990101101201", "division=990101", "unit=zjj", "unit=rsj", "stage=handling",
        "stage=dispatched", "category=petition&light=green&channel=window", "category=dispute", "since=2020-01-01", "limit=1",
        "condition=registered", "level=1", "hour=9", "weekday=1",
    ),
    "api/v1/visits": ("since=2026-01-01&until=2027-12-31",),
    "api/v1/figures/<name>": ("by=category", "by=division", "by=unit", "by=channel", "by=month", "unit=zjj", "division=990101101"),
    "desk/cases": ("stage=handling", "unit=zjj", "category=petition", "division=990101101201", "order=oldest", "light=green"),
    "desk/figures": ("by=category", "by=unit", "by=division", "as=xlsx", "by=unit&as=xlsx", "period=year"),
    "desk/figures/board": ("as=xlsx", "period=year", "grids=1", "place=990101101"),
    "desk/figures/visits": ("as=xlsx", "by=purpose"),
    "desk/map/marks": ("west=99&south=38&east=101&north=40&zoom=9", "west=99&south=38&east=101&north=40&zoom=9&unit=zjj"),
    "desk/points": ("kind=unit", "kind=staff", "kind=unit&as=xlsx"),
    "desk/inbox": ("all=1", "kind=supervise"),
    "desk/supervision": ("state=open", "as=xlsx"),
    "desk/ratings": ("as=xlsx",),
    "desk/looks": ("as=xlsx", "action=unmask", "username=clerk"),
    "wall/board/data": ("since=x",),
}  # fmt: skip
# Where somebody types what he looks for. A word of a secret and one that stands nowhere are answered alike.
SEARCHES: dict[str, tuple[str, ...]] = {
    "api/v1/cases": ("q",),
    "desk/cases": ("q",),
    "desk/go": ("q", "number"),
    "desk/looks": ("number", "username"),
    "desk/visits": ("q",),
    "desk/hotline": ("q",),
    "desk/questions": ("q",),
    "desk/opinions": ("q",),
    "desk/handovers": ("q",),
    "desk/inbox": ("q",),
    "desk/supervision": ("q",),
    "desk/harm": ("q", "number"),
    "desk/register": ("visit", "call", "handover", "question"),
    "desk/mediation": ("q",),
    "desk/field/visits": ("q", "address"),
    "desk/field/entries": ("q",),
    "desk/bulletins/new": ("case", "number"),
    "desk/bookings/new": ("number", "case"),
    "admin/cases/case/": ("q",),
    "admin/autocomplete/": ("term",),
    "guide": ("q",),
    "news": ("q",),
    "track": ("number",),
    "kiosk/find": ("q",),
}
# What is typed into a field that names a matter or a person of it: (address, body); {…} is of the secret, or of none.
PROBES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("json", "api/v1/cases", {
        "channel": "hotline", "category": "dispute.neighbours", "kind": "dispute", "narrative": "邻居占用走廊，沟通无果。",
        "division": "990101101201", "external_numbers": [{"system": "12345", "number": "{external}"}],
        "parties": [{"part": "applicant", "kind": "person", "name": "{applicant}安", "phone": "{phone}", "id_number": "{id}"}],
    }),
    ("form", "desk/register/same", {
        "narrative": "邻居占用走廊，{narrative}，沟通无果。", "parties.0.part": "applicant", "parties.0.name": "{applicant}安",
        "parties.0.phone": "{phone}", "parties.0.id_number": "{id}",
    }),
    ("form", "desk/harm", {"ground": "minor", "who": "某", "signs": "某", "number": "{case}"}),
    ("form", "desk/referrals", {
        "service": "psychological", "who": "某", "reached": "某", "consent": "某", "told": "某", "number": "{case}",
    }),
    ("form", "desk/bookings/new", {"number": "{case}", "name": "某", "phone": "13800000001"}),
    ("form", "desk/handovers/new", {"direction": "out", "partner": "zwzx", "what": "某事", "number": "{case}"}),
    ("form", "desk/bulletins/new", {"kind": "case", "number": "{case}", "case": "{case}"}),
    ("form", "desk/go", {"q": "{case}"}),
    ("form", "desk/field/tasks/new", {"title": "看看", "grid": "990101100201g01", "case": "{case}", "number": "{case}"}),
    ("form", "track", {"way": "receipt", "number": "{case}", "code": "ABCDEFGH"}),
    ("form", "track", {"way": "phone", "number": "{case}", "phone": "0000"}),
    ("form", "track", {"way": "sms", "number": "{case}", "phone": "13900000000"}),
    ("form", "book", {"number": "{case}", "phone": "13800000001"}),
    ("json", "api/v1/sync", {"entries": [{
        "id": "0190aaaa-bbbb-4ccc-8ddd-eeeeeeeeee01", "kind": "progress", "made_at": "2026-03-02T09:00:00+08:00",
        "grid": "990101100201g01", "content": {"case": "{case}", "number": "{case}", "text": "某"},
    }]}),
)  # fmt: skip
# What is sent with a guess at an address: enough for most forms to be read.
FORM = {
    "reason": "核对一下", "text": "核对一下", "answer": "核对一下", "unmask": "核对一下", "version": "1", "unit": "rsj",
    "key": "0190aaaa-bbbb-4ccc-8ddd-eeeeeeeeee09", "code": "ABCDEFGH", "satisfied": "yes",
}  # fmt: skip


def with_query(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}"

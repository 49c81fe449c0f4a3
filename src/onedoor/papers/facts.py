"""What papers may say of a case: read once, through the gate, and frozen.

Of mediation only what both sides may read: what one said alone is not in here at all. An applicant who stays anonymous
is so on every paper, whoever makes it, for papers are read by others than who made them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from onedoor.cases.counting import ZONE
from onedoor.cases.queries.case_file import party_json
from onedoor.cases.queries.supervision import supervisions_of
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row
from onedoor.mediation.queries.file import mediation_file
from onedoor.rules.access import Viewer
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.intake import CHANNELS
from onedoor.rules.mediation import KINDS
from onedoor.rules.schemes import Period

SEXES = "女男"
PEOPLE = KINDS["people"]
# What applicants say of those who handled their matter: the unit concerned reads papers, and does not read this.
OF_RATERS = ("follow_up", "rating")


@dataclass(frozen=True, slots=True)
class Person:
    """A party as a paper names him. `sex` and `age` are read off the ID number where there is one; occupation and
    the like are filled in by hand, and what DESIGN §2 forbids (ethnicity, 民族) has no line."""

    id: str
    part: str
    part_name: str
    kind: str
    name: str
    sex: str
    age: str
    id_number: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """Everything a form may use. Times are local; `mediation` None: there is none, or none that was agreed."""

    number: str
    title: str
    narrative: str
    kind: str
    purpose: str
    category: str
    division: str
    address: str
    channel: str
    anonymous: bool
    confidential: bool
    centre: str
    unit: str
    handler: str
    today: date
    registered_at: datetime
    accepted_at: datetime | None
    concluded_at: datetime | None
    closed_at: datetime | None
    outcome: str
    amount: int | None
    people: tuple[Person, ...]
    external: tuple[tuple[str, str], ...]
    said: dict[str, str] = field(default_factory=dict)  # newest statement of each kind
    clocks: dict[str, date] = field(default_factory=dict)  # kind: last day
    supervisions: tuple[Row, ...] = ()  # the newest first
    mediation: Row | None = None
    track: str = ""
    centre_id: int = 0
    unit_id: int = 0  # of the lead unit, 0 for none
    maker: str = ""  # who makes the paper
    accepted: bool | None = None  # what the competent unit has decided
    limit: str = ""  # how long the scheme gives for handling, as 60日
    extension: str = ""  # by how much at most that can be extended; empty: not at all
    extended: bool = False

    def side(self, part: str) -> list[Person]:
        return [one for one in self.people if one.part == part]

    def names(self, part: str) -> str:
        return "、".join(one.name for one in self.side(part))

    @property
    def agreement(self) -> Row | None:
        """The agreement in effect, else the one that waits for signatures."""
        found = self.mediation["agreements"] if self.mediation else []
        wanted = [one for one in found if one["state"] in ("effective", "signing")]
        # while a change waits for signatures, what was agreed before is in effect
        return next((one for one in wanted if one["state"] == "effective"), wanted[0] if wanted else None)

    @property
    def mediated_as(self) -> str:
        """人民调解, 行政调解 or 司法调解; as which a dispute is mediated before that is known, too."""
        return str(self.mediation["kind_name"]) if self.mediation else PEOPLE

    @property
    def peoples(self) -> bool:
        return self.mediated_as == PEOPLE

    @property
    def sessions(self) -> list[Row]:
        """Those with both sides that have been held."""
        found = self.mediation["sessions"] if self.mediation else []
        return [one for one in found if one["state"] == "held" and not one["alone"]]


def facts_of(viewer: Viewer, state: CaseState, now: datetime, *, full: bool) -> PaperFacts:
    """The state came through the gate. `full`: with ID numbers, telephones and addresses, for a paper that is issued;
    the caller has checked and logged that. Else as on the screen."""
    case = state.case
    local = now.astimezone(ZONE)
    lead = next((part for part in state.assignments if part["lead"] and part["stage"] != "released"), None)
    reads = viewer.sees_names
    said = rows(
        "SELECT DISTINCT ON (kind) kind, text FROM statement WHERE case_id = %s AND erased_at IS NULL"
        " AND kind <> ALL(%s) ORDER BY kind, seq DESC, id DESC",
        [case["id"], list(OF_RATERS)],
    )
    parties = [
        party_json(viewer, case, row, unmask=full and not _hidden(state, row))
        for row in state.parties
        if row["erased_at"] is None
    ]
    handling = state.terms.items["handle"]
    running = [row for row in state.clocks if row["kind"] == "handle"]
    return PaperFacts(
        number=case["number"],
        title=case["title"] if reads else "",
        narrative=next((one["text"] for one in state.said if one["kind"] == "narrative"), "") if reads else "",
        kind=case["kind"],
        purpose=case["purpose"],
        category=str(state.names[0]["category_name"]),
        division=str(state.names[0]["division_name"]),
        address=case["address"],
        channel=CHANNELS[case["channel"]],
        anonymous=case["anonymous"],
        confidential=case["confidentiality"] != "ordinary",
        centre=_unit_name(case["receiving_centre_id"]),
        unit=_unit_name(lead["unit_id"]) if lead else "",
        handler=_account_name(lead["signed_by"]) if lead and lead["signed_by"] else "",
        today=local.date(),
        registered_at=case["registered_at"].astimezone(ZONE),
        accepted_at=_local(case["accepted_at"]),
        concluded_at=_local(case["concluded_at"]),
        closed_at=_local(case["closed_at"]),
        outcome=OUTCOME_NAMES.get(case["outcome"], ""),
        amount=case["amount"],
        people=tuple(_person(one, local.date()) for one in parties),
        external=tuple((one["system"], one["number"]) for one in state.numbers),
        said={one["kind"]: one["text"] for one in said} if reads else {},
        clocks={
            row["kind"]: row["due_at"].astimezone(ZONE).date() for row in state.clocks if row["stopped_at"] is None
        },
        supervisions=tuple(supervisions_of(state)),
        mediation=_mediation(viewer, state, now),
        track=case["track"],
        centre_id=case["receiving_centre_id"],
        unit_id=lead["unit_id"] if lead else 0,
        maker=_account_name(viewer.account),
        accepted=lead["accepted"] if lead else None,
        limit=str(Period(handling.amount, handling.unit)),
        extension=str(Period(handling.extension.most, handling.extension.unit)) if handling.extension else "",
        extended=any(row["extended"] for row in running),
    )


def _hidden(state: CaseState, party: Row) -> bool:
    return bool(state.case["anonymous"]) and party["part"] == "applicant"


def _mediation(viewer: Viewer, state: CaseState, now: datetime) -> Row | None:
    """The newest one, without what one side has said alone."""
    found = mediation_file(viewer, state, now).mediations
    if not found:
        return None
    return {**found[0], "sessions": [one for one in found[0]["sessions"] if not one["alone"]]}


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(ZONE) if at is not None else None


def _unit_name(unit: int) -> str:
    """Papers bear full names."""
    return str(rows("SELECT name FROM people_unit WHERE id = %s", [unit])[0]["name"])


def _account_name(account: int) -> str:
    found = rows("SELECT name FROM people_account WHERE id = %s", [account])
    return str(found[0]["name"]) if found else ""


def _person(party: Row, today: date) -> Person:
    sex, age = _from_id(party["id_number"], today) if party["kind"] == "person" else ("", "")
    return Person(
        id=str(party["id"]),
        part=party["part"],
        part_name=party["part_name"],
        kind=party["kind"],
        name=party["name"],
        sex=sex,
        age=age,
        id_number=party["id_number"] or "",
        phone=party["phone"] or "",
        address=party["address"] or "",
    )


def _from_id(number: str, today: date) -> tuple[str, str]:
    """Sex and age of an eighteen-place ID number (GB 11643); nothing of a masked or another one."""
    if len(number or "") != 18 or not number[:17].isdecimal():
        return "", ""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "", ""
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return SEXES[int(number[16]) % 2], f"{age}岁"

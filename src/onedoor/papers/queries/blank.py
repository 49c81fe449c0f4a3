"""Blank papers that residents may fill in at home."""

from datetime import UTC, date, datetime
from functools import lru_cache

from onedoor.papers.facts import PEOPLE, PaperFacts, Person
from onedoor.papers.forms import FORMS
from onedoor.papers.model import BLANK, Document
from onedoor.papers.pdf import to_pdf
from onedoor.papers.wording import kept_wording, make
from onedoor.rules.intake import PARTS
from onedoor.rules.refusal import NOT_FOUND, Refused

# What the applicant himself fills in; all others are made from a matter.
BLANKS = ("mediation_application", "confirmation_application", "service_address")
_NO_AGREEMENT: dict[str, object] = {
    "state": "effective",
    "number": BLANK,
    "facts": BLANK,
    "disputed": BLANK,
    "terms": BLANK,
    "effective_at": None,
    "confirmations": [],
}
_NO_MEDIATION: dict[str, object] = {
    "unit_id": 0,
    "unit": BLANK,
    "kind_name": PEOPLE,
    "agreements": [_NO_AGREEMENT],
    "sessions": [],
}


def blanks_named_in(text: str) -> list[tuple[str, str]]:
    """Code and name of the blank papers of which a text speaks, as the guide says what to fill in."""
    return [(code, FORMS[code].name) for code in BLANKS if FORMS[code].name in text]


def blank(form: str, centre: str) -> tuple[str, bytes]:
    """Name and PDF of an empty paper of that centre (its full name); refuses as not found what residents do not fill
    in."""
    if form not in BLANKS:
        raise Refused(NOT_FOUND, "没有这张表。")
    made = make(FORMS[form], _nothing(centre), {}, kept_wording(form, ()))
    return FORMS[form].name, _rendered(made)


@lru_cache(maxsize=16)
def _rendered(document: Document) -> bytes:
    """The same paper is drawn once: whoever asks often costs nothing."""
    return to_pdf(document)


def _nothing(centre: str) -> PaperFacts:
    """A matter of which nothing is known: lines to write on."""
    empty = dict.fromkeys(("id", "kind", "name", "sex", "age", "id_number", "phone", "address"), "")
    people = tuple(Person(part=part, part_name=PARTS[part], **empty) for part in ("applicant", "respondent"))
    never = datetime(1970, 1, 1, tzinfo=UTC)
    return PaperFacts(
        number="", title="", narrative="", kind="dispute", purpose="", category="", division="", address="",
        channel="", anonymous=False, confidential=False, centre=centre, unit="", handler="", today=date(1970, 1, 1),
        registered_at=never, accepted_at=None, concluded_at=None, closed_at=None, outcome="", amount=None,
        people=people, external=(), mediation=_NO_MEDIATION,
    )  # fmt: skip

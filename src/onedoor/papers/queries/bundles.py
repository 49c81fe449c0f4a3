"""What is bound of a mediation: the whole file (卷宗), and what the court gets for judicial confirmation or for
filing.

A bundle is a row of slots; each takes papers of some forms and files handed in for some purpose, and may have to hold
something. What is missing is said in one list. A paper that is older than what it tells of does not count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row
from onedoor.papers.binding import CONTENTS, File, Part, bind
from onedoor.papers.facts import PaperFacts, facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.forms.file import PAGES
from onedoor.papers.forms.letters import PROPERTY
from onedoor.papers.model import Document, value_of
from onedoor.papers.queries.papers import Rendered, document_of, papers_of
from onedoor.papers.wording import make, wording_of
from onedoor.rules.access import Viewer
from onedoor.rules.confirmation import BUNDLE
from onedoor.rules.mediation import OF_THE_COURT
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a bundle: papers of these forms, then files of these uses. `needed`: what it is called when it is
    empty and must not be."""

    forms: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    needed: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """`why_not`: a sentence when such a bundle is not for this mediation now; `bound`: with cover and back cover."""

    code: str
    name: str
    slots: Callable[[PaperFacts, "_Found"], list[Slot]]
    why_not: Callable[[PaperFacts], str]
    bound: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is to bind. `papers`: the newest version of each that stands, in the order in which they were first
    made, those that came too early apart in `outdated`; `files` with their use."""

    state: CaseState
    papers: list[Row]
    outdated: list[Row]
    files: list[Row]

    def document(self, form: str) -> Document | None:
        row = next((row for row in self.papers if row["form"] == form), None)
        return document_of(self.state, row["key"])[1] if row else None


COVER = ("file_cover",)
AGREEMENTS = {"written": "agreement", "oral": "oral_agreement_register"}
IDENTITY = "当事人身份证明（上传附件时用途选“身份证明”）"


def bundles_of(state: CaseState, facts: PaperFacts) -> list[Row]:
    """Each bundle that this mediation may have, with what is missing of it; none without a mediation."""
    if facts.mediation is None:
        return []
    found = _found(state, facts)
    return [
        {"code": one.code, "name": one.name, "missing": _missing(found, one.slots(facts, found))}
        for one in BUNDLES.values()
        if not one.why_not(facts)
    ]


def bundle(viewer: Viewer, state: CaseState, now: datetime, code: str) -> Rendered:
    """The bundle as one PDF, or a refusal with the list of what is missing. The caller has checked that the viewer
    reads papers, and logs it."""
    if code not in BUNDLES:
        raise Refused(NOT_FOUND, "没有这种材料。")
    wanted, facts = BUNDLES[code], facts_of(viewer, state, now, full=False)
    if why := wanted.why_not(facts):
        raise Refused(NOT_READY, why)
    found = _found(state, facts)
    slots = wanted.slots(facts, found)
    if missing := _missing(found, slots):
        raise Refused(NOT_READY, f"{wanted.name}还缺：{'、'.join(missing)}。", {"missing": "；".join(missing)})
    parts = [part for slot in slots if slot.forms != COVER for part in _parts(found, slot)]
    cover, back = _covers(facts, found) if wanted.bound else (None, None)
    title = CONTENTS if wanted.bound else f"{wanted.name}目录"
    content = bind(cover, parts, back, pages=PAGES, contents=title)
    name = cover.title if cover else wanted.name
    return Rendered(f"{name}-{state.case['number']}.pdf", content, name)


def _covers(facts: PaperFacts, found: _Found) -> tuple[Document, Document]:
    """The cover as it was issued; the back cover too, or one made now by whoever has put the file together."""
    cover, back = found.document("file_cover"), found.document("back_cover")
    assert cover is not None, "a needed slot"
    form = FORMS["back_cover"]
    filed = {"filed_by": value_of(cover, "立卷人")}
    return cover, back or make(form, facts, filed, wording_of(form, facts))


def _parts(found: _Found, slot: Slot) -> list[Part]:
    papers = [row for form in slot.forms for row in found.papers if row["form"] == form]
    return [
        *(Part(f"{row['name']} {row['shown']}".strip(), document_of(found.state, row["key"])[1]) for row in papers),
        *(
            Part(row["name"], File(row["name"], row["type"], bytes(row["sha256"]), row["size"]))
            for row in found.files
            if row["use"] in slot.files
        ),
    ]


def _missing(found: _Found, slots: list[Slot]) -> list[str]:
    names = []
    for slot in slots:
        there = any(row["form"] in slot.forms for row in found.papers)
        if not slot.needed or there or any(row["use"] in slot.files for row in found.files):
            continue
        early = any(row["form"] in slot.forms for row in found.outdated)
        names.append(f"{slot.needed}{'（已制作的早于最近的调解会、签署或者终止，请重新制作）' if early else ''}")
    return names


_LATER = ("hold_session", "sign_agreement", "seal_agreement", "agree_orally", "end_mediation")
_EVENTS = """
    SELECT kind, occurred_at, payload FROM event WHERE case_id = %s AND recorded_at >= %s AND kind = ANY(%s)
"""
_FILES = """
    SELECT id, name, type, size, purpose, sha256 FROM attachment
     WHERE case_id = %s AND erased_at IS NULL ORDER BY at, id
"""


def _found(state: CaseState, facts: PaperFacts) -> _Found:
    standing = [row for row in reversed(papers_of(state.case["id"])) if row["state"] == "valid"]
    last = _last_moments(state, facts)
    early = [row for row in standing if _outdated(row, facts, last)]
    files = [{**row, "use": _use(row, facts)} for row in rows(_FILES, [state.case["id"]])]
    return _Found(state, [row for row in standing if row not in early], early, files)


def _last_moments(state: CaseState, facts: PaperFacts) -> dict[str, datetime]:
    """When that last happened which a form tells of."""
    joint = {str(one["id"]) for one in facts.sessions}
    last: dict[str, datetime] = {}
    for event in rows(_EVENTS, [state.case["id"], state.case["recorded_at"], list(_LATER)]):
        session = orjson.loads(event["payload"]).get("codes", {}).get("session")
        if event["kind"] == "hold_session" and session not in joint:
            continue  # what one side says alone is on no paper
        last[event["kind"]] = max(event["occurred_at"], last.get(event["kind"], event["occurred_at"]))
    return last


# By form: what must have happened before.
_AFTER = {
    "mediation_record": ("hold_session",),
    "agreement": ("sign_agreement", "seal_agreement"),
    "oral_agreement_register": ("agree_orally",),
    "termination_letter": ("end_mediation",),
    "confirmation_application": ("seal_agreement", "agree_orally"),
    "proof_of_mediation": ("seal_agreement", "agree_orally"),
    "court_letter": ("seal_agreement", "agree_orally", "end_mediation"),
}


def _outdated(row: Row, facts: PaperFacts, last: dict[str, datetime]) -> bool:
    if row["form"] in AGREEMENTS.values() and (facts.agreement is None or row["shown"] != facts.agreement["number"]):
        return True
    return any(row["made_at"] < last[kind] for kind in _AFTER.get(row["form"], ()) if kind in last)


def _use(row: Row, facts: PaperFacts) -> str:
    """What a file is there for: as it was said, else by what refers to it, else by its name."""
    if row["purpose"]:
        return str(row["purpose"])
    agreements = facts.mediation["agreements"] if facts.mediation else []
    signed = {one["attachment"] for found in agreements for one in found["signatures"]}
    performed = {one["attachment"] for found in agreements for item in found["items"] for one in item["entries"]}
    if _id(row) in {str(one) for one in signed if one}:
        return "signed"
    if _id(row) in {str(one) for one in performed if one}:
        return "performed"
    return "identity" if "身份" in row["name"] else "other"


def _id(row: Row) -> str:
    key: UUID = row["id"]
    return str(key)


def _whole(facts: PaperFacts, found: _Found) -> list[Slot]:
    """人民调解卷宗 (domain.md §4.1). What is mandatory hangs on the course: without an agreement the letter that ends
    it takes the place of record and agreement (人民调解法 §26); where no session was held, there is no record to
    keep."""
    mediation, agreed = facts.mediation, facts.agreement
    assert mediation is not None, "why_not says when there is none"
    ended = mediation["state"] == "ended"
    last = "" if mediation["ending"] == "handed_over" else "终止调解告知书"
    form = AGREEMENTS[agreed["form"]] if agreed else "agreement"
    return [
        Slot(COVER, needed="卷宗封面（写明立卷人、保管期限）"),
        Slot(("mediation_application", "acceptance_register"), needed="人民调解申请书或者受理登记表"),
        Slot(("rights_notice",), needed="当事人权利义务告知书"),
        Slot(files=("identity",), needed=IDENTITY),
        Slot(("authorisation",)),
        Slot(("investigation_record",)),
        Slot(files=("evidence", "property", "other")),
        Slot(("mediation_record",), needed="调解笔录" if facts.sessions else ""),
        Slot((form,), ("signed",), "" if ended else "调解协议书"),
        Slot(("termination_letter",), needed=last if ended else ""),
        Slot(("performance_receipt",), ("performed",)),
        Slot(("follow_up_record",)),
        Slot(("confirmation_application", "proof_of_mediation", "court_letter")),
        Slot(("service_address", "proof_of_service"), ("service", "withdrawal")),
        Slot(("file_note",), needed="" if facts.sessions or ended else "卷宗情况说明（没有开调解会的，写明原因）"),
        Slot(("closing_report",)),
    ]


def _confirmation(facts: PaperFacts, found: _Found) -> list[Slot]:
    """民诉法解释 §354. That there is no right of property to prove may be said in the letter instead."""
    asked, agreement, proof, property_right, persons = BUNDLE
    agreed, letter = facts.agreement, found.document("court_letter")
    said = bool(letter and value_of(letter, PROPERTY))
    return [
        Slot(("court_letter",), needed="移送函"),
        Slot(("confirmation_application",), needed=asked),
        Slot((AGREEMENTS[agreed["form"]] if agreed else "agreement",), ("signed",), agreement),
        Slot(("proof_of_mediation",), needed=proof),
        Slot(files=("property",), needed="" if said else f"{property_right}（没有的，在移送函里写明原因）"),
        Slot(files=("identity",), needed=f"{persons}：{IDENTITY}"),
        Slot(("authorisation", "service_address", "mediation_record")),
    ]


def _filing(facts: PaperFacts, found: _Found) -> list[Slot]:
    """法院卷材料 (domain.md §4.2) of a mediation that has led to no agreement."""
    return [
        Slot(("court_letter",), needed="移送函"),
        Slot(files=("identity",), needed=f"申请人、被申请人材料：{IDENTITY}"),
        Slot(("mediation_application", "acceptance_register"), needed="调解申请书或者受理登记表"),
        Slot(("service_address",), needed="送达地址确认书"),
        Slot(("rights_notice",), needed="当事人权利义务告知书"),
        Slot(("termination_letter",), needed="终止调解告知书"),
        Slot(("mediation_record",)),
        Slot(("authorisation", "investigation_record"), ("evidence", "property", "other")),
        Slot(("proof_of_service",), ("service",)),
    ]


def _runs_still(facts: PaperFacts) -> str:
    if facts.mediation is None:
        return "还没有启动调解，没有调解卷宗。"
    if facts.mediation["state"] == "ended":
        return ""
    if facts.agreement is None or facts.agreement["state"] != "effective":
        return "调解还没有结束，协议生效或者终止调解后才能组成卷宗。"
    return ""


def _no_effect(facts: PaperFacts) -> str:
    found = facts.agreement
    return "" if found and found["state"] == "effective" else "调解协议还没有生效。"


def _not_to_court(facts: PaperFacts) -> str:
    mediation = facts.mediation
    if mediation is None or mediation["state"] != "ended":
        return "调解还没有终止。"
    if mediation["source"] in OF_THE_COURT or any("法院" in route or "诉" in route for route in mediation["routes"]):
        return ""
    return "没有告知当事人向人民法院起诉，也不是法院委派、委托的调解。"


BUNDLES = {
    one.code: one
    for one in (
        Bundle("file", "调解卷宗", _whole, _runs_still, bound=True),
        Bundle("confirmation", "司法确认材料", _confirmation, _no_effect),
        Bundle("filing", "立案材料", _filing, _not_to_court),
    )
}

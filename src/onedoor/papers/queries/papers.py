"""The papers of a case, and one of them as it was issued."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onedoor.cases.queries.gate import case_for
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row, load
from onedoor.papers.facts import facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.keeping import from_content, kept_bytes
from onedoor.papers.model import Document
from onedoor.papers.steps.issue import maker_of, paper_row
from onedoor.people.access_log import log_access
from onedoor.rules.access import Actor, Viewer
from onedoor.rules.refusal import NOT_ALLOWED, NOT_READY, Refused

ERASED = "这份文书的内容已依法清除。"
CHANGED = "这份文书的内容与制作时的摘要不一致，不能提供；请联系管理员核对记录（verify）和备份。"
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
STATES = {"valid": "有效", "withdrawn": "已作废", "erased": "已清除", "replaced": "已有新版"}


def papers_of(case: UUID) -> list[Row]:
    """The papers of a case that came through the gate, without their content, the newest first: `name` and `shown` as
    title and number stand on them, `state` one of STATES, `several` whether there is more than one of that form."""
    found = rows(
        "SELECT p.id, p.form, p.number, p.piece, p.version, p.made_at, p.withdrawn_at, p.withdrawn_why, p.erased_at,"
        " p.content ->> 'title' AS title, p.content ->> 'number' AS shown, a.name AS maker,"
        " count(*) FILTER (WHERE p.version = 1) OVER (PARTITION BY p.form) > 1 AS several"
        " FROM paper p LEFT JOIN people_account a ON a.id = p.made_by WHERE p.case_id = %s"
        " ORDER BY p.made_at DESC, p.id DESC",
        [case],
    )
    newest: set[tuple[str, int]] = set()
    listed = []
    for row in found:
        place = row["form"], row["piece"]
        standing = (
            "erased"
            if row["erased_at"]
            else "withdrawn"
            if row["withdrawn_at"]
            else "valid"
            if place not in newest
            else "replaced"
        )
        if standing == "valid":
            newest.add(place)
        listed.append(
            {
                **row,
                "key": str(row["id"]),
                "name": row["title"] or FORMS[row["form"]].name,
                "shown": row["shown"] or row["number"],
                "state": standing,
                "state_name": STATES[standing],
            }
        )
    return listed


def forms_for(viewer: Viewer, actors: tuple[Actor, ...], state: CaseState, now: datetime) -> list[dict[str, Any]]:
    """Every form that fits the case and is theirs to make, and why one cannot be made yet."""
    facts = facts_of(viewer, state, now, full=False)
    return [
        {"code": form.code, "name": form.title(facts), "why_not": form.why_not(facts), "file": form.file}
        for form in FORMS.values()
        if form.fits(facts) and maker_of(form, actors, state, facts)
    ]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file to hand out. `same`: whether it is what was issued, to the byte; what is not is to be refused."""

    name: str
    content: bytes
    title: str
    same: bool = True


def document_of(state: CaseState, paper: str) -> tuple[Row, Document]:
    """The row of a paper of this case and what stands on it; refuses what has been erased."""
    row = paper_row(state.case["id"], paper)
    if row["erased_at"] is not None:
        raise Refused(NOT_READY, ERASED)
    return row, from_content(row["content"])


def paper_state(viewer: Viewer, number: str) -> CaseState:
    """The case, for who may read its papers: they bear full names and numbers."""
    state = load(case_for(viewer, number))
    if not viewer.unmasks:
        raise Refused(NOT_ALLOWED, "文书含完整的个人信息，您的岗位不能查看。")
    return state


def log_look(viewer: Viewer, state: CaseState, what: str) -> None:
    """Each look at full names and numbers is logged."""
    log_access(
        action="unmask", account=viewer.account, subject=state.case["number"], reason=f"查看文书：{what}",
        county=state.case["county"],
    )  # fmt: skip


def read_paper(viewer: Viewer, number: str, paper: str, kind: str) -> Rendered:
    """One paper as a key of MEDIA, for pages and API alike; the look is logged."""
    state = paper_state(viewer, number)
    made = rendered(state, paper, kind)
    if not made.same:
        raise Refused(NOT_READY, CHANGED)
    log_look(viewer, state, made.title)
    return made


def rendered(state: CaseState, paper: str, kind: str) -> Rendered:
    """The paper as "pdf" or "docx", to the byte as it was issued; empty and not `same` if that cannot be had any
    more."""
    row, document = document_of(state, paper)
    content = kept_bytes(row, document, kind)
    name = f"{document.title}-{state.case['number']}.{kind}"
    return Rendered(name, content or b"", document.title, same=content is not None)

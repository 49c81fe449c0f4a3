"""The papers of a case, one of them rendered, and the whole file as one PDF."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pypdf import PdfReader, PdfWriter

from onedoor.cases import files
from onedoor.cases.sql import rows
from onedoor.cases.steps._state import CaseState, Row
from onedoor.papers.docx import to_docx
from onedoor.papers.facts import PaperFacts, facts_of
from onedoor.papers.forms import FORMS
from onedoor.papers.model import Document, Paragraph, Table, from_json
from onedoor.papers.pdf import to_pdf
from onedoor.papers.steps.issue import paper_row
from onedoor.rules.access import Viewer
from onedoor.rules.refusal import NOT_READY, Refused

ERASED = "这份文书的内容已依法清除。"


def papers_of(state: CaseState) -> list[Row]:
    """Without their content, the newest first."""
    found = rows(
        "SELECT p.id, p.form, p.number, p.version, p.made_at, p.withdrawn_at, p.withdrawn_why, p.erased_at,"
        " a.name AS maker FROM paper p LEFT JOIN people_account a ON a.id = p.made_by WHERE p.case_id = %s"
        " ORDER BY p.made_at DESC, p.id DESC",
        [state.case["id"]],
    )
    return [{**row, "key": str(row["id"]), "name": FORMS[row["form"]].name} for row in found]


def forms_for(viewer: Viewer, state: CaseState, now: datetime) -> list[dict[str, Any]]:
    """Every form that fits the case, and why one cannot be made yet."""
    facts = facts_of(viewer, state, now, full=False)
    petition = facts.purpose == "petition" or facts.kind == "appeal"
    wanted = [
        form
        for form in FORMS.values()
        if (facts.kind == "dispute" or not form.file or form.file >= 12) and (petition or "petition" not in form.code)
    ]
    return [
        {"code": form.code, "name": form.name, "why_not": form.why_not(facts), "file": form.file} for form in wanted
    ]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A paper's bytes. `same`: whether the PDF is what was issued, to the byte."""

    name: str
    content: bytes
    same: bool


def document_of(state: CaseState, paper: str) -> tuple[Row, Document]:
    row = paper_row(state.case["id"], paper)
    if row["erased_at"] is not None:
        raise Refused(NOT_READY, ERASED)
    return row, from_json(row["content"])


def rendered(state: CaseState, paper: str, kind: str) -> Rendered:
    """The paper as "pdf" or "docx"."""
    row, document = document_of(state, paper)
    name = f"{FORMS[row['form']].name}-{state.case['number']}.{kind}"
    if kind == "docx":
        return Rendered(name, to_docx(document), same=True)
    content = to_pdf(document)
    return Rendered(name, content, hashlib.sha256(content).hexdigest() == row["sha256"])


def missing_of(state: CaseState, facts: PaperFacts) -> list[str]:
    """What must be in the file and is not (domain.md §4.1)."""
    there = {row["form"] for row in papers_of(state) if row["withdrawn_at"] is None}
    needed = [form for form in FORMS.values() if form.mandatory]
    names = [form.name for form in needed if form.code not in there and form.code != "acceptance_register"]
    if not there & {"acceptance_register", "mediation_application"}:
        names.insert(0, "人民调解申请书或者受理登记表")
    ended = facts.mediation is not None and facts.mediation["state"] == "ended"
    last = {"termination_letter"} if ended else {"agreement", "oral_agreement_register"}
    if not there & last:
        names.append("终止调解告知书" if ended else "调解协议书")
    if not any(one["purpose"] == "evidence" or "身份" in one["name"] for one in _files(state)):
        names.append("当事人身份证明（上传附件，文件名写明“身份”）")
    return names


def _files(state: CaseState) -> list[Row]:
    return rows(
        "SELECT id, name, type, purpose, sha256 FROM attachment WHERE case_id = %s AND erased_at IS NULL"
        " ORDER BY at, id",
        [state.case["id"]],
    )


def whole_file(viewer: Viewer, state: CaseState, now: datetime) -> Rendered:
    """卷宗: cover, contents with pages, papers in their order, PDF attachments, back cover; or what is missing."""
    facts = facts_of(viewer, state, now, full=False)
    if facts.mediation is None:
        raise Refused(NOT_READY, "还没有启动调解，没有调解卷宗。")
    if missing := missing_of(state, facts):
        raise Refused(NOT_READY, f"卷宗还缺：{'、'.join(missing)}。", {"missing": "；".join(missing)})
    parts = _parts(state, facts)
    pages = [len(PdfReader(io.BytesIO(content)).pages) for _, content in parts]
    # the contents are as long as they are whatever the numbers say: once to count, once to keep
    contents = to_pdf(_contents(facts, parts, pages, before=2))
    length = len(PdfReader(io.BytesIO(contents)).pages)
    contents = to_pdf(_contents(facts, parts, pages, before=1 + length))
    total = 1 + length + sum(pages) + 1
    cover = Document(str(facts.mediation["unit"]), "人民调解卷宗", "", tuple(FORMS["file_cover"].build(facts, {})))
    back = Document(
        "", "封底", "", (Paragraph(f"本卷共{total}页，经检查无误。"), *FORMS["back_cover"].build(facts, {})[1:])
    )
    writer = PdfWriter()
    for content in (to_pdf(cover), contents, *(content for _, content in parts), to_pdf(back)):
        writer.append(io.BytesIO(content))
    out = io.BytesIO()
    writer.write(out)
    return Rendered(f"人民调解卷宗-{state.case['number']}.pdf", out.getvalue(), same=True)


def _parts(state: CaseState, facts: PaperFacts) -> list[tuple[str, bytes]]:
    """Name and PDF of everything between contents and back cover, in the order of domain.md §4.1."""
    listed = [row for row in papers_of(state) if row["withdrawn_at"] is None and row["erased_at"] is None]
    newest = {row["form"]: row for row in reversed(listed)}
    wanted = sorted(
        (row for row in newest.values() if row["form"] not in ("file_cover", "back_cover")),
        key=lambda row: (FORMS[row["form"]].file or 14, list(FORMS).index(row["form"])),
    )
    parts = [(f"{row['name']} {row['number']}".strip(), rendered(state, row["key"], "pdf").content) for row in wanted]
    place = next((at for at, row in enumerate(wanted) if FORMS[row["form"]].file >= 4), len(wanted))
    for one in _files(state):
        content = _as_pdf(one)
        parts.insert(place, (str(one["name"]), content))
        place += 1
    return parts


def _as_pdf(one: Row) -> bytes:
    """A PDF as it is; for anything else a sheet that says where it lies."""
    path = files.path_of(bytes(one["sha256"]))
    if one["type"] == "application/pdf" and path.exists():
        content = path.read_bytes()
        try:
            PdfReader(io.BytesIO(content)).pages[0]
        except Exception:  # noqa: BLE001  whatever is wrong with a stranger's file: it gets a sheet instead
            content = b""
        if content:
            return content
    return to_pdf(Document("", str(one["name"]), "", (Paragraph("本件以电子文件形式随卷保存。"),)))


def _contents(facts: PaperFacts, parts: list[tuple[str, bytes]], pages: list[int], *, before: int) -> Document:
    listed, page = [], before + 1
    for place, ((name, _), count) in enumerate(zip(parts, pages, strict=True), 1):
        listed.append((str(place), name, str(page) if count == 1 else f"{page}—{page + count - 1}"))
        page += count
    return Document("", "卷内目录", "", (Table(("序号", "文书名称", "页次"), tuple(listed)),))

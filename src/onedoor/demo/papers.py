"""Papers of the demo county: a file that is complete, one that has failed, and what petitioners were told in
writing."""

import io
from typing import Any

from onedoor.cases.sql import rows
from onedoor.cases.steps.attach import attach
from onedoor.cases.steps.make_move import make_move
from onedoor.demo.worktime import WorkTime
from onedoor.papers.forms.file import KEPT
from onedoor.papers.model import Document, Paragraph
from onedoor.papers.pdf import to_pdf
from onedoor.papers.steps.issue import issue
from onedoor.people.tokens import SignedIn, signed_in_as

_MEDIATED = """
    SELECT c.number, (m.mediators ->> 0)::bigint AS account FROM mediation m JOIN "case" c ON c.id = m.case_id
      LEFT JOIN agreement a ON a.mediation_id = m.id
     WHERE m.state = %s AND coalesce(a.form, 'written') = 'written'
     ORDER BY (SELECT coalesce(sum(i.paid), 0) FROM agreement_item i WHERE i.case_id = c.id) DESC, c.number LIMIT 1
"""
_PETITIONS = """
    SELECT c.number, p.account_id AS account FROM "case" c
      JOIN assignment a ON a.case_id = c.id AND a.lead AND a.stage <> 'released'
      JOIN people_post p ON p.unit_id = a.unit_id AND p.role = 'handler' AND p.active
     WHERE c.purpose = 'petition' AND c.confidentiality = 'ordinary' AND NOT c.anonymous
       AND (c.stage, a.accepted) IN ((%s, %s)) AND c.scheme = 'petition-statutory'
     ORDER BY c.number DESC, p.account_id LIMIT %s
"""
_EXTENDED = """
    SELECT c.number, p.account_id AS account FROM "case" c
      JOIN clock k ON k.case_id = c.id AND k.kind = 'handle' AND k.extended > 0
      JOIN people_post p ON p.unit_id = c.lead_unit_id AND p.role = 'handler' AND p.active
     WHERE c.purpose = 'petition' AND c.confidentiality = 'ordinary' ORDER BY c.number, p.account_id LIMIT 1
"""
_UNDECIDED = """
    SELECT c.number, p.account_id AS account FROM "case" c
      JOIN assignment a ON a.case_id = c.id AND a.lead AND a.stage <> 'released' AND a.accepted IS NULL
      JOIN people_post p ON p.unit_id = a.unit_id AND p.role = 'handler' AND p.active
     WHERE c.purpose = 'petition' AND c.stage = 'handling' AND c.scheme = 'petition-statutory'
       AND c.confidentiality = 'ordinary' ORDER BY c.number, p.account_id LIMIT 1
"""
_LAST = """
    SELECT max(e.occurred_at) AS at FROM event e JOIN "case" c ON c.id = e.case_id WHERE c.number = %s
"""
_COMPLETE: tuple[tuple[str, dict[str, str]], ...] = (
    ("acceptance_register", {}),
    ("rights_notice", {}),
    ("mediation_record", {"recorder": "温护航"}),
    ("agreement", {}),
    ("performance_receipt", {}),
    ("closing_report", {}),
    ("file_cover", {"kept": KEPT[1]}),
)
_FAILED: tuple[tuple[str, dict[str, str]], ...] = (
    ("mediation_application", {"wishes": "请求对方停止妨害。\n请求赔偿损失。"}),
    ("rights_notice", {}),
    ("mediation_record", {"recorder": "温护航"}),
    ("termination_letter", {}),
)


def bring_papers(work: WorkTime) -> int:
    """How many were issued; each on the matter that fits best, and none where no matter does."""
    made = 0
    for state, wanted in (("agreed", _COMPLETE), ("ended", _FAILED)):
        for row in rows(_MEDIATED, [state]):
            teller = _Teller(row, work)
            made += sum(teller.issue(form, **raw) for form, raw in wanted)
            if state == "agreed":
                teller.attach_identity()
    for row in rows(_PETITIONS, ["handling", True, 3]):
        made += _Teller(row, work).issue("petition_acceptance")
    for row in rows(_PETITIONS, ["closed", True, 1]):
        teller = _Teller(row, work)
        made += teller.issue("petition_opinion", way="直接送达", signed="单位负责人")
        made += teller.issue("proof_of_service", paper="信访事项处理意见书", way="直接送达")
    for row in rows(_EXTENDED):
        made += _Teller(row, work).issue("petition_extension", reason="情况复杂，还需现场核实。")
    for row in rows(_UNDECIDED):
        teller = _Teller(row, work)
        teller.refuse()
        made += teller.issue("petition_refusal", reason="属于诉讼途径解决的事项。", route="向有管辖权的人民法院起诉。")
    return made


class _Teller:
    """Whoever has the matter, in the last hour of work."""

    def __init__(self, row: dict[str, Any], work: WorkTime) -> None:
        signed = signed_in_as(row["account"])
        assert signed is not None, "accounts of the demo county are in use"
        self.signed: SignedIn = signed
        self.number = str(row["number"])
        # not before what has happened to it last
        self.at = max(work.at(work.end - 60), rows(_LAST, [self.number])[0]["at"])

    def issue(self, form: str, **raw: str) -> int:
        issue(
            viewer=self.signed.viewer(), actors=self.signed.actors, number=self.number, form=form, raw=raw, at=self.at
        )
        return 1

    def refuse(self) -> None:
        given = {"accepted": False, "reason": "属于诉讼途径解决的事项。", "route": "向有管辖权的人民法院起诉。"}
        make_move(
            viewer=self.signed.viewer(), actors=self.signed.actors, number=self.number, move="decide_acceptance",
            at=self.at, raw=given,
        )  # fmt: skip

    def attach_identity(self) -> None:
        """A sheet that says that it stands for copies of identity cards: there are none of invented people."""
        content = to_pdf(Document("", "当事人身份证明", "", (Paragraph("演示数据：此处为当事人身份证复印件。"),)))
        attach(
            viewer=self.signed.viewer(), actors=self.signed.actors, number=self.number, at=self.at,
            name="当事人身份证明.pdf", file=io.BytesIO(content), chunks=[content], purpose="identity",
        )  # fmt: skip

"""An invented matter from which every form can be made, for the preview of a centre's wording. Nobody's data."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.papers.facts import PaperFacts, Person
from onedoor.papers.forms import Form
from onedoor.rules.mediation import ROUTES

_STREET = "示例路1号"


def sample(form: Form, now: datetime, centre: str, unit: str) -> tuple[PaperFacts, dict[str, str]]:
    """Facts of which the form can be made, and what a maker might have filled in. `centre` and `unit` are full
    names."""
    begun = now.astimezone(ZONE) - timedelta(days=10)
    facts = PaperFacts(
        number="99010126030200001L", title="示例事项", narrative="这里是事项的简要情况。", kind="dispute", purpose="",
        category="邻里纠纷", division="示例镇", address=_STREET, channel="窗口", anonymous=False, confidential=False,
        centre=centre, unit=unit, handler="经办人某", today=now.astimezone(ZONE).date(), registered_at=begun,
        accepted_at=begun, concluded_at=None, closed_at=None, outcome="", amount=3_000_00,
        people=(_person("applicant", "申请人", "person", "申请人某"), _person("respondent", "被申请人", "organisation",
        "某公司")), external=(), said={"opinion": "这里是处理意见。", "progress": "这里是核实的事实和理由。"},
        clocks={"handle": now.astimezone(ZONE).date() + timedelta(days=20)}, supervisions=(_supervision(now, unit),),
        mediation=_mediation(begun, unit, "agreed"), maker="制作人某", accepted=True, limit="60日", extension="30日",
        extended=True,
    )  # fmt: skip
    if form.why_not(facts):
        facts = replace(facts, mediation=_mediation(begun, unit, "oral"))
    if form.why_not(facts):
        facts = replace(facts, mediation=_mediation(begun, unit, "ended"), accepted=False)
    if not form.fits(facts):
        facts = replace(facts, kind="appeal", purpose="petition")
    # what is fixed is to be seen where nothing was filled in
    filled = (ask for ask in form.asks if not ask.help and (ask.required or (ask.long and not form.fixed)))
    given = {ask.name: f"（{ask.label}）" for ask in filled}
    return facts, given


def _person(part: str, part_name: str, kind: str, name: str) -> Person:
    person = kind == "person"
    return Person(
        part, part, part_name, kind, name, "女" if person else "", "40岁" if person else "", "", "138********", _STREET
    )


def _supervision(now: datetime, unit: str) -> dict[str, Any]:
    return {
        "number": "（督办编号）",
        "level_name": "普通",
        "cause": "",
        "unit": unit,
        "issued_at": now,
        "reply_by": now + timedelta(days=5),
    }


def _mediation(begun: datetime, unit: str, how: str) -> dict[str, Any]:
    ended = how == "ended"
    session = {
        "id": "", "state": "held", "alone": False, "starts_at": begun + timedelta(days=1),
        "ends_at": begun + timedelta(days=1, hours=1), "room": "调解一室", "place": "",
        "present_names": ["申请人某", "某公司"], "others": "", "rights_told": True, "recorded": False,
        "text": "这里是双方的陈述。", "read_back": True, "mediator_names": ["调解员某"],
    }  # fmt: skip
    return {
        "unit_id": 0, "unit": unit, "number": "（调解编号）", "kind_name": "人民调解", "source_name": "依申请",
        "source": "application", "entrusted_by": "", "entrusted_number": "", "mediator_names": ["调解员某"],
        "state": "ended" if ended else "agreed", "state_name": "已终止" if ended else "已达成协议",
        "ending": "failed" if ended else "", "ending_name": "未能达成协议" if ended else "", "routes": list(ROUTES),
        "opened_at": begun, "ended_at": begun + timedelta(days=2) if ended else None, "sessions": [session],
        "words": [{"name": "申请人某", "mediation": True}, {"name": "某公司", "mediation": True}], "mediators": (),
        "agreements": [] if ended else [_agreement(begun, "oral" if how == "oral" else "written")],
    }  # fmt: skip


def _agreement(begun: datetime, form: str) -> dict[str, Any]:
    on = begun.date() + timedelta(days=9)
    entry = {"kind": "performed", "on_day": on, "amount": 3_000_00, "text": "银行转账凭证", "attachment": None}
    item = {
        "who_name": "某公司", "to_name": "申请人某", "kind_name": "付款", "what": "", "amount": 3_000_00, "due_on": on,
        "state": "done", "state_name": "已履行", "entries": [entry],
    }  # fmt: skip
    signature = {
        "name": "申请人某", "way_name": "手写签名", "at": begun + timedelta(days=2), "image": "", "signer": "",
        "attachment": None,
    }  # fmt: skip
    visit = {
        "state": "done", "done_on": on, "kept_name": "已履行", "satisfied": True, "sued": "", "hazards": "",
        "measures": "",
    }  # fmt: skip
    return {
        "number": "（协议编号）", "form": form, "state": "effective", "facts": "这里是主要事实。",
        "disputed": "这里是争议事项。", "terms": "这里是协议内容。",
        "liabilities": "这里是各方责任。", "way": "银行转账", "place": "", "copies": 3,
        "digest": "（文本摘要）", "effective_at": begun + timedelta(days=2), "items": [item],
        "signatures": [signature], "confirmations": [], "visits": [visit],
    }  # fmt: skip

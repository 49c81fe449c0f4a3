"""The agreement, what proves that it was kept, and what the court is asked for (domain.md §4.1, §4.2)."""

from datetime import datetime

from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms._form import (
    JOBS,
    LEGAL,
    Ask,
    Fixed,
    Form,
    Given,
    day,
    mediator_word,
    mediators,
    no_agreement,
    of_disputes,
    or_line,
    organisation,
    others,
    parties,
    people_table,
    places,
    sealed,
    yuan,
)  # fmt: skip
from onedoor.papers.model import BLANK, Block, Paragraph, Picture, Table, body, fields
from onedoor.rules.capitals import capital_amount

COURT = Fixed("court", "司法确认", "自协议生效之日起三十日内，双方可以共同向人民法院申请司法确认。")
RECEIVED = Fixed("received", "收讫", "上述款物已经收到，特此证明。")
PROMISE = Fixed(
    "promise",
    "责任承诺",
    "申请人共同承诺：协议出于双方自愿，没有恶意串通、规避法律的行为；协议内容不损害国家利益、社会公共利益和他人的合法权益；"
    "如因协议内容损害他人合法权益，愿意承担相应的法律责任。",
)


def agreement(facts: PaperFacts, given: Given) -> list[Block]:
    found = facts.agreement
    assert found is not None, "why_not says when there is none"
    return [
        Paragraph("当事人基本情况", "heading"),
        people_table(parties(facts) + others(facts), given),
        Paragraph("纠纷主要事实", "heading"),
        *body(found["facts"]),
        Paragraph("争议事项", "heading"),
        *body(found["disputed"]),
        Paragraph("经调解，自愿达成如下协议（各方责任）", "heading"),
        *body(found["terms"]),
        *_promises(found["items"]),
        *([Paragraph("各方责任（补充约定）", "heading"), *body(found["liabilities"])] if found["liabilities"] else []),
        fields(
            (
                ("履行方式", found["way"] or "按上列约定"),
                ("履行地点", found["place"] or "按上列约定"),
                ("履行期限", _last(found["items"])),
                (
                    "协议生效",
                    day(found["effective_at"]) if found["effective_at"] else "各方签署并盖章之日",
                ),
                ("文本摘要", found["digest"][:32]),
            )
        ),
        *body(
            # an oral one is written down once, for the file (人民调解法 §28)
            f"本协议一式{found['copies']}份，当事人各执一份，{organisation(facts)}留存一份。"
            if found["form"] == "written"
            else "",
            given["court"],
        ),
        *_signed(found["signatures"]),
        places("当事人（签名、盖章或按指印）", f"{mediator_word(facts)}（签名）", "记录人（签名）", dated=False),
        sealed(organisation(facts), facts.today),
    ]


def _signed(signatures: list[dict[str, object]]) -> list[Block]:
    """Who has signed, how and when; what was drawn on the screen stands there as a picture."""
    blocks: list[Block] = [Paragraph("已签署", "heading")] if signatures else []
    for one in signatures:
        at, image = one["at"], str(one["image"])
        said = f"{one['name']}（{one['way_name']}，{day(at if isinstance(at, datetime) else None)}）"
        blocks.append(Picture(said, image.partition(",")[2]) if image else Paragraph(said, "right"))
    return blocks


def _promises(items: list[dict[str, object]]) -> list[Block]:
    if not items:
        return []
    rows = tuple(
        (
            str(place),
            str(one["who_name"]),
            str(one["to_name"]),
            f"{one['kind_name']}{'：' if one['what'] else ''}{one['what']}",
            yuan(amount) if isinstance(amount := one["amount"], int) else "—",
            f"{one['due_on']:%Y-%m-%d}",
        )
        for place, one in enumerate(items, 1)
    )
    return [Table(("序", "履行人", "权利人", "内容", "金额", "期限"), rows)]


def _last(items: list[dict[str, object]]) -> str:
    return f"{max(str(one['due_on']) for one in items)}前（含当日）" if items else "按上列约定"


def oral(facts: PaperFacts, given: Given) -> list[Block]:
    return agreement(facts, given)


def receipt(facts: PaperFacts, given: Given) -> list[Block]:
    found = facts.agreement
    # what was paid before the parties changed their agreement was paid all the same
    entries = [
        (item, entry)
        for one in reversed(facts.mediation["agreements"] if facts.mediation else ())
        if one["state"] in ("effective", "superseded")
        for item in one["items"]
        for entry in item["entries"]
        if entry["kind"] == "performed"
    ]
    rows = tuple(
        (
            f"{entry['on_day']:%Y-%m-%d}",
            item["who_name"],
            item["to_name"],
            yuan(entry["amount"]) if entry["amount"] is not None else item["what"] or item["kind_name"],
            capital_amount(entry["amount"]) if entry["amount"] is not None else "—",
            entry["text"],
        )
        for item, entry in entries
    )
    return [
        fields((("协议编号", found["number"] if found else ""), ("事由", facts.title))),
        *([Table(("日期", "履行人", "收受人", "金额或内容", "大写", "凭据"), rows)] if rows else []),
        *body(given["received"]),
        places("收受人（签名、盖章或按指印）", "履行人（签名、盖章或按指印）", "见证的调解员（签名）"),
    ]


def follow_up(facts: PaperFacts, given: Given) -> list[Block]:
    found = facts.agreement
    states = "；".join(
        f"{one['due_on']:%Y-%m-%d}应{one['kind_name']}：{one['state_name']}"
        for one in (found["items"] if found else ())
    )
    visit = next((one for one in reversed(found["visits"] if found else ()) if one["state"] == "done"), None)
    satisfied = {True: "满意", False: "不满意"}.get(visit["satisfied"], "") if visit else ""
    return [
        fields(
            (
                ("当事人", "、".join(one.name for one in parties(facts))),
                ("协议编号", found["number"] if found else ""),
                ("回访事由（纠纷名称）", facts.title),
                ("履行情况", given.get("performed", "") or (f"{visit['kept_name']}；{states}" if visit else states)),
                ("满意度", given.get("satisfied", "") or satisfied),
                ("是否起诉及判决", given.get("lawsuit", "") or _noted(visit, "sued")),
                ("有无错误调解或激化隐患", given.get("danger", "") or _noted(visit, "hazards")),
                ("采取的措施", given.get("measures", "") or (visit["measures"] if visit else "")),
                ("回访时间", given.get("when", "") or day(visit["done_on"] if visit else facts.today)),
            )
        ),
        places("回访人（签名）"),
    ]


def _noted(visit: dict[str, object] | None, name: str) -> str:
    """What the visit has found; nobody who has not asked says that there is none."""
    return str(visit[name] or "无") if visit else BLANK


def confirmation(facts: PaperFacts, given: Given) -> list[Block]:
    found = facts.agreement
    assert found is not None, "why_not says when there is none"
    court = next((one["court"] for one in found["confirmations"]), "") or given.get("court", "")
    return [
        Paragraph("申请人", "heading"),
        people_table(parties(facts), given),
        fields((("委托代理人", facts.names("agent")),)),
        Paragraph("请求事项", "heading"),
        *body(
            f"请求确认申请人于{_effective(found)}在{organisation(facts)}主持下达成的{found['number']}调解协议有效。"
        ),
        Paragraph("事实和理由", "heading"),
        *body(found["facts"], f"争议事项：{found['disputed']}", f"协议内容：{found['terms']}"),
        Paragraph("责任承诺", "heading"),
        *body(given["promise"]),
        *body("此致"),
        Paragraph(or_line(court), "plain"),
        places("申请人（签名、盖章）", "申请人（签名、盖章）"),
        Paragraph(
            "附：1．调解协议；2．主持调解的组织出具的证明；3．财产权利证明；4．双方身份、住所和联系方式的材料。",
            "plain",
        ),
    ]


def _effective(found: dict[str, object]) -> str:
    at = found["effective_at"]
    return day(at if isinstance(at, datetime) else None)


def proof_of_mediation(facts: PaperFacts, given: Given) -> list[Block]:
    found, names = facts.agreement, "、".join(one.name for one in parties(facts))
    assert found is not None, "why_not says when there is none"
    return [
        *body(
            f"{names}因“{facts.title}”发生的纠纷，由本组织{mediator_word(facts)}{mediators(facts)}主持调解，"
            f"于{_effective(found)}自愿达成{found['number']}调解协议。特此证明。"
        ),
        sealed(organisation(facts), facts.today),
    ]


def _number(facts: PaperFacts) -> str:
    return str(facts.agreement["number"]) if facts.agreement else ""


def _not_written(facts: PaperFacts) -> str:
    found = facts.agreement
    return "" if found and found["form"] == "written" else "没有书面协议。"


def _not_oral(facts: PaperFacts) -> str:
    found = facts.agreement
    return "" if found and found["form"] == "oral" else "没有口头协议。"


def _not_effective(facts: PaperFacts) -> str:
    found = facts.agreement
    return "" if found and found["state"] == "effective" else "调解协议还没有生效。"


FORMS = (
    Form(
        "agreement", "人民调解协议书", agreement, (JOBS, LEGAL), numbered=_number, file=8, why_not=_not_written,
        fits=of_disputes, fixed=(COURT,),
        to_applicant="effective",
    ),
    Form(
        "oral_agreement_register", "人民调解口头协议登记表", oral, (JOBS, LEGAL), numbered=_number, file=8,
        why_not=_not_oral, fits=of_disputes, fixed=(COURT,),
        to_applicant="effective",
    ),
    Form(
        "performance_receipt", "履行凭证", receipt, file=9, why_not=_not_effective, fits=of_disputes, many=True,
        fixed=(RECEIVED,),
    ),
    Form(
        "follow_up_record", "回访记录", follow_up,
        (
            Ask("performed", "履行情况", help="空着的各项，按最近一次登记的协议回访填写。"),
            Ask("satisfied", "满意度"), Ask("lawsuit", "是否起诉及判决"),
            Ask("danger", "有无错误调解或激化隐患"), Ask("measures", "采取的措施"), Ask("when", "回访时间"),
        ), file=10, why_not=no_agreement, fits=of_disputes, many=True,
    ),
    Form(
        "confirmation_application", "司法确认申请书", confirmation, (Ask("court", "人民法院"), JOBS, LEGAL), file=11,
        why_not=_not_effective, fits=of_disputes, fixed=(PROMISE,),
    ),
    Form(
        "proof_of_mediation", "主持调解证明", proof_of_mediation, word="证", file=11, why_not=_not_effective,
        fits=of_disputes,
    ),
)  # fmt: skip

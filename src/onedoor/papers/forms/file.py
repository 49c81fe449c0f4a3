"""The file of a mediation: closing report, cover, note, back cover (domain.md §4.1). Its table of contents is made
with the whole file, for it names the pages."""

from datetime import date, datetime

from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms._form import Ask, Fixed, Form, Given, day, of_disputes, parties, places
from onedoor.papers.model import Block, Paragraph, body, fields

# How long a file is kept is settled by no text that was read (domain.md §7, 3): the centre words its choice.
KEPT = ("短期（待核）", "长期（待核）", "永久（待核）")
PAGES = "本卷共　　　页"  # where the whole file puts its number of pages
COMPLETE = Fixed("complete", "没有另写说明时", "本卷材料齐全。")


def done_on(facts: PaperFacts) -> date | datetime | None:
    """结案时间 (domain.md §4.2): the day on which all that was promised had been done, or on which it ended without an
    agreement."""
    items = facts.agreement["items"] if facts.agreement else []
    if items and all(one["state"] == "done" for one in items):
        return max(
            (entry["on_day"] for one in items for entry in one["entries"] if entry["kind"] == "performed"),
            default=None,
        )
    if facts.mediation and facts.mediation["ended_at"]:
        ended: datetime = facts.mediation["ended_at"]
        return ended
    if facts.agreement and not items:
        return facts.concluded_at
    return facts.concluded_at if facts.mediation is None else None


def closing_report(facts: PaperFacts, given: Given) -> list[Block]:
    found = facts.agreement
    source = facts.mediation["source_name"] if facts.mediation else facts.channel
    result = facts.outcome or (facts.mediation["state_name"] if facts.mediation else "")
    return [
        fields(
            (
                ("卷号", facts.mediation["number"] if facts.mediation else facts.number),
                ("填表时间", day(facts.today)),
                ("承办单位", facts.unit),
                ("承办人", "、".join(facts.mediation["mediator_names"]) if facts.mediation else facts.handler),
                ("受案时间", day(facts.accepted_at or facts.registered_at)),
                ("结案时间", day(done_on(facts))),
                ("当事人", "、".join(one.name for one in parties(facts))),
                ("来源", source),
                ("简要事实", facts.narrative),
                ("处理结果", result),
                ("协议编号", found["number"] if found else "无"),
                ("备注", given.get("note", "")),
            )
        ),
        places("承办人（签名）", "负责人（签名）"),
    ]


def cover(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        fields(
            (
                ("卷名", facts.title),
                ("卷号", facts.mediation["number"] if facts.mediation else facts.number),
                ("当事人", "、".join(one.name for one in parties(facts))),
                ("调解员", "、".join(facts.mediation["mediator_names"]) if facts.mediation else facts.handler),
                ("调解日期", day(facts.mediation["opened_at"]) if facts.mediation else day(None)),
                ("立卷人", given.get("filed_by", "") or facts.maker),
                ("立卷日期", day(facts.today)),
                ("保管期限", given.get("kept", "")),
                ("备注", given.get("note", "")),
            )
        )
    ]


def note(facts: PaperFacts, given: Given) -> list[Block]:
    return [*body(given.get("text", "") or given["complete"]), places("立卷人（签名）")]


def back_cover(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        Paragraph(f"{PAGES}，由{given.get('filed_by', '') or facts.maker}立卷，经检查无误。"),
        places("立卷人（签名）", "检查人（签名）"),
    ]


_FILED, _NOTE = Ask("filed_by", "立卷人", help="空着：制作人。"), Ask("note", "备注")
_KEPT = Ask("kept", "保管期限", required=True, options=lambda _: [(one, one) for one in KEPT])
FORMS = (
    Form("closing_report", "结案报告表", closing_report, (_NOTE,), file=13, fits=of_disputes),
    Form("file_cover", "人民调解卷宗", cover, (_FILED, _KEPT, _NOTE), file=-1, fits=of_disputes),
    Form(
        "file_note", "卷宗情况说明", note, (Ask("text", "说明", long=True),), file=12, fits=of_disputes,
        fixed=(COMPLETE,),
    ),
    Form("back_cover", "卷宗封底", back_cover, (_FILED,), file=15, fits=of_disputes),
)  # fmt: skip

"""The file of a mediation: closing report, cover, note, back cover (domain.md §4.1). Its table of contents is made
with the whole file, for it names the pages."""

from onedoor.papers.facts import PaperFacts
from onedoor.papers.forms._form import Ask, Form, Given, day, parties, places
from onedoor.papers.model import Block, Paragraph, body, fields


def closing_report(facts: PaperFacts, given: Given) -> list[Block]:
    found = facts.agreement
    ended = facts.mediation["ended_at"] if facts.mediation else None
    done = ended if ended else facts.concluded_at or facts.closed_at
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
                ("结案时间", day(done)),
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
                ("立卷人", given.get("filed_by", "")),
                ("立卷日期", day(facts.today)),
                # how long is not settled by any text that was read: domain.md §7, 3
                ("保管期限", given.get("kept", "")),
                ("备注", given.get("note", "")),
            )
        )
    ]


def note(facts: PaperFacts, given: Given) -> list[Block]:
    return [*body(given.get("text", "") or "本卷材料齐全。"), places("立卷人（签名）")]


def back_cover(facts: PaperFacts, given: Given) -> list[Block]:
    return [
        Paragraph(f"本卷共　　　页，由{given.get('filed_by', '') or '　　　　'}立卷，经检查无误。", "body"),
        places("立卷人（签名）", "检查人（签名）"),
    ]


_FILED, _NOTE = Ask("filed_by", "立卷人"), Ask("note", "备注")
FORMS = (
    Form("closing_report", "结案报告表", closing_report, (_NOTE,), file=13),
    Form(
        "file_cover",
        "人民调解卷宗",
        cover,
        (_FILED, Ask("kept", "保管期限（短期、长期、永久，待核）"), _NOTE),
        file=-1,
    ),
    Form("file_note", "卷宗情况说明", note, (Ask("text", "说明", long=True),), file=14),
    Form("back_cover", "卷宗封底", back_cover, (_FILED,), file=15),
)

"""Reasons for looking at personal data in full. The kind is told to whom it is about, the words beside it are for the
auditor alone: they may name somebody else."""

from datetime import date, timedelta

from onedoor.rules.access import Role
from onedoor.rules.refusal import invalid

REASONS = ("联系当事人", "核实身份", "办理需要", "送达文书", "当事人本人要求")
PAPER = "查看文书"
OTHER = "其他理由"
COLON = "："
# Reads who has looked at what. A supervisor reads of the confidential matters that he is named on, of nothing else:
# the auditor, who must not know of them, cannot.
AUDITS, AUDITS_CONFIDENTIAL = frozenset({Role.AUDITOR}), frozenset({Role.SUPERVISOR})
READS_LOOKS = AUDITS | AUDITS_CONFIDENTIAL
USUAL_DAYS, MOST_DAYS = 30, 366


def kind_of_reason(reason: str) -> str:
    """The kind with which a reason begins."""
    kind = reason.partition(COLON)[0].strip()
    return kind if kind in (*REASONS, PAPER) else OTHER


def reason_of(kind: str, words: str) -> str:
    """What is logged: the kind and what was written beside it; the words alone where no kind was chosen."""
    if kind and kind not in REASONS:
        raise invalid("unmask", "请从列出的理由中选择。")
    return f"{kind}{COLON}{words}" if kind and words else kind or words


def span_of(since: str, until: str, today: date) -> tuple[date, date]:
    """The days that are asked for: the last thirty unless given, at most a year."""
    days = {}
    for field, text, usual in (("until", until, today), ("since", since, None)):
        try:
            days[field] = date.fromisoformat(text) if text else usual
        except ValueError:
            raise invalid(field, "日期应为“2026-03-01”的样子。") from None
    last = days["until"] or today
    first = days["since"] or last - timedelta(days=USUAL_DAYS)
    if first > last:
        raise invalid("since", "开始日期不能晚于结束日期。")
    if last - first > timedelta(days=MOST_DAYS):
        raise invalid("since", "一次最多查一年。")
    return first, last

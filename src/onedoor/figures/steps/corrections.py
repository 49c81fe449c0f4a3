"""更正和申诉: correct an entry, appeal against one, decide. What was decided on is held: a recount brings no other
number back (`points.py`), so that a correction always fits the entry that it corrects."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.figures.models import PointsAppeal, PointsEntry
from onedoor.figures.steps._points import SPACE, alone, checked_reason, log, month_row
from onedoor.figures.subjects import Named, is_own, must_be_of_centre, named
from onedoor.people.tokens import SignedIn
from onedoor.rules import points as rules
from onedoor.rules.points import Subject
from onedoor.rules.refusal import CONFLICT, NOT_FOUND, NOT_READY, Refused, invalid


def correct_entry(*, signed: SignedIn, entry: UUID, points: int, reason: str, at: datetime, key: UUID) -> None:
    """更正: an entry beside the wrong one, of `points` hundredths more or less, with the reason; also in a closed
    month. `key` makes it repeatable."""
    reason = checked_reason(reason)
    if points == 0 or abs(points) > rules.MOST_POINTS:
        raise invalid("points", "更正的分值应是不为零、绝对值不超过100的数。")
    with transaction.atomic(durable=True):
        alone()
        wrong, whose = _entry(entry)
        _not_oneself(signed, whose, "更正自己的积分")
        must_be_of_centre(signed, whose.path, "更正积分")
        if wrong.by is not None:
            raise Refused(NOT_READY, "更正记录不能再更正，请更正原来的一笔。")
        if _sent_before(key, wrong, points, reason):
            return
        if wrong.note in rules.UNCOUNTED:
            raise Refused(NOT_READY, f"这一笔没有计入（{rules.NOTES[wrong.note]}），不用更正。")
        _hold(wrong)
        _correct(wrong, points, reason, signed.account, at, key)
        log(signed, f"{wrong.month_id:%Y-%m}", f"更正 {entry}")


def _sent_before(key: UUID, wrong: PointsEntry, points: int, reason: str) -> bool:
    """Whether this correction is there. Another one under its key is refused: nothing is dropped in silence."""
    there = PointsEntry.objects.filter(pk=key).first()
    if there is not None and (there.corrects_id, there.points, there.reason) != (wrong.pk, points, reason):
        raise Refused(CONFLICT, "这张表已经提交过一次更正，请刷新页面再填。")
    return there is not None


def _hold(wrong: PointsEntry) -> None:
    """From now on it counts what it counts at this moment, or nothing."""
    if wrong.decided is None:
        wrong.decided = wrong.counted
        wrong.save(update_fields=["decided"])


def _correct(wrong: PointsEntry, points: int, reason: str, by: int, at: datetime, key: UUID) -> None:
    PointsEntry(
        id=key, month_id=wrong.month_id, kind=wrong.kind, subject=wrong.subject, part=wrong.part, rule=wrong.rule,
        fact=wrong.fact, ref=wrong.ref, matter=wrong.matter, case_id=wrong.case_id, at=wrong.at, points=points,
        counted=0 if wrong.note in rules.UNCOUNTED else points, corrects=wrong, reason=reason, by=by, made_at=utc(at),
    ).save(force_insert=True)  # fmt: skip


def appeal_entry(*, signed: SignedIn, entry: UUID, reason: str, at: datetime) -> None:
    """申诉, by whom it is about, within the term, once."""
    with transaction.atomic(durable=True):
        alone()
        wrong, whose = _entry(entry)
        month = month_row(wrong.month_id)
        rules.check_appeal(
            closed=month.closed_at is not None, until=month.appeal_until, at=at,
            rating=bool(wrong.fact) and rules.FACTS[wrong.fact].rating, own=is_own(signed, whose),
            appealed=PointsAppeal.objects.filter(entry=wrong).exists() or wrong.by is not None,
        )  # fmt: skip
        PointsAppeal(id=new_id(), entry=wrong, reason=checked_reason(reason), by=signed.account, at=utc(at)).save(
            force_insert=True
        )


def decide_appeal(*, signed: SignedIn, appeal: UUID, upheld: bool, reason: str, at: datetime) -> None:
    """裁定, by the centre, with a reason; not by whom it is about. Upheld, what counted is taken out by a correction,
    and what does not count just now never will."""
    answer = checked_reason(reason)
    with transaction.atomic(durable=True):
        alone()
        there = PointsAppeal.objects.select_for_update().filter(pk=appeal).first()
        if there is None:
            raise Refused(NOT_FOUND, "没有找到这件申诉。")
        wrong, whose = _entry(there.entry_id)
        if there.by == signed.account:
            raise Refused(NOT_READY, "申诉须由申诉人以外的人裁定。")
        _not_oneself(signed, whose, "裁定关于自己的申诉")
        must_be_of_centre(signed, whose.path, "裁定申诉")
        if there.state != "waiting":
            raise Refused(NOT_READY, "这件申诉已经裁定。")
        there.state, there.answer = "upheld" if upheld else "refused", answer
        there.decided_by, there.decided_at = signed.account, utc(at)
        there.save()
        if upheld:
            _hold(wrong)
            left = (wrong.decided or 0) + sum(
                PointsEntry.objects.filter(corrects=wrong).values_list("points", flat=True)
            )
            if left:
                key = uuid5(SPACE, str(appeal))
                _correct(wrong, -left, f"申诉成立：{answer}"[:500], signed.account, at, key)
        elif wrong.note not in rules.UNCOUNTED:
            _hold(wrong)
        log(signed, f"{wrong.month_id:%Y-%m}", f"裁定申诉 {appeal}")


def _entry(entry: UUID) -> tuple[PointsEntry, Named]:
    """An entry and whose it is. What has become confidential since is not there."""
    there = PointsEntry.objects.select_related("case").filter(pk=entry).first()
    if there is None or (there.case is not None and there.case.confidentiality != "ordinary"):
        raise Refused(NOT_FOUND, "没有找到这一笔积分。")
    subject = Subject(there.kind, there.subject, there.part)
    whose = named(there.kind, [subject]).get(subject)
    if whose is None:
        raise Refused(NOT_FOUND, "没有找到这一笔积分。")
    return there, whose


def _not_oneself(signed: SignedIn, whose: Named, what: str) -> None:
    if whose.subject.kind in rules.PERSONAL and whose.subject.id == signed.account:
        raise Refused(NOT_READY, f"不能{what}，请由别人办理。")

"""积分: compute a month, close it, correct an entry, appeal, decide, exempt; write another set of rules.

A month is computed again as often as wanted until it is closed: the same facts give the same entries under the same
ids. What somebody has appealed against or corrected stays, and says so if its fact is gone.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for
from onedoor.cases.sql import execute, insert, rows
from onedoor.figures.models import Exemption, PointsAppeal, PointsEntry, PointsMonth, PointsSet
from onedoor.figures.queries.happenings import happenings
from onedoor.figures.sets import newest_set, set_for, set_of
from onedoor.figures.subjects import Named, is_own, must_be_of_centre, named, root_path
from onedoor.people.access_log import log_access
from onedoor.people.steps.form import Form
from onedoor.people.tokens import SignedIn
from onedoor.rules import point_book
from onedoor.rules import points as rules
from onedoor.rules.points import GONE, Entry, RuleSet, Subject
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused, invalid

_SPACE = UUID("6f3a1c2e-58d1-5e0b-9a51-3d2b7c9f4e10")
_LOCK = 7_308_001
_COLUMNS = (
    "id", "month_id", "kind", "subject", "part", "rule", "fact", "ref", "matter", "case_id", "at", "points", "counted",
    "note", "corrects_id", "reason", "by", "made_at",
)  # fmt: skip
_TAKE_OVER = f"""
    INSERT INTO points_entry ({", ".join(_COLUMNS)}) SELECT {", ".join(_COLUMNS)} FROM points_fresh ORDER BY id
    ON CONFLICT (id) DO UPDATE SET at = excluded.at, points = excluded.points, counted = excluded.counted,
       note = excluded.note
     WHERE (points_entry.points, points_entry.counted, points_entry.note, points_entry.at)
           IS DISTINCT FROM (excluded.points, excluded.counted, excluded.note, excluded.at)
"""
_OLD = """
    FROM points_entry e WHERE e.month_id = %s AND e.by IS NULL AND NOT EXISTS (
         SELECT 1 FROM points_fresh f WHERE f.id = e.id)
"""
_HELD = """(EXISTS (SELECT 1 FROM points_appeal a WHERE a.entry_id = {0}.id)
            OR EXISTS (SELECT 1 FROM points_entry c WHERE c.corrects_id = {0}.id))"""


def compute_month(*, month: date, at: datetime, signed: SignedIn | None = None) -> int:
    """How many entries the month has. `signed` None: by the clock. Of a closed month nothing changes."""
    if signed is not None:
        must_be_of_centre(signed, root_path(signed), "计算积分")
    if month.day != 1 or at.astimezone(ZONE).date() < rules.next_month(month):
        raise Refused(NOT_READY, "这个月还没有结束，月底以后再计算。")
    at = utc(at)
    with transaction.atomic(durable=True):
        _alone()
        there = PointsMonth.objects.filter(pk=month).first()
        if there is not None and there.closed_at is not None:
            if signed is not None:
                raise Refused(NOT_READY, "这个月已经定稿，只能逐笔更正。")
            return PointsEntry.objects.filter(month=month).count()
        held = set_for(month)
        if there is None:
            until = at + timedelta(days=held.appeal_days)
            PointsMonth(month=month, version=held.version, computed_at=at, appeal_until=until).save(force_insert=True)
        else:
            PointsMonth.objects.filter(pk=month).update(version=held.version, computed_at=at)
        _replace(month, rules.entries_of(held, happenings(month)), at)
        if signed is not None:
            _log(signed, f"{month:%Y-%m}", "重新计算")
        return PointsEntry.objects.filter(month=month).count()


def _alone() -> None:
    """One at a time changes points; ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _replace(month: date, entries: list[Entry], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE points_fresh (LIKE points_entry) ON COMMIT DROP")
        insert(cursor, "points_fresh", _COLUMNS, [_row(month, one, at) for one in entries])
        cursor.execute(_TAKE_OVER)
        cursor.execute(
            f"UPDATE points_entry u SET counted = 0, note = %s WHERE u.id IN (SELECT e.id {_OLD})"
            f" AND {_HELD.format('u')} AND u.note <> %s",
            [GONE, month, GONE],
        )
        cursor.execute(
            f"DELETE FROM points_entry u WHERE u.id IN (SELECT e.id {_OLD}) AND NOT {_HELD.format('u')}", [month]
        )
        cursor.execute("DROP TABLE points_fresh")


def _row(month: date, one: Entry, at: datetime) -> tuple[Any, ...]:
    what, who = one.happening, one.happening.subject
    key = uuid5(_SPACE, f"{month} {one.rule.code} {what.fact} {who.kind} {who.id} {who.part} {what.ref}")
    case = None if ":" in what.matter else UUID(what.matter)
    return (
        key, month, who.kind, who.id, who.part, one.rule.code, what.fact, what.ref, what.matter, case, what.at,
        one.points, one.counted, one.note, None, "", None, at,
    )  # fmt: skip


def compute_due(at: datetime) -> list[date]:
    """The months that have ended and are not computed yet, of the last year from the first in which anything was
    registered; by the clock. The months that it has computed."""
    first = rows('SELECT min(registered_at) AS at FROM "case" WHERE registered_at > %s', [at - timedelta(days=366)])
    if first[0]["at"] is None:
        return []
    month = first[0]["at"].astimezone(ZONE).date().replace(day=1)
    there = set(PointsMonth.objects.values_list("month", flat=True))
    done = []
    while rules.next_month(month) <= at.astimezone(ZONE).date():
        if month not in there:
            compute_month(month=month, at=at)
            done.append(month)
        month = rules.next_month(month)
    return done


def close_month(*, signed: SignedIn, month: date, at: datetime) -> None:
    """定稿: when the time for appeals is over and all are decided."""
    must_be_of_centre(signed, root_path(signed), "定稿")
    with transaction.atomic(durable=True):
        _alone()
        there = _month(month)
        if there.closed_at is not None:
            return
        waiting = PointsAppeal.objects.filter(entry__month=month, state="waiting").count()
        rules.check_close(until=there.appeal_until, waiting=waiting, at=at)
        PointsMonth.objects.filter(pk=month).update(closed_at=utc(at), closed_by=signed.account)
        _log(signed, f"{month:%Y-%m}", "定稿")


def correct_entry(*, signed: SignedIn, entry: UUID, points: int, reason: str, at: datetime, key: UUID) -> None:
    """更正: an entry beside the wrong one, of `points` hundredths more or less, with the reason; also in a closed
    month. `key` makes it repeatable."""
    reason = _reason(reason)
    if points == 0 or abs(points) > rules.MOST_POINTS:
        raise invalid("points", "更正的分值应是不为零、绝对值不超过100的数。")
    with transaction.atomic(durable=True):
        _alone()
        wrong, whose = _entry(entry)
        _not_oneself(signed, whose, "更正自己的积分")
        must_be_of_centre(signed, whose.path, "更正积分")
        if wrong.by is not None:
            raise Refused(NOT_READY, "更正记录不能再更正，请更正原来的一笔。")
        _correct(wrong, points, reason, signed.account, at, key)
        _log(signed, f"{wrong.month_id:%Y-%m}", f"更正 {entry}")


def _correct(wrong: PointsEntry, points: int, reason: str, by: int, at: datetime, key: UUID) -> None:
    PointsEntry.objects.bulk_create(
        [
            PointsEntry(
                id=key, month_id=wrong.month_id, kind=wrong.kind, subject=wrong.subject, part=wrong.part,
                rule=wrong.rule, fact=wrong.fact, ref=wrong.ref, matter=wrong.matter,
                case_id=wrong.case_id, at=wrong.at, points=points,
                counted=points, corrects=wrong, reason=reason, by=by, made_at=utc(at),
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def appeal_entry(*, signed: SignedIn, entry: UUID, reason: str, at: datetime) -> None:
    """申诉, by whom it is about, within the term, once."""
    with transaction.atomic(durable=True):
        _alone()
        wrong, whose = _entry(entry)
        month = _month(wrong.month_id)
        rules.check_appeal(
            closed=month.closed_at is not None, until=month.appeal_until, at=at,
            rating=bool(wrong.fact) and rules.FACTS[wrong.fact].rating, own=is_own(signed, whose),
            appealed=PointsAppeal.objects.filter(entry=wrong).exists() or wrong.by is not None,
        )  # fmt: skip
        PointsAppeal(id=new_id(), entry=wrong, reason=_reason(reason), by=signed.account, at=utc(at)).save(
            force_insert=True
        )


def decide_appeal(*, signed: SignedIn, appeal: UUID, upheld: bool, reason: str, at: datetime) -> None:
    """裁定, by the centre, with a reason; not by whom it is about. Upheld, what counted is taken out by a
    correction."""
    answer = _reason(reason)
    with transaction.atomic(durable=True):
        _alone()
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
        done = sum(PointsEntry.objects.filter(corrects=wrong).values_list("counted", flat=True))
        if upheld and wrong.counted + done:
            _correct(
                wrong,
                -(wrong.counted + done),
                f"申诉成立：{answer}"[:500],
                signed.account,
                at,
                uuid5(_SPACE, str(appeal)),
            )
        _log(signed, f"{wrong.month_id:%Y-%m}", f"裁定申诉 {appeal}")


def exempt_matter(*, signed: SignedIn, number: str, reason: str, at: datetime) -> None:
    """经批准不计: nothing of that matter earns or costs, in months that are not closed."""
    must_be_of_centre(signed, root_path(signed), "登记免计")
    reason = _reason(reason)
    with transaction.atomic(durable=True):
        _alone()
        case = case_for(signed.viewer(), number)
        if case["confidentiality"] != "ordinary":
            raise invalid("number", "这件事项本来就不计积分。")
        if Exemption.objects.filter(case=case["id"], withdrawn_at=None).exists():
            return
        Exemption(case_id=case["id"], reason=reason, by=signed.account, at=utc(at)).save(force_insert=True)
        _log(signed, case["number"], "登记免计")


def exempt_days(*, signed: SignedIn, division: int, since: date, until: date, reason: str, at: datetime) -> None:
    """不可抗力: what happened there on those days earns nothing and costs nothing, nor does the matter in that
    month."""
    must_be_of_centre(signed, root_path(signed), "登记免计")
    reason = _reason(reason)
    if not since <= until <= since + timedelta(days=366):
        raise invalid("until", "结束日期不能早于开始日期，也不能超过一年。")
    with transaction.atomic(durable=True):
        _alone()
        if not rows("SELECT 1 AS one FROM people_division WHERE id = %s", [division]):
            raise invalid("division", "没有这个区划。")
        same = Exemption.objects.filter(division=division, since=since, until=until, withdrawn_at=None)
        if not same.exists():
            Exemption(division=division, since=since, until=until, reason=reason, by=signed.account, at=utc(at)).save(
                force_insert=True
            )
            _log(signed, f"{since}/{until}", "登记免计")


def withdraw_exemption(*, signed: SignedIn, exemption: int, at: datetime) -> None:
    must_be_of_centre(signed, root_path(signed), "撤销免计")
    with transaction.atomic(durable=True):
        _alone()
        if not execute(
            "UPDATE points_exemption SET withdrawn_at = %s WHERE id = %s AND withdrawn_at IS NULL",
            [utc(at), exemption],
        ):
            raise Refused(NOT_FOUND, "没有找到这条免计，或已撤销。")
        _log(signed, str(exemption), "撤销免计")


def write_set(*, signed: SignedIn, content: Mapping[str, Any], from_month: date, reason: str, at: datetime) -> RuleSet:
    """The next version, for months from `from_month` on that are not closed; what is written is never changed."""
    must_be_of_centre(signed, root_path(signed), "修改积分办法")
    form = Form()
    reason = form.text("reason", reason, "修改理由", 500)
    form.check()
    with transaction.atomic(durable=True):
        _alone()
        newest = newest_set()
        wanted = point_book.read_set(newest.code, newest.version + 1, content)
        if point_book.same_rules(newest, wanted):
            raise invalid("set", "和现在的办法一样，没有改动。")
        closed = PointsMonth.objects.filter(month__gte=from_month, closed_at__isnull=False)
        if from_month.day != 1 or closed.exists():
            raise invalid("from_month", "这个月或以后的月份已经定稿，新办法只能从没有定稿的月份起。")
        PointsSet(
            version=wanted.version, content=point_book.content_of(wanted), from_month=from_month, reason=reason,
            by=signed.account, at=utc(at),
        ).save(force_insert=True)  # fmt: skip
        _log(signed, f"v{wanted.version}", "修改积分办法")
    return set_of(wanted.version)


def _month(month: date) -> PointsMonth:
    there = PointsMonth.objects.filter(pk=month).first()
    if there is None:
        raise Refused(NOT_FOUND, "这个月还没有计算积分。")
    return there


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


def _reason(text: str) -> str:
    form = Form()
    found = form.text("reason", text, "理由", 500)
    form.check()
    return found


def _log(signed: SignedIn, subject: str, what: str) -> None:
    log_access(action="points", account=signed.account, subject=subject, reason=what)

"""免计: what does not count, a matter or days in a place. It takes effect when a month is computed again."""

from datetime import date, datetime, timedelta

from django.db import transaction

from onedoor.cases.ledger import utc
from onedoor.cases.queries.gate import case_for
from onedoor.cases.sql import execute, rows
from onedoor.figures.models import Exemption
from onedoor.figures.steps._points import alone, checked_reason, log
from onedoor.figures.subjects import must_be_of_centre, root_path
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid


def exempt_matter(*, signed: SignedIn, number: str, reason: str, at: datetime) -> None:
    """经批准不计: nothing of that matter earns or costs, in months that are not closed."""
    must_be_of_centre(signed, root_path(signed), "登记免计")
    reason = checked_reason(reason)
    with transaction.atomic(durable=True):
        alone()
        case = case_for(signed.viewer(), number)
        if case["confidentiality"] != "ordinary":
            raise invalid("number", "这件事项本来就不计积分。")
        if Exemption.objects.filter(case=case["id"], withdrawn_at=None).exists():
            return
        Exemption(case_id=case["id"], reason=reason, by=signed.account, at=utc(at)).save(force_insert=True)
        log(signed, case["number"], "登记免计")


def exempt_days(*, signed: SignedIn, division: int, since: date, until: date, reason: str, at: datetime) -> None:
    """不可抗力: what happened there on those days earns nothing and costs nothing, nor does the matter in that
    month."""
    must_be_of_centre(signed, root_path(signed), "登记免计")
    reason = checked_reason(reason)
    if not since <= until <= since + timedelta(days=366):
        raise invalid("until", "结束日期不能早于开始日期，也不能超过一年。")
    with transaction.atomic(durable=True):
        alone()
        if not rows("SELECT 1 AS one FROM people_division WHERE id = %s", [division]):
            raise invalid("division", "没有这个区划。")
        same = Exemption.objects.filter(division=division, since=since, until=until, withdrawn_at=None)
        if not same.exists():
            Exemption(division=division, since=since, until=until, reason=reason, by=signed.account, at=utc(at)).save(
                force_insert=True
            )
            log(signed, f"{since}/{until}", "登记免计")


def withdraw_exemption(*, signed: SignedIn, exemption: int, at: datetime) -> None:
    must_be_of_centre(signed, root_path(signed), "撤销免计")
    with transaction.atomic(durable=True):
        alone()
        if not execute(
            "UPDATE points_exemption SET withdrawn_at = %s WHERE id = %s AND withdrawn_at IS NULL",
            [utc(at), exemption],
        ):
            raise Refused(NOT_FOUND, "没有找到这条免计，或已撤销。")
        log(signed, str(exemption), "撤销免计")

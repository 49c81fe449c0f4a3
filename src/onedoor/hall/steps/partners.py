"""外部单位: added, changed, switched on and off. None is deleted: slips tell of it."""

from collections.abc import Mapping
from typing import Any

from onedoor.hall.models import Partner
from onedoor.people.models import Account, Post
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.handover import MOST_DAYS
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid

FIELDS = ("name", "purpose", "address", "phone", "days", "account")


def add_partner(*, by: By, centre: int, code: str, given: Mapping[str, str]) -> Partner:
    """An office beside the tree; it stands last. `given` has FIELDS; `account` is the user name of its program."""
    form = Form()
    code = form.word("code", code, "代码", 20)
    read = _read(form, given)
    with administering(by):
        there = Partner.objects.filter(centre_id=centre)
        if there.filter(code=code).exists():
            raise invalid("code", f"代码 {code} 已在使用。")
        _alone(read["account"], None)
        last = there.order_by("-position").first()
        partner = Partner(centre_id=centre, code=code, position=last.position + 1 if last else 0, **read)
        partner.save(force_insert=True)
        by.log("hall", f"partner:{code}", "新增外部单位")
    return partner


def change_partner(*, by: By, centre: int, code: str, given: Mapping[str, str]) -> None:
    """The same fields, all but the code: matters from there bear it."""
    read = _read(Form(), given)
    with administering(by):
        there = find_partner(centre, code)
        _alone(read["account"], there.pk)
        for field, value in read.items():
            setattr(there, field, value)
        there.save(update_fields=list(read))
        by.log("hall", f"partner:{code}", "修改外部单位")


def switch_partner(*, by: By, centre: int, code: str, active: bool) -> None:
    """Out of use it gets no slips, and its program may hand in none."""
    with administering(by):
        there = find_partner(centre, code)
        there.active = active
        there.save(update_fields=["active"])
        by.log("hall", f"partner:{code}", "启用外部单位" if active else "停用外部单位")


def find_partner(centre: int, code: str) -> Partner:
    found = (
        Partner.objects.select_related("account").filter(centre_id=centre, code=code.replace("\0", "\ufffd")).first()
    )
    if found is None:
        raise Refused(NOT_FOUND, "没有这个外部单位。")
    return found


def _alone(account: Account | None, own: int | None) -> None:
    if account is not None and Partner.objects.filter(account=account).exclude(pk=own or 0).exists():
        raise invalid("account", "这个账号已是另一个外部单位的程序账号。")


def _read(form: Form, given: Mapping[str, str]) -> dict[str, Any]:
    days = given.get("days", "").strip()
    fits = days.isascii() and days.isdecimal() and len(days) < 4 and 1 <= int(days) <= MOST_DAYS
    if not fits:
        form.fault("days", f"几个工作日内答复，应为1到{MOST_DAYS}的整数。")
    read: dict[str, Any] = {
        "name": form.text("name", given.get("name", ""), "名称", 40),
        "purpose": form.text("purpose", given.get("purpose", ""), "办什么", 120, required=False),
        "address": form.text("address", given.get("address", ""), "地址", 120, required=False),
        "phone": form.text("phone", given.get("phone", ""), "公开电话", 30, required=False),
        "days": int(days) if fits else 0,
        "account": _account(form, given.get("account", "").strip()),
    }
    form.check()
    return read


def _account(form: Form, username: str) -> Account | None:
    """A program's account holds no post: what it may do is hand over, and see what it was handed."""
    if not username:
        return None
    found = Account.objects.filter(username=username.replace("\0", "\ufffd"), is_active=True).first()
    if found is None:
        form.fault("account", "没有这个账号，请先在“人员和岗位”里建一个没有岗位的账号。")
    elif Post.objects.filter(account=found, active=True).exists():
        form.fault("account", "这个账号有在任岗位，请另建一个没有岗位的程序账号。")
        return None
    return found

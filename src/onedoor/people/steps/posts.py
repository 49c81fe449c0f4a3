"""Posts: taken up and ended. They decide what somebody may see and do from the next request on."""

from onedoor.people.find import find_division, find_unit
from onedoor.people.models import Account, Post
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.access import ROLE_NAMES, Role
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid


def add_post(
    *, by: By, account: int, role: str, unit: str, division: str = "", confidential: bool = False
) -> tuple[Post, bool]:
    """The post, and whether anything was new. Without a division it looks at the unit's own. One that was ended
    is taken up again; `confidential` of one that is held is taken over."""
    form = Form()
    role = form.choice("role", role, "岗位", ROLE_NAMES)
    held_in = looks_at = None
    try:
        held_in = find_unit(unit)
    except Refused as refused:
        form.take(refused)
    try:
        if division.strip():
            looks_at = find_division(division)
        elif held_in is not None:
            looks_at = held_in.division
    except Refused as refused:
        form.take(refused)
    _apart(form, account, role)
    if confidential and role == Role.ADMIN:
        form.fault("confidential", "系统管理员不能承办保密事项。")
    form.check()
    assert held_in is not None and looks_at is not None, "the form has refused"
    with administering(by):
        if not Account.objects.filter(pk=account).exists():
            raise invalid("account", "没有这个账号。")
        post = Post.objects.filter(account=account, role=role, unit=held_in, division=looks_at).first()
        if post is not None and (post.active, post.confidential) == (True, confidential):
            return post, False
        _not_oneself(by, account)
        post = post or Post(account_id=account, role=role, unit=held_in, division=looks_at)
        post.active, post.confidential = True, confidential
        post.save()
        secret = "，涉密" if confidential else ""
        by.log("post", _subject(account), f"任岗位：{ROLE_NAMES[role]}，{held_in.code}，{looks_at.code}{secret}")
    return post, True


def end_post(*, by: By, post: int) -> None:
    """Kept as history; gives no rights any more."""
    with administering(by):
        held = Post.objects.select_related("unit", "division").get(pk=post)
        _not_oneself(by, held.account_id)
        if not held.active:
            return
        held.active = False
        held.save(update_fields=["active"])
        by.log("post", _subject(held.account_id), f"免岗位：{ROLE_NAMES[held.role]}，{held.unit.code}")


def _apart(form: Form, account: int, role: str) -> None:
    """三权分立: who hands out rights does not audit how they were used, nor the other way round (等保2.0 三级)."""
    other = {Role.ADMIN: Role.AUDITOR, Role.AUDITOR: Role.ADMIN}.get(Role(role)) if role in ROLE_NAMES else None
    if other and Post.objects.filter(account=account, role=other, active=True).exists():
        form.fault(
            "role", f"同一账号不能既是{ROLE_NAMES[Role.ADMIN]}又是{ROLE_NAMES[Role.AUDITOR]}，请由两个人分别担任。"
        )


def _subject(account: int) -> str:
    return f"账号 {account}"


def _not_oneself(by: By, account: int) -> None:
    """Who hands out rights hands none to himself."""
    if by.actor.account == account:
        raise Refused(NOT_ALLOWED, "不能增减自己的岗位，请由另一位系统管理员办理。")

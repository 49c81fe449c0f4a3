"""Accounts: made, renamed, switched off. An account is never deleted: cases tell who did what."""

import secrets

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import F

from onedoor.people import guard, second_factor, sign_in
from onedoor.people.models import Account, Token
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.form import Form
from onedoor.rules.refusal import NOT_ALLOWED, Refused, invalid

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for each other on paper


def new_password() -> str:
    """For somebody to copy from a sheet: groups of four, about 5 bits a sign; it satisfies the policy."""
    groups = [
        "".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(max(3, -(-settings.PASSWORD_LENGTH // 4)))
    ]
    return "-".join(groups)


def add_account(
    *,
    by: By,
    username: str,
    name: str,
    password: str = "",
    must_use_totp: bool = False,
    is_operator: bool = False,
    rehearsal: bool = False,
) -> tuple[Account, str]:
    """The account and its first password: the one given or, without one, a new one; it can be shown now and
    never again, and its owner must choose another when he first signs in. A rehearsal, which is rolled back, saves
    itself the slow hash."""
    form = Form()
    username = form.word("username", username, "用户名", 40)
    name = form.text("name", name, "姓名", 60)
    password = password or new_password()
    account = Account(
        username=username,
        name=name,
        must_use_totp=must_use_totp,
        is_operator=is_operator,
        created_at=by.at,
        must_change_password=True,
        password_changed_at=by.at,
    )
    _check_password(form, password, account)
    form.check()
    account.password, account.epoch = "" if rehearsal else make_password(password), 1
    with administering(by):
        if Account.objects.filter(username=username).exists():
            raise invalid("username", f"用户名 {username} 已在使用。")
        account.save(force_insert=True)
        by.log("account", _subject(account.pk), "新增账号" + ("，可进入只读后台" if is_operator else ""))
    return account, password


def change_account(*, by: By, account: int, name: str, must_use_totp: bool, is_operator: bool) -> bool:
    """Whether anything was different."""
    form = Form()
    read = {"name": form.text("name", name, "姓名", 60), "must_use_totp": must_use_totp, "is_operator": is_operator}
    form.check()
    with administering(by):
        there = Account.objects.get(pk=account)
        changed = [field for field, value in read.items() if getattr(there, field) != value]
        if "is_operator" in changed:
            _not_oneself(by, account, "不能更改自己的后台权限，请由另一位系统管理员办理。", "is_operator")
        if not changed:
            return False
        for field in changed:
            setattr(there, field, read[field])
        there.save(update_fields=changed)
        by.log("account", _subject(account), f"修改账号：{'、'.join(_NAMES[field] for field in changed)}")
    return True


_NAMES = {"name": "姓名", "must_use_totp": "两步验证", "is_operator": "只读后台"}


def reset_password(*, by: By, account: int, password: str = "") -> str:
    """A new password, given or made, until its owner chooses another; ends every token, session and lock."""
    there = Account.objects.get(pk=account)
    if by.actor.account == account:
        raise Refused(NOT_ALLOWED, "修改自己的密码请到“我的账号”，那里要核对原密码。")
    password = password or new_password()
    form = Form()
    _check_password(form, password, there)
    form.check()
    with administering(by):
        sign_in.set_password(there, password, at=by.at)
        by.log("account", _subject(account), "重设密码")
    return password


def switch_account(*, by: By, account: int, active: bool) -> None:
    """May sign in or not. Who is switched off is signed out everywhere at once."""
    with administering(by):
        there = Account.objects.get(pk=account)
        if there.is_active == active:
            return
        if not active:
            _not_oneself(by, account, "不能停用自己的账号，请由另一位系统管理员办理。")
        Account.objects.filter(pk=account).update(is_active=active)
        _sign_out(account)
        by.log("account", _subject(account), "启用账号" if active else "停用账号")


def sign_out_account(*, by: By, account: int) -> None:
    """Every token and session of somebody else's ends."""
    with administering(by):
        _sign_out(account)
        by.log("account", _subject(account), "全部退出")


def remove_second_factor(*, by: By, account: int) -> None:
    """For a telephone that was lost; a new one must be set up, and everything signed in ends."""
    with administering(by):
        _not_oneself(by, account, "不能取消自己的两步验证，请由另一位系统管理员办理。")
        second_factor.turn_off(Account.objects.get(pk=account), at=by.at)
        _sign_out(account)
        by.log("account", _subject(account), "取消两步验证")


def unlock_account(*, by: By, account: int) -> None:
    """Ends a lock-out early."""
    with administering(by):
        guard.forget(Account.objects.get(pk=account).username)
        by.log("account", _subject(account), "解除锁定")


def _sign_out(account: int) -> None:
    Account.objects.filter(pk=account).update(epoch=F("epoch") + 1)
    Token.objects.filter(account_id=account).delete()


def _check_password(form: Form, password: str, account: Account) -> None:
    try:
        sign_in.check_password_policy(password, account)
    except Refused as refused:
        form.fault("password", refused.sentence)


def _subject(account: int) -> str:
    return f"账号 {account}"


def _not_oneself(by: By, account: int, sentence: str, field: str = "") -> None:
    if by.actor.account == account:
        raise Refused(NOT_ALLOWED, sentence, {field: sentence} if field else {})

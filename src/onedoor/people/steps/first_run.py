"""首次设置: an empty database gets its divisions, its centre and its first administrator, once."""

import hmac
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from onedoor.people.access_log import log_access
from onedoor.people.divisions import import_divisions, top
from onedoor.people.models import Account, Division, Post, Unit, UnitKind
from onedoor.people.sign_in import check_password_policy
from onedoor.people.steps.accounts import new_password
from onedoor.people.steps.form import Form
from onedoor.rules.access import Role
from onedoor.rules.refusal import NOT_FOUND, Refused, invalid

CODE_FILE = "setup-code"
CENTRE_CODE = "centre"


def is_due() -> bool:
    """Whether nobody can sign in yet and nothing is set up."""
    return not (Account.objects.exists() or Unit.objects.exists())


def new_code() -> str:
    return new_password()


def check_code(typed: str) -> None:
    """The set-up code proves that somebody has the machine: `up` prints it, and only its user can read the file.
    About 60 bits, so that guessing needs no lock-out. Refuses at `setup_code`."""
    wanted = _code_file().read_text().strip() if _code_file().exists() else ""
    if not wanted:
        raise invalid("setup_code", "服务器上没有设置码。请在服务器上重新运行 ./onedoor up，再用它显示的设置码。")
    given = typed.strip().lower().encode("utf-8", "replace")
    if not hmac.compare_digest(given, wanted.encode()):
        raise invalid("setup_code", "设置码不对。设置码由 ./onedoor up 显示，也在数据目录的 setup-code 文件里。")


def set_up(
    *,
    setup_code: str,
    division: str,
    centre: str,
    phone: str,
    name: str,
    username: str,
    password: str,
    again: str,
    at: datetime,
    address: str,
    source: Path | None = None,
) -> Account:
    """The division `division` of the national list with all below it, the centre and the first administrator, all
    or nothing. Where a tree is there already, its top takes the place of `division`.

    Refuses by field; `not_found` once anything is set up. Of two at once the second is refused.
    """
    if not is_due():
        raise over()
    check_code(setup_code)
    form = Form()
    centre = form.text("centre", centre, "中心名称", 80)
    phone = form.text("phone", phone, "公开电话", 30, required=False)
    account = Account(
        username=form.word("username", username, "用户名", 40),
        name=form.text("name", name, "姓名", 60),
        is_operator=True,
        created_at=at,
        password_changed_at=at,
    )
    try:
        check_password_policy(password, account)
    except Refused as refused:
        form.fault("password", refused.sentence)
    if password != again:
        form.fault("again", "两次输入的密码不一样。")
    form.check()
    account.password, account.epoch = make_password(password), 1
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:  # two at once: one after the other, and the second finds it done
            cursor.execute("LOCK TABLE people_account IN SHARE ROW EXCLUSIVE MODE")
        if not is_due():
            raise over()
        root = top() or _taken_over(division, source)
        unit = Unit.objects.create(
            code=CENTRE_CODE, name=centre, short_name=centre[:20], kind=UnitKind.CENTRE, division=root, phone=phone
        )
        account.save(force_insert=True)
        Post.objects.create(account=account, role=Role.ADMIN, unit=unit, division=root)
        log_access(action="first_run", account=account.pk, subject=root.code, address=address)
    _code_file().unlink(missing_ok=True)
    return account


def over() -> Refused:
    return Refused(NOT_FOUND, "首次设置已经完成，请直接登录。忘了管理员密码，请在服务器上处理。")


def _taken_over(code: str, source: Path | None) -> Division:
    import_divisions(code, source=source)
    root = top()
    assert root is not None, "an import into an empty tree makes its top"
    return root


def _code_file() -> Path:
    return Path(settings.DATA) / CODE_FILE

"""`./onedoor token`: for the operator, who is whoever has the machine."""

import sys

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from onedoor.people import sign_in, tokens
from onedoor.people.access_log import log_access
from onedoor.people.models import Account


def token(argv: list[str]) -> int:
    """Prints an API token of the account, alone on standard output; what else there is to say goes to
    standard error. Returns 2 for wrong usage, 1 for an account that is not there or not in use."""
    if len(argv) != 1 or argv[0].startswith("-"):
        return _say("用法：./onedoor token 用户名", 2)
    username = Account.normalize_username(argv[0])
    account = Account.objects.filter(username=username).first() if "\0" not in username else None
    if account is None:
        return _say(f"没有用户名为“{username}”的账号。", 1)
    if not account.is_active:
        return _say(f"账号“{username}”已停用，不能签发令牌。", 1)
    if sign_in.password_is_due(account, timezone.now()):
        return _say(f"账号“{username}”的密码是别人设的或者太旧了，本人登录工作台换好以后才能签发令牌。", 1)
    with transaction.atomic():
        made, ends = tokens.issue(account, at=timezone.now(), life=settings.TOKEN_LIFE, way="server")
        log_access(action="sign_in", account=account.pk, reason="在服务器上签发令牌")
    sys.stdout.write(made + "\n")
    return _say(f"有效至 {timezone.localtime(ends):%Y-%m-%d %H:%M}。", 0)


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(sentence + "\n")
    return code

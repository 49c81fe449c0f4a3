"""Signing in and out, and the password. A failure is counted and logged even though it ends in a refusal."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from onedoor.people import guard, second_factor, tokens
from onedoor.people.access_log import log_access
from onedoor.people.credentials import Told, tell
from onedoor.people.models import Account, Token
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_FOUND, TOO_MANY, Refused, invalid

MFA_REQUIRED = "mfa_required"
PASSWORD_DUE = "password_due"  # noqa: S105 a code, no password
TIME_TO_CHOOSE = timedelta(minutes=15)
_POLICY = {
    "password_too_short": "密码至少要有 {min_length} 个字符。",
    "password_too_common": "这个密码太常见，容易被猜到。",
    "password_too_similar": "密码与{verbose_name}太像。",
    "password_entirely_numeric": "密码不能全是数字。",
}
LONGEST_PASSWORD = 128  # longer ones are wrong (ASVS 2.1.2); hashing them would cost the server time


def sign_in(
    *,
    username: str,
    password: str,
    otp: str | None,
    at: datetime,
    address: str,
    idle: timedelta | None = None,
    way: str = "",
    device: str = "",
    may_choose: bool = False,
) -> tuple[str, datetime]:
    """A token and when it ends; refuses as `authenticate` does. `idle`: it ends also when not used for so long.

    Whose password somebody else has set, or is too old, gets none but, where `may_choose` says that he can be asked
    for another, one that is good for `choose_password` alone; else `password_due`."""
    account = authenticate(username=username, password=password, otp=otp, at=at, address=address)
    if password_is_due(account, at):
        if not may_choose:
            raise Refused(PASSWORD_DUE, password_due(account))
        return tokens.issue(account, at=at, life=TIME_TO_CHOOSE, way=way, device=device, for_password=True)
    return tokens.issue(account, at=at, life=settings.TOKEN_LIFE, idle=idle, way=way, device=device)


def password_is_due(account: Account, at: datetime) -> bool:
    """Whether its owner must choose another one before anything else. Demo accounts have one that all know."""
    since = account.password_changed_at or account.created_at
    too_old = settings.PASSWORD_LIFE is not None and since + settings.PASSWORD_LIFE <= at
    return (account.must_change_password or too_old) and not account.is_demo


def password_due(account: Account) -> str:
    if account.must_change_password:
        why = "现在的密码是别人设的，须先换成自己的"
    else:
        assert settings.PASSWORD_LIFE is not None, "nothing else makes it due"
        why = f"现在的密码已用满 {settings.PASSWORD_LIFE.days} 天，须先换一个"
    return f"{why}：请用浏览器登录工作台（/desk），按提示改好密码，再来登录。"


def awaits_password(token: str) -> Account | None:
    """Who has signed in with this token to choose a password, and may still."""
    row = _awaiting(token).first()
    return row.account if row else None


def choose_password(
    *, token: str, new: str, at: datetime, idle: timedelta, way: str = "", device: str = ""
) -> tuple[str, datetime]:
    """Another password, by the token of a sign-in that is good for this alone; everything signed in ends, and
    the sign-in goes on with the token that comes back. Of two at once the second is refused.

    Refuses at `new_password`; `not_found` where the token is none of these."""
    with transaction.atomic():
        row = _awaiting(token).select_for_update(of=["self"]).first()
        if row is None:
            raise Refused(NOT_FOUND, "改密码的时间已过，请重新登录。")
        person = row.account
        if _password_is_right(person, _clean(new)):
            raise invalid("new_password", "新密码不能与原密码相同。")
        set_password(person, new, at=at, told=Told.CHANGED)
        return tokens.issue(person, at=at, life=settings.TOKEN_LIFE, idle=idle, way=way, device=device)


def _awaiting(token: str) -> QuerySet[Token]:
    return Token.objects.select_related("account").filter(
        digest=tokens.digest_of(token),
        for_password=True,
        expires_at__gt=Now(),
        epoch=F("account__epoch"),
        account__is_active=True,
    )


def authenticate(*, username: str, password: str, otp: str | None, at: datetime, address: str) -> Account:
    """The account that signs in, for a token or a session.

    Refuses with `not_allowed` (the same sentence, the same work and the same lock-out whether the name, the
    password or the account's state is wrong), `mfa_required` (the password is right, a code is due) or
    `too_many` (locked: then even the right password is refused). A code cannot be used twice.
    """
    # As it is stored, so that another spelling of a name is not another count of failures.
    username = Account.normalize_username(_clean(username))
    account = _find(username)
    right = _password_is_right(account, _clean(password))
    with transaction.atomic(durable=True):
        refusal = _judge(account, username, otp, at, address, right=right)
    if refusal is not None:
        raise refusal
    assert account is not None
    return account


def sign_out(token: str, *, address: str = "") -> None:
    """Ends this token; an unknown one is no fault."""
    with transaction.atomic():
        row = Token.objects.filter(digest=tokens.digest_of(token)).first()
        if row is not None:
            row.delete()
            log_access(action="sign_out", account=row.account_id, address=address)


def sign_out_everywhere(account: int, *, address: str = "") -> None:
    """Every token and session of the account is dead when this returns."""
    with transaction.atomic():
        Account.objects.filter(pk=account).update(epoch=F("epoch") + 1)
        Token.objects.filter(account_id=account).delete()
        log_access(action="sign_out", account=account, reason="全部退出", address=address)


def change_password(*, account: int, old: str, new: str, at: datetime, address: str) -> None:
    """A new password, given the old one; ends every token and session. Wrong old ones count towards the lock.

    Refuses by field: `old_password`, `new_password`.
    """
    person = Account.objects.get(pk=account)
    right = _password_is_right(person, _clean(old))
    refusal: Refused | None = None
    with transaction.atomic(durable=True):
        held = guard.take(person.username, at)
        if held.locked_until is not None:
            refusal = _locked(held.locked_until)
        elif not right:
            _count(held, person.pk, "修改密码时原密码不对", at, address)
            refusal = invalid("old_password", "原密码不对。")
        else:
            guard.forget(person.username)
    if refusal is not None:
        raise refusal
    if new == old:
        raise invalid("new_password", "新密码不能与原密码相同。")
    set_password(person, new, at=at, told=Told.CHANGED)


def set_password(account: Account, new: str, *, at: datetime, told: Told = Told.RESET) -> None:
    """The administrator's way, without the old one: checks the policy, ends every token and session and any
    lock, and tells the account's owner, who must choose another one unless it is he who changes it (`told`). Refuses
    with the field `new_password`."""
    check_password_policy(new, account)
    hashed = make_password(new)
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(
            password=hashed,
            epoch=F("epoch") + 1,
            must_change_password=told is Told.RESET,
            password_changed_at=at,
        )
        Token.objects.filter(account=account).delete()
        guard.forget(account.username)
        tell(account, told, at)
    account.refresh_from_db(fields=["password", "epoch", "must_change_password", "password_changed_at"])


def unlock(account: Account) -> None:
    """Ends a lock-out early."""
    guard.forget(account.username)


def check_password_policy(password: str, account: Account | None = None) -> None:
    """Refuses a password that the policy does not allow, with every reason at the field `new_password`."""
    if len(password) > LONGEST_PASSWORD or password != _clean(password):
        raise invalid("new_password", f"密码不能超过 {LONGEST_PASSWORD} 个字符，也不能含无法输入的字符。")
    try:
        validate_password(password, account)
    except ValidationError as error:
        sentence = "".join(_reason(fault) for fault in error.error_list)
        raise Refused(INVALID, sentence, {"new_password": sentence}) from error


def _reason(fault: ValidationError) -> str:
    """Django's reason in Chinese: its own translation lags behind its texts."""
    said = _POLICY.get(fault.code or "")
    return said.format(**(fault.params or {})) if said else fault.messages[0]


def _judge(
    account: Account | None, username: str, otp: str | None, at: datetime, address: str, *, right: bool
) -> Refused | None:
    held = guard.take(username, at)
    who = account.pk if account else None
    if held.locked_until is not None:
        log_access(action="sign_in_failed", account=who, reason="锁定期间", address=address)
        return _locked(held.locked_until)
    if account is None or not account.is_active or not right:
        reason = "没有该账号" if account is None else "密码不对" if account.is_active else "账号已停用"
        _count(held, who, reason, at, address)
        minutes = int(settings.LOCK_FOR.total_seconds() // 60)
        return Refused(NOT_ALLOWED, f"用户名或密码不对。连续 {settings.LOCK_AFTER} 次不对将锁定 {minutes} 分钟。")
    refusal = _second_factor(account, held, otp, at, address)
    if refusal is None:
        guard.forget(username)
        reason = "须先改密码" if password_is_due(account, at) else ""
        log_access(action="sign_in", account=who, reason=reason, address=address)
        if account.last_sign_in_on != (today := timezone.localdate(at)):
            Account.objects.filter(pk=account.pk).update(last_sign_in_on=today)
    return refusal


def _second_factor(account: Account, held: guard.Guard, otp: str | None, at: datetime, address: str) -> Refused | None:
    if account.is_demo:
        return None
    if not second_factor.is_on(account):
        if not account.must_use_totp:
            return None
        sentence = "该账号须两步验证，尚未设置：请向管理员领取设置码，用验证器应用扫码后再登录。"
        return Refused(MFA_REQUIRED, sentence, {"otp": sentence})
    if not otp:
        sentence = "请输入验证器应用中当前显示的 6 位验证码。"
        return Refused(MFA_REQUIRED, sentence, {"otp": sentence})
    if second_factor.check(account, _clean(otp), at):
        return None
    _count(held, account.pk, "验证码不对", at, address)
    sentence = "验证码不对或已用过，请等应用显示下一个验证码再试。"
    return Refused(NOT_ALLOWED, sentence, {"otp": sentence})


def _count(held: guard.Guard, account: int | None, reason: str, at: datetime, address: str) -> None:
    log_access(action="sign_in_failed", account=account, reason=reason, address=address)
    if guard.failed(held, at):
        log_access(action="locked", account=account, reason=reason, address=address)


def _locked(until: datetime) -> Refused:
    local = timezone.localtime(until)
    when = f"{local.month} 月 {local.day} 日 {local:%H:%M:%S}"
    return Refused(TOO_MANY, f"连续多次不对，已锁定至 {when}，请届时再试，或请管理员解锁。")


def _find(username: str) -> Account | None:
    # PostgreSQL takes no NUL in a text; no account has one.
    return Account.objects.filter(username=username.replace("\0", "\ufffd")).first()


def _password_is_right(account: Account | None, password: str) -> bool:
    """Costs the same whether or not there is an account: names cannot be told apart by the clock."""
    short = password[:LONGEST_PASSWORD]
    if account is None:
        make_password(short)
        return False
    return account.check_password(short) and short == password


def _clean(text: str) -> str:
    """Without lone surrogates, which no encoding takes."""
    return text.encode("utf-8", "replace").decode()

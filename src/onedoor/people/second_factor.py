"""The second factor: one-time codes by time (TOTP, RFC 6238), kept where django-allauth keeps them."""

import base64
from dataclasses import dataclass
from datetime import datetime

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.db import transaction

from onedoor.config.suites import Suite, unseal
from onedoor.people.credentials import Told, tell
from onedoor.people.models import Account
from onedoor.rules.refusal import invalid

_FORM = "1:"  # the first form of the sealed text
_PURPOSE = b"onedoor second factor"


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Seals what allauth stores with the field key, by the suite of the settings; named by the setting MFA_ADAPTER."""

    def encrypt(self, text: str) -> str:
        suite: Suite = settings.SUITE
        return _FORM + base64.b64encode(suite.seal(settings.FIELD_KEY, text.encode(), _PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises `InvalidTag` for another key and ValueError for what this adapter did not write."""
        if not encrypted_text.startswith(_FORM):
            raise ValueError("not a sealed text")
        sealed = base64.b64decode(encrypted_text.removeprefix(_FORM), validate=True)
        return unseal(settings.FIELD_KEY, sealed, _PURPOSE).decode()


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an authenticator app needs; `uri` is the text of the QR code. Shown once, not stored yet."""

    secret: str
    uri: str


def set_up(account: Account) -> SetUp:
    """A fresh secret to hand over. Nothing changes until `confirm` has seen a code made from it."""
    secret = str(generate_totp_secret())
    return SetUp(secret, str(get_adapter().build_totp_url(account, secret)))


def confirm(account: Account, *, secret: str, code: str, at: datetime) -> None:
    """Turns the second factor on, or replaces the old one, once a code proves that the app holds `secret`."""
    counter = _counter(secret, code, at, after=0)
    if counter is None:
        raise invalid("otp", "验证码不对，请核对手机时间，输入应用中当前显示的 6 位数字。")
    with transaction.atomic():
        Authenticator.objects.update_or_create(
            user_id=account.pk,
            type=Authenticator.Type.TOTP,
            defaults={
                "data": {"secret": get_adapter().encrypt(secret), "last_counter": counter},
                "last_used_at": at,
            },
        )
        tell(account, Told.FACTOR_SET, at)


def turn_off(account: Account, *, at: datetime) -> None:
    """Removes the second factor, if there is one. Who must have one cannot sign in until a new one is set up."""
    with transaction.atomic():
        if Authenticator.objects.filter(user_id=account.pk).delete()[0]:
            tell(account, Told.FACTOR_REMOVED, at)


def is_on(account: Account) -> bool:
    return bool(Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists())


def check(account: Account, code: str, at: datetime) -> bool:
    """Whether `code` is right and not used before; it is spent with this call (RFC 6238 §5.2).

    Must run in a transaction: the row is locked, so that a code tried twice at once passes once.
    """
    kept = Authenticator.objects.select_for_update().filter(user_id=account.pk, type=Authenticator.Type.TOTP).first()
    if kept is None:
        return False
    secret = get_adapter().decrypt(kept.data["secret"])
    counter = _counter(secret, code, at, after=kept.data.get("last_counter", 0))
    if counter is None:
        return False
    kept.data["last_counter"] = counter
    kept.last_used_at = at
    kept.save(update_fields=["data", "last_used_at"])
    return True


def _counter(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The time step that `code` belongs to, within the tolerance and later than step `after`."""
    now = int(at.timestamp()) // app_settings.TOTP_PERIOD
    for step in range(now - app_settings.TOTP_TOLERANCE, now + app_settings.TOTP_TOLERANCE + 1):
        expected = format_hotp_value(hotp_value(secret, step))
        if step > after and compare_user_code(actual=code, expected=expected):
            return step
    return None

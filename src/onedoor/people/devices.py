"""Phones of the field. Nothing about a phone is kept: its key and its proof are made from the account and the phone's
own UUID by a key of the server."""

import base64
import hmac
from uuid import UUID

from django.conf import settings

from onedoor.people.models import Account


def key_of(account: int, device: UUID) -> bytes:
    """32 bytes with which the app encrypts what it keeps on this phone. Who signs in again gets them again."""
    return _made("device-key", account, device)


def proof_of(account: int, device: UUID) -> str:
    """By which a phone shows, with a sign-in that is dead, whose it was: `account.device.tag`."""
    tag = base64.urlsafe_b64encode(_made("device-proof", account, device)[:18]).decode()
    return f"{account}.{device}.{tag}"


def is_of_closed_account(proof: str) -> bool:
    """Whether this is the proof of a phone whose account is out of use. Says nothing to who has no proof."""
    account, _, rest = proof.partition(".")
    device, _, _tag = rest.partition(".")
    try:
        expected = proof_of(int(account), UUID(device)) if account.isdecimal() and len(account) < 19 else ""
    except ValueError:
        return False
    if not expected or not hmac.compare_digest(expected.encode(), proof.encode("utf-8", "replace")):
        return False
    return not Account.objects.filter(pk=int(account), is_active=True).exists()


def _made(what: str, account: int, device: UUID) -> bytes:
    return hmac.digest(settings.INDEX_KEY, f"{what}\0{account}\0{device}".encode(), "sha256")

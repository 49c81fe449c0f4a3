"""值班大屏: the screens that show the board of the day without an account."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from onedoor.figures.models import Screen
from onedoor.people.access_log import log_access
from onedoor.people.models import Unit, UnitKind
from onedoor.people.steps.form import Form
from onedoor.rules.access import Actor
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused
from onedoor.rules.seeing import SETS_UP_SCREENS


def set_up_screen(*, actor: Actor, at: datetime, name: str, address: str = "") -> str:
    """Makes the device at hand a screen of the actor's centre; its token, which is told once."""
    _must(actor)
    form = Form()
    name = form.text("name", name, "名称", 20)
    form.check()
    token = secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        made = Screen.objects.create(
            centre_id=actor.unit, name=name, digest=digest_of(token), made_at=at, made_by_id=actor.account
        )
        _log(actor, made.pk, "设置值班大屏", address)
    return token


def switch_screen(*, actor: Actor, at: datetime, screen: int, active: bool, address: str = "") -> None:
    """A device that is lost shows nothing more from its next look on."""
    _must(actor)
    with transaction.atomic(durable=True):
        if not Screen.objects.filter(pk=screen, centre_id=actor.unit).update(active=active):
            raise Refused(NOT_FOUND, "没有这块大屏。")
        _log(actor, screen, "启用值班大屏" if active else "停用值班大屏", address)


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _must(actor: Actor) -> None:
    if actor.role not in SETS_UP_SCREENS or not Unit.objects.filter(pk=actor.unit, kind=UnitKind.CENTRE).exists():
        raise Refused(NOT_ALLOWED, "只有综治中心的主任、督办员和分流专员可以设置值班大屏。")


def _log(actor: Actor, screen: int, what: str, address: str) -> None:
    log_access(action="screen", account=actor.account, subject=f"screen:{screen}", reason=what, address=address)

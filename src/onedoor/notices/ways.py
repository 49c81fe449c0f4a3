"""The ways to the outside: mail, text messages, group robots. Each sends one text under one id, or raises NotSent."""

import base64
import hmac
import json
import logging
import sys
import time
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import UUID

from django.conf import settings

from onedoor.people.demo import is_demo_database
from onedoor.rules.channels import masked_address

TIMEOUT = 10.0  # seconds
SUBJECT = "一扇门通知"
_MOST_ANSWER = 20_000


class NotSent(Exception):
    """Why a message has not gone, or may not have. Holds neither address nor key."""


class Sms(Protocol):
    """A text message gateway. The same `id` is the same message: a gateway that has it already sends nothing."""

    def send(self, phone: str, text: str, id: UUID) -> None: ...  # noqa: A002


class HttpSms:
    """POST {"id", "phone", "text"} as JSON to one address; any 2xx is a success."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def send(self, phone: str, text: str, id: UUID) -> None:  # noqa: A002
        headers = {"Idempotency-Key": str(id)} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        _post(self.url, {"id": str(id), "phone": phone, "text": text}, headers)


class ConsoleSms:
    """Writes to the worker's output, for a demo: what would be sent, and not to which number."""

    def send(self, phone: str, text: str, id: UUID) -> None:  # noqa: A002
        sys.stdout.write(f"短信 {masked_address('sms', phone)} {id}：{text}\n")
        sys.stdout.flush()


class _NoSms:
    def send(self, phone: str, text: str, id: UUID) -> None:  # noqa: A002
        raise NotSent("没有设置短信网关（ONEDOOR_SMS）。")


def sms() -> Sms | None:
    """The gateway that is set up; none where there is none."""
    chosen = settings.SMS or ("console" if is_demo_database() else "")
    if chosen == "console":
        return ConsoleSms()
    return HttpSms(chosen, settings.SMS_TOKEN) if chosen else None


def is_open(kind: str) -> bool:
    """Whether this deployment can send such messages at all."""
    if kind == "mail":
        return bool(settings.MAIL)
    return sms() is not None if kind == "sms" else True


def send(kind: str, address: str, text: str, id: UUID) -> None:  # noqa: A002
    """Sends the text; returns when the other side has taken it."""
    try:
        if kind == "mail":
            _mail(address, text, id)
        elif kind == "sms":
            (sms() or _NoSms()).send(address, text, id)
        else:
            _robot(kind, address, text, id)
    except NotSent as error:
        raise NotSent(_without(address, str(error))[:300]) from None


def _mail(address: str, text: str, id: UUID) -> None:  # noqa: A002
    from apprise import Apprise, AppriseAsset  # takes a second, which pages need not wait for

    if not settings.MAIL:
        raise NotSent("没有设置邮件服务器（ONEDOOR_MAIL）。")
    outlet = Apprise(asset=AppriseAsset(app_id="OneDoor", app_desc=SUBJECT, app_url=""))
    more = urlencode({"to": address, "format": "text", "+X-OneDoor-Message": str(id)})
    if not outlet.add(f"{settings.MAIL}{'&' if '?' in settings.MAIL else '?'}{more}"):
        raise NotSent("邮件服务器地址（ONEDOOR_MAIL）不对。")
    done = outlet.notify(body=text, title=SUBJECT, log_level=logging.DEBUG)
    if not done:
        # what the server said is told to those who debug
        why = [entry.message for entry in done.logs() if "Exception: " in entry.message or entry.level == "ERROR"]
        raise NotSent(f"邮件没有发出：{'；'.join(why) or done.status}")


def _robot(kind: str, address: str, text: str, id: UUID) -> None:  # noqa: A002
    """Our own, and not the library's: a robot that refuses answers 200 with a code, which the library takes for sent.
    A group cannot tell a repeated message by a header, so the end of the id stands in the text."""
    key, _, secret = address.partition(" ")
    query = {"access_token" if kind == "dingtalk" else "key": key}
    if secret:
        stamp = str(round(time.time() * 1000))
        sign = base64.b64encode(hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256"))
        query |= {"timestamp": stamp, "sign": sign.decode()}
    content = f"{text}（消息{str(id)[-6:]}）"
    answer = _post(
        f"{settings.ROBOTS[kind]}?{urlencode(query)}", {"msgtype": "text", "text": {"content": content}}, {}
    )
    try:
        told: Any = json.loads(answer)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("errcode") != 0:
        why = f"{told.get('errcode')} {told.get('errmsg', '')}" if isinstance(told, dict) else "回答看不懂"
        raise NotSent(f"机器人没有接受：{why}")


class _Straight(HTTPRedirectHandler):
    """Follows nowhere: after a redirect the message would be lost and the answer a success."""

    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


def _post(url: str, body: object, headers: dict[str, str]) -> bytes:
    """The body of a 2xx answer."""
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = headers | {"Content-Type": "application/json; charset=utf-8"}
    # `url` begins as a setting says, whose scheme is checked at the start
    request = Request(url, data, headers)  # noqa: S310
    try:
        with build_opener(_Straight).open(request, timeout=TIMEOUT) as answer:
            return bytes(answer.read(_MOST_ANSWER))
    except HTTPError as error:
        error.close()
        raise NotSent(f"对方服务器回答 {error.code}。") from None
    except (OSError, HTTPException) as error:
        raise NotSent(f"连不上对方服务器：{getattr(error, 'reason', error)}") from None


def _without(address: str, error: str) -> str:
    """The error without what must not be shown: the address and the keys in it."""
    for secret in (address, *address.split(" ")):
        error = error.replace(secret, "***")
    return error

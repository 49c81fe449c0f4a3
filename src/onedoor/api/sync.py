"""The phones of the grid: a batch up, files in pieces, everything down (`docs/handbook/sync.md`)."""

import base64
import hashlib
import json
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from onedoor.api import schemas
from onedoor.api.cases import DEEPEST, answer, body_of, is_deeper
from onedoor.api.problems import problem
from onedoor.api.render import localised
from onedoor.api.session import actors_of, who
from onedoor.grid.queries.down import down
from onedoor.grid.queries.mine import kept, to_decide
from onedoor.grid.steps import files, waiting
from onedoor.grid.steps.sync import take_in
from onedoor.people import devices
from onedoor.rules.access import REGISTERS
from onedoor.rules.field import MOST_ENTRIES, PIECE, read_id, read_time
from onedoor.rules.refusal import CONFLICT, NOT_ALLOWED, Refused, invalid

LARGEST = 1024 * 1024  # of a batch


router = Router()


@router.post("", summary="网格同步：送上来", openapi_extra=schemas.SYNC)
def up(request: HttpRequest) -> HttpResponse:
    """A batch of entries made on a phone, each with its own UUID; each is answered for itself."""
    signed, now = who(request), timezone.now()
    body = _batch(request)
    actors = actors_of(signed, body)
    entries = body.get("entries")
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise invalid("entries", f"一次同步最多{MOST_ENTRIES}条。")
    if not any(one.role in REGISTERS for one in actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能登记事项。")
    sent_at = body.get("sent_at")
    answers = take_in(
        signed=signed,
        actors=actors,
        entries=entries,
        sent_at=read_time(sent_at, "sent_at") if sent_at is not None else None,
        at=now,
    )
    for one, raw in zip(answers, entries, strict=True):
        if one["again"] and one["state"] == "received" and isinstance(raw, dict) and "kind" not in raw:
            one["state"] = "again"  # the word of the form without a kind
    return answer(request, {"now": now, "entries": answers})


def _batch(request: HttpRequest) -> dict[str, Any]:
    """The body. One entry with half an emoji, or with a number that is none, must not cost the others: a batch that
    the strict reader refuses is read once more by one that takes such things, and each entry is judged by itself."""
    if len(request.body) > LARGEST:
        raise Refused("too_large", "一次送得太多，请分几次送。")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        body = _read_leniently(request.body)
        if not isinstance(body, dict) or not body.get("entries"):
            raise invalid("body", "请求内容不是有效的 JSON（UTF-8）。") from error
    if not isinstance(body, dict):
        raise invalid("body", "请求内容应为 JSON 对象。")
    if is_deeper({name: value for name, value in body.items() if name != "entries"}, DEEPEST):
        raise invalid("body", "请求内容嵌套太深。")
    return body


def _read_leniently(text: bytes) -> object:
    try:
        return json.loads(text.decode())
    except (ValueError, RecursionError):
        return None


@router.get("", summary="网格同步：取下去")
def take_down(request: HttpRequest, as_post: int | None = None) -> HttpResponse:
    """Everything that a phone takes with it; 304 where nothing has changed since `If-None-Match`."""
    signed, now = who(request), timezone.now()
    found = down(signed=signed, actors=actors_of(signed, {"as_post": as_post}), at=now)
    text = orjson.dumps(localised(found), default=str)
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        stamp = orjson.dumps(localised(now))
        response = HttpResponse(b'{"now":' + stamp + b"," + text[1:], content_type="application/json; charset=utf-8")
    response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
    return response


@router.get("/kept", summary="中心存有的、关于本人的条目和位置")
def about_me(request: HttpRequest, cursor: str = "") -> HttpResponse:
    return answer(request, kept(account=who(request).account, cursor=cursor))


@router.get("/asks", summary="要人定的条目")
def asks(request: HttpRequest) -> HttpResponse:
    """Entries of the area in which two have changed the same, or that wait for more than a day."""
    return answer(request, {"items": to_decide(actors=who(request).actors, at=timezone.now())})


@router.post("/asks/{entry}", summary="定一条", openapi_extra=schemas.SETTLE)
def settle(request: HttpRequest, entry: str) -> HttpResponse:
    body = body_of(request)
    decision, text = body.get("decision"), body.get("text")
    if not isinstance(decision, str) or not isinstance(text, str):
        raise invalid("decision", "请写明怎样处理和处理意见。")
    found = waiting.settle(
        actors=actors_of(who(request), body), entry=entry, decision=decision, text=text, at=timezone.now()
    )
    return answer(request, found)


@router.post("/device", summary="本机的密钥", openapi_extra=schemas.DEVICE)
def device(request: HttpRequest) -> HttpResponse:
    """The key with which the app encrypts what it keeps on this phone; the same each time. And the proof by which the
    phone is told, when its sign-in is dead, whether the account is closed."""
    signed, given = who(request), body_of(request).get("device")
    try:
        phone: UUID = read_id(given)
    except Refused as refused:
        raise invalid("device", refused.sentence) from refused
    found = {
        "key": base64.b64encode(devices.key_of(signed.account, phone)).decode(),
        "proof": devices.proof_of(signed.account, phone),
    }
    response = answer(request, found)
    response["Cache-Control"] = "no-store"
    return response


@router.get("/files/{sha256}", summary="文件：已有多少")
def file_there(request: HttpRequest, sha256: str) -> HttpResponse:
    found = files.have(account=who(request).account, sha256=sha256)
    return answer(request, {"have": found.have, "whole": found.whole})


@router.put("/files/{sha256}", summary="文件：送一段", openapi_extra=schemas.PIECE)
def file_piece(request: HttpRequest, sha256: str, offset: int, size: int) -> HttpResponse:
    signed, now = who(request), timezone.now()
    if not any(one.role in REGISTERS for one in signed.actors):
        raise Refused(NOT_ALLOWED, "您的岗位不能登记事项。")
    if len(request.body) > PIECE:
        raise Refused("too_large", f"每段最多{PIECE // 1024} KB。")
    found = files.put_piece(
        account=signed.account,
        sha256=sha256,
        offset=offset,
        size=size,
        piece=request.body,
        at=now,
        arrives=lambda digest: waiting.file_came(signed=signed, sha256=digest, at=now),
    )
    if found.fits:
        return answer(request, {"have": found.have, "whole": found.whole})
    refused = problem(CONFLICT, "这一段接不上，请从中心已有的地方接着送。")
    body = {**json.loads(refused.content), "have": found.have, "whole": found.whole}
    refused.content = json.dumps(body, ensure_ascii=False).encode()
    return refused

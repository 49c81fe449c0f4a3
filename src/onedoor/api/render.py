"""Answers in JSON, times with the deployment's offset."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.http import HttpRequest
from ninja.renderers import BaseRenderer

_ZONE = ZoneInfo(settings.TIME_ZONE)


def localised(value: Any) -> Any:
    """The same value with every instant in the deployment's zone."""
    if isinstance(value, datetime):
        return value.astimezone(_ZONE)
    if isinstance(value, dict):
        return {name: localised(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [localised(one) for one in value]
    return value


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    charset = "utf-8"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(localised(data), default=str)

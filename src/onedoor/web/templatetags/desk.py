"""Small words that templates need."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """2026年3月2日 09:00 in the deployment's zone; nothing for nothing."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


@register.filter
def day(at: datetime | None) -> str:
    """3月2日; with its year when that is not this one."""
    if at is None:
        return ""
    local, now = timezone.localtime(at), timezone.localtime()
    return f"{local.month}月{local.day}日" if local.year == now.year else f"{local.year}年{local.month}月{local.day}日"


@register.filter
def weekday(on: date) -> str:
    """星期一 to 星期日."""
    return f"星期{'一二三四五六日'[on.weekday()]}"


@register.filter
def left(due: datetime | None) -> str:
    """How long is left until then, or how long it is past, in one word a clerk says."""
    if due is None:
        return ""
    seconds = (due - timezone.now()).total_seconds()
    word, length = ("剩", seconds) if seconds >= 0 else ("超", -seconds)
    if length >= 86400:
        return f"{word}{int(length // 86400)}天"
    if length >= 3600:
        return f"{word}{int(length // 3600)}小时"
    return f"{word}{int(length // 60)}分钟"


@register.filter
def minutes_until(since: datetime | None, until: datetime | None) -> int:
    """Whole minutes between the two; nought while one is not known."""
    return max(0, int((until - since).total_seconds() // 60)) if since and until else 0


@register.filter
def yuan(cents: int | None) -> str:
    """分 as 元 with thousands set off."""
    return "" if cents is None else f"{cents / 100:,.2f}元"


@register.filter
def size(count: int) -> str:
    return f"{count / 1048576:.1f} MB" if count >= 1048576 else f"{max(1, count // 1024)} KB"


@register.filter
def get(mapping: dict[str, Any], name: str) -> Any:
    return mapping.get(name, "")


@register.filter
def indent(depth: int) -> str:
    """Blanks before a name in a select box; ordinary ones would be dropped."""
    return "　" * int(depth)


@register.simple_tag
def new_key() -> str:
    """A key that makes a form harmless when it is sent twice."""
    return str(uuid4())

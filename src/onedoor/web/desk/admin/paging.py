"""Filters of a list, kept in the address."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse


def kept(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    """The filters as typed; PostgreSQL takes no NUL in a text, and no code or name holds one."""
    return {name: request.GET.get(name, "").replace("\0", "\ufffd").strip()[:100] for name in names}


def address_with(name: str, values: dict[str, str], after: str) -> str:
    """The next page under the same filters."""
    query = {key: value for key, value in (values | {"after": after}).items() if value}
    return f"{reverse(name)}?{urlencode(query)}"

"""How a log line reads. It may lie about for years with whoever runs the machine, so nothing of a matter is in it."""

import logging
import re
from typing import Any

_PARTS = ("api", "desk", "admin", "field", "wall", "static")
# What PostgreSQL adds to an error is the row that did not fit.
_DETAIL = re.compile(
    r"^(DETAIL|CONTEXT|QUERY|STATEMENT|HINT):[^\n]*(\n(?![A-Z]+:|Traceback|\s*File |\n)[^\n]*)*", re.M
)
# And what it could not read stands in the sentence itself.
_TYPED = re.compile(r'(invalid input (?:syntax|value)[^:\n]*: |\bvalue )".*"')


class Lines(logging.Formatter):
    """`time level logger message`; of a fault in the database what was wrong, not the row."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(self, ei: Any) -> str:  # noqa: N802  logging's name
        return _TYPED.sub(r'\1"…"', _DETAIL.sub(r"\1: …", super().formatException(ei)))


class NoAddresses(logging.Filter):
    """Django names the address with what it has refused. Addresses of open pages hold codes, and people type anything:
    the line says which page it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            # as it is, and as Django writes it, with its signs escaped
            written = (request.path, request.path.encode("unicode_escape").decode("ascii"))
            record.args = tuple(route_of(request) if one in written else one for one in record.args)
        return True


def route_of(request: Any) -> str:
    """The page's pattern, without what stood in its place; of an address that is none, which people may have typed
    anything into, only in which part of the platform it would lie."""
    match = getattr(request, "resolver_match", None)
    if match is not None and match.route:
        return f"/{match.route}"
    first = str(request.path).lstrip("/").partition("/")[0]
    return f"/{first}/…" if first in _PARTS else "/…"

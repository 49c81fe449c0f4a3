"""Bodies are waited for outside, requests are worked on inside.

The server gives each request a thread of its own. A phone that takes two minutes to send a picture holds one that only
waits; the few that work, each with its connection to the database, get requests that have arrived whole.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO, Any

from django.conf import settings

from onedoor.cases.upload import FORM

WORKING = 8  # more at once only wait for each other
IN_MEMORY = 256 * 1024
PIECE = 64 * 1024

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class _BrokenOff(Exception):
    """The client went away before the whole body was here."""


class WholeRequests:
    """A WSGI application that calls another one, on one of `working` threads, once the body has arrived.

    A body larger than any that is taken is not waited for: by its declared length the application refuses it.
    """

    def __init__(self, application: Application, working: int = WORKING) -> None:
        self._application = application
        self._working = ThreadPoolExecutor(working, "request")

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            environ["wsgi.input"] = body = _received(environ)
        except (_BrokenOff, OSError):
            start_response("400 Bad Request", [("Content-Length", "0")])
            return [b""]
        try:
            return self._working.submit(self._application, environ, start_response).result()
        finally:
            # what the application keeps of it, it has read or moved by now
            body.close()


def _received(environ: Environ) -> IO[bytes]:
    most = settings.ATTACHMENT_LIMIT + FORM
    declared = environ.get("CONTENT_LENGTH") or ""
    chunked = not declared and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    length = int(declared) if declared.isdecimal() else (most + 1 if chunked else 0)
    if length == 0 or (length > most and not chunked):
        return BytesIO()
    source = environ["wsgi.input"]
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the request closes it
    received = 0
    while received < length and (piece := source.read(min(PIECE, length - received))):
        body.write(piece)
        received += len(piece)
    if received < length and not chunked:
        body.close()
        raise _BrokenOff
    environ["CONTENT_LENGTH"] = str(received)
    body.seek(0, os.SEEK_SET)
    return body

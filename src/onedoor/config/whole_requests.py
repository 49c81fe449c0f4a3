"""Bodies are waited for outside, requests are worked on inside.

The server gives each request a thread of its own. A phone that takes two minutes to send a picture holds one that only
waits; the few that work, each with its connection to the database, get requests that have arrived whole. A body that
comes to a standstill is given up and told so: its thread here goes back to the others. The one that reads stays until
the connection ends, for nothing can interrupt it; those are threads of their own, which no other request needs.
"""

import http
import json
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO, Any

from django.conf import settings

from onedoor.cases import space
from onedoor.cases.upload import FORM
from onedoor.rules.refusal import NO_SPACE

WORKING = 8  # more at once only wait for each other
READING = 512  # bodies on their way at once; more wait in line as long as one that does not move
IN_MEMORY = 256 * 1024
PIECE = 16 * 1024
LOOKS = 4  # within the patience
TOO_SLOW = "too_slow"
SLOW_SENTENCE = "上传中断太久，没有收全，您的操作没有保存。请到信号好的地方再试。"

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class _BrokenOff(Exception):
    """The client went away before the whole body was here."""


class _TooSlow(Exception):
    """For `patience` seconds not even a piece has come."""


class WholeRequests:
    """A WSGI application that calls another one, on one of `working` threads, once the body has arrived.

    A body larger than any that is taken is not waited for: by its declared length the application refuses it.
    `patience`: seconds within which each further 16 KB (or the rest) must come.
    """

    def __init__(self, application: Application, working: int = WORKING, patience: float | None = None) -> None:
        self._application = application
        self._working = ThreadPoolExecutor(working, "request")
        self._reading = ThreadPoolExecutor(READING, "body")
        self._patience = settings.UPLOAD_PATIENCE if patience is None else patience

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            environ["wsgi.input"] = body = self._received(environ)
        except _TooSlow:
            return _said(environ, start_response, 408, TOO_SLOW, SLOW_SENTENCE)
        except (_BrokenOff, OSError) as error:
            if space.is_lack_of_room(error):
                return _said(environ, start_response, 503, NO_SPACE, space.SENTENCE)
            start_response("400 Bad Request", [("Content-Length", "0")])
            return [b""]
        try:
            return self._working.submit(self._application, environ, start_response).result()
        finally:
            # what the application keeps of it, it has read or moved by now
            body.close()

    def _received(self, environ: Environ) -> IO[bytes]:
        most = settings.ATTACHMENT_LIMIT + FORM
        declared = environ.get("CONTENT_LENGTH") or ""
        chunked = not declared and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        length = int(declared) if declared.isdecimal() else (most + 1 if chunked else 0)
        if length == 0 or (length > most and not chunked):
            return BytesIO()
        arrival = _Arrival(environ["wsgi.input"], length)
        reading = self._reading.submit(arrival.read)
        try:
            environ["CONTENT_LENGTH"] = str(arrival.wait(self._patience, 0 if chunked else length))
        except BaseException:
            reading.cancel()
            arrival.give_up()
            raise
        return arrival.body


class _Arrival:
    """A body on its way, read by one thread, waited for by another."""

    def __init__(self, source: IO[bytes], length: int) -> None:
        self.body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the request closes it
        self._source, self._length = source, length
        self._received = 0
        self._error: Exception | None = None
        self._given_up = False
        self._turn = threading.Lock()
        self._ended = threading.Event()

    def read(self) -> None:
        try:
            while self._received < self._length:
                piece = self._source.read(min(PIECE, self._length - self._received))
                with self._turn:
                    if not piece or self._given_up:
                        return
                    self.body.write(piece)
                    self._received += len(piece)
        except Exception as error:  # noqa: BLE001  told to the thread that waits
            self._error = error
        finally:
            self._ended.set()

    def wait(self, patience: float, least: int) -> int:
        """Bytes received, once that is all. Raises _TooSlow, and _BrokenOff when it is less than it should be."""
        # counted in looks: a machine that stood still is not taken for a client that does
        looks, seen = 0, 0
        while not self._ended.wait(patience / LOOKS):
            looks = looks + 1 if self._received == seen else 0
            seen = self._received
            if looks >= LOOKS:
                raise _TooSlow
        if self._error is not None:
            raise self._error
        if self._received < least:
            raise _BrokenOff
        self.body.seek(0)
        return self._received

    def give_up(self) -> None:
        with self._turn:
            self._given_up = True
            self.body.close()


def _said(
    environ: Environ, start_response: Callable[..., Any], status: int, code: str, sentence: str
) -> Iterable[bytes]:
    """An answer before any view is asked: a problem for programs, plain text for browsers."""
    if environ.get("PATH_INFO", "").startswith("/api/"):
        kind = "application/problem+json"
        body = json.dumps({"code": code, "title": "没有收全", "detail": sentence}, ensure_ascii=False).encode()
    else:
        kind, body = "text/plain; charset=utf-8", sentence.encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Connection", "close")]
    start_response(f"{status} {http.HTTPStatus(status).phrase}", headers)
    return [body]

"""Bodies that come slowly, stand still or find no room."""

import errno
import json
import threading
import time
from collections.abc import Iterable
from io import BytesIO
from typing import IO, Any

import pytest

from onedoor.config import whole_requests
from onedoor.config.whole_requests import PIECE, WholeRequests

Answer = tuple[str, dict[str, str], bytes]


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


class Slow:
    """A body of which each read takes a while, and of which after `stops` bytes nothing comes any more."""

    def __init__(self, content: bytes, *, each: float, stops: int | None = None) -> None:
        self._content, self._each, self._stops = BytesIO(content), each, stops
        self.hangs_up = threading.Event()

    def read(self, size: int) -> bytes:
        if self._stops is not None and self._content.tell() + size > self._stops:
            self.hangs_up.wait(20)
            return b""
        time.sleep(self._each)
        return self._content.read(size)


def ask(application: WholeRequests, body: Any, length: int, path: str = "/api/v1/cases") -> Answer:
    said: list[Any] = []
    environ = {"CONTENT_LENGTH": str(length), "PATH_INFO": path, "wsgi.input": body}
    content = b"".join(application(environ, lambda status, headers: said.append((status, dict(headers)))))
    return said[0][0], said[0][1], content


def test_slow_is_waited_for_as_long_as_it_moves() -> None:
    content = b"x" * PIECE * 6
    status, _, answer = ask(WholeRequests(echo, patience=0.5), Slow(content, each=0.15), len(content))
    assert status == "200 OK" and answer == content


@pytest.mark.parametrize("path", ["/api/v1/cases", "/apply"])
def test_what_stands_still_is_given_up_and_told_so(path: str) -> None:
    content = b"x" * PIECE * 6
    body = Slow(content, each=0.0, stops=PIECE * 3)
    begun = time.monotonic()
    status, headers, answer = ask(WholeRequests(echo, patience=0.4), body, len(content), path)
    assert status == "408 Request Timeout" and 0.4 <= time.monotonic() - begun < 5
    assert headers["Connection"] == "close" and "没有收全" in answer.decode()
    if path.startswith("/api/"):
        assert headers["Content-Type"] == "application/problem+json" and json.loads(answer)["code"] == "too_slow"
    body.hangs_up.set()


def test_more_that_stand_still_than_are_read_at_once_delay_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two may be read at once here; the third gets its answer too, and who has no body is not in that line."""
    monkeypatch.setattr(whole_requests, "READING", 2)
    application = WholeRequests(echo, patience=0.4)
    bodies = [Slow(b"x" * 100, each=0.0, stops=0) for _ in range(3)]
    found: list[Answer] = []
    threads = [threading.Thread(target=lambda body=body: found.append(ask(application, body, 100))) for body in bodies]
    for thread in threads:
        thread.start()
    begun = time.monotonic()
    assert ask(application, BytesIO(), 0)[0] == "200 OK" and time.monotonic() - begun < 0.3
    for thread in threads:
        thread.join(5)
    assert [one[0] for one in found] == ["408 Request Timeout"] * 3
    for body in bodies:
        body.hangs_up.set()


def test_no_room_for_a_body_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoRoom(BytesIO):
        def write(self, _content: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    def file(_size: int) -> IO[bytes]:
        return NoRoom()

    monkeypatch.setattr("onedoor.config.whole_requests.tempfile.SpooledTemporaryFile", file)
    status, _, answer = ask(WholeRequests(echo), BytesIO(b"x" * 100), 100)
    assert status == "503 Service Unavailable" and json.loads(answer)["code"] == "no_space"


def test_what_breaks_off_reaches_nobody() -> None:
    assert ask(WholeRequests(echo), BytesIO(b"x" * 50), 100)[0] == "400 Bad Request"

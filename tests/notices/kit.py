"""Servers that stand for the outside, at real sockets."""

import json
import socketserver
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from cases.kit import sql
from onedoor.notices.steps.deliver import deliver_next
from onedoor.notices.steps.gather import due_channels, gather
from web.kit import Screens


class Gateway:
    """An HTTP server that takes what is posted and answers with `status` and `answer`."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, str], dict[str, Any]]] = []  # path, headers, body
        self.status, self.answer = 200, '{"errcode": 0}'
        self.headers: dict[str, str] = {}
        self.before_answer: Callable[[], object] = lambda: None
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.taken.append((self.path, dict(self.headers), json.loads(body)))
                gateway.before_answer()
                self.send_response(gateway.status)
                for name, value in gateway.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(gateway.answer.encode())

            def do_GET(self) -> None:  # where a redirect would lead
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"errcode": 0}')

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "Gateway":
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()


class MailServer:
    """An SMTP server that takes every letter, or answers the recipient with `refuse`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuse = ""
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                def say(line: str) -> None:
                    self.wfile.write(f"{line}\r\n".encode())

                say("220 mail.test")
                while line := self.rfile.readline().decode().strip():
                    word = line.upper()
                    if word.startswith("RCPT") and server.refuse:
                        say(server.refuse)
                    elif word == "DATA":
                        say("354 go on")
                        lines = []
                        while (one := self.rfile.readline()) not in (b".\r\n", b""):
                            lines.append(one)
                        server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
                        say("250 taken")
                    elif word == "QUIT":
                        say("221 bye")
                        return
                    else:
                        say("250 mail.test")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"mailto://127.0.0.1:{self.server.server_address[1]}?from=onedoor@example.com"

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()


PHONE = "13900001234"


def sent_to(screens: Screens, unit: str = "zjj", **changes: object) -> str:
    """A matter that waits to be signed by a unit."""
    number = str(screens.registered(**changes)["number"])
    screens.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": unit}))
    return number


def soon() -> datetime:
    """A moment later than everything before."""
    return datetime.now(UTC) + timedelta(seconds=5)


def gather_all(at: datetime) -> int:
    """How many messages were made."""
    return sum(gather(channel=channel, at=at) is not None for channel in due_channels(at))


def deliver_all(at: datetime) -> int:
    """How many messages were tried."""
    count = 0
    while deliver_next(at=at):
        count += 1
    return count


def listen(screens: Screens, who: str, *, kind: str = "sms", address: str = PHONE) -> datetime:
    """A channel whose first message is out of the way; when the next may go."""
    answer = screens.send(who, f"me/channels/{kind}", address=address)
    assert answer.status_code == 302, answer.content.decode()
    sql("DELETE FROM delivery WHERE notices = 0")
    return soon()


def states() -> list[tuple[Any, ...]]:
    """State, tries and notices of every message, oldest first."""
    return sql("SELECT state, tries, notices FROM delivery ORDER BY id")

"""`uploads`: a hundred slow uploads at once, bytes trickling, while others work. Others do not notice; each upload
ends whole or is told why not, and nothing half-written stays."""

import argparse
import contextlib
import json
import re
import socket
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from bench.measure import percentiles

from drill.lives import BOUNDARY, Clients, prepare
from drill.result import Result
from drill.server import Server, database, joined, running, say

BUDGET_MS = 500.0
GROWTH_MB = 60.0
BEFORE = 10.0  # seconds of work without the uploads
PATIENCE = 15  # of the server in this drill, for 16 KB: those of a slow upload take half of it; a day's is a minute
SIZE = 120_000
# of the uploads: bytes come slowly and all of them; they stop half-way; the phone is gone half-way
KINDS = ("slow", "stalled", "gone")


def options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--uploads", type=int, default=100, help="同时有几个慢速上传")
    parser.add_argument("--upload-seconds", type=float, default=60.0, help="一个慢速上传用多久")


def drill(data: Path, asked: argparse.Namespace) -> Result:
    tokens, begun = prepare(data), time.monotonic()
    with running(Server(data, more={"ONEDOOR_UPLOAD_PATIENCE_SECONDS": str(PATIENCE)})) as server:
        clients = Clients(server.port, tokens, count=4, seed=asked.seed)
        clients.start()
        time.sleep(BEFORE)
        life = next(life for life in clients.lives if life.number)
        before, memory = len(clients.tally.seconds), _memory(server)
        say(f"{asked.uploads} 个慢速上传开始")
        one = partial(_Upload, server.port, tokens["clerk"], life.number, asked.upload_seconds)
        uploads = [one(place) for place in range(asked.uploads)]
        for upload in uploads:
            upload.start()
        most = memory
        while any(upload.is_alive() for upload in uploads):
            time.sleep(0.5)
            most = max(most, _memory(server))
        meanwhile = clients.tally.seconds[before:]
        time.sleep(BEFORE / 2)
        after = _memory(server)
        clients.finish()
        with joined(data):
            from drill.whole import settled

            _, waiting = settled()
    quiet, loud = (percentiles(one or [9.9]) for one in (clients.tally.seconds[:before], meanwhile))
    with database(data):
        from drill.whole import compare

        whole = [upload for upload in uploads if upload.state == "201"]
        left = _left_behind(data, life.number, whole)
        life.done += ["attach"] * len(whole)
        wrong, found, faults = compare(data, clients.lives)
    tally = clients.tally
    unclear = [upload.said() for upload in uploads if not upload.right]
    growth = round(most - memory, 1)
    wrong |= {
        "waiting": len(waiting), "refused": len(tally.faults), "errors": tally.repeats,
        "uploads_unclear": len(unclear), "left_behind": len(left),
        "too_slow": int(loud["p95"] > BUDGET_MS), "memory": int(growth > GROWTH_MB),
    }  # fmt: skip
    figures: dict[str, Any] = {
        "uploads": asked.uploads,
        "ends": {kind: _ends(uploads, kind) for kind in KINDS},
        "others_before": {**quiet, "requests": before},
        "others_meanwhile": {**loud, "requests": len(meanwhile)},
        "memory_mb": {"before": memory, "most": most, "after": after},
        **found,
    }
    done = f"{asked.uploads} slow uploads, others' p95 {loud['p95']:.0f} ms (before: {quiet['p95']:.0f}), +{growth} MB"
    return Result(done, wrong, figures, [*tally.faults, *unclear, *left, *waiting, *faults], time.monotonic() - begun)


class _Upload(threading.Thread):
    """One phone and its file."""

    def __init__(self, port: int, token: str, number: str, seconds: float, place: int) -> None:
        super().__init__(daemon=True)
        self.kind = KINDS[0 if place % 4 < 2 else place % 4 - 1]
        self.port, self.token, self.number, self.place, self.seconds = port, token, number, place, seconds
        self.state = self.answer = ""
        self.content = f"upload {place}\n".encode() + b"x" * SIZE

    def run(self) -> None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{self.place}.txt"\r\n'
        body = head.encode() + b"Content-Type: text/plain\r\n\r\n" + self.content + f"\r\n--{BOUNDARY}--\r\n".encode()
        lines = [f"POST /api/v1/cases/{self.number}/attachments HTTP/1.1", "Host: drill", "Connection: close"]
        lines += [f"Authorization: Bearer {self.token}", f"Content-Type: multipart/form-data; boundary={BOUNDARY}"]
        lines += [f"Idempotency-Key: upload-{self.place}", f"Content-Length: {len(body)}"]
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=self.seconds + 60) as line:
                line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
                self._trickle(line, body if self.kind == "slow" else body[: len(body) // 2])
                if self.kind == "gone":
                    self.state = "gone"
                    return
                self._hear(line)
        except OSError as error:
            self.state = f"broken: {error}"

    def _trickle(self, line: socket.socket, body: bytes) -> None:
        steps = max(1, int(self.seconds * 5))
        piece = SIZE // steps + 1  # of half a body too: what stops half-way was no slower until then
        for place in range(0, len(body), piece):
            line.sendall(body[place : place + piece])
            time.sleep(0.2)

    def _hear(self, line: socket.socket) -> None:
        heard = b""
        with contextlib.suppress(TimeoutError):
            while (b"\r\n\r\n" not in heard or _is_short(heard)) and (piece := line.recv(65536)):
                heard += piece
        self.state = heard.split(b" ", 2)[1].decode() if b" " in heard else "no answer"
        self.answer = heard.partition(b"\r\n\r\n")[2].decode(errors="replace")

    @property
    def right(self) -> bool:
        if self.kind == "slow":
            return self.state == "201"
        if self.kind == "gone":
            return self.state == "gone"
        return self.state == "408" and json.loads(self.answer)["code"] == "too_slow"

    def said(self) -> str:
        return f"upload {self.place} ({self.kind}): {self.state} {self.answer[:100]}"


def _is_short(heard: bytes) -> bool:
    """Whether of an answer whose head is here more is to come."""
    head, _, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
    return len(body) < (int(length[1]) if length else 0)


def _ends(uploads: list[_Upload], kind: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for upload in uploads:
        if upload.kind == kind:
            found[upload.state] = found.get(upload.state, 0) + 1
    return found


def _memory(server: Server) -> float:
    """Megabytes that the web server's processes hold for themselves."""
    from drill.server import command_of

    pages = 0
    for pid in server.below():
        if "granian" in command_of(pid):
            with contextlib.suppress(OSError, ValueError):
                fields = (Path("/proc") / str(pid) / "statm").read_text().split()
                pages += int(fields[1]) - int(fields[2])
    return round(pages * 4096 / 1024 / 1024, 1)


def _left_behind(data: Path, number: str, whole: list[_Upload]) -> list[str]:
    """Uploads of which a row without bytes, bytes without a row or a half is there."""
    import hashlib

    from onedoor.cases.sql import rows

    found = [f"a half of an upload: {path.name}" for path in (data / "files").rglob(".upload-*")]
    there = {
        row["name"]: row["sha256"]
        for row in rows(
            "SELECT a.name, encode(a.sha256, 'hex') AS sha256 FROM attachment a"
            ' JOIN "case" c ON c.id = a.case_id WHERE c.number = %s AND a.name <> %s',
            [number, "drill.txt"],
        )
    }
    for upload in whole:
        sha256 = hashlib.sha256(upload.content).hexdigest()
        if there.pop(f"{upload.place}.txt", "") != sha256:
            found.append(f"upload {upload.place} was acknowledged and is not there as it was")
    return found + [f"{name} is there and was not acknowledged" for name in there]

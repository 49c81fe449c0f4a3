"""Asks both databases, by their own sockets and all the time, whether they take changes. A program of its own, which
runs as their system user: `python -m drill.primaries FOLDER…` writes a line whenever an answer is another one."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

EVERY = 0.1
PRIMARY, STANDBY, DOWN = "primary", "standby", "down"


class Eye:
    """One database, seen by its socket."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.connection: psycopg.Connection | None = None

    def look(self) -> str:
        try:
            if self.connection is None:
                self.connection = psycopg.connect(
                    host=self.folder, dbname="postgres", autocommit=True, connect_timeout=2
                )
            row = self.connection.execute("SELECT pg_is_in_recovery()").fetchone()
        except psycopg.Error:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return DOWN
        return STANDBY if row is not None and row[0] else PRIMARY


def main(folders: list[str]) -> None:
    eyes = [Eye(folder) for folder in folders]
    last: list[str] = []
    while True:
        now = [eye.look() for eye in eyes]
        # a change between the two looks is none of both at once: the first is asked again
        if now.count(PRIMARY) > 1:
            now[0] = eyes[0].look()
        if now != last:
            print(json.dumps({"at": time.monotonic(), "are": now}), flush=True)
            last = now
        time.sleep(EVERY)


@dataclass(slots=True)
class Seen:
    at: float
    are: list[str]


class Watch:
    """What the program has written."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.seen: list[Seen] = []
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = json.loads(line)
            self.seen.append(Seen(found["at"], found["are"]))

    def now(self) -> list[str]:
        return self.seen[-1].are if self.seen else []

    def twice(self) -> int:
        """How often both took changes at once, where that was not to be expected."""
        return sum(one.are.count(PRIMARY) > 1 for one in self.seen)

    def excuse(self, since: float) -> int:
        """How often, since then; it is not held against anybody later."""
        found = [one for one in self.seen if one.at >= since and one.are.count(PRIMARY) > 1]
        self.seen = [one for one in self.seen if one not in found]
        return len(found)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


if __name__ == "__main__":
    main(sys.argv[1:])

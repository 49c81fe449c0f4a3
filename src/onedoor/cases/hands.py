"""Processes that work for one: Python's lock lets one processor count at a time, however many threads there are.

Each is a Python of its own with a connection of its own (`python -m onedoor.cases.hands`), is told what to do by a
line of JSON and answers with one. It ends with its standard input, so with whoever started it, killed or not.
"""

import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

import orjson

Job = dict[str, Any]


class Hand:
    """One such process. What it cannot do it says on standard error, and ends."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "onedoor.cases.hands"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # closes its input: it ends when it has done what it is at

    def __call__(self, job: Job) -> Job:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(orjson.dumps(job) + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"a helping process ended with {self._process.wait()}")
        found: Job = orjson.loads(answer)
        return found


def done(jobs: Iterable[Job], hands: int) -> Iterator[tuple[Job, Job]]:
    """Each job with its answer, in the order of the jobs, which are asked for no earlier than needed to keep all hands
    busy. If one fails the jobs under way are finished, and their answers are lost."""
    with ExitStack() as stack:
        idle: SimpleQueue[Hand] = SimpleQueue()
        for _ in range(hands):
            idle.put(stack.enter_context(Hand()))

        def work(job: Job) -> Job:
            hand = idle.get()
            try:
                return hand(job)
            finally:
                idle.put(hand)

        pool = stack.enter_context(ThreadPoolExecutor(hands))
        waiting: deque[tuple[Job, Future[Job]]] = deque()
        for job in jobs:
            waiting.append((job, pool.submit(work, job)))
            if len(waiting) > hands:
                first, future = waiting.popleft()
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()


def main() -> None:
    import django

    django.setup()
    from onedoor.cases.steps.recompute import look

    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(orjson.dumps(look(orjson.loads(line))) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

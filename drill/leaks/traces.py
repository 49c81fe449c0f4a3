"""Where words stay behind: log lines, rows of tables, files."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from drill.leaks.world import ERASED, ONCE_ORDINARY, Secret
from onedoor.config.logs import NoAddresses

# Never in the clear in any row: the keys to a person.
SEALED = ("telephone", "identity number")
# Tables of what goes to people and machines: no word of a matter stands there at all.
GOES_OUT = ("notice", "applicant_message", "delivery", "procrastinate_jobs", "procrastinate_events", "event",
            "access_log", "counter", "counter_delta", "visible", "django_session")  # fmt: skip


class Kept(logging.Handler):
    """Every line of every logger, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def all_logs(formatter: logging.Formatter) -> Iterator[list[str]]:
    """What is logged meanwhile, at any level, by whomever."""
    root, kept = logging.getLogger(), Kept()
    kept.setFormatter(formatter)
    kept.addFilter(NoAddresses())
    quiet, root.handlers = root.handlers, []  # not on the screen
    before = {one: (one.level, one.propagate, one.disabled) for one in _loggers()}
    for one in before:
        one.setLevel(logging.DEBUG)
        one.disabled = False
        if one is root or not one.propagate:
            one.addHandler(kept)
    try:
        yield kept.lines
    finally:
        root.handlers = quiet
        for one, (level, _, disabled) in before.items():
            one.setLevel(level)
            one.disabled = disabled
            one.removeHandler(kept)


def _loggers() -> list[logging.Logger]:
    """All but one that writes nowhere by the settings: its lines are nobody's."""
    named = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    # pytest hangs its own handlers beside
    nowhere = {
        one.name
        for one in named
        if not one.propagate and any(isinstance(h, logging.NullHandler) for h in one.handlers)
    }
    return [logging.getLogger(), *(one for one in named if not {one.name, one.name.rpartition(".")[0]} & nowhere)]


def in_lines(lines: list[str], secrets: Mapping[str, Secret], texts: Mapping[str, str]) -> list[str]:
    words = {**texts, **{f"{what} of {one.name}": word for one in secrets.values() for what, word in _words(one)}}
    return [f"a log line has {what}: {line[:160]}" for line in lines for what, word in words.items() if word in line]


def _words(secret: Secret) -> list[tuple[str, str]]:
    """All but numbers of matters, which are nobody's data; but a number that only some may know is a secret too."""
    return [*secret.words.items(), *secret.numbers.items()]


def in_tables(secrets: Mapping[str, Secret]) -> list[str]:
    """Keys to persons in the clear anywhere; words of matters in what goes out; anything of what was erased."""
    found = []
    for table in _tables():
        for secret in secrets.values():
            words = dict(_words(secret))
            if secret.name != ERASED:
                words = {
                    what: word for what, word in words.items()
                    if what in SEALED or (table in GOES_OUT and (what != "number" or secret.name == ONCE_ORDINARY))
                }  # fmt: skip
            if words:
                found += [f"{table} has {what} of {secret.name}" for what in _held(table, words)]
    return found


def _held(table: str, words: Mapping[str, str]) -> list[str]:
    with connection.cursor() as cursor:
        columns = ", ".join("count(*) FILTER (WHERE strpos(t, %s) > 0)" for _ in words)
        cursor.execute(
            f'SELECT {columns} FROM (SELECT "{table}"::text AS t FROM "{table}") rows', list(words.values())
        )
        counts = cursor.fetchone() or ()
    return [what for what, count in zip(words, counts, strict=True) if count]


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        return [row[0] for row in cursor.fetchall()]


def in_names_of_files(folder: Path, secrets: Mapping[str, Secret]) -> list[str]:
    names = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    return [
        f"a file is called by {what} of {one.name}"
        for one in secrets.values() for what, word in _words(one) for name in names if word in name
    ]  # fmt: skip

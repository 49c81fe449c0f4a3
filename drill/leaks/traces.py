"""Where words stay behind: log lines, rows of tables, files."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from psycopg.pq import TransactionStatus

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
            words = dict(_words(secret)) if secret.name == ERASED else _never_in(table, secret)
            if words:
                found += [f"{table} has {what} of {secret.name}" for what in _held(table, words)]
    return found


def _never_in(table: str, secret: Secret) -> dict[str, str]:
    return {
        what: word for what, word in _words(secret)
        if what in SEALED or (table in GOES_OUT and (what != "number" or secret.name == ONCE_ORDINARY))
    }  # fmt: skip


# Who may read a matter leaves its number here; the line is read only by who may know the matter (`queries/looks.py`).
LOOKED_AT = "access_log"
_WRITTEN = "pg_stat_get_xact_tuples_inserted(o) + pg_stat_get_xact_tuples_updated(o)"


class Rows:
    """What requests write, looked at before it is taken back: the rows that are newer than all there were at `mark`.
    PostgreSQL counts by itself what a transaction has written into each table, so that a request which writes nothing
    costs one question."""

    def __init__(self) -> None:
        self.looked_at = 0
        self._parts: dict[str, list[int]] = {}  # a table, or the parts in which its rows lie
        self._newest: dict[str, int] = {}  # by table, how many transactions ago its newest row was written
        self._written: dict[str, int] = {}
        self._all = 0

    def mark(self) -> None:
        """All that is there now was there before any request."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(pg_partition_root(oid), oid)::regclass::text, array_agg(oid::bigint) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace GROUP BY 1"
            )
            self._parts = {name.strip('"'): parts for name, parts in cursor.fetchall()}
            for table in self._parts:
                cursor.execute(f'SELECT min(age(xmin)) FROM "{table}"')
                (age,) = cursor.fetchone() or (None,)
                self._newest[table] = 2**31 - 1 if age is None else age
        self._written, self._all = self._counted(), self._total()

    def found(self, secrets: Mapping[str, Secret]) -> list[str]:
        """What the rows say that were written since the last call and are not taken back yet."""
        if connection.needs_rollback or connection.connection.info.transaction_status == TransactionStatus.INERROR:
            return []  # PostgreSQL has refused it, and nothing of it would stay
        before, self._all = self._all, self._total()
        if self._all == before:
            return []
        counted, said = self._counted(), list[str]()
        changed = [table for table, count in counted.items() if count > self._written.get(table, 0)]
        self._written = counted
        for table in changed:
            text = self._new(table)
            for secret in secrets.values():
                # in other tables a person who types what he has heard may write even what has been erased elsewhere
                words = _never_in(table, secret)
                if table == LOOKED_AT:
                    words.pop("number", None)
                said += [f"{table} has {what} of {secret.name}" for what, word in words.items() if word in text]
        return said

    def _total(self) -> int:
        """Rows that this transaction has written, also those that it has taken back."""
        oids = ",".join(str(oid) for parts in self._parts.values() for oid in parts)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sum({_WRITTEN})::bigint FROM unnest('{{{oids}}}'::oid[]) rows (o)")
            return int((cursor.fetchone() or (0,))[0])

    def _counted(self) -> dict[str, int]:
        """The same by table."""
        parts = [(table, oid) for table, oids in self._parts.items() for oid in oids]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t, sum({_WRITTEN})::bigint AS n FROM unnest(%s::text[], %s::oid[]) rows (t, o) GROUP BY t",
                [[table for table, _ in parts], [oid for _, oid in parts]],
            )
            return dict(cursor.fetchall())

    def _new(self, table: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{table}"::text FROM "{table}" WHERE age(xmin) < %s', [self._newest[table]])
            texts = [row[0] for row in cursor.fetchall()]
        self.looked_at += len(texts)
        return "\n".join(texts)


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

"""Chinese full text without an extension: character bigrams in a tsvector under GIN.

Interactive writes are searchable within a minute, once the worker has drained the queue; an import queues
its cases likewise. The queue's length is the backlog.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from onedoor.cases.sql import rows

SEARCHED = ("narrative", "supplement", "answer", "opinion")
# A run of letters, digits and ideographs; anything else parts words.
_RUN = re.compile(r"[^\W_]+")
# One lexeme a bigram, and a vector is at most 1 MB: twenty thousand characters stay far below it.
MOST_LEXEMES = 40_000


def bigrams(text: str) -> list[str]:
    """The distinct lexemes of a text: every two neighbouring characters of every run, and runs of one."""
    found: dict[str, None] = {}
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if len(run) == 1:
            found[run] = None
        for place in range(len(run) - 1):
            found[run[place : place + 2]] = None
    return list(found)[:MOST_LEXEMES]


def query_of(text: str) -> str | None:
    """The tsquery that asks for all bigrams of a search text; None when it holds nothing to search for.

    A single character asks for any lexeme that begins with it. Lexemes hold letters and digits only, so
    quoting them is safe.
    """
    lexemes = bigrams(text[:100])
    if not lexemes:
        return None
    return " & ".join(f"'{lexeme}'" if len(lexeme) > 1 else f"'{lexeme}':*" for lexeme in lexemes)


def drain(limit: int = 500) -> int:
    """Makes the vectors of up to `limit` queued cases; returns how many. Two at once never take the same."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # an array is read once; the planner may read an IN for every row, past what it has just locked and deleted
            cursor.execute(
                "DELETE FROM search_queue WHERE case_id = ANY(ARRAY(SELECT case_id FROM search_queue"
                " ORDER BY queued_at LIMIT %s FOR UPDATE SKIP LOCKED)) RETURNING case_id",
                [limit],
            )
            taken = [row[0] for row in cursor.fetchall()]
        if taken:
            index(taken)
    return len(taken)


def backlog() -> int:
    """Cases that wait to become searchable."""
    return int(rows("SELECT count(*) AS n FROM search_queue")[0]["n"])


def index(cases: list[UUID]) -> None:
    """Makes the vectors of these cases anew, from what is not erased."""
    matter: dict[UUID, list[str]] = defaultdict(list)
    names: dict[UUID, list[str]] = defaultdict(list)
    for row in rows('SELECT id, title FROM "case" WHERE id = ANY(%s)', [cases]):
        matter[row["id"]].append(row["title"])
    texts = "SELECT case_id, text FROM statement WHERE case_id = ANY(%s) AND kind = ANY(%s) AND erased_at IS NULL"
    for row in rows(texts, [cases, list(SEARCHED)]):
        matter[row["case_id"]].append(row["text"])
    # who asked not to be named is not found by his name either
    parties = (
        'SELECT p.case_id, p.name FROM party p JOIN "case" c ON c.id = p.case_id'
        " WHERE p.case_id = ANY(%s) AND p.erased_at IS NULL AND NOT (c.anonymous AND p.part = 'applicant')"
    )
    for row in rows(parties, [cases]):
        names[row["case_id"]].append(row["name"])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO case_text (case_id, matter, names) SELECT u.id, u.matter::tsvector, u.names::tsvector"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS u (id, matter, names)"
            " ON CONFLICT (case_id) DO UPDATE SET matter = excluded.matter, names = excluded.names",
            [cases, [vector_of(matter[case]) for case in cases], [vector_of(names[case]) for case in cases]],
        )


def vector_of(texts: Iterable[str]) -> str:
    """The tsvector of the texts, as PostgreSQL writes it: without places, since only presence is asked for."""
    return " ".join(f"'{lexeme}'" for lexeme in bigrams("\n".join(texts)))

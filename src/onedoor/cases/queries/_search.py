"""How a list looks for a text."""

from onedoor.cases.queries._filters import Where
from onedoor.cases.search_index import query_of
from onedoor.cases.sql import rows
from onedoor.rules.access import Viewer
from onedoor.rules.numbers import is_number, parse_number

# So many blocks of the texts, some 2,000 cases, are looked at to see how common a text is.
SAMPLE = 500
# In this share of them, and in so many: a walk over the newest cases meets it soon enough.
COMMON, COMMON_LEAST = 0.01, 8
# In this share counting, too, meets it soonest by walking; below, the index is faster.
EVERYWHERE = 0.07
# A less common text in no more cases than this is looked for from its hits.
RARE = 6000

_NUMBERED = "SELECT e.case_id FROM external_number e WHERE e.number = %s"


class Search:
    """A text looked for. `rare`: few cases hold it, so the query starts from them; `hopeless`: it holds nothing
    to look for. A number is looked for as such."""

    def __init__(self, viewer: Viewer, text: str) -> None:
        self.text = text.strip()
        self.active = bool(self.text)
        self.number = self.query = ""
        self.rare = self.hopeless = False
        self.share = 0.0
        self.names = viewer.sees_names
        if not self.active:
            return
        if is_number(self.text):
            self.number = parse_number(self.text)
            return
        query = query_of(self.text)
        if query is None:
            self.hopeless = True
            return
        self.query = query
        self._probe()

    def _probe(self) -> None:
        """Which plan is good depends on how common the text is, and the planner does not know: neighbouring pairs
        of characters come together, and it takes them for independent. A sample, always the same, tells of common
        texts, the index of the others, for which it is quick."""
        percent = f"SELECT least(100, 819200.0 * {SAMPLE} / greatest(pg_relation_size('case_text'), 1))"
        found = rows(
            f"SELECT count(*) AS n, count(*) FILTER (WHERE {self.match}) AS hits"
            f" FROM case_text t TABLESAMPLE SYSTEM (({percent})) REPEATABLE (0)",
            self.match_values,
        )[0]
        self.share = found["hits"] / found["n"] if found["n"] else 0.0
        if self.share >= COMMON and found["hits"] >= COMMON_LEAST:
            return
        found = rows(
            f"SELECT count(*) AS n FROM (SELECT 1 FROM case_text t WHERE {self.match} LIMIT %s) hits",
            [*self.match_values, RARE + 1],
        )[0]
        self.rare = int(found["n"]) <= RARE

    @property
    def match(self) -> str:
        return "(t.matter @@ %s::tsquery OR t.names @@ %s::tsquery)" if self.names else "t.matter @@ %s::tsquery"

    @property
    def match_values(self) -> list[object]:
        return [self.query, self.query] if self.names else [self.query]

    @property
    def everywhere(self) -> bool:
        """So common that counting meets it soonest by walking the cases."""
        return self.share >= EVERYWHERE

    def counting(self) -> tuple[str, list[object]]:
        """The cases that match, for counting, as FROM. Where it is everywhere, a scalar subquery has it asked row
        by row; else of the index."""
        match = f"(SELECT {self.match})" if self.everywhere else self.match
        again = f"SELECT 1 FROM case_text t WHERE t.case_id = e.case_id AND {self.match}"
        sql = f"(SELECT t.case_id FROM case_text t WHERE {match} UNION ALL {_NUMBERED} AND NOT EXISTS ({again}))"
        return sql, [*self.match_values, self.text, *self.match_values]

    def condition(self) -> Where:
        """The search as a condition on a case that is already at hand."""
        where = Where()
        if self.number:
            where.add("c.number = %s", self.number)
        elif self.rare:
            where.add("@id IN (SELECT case_id FROM hits)")
        elif self.active:
            # a scalar subquery is asked row by row, in the order of the walk
            where.add(
                f"((SELECT {self.match} FROM case_text t WHERE t.case_id = @id) OR @id = ANY(ARRAY({_NUMBERED})))",
                *self.match_values,
                self.text,
            )
        return where

    def hits(self) -> tuple[str, list[object]]:
        """The cases that hold the text or bear it as an external number, as a named subquery."""
        if not self.rare:
            return "", []
        sql = f"WITH hits AS MATERIALIZED (SELECT t.case_id FROM case_text t WHERE {self.match} UNION {_NUMBERED})"
        return sql, [*self.match_values, self.text]

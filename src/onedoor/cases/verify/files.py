"""`verify --files`: every file that a row refers to lies in the store and is what its digest says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from onedoor.cases import files
from onedoor.cases.sql import rows
from onedoor.cases.verify.finding import Finding
from onedoor.config.suites import of_digest

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Source:
    """One column of digests. `of_case`: the row names its case; `under`: the part of the store."""

    table: str
    column: str = "sha256"
    of: str = "TRUE"
    of_case: bool = False
    under: str = ""
    hexadecimal: bool = False

    @property
    def digest(self) -> str:
        return self.column if self.hexadecimal else f"encode({self.column}, 'hex')"


# Of files under way (`grid_fieldfile`) those that are whole; their rows stay while an entry waits with them.
SOURCES = (
    Source("attachment", of="erased_at IS NULL", of_case=True),
    Source("session_recording", of="erased_at IS NULL", of_case=True),
    Source("paper", of="erased_at IS NULL AND sha256 <> ''", of_case=True, hexadecimal=True),
    Source("paper", "docx_sha256", "erased_at IS NULL AND docx_sha256 <> ''", of_case=True, hexadecimal=True),
    Source("situation_report", of="sha256 <> ''", hexadecimal=True),
    Source("situation_report", "docx_sha256", "docx_sha256 <> ''", hexadecimal=True),
    Source("bulletin", of="sha256 <> ''", hexadecimal=True),
    Source("bulletin", "docx_sha256", "docx_sha256 <> ''", hexadecimal=True),
    Source("hall_articlevideo", under="videos"),
    Source("hall_articlevideo", "poster_sha256", "poster_sha256 IS NOT NULL", under="videos"),
    Source("grid_fieldfile", of="whole"),
)


def check_files(progress: Callable[[int], None] = lambda _done: None) -> Iterator[Finding]:
    """What is missing or changed in the store. Files that nothing refers to are no fault: a recovery to an earlier
    moment leaves some, and an upload lies there before its row. `progress` hears how many were read."""
    done, seen = 0, set[str]()
    for source in SOURCES:
        for row in _rows(source):
            done += 1
            if row["digest"] not in seen:
                if what := _fault(row["digest"], source.under):
                    yield Finding(what, number=row["number"] or "", table=source.table, row=str(row["id"]))
                    continue
                seen.add(row["digest"])
            progress(done)


def _rows(source: Source) -> Iterator[dict[str, Any]]:
    number = '(SELECT number FROM "case" WHERE id = t.case_id)' if source.of_case else "''"
    select = f"SELECT t.id, {source.digest} AS digest, {number} AS number FROM {source.table} t WHERE ({source.of})"
    found = rows(f"{select} ORDER BY t.id LIMIT {PAGE}")
    while found:
        yield from found
        found = rows(f"{select} AND t.id > %s ORDER BY t.id LIMIT {PAGE}", [found[-1]["id"]])


def _fault(digest: str, under: str) -> str:
    stored = bytes.fromhex(digest)
    suite = of_digest(stored)
    try:
        found = suite.marked(suite.digest_of_file(files.path_of(stored, under)))
    except FileNotFoundError:
        return f"文件 {digest[:12]}… 不在附件库中"
    except OSError as error:
        return f"文件 {digest[:12]}… 读不出（{error.strerror}）"
    return "" if found == stored else f"文件 {digest[:12]}… 的内容与登记的不符"

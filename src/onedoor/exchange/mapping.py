"""Which column of a ledger is what: a TOML file, or one of the maps that come along."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from onedoor.cases.counting import ZONE
from onedoor.rules import identity
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.intake import CHANNELS, KINDS, PURPOSES
from onedoor.rules.refusal import Refused

MAPS = Path(__file__).parent / "maps"
FIELDS = (
    "external_number", "applicant", "phone", "id_number", "title", "narrative", "address", "category",
    "registered_at", "unit", "answer", "concluded_at",
)  # fmt: skip
REQUIRED = ("external_number", "narrative", "registered_at")
DEFAULTS = ("channel", "kind", "purpose", "category", "division", "unit", "outcome", "anonymous")
_TABLES = ("columns", "defaults", "categories", "units")
_KEYS = ("name", "system", "sheet", "timezone", *_TABLES)
_CHOICES = {"channel": CHANNELS, "kind": KINDS, "purpose": PURPOSES, "outcome": OUTCOME_NAMES}
MOST_SYSTEM = 40


class Unusable(Exception):
    """The file or the map cannot be used at all; the sentence says why."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """`columns`: our field → the heading; `defaults`: what every row shares; `categories` and `units`: the
    ledger's word → our code; `zone`: where the ledger's clock hangs."""

    name: str
    system: str
    columns: Mapping[str, str]
    defaults: Mapping[str, Any]
    categories: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    zone: ZoneInfo = ZONE

    def missing(self, header: Sequence[str]) -> list[str]:
        """The headings that the header lacks."""
        return [heading for heading in self.columns.values() if heading not in header]

    def label(self, name: str) -> str:
        """What a person calls our field: the ledger's heading, or where the map gives it for all rows."""
        return self.columns.get(name) or (f"对照表 defaults.{name}" if name in DEFAULTS else name)


def read_map(path: Path) -> ColumnMap:
    """The map in a file; refuses with a sentence what cannot be one."""
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise Unusable(f"没有找到对照表 {path.name}。") from error
    except OSError as error:
        raise Unusable(f"对照表 {path.name} 打不开。") from error
    except UnicodeDecodeError as error:
        raise Unusable(f"对照表 {path.name} 不是 UTF-8 编码，请另存为 UTF-8。") from error
    except tomllib.TOMLDecodeError as error:
        raise Unusable(f"对照表 {path.name} 不是有效的 TOML：{error}") from error
    _check_shape(raw)
    columns, defaults = raw.get("columns", {}), raw.get("defaults", {})
    _check_whole(raw, columns, defaults)
    return ColumnMap(
        name=raw.get("name", path.stem),
        system=_system(raw["system"]),
        columns={name: heading.strip() for name, heading in columns.items()},
        defaults=defaults,
        categories=raw.get("categories", {}),
        units=raw.get("units", {}),
        sheet=raw.get("sheet", ""),
        zone=_zone(raw["timezone"]) if "timezone" in raw else ZONE,
    )


def _check_shape(raw: Mapping[str, Any]) -> None:
    """Only what a map knows, and each value of its kind."""
    for table in _TABLES:
        if not isinstance(raw.get(table, {}), dict):
            raise Unusable(f"对照表的 {table} 应写成 [{table}] 一节。")
    unknown = [name for name in raw if name not in _KEYS]
    unknown += [name for name in raw.get("columns", {}) if name not in FIELDS]
    unknown += [name for name in raw.get("defaults", {}) if name not in DEFAULTS]
    if unknown:
        raise Unusable(f"对照表里有不认识的项：{'、'.join(unknown)}。可用的列：{'、'.join(FIELDS)}。")
    values = {name: raw[name] for name in raw if name not in _TABLES}
    for table in _TABLES:
        values |= {f"{table}.{name}": value for name, value in raw.get(table, {}).items()}
    wrong = [
        name for name, value in values.items() if not isinstance(value, bool if name == "defaults.anonymous" else str)
    ]
    if wrong:
        raise Unusable(f"对照表里这些项的值不对：{'、'.join(wrong)}。文字要加引号，anonymous 只能是 true 或 false。")


def _check_whole(raw: Mapping[str, Any], columns: Mapping[str, str], defaults: Mapping[str, Any]) -> None:
    """Nothing is missing without which every single row would be refused."""
    lacking = [name for name in REQUIRED if name not in columns]
    lacking += [f"defaults.{name}" for name in ("channel", "kind") if not defaults.get(name)]
    if "category" not in columns and not defaults.get("category"):
        lacking.append("category")
    if "answer" in columns and "concluded_at" not in columns:
        lacking.append("concluded_at")
    if not raw.get("system"):
        lacking.append("system")
    if lacking:
        raise Unusable(f"对照表缺少：{'、'.join(lacking)}。")
    for name, known in _CHOICES.items():
        value = defaults.get(name, "")
        if value and value not in known:
            choices = "、".join(f"{code}（{word}）" for code, word in known.items())
            raise Unusable(f"对照表 defaults.{name} 没有“{value}”，可选：{choices}。")


def _system(text: str) -> str:
    """As the record keeps it, or a second import would look for another name than the first one wrote."""
    try:
        return identity.check_text(text, most=MOST_SYSTEM, field="system", label="对照表的 system")
    except Refused as refused:
        raise Unusable(refused.sentence) from refused


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Unusable(f"对照表的 timezone 没有“{name}”，例：Asia/Shanghai。") from error


def fitting_map(header: Sequence[str]) -> ColumnMap | None:
    """The map that comes along and fits the header best: the one with most columns, all of them there."""
    fits = [one for one in map(read_map, sorted(MAPS.glob("*.toml"))) if not one.missing(header)]
    return max(fits, key=lambda one: len(one.columns), default=None)

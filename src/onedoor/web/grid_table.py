"""Grids in and out as tables: the columns of the workbook, the features of GeoJSON, both taken over row by row.

It stands above the rooms, since the machinery of tables is the exchange's and the steps are the grid's.
"""

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import shapely
import xlsxwriter

from onedoor.exchange.import_office import Row
from onedoor.exchange.mapping import Unusable
from onedoor.exchange.office_tables import Cells, Column, Outcome, Table, Task
from onedoor.grid.models import Grid
from onedoor.grid.steps.grids import FIELDS, add_grid, change_grid, draw_grid
from onedoor.people.find import find_division
from onedoor.rules.geo import check_shape
from onedoor.rules.grids import GRID_KINDS
from onedoor.rules.refusal import invalid

MOST_BYTES = 30 * 1024 * 1024
MOST_GRIDS = 6_000
_WKT = "POLYGON ((100.1 30.1, 100.2 30.1, 100.2 30.2, 100.1 30.1))"
_PLACE = "名称或代码；有重名的填代码"


def _grid(task: Task, row: Cells) -> Outcome:
    """What is there is found by its code and changed where the row says something else; an empty cell changes
    nothing."""
    shape, system = _shape(row), row.get("system", "cgcs2000")
    there = Grid.objects.select_related("division").filter(division__code=row["code"]).first()
    if there is None:
        there = add_grid(by=task.by, code=row["code"], parent=row["parent"], given=row)
        if shape is not None:
            draw_grid(by=task.by, grid=there.pk, shape=shape, system=system)
        return Outcome.NEW
    if not there.active:
        raise invalid("code", f"网格 {row['code']} 已停用，请先在页面上启用。")
    if row["parent"] and find_division(row["parent"], field="parent").pk != there.division.parent_id:
        raise invalid("parent", f"“{there}”已有上级“{there.division.parent}”，不能改。")
    kept = {name: str(getattr(there, name) or "") for name in FIELDS if name != "name"} | {"name": there.division.name}
    given = {name: row[name] or kept[name] for name in FIELDS}
    changed = change_grid(by=task.by, grid=there.pk, given=given)
    if shape is not None:
        changed = draw_grid(by=task.by, grid=there.pk, shape=shape, system=system) or changed
    return Outcome.CHANGED if changed else Outcome.SAME


def _shape(row: Cells) -> object | None:
    """GeoJSON from a feature, or the well-known text of a cell."""
    if row.get("geojson"):
        return orjson.loads(row["geojson"])  # type: ignore[no-any-return]
    if not row["shape"]:
        return None
    try:
        area = shapely.from_wkt(row["shape"])
    except shapely.errors.GEOSException as error:
        raise invalid("shape", f"范围要是 WKT 的面，如 {_WKT}。") from error
    return orjson.loads(shapely.to_geojson(area))  # type: ignore[no-any-return]


TABLE = Table(
    "grids",
    "网格",
    (
        Column(
            "code", "代码", "自定，用小写字母和数字，定下后不能改；通常为村（社区）代码加顺序号", "320830100201g01",
            required=True, width=20,
        ),
        Column("name", "名称", "60 个字以内", "第一网格", required=True, width=24),
        Column("parent", "上级", f"所在的村、社区或上级网格，{_PLACE}；新的必填", "320830100201", width=24),
        Column("kind", "类别", "从下拉框中选；不填为普通网格", "普通网格", offered=tuple(GRID_KINDS.values())),
        Column("level_name", "称谓", "本地怎么叫这一级；不填则随类别", "网格"),
        Column("shown_name", "负责人", "向居民公示的网格员，40 个字以内", "", width=14),
        Column("shown_phone", "电话", "公示的电话；用岗位电话，不用私人电话", "0900-1234567", width=18),
        Column("households", "户数", "整数", "320", width=10),
        Column("shape", "范围", "可不填；WKT 写法的面，先经度后纬度", _WKT, width=40),
    ),
    _grid,
    "上级要排在下级前面。警官、法律顾问在网格的页面上登记，网格员的岗位在“人员和岗位”里设。",
    most=MOST_GRIDS,
)  # fmt: skip
# names of properties in files from elsewhere, the first is ours
_PROPERTIES = {
    "code": ("code", "代码"),
    "name": ("name", "名称"),
    "parent": ("parent", "上级"),
    "kind": ("kind", "类别"),
    "level_name": ("level_name", "称谓"),
    "shown_name": ("shown_name", "负责人"),
    "shown_phone": ("phone", "shown_phone", "电话"),
    "households": ("households", "户数"),
}


def read_geojson(path: Path) -> list[Row]:
    """One row for each feature, numbered from 1. Raises Unusable for what is no FeatureCollection."""
    if path.stat().st_size > MOST_BYTES:
        raise Unusable(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件，或先简化边界。")
    try:
        read: Any = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Unusable("这不是可以读取的 GeoJSON 文件。请从地图软件导出为 GeoJSON（UTF-8）。") from error
    features = read.get("features") if isinstance(read, dict) and read.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        raise Unusable("文件里没有要素：要是 FeatureCollection，每个网格一个 Feature。")
    if len(features) > MOST_GRIDS:
        raise Unusable(f"一次最多导入 {MOST_GRIDS} 个网格，这个文件有 {len(features)} 个，请分成几个文件。")
    return [Row(place, _cells(feature)) for place, feature in enumerate(features, 1)]


def _cells(feature: Any) -> dict[str, str]:
    feature = feature if isinstance(feature, dict) else {}
    properties = feature.get("properties")
    given = properties if isinstance(properties, dict) else {}
    cells = {name: _text(given, names) for name, names in _PROPERTIES.items()}
    geometry = feature.get("geometry")
    return cells | {"shape": "", "geojson": orjson.dumps(geometry).decode() if geometry is not None else ""}


def _text(given: Mapping[str, Any], names: Iterable[str]) -> str:
    for name in names:
        value = given.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value).replace("\0", "\ufffd").strip()
    return ""


def in_system(rows: Iterable[Row], system: str) -> list[Row]:
    """The same rows, their coordinates meant in this system (`rules.geo.SYSTEMS`)."""
    return [Row(row.place, {**row.cells, "system": system}) for row in rows]


def as_geojson(grids: Iterable[Mapping[str, Any]]) -> bytes:
    """Grids of `whole_table`, CGCS2000; what it says can be imported again."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": one["code"],
                "name": one["name"],
                "parent": one["parent"],
                "kind": one["kind"],
                "level_name": one["level_name"],
                "shown_name": one["shown_name"],
                "phone": one["shown_phone"],
                "households": one["households"],
            },
            "geometry": one["shape"],
        }
        for one in grids
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def as_workbook(grids: Iterable[Mapping[str, Any]]) -> bytes:
    """The same in the columns of the template; a shape too long for a cell stays out."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        heading = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        sheet = book.add_worksheet(TABLE.title)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(TABLE.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.heading, heading)
        for line, one in enumerate(grids, 1):
            said = {**one, "kind": GRID_KINDS[one["kind"]], "shape": ""}
            if one["shape"]:
                text = shapely.to_wkt(shapely.geometry.shape(one["shape"]), rounding_precision=7)
                said["shape"] = text if len(text) <= _LONGEST_CELL else ""
            for place, column in enumerate(TABLE.columns):
                value = said[column.field]
                sheet.write_string(line, place, "" if value is None else str(value))
    return file.getvalue()


_LONGEST_CELL = 7_500  # what a workbook may hold of one text when it is read again


def example_geojson() -> bytes:
    """A file with one feature, to be filled in."""
    ring = [[100.1, 30.1], [100.12, 30.1], [100.12, 30.12], [100.1, 30.12], [100.1, 30.1]]
    one = {
        "code": "320830100201g01", "name": "第一网格", "parent": "320830100201", "kind": "ordinary",
        "level_name": "网格", "shown_name": "", "shown_phone": "", "households": 320,
        "shape": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip
    return as_geojson([one])


def drawn(text: str, system: str) -> dict[str, object]:
    """What was pasted into the form of one grid: a geometry, a feature, or a collection of one."""
    try:
        given: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise invalid("shape", "这不是 GeoJSON，请从地图软件里复制整段文字。") from error
    if isinstance(given, dict) and given.get("type") == "FeatureCollection":
        features = given.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise invalid("shape", "这里一次只画一个网格，文件里要正好有一个面。")
        given = features[0]
    if isinstance(given, dict) and given.get("type") == "Feature":
        given = given.get("geometry")
    return check_shape(given, system=system)

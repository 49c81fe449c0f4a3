"""Grids: made below a division, changed, drawn, retired; who stands by them. None is ever deleted: cases lie in it."""

from collections.abc import Mapping
from typing import Any

import shapely

from onedoor.grid.models import Grid, GridContact
from onedoor.grid.queries._shapes import next_shape_version
from onedoor.people.find import find_division
from onedoor.people.models import Division, Post
from onedoor.people.steps.administering import By, administering
from onedoor.people.steps.divisions import add_division, rename_division
from onedoor.people.steps.form import Form
from onedoor.rules.geo import check_shape
from onedoor.rules.grids import CONTACT_KINDS, GRID_KINDS, LEVEL_NAMES
from onedoor.rules.refusal import CONFLICT, Refused, invalid

FIELDS = ("name", "kind", "level_name", "households", "shown_name", "shown_phone")
CONTACT_FIELDS = ("kind", "name", "office", "phone", "shown")
_LABELS = {
    "kind": "类别",
    "level_name": "称谓",
    "households": "户数",
    "shown_name": "公示的网格员",
    "shown_phone": "公示的电话",
}
MOST_HOUSEHOLDS = 100_000


def add_grid(*, by: By, code: str, parent: str, given: Mapping[str, str]) -> Grid:
    """A grid below the division `parent` (code or name), which may be a grid itself. A division of that code that is
    there already, below the same parent, and no grid yet becomes one. `given` has FIELDS."""
    read = _read(given)
    with administering(by):
        there = Division.objects.filter(code=code.strip()).first()
        if there is not None and Grid.objects.filter(pk=there.pk).exists():
            raise invalid("code", f"已有代码为 {there.code} 的网格。")
        if there is not None:
            if there.parent_id is None or find_division(parent, field="parent").pk != there.parent_id:
                raise invalid("code", f"代码 {there.code} 已由别处的区划“{there}”使用。")
            rename_division(by=by, division=there.pk, name=given.get("name", ""))
            division = there
        else:
            division = add_division(by=by, code=code, name=given.get("name", ""), parent=parent)
        above = Grid.objects.filter(pk=division.parent_id).first()
        if above is not None and not above.active:
            raise invalid("parent", f"上级网格“{above}”已停用。")
        Division.objects.filter(pk=division.pk).update(offered=False)
        made = Grid.objects.create(division=division, shape_version=next_shape_version(), **read)
        by.log("grid", division.code, f"新增{read['level_name']}，{GRID_KINDS[read['kind']]}")
    return made


def change_grid(*, by: By, grid: int, given: Mapping[str, str]) -> bool:
    """Whether anything was different. `given` has FIELDS."""
    read = _read(given)
    with administering(by):
        there = _grid(grid)
        renamed = rename_division(by=by, division=there.pk, name=given.get("name", ""))
        changed = [field for field, value in read.items() if getattr(there, field) != value]
        if not changed and not renamed:
            return False
        for field in changed:
            setattr(there, field, read[field])
        there.shape_version = next_shape_version()  # names and kinds are kept with the shapes
        there.save(update_fields=[*changed, "shape_version"])
        if changed:
            by.log("grid", there.division.code, f"修改网格：{'、'.join(_LABELS[field] for field in changed)}")
    return True


def draw_grid(*, by: By, grid: int, shape: object, system: str = "cgcs2000") -> bool:
    """Whether the shape is another one. `shape` is a GeoJSON Polygon or MultiPolygon in the coordinate system `system`
    (`rules.geo.SYSTEMS`); None takes it away. One that crosses itself is refused with the place where it does."""
    checked = None if shape is None else _whole(check_shape(shape, system=system))
    with administering(by):
        there = _grid(grid)
        if there.shape == checked:
            return False
        there.shape, there.shape_version = checked, next_shape_version()
        there.save(update_fields=["shape", "shape_version"])
        by.log("grid", there.division.code, "画范围" if checked else "清除范围")
    return True


def switch_grid(*, by: By, grid: int, active: bool) -> None:
    """In use or not. What is retired is on no map and in no list, its cases stay where they are."""
    with administering(by):
        there = _grid(grid)
        if there.active == active:
            return
        if not active:
            _nobody_there(there)
        elif Grid.objects.filter(pk=there.division.parent_id, active=False).exists():
            raise Refused(CONFLICT, "上级网格已停用，请先启用上级。")
        there.active, there.shape_version = active, next_shape_version()
        there.save(update_fields=["active", "shape_version"])
        by.log("grid", there.division.code, "启用网格" if active else "停用网格")


def keep_contact(*, by: By, grid: int, given: Mapping[str, str], contact: int | None = None) -> GridContact:
    """A police officer or a legal adviser, new or changed. `given` has CONTACT_FIELDS."""
    form = Form()
    read: dict[str, Any] = {
        "kind": form.choice("kind", given.get("kind", ""), "身份", CONTACT_KINDS),
        "name": form.text("name", given.get("name", ""), "姓名", 40),
        "office": form.text("office", given.get("office", ""), "单位", 60, required=False),
        "phone": form.text("phone", given.get("phone", ""), "电话", 30),
        "shown": given.get("shown", "") not in ("", "否", "no"),
    }
    form.check()
    with administering(by):
        there = _grid(grid)
        if contact is None:
            kept = GridContact.objects.create(grid=there, **read)
        else:
            kept = _contact(there, contact)
            for field, value in read.items():
                setattr(kept, field, value)
            kept.save()
        by.log("grid", there.division.code, f"{'登记' if contact is None else '修改'}{CONTACT_KINDS[kept.kind]}")
    return kept


def remove_contact(*, by: By, grid: int, contact: int) -> None:
    with administering(by):
        there = _grid(grid)
        gone = _contact(there, contact)
        by.log("grid", there.division.code, f"删除{CONTACT_KINDS[gone.kind]}")
        gone.delete()


def _read(given: Mapping[str, str]) -> dict[str, Any]:
    form = Form()
    kind = form.choice("kind", given.get("kind", "") or "ordinary", "类别", GRID_KINDS)
    households = given.get("households", "").strip()
    number = int(households) if households.isascii() and households.isdecimal() and len(households) < 9 else None
    if households and (number is None or number > MOST_HOUSEHOLDS):
        form.fault("households", f"户数填 0 到 {MOST_HOUSEHOLDS} 的整数，或者不填。")
    typed = given.get("level_name", "").strip() or LEVEL_NAMES.get(kind, "网格")
    read = {
        "kind": kind,
        "level_name": form.text("level_name", typed, "称谓", 20),
        "households": number,
        "shown_name": form.text("shown_name", given.get("shown_name", ""), "公示的网格员", 40, required=False),
        "shown_phone": form.text("shown_phone", given.get("shown_phone", ""), "公示的电话", 30, required=False),
    }
    form.text("name", given.get("name", ""), "名称", 60)
    form.check()
    return read


def _whole(shape: dict[str, object]) -> dict[str, object]:
    area = shapely.geometry.shape(shape)
    if not area.is_valid:
        raise invalid("shape", f"范围的边线自己相交或重叠（{shapely.is_valid_reason(area)}），请改好再存。")
    return shape


def _nobody_there(grid: Grid) -> None:
    below = Grid.objects.filter(division__parent_id=grid.pk, active=True).count()
    if below:
        raise Refused(CONFLICT, f"“{grid}”下面还有 {below} 个在用的网格，请先停用它们。")
    posts = Post.objects.filter(division_id=grid.pk, active=True).count()
    if posts:
        raise Refused(CONFLICT, f"还有 {posts} 个在任岗位看“{grid}”，请先在“人员和岗位”里免去或改到别的网格。")


def _grid(grid: int) -> Grid:
    found = Grid.objects.select_related("division").filter(pk=grid).first()
    if found is None:
        raise invalid("code", "没有这个网格。")
    return found


def _contact(grid: Grid, contact: int) -> GridContact:
    found = GridContact.objects.filter(pk=contact, grid=grid).first()
    if found is None:
        raise invalid("name", "没有这个联系人。")
    return found

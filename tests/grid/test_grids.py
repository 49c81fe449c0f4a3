"""Grids as an administrator keeps them: steps, who may, faults of shapes, tables in and out."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from grid.test_lookup import box, make_grid
from onedoor.exchange.import_office import Report, take_over
from onedoor.exchange.mapping import Unusable
from onedoor.grid.models import Grid, GridContact
from onedoor.grid.queries import lookup
from onedoor.grid.queries.faults import BARE, BEYOND, HOLE, OVERLAP, faults
from onedoor.grid.queries.grids import list_grids, shown_grid, whole_table
from onedoor.grid.steps import grids as steps
from onedoor.people.models import AccessLog, Account, Division, Post
from onedoor.people.steps.administering import By
from onedoor.people.tokens import signed_in_as
from onedoor.rules.geo import to_gcj02
from onedoor.rules.refusal import Refused
from onedoor.web.desk.admin.grid_imports import read_grids
from onedoor.web.grid_table import TABLE, as_geojson, as_workbook
from people.kit import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
VILLAGE = "990101100202"
GIVEN = {"name": "北片网格", "kind": "普通网格", "shown_name": "巡心安", "shown_phone": "0900-1", "households": "320"}
SQUARE = box(100.0, 30.0, 100.01, 30.01)


def by(who: str = "admin") -> By:
    signed = signed_in_as(Account.objects.get(username=who).pk)
    assert signed is not None
    return By(signed.actors[0], NOW)


def made(code: str = "n1", **given: str) -> Grid:
    return steps.add_grid(by=by(), code=code, parent=VILLAGE, given=GIVEN | given)


def refuses(step: Any, says: str, field: str = "") -> None:
    with pytest.raises(Refused) as refused:
        step()
    assert says in str(refused.value.fields or refused.value.sentence)
    assert field in refused.value.fields or not field


def test_a_grid_is_a_division_below_its_village_and_is_logged() -> None:
    grid = made()
    assert grid.division.path == [*Division.objects.get(code=VILLAGE).path, grid.pk]
    assert (grid.kind, grid.level_name, grid.households) == ("ordinary", "网格", 320)
    assert not Division.objects.get(pk=grid.pk).offered
    lines = set(AccessLog.objects.filter(subject="n1").values_list("action", flat=True))
    assert lines == {"division", "grid"}


def test_a_grid_within_a_grid_and_a_division_that_becomes_one() -> None:
    made()
    inner = steps.add_grid(by=by(), code="n1a", parent="n1", given=GIVEN | {"kind": "micro", "name": "东边"})
    assert inner.level_name == "微网格"
    assert len(inner.division.path) == 5
    there = Division.objects.get(code="990101100201g02")
    took = steps.add_grid(by=by(), code=there.code, parent="990101100201", given=GIVEN | {"name": "塘西网格"})
    assert took.pk == there.pk
    assert Division.objects.get(pk=there.pk).name == "塘西网格"


def test_what_cannot_be_a_grid_is_refused_at_its_field() -> None:
    made()
    refuses(lambda: made(), "已有代码为", "code")
    refuses(lambda: steps.add_grid(by=by(), code=VILLAGE, parent="清禾镇石", given=GIVEN), "没有区划", "parent")
    refuses(lambda: steps.add_grid(by=by(), code="990101", parent=VILLAGE, given=GIVEN), "已由别处", "code")
    refuses(lambda: made("n2", kind="圆形"), "请选择类别", "kind")
    refuses(lambda: made("n2", households="很多"), "户数", "households")
    refuses(lambda: made("n2", name=" "), "请填写名称", "name")
    refuses(lambda: made("第二"), "代码只能用", "code")


@pytest.mark.parametrize("who", ["director", "grid_lead", "clerk", "grid_worker"])
def test_only_an_administrator_keeps_grids(who: str) -> None:
    grid = made()
    refuses(lambda: steps.add_grid(by=by(who), code="n2", parent=VILLAGE, given=GIVEN), "只有系统管理员")
    refuses(lambda: steps.draw_grid(by=by(who), grid=grid.pk, shape=SQUARE), "只有系统管理员")
    refuses(lambda: steps.switch_grid(by=by(who), grid=grid.pk, active=False), "只有系统管理员")
    refuses(lambda: steps.keep_contact(by=by(who), grid=grid.pk, given=CONTACT), "只有系统管理员")
    assert not GridContact.objects.exists()


def test_a_shape_is_kept_in_the_national_system_and_seen_at_once() -> None:
    grid = made()
    before = grid.shape_version
    shifted = {"type": "Polygon", "coordinates": [[list(to_gcj02(*p)) for p in SQUARE["coordinates"][0]]]}
    assert steps.draw_grid(by=by(), grid=grid.pk, shape=shifted, system="gcj02")
    grid.refresh_from_db()
    assert grid.shape_version > before
    found = lookup.grid_at(100.005, 30.005)
    assert found and (found.code, found.inside) == ("n1", True)
    assert not steps.draw_grid(by=by(), grid=grid.pk, shape=grid.shape)
    assert steps.draw_grid(by=by(), grid=grid.pk, shape=None)
    assert lookup.grid_at(100.005, 30.005) is None


def test_a_shape_that_crosses_itself_is_refused() -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    refuses(lambda: steps.draw_grid(by=by(), grid=made().pk, shape=bow), "自己相交", "shape")


def test_a_new_name_is_the_lookups_too() -> None:
    grid = made()
    steps.draw_grid(by=by(), grid=grid.pk, shape=SQUARE)
    assert getattr(lookup.grid_at(100.005, 30.005), "name", "") == "北片网格"
    assert steps.change_grid(by=by(), grid=grid.pk, given=GIVEN | {"name": "南片网格"})
    assert getattr(lookup.grid_at(100.005, 30.005), "name", "") == "南片网格"
    assert not steps.change_grid(by=by(), grid=grid.pk, given=GIVEN | {"name": "南片网格"})


def test_a_grid_with_people_or_grids_below_is_not_retired() -> None:
    grid = made()
    inner = steps.add_grid(by=by(), code="n1a", parent="n1", given=GIVEN | {"kind": "micro"})
    refuses(lambda: steps.switch_grid(by=by(), grid=grid.pk, active=False), "下面还有 1 个")
    steps.switch_grid(by=by(), grid=inner.pk, active=False)
    post = Post.objects.get(account__username="grid_worker")
    post.division_id = grid.pk
    post.save()
    refuses(lambda: steps.switch_grid(by=by(), grid=grid.pk, active=False), "1 个在任岗位")
    Post.objects.filter(pk=post.pk).update(active=False)
    steps.switch_grid(by=by(), grid=grid.pk, active=False)
    refuses(lambda: steps.switch_grid(by=by(), grid=inner.pk, active=True), "上级网格已停用")
    assert [one["code"] for one in list_grids(state="retired").items] == ["n1", "n1a"]


CONTACT = {"kind": "police", "name": "警进网", "office": "清禾派出所", "phone": "0900-2", "shown": "yes"}


def test_residents_see_only_what_is_shown_and_what_is_above_where_there_is_nothing() -> None:
    grid = made()
    steps.keep_contact(by=by(), grid=grid.pk, given=CONTACT)
    hidden = steps.keep_contact(
        by=by(), grid=grid.pk, given=CONTACT | {"kind": "legal", "name": "法进村", "shown": ""}
    )
    inner = steps.add_grid(by=by(), code="n1a", parent="n1", given={"name": "东边", "kind": "micro"})
    shown = shown_grid(inner.pk)
    assert shown and (shown.worker, shown.phone) == ("巡心安", "0900-1")
    assert [one["name"] for one in shown.contacts] == ["警进网"]
    assert shown.place == "清禾镇柳岸头村北片网格"
    other = made("n2")
    refuses(lambda: steps.remove_contact(by=by(), grid=other.pk, contact=hidden.pk), "没有这个联系人")
    steps.remove_contact(by=by(), grid=grid.pk, contact=hidden.pk)
    assert shown_grid(Division.objects.get(code=VILLAGE).pk) is None


# --- what is wrong with shapes ---------------------------------------------------------------------------------------


def test_four_around_nothing_leave_a_hole_and_two_that_share_ground_overlap() -> None:
    """A ring of four boxes around an empty square of 0.01°, of which the northern one also lies over the eastern."""
    for code, shape in {
        "west": box(100.0, 0.0, 100.01, 0.03),
        "east": box(100.02, 0.0, 100.03, 0.03),
        "south": box(100.01, 0.0, 100.02, 0.01),
        "north": box(100.01, 0.02, 100.021, 0.03),
    }.items():
        make_grid(code, shape)
    make_grid("market", box(100.0, 0.0, 100.03, 0.03), kind="special")
    make_grid("bare", None)
    found = faults()
    assert {(one.kind, one.codes) for one in found.items} == {
        (HOLE, ("east", "north", "south", "west")),
        (OVERLAP, ("east", "north")),
    }
    hole = next(one for one in found.items if one.kind == HOLE)
    assert hole.area == pytest.approx(1112 * 1112, rel=0.005)
    assert next(one for one in found.items if one.kind == OVERLAP).area == pytest.approx(111.2 * 1112, rel=0.005)
    assert (found.drawn, found.undrawn) == (4, 1)


def test_the_tolerance_is_in_square_metres() -> None:
    make_grid("a", box(100.0, 0.0, 100.01, 0.01))
    make_grid("b", box(100.00999, 0.0, 100.02, 0.01))  # 1.1 m by 1112 m
    assert [one.kind for one in faults(tolerance=1000).items] == [OVERLAP]
    assert faults(tolerance=1500).items == []


def test_within_a_grid_what_reaches_beyond_and_what_is_left_bare() -> None:
    make_grid("g", box(100.0, 0.0, 100.03, 0.01))
    make_grid("ga", box(100.0, 0.0, 100.01, 0.01), parent="g", kind="micro")
    assert faults().items == []  # one alone need not cover it
    make_grid("gb", box(100.02, 0.0, 100.031, 0.01), parent="g", kind="micro")
    assert {(one.kind, one.codes) for one in faults().items} == {(BARE, ("g",)), (BEYOND, ("gb", "g"))}


def test_a_part_of_the_tree_has_its_own_faults() -> None:
    make_grid("a", box(100.0, 0.0, 100.01, 0.01))
    make_grid("b", box(100.0, 0.0, 100.01, 0.01))
    make_grid("c", box(100.0, 0.0, 100.01, 0.01), parent="990101101201")
    assert faults().count == 3  # wherever their parents are
    assert faults(below=Division.objects.get(code="990101101201").pk).count == 0


# --- tables ------------------------------------------------------------------------------------------------------------


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def feature(code: str, shape: dict[str, Any] | None = SQUARE, **more: Any) -> dict[str, Any]:
    given = {"code": code, "name": f"网格{code}", "parent": VILLAGE, "phone": "0900-3", "households": 120.0, **more}
    return {"type": "Feature", "properties": given, "geometry": shape}


def take(path: Path, *, rehearsal: bool = False, system: str = "cgcs2000") -> Report:
    return take_over(TABLE, read_grids(path, system), by=by(), rehearsal=rehearsal)


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_geojson_is_rehearsed_taken_over_and_the_same_a_second_time(tmp_path: Path) -> None:
    """The one below comes after the one above."""
    east = box(100.0, 30.0, 100.005, 30.01)
    path = written(tmp_path / "a.geojson", collection(feature("j1"), feature("j1a", east, parent="j1", kind="micro")))
    report = take(path, rehearsal=True)
    assert (report.read, report.new, report.faults) == (2, 2, [])
    assert not Grid.objects.exists()
    assert take(path).new == 2
    grid = Grid.objects.get(division__code="j1")
    assert (grid.shown_phone, grid.households, grid.shape) == ("0900-3", 120, SQUARE)
    again = take(path)
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    written(path, collection(feature("j1", None, phone="0900-4")))
    assert take(path).changed == 1
    grid.refresh_from_db()
    assert (grid.shown_phone, grid.shape) == ("0900-4", SQUARE), "what is empty changes nothing"


def test_one_bad_feature_and_nothing_is_written(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    path = written(
        tmp_path / "a.geojson",
        collection(
            feature("j1"), feature("j2", bow), feature("j3", parent="没有的村"), feature("", name="无码"), "不是要素",
            feature("j4", {"type": "Point", "coordinates": [1, 2]}),
        ),
    )  # fmt: skip
    report = take(path)
    assert not Grid.objects.exists() and not Division.objects.filter(code="j1").exists()
    assert {(one.row, one.column) for one in report.faults} >= {
        (2, "范围"), (3, "上级"), (4, "代码"), (5, "名称"), (6, "范围"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("这不是JSON", "不是可以读取"),
        ("[1, 2]", "FeatureCollection"),
        (collection(), "没有要素"),
        ('{"type": "FeatureCollection", "features": {}}', "没有要素"),
    ],
)
def test_what_is_no_collection_is_told(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(Unusable, match=says):
        take(written(tmp_path / "a.geojson", content))


def test_another_map_is_converted_at_the_edge(tmp_path: Path) -> None:
    shifted = {"type": "Polygon", "coordinates": [[list(to_gcj02(*p)) for p in SQUARE["coordinates"][0]]]}
    take(written(tmp_path / "a.geojson", collection(feature("j1", shifted))), system="gcj02")
    found = lookup.grid_at(100.0001, 30.0001)
    assert found and found.inside
    with pytest.raises(Unusable, match="坐标系"):
        take(tmp_path / "a.geojson", system="mars")


def workbook(path: Path, *lines: tuple[Any, ...]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for place, line in enumerate(
            [("代码", "名称", "上级", "类别", "称谓", "负责人", "电话", "户数", "范围"), *lines]
        ):
            sheet.write_row(place, 0, line)
    return path


def test_a_workbook_with_and_without_a_shape(tmp_path: Path) -> None:
    wkt = "POLYGON ((100.0 30.0, 100.01 30.0, 100.01 30.01, 100.0 30.0))"
    path = workbook(
        tmp_path / "a.xlsx",
        ("x1", "一号网格", "柳岸头村", "", "", "巡心安", "0900-5", 320, wkt),
        ("x1a", "一号东", "x1", "微网格", "组", "", "", "", ""),
    )
    assert take(path).new == 2
    first, second = Grid.objects.order_by("division__code")
    assert first.shape and first.households == 320
    assert (second.kind, second.level_name, second.shape) == ("micro", "组", None)


def test_faults_of_a_workbook_are_told_by_row_and_column(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ("x1", "一号网格", "柳岸头村", "", "", "", "", "约三百", ""),
        ("x2", "二号网格", "柳岸头村", "方的", "", "", "", "", "POLYGON ((1 2))"),
        ("x3", "三号网格", "", "", "", "", "", "", ""),
    )
    report = take(path)
    assert [(one.row, one.column) for one in report.faults] == [(2, "户数"), (3, "范围"), (4, "上级")]
    assert not Grid.objects.exists()


@pytest.mark.parametrize("ending", ["geojson", "xlsx"])
def test_what_is_exported_can_be_imported_again(tmp_path: Path, ending: str) -> None:
    take(written(tmp_path / "a.geojson", collection(feature("j1"), feature("j1a", None, parent="j1", kind="micro"))))
    body = as_geojson(whole_table()) if ending == "geojson" else as_workbook(whole_table())
    path = tmp_path / f"b.{ending}"
    path.write_bytes(body)
    report = take(path)
    assert (report.same, report.faults) == (2, [])
    assert io.BytesIO(body).read(2) == (b"PK" if ending == "xlsx" else b'{"')

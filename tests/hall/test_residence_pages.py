"""Residences, places and the rota at the administrator's pages, and who is here today."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.kit import new_browser
from cases.kit import sql
from hall.kit import PLACE, RESIDENCE, place, reside
from onedoor.cases.queries.days import today
from onedoor.hall.models import Residence
from onedoor.rules.residence import monday
from web.kit import Screens, words

HALL = "admin/hall/centre"


def test_a_unit_in_residence_is_added_changed_and_switched_off(hall: Screens) -> None:
    given = RESIDENCE | {"mode": "on_call", "unit": "应急管理局", "minutes": "30"}
    wrong = hall.send("admin", f"{HALL}/residences", **given)
    assert wrong.status_code == 422 and "没有单位" in words(wrong)
    assert hall.send("admin", f"{HALL}/residences", **(given | {"unit": "yjj"})).status_code == 302
    made = Residence.objects.get(unit__code="yjj")
    page = hall.read("admin", f"{HALL}/residences")
    assert "应急局" in page and "随叫随驻，30分钟" in page
    again = hall.send("admin", f"{HALL}/residences", **(given | {"unit": "yjj"}))
    assert again.status_code == 422 and "已经是随叫随驻单位" in words(again)
    changed = given | {"unit": "yjj", "minutes": "45", "place": "w1"}
    assert hall.send("admin", f"{HALL}/residences/{made.pk}", **changed).status_code == 302
    assert "45分钟" in hall.read("admin", f"{HALL}/residences")
    hall.send("clerk", f"today/call/{made.pk}")
    assert "请先登记到岗" in words(
        hall.browser("admin").post(f"/desk/{HALL}/residences/{made.pk}/switch", follow=True)
    )
    sql("UPDATE hall_call SET cancelled_at = called_at")
    assert "已停用" in words(hall.browser("admin").post(f"/desk/{HALL}/residences/{made.pk}/switch", follow=True))
    assert "应急局" not in hall.read("clerk", "today")


@pytest.mark.parametrize(
    ("changes", "field", "part"),
    [
        ({"mode": "x"}, "mode", "请选择入驻方式"), ({"unit": ""}, "unit", "请填写单位"),
        ({"mode": "on_call", "minutes": ""}, "minutes", "几分钟内到岗"),
        ({"mode": "on_call", "minutes": "481"}, "minutes", "1到480"), ({"place": "w9"}, "place", "没有这个窗口"),
        ({"mode": "reachable", "name": "", "phone": "1"}, "name", "请填写名称"),
        ({"mode": "reachable", "name": "律所", "phone": ""}, "phone", "请填写公开电话"),
        ({"purpose": "事" * 121}, "purpose", "120个字"),
    ],
)  # fmt: skip
def test_a_fault_stands_at_its_field(hall: Screens, changes: dict[str, str], field: str, part: str) -> None:
    page = hall.send("admin", f"{HALL}/residences", **(RESIDENCE | {"unit": "gaj"} | changes))
    assert page.status_code == 422 and part in words(page)
    assert f'id="e-{field}"' in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"code": "w1"}, "代码 w1 已在使用"), ({"code": "W 9"}, "小写字母"), ({"name": ""}, "请填写名称"),
        ({"kind": "temporary"}, "请填写开始日期"),
        ({"kind": "temporary", "first": "2026-03-05", "last": "2026-03-04"}, "不能早于"),
        ({"kind": "temporary", "first": "昨天", "last": "2026-03-04"}, "日期应为"),
        ({"kind": "studio"}, "请填写首席调解员"), ({"unit": "没有局"}, "没有单位"),
    ],
)  # fmt: skip
def test_a_fault_of_a_place_is_told(hall: Screens, changes: dict[str, str], part: str) -> None:
    page = hall.send("admin", f"{HALL}/places", **(PLACE | {"code": "w8", "name": "8号窗口"} | changes))
    assert page.status_code == 422 and part in words(page)


def test_a_temporary_window_is_there_for_its_days(hall: Screens) -> None:
    first, last = today() - timedelta(days=3), today() - timedelta(days=1)
    given = PLACE | {"code": "t1", "name": "工资专窗", "kind": "temporary"}
    dated = given | {"first": first.isoformat(), "last": last.isoformat()}
    assert hall.send("admin", f"{HALL}/places", **dated).status_code == 302
    assert "工资专窗" not in hall.read("clerk", "today") and "现在不开" in hall.read("admin", f"{HALL}/places")
    longer = {key: value for key, value in dated.items() if key != "code"} | {"last": today().isoformat()}
    assert hall.send("admin", f"{HALL}/places/t1", **longer).status_code == 302
    assert "工资专窗" in hall.read("clerk", "today")
    assert hall.send("admin", f"{HALL}/places/t1/switch").status_code == 302
    assert "工资专窗" not in hall.read("clerk", "today")
    assert hall.open("admin", f"{HALL}/places/none").status_code == 404


def week(hall: Screens, **more: str) -> tuple[str, dict[str, str]]:
    """The address of this week's rota, and its form with the mark of what is there."""
    html = hall.open("admin", f"{HALL}/rota").content.decode()
    return f"{HALL}/rota?week={monday(today())}", {"mark": html.split('name="mark" value="')[1].split('"')[0], **more}


def slot(half: str = "am", days: int = 0) -> str:
    return f"{today() + timedelta(days=days)}.{half}"


def test_everybody_reads_the_week_from_the_rota(hall: Screens) -> None:
    unit = Residence.objects.get(mode="rota").pk
    first = monday(today())
    given = {
        f"n.{first}.am": "钟掌灯", f"o.{first}.am": "中心主任", f"u.{unit}.{first + timedelta(days=2)}.pm": "1",
    }  # fmt: skip
    html = hall.open("admin", f"{HALL}/rota", week=first).content.decode()
    mark = html.split('name="mark" value="')[1].split('"')[0]
    assert hall.send("admin", f"{HALL}/rota?week={first}", mark=mark, **given).status_code == 302
    page = words(new_browser().get("/today", {"week": first + timedelta(days=6)}))
    assert "钟掌灯 中心主任" in page and "教育局" in page and page.count("上午") == 7
    assert "教育局" not in words(new_browser().get("/today", {"week": first + timedelta(days=7)}))
    for wrong in ("", "x", "0001-01-01", "9999-12-31"):
        assert "钟掌灯" in words(new_browser().get("/today", {"week": wrong})), "this week instead"
    assert "钟掌灯" not in words(new_browser().get("/today/centre-qinghe", {"week": first}))


def test_a_week_is_saved_shown_today_and_copied(hall: Screens) -> None:
    rotating = Residence.objects.get(mode="rota").pk
    duties = {f"u.{rotating}.{slot('pm')}": "yes", f"n.{slot()}": "梁带班", f"o.{slot()}": "副县长"}
    address, form = week(hall, **duties)
    assert "今天没有轮驻单位" in hall.read("clerk", "today")
    assert hall.send("admin", address, **form).status_code == 302
    page = hall.read("clerk", "today")
    assert (
        "教育局 下午" in page and "上午 梁带班 （副县长）" in page.replace("  ", " ")
    ) or "梁带班（副县长）" in page
    stale = hall.send("admin", address, **form)
    assert stale.status_code == 422 and "刚被别人改过" in words(stale) and "梁带班" in stale.content.decode()
    copied = hall.send("admin", address.replace("rota?", "rota/copy?"))
    assert copied.status_code == 302 and sql("SELECT count(*) FROM hall_duty") == [(4,)]
    again = hall.send("admin", address.replace("rota?", "rota/copy?"))
    assert again.status_code == 422 and "下一周已排了2个班次" in words(again)
    assert hall.send("admin", address.replace("rota?", "rota/copy?"), over="yes").status_code == 302
    assert sql("SELECT count(*) FROM hall_duty") == [(4,)]
    refused = hall.browser("admin").post(f"/desk/{HALL}/residences/{rotating}/switch", follow=True)
    assert "轮值表里还有它以后的班次" in words(refused)


def test_faults_of_the_rota(hall: Screens) -> None:
    address, form = week(hall, **{f"o.{slot()}": "副县长"})
    wrong = hall.send("admin", address, **form)
    assert wrong.status_code == 422 and "填了职务，请填写姓名" in words(wrong)
    empty = hall.send("admin", address.replace("rota?", "rota/copy?"))
    assert empty.status_code == 422 and "还没有轮值" in words(empty)
    far = hall.send("admin", f"{HALL}/rota?week=2001-01-01", mark="x")
    assert far.status_code == 422 and "一年以内" in words(far)
    assert hall.open("admin", f"{HALL}/rota", week="x").status_code == 200


@pytest.mark.parametrize("path", ["residences", "places", "rota"])
def test_only_administrators_keep_the_hall(hall: Screens, path: str) -> None:
    for who in ("clerk", "supervisor", "director", "handler"):
        assert hall.open(who, f"{HALL}/{path}").status_code == 403
    assert hall.open("admin", f"admin/hall/nowhere/{path}").status_code == 404
    assert hall.open("admin", "admin/hall")["Location"] == "/desk/admin/hall/centre/residences"
    assert hall.open("admin", "admin/hall", centre="centre-qinghe")["Location"].split("/")[4] == "centre-qinghe"


def test_everybody_sees_who_is_here_and_no_calls(hall: Screens) -> None:
    hall.send("clerk", f"today/call/{Residence.objects.get(mode='on_call').pk}", place="1号窗口")
    page = words(new_browser().get("/today"))
    for word in ("信访局", "住建局", "呼叫后20分钟内到", "澜平县公证处", "0990-5550101", "1号窗口"):
        assert word in page
    assert "应在" not in page and "呼叫</button>" not in new_browser().get("/today").content.decode()
    assert "信访局" not in words(new_browser().get("/today/centre-qinghe"))
    assert new_browser().get("/today/none").status_code == 404
    html = new_browser().get("/today")
    assert (
        "script-src" not in html["Content-Security-Policy"] and "default-src 'self'" in html["Content-Security-Policy"]
    )


def test_a_town_has_a_hall_of_its_own(hall: Screens) -> None:
    assert "信访局" not in hall.read("clerk_town", "today")
    assert "信访局" in hall.read("handler", "today")


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_does_not_grow_with_the_rows(hall: Screens, count: int) -> None:
    for number in range(count):
        place(f"x{number}", f"{number}室", kind="room")
        reside(mode="reachable", name=f"律所{number}", phone="1")
    prices: dict[str, Any] = {
        "clerk": ("today", 5), "admin": (f"{HALL}/residences", 6), "supervisor": ("today/calls", 3),
    }  # fmt: skip
    for who, (path, price) in prices.items():
        hall.open(who, path)  # the table of work days is read every few seconds
        with CaptureQueriesContext(connection) as asked:
            assert hall.open(who, path).status_code == 200
        assert len(asked) == price, (path, [query["sql"][:90] for query in asked.captured_queries])

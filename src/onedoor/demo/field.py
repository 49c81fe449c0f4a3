"""What goes on in the grids of 澜平县: what came in today, tasks, places with their rounds, visits, two care plans,
what people say. All of it is invented; names say what their bearers do."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.demo.grids import spot
from onedoor.demo.worktime import DAY as WORKING_DAY
from onedoor.demo.worktime import WorkTime
from onedoor.grid.models import Place
from onedoor.grid.steps import care, tasks
from onedoor.grid.steps.places import keep_place
from onedoor.grid.steps.sync import take_in
from onedoor.people.demo_county import GRID, GRID_VILLAGE
from onedoor.people.tokens import SignedIn, signed_in_as
from onedoor.rules.checklists import FIRST_CHECKLISTS

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SECOND = f"{GRID_VILLAGE}g02"
_SPACE = UUID("5b0f3d0e-8a6c-4c5f-9f57-2d4c1f7a9901")
# name, kind, grid, address, checklist, every so many days, next in so many days
_PLACES = (
    ("禾丰塘小学门口", "school", GRID, "村委会对面", "school", 7, -1),
    ("禾丰塘农贸市场", "market", GRID, "老街口", "market", 30, 3),
    ("三组出租房", "rented", GRID, "三组老粮站院内", "rented", 30, 0),
    ("丰塘大排档", "restaurant", GRID, "老街12号", "restaurant", 30, 12),
    ("禾丰水塘", "water", SECOND, "二组北侧", "water", 7, -3),
    ("文化广场", "facility", SECOND, "二组", "facility", 30, 9),
    ("村道三岔口", "road", SECOND, "通镇公路", "facility", 30, 20),
    ("排灌站改造工地", "worksite", SECOND, "一组东头", "worksite", 14, 5),
)
# title, text, grid, due in so many days, open to guests, what becomes of it
_TASKS = (
    ("三组路灯不亮，去看一看", "几盏不亮、是灯还是线，拍照。", GRID, 0, False, "done"),
    ("上下学护学岗", "早七点半到八点，下午四点半到五点。", GRID, 1, True, "guests"),
    ("给独居老人送冬季用电安全提示", "送到手里，讲一遍。", GRID, 2, False, "signed"),
    ("老街占道摊位再看一次", "上次劝过，看有没有反复。", GRID, -2, False, "late"),
    ("水塘警示牌补一块", "", SECOND, 4, False, "open"),
    ("帮搬运防汛沙袋", "带手套，村部集合。", GRID, -6, True, "both"),
)
# days ago, purpose, address, what was asked
_VISITS = (
    (0, "safety", "三组14号", "想问电动车能不能在楼下充电。"),
    (1, "publicity", "三组9号", ""),
    (3, "service", "一组2号", "老人要办高龄补贴，不会用手机。"),
    (6, "listening", "三组21号", "希望垃圾桶离水井远一点。"),
    (12, "safety", "四组5号", ""),
)
# name, address, basis, what it says of it, purpose, help, every so many days
_PLANS = (
    (
        "常独居", "禾丰塘村三组7号", "consent", "本人签字同意", "一个人住，腿脚不便",
        "每周上门看望，代取药，检查用电用气", 7,
    ),
    (
        "幼留守", "禾丰塘村一组3号", "duty", "《未成年人保护法》第四十三条", "父母在外，由奶奶照看",
        "每两周看望，帮联系学校和民政", 14,
    ),
)  # fmt: skip
# days ago, topic, text
_HEARD = (
    (0, "roads", "放学时校门口车太多，老人接孩子不安全。"),
    (2, "water", "三组的水压早晚上不来。"),
    (5, "environment", "秋收以后田边还有人烧秸秆。"),
    (9, "livelihood", "希望镇卫生院每周能到村里来一次。"),
    (15, "policy", "高龄补贴换了办法，村里很多人不知道。"),
)
# hours ago, category, text, title, settled on the spot with
REPORTS = (
    (1, "incident.facility", "三组变压器旁边的路灯不亮，晚上看不见路。", "三组路灯不亮", ""),
    (2, "incident.environment", "老街口垃圾桶满了两天没人收。", "老街垃圾没收", "已联系保洁，当场清走。"),
    (4, "incident.hazard", "水塘北侧护栏断了一截，孩子常在那里玩。", "水塘护栏断了", ""),
    (6, "dispute.neighbours", "三组两家为屋后排水沟吵了几次，都愿意坐下来谈。", "三组两家为排水沟", ""),
)


def bring_field(work: WorkTime, now: datetime) -> int:
    """How many matters came of it. Nothing where there is something already, or where the village has no grids."""
    if Place.objects.exists() or spot(GRID_VILLAGE, 0, GRID) is None:
        return 0
    before = _matters()
    lead, worker, guest = (_person(name) for name in ("grid_lead", "grid_worker", "volunteer"))
    places = [_place(lead, number, one, now) for number, one in enumerate(_PLACES)]
    _rounds(worker, places, work)
    _tasks(lead, worker, guest, now)
    _visits(worker, now)
    _plans(lead, worker, now)
    for number, (ago, topic, text) in enumerate(_HEARD):
        _send(worker, "opinion", f"heard-{number}", now - ago * DAY, {"topic": topic, "text": text})
    for number, (hours, category, text, title, answer) in enumerate(REPORTS):
        content: dict[str, Any] = {"text": text, "title": title, "category": category, "address": "禾丰塘村"}
        if answer:
            content["settled"] = {"outcome": "answered", "answer": answer}
        made_at = work.at(work.end - hours * 3600)
        _send(worker, "report", f"report-{number}", made_at, content, at=_where(number + 40, GRID))
    # what it refers to never came
    _send(guest, "more", "lost", now - 30 * HOUR, {"text": "昨天报的那棵树又歪了一些。"}, refers=str(_id("never")))
    return _matters() - before


def _matters() -> int:
    return int(rows('SELECT count(*) AS n FROM "case"')[0]["n"])


def _place(lead: SignedIn, number: int, one: tuple[Any, ...], now: datetime) -> UUID:
    name, kind, grid, address, checklist, every, ahead = one
    lon, lat = _where(number, grid)
    raw = {
        "name": name, "kind": kind, "grid": grid, "address": address, "checklist": checklist, "every_days": str(every),
        "next_on": _day(now + ahead * DAY), "lon": str(lon), "lat": str(lat),
    }  # fmt: skip
    return keep_place(signed=lead, at=now, place=_id(f"place-{number}"), raw=raw, new=True)


def _rounds(worker: SignedIn, places: list[UUID], work: WorkTime) -> None:
    """One that found nothing, one that found something, which became a matter."""
    for number, (place, ago, faults, text) in enumerate(((1, 19, (), ""), (3, 12, (3,), "已当场告诉店主。"))):
        code = str(_PLACES[place][4])
        count = next(len(first.items) for first in FIRST_CHECKLISTS if first.code == code)
        answers = {
            f"q{one}": {"ok": one not in faults, "note": "没有装报警装置" if one in faults else ""}
            for one in range(1, count + 1)
        }
        content = {
            "place": str(places[place]), "checklist": code, "checklist_version": 1, "answers": answers, "text": text,
        }  # fmt: skip
        _send(worker, "inspect", f"round-{number}", work.at(work.end - ago * WORKING_DAY), content)


def _tasks(lead: SignedIn, worker: SignedIn, guest: SignedIn, now: datetime) -> None:
    for number, (title, text, grid, ahead, guests, becomes) in enumerate(_TASKS):
        ordered_at = now - (8 * DAY if ahead < 0 else DAY)
        due = now + ahead * DAY
        task = _id(f"task-{number}")
        raw = {
            "title": title, "text": text, "grid": grid, "guests": "yes" if guests else "",
            "worker": "grid_worker" if becomes in ("signed", "done", "late") else "",
            "due_on": _day(due),
        }  # fmt: skip
        tasks.order_task(signed=lead, at=ordered_at, task=task, raw=raw)
        at = ordered_at + 3 * HOUR
        if becomes in ("done", "signed", "late"):
            _send(worker, "task_sign", f"sign-{number}", at, {"task": str(task)}, seen=1)
        if becomes == "done":
            said = {"task": str(task), "text": "三盏不亮，两盏是灯坏了，一盏线断，照片在上报里。"}
            _send(worker, "task_done", f"done-{number}", now - 5 * HOUR, said, seen=2)
        if becomes == "both":  # two without signal: a person decides
            _send(guest, "task_done", f"done-{number}", at, {"task": str(task), "text": "搬了四十袋。"}, seen=1)
            said = {"task": str(task), "text": "和队员一起搬的，另外清了排水口。"}
            _send(worker, "task_done", f"also-{number}", now - 3 * HOUR, said, seen=1)


def _visits(worker: SignedIn, now: datetime) -> None:
    for number, (ago, purpose, address, asked) in enumerate(_VISITS):
        at = now - ago * DAY
        content = {"on": _day(at), "address": f"禾丰塘村{address}", "purpose": purpose, "asked": asked}
        _send(worker, "visit", f"visit-{number}", at, content)


def _plans(lead: SignedIn, worker: SignedIn, now: datetime) -> None:
    begun = now - 20 * DAY
    for number, (name, address, basis, basis_text, purpose, what, every) in enumerate(_PLANS):
        plan = _id(f"plan-{number}")
        raw = {
            "name": name, "phone": "", "address": address, "grid": GRID, "worker": "grid_worker", "basis": basis,
            "basis_text": basis_text, "consented_on": _day(begun), "purpose": purpose, "help": what,
            "every_days": str(every), "ends_on": _day(begun + 180 * DAY),
        }  # fmt: skip
        care.make_plan(signed=lead, at=begun, plan=plan, raw=raw)
        for turn in range(2 - number):
            at = begun + (turn * every + 1) * DAY
            content = {"plan": str(plan), "on": _day(at), "text": "精神不错，用电用气都看过。"}
            _send(worker, "care_visit", f"care-{number}-{turn}", at, content)


def _send(
    who: SignedIn,
    kind: str,
    name: str,
    made_at: datetime,
    content: Mapping[str, Any],
    *,
    at: tuple[float, float] | None = None,
    **more: Any,
) -> None:
    """As his phone has sent it, at that moment."""
    sent: dict[str, Any] = {
        "id": str(_id(name)), "kind": kind, "made_at": made_at.isoformat(), "grid": GRID,
        "content": dict(content), **more,
    }  # fmt: skip
    if at is not None:
        sent |= {"lon": at[0], "lat": at[1], "accuracy": 8.0}
    (answer,) = take_in(signed=who, actors=who.actors, entries=[sent], sent_at=made_at, at=made_at)
    assert answer["state"] != "refused", answer


def _where(number: int, grid: str) -> tuple[float, float]:
    found = spot(GRID_VILLAGE, number, grid)
    assert found is not None, "the village has grids"
    return found[1]


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()


def _id(name: str) -> UUID:
    return uuid5(_SPACE, name)


def _person(username: str) -> SignedIn:
    found = signed_in_as(rows("SELECT id FROM people_account WHERE username = %s", [username])[0]["id"])
    assert found is not None, "accounts of the demo county are in use"
    return found

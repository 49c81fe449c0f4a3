"""The hall of the county's centre: windows, rooms, units in residence, lines, and the rota of this week and
the next."""

from datetime import date, datetime, time, timedelta

from onedoor.demo.cast import COUNTY_DESK
from onedoor.demo.county import RESIDENT
from onedoor.demo.worktime import ZONE
from onedoor.hall.models import Duty, Kiosk, Line, LineWindow, Place, Residence
from onedoor.hall.queries.centres import centre_named
from onedoor.hall.steps.call import arrive, call_unit
from onedoor.hall.steps.call_ticket import call_next
from onedoor.hall.steps.draw import draw_ticket
from onedoor.hall.steps.lines import set_up_kiosk
from onedoor.people.models import Account, Unit
from onedoor.people.tokens import SignedIn, signed_in_as
from onedoor.rules.access import Actor
from onedoor.rules.residence import HALVES, monday

# code, name, kind, what is done there, where, unit, mediator
_PLACES = (
    ("guide", "导办台", "guide", "不知道办什么，先到这里", "一楼大门内", "", ""),
    ("w1", "1号窗口", "window", "综合受理", "一楼东侧", "", ""),
    ("w2", "2号窗口", "window", "综合受理", "一楼东侧", "", ""),
    ("w3", "3号窗口", "window", "信访接待", "一楼东侧", "xfj", ""),
    ("w4", "4号窗口", "window", "法律咨询、法律援助", "一楼西侧", "sfj", ""),
    ("w5", "5号窗口", "window", "劳动争议、工资", "一楼西侧", "rsj", ""),
    ("w6", "6号窗口", "window", "诉讼服务、速裁立案", "一楼西侧", "fy", ""),
    ("w9", "9号窗口", "temporary", "农民工工资专窗", "一楼大厅中间", "rsj", ""),
    ("mediate", "调解室", "room", "人民调解", "二楼201", "", ""),
    ("court", "仲裁听证室", "room", "仲裁、听证、速裁", "二楼203", "", ""),
    ("mind", "心理服务室", "room", "社会心理服务", "二楼205", "", ""),
    ("video", "视频接访室", "room", "远程视频接访", "三楼301", "", ""),
    ("studio1", "何为贵工作室", "studio", "邻里、婚姻家庭纠纷", "二楼206", "tw-lianhe", "何为贵"),
    ("studio2", "何劳和工作室", "studio", "劳动人事争议", "二楼207", "tw-laodong", "何劳和"),
)
_WINDOW_OF = {"xfj": "w3", "sfj": "w4", "rsj": "w5", "fy": "w6"}
_ROTA = ("jyj", "jtj", "hjj", "cgj")
# unit, minutes within which it comes
_ON_CALL = (("yjj", 30), ("slj", 40), ("gov-qinghe", 60))
# name, what for, phone, address
_REACHABLE = (
    ("澜平县公证处", "继承、委托等公证", "0990-5550101", "清禾镇书匣巷2号"),
    ("澜平明理律师事务所", "免费法律咨询，每周三下午", "0990-5550102", "清禾镇东风路18号"),
    ("澜平司法鉴定所", "伤残、笔迹鉴定", "0990-5550103", "清禾镇锦禾路6号"),
)
# code, name, what for, letter, minutes, windows, kinds of window in the guide; no line for land and psychology
_LINES = (
    ("general", "综合受理", "纠纷、诉求、求助，什么事都可以", "A", 12, ("w1", "w2"),
     ("reception", "rights", "mediation", "grid", "police", "women-children")),
    ("petition", "信访接待", "反映情况、提意见建议", "B", 20, ("w3",), ("petition", "reconsideration")),
    ("law", "法律咨询", "咨询、法律援助、公证", "C", 15, ("w4", "w2"),
     ("legal-advice", "legal-aid", "notary", "appraisal")),
    ("labour", "劳动争议", "拖欠工资、劳动合同、工伤", "D", 18, ("w5", "w9"),
     ("labour-arbitration", "labour-inspection")),
    ("court", "诉讼服务", "立案、速裁、查询案件", "E", 15, ("w6",),
     ("fast-trial", "civil-filing", "enforcement-filing", "prosecution")),
    ("guide", "导办台", "有人帮您看该办什么", "Z", 5, ("guide",), ()),
)  # fmt: skip
# what happens one after the other: a number of a line (! with priority), or a window (>) that calls
_MORNING = """
    general general law >w1 >w2 petition labour guide >w3 >w5 guide general! >guide general >w1 court law >w4 labour
    >w6 >w2 petition general >w1 general law! >w3 labour >w5 >w4 general petition court labour general general!
"""
_LEADERS = (("钟掌灯", "中心主任"), ("梁带班", "县委政法委副书记"), ("卫值守", "副县长"), ("温护航", "县妇联主席"))


def bring_hall(now: datetime) -> int:
    """What the hall begins with; how many units are in residence."""
    centre = Unit.objects.get(code="centre")
    units = {unit.code: unit for unit in Unit.objects.all()}
    today = now.astimezone(ZONE).date()
    temporary = (today - timedelta(days=5), today + timedelta(days=25))
    Place.objects.bulk_create(
        Place(
            centre=centre, code=code, name=name, kind=kind, purpose=purpose, location=location,
            unit=units.get(unit), mediator=mediator, position=position,
            first=temporary[0] if kind == "temporary" else None, last=temporary[1] if kind == "temporary" else None,
        )
        for position, (code, name, kind, purpose, location, unit, mediator) in enumerate(_PLACES)
    )  # fmt: skip
    places = {place.code: place for place in Place.objects.filter(centre=centre)}
    wanted = [
        *(Residence(mode="fixed", unit=units[code], place=places.get(_WINDOW_OF.get(code, ""))) for code in RESIDENT),
        *(Residence(mode="rota", unit=units[code], place=places["w2"]) for code in _ROTA),
        *(Residence(mode="on_call", unit=units[code], minutes=minutes) for code, minutes in _ON_CALL),
        Residence(mode="appointment", unit=units["tw-lianhe"], purpose="联合调解，提前一天约"),
        *(
            Residence(mode="reachable", name=name, purpose=purpose, phone=phone, address=address)
            for name, purpose, phone, address in _REACHABLE
        ),
    ]
    for position, one in enumerate(wanted):
        one.centre, one.position = centre, position
    Residence.objects.bulk_create(wanted)
    _lines(centre, places)
    rotating = list(Residence.objects.filter(centre=centre, mode="rota").order_by("position"))
    Duty.objects.bulk_create(_rota(centre, rotating, monday(today)))
    return len(wanted)


def bring_numbers(now: datetime) -> int:
    """A morning in the hall before `now`: numbers drawn and called, some of them waiting; how many."""
    centre, actors = centre_named("centre"), _clerk().actors
    set_up_kiosk(actor=actors[0], at=now, name="演示取号机", prints=False)
    _come(actors, now)
    kiosk = Kiosk.objects.get(centre_id=centre.id).pk
    windows = {place.code: place.pk for place in Place.objects.filter(centre_id=centre.id)}
    words = _MORNING.split()
    midnight = datetime.combine(now.astimezone(ZONE).date(), time(0, 1), ZONE)
    begin = max(now - timedelta(minutes=75), midnight)
    share = (now - timedelta(minutes=2) - begin) / len(words)
    if share <= timedelta(0):  # started in the first minutes of a day
        return 0
    drawn = 0
    for place, word in enumerate(words):
        at = begin + place * share
        if word.startswith(">"):
            call_next(actors=actors, at=at, window=windows[word[1:]], key=f"demo{place}")
            continue
        line, priority = word.rstrip("!"), word.endswith("!")
        draw_ticket(kiosk=kiosk, centre=centre, line=line, priority=priority, at=at, key=f"demo{place}")
        drawn += 1
    return drawn


def _clerk() -> SignedIn:
    found = signed_in_as(Account.objects.get(username=COUNTY_DESK.clerks[0]).pk)
    assert found is not None, "accounts of the demo county are in use"
    return found


def _come(actors: tuple[Actor, ...], now: datetime) -> None:
    """The first unit on call was asked to come, and is here by now."""
    wanted = Residence.objects.get(mode="on_call", unit__code=_ON_CALL[0][0]).pk
    call = call_unit(actor=actors[0], at=now - timedelta(minutes=50), residence=wanted, place="仲裁听证室")
    arrive(actors=actors, at=now - timedelta(minutes=28), call=call)


def _lines(centre: Unit, places: dict[str, Place]) -> None:
    """Open at all hours, so that the hall can be tried whenever it is started."""
    for position, (code, name, purpose, prefix, minutes, windows, kinds) in enumerate(_LINES):
        line = Line.objects.create(
            centre=centre, code=code, name=name, purpose=purpose, prefix=prefix, guide=code == "guide",
            opens=time(0), closes=time(23, 59), every_day=True, usual_minutes=minutes, position=position,
            kinds=list(kinds),
        )  # fmt: skip
        LineWindow.objects.bulk_create(LineWindow(line=line, window=places[window]) for window in windows)


def _rota(centre: Unit, rotating: list[Residence], first: date) -> list[Duty]:
    """Two weeks: a leader all day, and in each half one rotating unit after the other."""
    found = []
    for number in (*range(5), *range(7, 12)):
        day = first + timedelta(days=number)
        name, office = _LEADERS[number % len(_LEADERS)]
        for place, half in enumerate(HALVES):
            unit = rotating[(2 * number + place) % len(rotating)]
            found.append(Duty(centre=centre, day=day, half=half, residence=unit))
            found.append(Duty(centre=centre, day=day, half=half, leader=name, office=office))
    return found

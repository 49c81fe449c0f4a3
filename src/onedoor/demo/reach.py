"""Beyond the hall of the county: thirteen hot lines and their calls, professionals in the villages, slips with the
administrative service centre."""

from datetime import date, datetime, time, timedelta
from typing import Any

from onedoor.cases.ledger import utc
from onedoor.cases.sql import rows
from onedoor.demo.cast import COUNTY_DESK
from onedoor.demo.worktime import DAY, ZONE, WorkTime
from onedoor.hall.models import Hotline, Partner
from onedoor.hall.steps.call_note import lead_note_to_case, take_note
from onedoor.hall.steps.handover import come_in, hand_out, move_handover, partner_moves
from onedoor.hall.steps.outreach import plan_outreach, report_outreach
from onedoor.hall.steps.visit import take_visit
from onedoor.people.models import Account, Unit
from onedoor.people.tokens import SignedIn, signed_in_as

_HOURS = "工作日 9:00–17:30"
# name, number, unit, hours
_LINES = (
    ("综合服务热线", "0900-5550100", "", "每天 8:30–20:00"),
    ("群众来信来访热线", "0900-5550111", "xfj", _HOURS),
    ("公共法律服务热线", "0900-5550112", "sfj", "每天 8:30–20:00"),
    ("劳动维权热线", "0900-5550113", "rsj", _HOURS),
    ("社会心理服务热线", "0900-5550114", "", "每天 9:00–21:00"),
    ("妇女儿童权益热线", "0900-5550115", "", _HOURS),
    ("诉讼服务热线", "0900-5550116", "fy", _HOURS),
    ("应急值守热线", "0900-5550117", "yjj", "全天"),
    ("水利服务热线", "0900-5550118", "slj", _HOURS),
    ("教育服务热线", "0900-5550119", "jyj", _HOURS),
    ("交通出行热线", "0900-5550120", "jtj", _HOURS),
    ("环境投诉热线", "0900-5550121", "hjj", "全天"),
    ("城市管理热线", "0900-5550122", "cgj", _HOURS),
)
# line, what was asked, what was answered; what waits has no answer
_CALLS = (
    (0, "问大厅周末上不上班。", "周末有人值班，综合受理窗口9点到17点。"),
    (2, "问请律师要不要钱，家里困难。", "符合条件可以申请法律援助，不收费，材料清单已念。"),
    (3, "工地三个月没发工资，问怎么办。", "可先到5号窗口登记，也可拨劳动监察，带考勤和工牌。"),
    (4, "孩子不愿上学，想找人聊聊。", "已约心理服务室周四下午。"),
    (12, "夜里路边摊占道。", "已转城管当晚巡查，需要书面回复的可登记。"),
    (0, "", ""),
    (7, "村口山坡有裂缝，下雨担心塌。", "应急和自然资源马上去看，请先不要靠近。"),
    (5, "问离婚时孩子归谁。", "两岁以下一般随母亲，可先来调解室谈。"),
    (10, "问农村客运车几点末班。", "末班18点10分，节假日19点。"),
    (1, "问上次反映的修路有没有结果。", "凭编号和电话后四位可以在网上查，已教他怎么查。"),
)
# days from today, half, trade, unit or name, village, place, what for
_OUTREACH = (
    (-9, "am", "lawyer", "澜平明理律师事务所", "990101100201", "村党群服务中心一楼", "继承、赡养咨询", 14),
    (-6, "pm", "counsellor", "澜平县心理卫生协会", "990101100202", "村卫生室", "老人、孩子心理咨询", 9),
    (-5, "am", "official", "rsj", "990101101", "镇便民大厅", "工资、社保现场办", 31),
    (-3, "am", "mediator", "tw-lianhe", "990101100001", "社区调解室", "邻里、物业纠纷调解", None),
    (0, "pm", "lawyer", "澜平明理律师事务所", "990101100001", "社区居委会二楼", "合同、借款咨询", None),
    (1, "am", "notary", "澜平县公证处", "990101100201", "村党群服务中心一楼", "继承、委托公证咨询", None),
    (2, "am", "judge", "fy", "990101101", "镇综治中心", "巡回审判、诉前调解", None),
    (5, "pm", "official", "rsj", "990101100202", "村委会", "工资、社保现场办", None),
    (9, "am", "mediator", "tw-lianhe", "990101200", "乡综治中心", "山林土地纠纷调解", None),
    (12, "am", "lawyer", "澜平明理律师事务所", "990101100202", "村党群服务中心", "赡养、婚姻家庭咨询", None),
)
_CAME_OF_IT = (
    "解答继承、赡养问题六个，一家四口约到调解室。",
    "九位村民一对一聊过，两位约了复诊。",
    "当场办社保转移十一件，四件工资问题带回登记。",
)
PARTNER, PROGRAM = "zwzx", "zwzx-program"


def bring_reach(work: WorkTime, now: datetime) -> int:
    """All of it, in the order in which it happened; how many calls were noted."""
    centre, units = Unit.objects.get(code=COUNTY_DESK.centre), {unit.code: unit for unit in Unit.objects.all()}
    Hotline.objects.bulk_create(
        Hotline(centre=centre, name=name, number=number, unit=units.get(unit), hours=hours, position=position)
        for position, (name, number, unit, hours) in enumerate(_LINES)
    )
    clerk = _person(COUNTY_DESK.clerks[0])
    calls = _bring_calls(work, clerk)
    _bring_outreach(now, clerk, units)
    _bring_slips(work, clerk, centre)
    return calls


def _bring_calls(work: WorkTime, clerk: SignedIn) -> int:
    """Four a day for a week, of which two wait; and the newest matters of the hot line, which came from calls."""
    lines = list(Hotline.objects.order_by("position").values_list("pk", flat=True))
    viewer, actor, count = clerk.viewer(), clerk.actors[0], 28
    plan: list[tuple[datetime, dict[str, Any], dict[str, Any] | None]] = []
    for place in range(count):
        at = utc(work.at(work.end - (count - place) * (DAY // 4) + place * 331 % 2000))
        line, asked, answer = _CALLS[place % len(_CALLS)]
        waits = place >= count - 2 and bool(asked)
        raw = {"hotline": lines[line], "asked": asked, "answer": "" if waits else answer, "dropped": not asked}
        plan.append((at, raw, None))
    newest = rows(
        'SELECT c.id, c.title, c.registered_at FROM "case" c WHERE c.channel = %s AND c.receiving_centre_id = %s'
        " AND c.confidentiality = 'ordinary' ORDER BY c.registered_at DESC LIMIT 6",
        ["hotline", actor.unit],
    )
    for place, case in enumerate(newest):
        raw = {"hotline": lines[place % 4], "asked": f"{case['title']}。"}
        plan.append((case["registered_at"] - timedelta(minutes=7), raw, case))
    for at, raw, led in sorted(plan, key=lambda one: one[0]):
        number, _ = take_note(actor=actor, at=at, raw=raw)
        if led is not None:
            lead_note_to_case(
                viewer=viewer, actor=actor, at=led["registered_at"], number=number, case=led["id"],
                channel="hotline", read_back=True,
            )  # fmt: skip
    return len(plan)


def _bring_outreach(now: datetime, clerk: SignedIn, units: dict[str, Unit]) -> None:
    """Past ones reported, one of them not; the others ahead."""
    viewer, actor, today = clerk.viewer(), clerk.actors[0], now.astimezone(ZONE).date()
    outcomes = iter(_CAME_OF_IT)
    for days, half, trade, who, village, place, purpose, persons in _OUTREACH:
        day: date = today + timedelta(days=days)
        unit = units.get(who)
        given = {
            "unit": unit.code if unit else "", "name": "" if unit else who, "trade": trade, "division": village,
            "day": day.isoformat(), "half": half, "place": place, "purpose": purpose,
        }  # fmt: skip
        made = plan_outreach(actor=actor, at=now - timedelta(days=12), given=given)
        if persons is not None:
            report = {"persons": str(persons), "outcome": next(outcomes)}
            at = datetime.combine(day, time(10 if half == "am" else 15), ZONE)
            visit = {"purpose": "consultation", "persons": 2, "asked": f"{purpose}。", "answer": "已当面解答。"}
            take_visit(actor=actor, at=utc(at), raw=visit, outreach=made)
            report_outreach(viewer=viewer, actor=actor, at=now, outreach=made, given=report)


def _bring_slips(work: WorkTime, clerk: SignedIn, centre: Unit) -> None:
    """Three went out, one of them late and one answered by the program; two came in."""
    program = Account(username=PROGRAM, name="政务服务中心程序", is_demo=True)
    program.set_unusable_password()
    program.save()
    Partner.objects.create(
        centre=centre, code=PARTNER, name="澜平县政务服务中心", purpose="证照、社保、不动产等审批服务", days=5,
        address="清禾镇锦禾路1号", phone="0900-5550200", account=program,
    )  # fmt: skip
    viewer, actor = clerk.viewer(), clerk.actors[0]
    sent: list[str] = []
    for days, what in (
        (9, "残疾证到期换新，请安排窗口受理。"),
        (8, "父母老房过户，需先查不动产登记。"),
        (1, "个体户执照注销后退税，请告知怎么办。"),
    ):
        at = utc(work.at(work.end - days * DAY))
        number, _ = hand_out(viewer=viewer, actor=actor, at=at, raw={"partner": PARTNER, "what": what})
        sent.append(number)
    answered = utc(work.at(work.end - 6 * DAY))
    partner_moves(
        account=program.pk, at=answered, number=sent[1], to="answered",
        raw={"answer": "登记信息已查到，带继承公证书到8号窗口办。"},
    )  # fmt: skip
    came: list[str] = []
    for days, theirs, what in (
        (3, "ZW-2061", "群众在我中心窗口反映小区噪音，不是我中心受理范围。"),
        (1, "ZW-2074", "来办证时说包工头欠工资，请接着办。"),
    ):
        at = utc(work.at(work.end - days * DAY))
        raw: dict[str, Any] = {"number": theirs, "what": what}
        number, _ = come_in(account=program.pk, at=at, raw=raw)
        came.append(number)
    move_handover(
        viewer=viewer, actor=actor, at=utc(work.at(work.end - 2 * DAY)), number=came[0], to="received", raw={}
    )


def _person(username: str) -> SignedIn:
    found = signed_in_as(rows("SELECT id FROM people_account WHERE username = %s", [username])[0]["id"])
    assert found is not None, "accounts of the demo county are in use"
    return found

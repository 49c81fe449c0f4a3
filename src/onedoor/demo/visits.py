"""接待 of the county's centre over the last two weeks: what is answered at the window, and what becomes a matter; and
of two towns over the last months, a few a week."""

from datetime import timedelta
from typing import Any

from onedoor.cases.ledger import utc
from onedoor.cases.sql import rows
from onedoor.demo.cast import COUNTY_DESK, DESKS
from onedoor.demo.worktime import DAY, WorkTime
from onedoor.hall.steps.visit import end_visit, lead_to_case, take_visit
from onedoor.people.demo_county import COUNTY
from onedoor.people.tokens import SignedIn, signed_in_as

DAYS = 10  # working days
A_DAY = 5
TOWNS = {"990101100": 34, "990101101": 19}  # their centres, with so many visits in three months
# purpose, persons, what was asked, what was answered; what waits has no answer
_SAID = (
    ("consultation", 1, "问社保关系怎么转到外地。", "可在手机上申请，也可到2号窗口办，带身份证和社保卡。"),
    ("consultation", 2, "父母去世后老房子怎么过户。", "先到公证处办继承公证，再到不动产登记中心，材料清单已给。"),
    ("service", 1, "想申请法律援助，不知道够不够条件。", "已核对收入情况，符合条件，材料清单已给，明天来交。"),
    ("consultation", 1, "邻居欠钱不还，想知道起诉要带什么。", "已给起诉状样本和证据清单，可先到调解室试试调解。"),
    ("service", 3, "几户人想一起办宅基地确权。", "已说明先由村里集中申报，给了镇上窗口电话。"),
    ("consultation", 1, "残疾证到期怎么换。", "到民政窗口登记，带旧证和两张照片，当场办完。"),
    ("other", 1, "来问信访大厅在哪里。", "已带到信访窗口。"),
    ("consultation", 2, "试用期被辞退，公司不给工资。", "已说明劳动监察和仲裁两条路，先到人社窗口登记。"),
    ("service", 1, "老人不会用手机，想查上次反映的事办到哪里了。", "已代为查询，打印了进度。"),
    (
        "consultation",
        6,
        "同村几户来问征地补偿什么时候发。",
        "已联系自然资源窗口，说明发放批次和时间，请推选代表跟进。",
    ),
    ("consultation", 1, "离婚后孩子的户口能不能迁走。", "到公安窗口办，需双方协议或判决书。"),
    ("service", 1, "想给孩子找心理咨询。", "已预约心理服务室后天上午。"),
)
_PURPOSES = {"petition": "petition", "": "dispute"}


def bring_visits(work: WorkTime) -> int:
    """Takes the visits down in the order in which they happened; returns how many."""
    clerks = {centre: [_person(name) for name in DESKS[centre].clerks] for centre in (COUNTY, *TOWNS)}
    county = [*_answered(work), *_registered()]
    plan = sorted([*county, *_in_towns(work)], key=lambda one: one["at"])
    for place, one in enumerate(plan):
        mine = clerks[one.get("centre", COUNTY)]
        who = mine[place % len(mine)]
        viewer, actor = who.viewer(), who.actors[0]
        number, _ = take_visit(actor=actor, at=one["at"], raw={**one["raw"], "window": f"{1 + place % 4}号"})
        if one["case"]:
            lead_to_case(
                viewer=viewer, actor=actor, at=one["at"] + timedelta(minutes=9), number=number, case=one["case"]
            )
        elif one["left"]:
            end_visit(
                viewer=viewer,
                actor=actor,
                at=one["at"] + timedelta(minutes=4),
                number=number,
                reason="赶班车，改天再来。",
            )
    return len(plan)


def _answered(work: WorkTime) -> list[dict[str, Any]]:
    found = []
    for place in range(DAYS * A_DAY):
        second = work.end - (DAYS * A_DAY - place) * (DAY // A_DAY) + place * 331 % 2000
        purpose, persons, asked, answer = _SAID[place % len(_SAID)]
        # the last two are still at the window; now and then somebody leaves
        waits, left = place >= DAYS * A_DAY - 2, place % 17 == 16
        raw = {"purpose": purpose, "persons": persons, "asked": asked, "answer": "" if waits or left else answer}
        found.append({"at": utc(work.at(second)), "raw": raw, "case": None, "left": left})
    return found


def _in_towns(work: WorkTime) -> list[dict[str, Any]]:
    found = []
    for centre, count in TOWNS.items():
        for place in range(count):
            second = work.end - (count - place) * (62 * DAY // count) + place * 577 % 9000
            purpose, persons, asked, answer = _SAID[(place * 5 + 3) % len(_SAID)]
            raw = {"purpose": purpose, "persons": persons, "asked": asked, "answer": answer}
            found.append({"at": utc(work.at(second)), "raw": raw, "case": None, "left": False, "centre": centre})
    return found


def _registered() -> list[dict[str, Any]]:
    """The newest ordinary matters that were brought to the county's own window."""
    newest = rows(
        "SELECT c.id, c.title, c.purpose, c.registered_at, coalesce(c.people_involved, 1) AS persons"
        ' FROM "case" c JOIN people_unit u ON u.id = c.receiving_centre_id'
        " WHERE u.code = %s AND c.channel IN ('visit', 'window') AND c.confidentiality = 'ordinary'"
        " AND c.purpose <> 'accusation' ORDER BY c.registered_at DESC LIMIT 24",
        [COUNTY_DESK.centre],
    )
    return [
        {
            "at": case["registered_at"] - timedelta(minutes=9),
            "raw": {
                "purpose": _PURPOSES.get(case["purpose"], "service"),
                "persons": case["persons"],
                "asked": f"{case['title']}。",
                "answer": "",
            },
            "case": case["id"],
            "left": False,
        }
        for case in newest
    ]


def _person(username: str) -> SignedIn:
    found = signed_in_as(rows("SELECT id FROM people_account WHERE username = %s", [username])[0]["id"])
    assert found is not None, "accounts of the demo county are in use"
    return found

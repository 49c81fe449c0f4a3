"""Committees, mediators and rooms of the demo county, and the mediations of matters that are being handled."""

from datetime import datetime, timedelta
from typing import Any

from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.demo.lives import DAYS
from onedoor.demo.scribble import scribble
from onedoor.demo.worktime import WorkTime
from onedoor.mediation.models import Committee, CommitteeMember, Mediator, MeetingRoom
from onedoor.mediation.steps import agree, mediate, perform, sessions
from onedoor.mediation.steps._act import Who, rows_of
from onedoor.people.models import Account, Unit
from onedoor.people.tokens import signed_in_as
from onedoor.rules.confirmation import CHECKS
from onedoor.rules.mediation import ROUTES

# unit, kind, word, chair and members
_COMMITTEES = (
    ("tw-lianhe", "joint", "澜联调", ("何为贵", "温护航", "章断案", "检依法", "田领格")),
    ("tw-laodong", "labour", "澜劳调", ("何劳和", "任审定", "温护航")),
    ("tw-yihuan", "medical", "澜医调", ("何医谐", "温护航", "章断案")),
    ("tw-wuye", "property", "澜物调", ("何睦居", "房审定", "温护航")),
    ("tw-jiaotong", "traffic", "澜交调", ("何路平", "路审定", "温护航")),
    ("tw-hunyin", "family", "澜婚调", ("何家圆", "温护航", "章断案")),
    ("tw-tudi", "land", "澜土调", ("何地界", "乡审定", "温护航")),
)
# user name, kind, studio, categories, languages, about
_MEDIATORS = (
    ("mediator", "chief", "为贵调解工作室", ("dispute.neighbours", "dispute.other"), ("普通话", "澜平话"),
     "在村里调了二十年纠纷，先听完再说话。"),
    ("mediator2", "peoples", "", ("dispute.labour",), ("普通话", "手语"), "熟悉工资、工伤和劳动合同。"),
    ("mediator_medical", "industry", "", ("dispute.medical",), ("普通话",), "医学和法律都学过。"),
    ("mediator_family", "peoples", "", ("dispute.family",), ("普通话", "澜平话"), "婚姻家庭和老人赡养。"),
    ("mediator_traffic", "court_invited", "", ("dispute.traffic",), ("普通话",), "法院特邀调解员。"),
)  # fmt: skip
_ROOMS = (
    ("调解一室", "joint", 12, "投影、录音录像"),
    ("调解二室", "joint", 8, ""),
    ("背对背谈话室甲", "separate", 4, ""),
    ("背对背谈话室乙", "separate", 4, ""),
    ("听证评议室", "hearing", 30, "录音录像、投影"),
    ("心理咨询室", "psychological", 3, "沙盘"),
    ("远程视频室", "remote", 6, "视频会议"),
)


def bring_committees(now: datetime) -> None:
    """Who mediates, and where."""
    began = now.astimezone(ZONE).date() - timedelta(days=400)
    for position, (unit, kind, word, people) in enumerate(_COMMITTEES):
        made = Committee.objects.create(
            unit=Unit.objects.get(code=unit), kind=kind, word=word, term_began=began, position=position
        )
        CommitteeMember.objects.bulk_create(
            CommitteeMember(
                committee=made, name=name, office="chair" if not place else "member", since=began,
                woman=name in ("温护航", "何家圆"),
            )
            for place, name in enumerate(people)
        )  # fmt: skip
    for username, kind, studio, fields, languages, about in _MEDIATORS:
        Mediator.objects.create(
            account=Account.objects.get(username=username), kind=kind, studio=studio, specialities=list(fields),
            languages=list(languages), about=about,
        )  # fmt: skip
    centre = Unit.objects.get(code="centre")
    MeetingRoom.objects.bulk_create(
        MeetingRoom(unit=centre, name=name, kind=kind, seats=seats, equipment=equipment, position=position)
        for position, (name, kind, seats, equipment) in enumerate(_ROOMS)
    )


_HANDLED = """
    SELECT c.number, c.id, t.id AS account,
           (SELECT max(e.occurred_at) FROM event e WHERE e.case_id = c.id) AS last
      FROM "case" c
      JOIN assignment a ON a.case_id = c.id AND a.lead AND a.stage = 'signed'
      JOIN people_unit u ON u.id = a.unit_id AND u.code = ANY(%s)
      JOIN people_post p ON p.unit_id = u.id AND p.role = 'mediator' AND p.active
      JOIN people_account t ON t.id = p.account_id
     WHERE c.stage = 'handling' AND c.kind = 'dispute' AND c.confidentiality = 'ordinary'
       AND EXISTS (SELECT 1 FROM party x WHERE x.case_id = c.id AND x.part = 'respondent')
       AND EXISTS (SELECT 1 FROM party x WHERE x.case_id = c.id AND x.part = 'applicant')
     ORDER BY u.code <> 'tw-lianhe', c.number
"""


def bring_mediations(now: datetime) -> int:
    """What the committees have in hand: asked, talked to apart, met, agreed upon, partly paid; how many."""
    work = WorkTime(now, DAYS)
    listed = rows(_HANDLED, [[unit for unit, *_ in _COMMITTEES]])
    found = [row for row in listed if work.end - work.seconds(row["last"]) > ROOM][: len(_LIVES)]
    for place, row in enumerate(found):
        _mediation(row, place, now, work)
    return len(found)


# what happens in the longest of them, and as much again; and how many seconds of work that takes at least
STEPS, ROOM = 40, 12 * 3600


class _Told:
    """One mediation, step by step, each some time after the one before."""

    def __init__(self, row: dict[str, Any], now: datetime, work: WorkTime) -> None:
        signed = signed_in_as(row["account"])
        assert signed is not None, "accounts of the demo county are in use"
        self.signed, self.number, self.account, self.now = signed, row["number"], row["account"], now
        self.work, self.case, self.at = work, row["id"], work.seconds(row["last"])
        self.gap = (work.end - self.at) // STEPS
        self.parties = {
            part: [one["id"] for one in rows(_PARTIES, [row["id"], part])] for part in ("applicant", "respondent")
        }

    def later(self) -> datetime:
        """The next moment of work at which something happens."""
        self.at += self.gap
        return self.work.at(self.at)

    def who(self) -> Who:
        return Who(self.signed.viewer(), self.signed.actors, self.number, self.later())

    def everybody(self) -> list[str]:
        return [str(one) for side in self.parties.values() for one in side]


_PARTIES = "SELECT id FROM party WHERE case_id = %s AND part = %s ORDER BY place"


# how far each has come, and from where it came
_LIVES = (
    ("asked", "application"), ("arranged", "own"), ("paid", "police"), ("unsigned", "application"), ("failed", "own"),
    ("arranged", "court_delegated"), ("confirmed", "application"), ("late", "own"), ("spoken", "application"),
)  # fmt: skip
_ORGANS = {"police": ("澜平县公安局", ""), "court_delegated": ("澜平县人民法院", "（2026）引调17号")}


def _mediation(row: dict[str, Any], place: int, now: datetime, work: WorkTime) -> None:
    told, (life, source) = _Told(row, now, work), _LIVES[place]
    organ, number = _ORGANS.get(source, ("", ""))
    key = mediate.open_mediation(
        who=told.who(),
        raw={
            "kind": "people",
            "source": source,
            "entrusted_by": organ,
            "entrusted_number": number,
            "mediators": [told.account],
            "chosen": place % 2 == 0,
            "declared": True,
        },
    )
    if number:
        mediate.take_materials(who=told.who(), mediation=key)
    for party in told.everybody()[: 1 if life == "asked" else None]:
        mediate.record_consent(
            who=told.who(), mediation=key, party=party, purpose="mediation", agrees=True, way="oral", note=""
        )
    if life == "asked":  # the other side has still to be asked
        return
    _meet(told, key, "separate", "先听取被申请方的难处和能接受的方案。")
    if life == "arranged":
        _arrange(told, key, place)
        return
    _meet(told, key, "joint", "双方核对事实，就数额和期限交换意见，气氛平和。")
    if life == "failed":
        mediate.end_mediation(
            who=told.who(),
            mediation=key,
            ending="failed",
            routes=list(ROUTES[:1] + ROUTES[3:]),
            text="双方对责任比例分歧较大，未能达成一致。",
        )
        return
    if life == "spoken":
        raw = {
            "facts": "双方核对无误。",
            "disputed": "赔礼和清理的时间。",
            "terms": "当场赔礼并清理完毕。",
            "items": [],
        }
        agree.agree_orally(who=told.who(), mediation=key, raw=raw)
        return
    made = _agree(told, key, signed=life != "unsigned", first=0 if life == "late" else 7)
    if life == "unsigned":
        return
    agree.hand_out_agreement(who=told.who(), agreement=made, how="当场各取一份。")
    if organ:
        mediate.report_back(who=told.who(), mediation=key, text="协议书副本已送达，附首期付款凭证。")
    _after(told, made, life)


def _after(told: _Told, agreement: str, life: str) -> None:
    """What came of it: the first part paid, or urged, or the whole before the court."""
    first = str(rows_of("agreement_item", told.case)[0]["id"])
    act = told.who()
    if life == "late":
        perform.urge_performance(who=act, item=first, text="电话催促，对方称三日内付清。")
    elif life == "paid":
        day = act.at.astimezone(ZONE).date()
        perform.record_item(who=act, item=first, on=day, amount=300_000, proof="银行转账凭证")
    else:
        checks = dict.fromkeys(CHECKS, True)
        perform.apply_confirmation(who=act, agreement=agreement, court="澜平县人民法院", checks=checks, both=True)


def _meet(told: _Told, key: str, kind: str, text: str) -> None:
    who = told.who()
    begins = told.later()
    ends = begins + timedelta(minutes=25)
    place = {"kind": kind, "side": "respondent", "place": "镇上调解室", "starts_at": begins, "ends_at": ends}
    session = sessions.book_session(who=who, mediation=key, raw=place)
    present = told.everybody() if kind == "joint" else [str(told.parties["respondent"][0])]
    given = {"began_at": begins, "ended_at": ends, "present": present, "text": text}
    told.later()  # twice: the talk itself takes longer than the shortest step
    sessions.hold_session(who=told.who(), session=session, raw={**given, "rights_told": True, "read_back": True})
    if kind == "joint":
        for party in present:
            sessions.sign_record(who=told.who(), session=session, party=party, way="drawn", drawing=scribble(party))


def _arrange(told: _Told, key: str, place: int) -> None:
    """A session to come, in one of the centre's rooms."""
    day = told.now.astimezone(ZONE).date() + timedelta(days=1 + place)
    begins = datetime(day.year, day.month, day.day, 9 + place % 3, tzinfo=ZONE)
    room = MeetingRoom.objects.order_by("position")[place % 2]
    raw = {"kind": "joint", "room": room.pk, "starts_at": begins, "ends_at": begins + timedelta(hours=2)}
    session = sessions.book_session(who=told.who(), mediation=key, raw=raw)
    sessions.reply(
        viewer=told.signed.viewer(),
        actors=told.signed.actors,
        number=told.number,
        session=session,
        party=told.everybody()[0],
        comes=True,
        at=told.work.at(told.at),
    )


def _agree(told: _Told, key: str, *, signed: bool, first: int) -> str:
    """A plan in three parts, the first due so many days on; its id."""
    who = told.who()
    today = who.at.astimezone(ZONE).date()
    give, take = str(told.parties["respondent"][0]), str(told.parties["applicant"][0])
    made = agree.draft_agreement(
        who=who, mediation=key,
        raw={
            "facts": "双方因前述事项发生争议，经核对，主要事实双方没有异议。",
            "disputed": "补偿数额和付款日期。",
            "terms": "被申请方分三期向申请方付清补偿款；付清后双方就此事再无其他争议。",
            "way": "银行转账",
            "items": [
                {
                    "kind": "payment", "who": give, "to": take, "what": f"第{part}期，共3期", "amount": 300_000,
                    "due_on": today + timedelta(days=days),
                }
                for part, days in ((1, first), (2, 30), (3, 60))
            ],
        },
    )  # fmt: skip
    if not signed:
        return made
    digest = rows_of("agreement", told.case)[-1]["digest"]
    for signer in [*told.everybody(), f"mediator:{told.account}"]:
        agree.sign_agreement(
            who=told.who(), agreement=made, signer=signer, way="drawn", digest=digest, drawing=scribble(signer)
        )
    agree.seal_agreement(who=told.who(), agreement=made)
    return made

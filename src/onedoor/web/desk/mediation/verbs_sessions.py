"""调解会: the forms of sessions and their records."""

from datetime import timedelta

from django.utils import timezone

from onedoor.cases.counting import ZONE
from onedoor.mediation.queries.lists import rooms_of, taken
from onedoor.mediation.steps import sessions
from onedoor.mediation.steps._act import Who
from onedoor.rules import mediation as rules
from onedoor.rules.refusal import invalid
from onedoor.rules.sessions import RECORD_SIGN_WAYS, SESSION_KINDS
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.mediation.context import Context, Verb, nothing
from onedoor.web.desk.mediation.reading import instant, local
from onedoor.web.desk.move_form import Field


def _book_fields(ctx: Context, fields: Fields) -> list[Field]:
    rooms = {
        str(one["id"]): f"{one['name']}（{one['seats']}座{'，' + one['equipment'] if one['equipment'] else ''}）"
        for one in rooms_of(ctx.state.case["present_centre_id"])
    }
    return [
        fields.one("kind", "类型", SESSION_KINDS),
        fields.one("side", "分别谈话的是哪一方", rules.SIDES, required=False),
        fields.one("room", "调解室", rooms, required=False),
        fields.text("place", "其他地点", required=False, help="不在中心调解室的，写明地点。"),
        fields.instant("starts_at", "开始", help=_occupied(ctx, rooms)),
        fields.instant("ends_at", "结束"),
    ]


def _occupied(ctx: Context, rooms: dict[str, str]) -> str:
    """When the rooms are taken in the next days, so that nobody has to try."""
    now = timezone.now()
    found = taken(ctx.state.case["present_centre_id"], now, now + timedelta(days=7))
    names = {key: name.partition("（")[0] for key, name in rooms.items()}
    times = [
        f"{names[str(one['room_id'])]} {one['starts_at'].astimezone(ZONE):%m-%d %H:%M}至"
        f"{one['ends_at'].astimezone(ZONE):%H:%M}"
        for one in found
        if str(one["room_id"]) in names
    ]
    return f"七天内已被预订：{'；'.join(times[:12])}{'……' if len(times) > 12 else ''}。" if times else ""


def _book(ctx: Context, who: Who) -> None:
    given = ctx.given
    times = {name: instant(given.get(name, "")) for name in ("starts_at", "ends_at")}
    raw = {name: given.get(name, "") for name in ("kind", "side", "room", "place")}
    sessions.book_session(who=who, mediation=ctx.key, raw={**raw, **times})


def _cancel_fields(ctx: Context, fields: Fields) -> list[Field]:
    return [fields.text("reason", "原因", help="不便写明的，写“因故改期”即可。")]


def _cancel(ctx: Context, who: Who) -> None:
    sessions.cancel_session(who=who, session=ctx.key, reason=ctx.given.get("reason", ""))


def _hold_fields(ctx: Context, fields: Fields) -> list[Field]:
    session = ctx.one("session")
    given = {**{name: local(session[name]) for name in ("starts_at", "ends_at")}}
    asked = Fields({"began_at": given["starts_at"], "ended_at": given["ends_at"], **ctx.given.dict()}, None)
    asked.faults = fields.faults
    alone = session["alone"]
    parties = ctx.named(
        party
        for party in ctx.state.parties
        if not alone or party["part"] == session["side"] or party["part"] not in rules.SIDES
    )
    return [
        asked.instant("began_at", "实际开始"),
        asked.instant("ended_at", "实际结束"),
        asked.people("present", "到场的当事人", parties, ctx.given.getlist("present")),
        *(
            asked.one(f"{_AGENT}{party}", f"代理人{name}到场的，他代表哪一方", rules.SIDES, required=False)
            for party, name in _agents(ctx).items()
        ),
        asked.text("others", _OTHERS.get(session["kind"], "邀请参加的人"), required=False, help=_INVITED),
        asked.text("breaks", "休会情况", required=False, help="如：10:30至10:45，双方休息。"),
        *([] if alone else [asked.tick("rights_told", "已告知当事人的权利和义务")]),
        asked.long("text", "笔录", rows=12, help=_HOLD_ALONE if alone else ""),
        asked.tick("read_back", "笔录已向到场的当事人宣读或者交其阅看，确认无误"),
        asked.tick("recorded", "经各方同意录音录像"),
    ]


_AGENT = "agent_"


def _agents(ctx: Context) -> dict[str, str]:
    return ctx.named(party for party in ctx.state.parties if party["part"] == "agent" and party["erased_at"] is None)


_OTHERS = {"public_court": "评议员", "grid_council": "议事代表", "expert": "参加会商的专家"}
_INVITED = "邀请他人参与须当事人同意，请先在“记录意愿”里登记（人民调解法第二十条）。"
_HOLD_ALONE = "一方在背对背谈话里说的，加密保存，只有听取的调解员能看，不进任何文书和统计。"


def _hold(ctx: Context, who: Who) -> None:
    given = ctx.given
    raw = {
        "began_at": instant(given.get("began_at", "")),
        "ended_at": instant(given.get("ended_at", "")),
        "present": given.getlist("present"),
        "agents": {party: given.get(f"{_AGENT}{party}", "") for party in _agents(ctx)},
        "others": given.get("others", ""),
        "breaks": given.get("breaks", ""),
        "text": given.get("text", ""),
        **{name: bool(given.get(name)) for name in ("rights_told", "read_back", "recorded")},
    }
    sessions.hold_session(who=who, session=ctx.key, raw=raw)


def _reply_fields(ctx: Context, fields: Fields) -> list[Field]:
    offered = {str(one["party"]): one["name"] for one in ctx.one("session")["replies"]}
    return [
        fields.one("party", "谁的回复", offered),
        fields.either("comes", "回复", {"yes": "参加", "no": "不能参加"}),
    ]


def _reply(ctx: Context, who: Who) -> None:
    sessions.reply(
        viewer=who.viewer, actors=who.actors, number=who.number, session=ctx.key, party=ctx.given.get("party", ""),
        comes=ctx.given.get("comes") == "yes", at=who.at,
    )  # fmt: skip


def _sign_fields(ctx: Context, fields: Fields) -> list[Field]:
    offered = {one["party"]: one["name"] for one in ctx.one("session")["to_sign"]}
    return [
        fields.one("party", "签名人", offered),
        fields.either("way", "方式", RECORD_SIGN_WAYS),
        fields.one("attachment", "签名或按指印的纸质笔录（扫描件）", ctx.attachments(), required=False),
        fields.text("note", "说明（拒绝签名的写明原因）", required=False),
    ]


def _sign(ctx: Context, who: Who) -> None:
    given = ctx.given
    sessions.sign_record(
        who=who,
        session=ctx.key,
        party=given.get("party", ""),
        way=given.get("way", ""),
        drawing=given.get("drawing", ""),
        attachment=given.get("attachment", ""),
        note=given.get("note", ""),
    )


def _recording(ctx: Context, who: Who) -> None:
    sent = ctx.file_sent
    if sent is None:
        raise invalid("file", "请先选择录音或者录像文件；文件太大的，请分段上传。")
    sessions.keep_recording(who=who, session=ctx.key, name=sent.name or "", file=sent, chunks=sent.chunks())


SESSIONS: dict[str, Verb] = {
    "book_session": Verb("安排调解会", "mediation", _book_fields, _book),
    "cancel_session": Verb("取消调解会", "session", _cancel_fields, _cancel),
    "hold_session": Verb(
        "记录调解会", "session", _hold_fields, _hold,
        "只有一方（和他的代理人）到场的共同调解，按分别谈话保密记录；让步不得在以后的诉讼、仲裁中作为不利证据。", ),
    "sign_record": Verb(
        "签署调解笔录", "session", _sign_fields, _sign, "请到场的当事人阅看笔录后逐个签名。", "drawing"
    ),
    "keep_recording": Verb(
        "保存录音录像", "session", nothing, _recording,
        "只在各方同意录音录像时保存；背对背谈话的录音录像只有听取的调解员能看。", "file", ),
    "reply": Verb("登记参会回复", "session", _reply_fields, _reply),
}  # fmt: skip

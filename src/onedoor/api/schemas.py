"""What the bodies of requests hold, for the OpenAPI document.

The views read bodies by hand, so that every fault gets its Chinese sentence; these schemas say the same to a
machine and decide nothing. Names and codes come from where they are decided.
"""

from typing import Any

from onedoor.cases.steps._inputs import FLAGS, TEXTS, UNIT_LISTS
from onedoor.cases.steps._reading import MOST_TITLE
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.field import DECISIONS, LARGEST_FILE, MOST_ENTRIES, MOST_FILES
from onedoor.rules.field import KINDS as FIELD_KINDS
from onedoor.rules.flow import FLOW, INPUT_NAMES
from onedoor.rules.handover import HANDOVER_STATES, MOST_ANSWER, MOST_WHAT
from onedoor.rules.identity import MOST_NARRATIVE
from onedoor.rules.intake import CHANNELS, HELPS, KINDS, PARTS, PARTY_KINDS, PURPOSES
from onedoor.rules.scheme_book import SCHEMES
from onedoor.rules.schemes import TRACKS
from onedoor.rules.telling import CONTACTS
from onedoor.rules.visits import MOST_PERSONS, MOST_TEXT, MOST_WINDOW
from onedoor.rules.visits import PURPOSES as VISIT_PURPOSES

Json = dict[str, Any]
_FLAG: Json = {"type": "boolean"}
_TIME: Json = {"type": "string", "format": "date-time", "description": "带时区，如 2026-03-01T09:00:00+08:00"}


def _text(most: int, description: str = "") -> Json:
    return {"type": "string", "maxLength": most, **({"description": description} if description else {})}


def _one_of(codes: dict[str, str]) -> Json:
    described = "、".join(f"{code}（{name}）" for code, name in codes.items())
    return {"type": "string", "enum": [str(code) for code in codes], "description": described}


def _whole(description: str, least: int, most: int) -> Json:
    return {"type": "integer", "minimum": least, "maximum": most, "description": description}


def _list(items: Json, most: int) -> Json:
    return {"type": "array", "items": items, "maxItems": most}


def _record(properties: Json, *required: str, closed: bool = True) -> Json:
    return {
        "type": "object",
        "properties": properties,
        **({"required": list(required)} if required else {}),
        **({"additionalProperties": False} if closed else {}),
    }


_AS_POST: Json = {"as_post": {"type": "integer", "description": "以哪个岗位办理（GET /me 中的 id）"}}
PARTY = _record(
    {
        "part": _one_of(PARTS),
        "kind": _one_of(PARTY_KINDS),
        "name": _text(100),
        "id_number": _text(100, "个人为身份证号"),
        "phone": _text(100),
        "address": _text(200),
        "safe_contact": _text(100, "安全联系方式"),
        "contact": {"type": "string", "enum": list(CONTACTS), "description": "怎样联系申请人"},
    },
    "part",
    "name",
)
MATTER = _record(
    {
        "channel": _one_of(CHANNELS),
        "category": _text(40, "类别代码，见 GET /catalogue"),
        "kind": _one_of(KINDS),
        "purpose": _one_of({"": "无", **PURPOSES}),
        "title": _text(MOST_TITLE, "不填则取诉求内容开头"),
        "narrative": _text(MOST_NARRATIVE),
        "parties": _list(PARTY, 200),
        "division": _text(20, "区划代码，不填则为登记人岗位的区划"),
        "address": _text(200),
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "occurred_at": _TIME,
        "amount": _whole("涉及金额，单位为分", 0, 10**15),
        "people_involved": _whole("涉及人数", 1, 1_000_000),
        "urgent": _FLAG,
        "track": _one_of({code: name for code, name in TRACKS.items() if code}),
        "anonymous": _FLAG,
        "someone_hurt": _FLAG,
        "confidential": {**_FLAG, "description": "限制知悉"},
        "help": _one_of(HELPS),
        "help_by": _text(150, "谁领办、帮办、代办（用户名）；写了 help 必填"),
        "help_consent": {**_FLAG, "description": "申请人同意帮助；写了 help 必须为 true"},
        "letter_day": {"type": "string", "format": "date", "description": "信上写的日期；渠道为 letter 或 mail 时"},
        "read_back": {**_FLAG, "description": "已向申请人宣读，确认无误"},
        "proxy_seen": {**_FLAG, "description": "代办的，委托材料已核对"},
        "external_numbers": _list(_record({"system": _text(40), "number": _text(60)}, "system", "number"), 20),
    },
    "channel",
    "category",
    "kind",
    "narrative",
)
_UNIT = _text(60, "单位代码")


def _input(name: str) -> Json:
    if name in TEXTS:
        found = _text(TEXTS[name])
    elif name in FLAGS:
        found = dict(_FLAG)
    elif name in UNIT_LISTS:
        found = _list(_UNIT, 20)
    elif name == "persons":
        found = _list(_text(60), 200)
    elif name == "days":
        found = {"type": "integer", "minimum": 1, "maximum": 3650}
    elif name == "outcome":
        return _one_of(OUTCOME_NAMES)
    elif name == "amounts":
        found = {"type": "object", "additionalProperties": {"type": "integer"}}
        return {**found, "description": "当事人 id → 金额（分）"}
    else:
        found = _text(60)
    return {**found, "description": INPUT_NAMES[name]}


INPUTS: Json = {name: _input(name) for name in INPUT_NAMES}
_VERSION: Json = {"version": {"type": "integer", "description": "看到的版本；已变则拒绝（stale_version）"}}
_PROBLEM = _record(
    {
        "code": {"type": "string"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "code",
    "title",
    "detail",
    closed=False,  # a piece of a file that does not fit is told how much is there
)
_SAID: Json = {"application/problem+json": {"schema": _PROBLEM}}
REFUSED: Json = {
    "4XX": {"description": "办不了，及原因", "content": _SAID},
    "503": {"description": "暂时办不了：没有空间，或数据库没有应答", "content": _SAID},
}
KEYED: Json = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": _text(100, "重复发送不会重复办理，保留7天"),
        }
    ],
    "responses": REFUSED,
}


def _takes(body: Json, **more: Any) -> Json:
    content = {"application/json": {"schema": body}}
    return {"requestBody": {"required": True, "content": content}, "responses": REFUSED, **more}


def _moves() -> str:
    """Which move takes what, in a list."""
    lines = []
    for move in FLOW.values():
        taken = "、".join(f"{name}{'（必填）' if name in move.required else ''}" for name in move.accepts)
        lines.append(f"- `{move.name}` {move.label}：{taken or '无'}")
    return "每个动作只收它需要的项：\n\n" + "\n".join(lines)


_FROM_VISIT: Json = {"visit": _text(40, "这件事项来自哪次接待（编号）")}
REGISTER = _takes(
    {**MATTER, "properties": {**MATTER["properties"], **_FROM_VISIT, **_AS_POST}}, parameters=KEYED["parameters"]
)
_VISIT_TEXT = _text(MOST_TEXT)
VISIT = _takes(
    _record(
        {
            "purpose": _one_of(VISIT_PURPOSES),
            "persons": _whole("人次", 1, MOST_PERSONS),
            "asked": _text(MOST_TEXT, "来访内容；检举控告不写在这里"),
            "answer": _text(MOST_TEXT, "当场答复；写了即结束"),
            "window": _text(MOST_WINDOW, "窗口"),
            **_AS_POST,
        },
        "purpose",
        closed=False,
    ),
    parameters=KEYED["parameters"],
)
VISIT_ANSWER = _takes(_record({"answer": _VISIT_TEXT, **_AS_POST}, "answer", closed=False))
VISIT_END = _takes(_record({"reason": _text(500), **_AS_POST}, "reason", closed=False))
VISIT_REMARK = _takes(_record({"text": _text(1000), **_AS_POST}, "text", closed=False))
HANDOVER = _takes(
    _record(
        {
            "number": _text(60, "你们的编号，同一编号只能转来一次"),
            "what": _text(MOST_WHAT, "需要办什么；不写姓名、证件号、电话"),
            "due_day": {"type": "string", "format": "date", "description": "答复期限；不写按约定的工作日算"},
        },
        "number",
        "what",
        closed=False,
    ),
    parameters=KEYED["parameters"],
)
HANDOVER_ANSWER = _takes(
    _record(
        {
            "state": _one_of({code: name for code, name in HANDOVER_STATES.items() if code != "sent"}),
            "answer": _text(MOST_ANSWER, "答复，或退回的原因；接收时不用写"),
        },
        closed=False,
    ),
    parameters=KEYED["parameters"],
)
MOVE = _takes(_record({**INPUTS, **_VERSION, **_AS_POST}), parameters=KEYED["parameters"], description=_moves())
SIGN_IN = _takes(
    _record(
        {"username": _text(1000), "password": _text(1000), "otp": _text(1000, "两步验证的动态码")},
        "username",
        "password",
        closed=False,
    )
)
PREVIEW = _takes(
    _record(
        {
            "scheme": {
                "type": "string",
                "description": "方案代码；部署方可以另写方案，以目录为准。随平台的："
                + "、".join(f"{code}={scheme.name}" for code, scheme in SCHEMES.items()),
            },
            "started_at": _TIME,
            "calendar": {"type": "string", "description": "national=全国；或区划代码，按该区划的工作日历。"},
        },
        "scheme",
        "started_at",
        closed=False,
    )
)
_UUID: Json = {"type": "string", "format": "uuid"}
_FILE = _record({"sha256": _text(64), "name": _text(200), "size": _whole("字节", 1, LARGEST_FILE)}, "sha256", "size")
_ENTRY = _record(
    {
        "id": _UUID,
        "kind": _one_of(FIELD_KINDS),
        "made_at": _TIME,
        "offset_ms": {"type": ["number", "null"], "description": "手机上次与中心对时得到的差（中心减手机）"},
        "lon": {"type": ["number", "null"], "minimum": -180, "maximum": 180},
        "lat": {"type": ["number", "null"], "minimum": -90, "maximum": 90},
        "accuracy": {"type": ["number", "null"], "description": "误差（米）"},
        "grid": _text(40, "区划代码"),
        "refers": {"type": ["string", "null"], "format": "uuid", "description": "所指条目"},
        "seen": {"type": ["integer", "null"], "description": "看到的版本"},
        "files": _list(_FILE, MOST_FILES),
        "content": {"type": "object", "description": "按种类，见网格同步说明"},
        "case": {**MATTER, "description": "老写法：只有 id 和 case，等于 kind 为 case"},
    },
    "id",
    closed=False,
)
SYNC = _takes(
    _record(
        {"device": _UUID, "sent_at": _TIME, "entries": _list(_ENTRY, MOST_ENTRIES), **_AS_POST},
        "entries",
        closed=False,
    )
)
SETTLE = _takes(
    _record(
        {"decision": _one_of(DECISIONS), "text": _text(500, "处理意见"), **_AS_POST}, "decision", "text", closed=False
    )
)
DEVICE = _takes(_record({"device": _UUID}, "device", closed=False))
PIECE: Json = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    "responses": REFUSED,
}

"""The form of a move, made from its line in FLOW: one field for each input, and what was typed back to inputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from onedoor.cases.queries import choices
from onedoor.cases.steps._state import CaseState
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import CONFIDENTIALITY_NAMES, Confidentiality
from onedoor.rules.archive import CORRECTABLE
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.flow import INPUT_NAMES, Move
from onedoor.rules.intake import PROOFS
from onedoor.rules.refusal import Refused
from onedoor.rules.schemes import LEVELS, PAUSE_NAMES, TRACKS
from onedoor.rules.supervision import CAUSES, WAITING

Choices = Sequence[dict[str, Any]]
YES, NO = "yes", "no"
# Where the form can say more exactly what is meant.
LABELS = {
    ("dispatch", "unit"): "主办单位",
    ("add_unit", "unit"): "协办单位",
    ("follow_up", "text"): "申请人的意见",
    ("report_progress", "text"): "进展",
    ("submit_opinion", "text"): "协办意见",
    ("archive", "reason"): "归档说明",
    ("supervise", "level"): "督办级别",
    ("supervise", "reason"): "督办要求",
    ("supervise", "days"): "几个工作日内回告",
    ("supervise", "unit"): "督办哪个单位",
    ("instruct", "text"): "批示内容",
    ("instruct", "days"): "几个工作日内回告",
    ("instruct", "unit"): "批示给哪个单位",
    ("reply_supervision", "text"): "措施、方案和完成时间",
    ("reply_supervision", "days"): "预计还需几天",
    ("demand_more", "reason"): "还要求什么",
    ("demand_more", "days"): "几个工作日内再报",
    ("meet", "text"): "见面情况",
    ("agree_performance", "on"): "协议约定哪一天前履行",
    ("record_performance", "text"): "履行情况",
    ("record_performance", "route"): "未履行的，告知了什么途径",
    ("tell", "text"): "何时、以什么方式、告知了谁",
    ("request_suspension", "days"): "预计中止几天",
    ("decide_due", "granted"): "按变更后的日历计算",
    ("designate", "unit"): "裁定由哪个单位承办",
    ("designate", "assignment"): "裁定哪个单位的异议",
}
FLAGS = {
    "accepted": ("受理", "不予受理"),
    "granted": ("同意", "不同意"),
    "upheld": ("成立", "不成立"),
    "satisfied": ("满意", "不满意"),
    "performed": ("已履行", "未履行"),
}
LISTS = frozenset({"units", "co_units", "accused_units", "persons"})
LONG = {"text": 6, "answer": 8, "reason": 3, "route": 3, "basis": 2}
HELP = {
    "route": "写明告知申请人的机关、方式和期限；调解不成、引导、诉讼仲裁时必填。",
    "basis": "写明法律条款或文件；不再受理、转送移送时必填。",
    "units": "第一个为主办单位。",
    "code": "回执上的八位字符。",
    "amounts": "单位：元。没有金额的留空。",
    "into": "填写另一件事项的编号。",
    "days": "按时限方案的单位计（工作日或自然日）。",
}
# Shown only for the outcomes or proofs that ask for it; without scripts always.
WHEN = {
    "route": "outcome:mediation_ended guided to_court",
    "basis": "outcome:not_again",
    "proof": "outcome:withdrawn",
    "code": "outcome:withdrawn",
    "into": "outcome:merged",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the template draws it. `choices`: code and name, or groups of them."""

    name: str
    label: str
    widget: str
    required: bool
    value: Any = ""
    error: str = ""
    help: str = ""
    rows: int = 3
    choices: Choices = ()
    when: str = ""
    many: list[Any] = field(default_factory=list)


def fields_of(
    moves: Sequence[Move], state: CaseState, signed: SignedIn, given: QueryDict, refused: Refused | None
) -> list[Field]:
    """The fields of these moves, each input once, with what was typed and what is wrong with it."""
    faults = refused.fields if refused else {}
    confidential = state.case["confidentiality"] != Confidentiality.ORDINARY
    found: list[Field] = []
    for move in moves:
        for name in move.accepts:
            if any(one.name == name for one in found) or _is_idle(name, move, state, confidential=confidential):
                continue
            widget, offered = _widget(name, move, state)
            when = WHEN.get(name, "") if "outcome" in move.accepts else ""
            found.append(
                Field(
                    name=name,
                    label=LABELS.get((move.name, name), INPUT_NAMES[name]),
                    widget=widget,
                    required=name in move.required and not when,
                    value=given.get(name, ""),
                    many=given.getlist(name),
                    error=faults.get(name, ""),
                    help="" if (move.name, name) in LABELS else HELP.get(name, ""),
                    rows=LONG.get(name, 3),
                    choices=offered,
                    when=when,
                )
            )
    return found


def _is_idle(name: str, move: Move, state: CaseState, *, confidential: bool) -> bool:
    """Inputs that this case does not need: who may know of an ordinary case, which of one part."""
    if name == "persons":
        return not confidential and move.name != "restrict"
    if name == "assignment":
        return len(_parts(move, state)) < 2
    if name == "supervision":
        return len(_notices(move, state)) < 2
    if name == "amounts":
        return not any(party["part"] == "applicant" for party in state.parties)
    return False


def _parts(move: Move, state: CaseState) -> Choices:
    stage = "objected" if move.name == "designate" else ""
    open_parts = [part for part in state.assignments if part["stage"] != "released"]
    if move.name != "designate":  # of one's own unit there is one open part at most
        return ()
    return [{"code": str(part["id"]), "name": part["unit_name"]} for part in open_parts if part["stage"] == stage]


def _widget(name: str, move: Move, state: CaseState) -> tuple[str, Choices]:
    if name in LONG:
        return "long", ()
    if name in FLAGS:
        yes, no = FLAGS[name]
        return "either", [{"code": YES, "name": yes}, {"code": NO, "name": no}]
    offers: dict[str, tuple[str, Callable[[], Choices]]] = {
        "outcome": ("one", lambda: _outcomes(move)),
        "proof": ("one", lambda: _named(PROOFS)) if move.name != "serve" else ("short", list),
        "level": ("one", lambda: _levels(move)),
        "track": ("one", lambda: _tracks(state)),
        "cause": ("one", lambda: _named(PAUSE_NAMES)),
        "supervision": ("one", lambda: _notices(move, state)),
        "field": ("one", lambda: _named(CORRECTABLE)),
        "assignment": ("one", lambda: _parts(move, state)),
        "unit": ("grouped", lambda: choices.units(centres=False)),
        "centre": ("one", lambda: choices.centres_below(tuple(state.case["present_path"]))),
        "units": ("many", lambda: choices.units(centres=False)),
        "co_units": ("many", lambda: choices.units(centres=False)),
        "accused_units": ("many", lambda: choices.units()),
        "persons": ("people", choices.people),
        "mediator": ("one", lambda: choices.people("mediator")),
        "amounts": ("amounts", lambda: _applicants(state)),
    }
    if name in offers:
        widget, offer = offers[name]
        return widget, offer()
    return {"confirmed": "tick", "days": "number", "on": "day"}.get(name, "short"), ()


def _levels(move: Move) -> Choices:
    if move.name == "supervise":
        return _named(LEVELS)
    return _named({code: name for code, name in CONFIDENTIALITY_NAMES.items() if code != "ordinary"})


def _tracks(state: CaseState) -> Choices:
    return [{"code": code or "general", "name": name} for code, name in TRACKS.items() if code != state.case["track"]]


_ANSWERS = {
    "accept_reply": ("replied",),
    "demand_more": ("open", "replied"),
    "decide_appeal": ("appealed",),
    "exclude": WAITING,
}


def _notices(move: Move, state: CaseState) -> Choices:
    wanted = _ANSWERS.get(move.name, ("open",))
    return [
        {"code": row["number"], "name": f"{row['number']}（{LEVELS[row['level']]}，{CAUSES[row['cause']]}）"}
        for row in state.supervisions
        if row["state"] in wanted
    ]


def _named(names: dict[str, str]) -> Choices:
    return [{"code": str(code), "name": name} for code, name in names.items()]


def _outcomes(move: Move) -> Choices:
    """The window's form takes every outcome; withdrawing and merging have moves of their own elsewhere."""
    left_out = () if move.name == "settle_on_spot" else ("withdrawn", "merged")
    return [one for one in _named(OUTCOME_NAMES) if one["code"] not in left_out]


def _applicants(state: CaseState) -> Choices:
    return [
        {"code": f"amounts-{party['id']}", "name": party["name"]}
        for party in state.parties
        if party["part"] == "applicant"
    ]


def read_form(move: Move, given: QueryDict) -> dict[str, Any]:
    """What was typed, as the body of the move: blank fields left out. Types are judged by the step, which has a
    sentence for each; only what a form writes differently is turned here."""
    body: dict[str, Any] = {}
    for name in move.accepts:
        if name in LISTS:
            if chosen := given.getlist(name):
                body[name] = chosen
        elif name == "amounts":
            if amounts := _amounts(given):
                body[name] = amounts
        elif text := given.get(name, "").strip():
            if name in FLAGS:
                body[name] = text == YES
            elif name == "confirmed":
                body[name] = True
            elif name == "days":
                body[name] = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else text
            else:
                body[name] = text
    return body


def _amounts(given: QueryDict) -> dict[str, object]:
    """Yuan with at most two decimals to 分; what is no amount goes on as it is, to be refused at its field."""
    found: dict[str, object] = {}
    for name, value in given.items():
        if not name.startswith("amounts-") or not str(value).strip():
            continue
        party, text = name.removeprefix("amounts-"), str(value).strip().replace(",", "").replace("，", "")
        try:
            cents = Decimal(text) * 100
            found[party] = int(cents) if cents == int(cents) and abs(cents) < 10**17 else text
        except (InvalidOperation, ValueError, OverflowError):
            found[party] = text
    return found

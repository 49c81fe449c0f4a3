"""For every move of FLOW one case it fits, with somebody who may make it and what he gives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from onedoor.rules.access import Actor
from rules.kit import (
    TOWN,
    Matter,
    accepted,
    centre,
    clerk,
    clerk2,
    closed,
    concluded,
    director,
    dispatched,
    dispatcher,
    gaj,
    grid_worker,
    handler,
    handler2,
    handling,
    known,
    resident,
    rsj,
    supervisor,
    target,
    town_centre,
    town_dispatcher,
    unit_lead,
    zjj,
)

PETITION = {"scheme": "petition-statutory", "purpose": "petition"}
IN_TOWN = {"present_centre": town_centre.id, "present_path": TOWN}
CODE = {"proof": "code", "code": "K7", "proof_holds": True}
REASON = {"reason": "因为如此"}


def after(matter: Matter, move: str, actor: Actor, **take: object) -> Matter:
    matter.move(move, actor, **take)
    return matter


def in_the_grid() -> Matter:
    return Matter(channel="grid", creator=grid_worker.account)


def overdue_correction() -> Matter:
    matter = after(Matter(), "ask_correction", clerk2, **REASON)
    matter.wait(days=30)
    return matter


def guidance_proposed() -> Matter:
    return after(Matter(), "guide", clerk, route="向人民法院起诉", **REASON)


def accepted_by_unit() -> Matter:
    return after(handling(**PETITION), "decide_acceptance", handler, accepted=True)


def extension_asked() -> Matter:
    return after(accepted_by_unit(), "request_extension", handler, days=30, **REASON)


def extension_to_tell() -> Matter:
    return after(extension_asked(), "decide_extension", unit_lead, granted=True, **REASON)


def suspension_asked() -> Matter:
    return after(handling(), "request_suspension", handler, days=60, reason="等待鉴定")


def supervised() -> Matter:
    return after(handling(), "supervise", supervisor, level="yellow_card", **REASON)


def replied() -> Matter:
    return after(supervised(), "reply_supervision", handler, text="三日内办结")


def appealed() -> Matter:
    return after(supervised(), "appeal_supervision", handler, **REASON)


def agreed() -> Matter:
    matter = after(handling(), "conclude", handler, outcome="agreement_oral", answer="双方同意分期支付。")
    return after(matter, "close", dispatcher)


def to_be_performed() -> Matter:
    return after(agreed(), "agree_performance", clerk, on=date(2026, 6, 30))


def due_to_decide() -> Matter:
    matter = handling()
    matter.facts = replace(matter.facts, pending={"due": {"kept": {matter.clock("handle").id: 86_400}, "by": None}})
    return matter


def suspended() -> Matter:
    return after(suspension_asked(), "suspend", supervisor)


def contested() -> Matter:
    return after(guided(), "contest", clerk, **REASON)


def guided() -> Matter:
    return after(guidance_proposed(), "confirm_guidance", dispatcher)


FITTING: dict[str, tuple[Callable[[], Matter], Actor, dict[str, object]]] = {
    "ask_correction": (Matter, clerk, REASON),
    "add_from_field": (in_the_grid, grid_worker, {"text": "又掉了一块"}),
    "supplement": (overdue_correction, clerk, {"text": "已补交合同"}),
    "lapse": (overdue_correction, clerk, {"route": "可以重新提出"}),
    "accept": (Matter, clerk, {}),
    "guide": (Matter, clerk, {"route": "向人民法院起诉", **REASON}),
    "confirm_guidance": (guidance_proposed, dispatcher, {}),
    "decline_guidance": (guidance_proposed, dispatcher, REASON),
    "settle_on_spot": (Matter, clerk, {"outcome": "answered", "answer": "已答复", "confirmed": True}),
    "transfer_out": (Matter, clerk, {"destination": "邻县信访局", "basis": "信访工作条例第二十二条"}),
    "take_back": (
        lambda: after(accepted(), "transfer_out", clerk, destination="邻县信访局", basis="属地"),
        clerk,
        REASON,
    ),
    "withdraw": (Matter, clerk, CODE),
    "revoke_withdrawal": (lambda: after(Matter(), "withdraw", clerk, **CODE), clerk, REASON),
    "merge": (Matter, clerk, {"into": target(), **REASON}),
    "dispatch": (accepted, dispatcher, {"unit": rsj}),
    "recall": (dispatched, dispatcher, REASON),
    "designate": (lambda: after(dispatched(), "object", handler, **REASON), dispatcher, {"unit": rsj, **REASON}),
    "add_unit": (dispatched, dispatcher, {"unit": gaj, **REASON}),
    "send_up": (lambda: accepted_in_town(), town_dispatcher, {"centre": centre, **REASON}),
    "send_down": (accepted, dispatcher, {"centre": town_centre, **REASON}),
    "send_back_up": (
        lambda: after(accepted(), "send_down", dispatcher, centre=town_centre, **REASON),
        town_dispatcher,
        {"centre": centre, **REASON},
    ),
    "sign": (dispatched, handler, {}),
    "object": (dispatched, handler, REASON),
    "decide_acceptance": (lambda: handling(**PETITION), handler, {"accepted": True}),
    "report_progress": (handling, handler, {"text": "已约谈双方"}),
    "submit_opinion": (lambda: after(handling(zjj), "sign", handler2), handler2, {"text": "属实"}),
    "request_extension": (accepted_by_unit, handler, {"days": 30, **REASON}),
    "decide_extension": (extension_asked, unit_lead, {"granted": True, **REASON}),
    "approve": (handling, unit_lead, {"answer": "处理意见"}),
    "serve": (lambda: after(handling(), "approve", unit_lead, answer="处理意见"), handler, {"proof": "直接送达"}),
    "request_suspension": (handling, handler, {"days": 60, **REASON}),
    "suspend": (suspension_asked, supervisor, {}),
    "decline_suspension": (suspension_asked, supervisor, REASON),
    "resume": (suspended, handler, {"reason": "鉴定完成"}),
    "conclude": (handling, handler, {"outcome": "answered", "answer": "已答复"}),
    "close": (concluded, dispatcher, {}),
    "send_back": (concluded, dispatcher, REASON),
    "reopen": (closed, supervisor, REASON),
    "rate": (closed, resident, {"satisfied": False, "result": 2}),
    "agree_performance": (agreed, clerk, {"on": date(2026, 6, 30)}),
    "record_performance": (to_be_performed, clerk, {"performed": True, "text": "已收到全部款项。"}),
    "follow_up": (closed, clerk, {"satisfied": True}),
    "sample": (lambda: closed(sampled=False), supervisor, {}),
    "archive": (lambda: after(closed(), "follow_up", clerk, satisfied=True), clerk, {}),
    "contest": (guided, clerk, REASON),
    "set_track": (Matter, dispatcher, {"track": "complex", **REASON}),
    "tell": (extension_to_tell, handler, {"text": "3月2日电话告知申请人。"}),
    "meet": (handling, handler, {"text": "已当面听取诉求"}),
    "supervise": (handling, supervisor, {"level": "red_card", **REASON}),
    "instruct": (handling, director, {"text": "请从速办理"}),
    "reply_supervision": (supervised, handler, {"text": "三日内办结"}),
    "appeal_supervision": (supervised, handler, REASON),
    "accept_reply": (replied, supervisor, {}),
    "demand_more": (replied, supervisor, {"days": 2, **REASON}),
    "decide_appeal": (appealed, director, {"upheld": True, **REASON}),
    "exclude": (supervised, director, REASON),
    "decide_due": (due_to_decide, supervisor, {"granted": True, **REASON}),
    "decide_contest": (contested, supervisor, {"upheld": True, **REASON}),
    "correct_record": (closed, supervisor, {"field": "title", "value": "更正后的标题", **REASON}),
    "restrict": (Matter, clerk, {"level": "restricted", "persons": (known(supervisor),), **REASON}),
}


def accepted_in_town() -> Matter:
    matter = accepted()
    matter.move("send_down", dispatcher, centre=town_centre, **REASON)
    return matter


def fitting(move: str) -> tuple[Matter, Actor, dict[str, object]]:
    make, actor, take = FITTING[move]
    return make(), actor, take

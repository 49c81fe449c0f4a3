"""What an applicant is told by himself, and how he wants to be reached.

A message to a telephone that others may read names no matter, no unit and no party: only that there is something new.
"""

from collections.abc import Mapping

CONTACTS = {
    "": "没有说明",
    "sms": "可以发短信",
    "phone": "只打电话，不发短信",
    "none": "不要联系，申请人自己查询",
}
"""The way an applicant has chosen; nothing is sent to who has not chosen text messages."""
TAKES_CODES = frozenset({"", "sms"})
"""Who may be sent the code that he asks for. To the others none goes out, whoever asks: the telephone may be in the
hands of somebody from whom the applicant has to be safe."""

STEPS: dict[str, str] = {
    "register": "已登记",
    "ask_correction": "需要您补充材料",
    "lapse": "因逾期未补正已结束",
    "accept": "已受理",
    "confirm_guidance": "已向您告知可以走的途径",
    "transfer_out": "已转送其他机关",
    "dispatch": "已交有关单位办理",
    "sign": "已由办理单位签收",
    "decide_acceptance": "办理单位已作出是否受理的决定",
    "decide_extension": "办理期限已延长，理由可以查看",
    "suspend": "已中止办理",
    "tell": "有一项告知，写明了延期或中止的理由",
    "resume": "已恢复办理",
    "serve": "有书面意见，已向您送达",
    "close": "已办结",
    "settle_on_spot": "已当场答复",
    "reopen": "将重新办理",
    "withdraw": "已撤回",
    "revoke_withdrawal": "已恢复办理",
    "merge": "已与另一件事项合并办理",
    "decide_contest": "您的不同意见已有答复",
    "remedy": "您的评价已有答复",
    "book_session": "有新的时间安排",
    "cancel_session": "原来的时间安排有变动",
    "agree_orally": "有新的进展",
    "promise_due": "约定的履行期限快到了",
    "seal_agreement": "有新的进展",
    "end_mediation": "有新的进展",
}
"""The steps of which an applicant hears (信访工作条例 §§22, 23, 34 ask for some of them in writing besides). Not that
he was met, at which he was present, nor that a unit proposes a result (`conclude`): that may still be sent back."""

ONE_TIME_CODE = "code"
# To a party who has registered nothing and holds no code.
PROMISE_TO_OTHERS = "promise_to_others"
SEPARATE = frozenset({"separate", "psychological"})
"""The kinds of session with one side alone (rules/sessions.py)."""


def step_to_tell(kind: str, codes: Mapping[str, object], *, satisfied: bool | None) -> str:
    """The key in STEPS of what is told after a move; "" for nothing."""
    if kind == "decide_extension" and not codes.get("granted"):
        return ""
    if kind == "sign" and not codes.get("lead"):
        return ""  # a co-handling unit answers to the lead unit, and the lead to him
    if kind in ("book_session", "cancel_session") and codes.get("kind") in (*SEPARATE, "expert"):
        return ""  # a talk with one side is nobody else's to hear of
    if kind == "cancel_session" and not codes.get("session"):
        return ""  # cancelled by itself: the unit tells the parties, each in his own safe way
    if kind == "archive":
        return "remedy" if satisfied is False else ""
    return kind if kind in STEPS else ""


def step_message(step: str, number: str) -> str:
    """您登记的事项（编号末四位0012）已受理。请凭编号和回执码在网上或到窗口查看。"""
    if step == PROMISE_TO_OTHERS:
        return "您参加的一件纠纷，调解协议约定的履行期限快到了，请按约定履行；有疑问请联系主持调解的调解员。"
    return f"您登记的事项（编号末四位{number[-4:]}）{STEPS[step]}。请凭编号和回执码在网上或到窗口查看。"


def code_message(code: str) -> str:
    return f"查询验证码{code}，10分钟内有效。如不是您本人操作，请不要告诉他人。"

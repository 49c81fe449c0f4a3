"""履行与司法确认: what has been paid, who was urged, what the court said."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.steps._state import Row
from onedoor.mediation.steps._act import Act, Who, acting, words
from onedoor.mediation.steps.mediate import current
from onedoor.rules import confirmation, performance_plan
from onedoor.rules.agreement_visits import Visit
from onedoor.rules.agreement_visits import record_visit as record_visit_rule
from onedoor.rules.agreements import AGREEMENT_STATES
from onedoor.rules.performance_plan import ItemFacts
from onedoor.rules.refusal import NOT_READY, Refused, invalid


def _today(act: Act) -> date:
    return act.at.astimezone(ZONE).date()


def _items(act: Act, key: str) -> tuple[Row, ItemFacts, list[ItemFacts]]:
    """The item, and all of its agreement; which must be in effect."""
    row = act.row_of("agreement_item", key)
    agreement = act.row_of("agreement", row["agreement_id"])
    current(act, str(agreement["mediation_id"]))
    if agreement["state"] != "effective" and not act.again:
        raise Refused(NOT_READY, f"这份协议{AGREEMENT_STATES[agreement['state']]}。")
    siblings = act.rows_of("agreement_item", "agreement_id = %s", (row["agreement_id"],))
    facts = [
        ItemFacts(str(one["id"]), one["kind"], one["amount"], one["paid"], one["due_on"], one["state"])
        for one in siblings
    ]
    return row, next(one for one in facts if one.id == str(row["id"])), facts


def _entry(act: Act, item: Row, kind: str, on: date, amount: int | None, text: str, attachment: str = "") -> None:
    act.new(
        "performance_entry",
        {
            "id": new_id(),
            "item_id": item["id"],
            "kind": kind,
            "on_day": on,
            "amount": amount,
            "text": text,
            "attachment": _proof(act, attachment),
            "at": act.at,
            "by": act.actor.account,
        },
    )


def _proof(act: Act, attachment: str) -> UUID | None:
    if not attachment:
        return None
    found = next((row["id"] for row in act.state.files if str(row["id"]) == attachment), None)
    if found is None:
        raise invalid("attachment", "没有这个附件。")
    key: UUID = found
    return key


def record_item(*, who: Who, item: str, on: date, amount: int | None, proof: str, attachment: str = "") -> str:
    """登记履行; the item's state. `amount` in 分."""
    with acting("record_item", who, [item, on.isoformat(), amount, proof, attachment]) as act:
        row, facts, siblings = _items(act, item)
        if act.again:
            return str(row["state"])
        proof = words(proof, most=500, field="proof", label="凭据")
        act.decision, state, paid = performance_plan.record_item(
            act.facts, siblings, facts, amount, proof, on, _today(act)
        )
        act.change("agreement_item", row, {"state": state, "paid": paid})
        _entry(act, row, "performed", on, amount, proof, attachment)
        return state


def urge_performance(*, who: Who, item: str, text: str) -> None:
    with acting("urge_performance", who, [item, text]) as act:
        if act.again:
            return
        row, facts, _ = _items(act, item)
        text = words(text, most=500, field="text", label="催促情况")
        act.decision = performance_plan.urge(act.facts, facts, text)
        _entry(act, row, "urged", _today(act), None, text)


def default_item(*, who: Who, item: str, text: str, route: str) -> None:
    """认定未履行, with the lawful way told."""
    with acting("default_item", who, [item, text, route]) as act:
        if act.again:
            return
        row, facts, siblings = _items(act, item)
        text = words(text, most=500, field="text", label="情况")
        route = words(route, most=500, field="route", label="告知的途径")
        act.decision = performance_plan.default(act.facts, siblings, facts, text, route, _today(act))
        act.change("agreement_item", row, {"state": "defaulted"})
        _entry(act, row, "defaulted", _today(act), None, text)


def record_visit(*, who: Who, visit: str, raw: Mapping[str, Any]) -> None:
    """登记协议回访. `raw`: on (a date), kept, satisfied (true, false or None), sued, hazards, measures."""
    with acting("record_visit", who, [visit, {name: str(value) for name, value in raw.items()}]) as act:
        if act.again:
            return
        row = act.row_of("agreement_visit", visit)
        labels = {"sued": "起诉及判决情况", "hazards": "隐患", "measures": "措施"}
        texts = {
            name: words(str(raw.get(name, "")), most=300, field=name, label=label) for name, label in labels.items()
        }
        found = Visit(raw.get("on"), str(raw.get("kept", "")), raw.get("satisfied"), **texts)
        act.decision = record_visit_rule(act.facts, row["state"], found, _today(act))
        act.change(
            "agreement_visit",
            row,
            {
                "state": "done",
                "done_on": found.on,
                "kept": found.kept,
                "satisfied": found.satisfied,
                "by": act.actor.account,
                **texts,
            },
        )


def apply_confirmation(*, who: Who, agreement: str, court: str, checks: Mapping[str, bool], both: bool) -> str:
    """申请司法确认; its id. `checks`: the answer to each of `confirmation.CHECKS`."""
    with acting("apply_confirmation", who, [agreement, court, dict(checks), both]) as act:
        if act.again:
            return str(act.made)
        found = act.row_of("agreement", agreement)
        if found["state"] != "effective":
            raise Refused(NOT_READY, f"这份协议{AGREEMENT_STATES[found['state']]}，不能申请司法确认。")
        if any(
            row["state"] in ("applied", "accepted", "confirmed")
            for row in act.rows_of("judicial_confirmation", "agreement_id = %s", (found["id"],))
        ):
            raise Refused(NOT_READY, "已经申请过司法确认。")
        effective, limit = found["effective_at"], act.facts.clock("confirm")
        act.decision = confirmation.apply_confirmation(
            act.facts,
            effective_on=effective.astimezone(ZONE).date() if effective else None,
            court=(court := words(court, most=60, field="court", label="人民法院")),
            checks=checks,
            both=both,
            today=_today(act),
            last_on=limit.due_at.astimezone(ZONE).date() if limit else None,
        )
        row = act.new(
            "judicial_confirmation",
            {
                "id": act.made,
                "agreement_id": found["id"],
                "court": court,
                "checks": dict(checks),
                "state": "applied",
                "applied_at": act.at,
                "accepted_at": None,
                "decided_at": None,
                "number": "",
                "reason": "",
                "by": act.actor.account,
            },
        )
        return str(row["id"])


def confirmation_accepted(*, who: Who, key: str, accepted: bool, reason: str) -> None:
    with acting("confirmation_accepted", who, [key, accepted, reason]) as act:
        if act.again:
            return
        row = act.row_of("judicial_confirmation", key)
        reason = words(reason, most=500, field="reason", label="理由")
        act.decision = confirmation.confirmation_accepted(act.facts, _standing(row), accepted, reason)
        state: dict[str, Any] = {"state": "accepted" if accepted else "not_accepted", "reason": reason}
        act.change("judicial_confirmation", row, {**state, "accepted_at": act.at})


def decide_confirmation(*, who: Who, key: str, confirmed: bool, number: str, reason: str) -> None:
    with acting("decide_confirmation", who, [key, confirmed, number, reason]) as act:
        if act.again:
            return
        row = act.row_of("judicial_confirmation", key)
        number = words(number, most=60, field="number", label="案号")
        reason = words(reason, most=500, field="reason", label="理由")
        act.decision = confirmation.decide_confirmation(act.facts, _standing(row), confirmed, number, reason)
        state = {"state": "confirmed" if confirmed else "dismissed", "number": number, "reason": reason}
        act.change("judicial_confirmation", row, {**state, "decided_at": act.at})


def _standing(row: Row) -> confirmation.ConfirmationFacts:
    return confirmation.ConfirmationFacts(str(row["id"]), row["state"])

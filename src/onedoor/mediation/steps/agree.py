"""调解协议: draft, sign, seal, or agree orally."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.steps._state import Row
from onedoor.mediation.steps._act import Act, Who, acting, words
from onedoor.mediation.steps._signing import scan_of, sealed_drawing
from onedoor.mediation.steps.mediate import current
from onedoor.rules import agreements as rules
from onedoor.rules.agreement_visits import visits_of
from onedoor.rules.agreements import AgreementFacts, Item, Text
from onedoor.rules.mediation import MediationFacts, sides
from onedoor.rules.refusal import NOT_FOUND, NOT_READY, Refused

_LONG = {"facts": "主要事实", "disputed": "争议事项", "terms": "协议内容"}


def draft_agreement(*, who: Who, mediation: str, raw: dict[str, Any]) -> str:
    """拟定协议, or the change of one that is in effect; its id. `raw`: facts, disputed, terms,
    liabilities, place, way, items (mappings of kind, who, to, what, amount in 分, due_on as a date)."""
    with acting("draft_agreement", who, [mediation, _plain(raw)]) as act:
        if act.again:
            return str(act.made)
        found, now = current(act, mediation)
        earlier = act.rows_of("agreement", "mediation_id = %s", (found["id"],))
        text = _text(found, raw, "written", len(earlier) + 1)
        act.decision = rules.draft_agreement(act.facts, now, act.actor, text, _today(act))
        for row in earlier:
            if row["state"] == "signing":
                act.change("agreement", row, {"state": "superseded"})
        return str(_write(act, found, text, "signing")["id"])


def agree_orally(*, who: Who, mediation: str, raw: dict[str, Any]) -> str:
    """达成口头协议, recorded and in effect; its id."""
    with acting("agree_orally", who, [mediation, _plain(raw)]) as act:
        if act.again:
            return str(act.made)
        found, now = current(act, mediation)
        if act.rows_of("agreement", "mediation_id = %s AND state = 'effective'", (found["id"],)):
            raise Refused(NOT_READY, "协议已经生效。")
        text = _text(found, raw, "oral", 1)
        act.decision = rules.agree_orally(act.facts, now, act.actor, text, _today(act))
        for row in act.rows_of("agreement", "mediation_id = %s AND state = 'signing'", (found["id"],)):
            act.change("agreement", row, {"state": "superseded"})
        act.change("mediation", found, {"state": "agreed"})
        row = _write(act, found, text, "effective")
        plan_visits(act, row)
        return str(row["id"])


def _plain(raw: dict[str, Any]) -> list[list[str]]:
    return [[name, str(value)] for name, value in sorted(raw.items())]


def _today(act: Act) -> date:
    return act.at.astimezone(ZONE).date()


def _text(mediation: Row, raw: dict[str, Any], form: str, place: int) -> Text:
    number = str(mediation["number"])
    return Text(
        number=number if place == 1 else f"{number}（第{place}稿）",
        form=form,
        **{name: words(str(raw.get(name, "")), most=10000, field=name, label=label) for name, label in _LONG.items()},
        place=words(str(raw.get("place", "")), most=100, field="place", label="履行地点"),
        way=words(str(raw.get("way", "")), most=200, field="way", label="履行方式"),
        liabilities=words(str(raw.get("liabilities", "")), most=5000, field="liabilities", label="各方责任"),
        currency="CNY",
        items=tuple(
            Item(
                kind=str(one.get("kind", "")),
                who=str(one.get("who", "")),
                to=str(one.get("to", "") or ""),
                what=words(str(one.get("what", "")), most=500, field=f"items.{at}.what", label="内容"),
                amount=one.get("amount"),
                due_on=one.get("due_on"),
            )
            for at, one in enumerate(raw.get("items", ()))
        ),
    )


def _write(act: Act, mediation: Row, text: Text, state: str) -> Row:
    parties = sum(len(side) for side in sides(act.facts.parties).values())
    row = act.new(
        "agreement",
        {
            "id": act.made,
            "mediation_id": mediation["id"],
            **{name: getattr(text, name) for name in Text.__slots__ if name != "items"},
            "digest": rules.digest_of(text),
            "state": state,
            "drafted_at": act.at,
            "drafted_by": act.actor.account,
            "effective_at": act.at if state == "effective" else None,
            "copies": parties + 1,  # one for each party, one for the committee (人民调解法 §29)
            "handed_at": None,
            "handed_how": "",
        },
    )
    for place, item in enumerate(text.items):
        act.new(
            "agreement_item",
            {
                "id": new_id(),
                "agreement_id": row["id"],
                "place": place,
                "kind": item.kind,
                "who": UUID(item.who),
                "to_whom": UUID(item.to) if item.to else None,
                "what": item.what,
                "amount": item.amount,
                "due_on": item.due_on,
                "paid": 0,
                "state": "open",
            },
        )
    return row


def _agreement(act: Act, key: str) -> tuple[Row, Row, MediationFacts, AgreementFacts]:
    """Its row, its mediation's row, and both as facts."""
    row = act.row_of("agreement", key)
    found, now = current(act, str(row["mediation_id"]))
    signed = act.rows_of("agreement_signature", "agreement_id = %s", (row["id"],))
    facts = AgreementFacts(
        str(row["id"]), row["form"], row["state"], row["digest"], frozenset(one["signer"] for one in signed)
    )
    return row, found, now, facts


def sign_agreement(
    *, who: Who, agreement: str, signer: str, way: str, digest: str, drawing: str = "", attachment: str = ""
) -> list[str]:
    """签署; names of those still to sign. `drawing`: a PNG as a data address, for 手写; `attachment`: id of the scan,
    for 纸质件 and 盖章. Refuses another text than the one signed (409)."""
    with acting("sign_agreement", who, [agreement, signer, way, digest, drawing[:64], attachment]) as act:
        row, _, now, facts = _agreement(act, agreement)
        if act.again:
            return rules.still_to_sign(act.facts, now, facts)
        act.decision = rules.sign_agreement(act.facts, now, facts, act.actor, signer, way, digest)
        act.new(
            "agreement_signature",
            {
                "id": new_id(),
                "agreement_id": row["id"],
                "signer": signer,
                "way": way,
                "digest": digest,
                "drawing": sealed_drawing(drawing) if way == "drawn" else None,
                "attachment": scan_of(act, attachment) if way != "drawn" else None,
                "at": act.at,
                "by": act.actor.account,
            },
        )
        after = AgreementFacts(facts.id, facts.form, facts.state, facts.digest, facts.signed | {signer})
        return rules.still_to_sign(act.facts, now, after)


def seal_agreement(*, who: Who, agreement: str) -> None:
    """调委会印章: the agreement takes effect."""
    with acting("seal_agreement", who, agreement) as act:
        if act.again:
            return
        row, found, now, facts = _agreement(act, agreement)
        if row["state"] == "superseded":
            raise Refused(NOT_FOUND, "这份协议已被新文本代替。")
        items: Sequence[Item] = rules.read_items(act.rows_of("agreement_item", "agreement_id = %s", (row["id"],)))
        act.decision = rules.seal_agreement(act.facts, now, facts, items)
        act.new(
            "agreement_signature",
            {
                "id": new_id(),
                "agreement_id": row["id"],
                "signer": "committee",
                "way": "seal",
                "digest": row["digest"],
                "drawing": None,
                "attachment": None,
                "at": act.at,
                "by": act.actor.account,
            },
        )
        _replace(act, found["id"])
        act.change("agreement", row, {"state": "effective", "effective_at": act.at})
        act.change("mediation", found, {"state": "agreed"})
        plan_visits(act, row)


def _replace(act: Act, mediation: UUID) -> None:
    """What the parties had agreed before, and have now agreed otherwise: what was kept of it stays kept."""
    for earlier in act.rows_of("agreement", "mediation_id = %s AND state = 'effective'", (mediation,)):
        act.change("agreement", earlier, {"state": "superseded"})
        for item in act.rows_of("agreement_item", "agreement_id = %s", (earlier["id"],)):
            if item["state"] in ("open", "part", "defaulted"):
                act.change("agreement_item", item, {"state": "replaced"})
        for visit in act.rows_of("agreement_visit", "agreement_id = %s AND state = 'planned'", (earlier["id"],)):
            act.change("agreement_visit", visit, {"state": "dropped"})


def plan_visits(act: Act, agreement: Row) -> None:
    """协议回访 by the type of the dispute, from the day on which the agreement takes effect."""
    for due_on in visits_of(act.state.names[0]["category"], settings.AGREEMENT_VISITS, _today(act)):
        act.new(
            "agreement_visit",
            {
                "id": new_id(),
                "agreement_id": agreement["id"],
                "due_on": due_on,
                "state": "planned",
                "done_on": None,
                "kept": "",
                "satisfied": None,
                "sued": "",
                "hazards": "",
                "measures": "",
                "by": None,
            },
        )


def give_up_draft(*, who: Who, agreement: str, reason: str) -> None:
    """放弃未签的协议."""
    with acting("give_up_draft", who, [agreement, reason]) as act:
        if act.again:
            return
        row, _, now, facts = _agreement(act, agreement)
        reason = words(reason, most=300, field="reason", label="原因")
        act.decision = rules.give_up_draft(act.facts, now, act.actor, facts, reason)
        act.change("agreement", row, {"state": "given_up"})


def hand_out_agreement(*, who: Who, agreement: str, how: str) -> None:
    """送交协议文本."""
    with acting("hand_out_agreement", who, [agreement, how]) as act:
        if act.again:
            return
        row, _, _, facts = _agreement(act, agreement)
        how = words(how, most=300, field="how", label="送交情况")
        act.decision = rules.hand_out(act.facts, facts, how)
        act.change("agreement", row, {"handed_at": act.at, "handed_how": how})

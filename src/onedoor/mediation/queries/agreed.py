"""An agreement as it may be read: its text, its promises, who has signed it, visits and the court."""

from datetime import date

from onedoor.cases.secrets import decrypt
from onedoor.cases.steps._state import Row
from onedoor.mediation.queries.names import ERASED
from onedoor.mediation.steps._signing import DRAWING
from onedoor.rules import agreement_visits, agreements, performance_plan
from onedoor.rules.access import Viewer
from onedoor.rules.agreements import AgreementFacts
from onedoor.rules.confirmation import CONFIRMATION_STATES
from onedoor.rules.facts import CaseFacts
from onedoor.rules.mediation import MediationFacts


def text_of(viewer: Viewer, row: Row, name: str) -> str:
    if row["erased_at"] is not None:
        return ERASED
    return str(row[name]) if viewer.sees_names else ""


def agreement_shown(
    viewer: Viewer,
    case: CaseFacts,
    row: Row,
    facts: MediationFacts,
    names: dict[str, str],
    hidden: frozenset[str],
    items: list[Row],
    signed: list[Row],
    entries: list[Row],
    confirmed: list[Row],
    today: date,
) -> Row:
    signatures = [one for one in signed if one["agreement_id"] == row["id"]]
    standing = AgreementFacts(
        str(row["id"]), row["form"], row["state"], row["digest"], frozenset(one["signer"] for one in signatures)
    )
    return {
        **row,
        "key": str(row["id"]),
        "form_name": agreements.FORMS[row["form"]],
        "state_name": agreements.AGREEMENT_STATES[row["state"]],
        **{
            name: text_of(viewer, row, name)
            for name in ("facts", "disputed", "terms", "liabilities", "place", "way", "handed_how")
        },
        "items": [_item(viewer, one, names, entries, today) for one in items if one["agreement_id"] == row["id"]],
        "signatures": [_signature(viewer, one, names, hidden) for one in signatures],
        "may_confirm": all(
            one["state"] in ("not_accepted", "dismissed") for one in confirmed if one["agreement_id"] == row["id"]
        ),
        "missing": agreements.still_to_sign(case, facts, standing) if row["state"] == "signing" else [],
        "to_sign": [
            {"signer": key, "name": name if not key.startswith("mediator:") else f"调解员 {names.get(key[9:], '')}"}
            for key, name in agreements.to_sign(case, facts, standing).items()
        ],
        "confirmations": [
            {
                **one,
                "key": str(one["id"]),
                "state_name": CONFIRMATION_STATES[one["state"]],
                "reason": one["reason"] if viewer.sees_names else "",
            }
            for one in confirmed
            if one["agreement_id"] == row["id"]
        ],
    }


def visit_shown(viewer: Viewer, row: Row, today: date) -> Row:
    return {
        **row,
        "key": str(row["id"]),
        "state_name": agreement_visits.VISIT_STATES[row["state"]],
        "kept_name": agreement_visits.KEPT.get(row["kept"], ""),
        "late": row["state"] == "planned" and row["due_on"] < today,
        **{name: text_of(viewer, row, name) for name in ("sued", "hazards", "measures")},
    }


def _item(viewer: Viewer, row: Row, names: dict[str, str], entries: list[Row], today: date) -> Row:
    waits = row["state"] in ("open", "part")
    return {
        **row,
        "key": str(row["id"]),
        "kind_name": agreements.ITEM_KINDS[row["kind"]],
        "state_name": performance_plan.ITEM_STATES[row["state"]],
        "who_name": names.get(str(row["who"]), ""),
        "to_name": names.get(str(row["to_whom"]), "") if row["to_whom"] else "",
        "what": text_of(viewer, row, "what"),
        "late": waits and row["due_on"] < today,
        "may_be_kept": waits or row["state"] == "defaulted",
        "soon": waits and 0 <= (row["due_on"] - today).days <= performance_plan.REMIND_BEFORE[0],
        "waits": waits,
        "entries": [
            {**one, "kind_name": performance_plan.ENTRY_KINDS[one["kind"]], "text": text_of(viewer, one, "text")}
            for one in entries
            if one["item_id"] == row["id"]
        ],
    }


def _signature(viewer: Viewer, row: Row, names: dict[str, str], hidden: frozenset[str]) -> Row:
    signer = row["signer"]
    if signer == "committee":
        name = "调解组织印章"
    elif signer.startswith("mediator:"):
        name = f"调解员 {names.get(signer.removeprefix('mediator:'), '')}"
    else:
        name = names.get(signer, "")
    shown = row["drawing"] is not None and row["erased_at"] is None and viewer.sees_names and signer not in hidden
    drawing = decrypt(row["drawing"], about=DRAWING) if shown else ""
    return {
        **{column: value for column, value in row.items() if column != "drawing"},
        "name": name,
        "way_name": agreements.SIGN_WAYS[row["way"]],
        "image": f"data:image/png;base64,{drawing}" if drawing else "",
    }

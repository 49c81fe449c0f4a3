"""Messages to the applicants of a case in memory; the notices' room sends them."""

from collections.abc import Mapping
from datetime import datetime

from onedoor.cases.ids import new_id
from onedoor.cases.steps._state import CaseState
from onedoor.rules.telling import step_to_tell


def tell_applicants(state: CaseState, kind: str, codes: Mapping[str, object], at: datetime) -> None:
    """One message to each applicant who wants text messages, if the step is one of which he hears. Its telephone and
    its words are looked up when it goes out."""
    step = step_to_tell(kind, codes, satisfied=state.case["satisfied"])
    if not step:
        return
    for party in state.parties:
        if party["part"] == "applicant" and party["contact"] == "sms" and party["phone"]:
            state.add(
                "applicant_message",
                {
                    "id": new_id(),
                    "case_id": state.case["id"],
                    "party_id": party["id"],
                    "kind": step,
                    "created_at": at,
                    "next_try_at": at,
                },
            )

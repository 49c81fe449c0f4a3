"""How the parties of a case are called before who looks: on pages, in forms, and in what a step refuses with."""

from collections.abc import Mapping
from dataclasses import replace

from onedoor.cases.queries.case_file import shown_name, stays_hidden
from onedoor.cases.steps._state import CaseState
from onedoor.rules.access import Viewer
from onedoor.rules.facts import CaseFacts
from onedoor.rules.intake import PARTS

ERASED = "（已依法清除）"


def hidden_parties(viewer: Viewer, state: CaseState) -> list[str]:
    """Ids of those who stay anonymous, in their order. Nothing is unmasked here: that has its reason and its log on
    the page of the case."""
    return [str(party["id"]) for party in state.parties if stays_hidden(viewer, state.case, party, unmask=False)]


def party_names(viewer: Viewer, state: CaseState) -> dict[str, str]:
    """Names by id, as the page of the case shows them; those who stay anonymous are told apart by a number."""
    hidden = hidden_parties(viewer, state)
    names = {}
    for party in state.parties:
        key = str(party["id"])
        if key in hidden:
            place = str(hidden.index(key) + 1) if len(hidden) > 1 else ""
            names[key] = f"{PARTS[party['part']]}（匿名）{place}"
        else:
            names[key] = shown_name(viewer, state.case, party, unmask=False) or ERASED
    return names


def called(facts: CaseFacts, names: Mapping[str, str]) -> CaseFacts:
    """The same facts with the parties under these names; for rules that name a party in what they say."""
    return replace(facts, parties=tuple(replace(party, name=names[party.id]) for party in facts.parties))

"""What a case keeps of its mediations, so that the flow can ask for it without looking into the room."""

from collections.abc import Iterable
from dataclasses import dataclass

from onedoor.rules.facts import PartyFacts
from onedoor.rules.mediation import MediationFacts, owes_report, sides


@dataclass(frozen=True, slots=True)
class Promise:
    """One item of an agreement in effect, by its state."""

    mediation: str
    state: str


def standing_of(
    parties: Iterable[PartyFacts], mediations: Iterable[MediationFacts], promises: Iterable[Promise]
) -> dict[str, object]:
    """The values of `MediationStanding` that are not as at first; `mediations` in the order in which they began."""
    listed = list(mediations)
    if not listed:
        return {}
    running = next((one for one in listed if one.state in ("asking", "open")), None)
    agreed = next((one for one in reversed(listed) if one.state == "agreed"), None)
    current = running or agreed or listed[-1]
    said: dict[str, object] = {"state": current.state}
    owing = [one for one in listed if owes_report(one)]
    # who has brought an agreement about sees it kept; whose mediation has ended and is reported sees the case no more
    mediators = {account for one in listed if one.state != "ended" or one in owing for account in one.mediators}
    if mediators:
        said["mediators"] = sorted(mediators)
    standing = [one for one in promises if agreed is not None and one.mediation == agreed.id]
    if standing:
        said["waiting"] = sum(one.state in ("open", "part") for one in standing)
    if running is not None and _all_agree(parties, running, "extension"):
        said["longer"] = True
    if owing:
        said["report"] = True
    return said


def _all_agree(parties: Iterable[PartyFacts], now: MediationFacts, purpose: str) -> bool:
    return all(now.word(party.id, purpose) for side in sides(parties).values() for party in side)

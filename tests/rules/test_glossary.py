"""Every word that the rules give a name stands in the glossary, under its heading and with the same Chinese."""

import re
from pathlib import Path

import pytest

from onedoor.rules import (
    agreement_visits,
    agreements,
    bulletins,
    care,
    committees,
    confirmation,
    field_opinions,
    findings,
    gaming,
    household,
    mediation,
    opinions,
    performance_plan,
    places,
    points,
    questions,
    referrals,
    reports,
    seeing,
    sessions,
    surveys,
    tasks,
)
from onedoor.rules.access import CONFIDENTIALITY_NAMES, ROLE_NAMES
from onedoor.rules.articles import ARTICLE_KINDS, ARTICLE_STATES
from onedoor.rules.channels import CHANNEL_KINDS
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.devices import DEVICES, WAYS
from onedoor.rules.flow import FLOW, INPUT_NAMES, PART_NAMES, STAGE_NAMES
from onedoor.rules.geo import SYSTEMS
from onedoor.rules.grids import CONTACT_KINDS, GRID_KINDS
from onedoor.rules.handover import DIRECTIONS, HANDOVER_STATES
from onedoor.rules.hotline import CALL_ENDINGS
from onedoor.rules.intake import CHANNELS, HELPS, KINDS, PARTS, PARTY_KINDS, PROOFS, PURPOSES
from onedoor.rules.mediation_flow import MEDIATION_FLOW
from onedoor.rules.needs import BAR_NAMES
from onedoor.rules.notices import DELIVERY_STATES, NOTICE_NAMES, NOTICE_SHORT_NAMES
from onedoor.rules.outreach import OUTREACH_STATES, TRADES
from onedoor.rules.residence import MODES, PLACE_KINDS
from onedoor.rules.scheme_book import SCHEMES
from onedoor.rules.schemes import CLOCK_NAMES, CONSEQUENCES, TRACKS, UNIT_NAMES
from onedoor.rules.services import WINDOW_KINDS
from onedoor.rules.supervision import CAUSES, STATES
from onedoor.rules.tickets import STATES as TICKET_STATES

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
WORDS: dict[str, dict[str, str]] = {
    "Stages of a case": STAGE_NAMES,
    "Stages of a unit's part": PART_NAMES,
    "Moves": {move.name: move.label for move in FLOW.values()},
    "Outcomes": OUTCOME_NAMES,
    "Roles": ROLE_NAMES,
    "Kinds of grid": GRID_KINDS,
    "Contacts of a grid": CONTACT_KINDS,
    "Coordinates": SYSTEMS,
    "Confidentiality": CONFIDENTIALITY_NAMES,
    "Kinds of matter": KINDS,
    "Purposes of a petition": PURPOSES,
    "Channels": CHANNELS,
    "Parts of a party": PARTS,
    "Kinds of party": PARTY_KINDS,
    "Proofs of a withdrawal": PROOFS,
    "What bars reopening": BAR_NAMES,
    "Clocks": CLOCK_NAMES,
    "Deadline schemes": {code: scheme.name for code, scheme in SCHEMES.items()},
    "Tracks": {code or "general": name for code, name in TRACKS.items()},
    "Consequences of lateness": CONSEQUENCES,
    "Causes of supervision": CAUSES,
    "States of a notice of supervision": STATES,
    "Units of time": UNIT_NAMES,
    "Inputs of moves": INPUT_NAMES,
    "Subjects of points": points.SUBJECTS,
    "Facts of points": {code: fact.label for code, fact in points.FACTS.items()},
    "What doubles points": points.TRAITS,
    "What excludes points": points.EXCLUSIONS,
    "States of an appeal against points": points.APPEALS,
    "Kinds of finding": gaming.KINDS,
    "States of a finding": findings.STATES,
    "Kinds of notice": NOTICE_NAMES,
    "Kinds of notice in messages": NOTICE_SHORT_NAMES,
    "Devices one is signed in by": DEVICES,
    "Ways one is signed in": WAYS,
    "Kinds of notice channel": CHANNEL_KINDS,
    "States of a delivery": DELIVERY_STATES,
    "Kinds of article": ARTICLE_KINDS,
    "States of an article": ARTICLE_STATES,
    "Topics of a question": questions.TOPICS,
    "States of a question": questions.STATES,
    "Topics of an opinion": opinions.TOPICS,
    "States of an opinion": opinions.STATES,
    "Kinds of survey question": surveys.KINDS,
    "States of a survey": surveys.STATES,
    "Kinds of window": WINDOW_KINDS,
    "Modes of residence": MODES,
    "Kinds of place": PLACE_KINDS,
    "States of a number": TICKET_STATES,
    "Ways of help": HELPS,
    "Ends of a call": CALL_ENDINGS,
    "Trades of an outreach": TRADES,
    "States of an outreach": OUTREACH_STATES,
    "Directions of a handover": DIRECTIONS,
    "States of a handover": HANDOVER_STATES,
    "Moves of mediation": {move.name: move.label for move in MEDIATION_FLOW.values()},
    "Ways of signing a record": sessions.RECORD_SIGN_WAYS,
    "States of a visit after an agreement": agreement_visits.VISIT_STATES,
    "Whether an agreement is kept": agreement_visits.KEPT,
    "States of a referral": referrals.REFERRAL_STATES,
    "Kinds of mediation": mediation.KINDS,
    "Sources of a mediation": mediation.SOURCES,
    "States of a mediation": mediation.STATES,
    "Ends of a mediation": mediation.ENDINGS,
    "What has become of a matter": seeing.ENDINGS,
    "What a party agrees to": mediation.PURPOSES,
    "Kinds of session": sessions.SESSION_KINDS,
    "Kinds of meeting room": sessions.ROOM_KINDS,
    "States of an agreement": agreements.AGREEMENT_STATES,
    "Kinds of promise": agreements.ITEM_KINDS,
    "States of a promise": performance_plan.ITEM_STATES,
    "Ways of signing": agreements.SIGN_WAYS,
    "States of a judicial confirmation": confirmation.CONFIRMATION_STATES,
    "Kinds of committee": committees.COMMITTEE_KINDS,
    "Kinds of mediator": committees.MEDIATOR_KINDS,
    "States of a field task": tasks.STATES,
    "Steps of a field task": tasks.STEPS,
    "Kinds of place in the grid": places.PLACE_KINDS,
    "Purposes of a household visit": household.PURPOSES,
    "Bases of a care plan": care.BASES,
    "Ends of a care plan": care.ENDS,
    "Kinds of report": reports.REPORT_KINDS,
    "States of a report": reports.REPORT_STATES,
    "States of a bulletin": bulletins.BULLETIN_STATES,
    "Topics of an opinion from the field": field_opinions.TOPICS,
}


def words_under(heading: str) -> dict[str, str]:
    """Code → Chinese of the table under that heading."""
    _, _, rest = GLOSSARY.partition(f"\n## {heading}\n")
    section, _, _ = rest.partition("\n## ")
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", section, re.MULTILINE))


@pytest.mark.parametrize("heading", WORDS)
def test_the_glossary_has_the_codes_of_the_rules_and_no_others(heading: str) -> None:
    assert words_under(heading) == {str(code): name for code, name in WORDS[heading].items()}

"""Who mediates: one or more (人民调解法 §19), and who must not (回避).

特邀调解规定 and 在线调解规则: a relation of the mediator to a party is disclosed, and he steps back unless both sides
agree.
"""

from dataclasses import dataclass

from onedoor.rules.access import Confidentiality
from onedoor.rules.facts import CaseFacts
from onedoor.rules.refusal import invalid

MOST_MEDIATORS = 5
# Comes to mediations of other organisations than his own.
ON_CALL = ("chief", "court_invited", "industry")


@dataclass(frozen=True, slots=True)
class MediatorFacts:
    """One mediator as an opening names him. `units`: those of his posts. `running` mediations, of `most` (0: any)."""

    account: int
    name: str
    units: tuple[int, ...]
    running: int = 0
    most: int = 0


def check_mediators(
    facts: CaseFacts, mediators: tuple[MediatorFacts, ...], disclosure: str, *, declared: bool, already: frozenset[int]
) -> None:
    """None of a party's own unit; none who bears a party's name unless he has said what there is to say; and each has
    either disclosed a relation or declared that there is none. `already`: who mediates the case now counts as one of
    his running mediations."""
    if not 1 <= len(mediators) <= MOST_MEDIATORS:
        raise invalid("mediators", f"请选择一至{MOST_MEDIATORS}名调解员。")
    units = {party.unit for party in facts.parties if party.unit}
    names = {party.name for party in facts.parties if party.kind == "person"}
    for one in mediators:
        if units & set(one.units):
            raise invalid("mediators", f"{one.name}属于当事人一方的单位，须回避，请另选调解员。")
        if facts.confidentiality != Confidentiality.ORDINARY and one.account not in facts.named:
            raise invalid("mediators", f"{one.name}不是这件保密事项的知悉人，请先由中心列为知悉人。")
        if one.name in names and not disclosure:
            raise invalid("disclosure", f"{one.name}与一名当事人同名：同一人的须回避；不是同一人的，请在此说明。")
        if one.most and one.running >= one.most and one.account not in already:
            raise invalid("mediators", f"{one.name}正在调解{one.running}件，已到上限，请另选调解员。")
    if not disclosure and not declared:
        sentence = "请调解员声明与当事人没有亲属、利害关系；有关系的，在“披露的关系”里写明。"
        raise invalid("declared", sentence)

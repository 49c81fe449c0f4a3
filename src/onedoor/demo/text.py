"""The shape of one invented text."""

from dataclasses import dataclass

TOWN = "town"
"""As a unit: the government of the township where the matter lies."""


@dataclass(frozen=True, slots=True)
class Text:
    """One matter as it is told, and how it goes on.

    `unit`: the code of the unit it is sent to, or `TOWN`; `co`: a unit that helps. `against`: a key of
    `matters.FIRMS`, "person", or empty. `yuan`: the least amount in question. `many`: how many applicants.
    `destination`: to whom it is handed over; `route`: the lawful way told, or the basis of handing it over, and `why`.
    """

    category: str
    unit: str
    title: str
    narrative: str
    progress: str
    answer: str
    against: str = ""
    co: str = ""
    outcome: str = ""
    yuan: int = 0
    many: int = 1
    hurt: bool = False
    destination: str = ""
    route: str = ""
    why: str = ""

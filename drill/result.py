"""What a drill hands back."""

from dataclasses import asdict, dataclass, field
from typing import Any

FIRST = 10


@dataclass(frozen=True, slots=True)
class Result:
    """`wrong`: counts that must be zero, by what they count; `faults`: the first things found, in words.

    A drill that cannot run here says why in `not_run`: that is neither a success nor a failure.
    """

    done: str  # what was done to what, in one line
    wrong: dict[str, int]
    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    not_run: str = ""

    @property
    def ok(self) -> bool:
        return not self.not_run and not any(self.wrong.values())

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok, **asdict(self), "faults": self.faults[:FIRST]}


def from_json(found: dict[str, Any]) -> Result:
    return Result(**{name: value for name, value in found.items() if name != "ok"})

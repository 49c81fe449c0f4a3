"""网格: which kinds there are, who stands by one, who looks at the map."""

from onedoor.rules.access import SEES_DIVISION, Role

SPECIAL = "special"
GRID_KINDS: dict[str, str] = {
    "ordinary": "普通网格",
    "micro": "微网格",
    SPECIAL: "专属网格",  # a school, a market, an industrial park: lies over the ordinary ones
}
# how a level is called where the centre has no word of its own
LEVEL_NAMES: dict[str, str] = {"ordinary": "网格", "micro": "微网格", SPECIAL: "专属网格"}
CONTACT_KINDS: dict[str, str] = {"police": "社区民警", "legal": "法律顾问"}

# Opens the map of matters: who sees those of a division, and a worker the grids he is responsible for. Which points
# there are is for the gate to say.
SEES_MAP = SEES_DIVISION | {Role.GRID_WORKER}

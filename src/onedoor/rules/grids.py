"""网格: which kinds there are, and who stands by one."""

SPECIAL = "special"
GRID_KINDS: dict[str, str] = {
    "ordinary": "普通网格",
    "micro": "微网格",
    SPECIAL: "专属网格",  # a school, a market, an industrial park: lies over the ordinary ones
}
CONTACT_KINDS: dict[str, str] = {"police": "社区民警", "legal": "法律顾问"}

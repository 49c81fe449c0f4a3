"""`docs/flow.md`, drawn from the tables of `flow.py`."""

from onedoor.rules.access import ACTOR_NAMES
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.flow import (
    ASSIGNMENT_FLOW,
    FLOW,
    INPUT_NAMES,
    PART_NAMES,
    STAGE_NAMES,
    TERMINAL,
    Move,
    Stage,
    Where,
)
from onedoor.rules.mediation_flow import MEDIATION_FLOW

_WHERE = {
    Where.CENTRE: "事项所在中心",
    Where.ABOVE: "所在中心或其上级",
    Where.PART: "承办单位",
    Where.LEAD: "已签收的主办单位",
    Where.MEDIATES: "本事项的调解员，或已签收的主办单位",
    Where.ASKED: "被督办的单位",
    Where.HOLDER: "凭回执码或验证码",
    Where.GRID: "本片网格长，事项从网格来、尚未交办上报",
    Where.REPORTED: "从网格上报者本人",
}


def render() -> str:
    """The whole document, ending in a newline."""
    lines = [
        "# The flow",
        "",
        "Generated from `src/onedoor/rules/flow.py`; change the table there, then run `./onedoor check`, which",
        "says how to write this file anew.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {stage.value} : {STAGE_NAMES[stage]}" for stage in Stage),
        "    [*] --> registered : 登记",
        *_arrows(),
        "```",
        "",
        "## Moves of a case",
        "",
        "| move | 中文 | from | to | who, and where | needs | takes |",
        "|---|---|---|---|---|---|---|",
        *(_row(move) for move in FLOW.values()),
        "",
        "Inputs in bold cannot be left out. An empty *to* means that the stage stays.",
        "",
        "## Moves of mediation",
        "",
        "They change rows of the room `mediation` and leave the stage as it is; its steps take their inputs.",
        "",
        "| move | 中文 | from | who, and where |",
        "|---|---|---|---|",
        *(_short_row(move) for move in MEDIATION_FLOW.values()),
        "",
        "## Moves of one unit's part",
        "",
        "| move | from | to |",
        "|---|---|---|",
        *(f"| `{move}` | {_parts(before)} | {_parts(after)} |" for move, (before, after) in ASSIGNMENT_FLOW.items()),
        "",
        "A part ends as 已退出 (`released`) when the case leaves the unit: recalled, moved to another centre,",
        "withdrawn, an objection upheld, or access restricted.",
        "",
        "## Outcomes",
        "",
        "| code | 中文 |",
        "|---|---|",
        *(f"| `{code}` | {name} |" for code, name in OUTCOME_NAMES.items()),
    ]
    return "\n".join(lines) + "\n"


def _arrows() -> list[str]:
    drawn = []
    for move in FLOW.values():
        if move.name in ("restrict", "decide_contest"):
            continue  # possible nearly everywhere; the table says so, the picture would drown in it
        for source in move.source:
            drawn += [
                f"    {source.value} --> {target.value} : {move.label}" for target in move.target if target != source
            ]
    return drawn + [f"    {stage.value} --> [*]" for stage in TERMINAL if stage == Stage.ARCHIVED]


def _row(move: Move) -> str:
    every = len(move.source) == len(Stage)
    source = "任何阶段" if every else "、".join(STAGE_NAMES[stage] for stage in move.source)
    target = "、".join(dict.fromkeys(STAGE_NAMES[stage] for stage in move.target)) if not every else ""
    who = "；".join(f"{ACTOR_NAMES[role]}（{_WHERE[where]}）" for role, where in move.who.items())
    needs = "、".join(f"`{need.__name__}`" for need in move.needs)
    takes = "、".join(
        f"**{INPUT_NAMES[name]}**" if name in move.required else INPUT_NAMES[name] for name in move.accepts
    )
    return f"| `{move.name}` | {move.label} | {source} | {target} | {who} | {needs} | {takes} |"


def _short_row(move: Move) -> str:
    source = "、".join(STAGE_NAMES[stage] for stage in move.source)
    who = "；".join(f"{ACTOR_NAMES[role]}（{_WHERE[where]}）" for role, where in move.who.items())
    return f"| `{move.name}` | {move.label} | {source} | {who} |"


def _parts(stages: tuple[str, ...]) -> str:
    return "、".join(f"{PART_NAMES[stage]} (`{stage}`)" for stage in stages)

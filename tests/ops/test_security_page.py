"""docs/security.md says nothing that no test holds."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`([\w/]+\.py)::([\w*]+)`")
STATES = ("met", "part", "set", "deployer", "not met")


def lines() -> list[list[str]]:
    """The rows of all tables of five columns, without their headings."""
    found = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[0] not in ("no.", "条款") and set(cells[0]) != {"-"}:
            found.append(cells)
    return found


@cache
def named_in(file: str) -> frozenset[str]:
    """What pytest collects of that file; one that is always skipped holds nothing."""
    tree = ast.parse((ROOT / "tests" / file).read_text())
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not any(isinstance(one, ast.Attribute) and one.attr == "skip" for one in map(_called, node.decorator_list))
    )


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE.read_text())
    assert len(named) > 100
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not Path(file).name.startswith("test_")
        or not (ROOT / "tests" / file).exists()
        or not (named_in(file) if name == "*" else {name} & named_in(file))
    ]
    assert missing == []


@pytest.mark.parametrize("cells", lines(), ids=lambda cells: cells[0])
def test_a_line_has_one_of_the_states_and_what_it_claims_has_a_test(cells: list[str]) -> None:
    _, demanded, here, state, test = cells
    word, _, more = state.partition(":")
    assert word in STATES and demanded and here
    if word in ("met", "part", "set") and not (word == "part" and test == "–"):
        assert NAMED.fullmatch(test), test
    else:
        assert test == "–"
    if word != "met":
        assert more.strip(), "what is missing, who does it, or which setting"


def test_no_line_stands_twice_and_every_chapter_is_there() -> None:
    numbers = [cells[0] for cells in lines()]
    assert len(numbers) == len(set(numbers)) > 120
    chapters = {int(part.split(".")[0]) for part in re.findall(r"\b(\d+\.\d+\.\d+)\b", " ".join(numbers))}
    assert set(range(1, 15)) <= chapters

"""Every word that the rules give a name stands in the glossary."""

from pathlib import Path

import pytest

from onedoor.rules.access import CONFIDENTIALITY_NAMES, ROLE_NAMES
from onedoor.rules.closing import OUTCOME_NAMES
from onedoor.rules.flow import FLOW, PART_NAMES, STAGE_NAMES
from onedoor.rules.intake import CHANNELS, KINDS, PARTS, PURPOSES
from onedoor.rules.schemes import SCHEMES

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
WORDS = (FLOW, PART_NAMES, STAGE_NAMES, OUTCOME_NAMES, ROLE_NAMES, CONFIDENTIALITY_NAMES, CHANNELS, KINDS, PARTS)


@pytest.mark.parametrize("code", sorted({str(code) for words in (*WORDS, PURPOSES, SCHEMES) for code in words}))
def test_every_fixed_code_is_in_the_glossary(code: str) -> None:
    assert f"`{code}`" in GLOSSARY

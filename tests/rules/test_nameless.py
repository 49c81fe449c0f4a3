"""Notes hold no identity number and no mobile, however they are written."""

import pytest

from onedoor.rules.nameless import check_nameless
from onedoor.rules.refusal import Refused


@pytest.mark.parametrize(
    "text",
    [
        "身份证11010119900307123X。",
        "证号110101199003071234，问低保",
        "110101 19900307 1234",
        "１１０１０１１９９００３０７１２３４",
        "打13912345678找他",
        "139 1234 5678",
        "139-1234-5678",
        "先打12333 13912345678",
        "13912345678x",
    ],
)
def test_what_names_somebody_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        check_nameless(text, most=100, field="asked", label="内容")
    assert set(caught.value.fields) == {"asked"} and "请删去" in caught.value.sentence


@pytest.mark.parametrize(
    "text",
    [
        "请打 12333 或 0990-5550102。",
        "2026-03-01至2026-03-05办",
        "合同号 2026030112345678901234567",
        "补贴 13912 元，共 5678901 人次",
        "",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert check_nameless(text, most=100, field="asked", label="内容", required=False) == text


def test_what_is_no_text_is_told() -> None:
    with pytest.raises(Refused):
        check_nameless({"a": 1}, most=100, field="asked", label="内容")

"""Case numbers: what is made can be read back, and every slip the check letter promises to find is found."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.rules.numbers import LETTERS, is_number, make_number, parse_number
from onedoor.rules.refusal import Refused

DAY = date(2026, 3, 1)
NUMBER = "33012726030100042W"
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

COUNTIES = st.integers(0, 999_999).map("{:06}".format)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MADE = st.builds(make_number, COUNTIES, DAYS, st.integers(1, 2_000_000))
QUICK = settings(max_examples=30, deadline=None, database=None)


def refusal(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        parse_number(text)
    return caught.value


def test_the_number_of_the_docstring() -> None:
    assert make_number("330127", DAY, 42) == NUMBER
    # By hand: 33012726030100042 = 19 · 1737511896321054 + 16; A is 0, C is 1, … W is 16.
    assert LETTERS.index("W") == 33012726030100042 % 19


def test_a_busy_day_needs_more_digits() -> None:
    assert make_number("330127", DAY, 99_999)[12:-1] == "99999"
    assert make_number("330127", DAY, 100_000)[12:-1] == "100000"
    assert is_number(make_number("330127", DAY, 100_000))


@pytest.mark.parametrize(
    ("county", "day", "serial"),
    [
        ("33012", DAY, 1),
        ("3301270", DAY, 1),
        ("33012a", DAY, 1),
        ("３30127", DAY, 1),
        ("330127", DAY, 0),
        ("330127", DAY, -1),
        ("330127", DAY, 1_000_000_000),
        ("330127", date(1999, 12, 31), 1),
        ("330127", date(2100, 1, 1), 1),
    ],
)
def test_what_no_case_can_have_is_the_callers_error(county: str, day: date, serial: int) -> None:
    with pytest.raises(ValueError, match=r"county|serial|years"):
        make_number(county, day, serial)


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        "33012726030100042w",
        "  330127 260301 00042 W\n",
        "330127-260301-00042-W",
        "330127－260301—00042–W",
        "３３０１２７２６０３０１０００４２Ｗ",
        "330127　260301　00042　ｗ",
    ],
)
def test_typed_forms_are_forgiven(typed: str) -> None:
    assert parse_number(typed) == NUMBER
    assert is_number(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  - ",
        NUMBER[:-1],
        NUMBER[:-2] + "W",
        NUMBER + "W",
        NUMBER[:6] + "261301" + NUMBER[12:],
        NUMBER[:6] + "260230" + NUMBER[12:],
        "330127260301000042",
        "٣٣٠١٢٧٢٦٠٣٠١٠٠٠٤٢W",
        "33012726030100042\ud800",
        "33012726030100042\x00",
        "33012726030100042ｱ",
        NUMBER * 1000,
        " " * 60 + NUMBER,
        *(digits + LETTERS[int(digits) % 19] for digits in ("33012726030100000", "330127260301000042")),
        *(digits + LETTERS[int(digits) % 19] for digits in ("33012726023000042", "33012726130100042")),
    ],
)
def test_what_was_never_made_is_refused(typed: str) -> None:
    refused = refusal(typed)
    assert refused.code == "invalid"
    assert refused.fields == {"number": refused.sentence}
    assert not is_number(typed)


def test_the_sentence_tells_a_slip_from_a_wrong_shape() -> None:
    assert refusal("").sentence == "请填写办件编号。"
    assert "17位数字加1个字母" in refusal("12345").sentence
    assert "抄错或颠倒" in refusal(NUMBER[:-1] + "A").sentence


@QUICK
@given(MADE)
def test_what_is_made_is_read_back(number: str) -> None:
    assert number[-1] in LETTERS
    assert parse_number(number) == number
    assert parse_number(f" {number[:6]}-{number[6:12]} {number[12:]}".lower()) == number


@settings(QUICK, max_examples=8)
@given(MADE)
def test_every_single_wrong_character_is_found(number: str) -> None:
    for place, right in enumerate(number):
        for wrong in SIGNS:
            if wrong != right:
                assert not is_number(number[:place] + wrong + number[place + 1 :])


@QUICK
@given(MADE)
def test_every_swap_of_unequal_neighbours_is_found(number: str) -> None:
    for place in range(len(number) - 1):
        left, right = number[place], number[place + 1]
        if left != right:
            assert not is_number(number[:place] + right + left + number[place + 2 :])


@settings(QUICK, max_examples=10)
@given(st.builds(make_number, COUNTIES, DAYS, st.integers(1, 99_999)))
def test_in_a_number_of_usual_length_any_swap_is_found(number: str) -> None:
    for first in range(len(number) - 1):
        for second in range(first + 1, len(number)):
            signs = list(number)
            signs[first], signs[second] = signs[second], signs[first]
            if number[first] != number[second]:
                assert not is_number("".join(signs))


@QUICK
@given(st.text(st.characters(codec=None), max_size=24))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    assert is_number(text) in (True, False)
    if not is_number(text):
        refusal(text)


def test_numbers_of_a_day_are_all_different() -> None:
    assert len({make_number("330127", DAY, serial) for serial in (*range(1, 500), 99_999, 100_000)}) == 501

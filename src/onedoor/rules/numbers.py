"""Case numbers: what is printed on the receipt, read out on the telephone and typed back by a resident.

A number is `{county, 6 digits}{yymmdd}{serial, at least 5 digits}{check letter}`: 18 characters for as long
as a county takes in fewer than 100 000 cases a day, e.g. `33012726030100042W`.

The check letter is a pure system in the manner of ISO/IEC 7064 (one character, radix 10) with modulus 19: the
digits, read as one decimal number, modulo 19. What may be relied on:

* any single wrong character is found: 19 is prime and greater than 9, so it divides `d·10^i` only if d = 0;
* any swap of two unequal neighbours is found: it changes the number by `(a-b)·9·10^i`, never 0 modulo 19
  (10 has order 18 modulo 19, so in a number of 18 characters a swap of *any* two unequal ones is found);
* the check is always a letter and the rest are always digits, so a swap across that border, or a letter read
  for a digit, is found from the shape alone;
* the letter is never one that is taken for a digit or another letter: B, I, O, Q, S, U and Z are not used.

MOD 37-2 was not taken because its result may be `*`, MOD 37,36 because its letters include I, O, S and Z;
both guard letters that the body of these numbers does not have.
"""

import re
from datetime import date
from typing import Final

from onedoor.rules.refusal import invalid

LETTERS: Final = "ACDEFGHJKLMNPRTVWXY"
_MODULUS: Final = 19
_SERIAL_DIGITS: Final = 5
_CENTURY: Final = 2000
_LONGEST: Final = 64  # what is typed, with its separators; a longer text is not looked at

_SHAPE: Final = re.compile(
    rf"(?P<digits>[0-9]{{6}}(?P<yy>[0-9]{{2}})(?P<mm>[0-9]{{2}})(?P<dd>[0-9]{{2}})"
    rf"(?P<serial>[0-9]{{5}}|[1-9][0-9]{{5,8}}))(?P<check>[{LETTERS}])"
)
_COUNTY: Final = re.compile(r"[0-9]{6}")
_SEPARATORS: Final = dict.fromkeys(map(ord, " \t\r\n-_\u00a0\u3000\u2010\u2011\u2012\u2013\u2014\u2212"))
_HALF_WIDTH: Final[dict[int, int | None]] = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_TYPED: Final[dict[int, int | None]] = {**_HALF_WIDTH, **_SEPARATORS, 0xFF0D: None, 0xFF3F: None}

_WRONG_SHAPE: Final = "办件编号的格式不对：应为17位数字加1个字母，请对照回执核对。"
_WRONG_CHECK: Final = "办件编号有误，可能抄错或颠倒了一位，请对照回执逐位核对。"


def make_number(county: str, day: date, serial: int) -> str:
    """The canonical number of the `serial`-th case (from 1) taken in by `county` on `day`.

    Different arguments give different numbers. Arguments that no case can have are the caller's error.
    """
    if not _COUNTY.fullmatch(county):
        raise ValueError("a county code has six digits")
    if not 1 <= serial <= 999_999_999:
        raise ValueError("a serial number is counted from 1 and has at most nine digits")
    if not _CENTURY <= day.year < _CENTURY + 100:
        raise ValueError("a case number has room for the years 2000 to 2099")
    digits = f"{county}{day.year % 100:02}{day.month:02}{day.day:02}{serial:0{_SERIAL_DIGITS}}"
    return digits + LETTERS[int(digits) % _MODULUS]


def parse_number(text: str) -> str:
    """The canonical form of a number as typed: spaces, hyphens, lower case and full-width are forgiven.

    Whatever it returns is a number `make_number` could have made; anything else is refused (field `number`).
    """
    typed = _canonical(text)
    shape = _SHAPE.fullmatch(typed)
    if shape is None or not _could_be_made(shape):
        raise invalid("number", _WRONG_SHAPE if typed else "请填写办件编号。")
    if not _check_holds(shape):
        raise invalid("number", _WRONG_CHECK)
    return typed


def is_number(text: str) -> bool:
    """Whether `parse_number` would accept the text."""
    shape = _SHAPE.fullmatch(_canonical(text))
    return shape is not None and _could_be_made(shape) and _check_holds(shape)


def _canonical(text: str) -> str:
    if len(text) > _LONGEST:
        return "?"
    # Upper-casing makes ASCII of a few other signs (ı I, ſ S, ß SS, ﬀ FF): never one letter of LETTERS alone.
    return text.translate(_TYPED).upper()


def _could_be_made(shape: re.Match[str]) -> bool:
    _, yy, mm, dd, serial, _ = shape.groups()
    if not int(serial):
        return False
    try:
        date(_CENTURY + int(yy), int(mm), int(dd))
    except ValueError:
        return False
    return True


def _check_holds(shape: re.Match[str]) -> bool:
    return LETTERS[int(shape["digits"]) % _MODULUS] == shape["check"]

"""Names, numbers and words as they are typed: made canonical or refused; and how they are masked.

Every `check_…` is idempotent (its result passes again unchanged), never repeats the input in a refusal, and
raises nothing but `Refused("invalid", sentence, {field: sentence})`. Every result can be stored by PostgreSQL
and written as UTF-8: no NUL, no lone surrogate. Every `mask_…` and `phone_tail` accepts any text whatever,
the empty one included.
"""

import re
import unicodedata
from datetime import date
from typing import Final

from onedoor.rules.refusal import Refused, invalid

MOST_NARRATIVE: Final = 20_000
MOST_NAME: Final = 100

_HALF_WIDTH: Final = {0x3000: 0x20, **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}}
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Tab and newline, U+FFFD (what a decoder leaves of a lost character) and the marks that turn the order of
# reading round (Unicode UAX #9) have no place in a name either.
_UNPRINTABLE_IN_NAME: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd\u202a-\u202e\u2066-\u2069]")
_VISIBLE: Final = re.compile(r"[^\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_BLANK: Final = " \t\r\n\u00a0\u3000"

# ---- identity cards

_ID_18: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_15: Final = re.compile(r"[1-9][0-9]{14}")
_ID_SEPARATORS: Final = re.compile(r"[\s\-]+")
_ID_CHECKS: Final = "10X98765432"
_ID_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_OLDEST: Final = 1850
_CENTENARIANS: Final = frozenset({"996", "997", "998", "999"})


def check_id_number(text: str, today: date, field: str = "id_number") -> str:
    """The 18-character citizen identity number in `text`, a 15-digit one being converted.

    Relies on GB 11643-1999: the last character is ISO 7064 MOD 11-2 of the first 17, places 7–14 are the date
    of birth. The 15-digit form (GB 11643-1989) has two digits of the year, 19xx, except that the sequence
    codes 996–999 were kept for those over a hundred (18xx). Region codes are not looked up: abolished ones
    stay valid for those who hold them.
    """
    number = _ID_SEPARATORS.sub("", text.translate(_HALF_WIDTH)).replace("x", "X")
    if not number:
        raise invalid(field, "请填写身份证号。")
    if _ID_15.fullmatch(number):
        century = "18" if number[12:] in _CENTENARIANS else "19"
        body = number[:6] + century + number[6:]
        number = body + id_check(body)
    elif not _ID_18.fullmatch(number):
        raise invalid(field, "身份证号应为18位（旧证15位），只有最后一位可以是X，请核对。")
    elif id_check(number[:17]) != number[17]:
        raise invalid(field, "身份证号校验不通过，可能有一位写错，请对照证件逐位核对。")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = date.min
    if born.year < _OLDEST:
        raise invalid(field, "身份证号中的出生日期不正确，请核对。")
    if born > today:
        raise invalid(field, "身份证号中的出生日期晚于今天，请核对。")
    return number


def id_check(body: str) -> str:
    """The last character for the first 17 (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, body, strict=True))
    return _ID_CHECKS[total % 11]


# ---- telephones

_AREA: Final = r"0(?:10|2[0-9]|[3-9][0-9]{2})"
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_EXTENSIBLE: Final = re.compile(
    r"1[3-9][0-9]{9}"  # mobile; with an extension: a go-between number
    r"|0(?:10|2[0-9])[2-8][0-9]{7}"  # landline in a city with a three-digit area code
    r"|0[3-9][0-9]{2}[2-8][0-9]{6,7}"  # landline elsewhere
    r"|[48]00[0-9]{7}"
)
_SERVICE: Final = re.compile(
    r"95[0-9]{3,6}|96[0-9]{3,4}"
    rf"|(?:{_AREA})?(?:1[0-2][0-9]{{3}}|96[0-9]{{3,4}})"  # 10086, 12345, 0571-12345
    r"|11[0-9]|12[0-2]|11[68][0-9]{3}"  # 110, 120, 116114
)
_PHONE_SEPARATORS: Final = re.compile(r"[\s\-()./·_\u2010-\u2014\u2212]+")
_EXTENSION: Final = re.compile(r"(?:转分机|分机号?|转|ext|[x#*,:])-?(?P<ext>[0-9]{1,6})-?", re.IGNORECASE)
_MOST_PHONE: Final = 60
_WRONG_PHONE: Final = "电话号码格式不对：手机号为11位，固定电话请带区号（如0571-88881234），请核对。"


def check_phone(text: str, field: str = "phone") -> str:
    """The digits of a mainland telephone number, with `-extension` after them when there is one.

    Takes mobiles (1[3-9]…), landlines with their area code, 400/800 numbers and short service numbers
    (telecommunications numbering plan, MIIT 2017); a leading +86 or 0086 goes, as do separators. Ranges are
    checked by shape, not by carrier, so that a newly opened range is not refused.
    """
    if not _VISIBLE.search(text):
        raise invalid(field, "请填写电话号码。")
    parsed = _parse_phone(text)
    if parsed is None:
        raise invalid(field, _WRONG_PHONE)
    number, extension = parsed
    return f"{number}-{extension}" if extension else number


def _parse_phone(text: str) -> tuple[str, str] | None:
    """Number and extension, or None for what is not a telephone number."""
    if _MOBILE.fullmatch(text):
        return text, ""
    if len(text) > _MOST_PHONE:
        return None
    groups = _PHONE_SEPARATORS.sub("-", text.translate(_HALF_WIDTH)).strip("-")
    extension = ""
    if (marked := _EXTENSION.search(groups)) and marked.end() == len(groups):
        groups, extension = groups[: marked.start()].strip("-"), marked["ext"]
    head, _, tail = groups.rpartition("-")
    if not extension and 1 <= len(tail) <= 6 and tail.isascii() and tail.isdigit():
        number = _national(head.replace("-", ""))
        if _EXTENSIBLE.fullmatch(number):
            return number, tail
    number = _national(groups.replace("-", ""))
    if _EXTENSIBLE.fullmatch(number) or (not extension and _SERVICE.fullmatch(number)):
        return number, extension
    return None


def _national(number: str) -> str:
    """Without the country code and without the 0 once dialled before a distant mobile."""
    for prefix in ("+86", "0086", "86"):
        if number.startswith(prefix) and (prefix != "86" or len(number) > 11):
            number = number.removeprefix(prefix)
            if not _EXTENSIBLE.fullmatch(number) and _EXTENSIBLE.fullmatch("0" + number):
                return "0" + number
            break
    return number[1:] if number[:1] == "0" and _MOBILE.fullmatch(number[1:]) else number


def phone_tail(text: str) -> str:
    """The last four digits of the number (not of its extension), or all of them if there are fewer."""
    return _phone_digits(text)[-4:]


def _phone_digits(text: str) -> str:
    parsed = _parse_phone(text)
    return parsed[0] if parsed else re.sub(r"[^0-9]", "", text.translate(_HALF_WIDTH))


# ---- names and words


def check_name(text: str, field: str = "name") -> str:
    """A person's or a body's name in Unicode NFC, trimmed, runs of blanks made one space, 1–100 characters.

    Any script and any sign is a name, markup included; it is for whoever shows it to escape it. Only what
    cannot be seen or stored is refused. Characters not yet in this Python's Unicode tables are kept, and those
    of private use too: old registers hold rare characters so.
    """
    name = text.strip(_BLANK)
    if spoilt := _UNPRINTABLE_IN_NAME.search(name):
        raise _spoilt(field, "姓名", spoilt)
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not _VISIBLE.search(name):
        raise invalid(field, "请填写姓名。")
    if len(name) > MOST_NAME:
        raise _too_long(field, "姓名", MOST_NAME, len(name))
    return name


def check_text(text: str, *, most: int, field: str, label: str, required: bool = True) -> str:
    r"""Running text with `\n` for line ends and no blank around it; at most `most` characters (code points).

    Empty, or made of nothing that can be seen, it is refused when `required` and "" otherwise. A control
    character other than `\n` and `\t` (a CR without its LF too) is refused, not silently dropped.
    """
    words = text.replace("\r\n", "\n")
    if spoilt := _UNPRINTABLE.search(words):
        raise _spoilt(field, label, spoilt)
    words = words.strip()
    if not _VISIBLE.search(words):
        if required:
            raise invalid(field, f"请填写{label}。")
        return ""
    if len(words) > most:
        raise _too_long(field, label, most, len(words))
    return words


def _spoilt(field: str, label: str, found: re.Match[str]) -> Refused:
    return invalid(field, f"{label}的第{found.start() + 1}个字无法识别（乱码或控制字符），请删除后重新填写。")


def _too_long(field: str, label: str, most: int, length: int) -> Refused:
    return invalid(field, f"{label}最多{most}个字，现在有{length}个字，请精简。")


# ---- masking


def mask_name(text: str) -> str:
    """张三 → 张*, 欧阳娜娜 → 欧**: the first character, and at most two stars for the rest."""
    name = text.strip()
    return name[:1] + "*" * min(len(name) - 1, 2)


def mask_phone(text: str) -> str:
    """13812341234 → 138****1234; of any other number the last two digits, of four digits or fewer none."""
    digits = _phone_digits(text)
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[7:]}"
    if len(digits) > 4:
        return "****" + digits[-2:]
    return "****" if text.strip() else ""


def mask_id(text: str) -> str:
    """The first three and the last two characters; of five characters or fewer none."""
    number = text.strip()
    if len(number) <= 5:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def mask_address(text: str) -> str:
    """At most the first six characters (half of a shorter address) without their digits, then `***`."""
    address = " ".join(text.split())
    kept = address[: 6 if len(address) > 6 else len(address) // 2]
    return "".join("*" if sign.isdigit() else sign for sign in kept) + "***" if address else ""

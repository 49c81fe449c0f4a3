"""What anybody writes on a page without an account: no identity numbers, and a word of warning where an open
box is the wrong place."""

import re
from typing import Final

from onedoor.rules.identity import check_text
from onedoor.rules.refusal import invalid

NO_ID_NUMBER: Final = "请不要写身份证号：这里用不着，写了反而不安全。请删去后再提交。"
# GB 11643-1999: region, year from 18xx to 20xx, month, day, three digits, check; the check is not looked at: a
# number with a slip in it is somebody's too.
_ID_NUMBER: Final = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)
_HALF_WIDTH: Final = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), 0xFF38, 0xFF58)}
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[ \t\u00a0\u3000\-\u2010-\u2014]+(?=[\dXx])")
# Words of an accusation, and of harm to somebody. They only lead to a question: asking what the law says about them is
# an ordinary question.
_WARNS: Final = (
    *("举报", "检举", "控告", "贪污", "受贿", "行贿", "索贿"),
    *("家暴", "被打", "打我", "殴打", "性侵", "强奸", "猥亵", "虐待", "遗弃", "拐卖", "轻生", "自杀", "杀人"),
)


def check_open_text(text: str, *, most: int, field: str, label: str, required: bool = True) -> str:
    """Running text as `check_text`; refuses a citizen's identity number in whatever spacing or width."""
    words = check_text(text, most=most, field=field, label=label, required=required)
    if _ID_NUMBER.search(_BETWEEN_DIGITS.sub("", words.translate(_HALF_WIDTH))):
        raise invalid(field, NO_ID_NUMBER)
    return words


def sounds_grave(text: str) -> bool:
    """Whether a word speaks of an accusation or of harm. A hint to ask back, never a decision."""
    return any(word in text for word in _WARNS)

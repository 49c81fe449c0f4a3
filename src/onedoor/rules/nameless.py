"""Texts that hold nobody's identity: notes of visits, calls and errands, and what came of them.

Such a note is there to answer and to count. Who the person is belongs in a case, where it is encrypted, masked and
logged (个人信息保护法 §6: no more than the purpose needs).
"""

import re

from onedoor.rules.identity import check_text
from onedoor.rules.refusal import invalid

# 18 digits, the last of which may be an X; 11 digits of a mobile. Digits of any script count.
ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
# what people put between the groups of a long number
_BETWEEN = re.compile(r"(?<=\d)[ \t\u00a0\u3000-]+(?=[\dXx])")


def check_nameless(text: object, *, most: int, field: str, label: str, required: bool = True) -> str:
    """Running text of at most `most` characters; refuses at the field what looks like an identity number or a mobile
    telephone, written in groups or not. Public landlines and short numbers may stand in it. A name cannot be told
    from other words: forms say that none belongs here."""
    if text is not None and not isinstance(text, str):
        raise invalid(field, f"{label}应为文字。")
    read = check_text(text or "", most=most, field=field, label=label, required=required)
    joined = _BETWEEN.sub("", read)
    if ID_NUMBER.search(read) or ID_NUMBER.search(joined):
        raise invalid(field, f"{label}里不写身份证号，请删去；需要记当事人的，请登记为事项。")
    if MOBILE.search(read) or MOBILE.search(joined):
        raise invalid(field, f"{label}里不写手机号码，请删去；需要记当事人的，请登记为事项。")
    return read

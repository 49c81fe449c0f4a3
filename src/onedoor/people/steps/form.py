"""Reading what was typed: every fault at its field, all of them at once."""

import re
import unicodedata
from collections.abc import Mapping

from onedoor.rules.refusal import INVALID, Refused

_WORD = re.compile(r"[a-z0-9][a-z0-9._-]*")


class Form:
    """Collects faults by field; `check` refuses with all of them."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}

    def text(self, field: str, typed: str, label: str, most: int, *, required: bool = True) -> str:
        """One line without blanks around it."""
        text = unicodedata.normalize("NFC", typed).strip()
        if not text and required:
            self.fault(field, f"请填写{label}。")
        elif len(text) > most:
            self.fault(field, f"{label}不能超过{most}个字。")
        elif any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
            self.fault(field, f"{label}里有不能保存的字符，请重新输入。")
        return text

    def word(self, field: str, typed: str, label: str, most: int) -> str:
        """A code: small letters, digits, dots, lines."""
        word = self.text(field, unicodedata.normalize("NFKC", typed), label, most)
        if field not in self.faults and not _WORD.fullmatch(word):
            self.fault(field, f"{label}只能用小写字母、数字和 . _ -，以字母或数字开头。")
        return word

    def choice(self, field: str, typed: str, label: str, names: Mapping[str, str]) -> str:
        """One of the codes; its Chinese name will do as well."""
        text = typed.strip()
        by_name = {name: str(code) for code, name in names.items()}
        if text not in names and text not in by_name:
            self.fault(field, f"请选择{label}：{'、'.join(names.values())}。" if text else f"请选择{label}。")
        return by_name.get(text, text)

    def fault(self, field: str, sentence: str) -> None:
        self.faults.setdefault(field, sentence)

    def take(self, refused: Refused) -> None:
        """The faults that something else has found."""
        for field, sentence in (refused.fields or {"": refused.sentence}).items():
            self.fault(field, sentence)

    def check(self) -> None:
        if self.faults:
            raise Refused(INVALID, next(iter(self.faults.values())), self.faults)

"""帮扶计划: help for a person, with a basis, a purpose and an end."""

BASES: dict[str, str] = {
    "consent": "本人（监护人）同意",
    "duty": "法定职责",  # 个人信息保护法 §13(三): the law or order of law is named beside it
}

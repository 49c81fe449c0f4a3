"""First letters of pinyin, for finding a name by typing a few of them."""


def initials(text: str) -> str:
    """One small letter or digit for each Chinese character, letter and digit of the text; other signs are left out.
    劳动争议调解 is ldzytj. A character of several readings takes the one of its word."""
    from pypinyin import Style, lazy_pinyin  # a dictionary of 60 MB that only who writes names pays for

    letters = lazy_pinyin(text, style=Style.FIRST_LETTER)
    return "".join(letter for letter in "".join(letters).lower() if letter.isascii() and letter.isalnum())

"""Amounts in the capital numerals that papers about money bear: 贰万元整, 叁拾元零伍分."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
MOST = 10**18 - 1


def capital_amount(fen: int) -> str:
    """分 as capital 元角分, after 《支付结算办法》附一: 整 after a whole 元 or 角; 零 where places are skipped.

    Raises ValueError below zero and from 10^18 分 on.
    """
    if not 0 <= fen <= MOST:
        raise ValueError("an amount of 0 to 10^18 - 1 fen")
    yuan, rest = divmod(fen, 100)
    jiao, cent = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return (words or "零元") + "整"
    if jiao:
        words += ("零" if yuan and yuan % 10 == 0 else "") + f"{_DIGITS[jiao]}角"
    elif yuan:
        words += "零"
    return words + (f"{_DIGITS[cent]}分" if cent else "整")


def _whole(number: int) -> str:
    words, skipped = "", False
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            skipped = True
            continue
        if words and (skipped or group < 1000):
            words += "零"
        words += _group(group) + _GROUPS[place]
        skipped = False
    return words


def _group(number: int) -> str:
    words, skipped = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            skipped = skipped or bool(words)
            continue
        words += ("零" if skipped else "") + _DIGITS[digit] + _PLACES[place]
        skipped = False
    return words

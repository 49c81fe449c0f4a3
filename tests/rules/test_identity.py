"""Identity: what people type is made canonical or refused with a sentence, and masks never show too much."""

import unicodedata
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.rules import identity
from onedoor.rules.identity import check_id_number, check_name, check_phone, check_text
from onedoor.rules.refusal import Refused

TODAY = date(2026, 3, 1)
QUICK = settings(max_examples=30, deadline=None, database=None)
ANY_TEXT = st.text(st.characters(codec=None), max_size=24)
NEAR_PHONES = st.text("0123456789+-转 ()（）０９ext分机", max_size=18)


def refusal(check: Callable[[], str], field: str) -> str:
    """The sentence with which the check refuses; it must be about the field, and a Chinese sentence."""
    with pytest.raises(Refused) as caught:
        check()
    assert caught.value.code == "invalid"
    assert caught.value.fields == {field: caught.value.sentence}
    assert caught.value.sentence.endswith("。")
    return caught.value.sentence


def id_check(body: str) -> str:
    """ISO 7064 MOD 11-2 by its recursive definition, otherwise than in the code under test."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    value = (12 - rest) % 11
    return "X" if value == 10 else str(value)


def with_check(body: str) -> str:
    return body + id_check(body)


IDS = st.builds(
    lambda born, rest: with_check(f"{110000 + rest // 1000}{born:%Y%m%d}{rest % 1000:03}"),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 889_999_999),
)


# ---- identity cards


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),  # the example of GB 11643-1999
        ("440524188001010014", "440524188001010014"),  # the other one: a centenarian
        (" 11010519491231002x\n", "11010519491231002X"),
        ("110105 19491231 002X", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("110105491231002", "11010519491231002X"),
        ("440524800101997", "44052418800101997" + id_check("44052418800101997")),
    ],
)
def test_identity_numbers_are_made_canonical(typed: str, number: str) -> None:
    assert check_id_number(typed, TODAY) == number


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", "请填写"),
        ("　", "请填写"),
        ("1101051949123100", "18位"),
        ("11010519491231002XX", "18位"),
        ("1101051949123100X2", "18位"),
        ("01010519491231002X", "18位"),
        ("1１0105194912310٢2X", "18位"),
        ("11010519491231002\x00", "18位"),
        ("11010519491231002\ud83d", "18位"),
        ("110105194912310021", "校验"),
        ("11010519491213002X", "校验"),
        (with_check("11010519490231002"), "出生日期不正确"),
        (with_check("11010519001301002"), "出生日期不正确"),
        (with_check("11010500000101002"), "出生日期不正确"),
        (with_check("11010517491231002"), "出生日期不正确"),
        ("110105490231002", "出生日期不正确"),
        (with_check("11010520260302002"), "晚于今天"),
    ],
)
def test_wrong_identity_numbers_are_refused(typed: str, word: str) -> None:
    sentence = refusal(lambda: check_id_number(typed, TODAY, "party.id"), "party.id")
    assert word in sentence
    assert len(typed) < 15 or typed not in sentence


def test_born_today_is_not_in_the_future() -> None:
    number = with_check("11010520260301002")
    assert check_id_number(number, TODAY) == number


@QUICK
@given(IDS)
def test_true_identity_numbers_pass(number: str) -> None:
    assert check_id_number(number, TODAY) == number
    assert check_id_number(number.lower(), TODAY) == number


@settings(QUICK, max_examples=5)
@given(IDS)
def test_every_slip_in_an_identity_number_is_found(number: str) -> None:
    slips = [
        number[:place] + wrong + number[place + 1 :]
        for place, right in enumerate(number)
        for wrong in "0123456789X"
        if wrong != right
    ]
    slips += [
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        for place in range(17)
        if number[place] != number[place + 1]
    ]
    for slip in slips:
        with pytest.raises(Refused):
            check_id_number(slip, TODAY)


# ---- telephones


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13812341234", "13812341234"),
        (" 138-1234-1234 ", "13812341234"),
        ("138 1234 1234", "13812341234"),
        ("１３８１２３４１２３４", "13812341234"),
        ("+86 138 1234 1234", "13812341234"),
        ("＋８６－13812341234", "13812341234"),
        ("008613812341234", "13812341234"),
        ("86 13812341234", "13812341234"),
        ("013812341234", "13812341234"),
        ("13812341234转0123", "13812341234-0123"),
        ("0571-88881234", "057188881234"),
        ("（0571）8888 1234", "057188881234"),
        ("+86 571 8888 1234", "057188881234"),
        ("+86 (0)571 88881234", "057188881234"),
        ("0571-8888-1234", "057188881234"),
        ("010-66661234", "01066661234"),
        ("+86 10 66661234", "01066661234"),
        ("0578 2812345", "05782812345"),
        ("0578-2812345-8", "05782812345-8"),
        ("0571-88881234-801", "057188881234-801"),
        ("0571-88881234转801", "057188881234-801"),
        ("0571-88881234 转分机 801", "057188881234-801"),
        ("0571-88881234（分机801）", "057188881234-801"),
        ("0571-88881234 ext. 801", "057188881234-801"),
        ("057188881234x801", "057188881234-801"),
        ("400-800-1234", "4008001234"),
        ("800 820 8820", "8008208820"),
        ("4008001234转1", "4008001234-1"),
        ("95588", "95588"),
        ("955-88", "95588"),
        ("95013123", "95013123"),
        ("96345", "96345"),
        ("12345", "12345"),
        ("0571-12345", "057112345"),
        ("12348", "12348"),
        ("10086", "10086"),
        ("110", "110"),
        ("120", "120"),
        ("116114", "116114"),
    ],
)
def test_telephones_are_made_canonical(typed: str, number: str) -> None:
    assert check_phone(typed) == number
    assert check_phone(number) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " \u200b",
        "-",
        "转801",
        "1381234123",
        "138123412345",
        "12812341234",
        "88881234",
        "0571-18881234",
        "0571-888812345-",
        "010-6666123",
        "999",
        "95588转",
        "12345转8",
        "13812341234转1234567",
        "13812341234 李",
        "+1 202 555 0100",
        "١٣٨١٢٣٤١٢٣٤",
        "1381234\x001234",
        "\ud83d13812341234",
        "1" * 5000,
    ],
)
def test_wrong_telephones_are_refused(typed: str) -> None:
    assert "电话" in refusal(lambda: check_phone(typed, "mobile"), "mobile")


@QUICK
@given(NEAR_PHONES | ANY_TEXT)
def test_a_telephone_is_canonical_or_refused(text: str) -> None:
    try:
        number = check_phone(text)
    except Refused:
        return
    assert number.isascii()
    assert number.replace("-", "", 1).isdigit()
    assert check_phone(number) == number


# ---- names


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("张三", "张三"),
        ("\u3000张三 \r\n", "张三"),
        ("𠮷野家", "𠮷野家"),
        ("买买提·艾力", "买买提·艾力"),
        ("John  \u3000Smith", "John Smith"),
        ("e\u0301", "é"),
        ("<b>张三</b>&amp;'; --", "<b>张三</b>&amp;'; --"),
        ("某\ue000", "某\ue000"),  # private use, as old registers have it
        ("\U00031350", "\U00031350"),  # CJK Extension H, later than this Python's tables
        ("葛\U000e0100城", "葛\U000e0100城"),  # with a variation selector
        ("龙" * 100, "龙" * 100),
    ],
)
def test_names_are_made_canonical(typed: str, name: str) -> None:
    assert check_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", "请填写"),
        (" \t\n\u3000", "请填写"),
        ("\u200b\ufeff", "请填写"),
        ("张\x00三", "第2个字"),
        ("张\n三", "第2个字"),
        ("张\x7f", "第2个字"),
        ("\x85张", "第1个字"),
        ("张三\ud842", "第3个字"),
        ("张\ufffd", "第2个字"),
        ("张\u202e三", "第2个字"),
        ("龙" * 101, "最多100个字，现在有101个字"),
    ],
)
def test_wrong_names_are_refused(typed: str, word: str) -> None:
    assert word in refusal(lambda: check_name(typed, "who"), "who")


@QUICK
@given(ANY_TEXT)
def test_a_name_that_passes_can_be_stored_and_passes_again(text: str) -> None:
    try:
        name = check_name(text)
    except Refused:
        return
    name.encode()
    assert 1 <= len(name) <= 100
    assert name == name.strip() == unicodedata.normalize("NFC", name)
    assert not any(unicodedata.category(sign) == "Cc" for sign in name)
    assert check_name(name) == name


# ---- running text


def checked(text: str, most: int = 10, required: bool = True) -> str:
    return check_text(text, most=most, field="narrative", label="诉求内容", required=required)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("欠薪", "欠薪"),
        ("\n \u3000欠薪\r\n三个月\t\r\n", "欠薪\n三个月"),
        ("<script>", "<script>"),
        ("𠮷" * 10, "𠮷" * 10),
        (" " * 50 + "欠薪", "欠薪"),
        ("?\ufffd", "?\ufffd"),
    ],
)
def test_texts_are_made_canonical(typed: str, text: str) -> None:
    assert checked(typed) == text


def test_texts_with_what_cannot_be_stored_are_refused() -> None:
    for code in (*range(9), 11, 12, 13, *range(14, 32), 127, 128, 159, 0xD800, 0xDFFF):
        inside, last = f"欠薪{chr(code)}。", f"欠薪{chr(code)}"
        assert "诉求内容的第3个字" in refusal(partial(checked, inside), "narrative")
        assert "诉求内容的第3个字" in refusal(partial(checked, last, required=False), "narrative")


@pytest.mark.parametrize("empty", ["", " \n", "\u3000", "\u200b\ufeff"])
def test_an_empty_text_is_refused_when_required(empty: str) -> None:
    assert refusal(lambda: checked(empty), "narrative") == "请填写诉求内容。"
    assert checked(empty, required=False) == ""


def test_too_long_a_text_is_refused_with_both_numbers() -> None:
    assert refusal(lambda: checked("长" * 11), "narrative") == "诉求内容最多10个字，现在有11个字，请精简。"
    assert len(checked("长" * identity.MOST_NARRATIVE, identity.MOST_NARRATIVE)) == 20_000


@QUICK
@given(ANY_TEXT)
def test_a_text_that_passes_can_be_stored_and_passes_again(text: str) -> None:
    try:
        words = checked(text, most=30, required=False)
    except Refused:
        return
    words.encode()
    assert len(words) <= 30
    assert not {"\x00", "\r"} & set(words)
    assert checked(words, most=30, required=False) == words


# ---- masking


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (identity.mask_name, "", ""),
        (identity.mask_name, "张", "张"),
        (identity.mask_name, "张三", "张*"),
        (identity.mask_name, "张三丰", "张**"),
        (identity.mask_name, "欧阳娜娜", "欧**"),
        (identity.mask_name, "𠮷田", "𠮷*"),
        (identity.mask_phone, "", ""),
        (identity.mask_phone, "13812341234", "138****1234"),
        (identity.mask_phone, "+86 138-1234-1234", "138****1234"),
        (identity.mask_phone, "13812341234-801", "138****1234"),
        (identity.mask_phone, "057188881256", "****56"),
        (identity.mask_phone, "057188881256-801", "****56"),
        (identity.mask_phone, "12345", "****45"),
        (identity.mask_phone, "110", "****"),
        (identity.mask_phone, "没有", "****"),
        (identity.mask_id, "", ""),
        (identity.mask_id, "11010519491231002X", "110*************2X"),
        (identity.mask_id, "12345", "*****"),
        (identity.mask_address, "", ""),
        (identity.mask_address, " ", ""),
        (identity.mask_address, "云溪县城关镇幸福路12号", "云溪县城关镇***"),
        (identity.mask_address, "城关12３村5组", "城关***村***"),
        (identity.mask_address, "3号楼", "****"),
        (identity.mask_address, "村", "***"),
        (identity.phone_tail, "", ""),
        (identity.phone_tail, "13812341256", "1256"),
        (identity.phone_tail, "0571-88881256转801", "1256"),
        (identity.phone_tail, "110", "110"),
        (identity.phone_tail, "尾号1256", "1256"),
    ],
)
def test_masks(mask: Callable[[str], str], text: str, shown: str) -> None:
    assert mask(text) == shown


@QUICK
@given(ANY_TEXT | NEAR_PHONES)
def test_masks_take_any_text_and_hide_enough(text: str) -> None:
    assert len(identity.mask_name(text)) <= 3
    assert sum(sign.isdigit() for sign in identity.mask_phone(text)) <= 7
    assert sum(sign != "*" for sign in identity.mask_id(text)) <= 5
    address = identity.mask_address(text)
    assert len(address) <= 9
    assert not any(sign.isdigit() for sign in address)
    tail = identity.phone_tail(text)
    assert len(tail) <= 4
    assert tail == "" or (tail.isascii() and tail.isdigit())

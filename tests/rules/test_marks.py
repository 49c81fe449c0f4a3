"""Plain text with a few marks: words and addresses come out, never markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from onedoor.rules.marks import Block, Piece, read_marks


def test_headings_lists_paragraphs_and_links() -> None:
    text = "# 大标题\n第一行\n第二行\n\n另一段 [指南](/guide) 完\n- 甲\n- [乙](https://a.cn/b?c=1)\n1. 一\n2. 二\n## 小\r\n\r\n"
    assert read_marks(text) == (
        Block("heading", ((Piece("大标题"),),)),
        Block("paragraph", ((Piece("第一行"),), (Piece("第二行"),))),
        Block("paragraph", ((Piece("另一段 "), Piece("指南", "/guide"), Piece(" 完")),)),
        Block("bullets", ((Piece("甲"),), (Piece("乙", "https://a.cn/b?c=1"),))),
        Block("numbers", ((Piece("一"),), (Piece("二"),))),
        Block("subheading", ((Piece("小"),),)),
    )
    assert read_marks("") == read_marks("\n \n") == ()


@pytest.mark.parametrize(
    "line",
    [
        "[点我](javascript:alert(1))", "[点我](//evil.cn)", "[点我](/\\evil.cn)", "[点我](data:text/html,x)",
        "[点我](ftp://a)", "[点我]( https://a.cn)", "[点我]", "[](https://a.cn)", "#没有空格", "-没有空格", "1.没有空格",
        "<script>alert(1)</script>", "[点我](vbscript:x)", "[点我](\thttps://a.cn)", "[a](JAVASCRIPT:x)",
    ],
)  # fmt: skip
def test_what_is_no_mark_stands_as_it_was_typed(line: str) -> None:
    assert read_marks(line) == (Block("paragraph", ((Piece(line),),)),)


@given(some.text(alphabet="[]()/#-1. \n\thttps:javascript甲<>\"'&"))
def test_nothing_typed_is_lost_and_no_address_leads_into_a_script(text: str) -> None:
    for block in read_marks(text):
        assert block.lines and block.kind in ("paragraph", "heading", "subheading", "bullets", "numbers")
        for line in block.lines:
            for piece in line:
                assert piece.words in text
                assert piece.address.startswith(("http://", "https://", "tel:", "/")) or not piece.address
                assert not piece.address.startswith(("//", "/\\"))

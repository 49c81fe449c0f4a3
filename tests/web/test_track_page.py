"""查进度: what a resident sees with number and four digits, and what nobody sees without."""

from api.kit import NOBODYS_NUMBER, TO_HANDLING, new_browser
from web.kit import Screens, words


def ask(number: str, digits: str) -> tuple[int, str]:
    answer = new_browser().post("/track", {"number": number, "digits": digits})
    return answer.status_code, words(answer)


def test_stage_unit_and_date_and_nothing_else(screens: Screens) -> None:
    number = screens.registered()["number"]
    screens.walk(number, *TO_HANDLING)
    status, text = ask(number.lower(), "5678")
    assert status == 200
    assert "办理中" in text and "住建局" in text
    for word in ("走廊", "𠮷田安", "邻家福", "138"):
        assert word not in text
    assert f'value="{number}"' in new_browser().get(f"/track?number={number}").content.decode()


def test_every_reason_of_finding_nothing_sounds_the_same(screens: Screens) -> None:
    number = screens.registered()["number"]
    secret = screens.registered("supervisor", confidential=True)["number"]
    nameless = screens.registered(parties=[], anonymous=True)["number"]
    said = {
        ask(*tried)
        for tried in ((NOBODYS_NUMBER, "5678"), (secret, "5678"), (nameless, ""), (number, "5679"), (number, ""))
    }
    sentences = {(status, text.split("登录")[0][:40]) for status, text in said}
    assert {status for status, _ in sentences} == {404}
    assert all("没有找到。请核对编号和号码" in text for _, text in said)


def test_four_digits_cannot_be_tried_out(screens: Screens) -> None:
    number = screens.registered()["number"]
    for wrong in range(5):
        assert ask(number, f"000{wrong}")[0] == 404
    status, text = ask(number, "5678")
    assert (status, "查询次数过多" in text) == (429, True)
    other = screens.registered()["number"]
    assert ask(other, "5678")[0] == 200, "another number is not locked with it"

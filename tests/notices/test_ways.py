"""The ways out, at real sockets."""

import base64
import hmac
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from pytest_django import Settings

from cases.kit import sql
from notices.kit import PHONE, Gateway, MailServer
from onedoor.notices.ways import NotSent, is_open, send

ID = UUID("01890000-0000-7000-8000-0000000abcde")
TEXT = "您在一扇门有1条新通知：待签收1条。请登录查看。"


def test_a_text_message_goes_with_its_id_and_the_token(gateway: Gateway) -> None:
    for _ in range(2):
        send("sms", PHONE, TEXT, ID)

    first, second = gateway.taken
    assert first == second, "the same id each time"
    path, headers, body = first
    assert path == "/sms" and body == {"id": str(ID), "phone": PHONE, "text": TEXT}
    assert headers["Authorization"] == "Bearer secret-token" and headers["Idempotency-Key"] == str(ID)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 429, 500, 503])
def test_whatever_is_no_success_is_told_as_none(gateway: Gateway, status: int) -> None:
    gateway.status, gateway.headers = status, {"Location": f"{gateway.base}/elsewhere"}

    with pytest.raises(NotSent, match=f"对方服务器回答 {status}。"):
        send("sms", PHONE, TEXT, ID)


def test_nobody_at_the_other_end(gateway: Gateway, settings: Settings) -> None:
    settings.SMS = "http://127.0.0.1:1/sms"
    with pytest.raises(NotSent, match="连不上对方服务器"):
        send("sms", PHONE, TEXT, ID)


def test_without_a_gateway_text_messages_are_written_in_a_demo_and_closed_elsewhere(
    committed_county: None, db: None, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert is_open("sms")
    send("sms", PHONE, TEXT, ID)
    said = capsys.readouterr().out
    assert TEXT in said and str(ID) in said and PHONE not in said and "139****1234" in said
    assert not is_open("mail")


def test_without_a_gateway_and_outside_a_demo_there_are_none(committed_county: None, db: None) -> None:
    sql("UPDATE people_division SET code = '980000' WHERE parent_id IS NULL")
    assert not is_open("sms")
    with pytest.raises(NotSent, match="ONEDOOR_SMS"):
        send("sms", PHONE, TEXT, ID)


@pytest.mark.parametrize(
    ("kind", "path", "key"), [("dingtalk", "/robot/send", "access_token"), ("wecom", "/webhook/send", "key")]
)
def test_a_robot_gets_the_text(gateway: Gateway, kind: str, path: str, key: str) -> None:
    send(kind, "abcdef123456", TEXT, ID)

    (asked, _, body) = gateway.taken[0]
    assert urlsplit(asked).path == path and parse_qs(urlsplit(asked).query) == {key: ["abcdef123456"]}
    assert body == {"msgtype": "text", "text": {"content": f"{TEXT}（消息0abcde）"}}


def test_a_robot_with_a_secret_gets_a_signature(gateway: Gateway) -> None:
    send("dingtalk", "abcdef123456 SECsecret99", TEXT, ID)

    query = parse_qs(urlsplit(gateway.taken[0][0]).query)
    stamp = query["timestamp"][0]
    assert base64.b64decode(query["sign"][0]) == hmac.digest(
        b"SECsecret99", f"{stamp}\nSECsecret99".encode(), "sha256"
    )


@pytest.mark.parametrize(
    "answer", ['{"errcode": 310000, "errmsg": "abcdef123456 keywords not in content"}', "{}", "[]", "fine"]
)
def test_a_robot_that_answers_200_and_refuses_has_refused(gateway: Gateway, answer: str) -> None:
    gateway.answer = answer

    with pytest.raises(NotSent, match="机器人没有接受") as told:
        send("dingtalk", "abcdef123456 SECsecret99", TEXT, ID)

    assert "abcdef123456" not in str(told.value)


def test_a_letter_goes_with_its_id(mail: MailServer) -> None:
    send("mail", "fang@example.com", TEXT, ID)

    (letter,) = mail.letters
    assert letter["To"] == "fang@example.com" and letter["From"] == "onedoor@example.com"
    assert letter["X-OneDoor-Message"] == str(ID) and letter["Subject"] == "一扇门通知"
    assert letter.get_content().strip() == TEXT
    assert is_open("mail")


def test_a_letter_that_is_refused_is_told_without_the_address(mail: MailServer) -> None:
    mail.refuse = "550 no such user fang@example.com"

    with pytest.raises(NotSent) as told:
        send("mail", "fang@example.com", TEXT, ID)

    assert "550" in str(told.value) and "fang@" not in str(told.value)


def test_a_mail_server_that_is_not_there(mail: MailServer, settings: Settings) -> None:
    settings.MAIL = "mailto://127.0.0.1:1?from=onedoor@example.com"
    with pytest.raises(NotSent) as told:
        send("mail", "fang@example.com", TEXT, ID)
    assert "refused" in str(told.value).lower()
    settings.MAIL = ""
    with pytest.raises(NotSent, match="ONEDOOR_MAIL"):
        send("mail", "fang@example.com", TEXT, ID)

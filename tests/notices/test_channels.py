"""Channels: who sets them up, what an address must be, how it is kept."""

import pytest
from pytest_django import Settings

from cases.kit import sql
from notices.kit import PHONE, Gateway, MailServer, deliver_all, soon
from onedoor.rules.channels import masked_address, read_address
from onedoor.rules.refusal import Refused
from web.kit import Screens, words

BASES = {
    "dingtalk": "https://oapi.dingtalk.com/robot/send",
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
}
DING = "https://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789"


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("mail", " fang.liang+x@mail.example.gov.cn ", "fang.liang+x@mail.example.gov.cn"), ("sms", "139 0000-1234", PHONE),
        ("sms", "+86 13900001234", PHONE), ("dingtalk", DING, "abcdef0123456789"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7000-4bc4", "693a91f6-7000-4bc4"),
    ],
)  # fmt: skip
def test_an_address_is_kept_as_it_is_used(kind: str, typed: str, kept: str) -> None:
    assert read_address(kind, typed, bases=BASES) == kept
    assert kept not in masked_address(kind, kept)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("mail", ""), ("mail", "fang"), ("mail", "a@b@c.cn"), ("mail", "a@b.cn, c@d.cn"), ("mail", "a@b.cn\r\nBcc: c@d.cn"),
        ("mail", "田@example.com"), ("mail", "a" * 120 + "@b.cn"), ("sms", "12900001234"), ("sms", "1390000123"),
        ("sms", "１３９００００１２３４"), ("dingtalk", "abcdef0123456789"), ("dingtalk", "http://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789"),
        ("dingtalk", "https://oapi.dingtalk.com.evil.example/robot/send?access_token=abcdef0123456789"),
        ("dingtalk", "https://127.0.0.1/robot/send?access_token=abcdef0123456789"), ("dingtalk", BASES["dingtalk"]),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=a%20b"), ("dingtalk", "https://[::1"),
        ("wecom", DING),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_its_field(kind: str, typed: str) -> None:
    with pytest.raises(Refused) as told:
        read_address(kind, typed, bases=BASES)
    assert set(told.value.fields) == {"address"}


def test_a_secret_is_for_dingtalk_alone() -> None:
    assert read_address("dingtalk", DING, bases=BASES, secret=" SECabc12345 ") == "abcdef0123456789 SECabc12345"
    for kind, address, secret in (
        ("dingtalk", DING, "SEC abc"),
        ("wecom", f"{BASES['wecom']}?key=693a91f6-7000", "SECabc12345"),
    ):
        with pytest.raises(Refused) as told:
            read_address(kind, address, bases=BASES, secret=secret)
        assert set(told.value.fields) == {"secret"}


def test_a_person_sets_up_his_own_and_is_sent_a_first_message(
    screens: Screens, gateway: Gateway, mail: MailServer
) -> None:
    assert screens.send("handler2", "me/channels/sms", address=PHONE).status_code == 302
    assert screens.send("handler2", "me/channels/mail", address="fang@example.com").status_code == 302

    page = screens.read("handler2", "me")
    assert "139****1234" in page and "f***@example.com" in page and PHONE not in page
    assert b"1234" not in bytes(sql("SELECT address FROM notice_channel WHERE kind = 'sms'")[0][0])
    assert sql("SELECT count(*) FROM access_log WHERE action = 'own_channel'") == [(2,)]
    assert deliver_all(soon()) == 2
    assert "您已开通一扇门的通知" in gateway.taken[0][2]["text"] and "您已开通" in mail.letters[0].get_content()
    assert "139****1234" not in screens.read("unit_lead2", "me")


def test_a_wrong_address_is_told_at_its_field_and_kept(screens: Screens, gateway: Gateway) -> None:
    page = screens.send("handler2", "me/channels/sms", address="12345")
    assert page.status_code == 422 and "手机号码不对，应为11位。" in words(page)
    assert 'id="sms-address" name="address" value="12345"' in page.content.decode()
    assert screens.send("handler2", "me/channels/dingtalk", address=DING).status_code == 404
    assert screens.send("handler2", "me/channels/pigeon", address="x").status_code == 404


def test_what_is_not_connected_cannot_be_set_but_can_be_removed(
    screens: Screens, gateway: Gateway, settings: Settings
) -> None:
    assert "本系统还没有接通邮件。" in screens.read("handler2", "me")
    assert screens.send("handler2", "me/channels/mail", address="a@b.cn").status_code == 422
    screens.send("handler2", "me/channels/sms", address=PHONE)
    sql("UPDATE people_division SET code = '980000' WHERE parent_id IS NULL")
    settings.SMS = ""
    assert "本系统还没有接通短信。" in screens.read("handler2", "me")
    assert screens.send("handler2", "me/channels/sms", do="remove").status_code == 302
    assert sql("SELECT (SELECT count(*) FROM notice_channel), (SELECT count(*) FROM delivery)") == [(0, 0)]


def test_a_channel_is_switched_off_on_and_removed(screens: Screens, gateway: Gateway) -> None:
    screens.send("handler2", "me/channels/sms", address=PHONE)
    for wanted, said in (("off", "已停用。"), ("on", "已启用。"), ("remove", "已删除。")):
        assert screens.send("handler2", "me/channels/sms", do=wanted).status_code == 302
        assert said in screens.read("handler2", "me")
    for wanted in ("off", "remove", "explode"):
        assert screens.send("handler2", "me/channels/sms", do=wanted).status_code == 404


def test_a_new_address_does_not_get_what_was_for_the_old(screens: Screens, gateway: Gateway) -> None:
    screens.send("handler2", "me/channels/sms", address=PHONE)
    screens.send("handler2", "me/channels/sms", address="13911112222")

    deliver_all(soon())

    assert [body["phone"] for _, _, body in gateway.taken] == ["13911112222"]


def test_the_administrator_sets_up_the_robot_of_a_unit(screens: Screens, gateway: Gateway) -> None:
    address = f"{gateway.base}/robot/send?access_token=abcdef0123456789"
    done = screens.send("admin", "admin/units/zjj/channels/dingtalk", address=address, secret="SECabc12345")
    assert done.status_code == 302

    page = screens.read("admin", "admin/units/zjj")
    assert "****6789" in page and "abcdef01" not in page and "SECabc" not in page
    assert "设置钉钉机器人" in screens.read("admin", "admin/")
    deliver_all(soon())
    assert "本单位已开通" in gateway.taken[0][2]["text"]["content"] and "sign=" in gateway.taken[0][0]
    wrong = screens.send("admin", "admin/units/zjj/channels/wecom", address=address)
    assert wrong.status_code == 422 and "请粘贴机器人的完整 Webhook 地址" in words(wrong)
    assert screens.send("admin", "admin/units/zjj/channels/sms", address=PHONE).status_code == 404
    assert screens.send("admin", "admin/units/nobody/channels/wecom", address=address).status_code == 404
    assert screens.send("admin", "admin/units/zjj/channels/dingtalk", do="remove").status_code == 302
    assert "****6789" not in screens.read("admin", "admin/units/zjj")


@pytest.mark.parametrize("who", ["clerk", "director", "unit_lead2"])
def test_nobody_else_sets_up_a_units_robot(screens: Screens, gateway: Gateway, who: str) -> None:
    address = f"{gateway.base}/robot/send?access_token=abcdef0123456789"
    assert screens.send(who, "admin/units/zjj/channels/dingtalk", address=address).status_code == 403
    assert sql("SELECT count(*) FROM notice_channel") == [(0,)]

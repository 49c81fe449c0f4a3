"""通知渠道: where messages to the outside go, and what an address must look like."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from onedoor.rules.refusal import invalid

CHANNEL_KINDS = {"mail": "邮件", "sms": "短信", "dingtalk": "钉钉机器人", "wecom": "企业微信机器人"}
OF_PERSON = ("mail", "sms")
OF_UNIT = ("dingtalk", "wecom")

_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,128}")
_KEY_IN = {"dingtalk": "access_token", "wecom": "key"}
MOST_MAIL = 120


def read_address(kind: str, typed: str, *, bases: Mapping[str, str], secret: str = "") -> str:
    """The address as it is kept; refuses at `address` or `secret`.

    Of a robot its key alone is kept, and behind a blank the secret with which messages are signed: the host comes
    from `bases`, so that nobody can make the server call just any address.
    """
    text = typed.strip()
    if not text:
        raise invalid("address", f"请填写{CHANNEL_KINDS[kind]}的地址。" if kind != "sms" else "请填写手机号码。")
    if kind == "mail":
        if len(text) > MOST_MAIL or not _MAIL.fullmatch(text):
            raise invalid("address", "邮箱地址不对，应像 name@example.com。")
        return text
    if kind == "sms":
        number = re.sub(r"^(\+|00)86", "", re.sub(r"[\s-]", "", text))
        if not _MOBILE.fullmatch(number):
            raise invalid("address", "手机号码不对，应为11位。")
        return number
    return _read_robot(kind, text, bases[kind], secret.strip())


def _read_robot(kind: str, text: str, base: str, secret: str) -> str:
    given, wanted = _split(text), _split(base)
    if given is None or wanted is None or given[:2] != wanted[:2]:
        raise invalid("address", f"请粘贴机器人的完整 Webhook 地址，以 {base} 开头。")
    keys = parse_qs(given[2]).get(_KEY_IN[kind], [])
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        raise invalid("address", f"地址里没有 {_KEY_IN[kind]}，请粘贴完整的 Webhook 地址。")
    if not secret:
        return keys[0]
    if kind != "dingtalk" or not _KEY.fullmatch(secret):
        raise invalid("secret", "加签密钥不对，应是以 SEC 开头的一串字母和数字。")
    return f"{keys[0]} {secret}"


def _split(address: str) -> tuple[str, str, str] | None:
    """Host with scheme, path, query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}".lower(), parts.path.rstrip("/"), parts.query


def masked_address(kind: str, address: str) -> str:
    """Enough to know one's own again."""
    if kind == "mail":
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    if kind == "sms":
        return f"{address[:3]}****{address[-4:]}"
    return f"****{address.split(' ')[0][-4:]}"

"""The forms of notice channels, on a person's page and on a unit's."""

from collections.abc import Mapping, Sequence
from typing import Any

from onedoor.notices.ways import is_open
from onedoor.rules.channels import CHANNEL_KINDS
from onedoor.rules.refusal import Refused

CHANNEL_SAID = {
    "save": "已保存。一两分钟内会发出第一条消息，请看看是否收到。",
    "on": "已启用。",
    "off": "已停用。",
    "remove": "已删除。",
}
_LABELS = {"mail": "邮箱地址", "sms": "手机号码", "dingtalk": "Webhook 地址", "wecom": "Webhook 地址"}


def channel_forms(
    kinds: Sequence[str],
    there: Mapping[str, dict[str, Any]],
    given: Mapping[str, str],
    refused: tuple[str, Refused] | None,
) -> list[dict[str, Any]]:
    """One form for each kind; the one that was refused keeps what was typed, with the fault at its field."""
    return [
        {
            "kind": kind,
            "name": CHANNEL_KINDS[kind],
            "label": _LABELS[kind],
            "open": is_open(kind),
            "there": there.get(kind),
            "signs": kind == "dingtalk",
            "given": given if refused and refused[0] == kind else {},
            "faults": refused[1].fields or {"address": refused[1].sentence} if refused and refused[0] == kind else {},
        }
        for kind in kinds
    ]

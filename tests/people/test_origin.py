"""Where a request comes from, with and without reverse proxies, and with headers that lie."""

from ipaddress import ip_network

import pytest
from pytest_django import Settings

from onedoor.config.env import BadSetting, env_networks
from onedoor.people.origin import origin, trusted_origin

OURS = (ip_network("127.0.0.1"), ip_network("10.1.0.0/16"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        # nobody but a proxy is believed
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
        # what stands further left was written by whoever sent the request
        ("127.0.0.1", "1.1.1.1, 2.2.2.2, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        # he says that he is one of our proxies
        ("127.0.0.1", "10.1.9.9, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "10.1.9.9", "10.1.9.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"),
        ("127.0.0.1", "<script>, 10.1.2.3", "10.1.2.3"),
        ("fd00::1", "[2001:db8::7]:443", "2001:db8::7"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("", "203.0.113.9", ""),
    ],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: str, expected: str) -> None:
    assert trusted_origin(peer, forwarded, OURS) == expected


def test_without_the_setting_no_header_is_read(settings: Settings) -> None:
    meta = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert origin(meta) == "127.0.0.1"
    settings.PROXIES = OURS
    assert origin(meta) == "203.0.113.9"


def test_a_bad_network_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_PROXIES", "127.0.0.1, 10.1.0.0/16")
    assert env_networks("ONEDOOR_PROXIES") == OURS[:2]
    monkeypatch.setenv("ONEDOOR_PROXIES", "10.1.2.3/16")
    with pytest.raises(BadSetting, match="ONEDOOR_PROXIES"):
        env_networks("ONEDOOR_PROXIES")

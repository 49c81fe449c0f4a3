"""Where a request comes from, also behind reverse proxies: what limits count by and the access log keeps."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]


def origin(meta: Mapping[str, Any]) -> str:
    """The address that the request came from, from its `META`. X-Forwarded-For is believed only as far as our own
    proxies (`ONEDOOR_PROXIES`) have written it: read from the right, the first that is none of them."""
    return trusted_origin(
        str(meta.get("REMOTE_ADDR", "")), str(meta.get("HTTP_X_FORWARDED_FOR", "")), settings.PROXIES
    )


def trusted_origin(peer: str, forwarded: str, proxies: Networks) -> str:
    """What lies left of the first address that is no proxy was written by whoever sent the request, and is not read.
    Where a proxy has passed on something that is no address, the request counts as that proxy's."""
    last = _address(peer)
    if last is None:
        return peer
    for word in reversed(forwarded.split(",")):
        if not _is_proxy(last, proxies):
            break
        before = _address(word)
        if before is None:
            break
        last = before
    return str(last)


def _is_proxy(address: Address, proxies: Networks) -> bool:
    return any(address in network for network in proxies)


def _address(word: str) -> Address | None:
    """An address, with or without its port; an IPv4 address within IPv6 is the IPv4 address."""
    word = word.strip()
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        found = ip_address(word)
    except ValueError:
        return None
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found

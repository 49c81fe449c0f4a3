"""Environment helpers that fail loudly: a bad value stops the start with the variable's name."""

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path


class BadSetting(RuntimeError):
    """An environment variable holds a value that cannot be used."""


def env_str(name: str, default: str | None = None) -> str:
    """The variable's text; without a default the variable is required."""
    value = os.environ.get(name, default)
    if value is None:
        raise BadSetting(f"{name} is not set")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    """`1/true/yes/on` or `0/false/no/off`, in any case."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    lowered = value.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name}={value!r} is neither yes nor no")


def env_int(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number within [least, most]."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        number = int(value)
    except ValueError as error:
        raise BadSetting(f"{name}={value!r} is not a whole number") from error
    if number < least or (most is not None and number > most):
        raise BadSetting(f"{name}={number} is outside {least}..{most if most is not None else ''}")
    return number


def env_word(name: str, words: tuple[str, ...]) -> str:
    """One of `words`; the first where nothing is set."""
    value = os.environ.get(name) or words[0]
    if value not in words:
        raise BadSetting(f"{name}={value!r} is none of: {', '.join(words)}")
    return value


def env_token(name: str) -> str:
    """A secret that nobody guesses, at least 16 characters without blanks, or none. A bad value is not shown."""
    value = os.environ.get(name, "").strip()
    if value and (len(value) < 16 or not value.isascii() or len(value.split()) != 1):
        raise BadSetting(f"{name} has fewer than 16 characters, or others than letters, digits and signs")
    return value


def env_list(name: str, default: str = "") -> list[str]:
    """Comma-separated words without blanks."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def env_days(name: str, default: str) -> dict[str, tuple[int, ...]]:
    """`word=1,2;other=30`: for each word its numbers of days, 1 to 3660."""
    found: dict[str, tuple[int, ...]] = {}
    for part in os.environ.get(name, default).split(";"):
        word, sign, days = (one.strip() for one in part.partition("="))
        numbers = tuple(int(day) for day in days.split(",") if day.strip().isdecimal())
        if not word or not sign or not all(1 <= day <= 3660 for day in numbers) or len(numbers) != days.count(",") + 1:
            raise BadSetting(f"{name} is not like word=30,90;*=30")
        found[word] = numbers
    return found


def env_networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Comma-separated networks (`10.0.0.0/8`) or single addresses."""
    try:
        return tuple(ip_network(word) for word in env_list(name))
    except ValueError as error:
        raise BadSetting(f"{name}: {error}") from error


def env_url(name: str, schemes: tuple[str, ...], default: str = "", *, words: tuple[str, ...] = ()) -> str:
    """An address of one of the schemes, one of the words, or the default. A bad value is not shown: it may hold a
    password."""
    value = os.environ.get(name, "").strip() or default
    if value and value not in words and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        allowed = ", ".join([*(f"{scheme}://…" for scheme in schemes), *words])
        raise BadSetting(f"{name} is none of: {allowed}")
    return value


_TILES = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/\S*")


def env_tiles(name: str) -> list[str]:
    """Addresses of map tiles with {z}, {x} and {y}, blanks between them. A bad value is not shown: it may hold a
    key."""
    words = os.environ.get(name, "").split()
    for word in words:
        if not _TILES.fullmatch(word) or not all(part in word for part in ("{z}", "{x}", "{y}")):
            raise BadSetting(f"{name} is not like https://tiles.example.com/{{z}}/{{x}}/{{y}}.png")
    return words


def data_dir() -> Path:
    """The one directory that holds all state (`ONEDOOR_DATA`, default `./data`)."""
    return Path(os.environ.get("ONEDOOR_DATA") or "data").absolute()

"""SM3 and SM4-GCM by the published examples; each suite opens what the other has sealed, and nothing that was changed."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from pytest_django import Settings

from onedoor.config.env import BadSetting
from onedoor.config.suites import MARK, NATIONAL, SEALED, STANDARD, Suite, chosen, of_digest, unseal
from onedoor.people.hashers import Pbkdf2Sm3

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_as_in_gb_t_32905_annex_a(message: bytes, digest: str) -> None:
    assert NATIONAL.digest(message).hex() == digest
    in_pieces = NATIONAL.hasher()
    for piece in (message[:1], message[1:]):
        in_pieces.update(piece)
    assert in_pieces.digest().hex() == digest


@pytest.mark.parametrize(
    ("times", "expected"), [(1, "681edf34d206965e86b3e94f536e4246"), (1_000_000, "595298c7c6fd271f0402f804c33d3f66")]
)
def test_sm4_as_in_gb_t_32907_annex_a(times: int, expected: str) -> None:
    cipher, block = Cipher(algorithms.SM4(KEY), modes.ECB()).encryptor(), KEY  # noqa: S305  # single blocks
    for _ in range(times):
        block = cipher.update(block)
    assert block.hex() == expected


def test_sm4_gcm_as_in_rfc_8998_annex_a() -> None:
    """The very primitives of `Suite.seal`, with its nonce and key fixed as the example has them."""
    cipher = Cipher(algorithms.SM4(KEY), modes.GCM(bytes.fromhex("00001234567800000000abcd"))).encryptor()
    cipher.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    text = b"".join(bytes([sign]) * 8 for sign in b"\xaa\xbb\xcc\xdd\xee\xff\xee\xaa")
    body = cipher.update(text) + cipher.finalize()
    assert body.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert cipher.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_the_mac_is_hmac_with_sm3_under_a_key_of_its_own() -> None:
    """HMAC built by hand from SM3 alone (GB/T 15852.2), so that a wrong padding or key would show."""

    def by_hand(key: bytes, data: bytes) -> bytes:
        block = key.ljust(64, b"\0")
        inner = NATIONAL.digest(bytes(sign ^ 0x36 for sign in block) + data)
        return NATIONAL.digest(bytes(sign ^ 0x5C for sign in block) + inner)

    key = b"k" * 32
    derived = HMAC(key, hashes.SM3())
    derived.update(b"onedoor\0SM3")
    assert NATIONAL.mac(key, b"event") == by_hand(derived.finalize(), b"event")
    assert NATIONAL.mac(key, b"event") != by_hand(key, b"event")


@pytest.mark.parametrize("suite", [STANDARD, NATIONAL], ids=lambda suite: suite.code)
def test_what_is_sealed_opens_whole_in_its_place_and_with_its_key_alone(suite: Suite) -> None:
    key, text = b"f" * 32, "𠮷田安 13812345678".encode()
    sealed = suite.seal(key, text, b"party.phone")
    assert text not in sealed
    assert sealed.startswith(SEALED) == (suite is NATIONAL)
    assert unseal(key, sealed, b"party.phone") == text
    assert suite.seal(key, text, b"party.phone") != sealed
    for place in range(len(sealed)):
        spoilt = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(InvalidTag):
            unseal(key, spoilt, b"party.phone")
    for other_key, about in ((b"g" * 32, b"party.phone"), (key, b"party.id_number")):
        with pytest.raises(InvalidTag):
            unseal(other_key, sealed, about)


def test_a_stored_digest_says_whose_it_is() -> None:
    by_sha, by_sm3 = STANDARD.marked(STANDARD.digest(b"x")), NATIONAL.marked(NATIONAL.digest(b"x"))
    assert (len(by_sha), len(by_sm3), by_sm3[-1:]) == (32, 33, MARK)
    assert of_digest(by_sha) is STANDARD
    assert of_digest(by_sm3) is NATIONAL
    assert of_digest(bytes(31) + MARK) is STANDARD  # a SHA-256 that happens to end so


def test_an_unknown_suite_stops_the_start() -> None:
    assert chosen("sm") is NATIONAL
    with pytest.raises(BadSetting, match="ONEDOOR_SUITE"):
        chosen("md5")


def test_a_password_under_the_national_suite_and_its_renewal_under_the_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Pbkdf2Sm3.iterations >= 400_000
    monkeypatch.setattr(Pbkdf2Sm3, "iterations", 1_000)  # the test need not wait
    argon = "django.contrib.auth.hashers.Argon2PasswordHasher"
    settings.PASSWORD_HASHERS = ["onedoor.people.hashers.Pbkdf2Sm3", argon]
    hashed = make_password("Wolken-ziehen-7")
    assert hashed.startswith("pbkdf2_sm3$1000$")
    assert check_password("Wolken-ziehen-7", hashed)
    assert not check_password("Wolken-ziehen-8", hashed)

    settings.PASSWORD_HASHERS = [argon, "onedoor.people.hashers.Pbkdf2Sm3"]
    kept: list[str] = []
    assert check_password("Wolken-ziehen-7", hashed, setter=lambda raw: kept.append(make_password(raw)))
    assert [identify_hasher(one).algorithm for one in kept] == ["argon2"]

"""What is kept of a browser's words about itself: one word of a short list."""

import pytest

from onedoor.rules.devices import DEVICES, device_of, name_of, way_of_call

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "code"),
    [
        (f"Mozilla/5.0 (Windows NT 6.1; Win64; x64) {CHROME}", "windows"),
        (f"Mozilla/5.0 (X11; Linux aarch64) {CHROME} UOS Professional", "linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15", "mac"),
        (f"Mozilla/5.0 (Linux; Android 10; V2005A) {CHROME} Mobile", "android"),
        (f"Mozilla/5.0 (Linux; Android 10; HarmonyOS; ELS-AN00) {CHROME} Mobile", "harmony"),
        (f"Mozilla/5.0 (Phone; OpenHarmony 5.0) {CHROME} ArkWeb/4.1 Mobile", "harmony"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15", "apple"),
        ("python-httpx/0.28.1", ""),
        ("", ""),
        ("<script>\r\n" * 500, ""),
    ],
)
def test_a_device_is_one_word_of_the_list(agent: str, code: str) -> None:
    assert device_of(agent) == code
    assert code in {"", *DEVICES}


def test_browsers_call_the_api_from_the_field_app() -> None:
    assert way_of_call("Mozilla/5.0 (Linux; Android 10)") == "field"
    assert way_of_call("curl/8.5.0") == way_of_call("") == "program"


def test_a_name_says_what_is_known() -> None:
    assert name_of("desk", "windows") == "网页，Windows 电脑"
    assert name_of("server", "") == "服务器上签发的令牌"
    assert name_of("", "") == name_of("later", "watch") == "没有记下设备"

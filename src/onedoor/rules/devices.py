"""登录的设备: by what somebody is signed in, in plain words, so that he knows his own again. A word of a short list is
all that is kept of what a browser says of itself: no version, no model, nothing that tells one device from another of
its kind."""

WAYS = {"desk": "网页", "field": "网格应用", "program": "接口程序", "server": "服务器上签发的令牌"}
DEVICES = {
    "windows": "Windows 电脑",
    "mac": "苹果电脑",
    "linux": "统信、麒麟等 Linux 电脑",
    "harmony": "鸿蒙手机或平板",
    "android": "安卓手机或平板",
    "apple": "苹果手机或平板",
}
# what a browser says, in the order in which it counts: a phone with Android names Linux as well
_SIGNS = (
    ("HarmonyOS", "harmony"),
    ("OpenHarmony", "harmony"),
    ("Android", "android"),
    ("iPhone", "apple"),
    ("iPad", "apple"),
    ("Windows", "windows"),
    ("Macintosh", "mac"),
    ("Linux", "linux"),
)


def device_of(agent: str) -> str:
    """The code of the device by what its browser says of itself; nothing for what is none of them."""
    return next((code for sign, code in _SIGNS if sign in agent), "")


def way_of_call(agent: str) -> str:
    """By what the API is called: browsers call it from the field app alone."""
    return "field" if agent.startswith("Mozilla/") else "program"


def name_of(way: str, device: str) -> str:
    """`网页，Windows 电脑`; sign-ins of an older release have neither."""
    return "，".join(word for word in (WAYS.get(way, ""), DEVICES.get(device, "")) if word) or "没有记下设备"

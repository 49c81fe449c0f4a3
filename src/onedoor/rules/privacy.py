"""信息使用说明: what a resident is told before he hands in his matter (个人信息保护法 §17), in short plain words.

The notice has a version. Which one he has agreed to stands in the event of his registration, so a changed text gets a
new version by itself: its second half is a digest of what is said.
"""

import hashlib
from dataclasses import dataclass

EDITION = "2026-1"


@dataclass(frozen=True, slots=True)
class Kept:
    """How long one kind of data is kept. `unconfirmed`: no law that was read names the period (待核), the centre has
    set it and may change it."""

    what: str
    how_long: str
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """`points`: heading and sentence, in the order in which they are read."""

    version: str
    points: tuple[tuple[str, str], ...]
    kept: tuple[Kept, ...]


def privacy_notice(
    *,
    case_kept: str,
    visit_years: int,
    question_years: int,
    opinion_years: int,
    survey_years: int,
    message_days: int,
    booking_days: int,
    household_days: int,
    care_days: int,
) -> Notice:
    """The notice of a deployment with these periods. `case_kept`: the centre's own words for how long a matter's file
    is kept, empty as long as it has settled none: neither 人民调解 files nor others have a period in any text that
    was read."""
    points = (
        (
            "收集什么",
            "您写下的事情、地点、姓名、电话、怎样联系您，和您上传的材料。网上不收集身份证号；位置只有您点了才填。"
            "在线咨询、意见箱和问卷不问姓名；在线咨询可以留手机号，也可以不留。",
        ),
        (
            "为什么",
            "办理您这件事，核实情况，把进展和结果告诉您；咨询时留的手机号只用来发一条短信，告诉您有了结果。不作别的用途，不给人打分，不对外公开。",
        ),
        (
            "依据",
            "您的同意，和中心依法登记、办理、告知的职责：《个人信息保护法》第十三条、第十七条，《信访工作条例》第二十二条、"
            "第二十三条，《人民调解法》第二十七条。",
        ),
        ("谁能看", "中心和承办单位办这件事的人。平时遮盖电话和地址，每次查看完整信息都有记录，您能查到谁看过。"),
        (
            "您的权利",
            "可以要求查阅、复制、更正、删除（《个人信息保护法》第四十四条至第五十条），到窗口或者打电话提出。",
        ),
        ("未成年人", "不满十四周岁的，请由父母或者其他监护人来提交。"),
    )
    kept = (
        Kept("事项、材料和文书", case_kept or "按档案的保管期限保存，到期依法清除；年限由中心确定", not case_kept),
        Kept("接待、热线和转接时说的内容", f"{visit_years}年", unconfirmed=True),
        Kept("在线咨询的内容", f"{question_years}年", unconfirmed=True),
        Kept("咨询时留的手机号", "告知短信发出后就删除，发不出去的也删除"),
        Kept("意见箱的意见", f"{opinion_years}年", unconfirmed=True),
        Kept("问卷里写的话", f"问卷结束后{survey_years}年", unconfirmed=True),
        Kept("网格员上门走访记的地址和您提出的事（不记人）", f"{household_days}天", unconfirmed=True),
        Kept("帮扶计划和看望记录", f"计划结束后{care_days}天", unconfirmed=True),
        Kept("预约的称呼和电话", f"到场当天过后{booking_days}天"),
        Kept("短信发送记录（不存内容）", f"{message_days}天"),
        Kept("短信验证码", "10分钟内有效，不保存"),
        Kept("谁看过您的信息的记录", "不少于六个月（《网络安全法》第二十一条）"),
    )
    said = "\n".join([*(f"{name}：{text}" for name, text in points), *(f"{one.what}：{one.how_long}" for one in kept)])
    return Notice(f"{EDITION}.{hashlib.sha256(said.encode()).hexdigest()[:6]}", points, kept)

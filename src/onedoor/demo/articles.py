"""What the centre of 澜平县 has published, and one article that waits for its day."""

from datetime import datetime, timedelta
from pathlib import Path

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.queries.supervision_numbers import supervision_numbers
from onedoor.cases.sql import rows
from onedoor.hall.steps.articles import write_article
from onedoor.hall.steps.videos import add_video
from onedoor.people.steps.administering import By
from onedoor.people.tokens import signed_in_as
from onedoor.rules.articles import results_of

# kind, published so many days ago (negative: it will be), title, text
_ARTICLES = (
    ("promise", 90, "我们的服务承诺", """来一次，说一遍，我们做到：

- 进门有人问，不让您自己找窗口
- 什么事都先接下来，一件事一个编号
- 谁在办、什么时候办结，随时查得到
- 该去别的地方办的，书面告诉您去哪里、期限多长

做不到的，请打电话告诉我们。"""),
    ("law", 40, "邻居漏水怎么办", """楼上漏水，先拍照、录像，把时间记下来。

[video](楼上漏水怎么办.webm)

## 三步走
1. 找楼上说清楚，请物业一起看
2. 谈不拢，到中心请调解员到现场
3. 调解不成，可以到法院起诉

调解不收费，一方明确拒绝的不调解（《人民调解法》第四条、第十七条）。

要带什么，看[邻里纠纷调解](/guide/neighbours.mediation)。"""),
    ("law", 20, "没签劳动合同，工资怎么要", """没签合同也能要工资。考勤、工友证明、转账记录、聊天记录都是证据。

- 先到[拖欠农民工工资投诉](/guide/wages.complaint)登记
- 申请法律援助不查经济状况（《法律援助法》第四十二条）
- 劳动仲裁时效一年，拖欠工资的在职期间不受限制（《劳动争议调解仲裁法》第二十七条）"""),
    ("announcement", 12, "中心开放时间", """周一至周五上午8:30至12:00，下午2:30至6:00。
周末和节假日由值班人员接待紧急事项。

来之前可以先看[办事指南](/guide)，要带的东西都写在里面。"""),
    ("rota", 3, "本月领导带班安排", """每个工作日有一位县领导在中心带班，疑难的事可以当面反映。

每天是谁、哪些单位轮驻，看[这一周的值班安排](/today?week=)，可以打印。

要约时间的，看[领导接访预约](/guide/petition.leader)。"""),
    ("announcement", -5, "下周增设农民工工资临时窗口", "下周起，一楼增设两个临时窗口，专门受理拖欠农民工工资投诉。"),
)  # fmt: skip


FILM = "楼上漏水怎么办.webm"
_CAPTIONS = """
00:00:00,000 --> 00:00:03,000
楼上漏水怎么办

00:00:03,000 --> 00:00:06,000
一、先拍照、录像，把时间记下来

00:00:06,000 --> 00:00:09,000
二、找楼上说清楚，请物业一起看

00:00:09,000 --> 00:00:12,000
三、谈不拢，到中心请调解员到现场

00:00:12,000 --> 00:00:15,000
调解不收费，也可以到法院起诉
"""


def bring_articles(now: datetime) -> None:
    """Written by the director, each on its day; the numbers are those of the demo county, of this month so far."""
    director = signed_in_as(rows("SELECT id FROM people_account WHERE username = 'director'")[0]["id"])
    assert director is not None, "accounts of the demo county are in use"
    today = now.astimezone(ZONE)
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    numbers = results_of(today.year, today.month, supervision_numbers(first, now))
    for kind, ago, title, text in (*_ARTICLES, ("results", min(1, today.day - 1), *numbers)):
        begins = today - timedelta(days=ago)
        raw = {"kind": kind, "title": title, "text": text, "publish_on": begins.date().isoformat()}
        at = min(begins, today)
        by, article = By(director.actors[0], at), new_id()
        write_article(by=by, article=article, version=0, raw=raw)
        if FILM in text:
            with Path(__file__).with_name("leak.webm").open("rb") as file:
                add_video(by=by, article=article, name=FILM, file=file, captions=_CAPTIONS)

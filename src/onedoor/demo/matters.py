"""From an invented text to a matter as the hall takes it down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from onedoor.demo import persons
from onedoor.demo.county import TOWNS
from onedoor.demo.text import TOWN, Text
from onedoor.demo.texts import elsewhere, labour, land, living, neighbours, services, town

# Which limits a matter runs under follows from kind, purpose and channel (`rules.schemes.choose_scheme`).
DISPUTE, PETITION, HOTLINE, ORDINARY, QUESTION = "dispute", "petition", "hotline", "ordinary", "question"
DISCREET, ACCUSATION = "discreet", "accusation"

_APPEALS = (*town.APPEALS, *land.APPEALS, *labour.APPEALS)
# Only for those that somebody else is competent for.
ELSEWHERE = {"guided": elsewhere.GUIDED, "transferred": elsewhere.TRANSFERRED}
TEXTS: dict[str, tuple[Text, ...]] = {
    DISPUTE: (*neighbours.DISPUTES, *labour.DISPUTES, *living.DISPUTES, *land.DISPUTES),
    PETITION: _APPEALS,
    HOTLINE: _APPEALS,
    ORDINARY: (*services.INCIDENTS, *services.SUGGESTIONS),
    QUESTION: services.QUESTIONS,
    DISCREET: services.DISCREET,
    ACCUSATION: services.ACCUSATIONS,
}
_CHANNELS = {
    DISPUTE: ("window", "visit", "window", "hotline", "grid", "window", "transfer", "web", "window", "letter"),
    PETITION: ("window", "visit", "letter", "web", "transfer", "window", "mail"),
    HOTLINE: ("hotline",),
    ORDINARY: ("grid", "web", "grid", "window", "grid", "mail"),
    QUESTION: ("window", "window", "web", "visit"),
    DISCREET: ("window", "visit"),
    ACCUSATION: ("letter", "visit"),
}
_KINDS = {DISPUTE: "dispute", ORDINARY: "incident", QUESTION: "consultation"}

_ROADS = ("稻香路", "望澜路", "北门街", "学府路", "锦禾路", "渡口街", "南市街", "菜根巷")
_ESTATES = ("锦禾苑", "澜水湾小区", "稻香里小区", "望江名居", "南桥新村", "枫林雅苑", "书香庭院", "向阳小区")
FIRMS = {
    "labour": ("澜平恒筑劳务有限公司", "澜平众匠建筑劳务有限公司", "澜平青畦绿化工程有限公司"),
    "firm": ("澜平新禾包装有限公司", "澜平澜水木业有限公司", "澜平明丰电子厂"),
    "property": ("澜平安居邻里物业服务有限公司", "澜平锦禾物业管理有限公司", "澜平好邻居物业服务有限公司"),
    "builder": ("澜平望江置业有限公司", "澜平南桥房地产开发有限公司"),
    "restaurant": ("渡口人家饭店", "稻香渔府"),
    "school": ("澜平巧手家政职业培训学校", "澜平百业职业培训学校"),
    "art": ("墨池书法培训中心", "小荷书画培训中心"),
    "appliance": ("万家乐购电器商场", "北门家电城"),
    "tea": ("澜平云涧茶业有限公司", "澜平雾里春茶业有限公司"),
    "gym": ("动力源健身馆", "活力谷健身中心"),
    "travel": ("澜平好时光旅行社", "澜平远山旅行社"),
    "fuel": ("望澜路加油站", "南市街加油站"),
    "hospital": ("澜平康和医院", "澜平仁济堂医院"),
    "dentist": ("皓齿口腔诊所", "康美口腔诊所"),
    "delivery": ("飞燕配送澜平站", "快足配送澜平站"),
    "farm": ("澜平绿野蔬菜种植有限公司", "澜平丰禾农业开发有限公司"),
}
_TOWNS = {code: (word, name) for code, word, name, _ in TOWNS}


@dataclass(frozen=True, slots=True)
class Place:
    """A village; `accused` is the full name of the unit that an accusation from here is about."""

    code: str
    name: str
    accused: str = ""

    @property
    def town(self) -> str:
        return _TOWNS[self.code[:9]][1]

    @property
    def government(self) -> str:
        return f"gov-{_TOWNS[self.code[:9]][0]}"


@dataclass(frozen=True, slots=True)
class Matter:
    """`raw` is a body of POST /cases; the rest is what the people at the desk will write."""

    track: str
    raw: dict[str, Any]
    unit: str
    co: str
    outcome: str
    progress: str
    answer: str
    destination: str = ""
    route: str = ""
    why: str = ""


def unit_of(unit: str, place: Place) -> str:
    return place.government if unit == TOWN else unit


def channel_of(track: str, number: int) -> str:
    return _CHANNELS[track][number % len(_CHANNELS[track])]


def compose(number: int, text: Text, track: str, place: Place, at: datetime, *, anonymous: bool = False) -> Matter:
    """The matter number `number` of the county, told from `text`, brought at `at`. The same arguments always
    make the same matter."""
    yuan = text.yuan + text.yuan * (number * 7 % 23) // 20 // 10 * 10 if text.yuan else 0
    firms = FIRMS.get(text.against, ("",))
    words = {
        "village": place.name,
        "town": place.town,
        "road": _ROADS[number % len(_ROADS)],
        "estate": _ESTATES[number * 3 % len(_ESTATES)],
        "other": persons.name_of(number + 1200),
        "firm": firms[number % len(firms)],
        "amount": str(yuan),
        "n": str(max(2 + number % 7, text.many)),
        "m": str(2 + number * 5 % 8),
        "big": str(11 + number * 7 % 40),
    }
    kind = _KINDS.get(track, "appeal")
    purpose = {PETITION: "petition", ACCUSATION: "accusation"}.get(track, "")
    if text in services.SUGGESTIONS:
        kind, purpose = "appeal", "suggestion"
    channel = channel_of(track, number)
    raw: dict[str, Any] = {
        "channel": channel,
        "category": text.category,
        "kind": kind,
        "purpose": purpose,
        "title": text.title.format(**words),
        "narrative": text.narrative.format(**words),
        "parties": [] if anonymous else [_applicant(number + 400 * more, place) for more in range(text.many)],
        "anonymous": anonymous,
        "division": place.code,
        "address": f"{place.town}{place.name}",
        "amount": yuan * 100 if yuan else None,
        "people_involved": int(words["n"]) if text.many > 1 else None,
        "urgent": number % 29 == 0,
        "someone_hurt": text.hurt,
        "confidential": track == DISCREET,
        "occurred_at": at - timedelta(days=1 + number * 3 % 40, hours=number % 5) if kind != "consultation" else None,
    }
    if text.against and not anonymous:
        raw["parties"].append(_respondent(text, words, place))
    if channel == "hotline":
        raw["external_numbers"] = [{"system": "12345", "number": f"RX{at:%Y%m%d}{number:05d}"}]
    elif channel == "transfer":
        raw["external_numbers"] = [{"system": "上级交办", "number": f"JB{at:%Y%m}-{number:04d}"}]
    return Matter(
        track=track,
        raw=raw,
        unit=unit_of(text.unit, place),
        co=unit_of(text.co, place) if text.co else "",
        outcome=_outcome(text.outcome, track),
        progress=text.progress.format(**words),
        answer=text.answer.format(**words),
        destination=text.destination,
        route=text.route,
        why=text.why,
    )


def _outcome(outcome: str, track: str) -> str:
    """A petition gets a written opinion, a dispute an agreement, all else the plain result."""
    if track == DISPUTE:
        return outcome or "agreement_written"
    if track == PETITION:
        return outcome if outcome.startswith("opinion") else "opinion_support"
    return {"opinion_support": "put_right", "opinion_explain": "answered", "": "answered"}.get(outcome, outcome)


def _applicant(number: int, place: Place) -> dict[str, Any]:
    return {
        "part": "applicant",
        "kind": "person",
        "name": persons.name_of(number),
        # not everybody who telephones gives it
        "id_number": persons.id_number_of(number) if number % 3 else "",
        "phone": persons.phone_of(number),
        "address": f"{place.town}{place.name}{1 + number % 8}组{1 + number % 60}号",
        # some have a telephone that others read
        "contact": "none" if number % 17 == 5 else "",
        "safe_contact": "请村医转告，晚上八点以后" if number % 17 == 5 else "",
    }


def _respondent(text: Text, words: dict[str, str], place: Place) -> dict[str, Any]:
    if text.against == "person":
        return {"part": "respondent", "kind": "person", "name": words["other"]}
    name = place.accused if text.against == "accused" else words["firm"]
    return {"part": "respondent", "kind": "organisation", "name": name}

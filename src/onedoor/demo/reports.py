"""Reports, figures from outside and bulletins of 澜平县. Texts and outside figures are invented; the numbers of the
reports are counted from the county's matters as they are when it is loaded, so each is that of its list."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.sql import rows
from onedoor.demo.worktime import DAY, WorkTime
from onedoor.figures.external_file import MonthRow
from onedoor.figures.models import Bulletin, SituationReport
from onedoor.figures.steps.bulletins import publish_bulletin, read_bulletin, remind_readers, write_bulletin
from onedoor.figures.steps.external import import_external
from onedoor.figures.steps.reports import draft_report, issue_report, write_texts
from onedoor.people.tokens import SignedIn, signed_in_as
from onedoor.rules.external import EXTERNAL_KINDS

SOURCE = "县公安局指挥中心、县消防救援大队"
ISSUED, KEPT_MONTHS = 3, 17  # reports; months of outside figures, so that the year before can be compared
# a usual month, in the order of EXTERNAL_KINDS: parts are counted, their wholes added up
_USUAL = {
    "homicide": 0, "injury": 3, "robbery": 1, "theft_home": 6, "theft_vehicle": 4, "theft_in_car": 3,
    "pickpocketing": 2, "theft_other": 7, "fraud_telecom": 9, "fraud_network": 6, "fraud_card": 1,
    "fraud_superstition": 0, "fraud_other": 2, "extortion": 1, "rape": 0, "explosion": 0, "poisoning": 0, "drugs": 1,
    "public_order": 46, "order_accident": 2, "traffic": 88, "fire": 7, "help": 210, "reports": 64, "other": 31,
    "invalid": 120,
}  # fmt: skip
_TEXTS: Mapping[str, str] = {
    "judgement": "总体平稳，没有发生影响较大的案事件。矛盾纠纷仍集中在邻里、劳动争议和土地山林几类，"
    "多数在受理后能够就地化解。",
    "important": "本期没有需要单独列出的重要警情和重大事项。",
    "surge_reasons": "经向有关乡镇了解，没有发现同一原因引起的集中反映，继续观察。",
    "long_reasons": "时间较长的事项，主要卡在鉴定、测绘等待结果和当事人外出，需要承办单位逐件说明下一步。",
    "risks": "年底前后工资结算、土地流转到期，相关纠纷可能增多。",
    "advice": "人社、住建部门提前排查在建工地工资支付；各乡镇对土地流转合同到期情况摸一次底；"
    "超期事项由承办单位在一周内说明原因。",
}


def bring_reports(work: WorkTime, now: datetime) -> None:
    """Nothing where something is there already."""
    if SituationReport.objects.exists() or Bulletin.objects.exists():
        return
    director, supervisor = _person("director"), _person("supervisor")
    months = _months_before(now.astimezone(ZONE).date(), KEPT_MONTHS)
    import_external(
        actors=supervisor.actors,
        at=work.at(work.end - 2 * DAY),
        months=[_month(place, month) for place, month in enumerate(reversed(months))],
    )
    for month in reversed(months[: ISSUED + 1]):
        report = draft_report(actors=supervisor.actors, at=now, kind="month", year=month.year, number=month.month)
        if month == months[0]:  # the newest waits for its analyst
            half = {name: text for name, text in _TEXTS.items() if name in ("important", "long_reasons")}
            write_texts(actors=supervisor.actors, at=now, report=report, version=1, raw=half)
            continue
        write_texts(actors=supervisor.actors, at=now, report=report, version=1, raw=_TEXTS)
        issue_report(actors=director.actors, at=now, report=report, version=2)
    _bulletins(work, now, months[0])


def _months_before(day: date, count: int) -> list[date]:
    """The first days of the months before this one, the last one first."""
    found, month = [], day.replace(day=1)
    for _ in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month)
    return found


def _month(place: int, month: date) -> MonthRow:
    """Different for each month, the same each time."""
    counts: dict[str, int | None] = {
        code: usual and usual + (place * place + place * (7 + at) + at * 3) % (usual // 3 + 2) - usual // 6
        for at, (code, usual) in enumerate(_USUAL.items())
    }
    for whole in ("theft", "fraud", "criminal"):
        parts = [counts[code] or 0 for code, kind in EXTERNAL_KINDS.items() if kind.within == whole]
        counts[whole] = sum(parts)
    return MonthRow(place + 2, month, SOURCE, {code: counts[code] for code in EXTERNAL_KINDS})


def _bulletins(work: WorkTime, now: datetime, month: date) -> None:
    """One that everybody has read, and one with figures that some have."""
    director = _person("director")
    first, second = new_id(), new_id()
    written = work.at(work.end - 9 * DAY)
    write_bulletin(
        actors=director.actors, at=written, bulletin=first, version=0, figures=(),
        units=("rsj", "zjj"),
        raw={
            "title": "关于规范签收和告知的通报",
            "text": "近期抽查发现，个别事项交办后没有在当天签收，受理告知没有写明办理期限。现将有关要求通报如下：\n"
            "一、当天交办，当天签收\n承办单位收到交办后应在当天签收；认为不属于本单位职责的，在期限内提出异议，写明依据，不得搁置。\n"
            "二、告知要写清楚\n告知应写明受理单位、办理期限、联系电话和不服的途径。\n"
            "三、及时更新进展\n有阶段性进展的，当天记入事项，让群众看得到。",
        },
    )  # fmt: skip
    publish_bulletin(actors=director.actors, at=written, bulletin=first, version=1)
    for days, who in ((8.5, "unit_lead"), (8.2, "handler2")):
        read_bulletin(actors=_person(who).actors, at=work.at(work.end - int(days * DAY)), bulletin=first)
    until = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    write_bulletin(
        actors=director.actors, at=now, bulletin=second, version=0,
        units=("rsj", "zjj", "gaj", "sfj", "gov-qinghe"),
        figures=("registered", "closing", "on_time_closing"),
        raw={
            "title": f"关于{month.year}年{month.month}月事项办理情况的通报",
            "text": f"现将{month.year}年{month.month}月登记事项的办理情况通报如下，请各单位对照查找原因，"
            "超期事项在一周内说明情况并提出办结时间。",
            "since": month.isoformat(), "until": until.isoformat(), "by_unit": "yes",
        },
    )  # fmt: skip
    publish_bulletin(actors=director.actors, at=now, bulletin=second, version=1)
    read_bulletin(actors=_person("unit_lead").actors, at=now, bulletin=second)
    remind_readers(actors=director.actors, at=now, bulletin=second)


def _person(username: str) -> SignedIn:
    found = signed_in_as(rows("SELECT id FROM people_account WHERE username = %s", [username])[0]["id"])
    assert found is not None, "accounts of the demo county are in use"
    return found

"""事项列表: the list, its filters kept in the address."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from onedoor.cases import references
from onedoor.cases.queries.cases import Filters, list_cases
from onedoor.cases.queries.choices import divisions, top_categories, units
from onedoor.cases.queries.days import day_of, number_of
from onedoor.cases.queries.figures import NONE
from onedoor.people.tokens import SignedIn
from onedoor.rules.access import Viewer
from onedoor.rules.deadlines import light
from onedoor.rules.figures import CONDITIONS
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.intake import CHANNELS
from onedoor.rules.numbers import is_number, parse_number
from onedoor.rules.refusal import Refused, invalid
from onedoor.rules.seeing import ENDINGS, WEEKDAYS, level_name
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page

LIGHTS = {"red": "红灯", "yellow": "将到期", "green": "正常", "none": "无时限"}
ORDERS = {"newest": "最新登记", "oldest": "最早登记", "due_first": "最先到期"}
# what a number among the figures is narrowed to
OF_FIGURES = ("condition", "place", "alone", "lead", "ending", "weekday", "hour", "level", "exact")
KEPT = ("q", "stage", "light", "category", "unit", "division", "channel", "since", "until", "order", *OF_FIGURES)


def light_words(colour: str, now: datetime, due_at: datetime | None) -> str:
    """A light in words: a red one says whether the end has passed."""
    if colour == "red" and due_at is not None:
        return "已超期" if now > due_at else "紧急"
    return LIGHTS[colour]


def shown(items: list[dict[str, Any]], viewer: Viewer, now: datetime) -> list[dict[str, Any]]:
    """Items of a list as pages show them: stage and light in words, no title for those who see no names."""
    return [
        {
            **item,
            "title": item["title"] if viewer.sees_names else "",
            "stage_name": STAGE_NAMES[item["stage"]],
            "light": (colour := light(now, item["warn_at"], item["due_at"], item["red_at"])),
            "light_name": light_words(colour, now, item["due_at"]),
        }
        for item in items
    ]


@staff
def case_list(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """What I may see, filtered and paged; a wrong filter is told beside its field and the list stays empty."""
    now, viewer = timezone.now(), signed.viewer()
    values = {name: request.GET.get(name, "").strip() for name in KEPT}
    faults: dict[str, str] = {}
    found = None
    try:
        filters = _filters(values, signed, now)
        found = list_cases(viewer, filters, limit=50, cursor=request.GET.get("cursor") or None)
    except Refused as refused:
        faults = refused.fields or {"q": refused.sentence}
    context = {
        "values": values,
        "faults": faults,
        "items": shown(found.items, viewer, now) if found else [],
        "count": found.count if found else 0,
        "capped": found.capped if found else False,
        "next": _address(values, found.next_cursor) if found and found.next_cursor else "",
        "first": _address(values, None) if request.GET.get("cursor") else "",
        "filtered": any(value for name, value in values.items() if name != "order"),
        "more_filters": any(values[name] for name in ("unit", "division", "channel", "since", "until")),
        "stages": STAGE_NAMES,
        "lights": LIGHTS,
        "orders": ORDERS,
        "channels": CHANNELS,
        "counted": [CONDITIONS[part] for part in values["condition"].split(".") if part in CONDITIONS],
        "narrowed": _narrowed(values),
        "of_figures": {name: values[name] for name in OF_FIGURES if values[name]},
        "categories": _categories(values["category"]),
        "units": units(),
        "divisions": divisions(also=[values["division"]]),
    }
    return page(request, signed, "cases.html", context, 422 if faults else 200)


def _filters(values: dict[str, str], signed: SignedIn, now: datetime) -> Filters:
    for name, value in values.items():
        if "\0" in value:
            raise invalid(name, "查询条件中有不能使用的字符。")
    unit = division = None
    if values["unit"]:
        named = references.units_by_code([values["unit"]]).get(values["unit"])
        if named is None:
            raise invalid("unit", "没有这个单位。")
        unit = named.id
    if values["division"]:
        _, places = references.places([], [values["division"]])
        if values["division"] not in places:
            raise invalid("division", "没有这个区划。")
        division = places[values["division"]].id
    place = lead = None
    if values["place"]:
        _, places = references.places([], [values["place"]])
        if values["place"] not in places:
            raise invalid("place", "没有这个区划。")
        place = places[values["place"]].id
    if values["lead"]:
        leads = references.units_by_code([values["lead"]]).get(values["lead"])
        if leads is None and values["lead"] != NONE:
            raise invalid("lead", "没有这个单位。")
        lead = leads.id if leads else 0
    return Filters(
        condition=values["condition"],
        # at the whole of what is looked at, only what stands at its top itself asks for the place
        place=place if place != signed.root or values["alone"] else None,
        place_alone=bool(values["alone"]),
        lead=lead,
        ending=values["ending"],
        weekday=number_of(values["weekday"], "weekday"),
        hour=number_of(values["hour"], "hour"),
        level=number_of(values["level"], "level"),
        stages=(values["stage"],) if values["stage"] else (),
        category=values["category"],
        category_alone=bool(values["exact"]),
        unit=unit,
        division=division,
        root=signed.root,
        light=values["light"],
        channel=values["channel"],
        since=day_of(values["since"], "since"),
        until=day_of(values["until"], "until", end=True),
        text=values["q"],
        now=now,
        order=values["order"] or "newest",
    )


def _categories(chosen: str) -> list[dict[str, Any]]:
    """The first level, and the one that is asked for."""
    found = top_categories()
    if chosen and "\0" not in chosen and all(one["code"] != chosen for one in found):
        asked = references.places([chosen], [])[0].get(chosen)
        if asked is not None:
            found.append({"code": asked.code, "name": asked.name})
    return found


def _narrowed(values: dict[str, str]) -> list[str]:
    """What no field of the form shows, in words; wrong values have been told before."""
    told = [ENDINGS[values["ending"]]] if values["ending"] in ENDINGS else []
    try:
        weekday, hour, level = (number_of(values[name], name) for name in ("weekday", "hour", "level"))
    except Refused:
        return told
    if weekday in WEEKDAYS:
        told.append(f"{WEEKDAYS[weekday]}登记的")
    if hour is not None:
        told.append(f"{hour}时登记的")
    if level is not None:
        told.append(f"现在由{level_name(level)}办理的")
    if values["exact"]:
        told.append("只看这一类，不含它的下级类别")
    return told


def _address(values: dict[str, str], cursor: str | None) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    if cursor:
        query["cursor"] = cursor
    return f"{reverse('desk:cases')}?{query.urlencode()}"


@staff
def go(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """The box at the top: a number leads to its case, anything else to the search."""
    text = request.GET.get("q", "").strip()
    if is_number(text):
        return HttpResponseRedirect(reverse("desk:case", args=[parse_number(text)]))
    return HttpResponseRedirect(_address({"q": text}, None))

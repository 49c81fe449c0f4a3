"""Who handles each service in 澜平县, and at which telephone. The numbers are invented: no area code is 0900."""

from onedoor.hall.models import Service
from onedoor.people.models import Unit

# by group of the first catalogue; a service of its own comes after
_UNITS = {
    "family": "tw-hunyin", "neighbours": "tw-lianhe", "housing": "tw-lianhe", "estate": "tw-wuye", "land": "tw-tudi",
    "expropriation": "zrzyj", "labour": "tw-laodong", "wages": "rsj", "inspection": "rsj", "medical": "tw-yihuan",
    "traffic": "tw-jiaotong", "consumer": "scjgj", "business": "tw-lianhe", "damages": "tw-lianhe",
    "environment": "hjj", "petition": "xfj", "legal-aid": "sfj", "legal-advice": "sfj", "notary": "sfj",
    "appraisal": "sfj", "commercial": "sfj", "court": "fy", "reconsideration": "sfj", "women-children": "fl",
    "psychology": "centre", "grid": "cgj",
}  # fmt: skip
_OWN = {
    "neighbours.noise": "cgj", "housing.quality": "zjj", "land.arbitration": "nyncj", "land.ownership": "zrzyj",
    "labour.arbitration": "rsj", "labour.injury": "rsj", "wages.mediation": "tw-laodong",
    "medical.administrative": "wjj", "damages.police": "gaj", "environment.mediation": "tw-lianhe",
    "petition.leader": "centre", "court.prosecution": "jcy", "women-children.order": "fy",
    "women-children.minors": "gaj", "grid.hazard": "yjj", "grid.order": "gaj",
}  # fmt: skip
_FIRST_PHONE = 6660001
CENTRE_PHONE = "0900-6660000"


def bring_services() -> int:
    """Gives units to the services of the first catalogue that have none, and public telephones to units that have
    none; returns how many services got one."""
    there = {unit.code: unit for unit in Unit.objects.filter(phone="")}
    if "centre" in there:
        there.pop("centre")
        Unit.objects.filter(code="centre").update(phone=CENTRE_PHONE)
    named = sorted({*_UNITS.values(), *_OWN.values()} & there.keys())
    for place, code in enumerate(named):
        there[code].phone = f"0900-{_FIRST_PHONE + place}"
    Unit.objects.bulk_update([there[code] for code in named], ["phone"])
    without = list(Service.objects.select_related("group").filter(unit=""))
    for service in without:
        service.unit = _OWN.get(service.code, _UNITS.get(service.group.code, ""))
    return Service.objects.bulk_update(without, ["unit"])

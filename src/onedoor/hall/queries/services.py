"""The service catalogue: for residents what is in use, for who keeps it everything, paged by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, QuerySet

from onedoor.cases.schemes import book
from onedoor.cases.sql import rows
from onedoor.hall.models import Service, ServiceGroup
from onedoor.people.models import Unit
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.rules.services import Limit, how_long, window_name

PAGE = 50


@dataclass(frozen=True, slots=True)
class GuideGroup:
    group: ServiceGroup
    services: list[Service]


def guide(q: str = "") -> list[GuideGroup]:
    """What is in use, by group; `q` is part of a text, or letters of the name's pinyin. One query."""
    found = list(_searched(_in_use(), q))
    return [GuideGroup(group, list(services)) for group, services in groupby(found, key=lambda one: one.group)]


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service with what its codes mean today: `unit` is the one in use, `limits` those of the scheme."""

    service: Service
    unit: Unit | None
    limits: tuple[Limit, ...]
    window: str
    bring: list[str]
    basis: list[str]


def service_page(code: str) -> ServicePage:
    """A service in use; refuses as not found what is switched off or was never there."""
    service = _in_use().filter(code=code.replace("\0", "\ufffd")).first()
    if service is None:
        raise Refused(NOT_FOUND, "没有这项服务，可能已经调整。请到“办事指南”里查找，或打电话问一问。")
    scheme = book().schemes.get(service.scheme)
    return ServicePage(
        service=service,
        unit=Unit.objects.filter(code=service.unit, active=True).first() if service.unit else None,
        limits=how_long(scheme) if scheme is not None else (),
        window=window_name(service.line),
        bring=service.bring.splitlines(),
        basis=service.basis.splitlines(),
    )


def asked_of(code: str) -> tuple[str, str, str] | None:
    """Kind, purpose and category that a matter of this service is registered with; None if there is no such service
    or it leads to no matter."""
    found = _in_use().filter(code=code.replace("\0", "\ufffd")).values_list("kind", "purpose", "category").first()
    return found if found and found[0] else None


def service_names() -> list[dict[str, str]]:
    """Code and name of each in use, for programs."""
    return rows(
        "SELECT s.code, s.name FROM hall_service s JOIN hall_servicegroup g ON g.id = s.group_id"
        " WHERE s.active AND g.active ORDER BY g.position, g.code, s.position, s.code"
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """`following` is the code to go on after; empty at the end. `units`: code and short name of those in use."""

    items: Sequence[Service]
    following: str
    units: dict[str, str]


def list_services(*, q: str = "", group: str = "", state: str = "", after: str = "") -> Listed:
    """All services in the order of the guide. `state`: `active`, `off`, or `unconfirmed` for those in use with
    something that the centre has still to confirm."""
    found = _searched(Service.objects.select_related("group"), q)
    if group:
        found = found.filter(group__code=group)
    if state == "unconfirmed":
        found = found.filter(active=True).exclude(unconfirmed="")
    elif state:
        found = found.filter(active=state == "active")
    place = Service.objects.select_related("group").filter(code=after).first() if after else None
    if place is not None:
        here = (place.group.position, place.group.code, place.position, place.code)
        order = ("group__position", "group__code", "position", "code")
        later = Q()
        for last, name in enumerate(order):
            same = dict(zip(order[:last], here, strict=False))
            later |= Q(**same, **{f"{name}__gt": here[last]})
        found = found.filter(later)
    items = list(found[: PAGE + 1])
    units = Unit.objects.filter(active=True, code__in={one.unit for one in items})
    names = dict(units.values_list("code", "short_name"))
    return Listed(items[:PAGE], items[PAGE - 1].code if len(items) > PAGE else "", names)


def list_groups() -> list[ServiceGroup]:
    """All groups, with `count`, how many services of each are in use."""
    return list(
        ServiceGroup.objects.raw(
            "SELECT g.*, (SELECT count(*) FROM hall_service s WHERE s.group_id = g.id AND s.active) AS count"
            " FROM hall_servicegroup g ORDER BY g.position, g.code"
        )
    )


def _in_use() -> QuerySet[Service]:
    return Service.objects.select_related("group").filter(active=True, group__active=True)


def _searched(found: QuerySet[Service], q: str) -> QuerySet[Service]:
    if not q:
        return found
    wanted = Q(code__startswith=q.lower())
    for name in ("name", "group__name", "what", "for_whom", "handled_by"):
        wanted |= Q(**{f"{name}__icontains": q})
    if q.isascii() and q.isalpha():
        wanted |= Q(initials__contains=q.lower())
    return found.filter(wanted)

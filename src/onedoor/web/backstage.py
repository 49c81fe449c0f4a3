"""只读后台: Django's own admin at /admin/, for operators, to look at how cases stand.

The gate holds here too. Confidential cases are not in it, and of the others nothing that tells what or whom they are
about: numbers, stages, times and ids alone. Nothing can be changed, whatever the model's permissions say. Signing in
is the desk's, with its lock-out and second factor; each page that is opened stands in the access log.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from onedoor.cases.models import Assignment, Case, Clock, Event
from onedoor.cases.queries.case_file import EVENT_NAMES as _EVENTS
from onedoor.people.access_log import log_access
from onedoor.people.models import Account
from onedoor.people.tokens import SignedIn, signed_in
from onedoor.rules.access import Confidentiality
from onedoor.rules.flow import PART_NAMES, STAGE_NAMES
from onedoor.rules.intake import CHANNELS
from onedoor.rules.mediation_flow import ALL_MOVES
from onedoor.rules.refusal import NOT_ALLOWED, Refused
from onedoor.rules.schemes import CLOCK_NAMES
from onedoor.web.desk.access import address_of, token_of
from onedoor.web.desk.page import POLICY, refused_page

MOST_COUNTED = 1000
_AT = "%Y-%m-%d %H:%M:%S"


class Backstage(admin.AdminSite):
    site_header = site_title = "一扇门 · 只读后台"
    index_title = "事项的状态（不含内容和保密事项）"
    site_url = "/desk/"
    enable_nav_sidebar = False
    index_template = "admin/backstage.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return getattr(request.user, "is_operator", False) is True

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # type: ignore[override]
        """Operators who are signed in at the desk, reading; each page they open is logged."""
        inner = super().admin_view(view, cacheable)

        def looked_at(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            signed = _signed(request)
            operator = signed and Account.objects.filter(pk=signed.account, is_active=True, is_operator=True).first()
            if signed is None:
                return HttpResponseRedirect(f"{reverse('desk:sign_in')}?{urlencode({'next': request.path})}")
            if not operator:
                return refused_page(request, signed, Refused(NOT_ALLOWED, "只读后台只对获准的运维人员开放。"))
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET"])
            request.user = operator
            log_access(action="backstage", account=operator.pk, subject=request.path, address=address_of(request))
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            answer["Content-Security-Policy"] = POLICY
            answer["Cache-Control"] = "no-store, private"
            return answer

        return looked_at

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The desk's way in, which counts failures and asks for the second factor."""
        return HttpResponseRedirect(reverse("desk:sign_in"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(reverse("desk:me"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(reverse("desk:me"))


def _signed(request: HttpRequest) -> SignedIn | None:
    token = token_of(request)
    return signed_in(token) if token else None


class Capped(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody pages: a million rows would be counted for each page."""

    @cached_property
    def count(self) -> int:
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by()[:MOST_COUNTED].values("pk").count()


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # no generic at run time
    """Lists and single rows, of ordinary cases alone. `of_case` is the way from the row to its case."""

    of_case = ""
    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = Capped

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        ordinary = {f"{self.of_case}confidentiality": Confidentiality.ORDINARY}
        return super().get_queryset(request).filter(**ordinary)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No condition in the address but those of the filters: by one on the title it could be guessed."""
        return any(lookup == getattr(one, "parameter_name", None) for one in self.list_filter)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return getattr(request.user, "is_operator", False) is True

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        """Django's own log of changes: there are none here."""
        return HttpResponseRedirect(reverse("admin:index"))


def _by(parameter: str, title: str, names: Mapping[str, str]) -> type[admin.SimpleListFilter]:
    """A filter by a fixed code, which asks the table for nothing."""

    def lookups(self: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(code), name) for code, name in names.items()]

    def queryset(self: Any, request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        return found.filter(**{parameter: self.value()}) if self.value() else found

    members = {"title": title, "parameter_name": parameter, "lookups": lookups, "queryset": queryset}
    return type(f"By_{parameter}", (admin.SimpleListFilter,), members)


class CaseLook(LookOnly):
    list_display = ("number", "stage_name", "channel_name", "registered_at", "due_at", "version")
    list_filter = (_by("stage", "阶段", STAGE_NAMES), _by("channel", "渠道", CHANNELS))
    search_fields = ("number__exact",)
    ordering = ("-registered_at", "-id")
    fields = (
        *("id", "number", "county", "stage_name", "stage_since", "version", "channel_name", "scheme", "recorded_at"),
        *("registered_at", "accepted_at", "concluded_at", "closed_at", "served_at", "followed_up_at", "archived_at"),
        *("withdrawn_at", "paused_at", "warn_at", "due_at", "events"),
    )

    @admin.display(description="阶段", ordering="stage")
    def stage_name(self, case: Case) -> str:
        return STAGE_NAMES.get(case.stage, case.stage)

    @admin.display(description="渠道")
    def channel_name(self, case: Case) -> str:
        return CHANNELS.get(case.channel, case.channel)

    @admin.display(description="事件")
    def events(self, case: Case) -> SafeString:
        """The case's own ledger: its table has a key of three columns, which Django's admin cannot list by itself."""
        found = Event.objects.filter(case_id=case.pk, recorded_at__gte=case.recorded_at).order_by("seq")
        lines = ((one.seq, _name(one.kind), timezone.localtime(one.recorded_at).strftime(_AT)) for one in found[:500])
        return format_html_join(mark_safe("<br>"), "{} {} {}", lines)


def _name(kind: str) -> str:
    return ALL_MOVES[kind].label if kind in ALL_MOVES else _EVENTS.get(kind, kind)


class AssignmentLook(LookOnly):
    of_case = "case__"
    list_display = ("case", "unit", "lead", "stage_name", "assigned_at", "signed_at")
    list_filter = (_by("stage", "状态", PART_NAMES),)
    list_select_related = ("case", "unit")
    search_fields = ("case__number__exact",)
    ordering = ("-assigned_at", "-id")
    fields = (
        *("id", "case", "unit", "lead", "stage_name", "designated", "assigned_at", "object_until", "signed_at"),
        "end_reason",
    )

    @admin.display(description="状态")
    def stage_name(self, part: Assignment) -> str:
        return PART_NAMES.get(part.stage, part.stage)


class ClockLook(LookOnly):
    of_case = "case__"
    list_display = ("case", "kind_name", "scheme", "started_at", "warn_at", "due_at", "paused_at", "stopped_at")
    list_filter = (_by("kind", "种类", CLOCK_NAMES),)
    list_select_related = ("case",)
    search_fields = ("case__number__exact",)
    ordering = ("-started_at", "-id")
    fields = (
        *("id", "case", "kind_name", "scheme", "scheme_version", "started_at", "warn_at", "due_at", "paused_at"),
        *("extended", "stopped_at"),
    )

    @admin.display(description="种类")
    def kind_name(self, clock: Clock) -> str:
        return CLOCK_NAMES.get(clock.kind, clock.kind)


site = Backstage(name="admin")
site.register(Case, CaseLook)
site.register(Assignment, AssignmentLook)
site.register(Clock, ClockLook)

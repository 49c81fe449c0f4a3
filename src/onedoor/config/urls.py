"""Addresses. The API stands under /api/v1, everything else is pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from onedoor.api.main import api
from onedoor.api.problems import problem
from onedoor.web.backstage import site as backstage
from onedoor.web.health import healthz
from onedoor.web.home import home
from onedoor.web.public import kiosk
from onedoor.web.public.ticket import ticket_page
from onedoor.web.public.today import today_page
from onedoor.web.public.track import track_page
from onedoor.web.wall.hall import hall_wall, today_wall

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("api/v1/", api.urls),
    path("desk/", include("onedoor.web.desk.urls")),
    path("admin/", backstage.urls),
    path("kiosk", kiosk.kiosk_page, name="kiosk"),
    path("kiosk/draw", kiosk.draw, name="kiosk_draw"),
    path("kiosk/ticket/<str:code>", kiosk.kiosk_ticket, name="kiosk_ticket"),
    path("ticket/<str:code>", ticket_page, name="ticket"),
    path("wall/hall", hall_wall, name="wall_hall"),
    path("wall/hall/<str:centre>", hall_wall, name="wall_hall_of"),
    path("wall/today", today_wall, name="wall_today"),
    path("wall/today/<str:centre>", today_wall, name="wall_today_of"),
    path("today", today_page, name="today"),
    path("today/<str:centre>", today_page, name="today_of"),
    path("track", track_page, name="track"),
    path("", home, name="home"),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem("not_found", "没有这个地址。")
    return HttpResponse("没有这个页面。", status=404, content_type="text/plain; charset=utf-8")


def handler500(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem("internal", "系统出现故障，您的操作没有保存，请稍后重试。", status=500)
    return HttpResponse("系统出现故障，请稍后重试。", status=500, content_type="text/plain; charset=utf-8")

"""Addresses. The API stands under /api/v1, everything else is pages."""

import sys

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from onedoor.api.main import api
from onedoor.api.problems import passing_fault, problem
from onedoor.config.no_room import refused_anywhere
from onedoor.web.backstage import site as backstage
from onedoor.web.field.shell import manifest, shell_page, worker
from onedoor.web.health import healthz
from onedoor.web.metrics import metrics
from onedoor.web.public import kiosk, matter
from onedoor.web.public.apply import apply_page
from onedoor.web.public.ask import answered, ask_page, one_question
from onedoor.web.public.book import book_page, one_booking
from onedoor.web.public.care import care_page
from onedoor.web.public.elder import elder_mode
from onedoor.web.public.grid import grid_page
from onedoor.web.public.guide import guide_form, guide_item, guide_page
from onedoor.web.public.home import home
from onedoor.web.public.mediators import mediators_page
from onedoor.web.public.news import news_item, news_page, news_video
from onedoor.web.public.opinion import opinion_page
from onedoor.web.public.privacy import privacy_page
from onedoor.web.public.survey import survey_page
from onedoor.web.public.ticket import ticket_page
from onedoor.web.public.today import today_page
from onedoor.web.public.track import track_page
from onedoor.web.refusals import no_page
from onedoor.web.wall import board
from onedoor.web.wall.hall import hall_wall, today_wall

# Which zone serves what (ONEDOOR_ZONE) is settled here: an address belongs to exactly one of these lists.
EVERYWHERE: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("metrics", metrics),
]
INTERNAL: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("desk/", include("onedoor.web.desk.urls")),
    path("admin/", backstage.urls),
    path("field", shell_page, name="field"),
    path("field/sw.js", worker, name="field_worker"),
    path("field/manifest.webmanifest", manifest, name="field_manifest"),
    path("kiosk", kiosk.kiosk_page, name="kiosk"),
    path("kiosk/booking", kiosk.kiosk_booking, name="kiosk_booking"),
    path("kiosk/find", kiosk.kiosk_find, name="kiosk_find"),
    path("kiosk/draw", kiosk.draw, name="kiosk_draw"),
    path("kiosk/ticket/<str:code>", kiosk.kiosk_ticket, name="kiosk_ticket"),
    path("wall/board", board.board_wall, name="wall_board"),
    path("wall/board/data", board.board_data, name="wall_board_data"),
    path("wall/board/shapes", board.board_shapes, name="wall_board_shapes"),
    path("wall/hall", hall_wall, name="wall_hall"),
    path("wall/hall/<str:centre>", hall_wall, name="wall_hall_of"),
    path("wall/today", today_wall, name="wall_today"),
    path("wall/today/<str:centre>", today_wall, name="wall_today_of"),
]
PUBLIC: list[URLPattern | URLResolver] = [
    path("elder", elder_mode, name="elder"),
    path("apply", apply_page, name="apply"),
    path("privacy", privacy_page, name="privacy"),
    path("guide", guide_page, name="guide"),
    path("guide/form/<str:form>.pdf", guide_form, name="guide_form"),
    path("guide/<str:code>", guide_item, name="guide_item"),
    path("mediators", mediators_page, name="mediators"),
    path("grid", grid_page, name="grid"),
    path("news", news_page, name="news"),
    path("news/<uuid:article>", news_item, name="news_item"),
    path("news/<uuid:article>/<uuid:video>/<str:part>", news_video, name="news_video"),
    path("ticket/<str:code>", ticket_page, name="ticket"),
    path("today", today_page, name="today"),
    path("today/<str:centre>", today_page, name="today_of"),
    path("care", care_page, name="care"),
    path("track", track_page, name="track"),
    path("my", matter.my_matter, name="matter"),
    path("my/contact", matter.my_contact, name="matter_contact"),
    path("my/session", matter.my_session, name="matter_session"),
    path("my/looked", matter.looked, name="matter_looked"),
    path("my/papers/<uuid:paper>", matter.my_paper, name="matter_paper"),
    path("my/files/<uuid:file>", matter.my_file, name="matter_file"),
    path("my/leave", matter.leave, name="matter_leave"),
    path("my/<str:move>", matter.my_move, name="matter_move"),
    path("book", book_page, name="book"),
    path("book/<str:code>", one_booking, name="booking"),
    # the names begin alike, so that all of them stand under one link of the navigation
    path("ask", ask_page, name="ask"),
    path("ask/answers/<uuid:entry>", answered, name="ask_answered"),
    path("ask/<str:code>", one_question, name="ask_one"),
    path("opinion", opinion_page, name="ask_opinion"),
    path("survey/<uuid:survey>", survey_page, name="ask_survey"),
    path("rate/<str:code>", matter.rate_page, name="rate"),
    path("", home, name="home"),
]
ZONES = {
    "all": [*EVERYWHERE, *INTERNAL, *PUBLIC],
    "public": [*EVERYWHERE, *PUBLIC],
    "internal": [*EVERYWHERE, *INTERNAL],
}
# All of them in every zone: pages name each other's addresses. `middleware.Zone` decides what is answered.
urlpatterns = ZONES["all"]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem("not_found", "没有这个地址。")
    return no_page(request)


def handler500(request: HttpRequest) -> HttpResponse:
    if passing := passing_fault(sys.exc_info()[1]):
        return refused_anywhere(request, passing)
    if request.path.startswith("/api/"):
        return problem("internal", "系统出现故障，您的操作没有保存，请稍后重试。", status=500)
    return HttpResponse("系统出现故障，请稍后重试。", status=500, content_type="text/plain; charset=utf-8")

"""信息发布: the list, one article with preview and versions, and the buttons that show it or take it away."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.cases.ids import new_id
from onedoor.cases.queries.days import today
from onedoor.cases.queries.supervision_numbers import supervision_numbers
from onedoor.hall.models import Article
from onedoor.hall.queries.articles import article_with_versions, list_articles
from onedoor.hall.queries.videos import part_of, videos_of
from onedoor.hall.steps import articles as steps
from onedoor.hall.steps.videos import add_video, remove_video
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.rules.articles import ARTICLE_KINDS, ARTICLE_STATES, check_article, may_publish, results_of, state_of
from onedoor.rules.marks import Block, read_marks
from onedoor.rules.refusal import NOT_ALLOWED, NOT_FOUND, Refused, invalid
from onedoor.rules.videos import HELP
from onedoor.web.desk.access import View, address_of, staff
from onedoor.web.desk.admin.access import attempt, done_or_told
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.page import page
from onedoor.web.public.news import sent_part

FIELDS = ("kind", "title", "text", "publish_on", "withdraw_on")


def publisher(view: View) -> View:
    """A page for who may publish (403 for other staff); the view gets the By that its steps take."""

    @staff
    @wraps(view)
    def wrapped(request: HttpRequest, signed: SignedIn, **address: Any) -> HttpResponseBase:
        actor = next((actor for actor in signed.actors if may_publish(actor)), None)
        if actor is None:
            raise Refused(NOT_ALLOWED, "信息发布由系统管理员和中心主任办理。")
        return view(request, signed, By(actor, timezone.now(), address_of(request)), **address)

    return wrapped


@publisher
def article_list(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    day = today()
    values = {name: request.GET.get(name, "")[:200] for name in ("state", "kind")}
    found = list_articles(day, values["state"], values["kind"], request.GET.get("cursor", ""))
    query = urlencode({name: value for name, value in (values | {"cursor": found.next_cursor}).items() if value})
    context = {
        "values": values,
        "states": ARTICLE_STATES,
        "kinds": ARTICLE_KINDS,
        "items": [
            {
                "article": one,
                "kind_name": ARTICLE_KINDS[one.kind],
                "state_name": ARTICLE_STATES[state_of(one.publish_on, one.withdraw_on, day)],
            }
            for one in found.items
        ],
        "next": f"?{query}" if found.next_cursor else "",
        "filtered": any(values.values()),
    }
    return page(request, signed, "articles.html", context)


@require_http_methods(["GET", "POST"])
@publisher
def new_article(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """The form makes the id, so that it is one article however often it is sent."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = new_id()
    return _written(request, signed, by, key, None, _begun(request))


def _begun(request: HttpRequest) -> dict[str, str]:
    """What a new article begins with; `numbers` brings those of supervision of the month before this one."""
    if "numbers" not in request.GET:
        return {"kind": "announcement"}
    this_month = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    title, text = results_of(last_month.year, last_month.month, supervision_numbers(last_month, this_month))
    return {"kind": "results", "title": title, "text": text}


@require_http_methods(["GET", "POST"])
@publisher
def one_article(request: HttpRequest, signed: SignedIn, by: By, article: UUID) -> HttpResponse:
    there, _ = article_with_versions(article)
    return _written(request, signed, by, article, there, _now(there))


def _written(
    request: HttpRequest, signed: SignedIn, by: By, key: UUID, there: Article | None, now: dict[str, str]
) -> HttpResponse:
    """The form; POST previews what was typed, or saves it."""
    refused, seen = None, there.version if there else 0
    blocks: tuple[Block, ...] = ()
    typed = now
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in FIELDS}
        seen = whole(request.POST.get("version", ""), 0, 10**9) or 0
        if request.POST.get("do") == "preview":
            refused = attempt(lambda: check_article(typed))
            blocks = read_marks(typed["text"])
        else:
            refused = attempt(lambda: steps.write_article(by=by, article=key, version=seen, raw=typed))
            if refused is None:
                messages.success(request, f"已保存。{_when(typed)}")
                return HttpResponseRedirect(reverse("desk:article", args=[key]))
    return _form(request, signed, key=key, there=there, typed=typed, seen=seen, refused=refused, blocks=blocks)


@require_POST
@publisher
def change(request: HttpRequest, signed: SignedIn, by: By, article: UUID, what: str) -> HttpResponse:
    """A button: shown at once, taken away at once, back to an earlier version."""
    seen = whole(request.POST.get("version", ""), 1, 10**9) or 0
    wanted = whole(request.POST.get("wanted", ""), 1, 10**9) or 0
    steps_of: dict[str, tuple[str, Callable[[], None]]] = {
        "publish": ("已发布，公开页面上可以看到了。", lambda: steps.publish_now(by=by, article=article, version=seen)),
        "withdraw": ("已撤下，公开页面上不再显示。", lambda: steps.withdraw_now(by=by, article=article, version=seen)),
        "restore": (
            f"已恢复第{wanted}版。",
            lambda: steps.restore_article(by=by, article=article, version=seen, wanted=wanted),
        ),
    }
    if what not in steps_of:
        raise Refused(NOT_FOUND, "没有这个操作。")
    article_with_versions(article)  # or it is not found
    said, step = steps_of[what]
    return done_or_told(request, step, said, reverse("desk:article", args=[article]))


@require_POST
@publisher
def add_article_video(request: HttpRequest, signed: SignedIn, by: By, article: UUID) -> HttpResponse:
    """A file with its captions and, if need be, a picture; back to the article, or to its form with what is wrong."""
    there, _ = article_with_versions(article)
    file, poster = request.FILES.get("file"), request.FILES.get("poster")
    if not isinstance(file, UploadedFile) or file.file is None:
        limit = request.META.get("onedoor.too_large")
        said = f"视频太大，最多{settings.ATTACHMENT_LIMIT // 1024 // 1024}MB。" if limit else "请选择视频文件。"
        return _video_refused(request, signed, there, invalid("file", said))
    picture = (poster.name or "", poster.file) if isinstance(poster, UploadedFile) and poster.file else None
    opened, captions = file.file, request.POST.get("captions", "")
    try:
        name = add_video(by=by, article=article, name=file.name or "", file=opened, captions=captions, poster=picture)
    except Refused as refused:
        if refused.code == NOT_FOUND:
            raise
        return _video_refused(request, signed, there, refused)
    messages.success(request, f"视频已上传。在内容里单独写一行 [video]({name})，视频就出现在那里。")
    return HttpResponseRedirect(reverse("desk:article", args=[article]))


def _video_refused(request: HttpRequest, signed: SignedIn, there: Article, refused: Refused) -> HttpResponse:
    return _form(
        request, signed, key=there.pk, there=there, typed=_now(there), seen=there.version, refused=refused, blocks=(),
        captions=request.POST.get("captions", ""),
    )  # fmt: skip


@require_POST
@publisher
def remove_article_video(request: HttpRequest, signed: SignedIn, by: By, article: UUID, video: UUID) -> HttpResponse:
    return done_or_told(
        request,
        lambda: remove_video(by=by, article=article, video=video),
        "视频已删除。内容里还写着它的那一行，请改掉。",
        reverse("desk:article", args=[article]),
    )


@require_safe
@publisher
def article_video(
    request: HttpRequest, signed: SignedIn, by: By, article: UUID, video: UUID, part: str
) -> HttpResponseBase:
    """For the preview of what is not shown yet."""
    return sent_part(request, part_of(article, video, part))


def _now(there: Article) -> dict[str, str]:
    days = {name: getattr(there, name) for name in ("publish_on", "withdraw_on")}
    return {name: getattr(there, name) for name in FIELDS} | {
        name: day.isoformat() if day else "" for name, day in days.items()
    }


def _when(typed: dict[str, str]) -> str:
    content = check_article(typed)
    state = state_of(content.publish_on, content.withdraw_on, today())
    return {
        "draft": "现在是草稿，群众看不到。",
        "scheduled": "到发布日期自动出现。",
        "shown": "公开页面上可以看到了。",
        "withdrawn": "撤下日期已到，群众看不到。",
    }[state]


def _form(
    request: HttpRequest,
    signed: SignedIn,
    *,
    key: UUID,
    there: Article | None,
    typed: dict[str, str],
    seen: int,
    refused: Refused | None,
    blocks: tuple[Block, ...],
    captions: str = "",
) -> HttpResponse:
    form = Fields(typed, refused)
    state = state_of(there.publish_on, there.withdraw_on, today()) if there else ""
    context = {
        "key": key,
        "article": there,
        "seen": seen,
        "state": state,
        "state_name": ARTICLE_STATES.get(state, ""),
        "refused": refused,
        "typed": typed,
        "blocks": blocks,
        "videos": videos_of(key) if there else {},
        "video_route": "desk:article_video",
        "missing_videos": True,
        "captions": captions,
        "captions_help": HELP,
        "video_limit": settings.ATTACHMENT_LIMIT // 1024 // 1024,
        "faults": refused.fields if refused else {},
        "versions": article_with_versions(key)[1] if there else [],
        "fields": [
            form.one("kind", "种类", ARTICLE_KINDS),
            form.text("title", "标题"),
            form.long("text", "内容", rows=14),
            form.day("publish_on", "发布日期", required=False, help="从这一天起公开；不填是草稿。"),
            form.day("withdraw_on", "撤下日期", required=False, help="从这一天起不再公开；不填一直公开。"),
        ],
    }
    return page(request, signed, "article.html", context, 422 if refused else 200)

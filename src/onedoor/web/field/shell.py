"""The shell of the field app: a page without data, its manifest, its service worker. Anybody may fetch them; what a
worker sees comes through the API with his token, and lies sealed on his phone."""

import base64
import hashlib
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onedoor.config.settings import PACKAGE

BUILT = PACKAGE / "web" / "static" / "built"
ICONS = {192: "field-192.png", 512: "field-512.png"}
# Scripts and styles of ours only, none within the page; pictures and voices of the phone itself are shown as `blob:`.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:;"
    " connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
PERMISSIONS = "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()"

_packed = GZipMiddleware(lambda request: HttpResponse())


@require_safe
def shell_page(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(_page())
    answer["Content-Security-Policy"] = POLICY
    answer["Permissions-Policy"] = PERMISSIONS
    answer["Cache-Control"] = "no-cache"
    _packed.process_response(request, answer)
    return answer


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    page = reverse("field")
    answer = JsonResponse(
        {
            "id": page,
            "name": "一扇门 网格",
            "short_name": "一扇门网格",
            "lang": "zh-CN",
            "start_url": page,
            "scope": page,
            "display": "standalone",
            "background_color": "#f4f6f8",
            "theme_color": "#14507a",
            "icons": [
                {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
                for size, name in ICONS.items()
                for purpose in ("any", "maskable")
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps before it: a browser takes a change of that as a new one."""
    script = (BUILT / "field-sw.js").read_text(encoding="utf-8")
    answer = HttpResponse(f"const SHELL = {json.dumps(_shell())};\n{script}", content_type="text/javascript")
    answer["Service-Worker-Allowed"] = reverse("field")
    return answer


def _page() -> str:
    if settings.DEBUG:  # the built files may change under a running server
        _files.cache_clear()
    named = {file["name"]: file["url"] for file in _files()}
    return render_to_string("field/shell.html", {"script": named["field.js"], "style": named["field.css"]})


def _shell() -> dict[str, Any]:
    page = _page()
    files = [{"url": one["url"], "integrity": one["integrity"]} for one in _files()]
    version = hashlib.sha256(json.dumps([page, files]).encode()).hexdigest()[:16]
    return {"version": version, "page": reverse("field"), "files": files}


@cache
def _files() -> list[dict[str, str]]:
    """Every file of the shell with its address, which changes with its content, and its digest (Subresource
    Integrity)."""
    found = [
        (f"built/{one['name']}", one["integrity"]) for one in json.loads((BUILT / "field-shell.json").read_bytes())
    ]
    for name in ICONS.values():
        digest = hashlib.sha256((BUILT.parent / name).read_bytes()).digest()
        found.append((name, f"sha256-{base64.b64encode(digest).decode()}"))
    return [
        {
            "name": path.rpartition("/")[2],
            # icons are asked for by the manifest, under their plain address
            "url": static(path) + (f"?v={_short(integrity)}" if path.startswith("built/") else ""),
            "integrity": integrity,
        }
        for path, integrity in found
    ]


def _short(integrity: str) -> str:
    return base64.b64decode(integrity.partition("-")[2]).hex()[:12]

"""A paper as a file over HTTP, the same for pages and API."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from onedoor.papers.queries.papers import MEDIA, Rendered


def sent(made: Rendered, kind: str) -> HttpResponse:
    """`kind` is a key of MEDIA. Always saved, never kept on the way, never shown by the browser as a page of ours."""
    answer = HttpResponse(made.content, content_type=MEDIA[kind])
    answer["Content-Disposition"] = content_disposition_header(True, made.name) or "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "no-store"
    return answer

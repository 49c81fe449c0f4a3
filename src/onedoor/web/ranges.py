"""A file in pieces: browsers ask for parts of a video, and go on where they were."""

from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from onedoor.rules.refusal import Refused
from onedoor.rules.videos import Span, read_range

_PIECE = 64 * 1024


def sent_in_ranges(request: HttpRequest, path: Path, media: str, digest: str) -> HttpResponseBase:
    """The whole file, the range that was asked for (206), that it has not changed (304), or that there is no such
    range (416). Asked for again each time, for what is withdrawn must not play on."""
    mark = f'"{digest}"'
    if request.headers.get("If-None-Match") == mark:
        return _headed(HttpResponse(status=304), mark)
    size = path.stat().st_size
    span: Span | None = None
    # a range of what it was before is no range of what it is now
    if request.headers.get("If-Range", mark) == mark:
        try:
            span = read_range(request.headers.get("Range", ""), size)
        except Refused:
            refused = HttpResponse(status=416)
            refused["Content-Range"] = f"bytes */{size}"
            return _headed(refused, mark)
    first, last = (span.first, span.last) if span else (0, size - 1)
    answer = StreamingHttpResponse(_pieces(path, first, last), status=206 if span else 200, content_type=media)
    answer["Content-Length"] = str(last - first + 1)
    if span:
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _headed(answer, mark)


def _headed(answer: HttpResponseBase, mark: str) -> HttpResponseBase:
    answer["Accept-Ranges"], answer["ETag"] = "bytes", mark
    answer["Cache-Control"] = "no-cache, private"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _pieces(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece

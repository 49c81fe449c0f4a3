"""What answers hold, for the OpenAPI document: of each call what may be relied on. The views decide; a drill holds
them to it (`./onedoor drill fuzz`).
"""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from onedoor.api.schemas import REFUSED, Json

_TEXT: Json = {"type": "string"}
_WHOLE: Json = {"type": "integer"}
_FLAG: Json = {"type": "boolean"}
_TIME: Json = {"type": "string", "format": "date-time"}
_FILE: Json = {"type": "string", "format": "binary"}


def _maybe(schema: Json) -> Json:
    return {**schema, "type": [schema["type"], "null"]}


def _object(**properties: Json) -> Json:
    """With at least these, all of them always there."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _items(schema: Json) -> Json:
    return {"type": "array", "items": schema}


_NAMED = _object(code=_TEXT, name=_TEXT)
_ANY: Json = {"type": "object"}
_CASE = _object(
    number=_TEXT, title=_TEXT, stage=_TEXT, stage_name=_TEXT, category=_TEXT, kind=_TEXT, purpose=_TEXT, channel=_TEXT,
    confidentiality=_TEXT, lead_unit=_maybe(_NAMED), light=_TEXT, due_at=_maybe(_TIME), version=_WHOLE,
    registered_at=_maybe(_TIME),
)  # fmt: skip
_FILE_OF_CASE = {
    **_CASE,
    "properties": {
        **_CASE["properties"],
        "narrative": _TEXT,
        "parties": _items(_object(part=_TEXT, kind=_TEXT, name=_TEXT)),
        "co_units": _items(_NAMED),
        "attachments": _items(_object(id=_TEXT, name=_TEXT, size=_WHOLE)),
    },
    "required": [*_CASE["required"], "narrative", "parties", "co_units", "attachments"],
}
# A move may end the access of who makes it: then number and version are all that is told.
_MOVED: Json = {"anyOf": [_FILE_OF_CASE, _object(number=_TEXT, version=_WHOLE)]}
_VISIT = _object(
    number=_TEXT, purpose=_TEXT, purpose_name=_TEXT, persons=_WHOLE, ending=_maybe(_TEXT), ending_name=_TEXT
)
_SLIP = _object(number=_TEXT, state=_TEXT)
_HAVE = _object(have=_WHOLE, whole=_FLAG)
_JSON = "application/json"
_ROWS = _object(items=_items(_ANY))
# path and method: status, media type, schema (None: no content)
_ANSWERS: dict[tuple[str, str], dict[str, tuple[str, Json | None]]] = {
    ("/sessions", "post"): {"201": (_JSON, _object(token=_TEXT, expires_at=_TIME))},
    ("/sessions", "delete"): {"204": ("", None)},
    ("/me", "get"): {"200": (_JSON, _object(
        username=_TEXT, name=_TEXT, posts=_items(_object(id=_WHOLE, role=_TEXT, unit=_NAMED, division=_NAMED)),
    ))},
    ("/catalogue", "get"): {"200": (_JSON, _object(
        categories=_items(_NAMED), kinds=_items(_NAMED), purposes=_items(_NAMED), channels=_items(_NAMED),
        outcomes=_items(_NAMED), units=_items(_NAMED), divisions=_items(_NAMED), schemes=_items(_NAMED),
        services=_items(_NAMED),
    ))},
    ("/deadlines/preview", "post"): {"200": (_JSON, _object(clocks=_items(_object(
        kind=_TEXT, due_at=_TIME, basis=_TEXT, explanation=_items(_TEXT),
    ))))},
    ("/figures/{name}", "get"): {"200": (_JSON, _object(
        name=_TEXT, label=_TEXT, formula=_TEXT,
        rows=_items(_object(key=_TEXT, name=_TEXT, numerator=_WHOLE, value=_TEXT)),
    ))},
    ("/cases", "post"): {"200": (_JSON, _FILE_OF_CASE), "201": (_JSON, _FILE_OF_CASE)},
    ("/cases", "get"): {"200": (_JSON, _object(
        items=_items(_CASE), next_cursor=_maybe(_TEXT), count=_object(value=_WHOLE, capped=_FLAG),
    ))},
    ("/cases/{number}", "get"): {"200": (_JSON, _FILE_OF_CASE)},
    ("/cases/{number}/events", "get"): {"200": (_JSON, _ROWS)},
    ("/cases/{number}/clocks", "get"): {"200": (_JSON, _ROWS)},
    ("/cases/{number}/moves", "get"): {"200": (_JSON, _object(items=_items(_object(move=_TEXT, allowed=_FLAG))))},
    ("/cases/{number}/moves/{move}", "post"): {"200": (_JSON, _MOVED)},
    ("/cases/{number}/attachments", "post"): dict.fromkeys(("200", "201"), (_JSON, _object(id=_TEXT, again=_FLAG))),
    ("/cases/{number}/attachments/{attachment}", "get"): {"200": ("*/*", _FILE)},
    ("/cases/{number}/papers", "get"): {"200": (_JSON, _ROWS)},
    ("/cases/{number}/papers/{paper}/{kind}", "get"): {"200": ("*/*", _FILE)},
    ("/visits", "post"): {"200": (_JSON, _VISIT), "201": (_JSON, _VISIT)},
    ("/visits", "get"): {"200": (_JSON, _object(
        items=_items(_VISIT), next_cursor=_maybe(_TEXT), count=_object(batches=_WHOLE, persons=_WHOLE),
    ))},
    ("/visits/{number}", "get"): {"200": (_JSON, _VISIT)},
    **{(f"/visits/{{number}}/{step}", "post"): {"200": (_JSON, _VISIT)} for step in ("answer", "end", "remarks")},
    ("/handovers", "post"): {"200": (_JSON, _SLIP), "201": (_JSON, _SLIP)},
    ("/handovers/{number}", "get"): {"200": (_JSON, _SLIP)},
    ("/handovers/{number}/answer", "post"): {"200": (_JSON, _SLIP)},
    ("/sync", "post"): {"200": (_JSON, _object(now=_TIME, entries=_items(_object(state=_TEXT, again=_FLAG))))},
    ("/sync", "get"): {"200": (_JSON, _object(now=_TIME)), "304": ("", None)},
    ("/sync/kept", "get"): {"200": (_JSON, _ANY)},
    ("/sync/asks", "get"): {"200": (_JSON, _ROWS)},
    ("/sync/asks/{entry}", "post"): {"200": (_JSON, _ANY)},
    ("/sync/device", "post"): {"200": (_JSON, _object(key=_TEXT, proof=_TEXT))},
    ("/sync/files/{sha256}", "get"): {"200": (_JSON, _HAVE)},
    ("/sync/files/{sha256}", "put"): {"200": (_JSON, _HAVE)},
}  # fmt: skip
_DONE = {"200": "办好了，或者查到的内容", "201": "新建了", "204": "办好了，没有内容", "304": "没有变化"}


class Documented(NinjaAPI):
    """The framework's document, with what every call answers and how it refuses."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for path, calls in document["paths"].items():
            for method, call in calls.items():
                told = _ANSWERS[path.removeprefix("/api/v1"), method]
                call["responses"] = {
                    **{status: _response(status, *content) for status, content in told.items()},
                    **REFUSED,
                }
        return document


def _response(status: str, media: str, schema: Json | None) -> Json:
    content = {"content": {media: {"schema": schema}}} if schema is not None else {}
    return {"description": _DONE[status], **content}

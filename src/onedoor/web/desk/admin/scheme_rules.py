"""方案适用规则: the ordered table, changed line by line on the screen and saved as a whole."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onedoor.cases.queries.catalogue import whole_tree
from onedoor.cases.queries.schemes import changes_of_rules
from onedoor.cases.schemes import book
from onedoor.cases.steps.schemes import write_rules
from onedoor.people.steps.administering import By
from onedoor.people.steps.form import Form
from onedoor.people.tokens import SignedIn
from onedoor.rules.intake import CHANNELS, KINDS, PURPOSES
from onedoor.rules.refusal import CONFLICT, Refused, invalid
from onedoor.rules.scheme_book import LEVEL_NAMES, rule_content
from onedoor.rules.schemes import TRACKS, Scheme
from onedoor.web.desk.admin.access import administrator
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.page import page

MOST = 200
URGENT = {"yes": "紧急的", "no": "不紧急的"}
LABELS = {
    "purpose": "信访目的",
    "track": "办理程序",
    "category": "类别",
    "kind": "事项性质",
    "channel": "来源渠道",
    "urgent": "是否紧急",
    "level": "现办中心层级",
}
Line = dict[str, Any]


@require_http_methods(["GET", "POST"])
@administrator
def rules_page(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    """Without scripts each button sends the whole table back and forth; only `save` writes it."""
    now, past = book(newest=True), changes_of_rules()
    newest = str(past[0]["id"]) if past else ""
    saved = [rule_content(rule) for rule in now.rules]
    tables = _tables()
    lines, typed, refused = saved, {"at": ""}, None
    if request.method == "POST":
        typed = request.POST.dict()
        try:
            lines = _read(request.POST)
            lines, typed = _done(lines, typed, now.schemes, tables)
            if typed.get("do") == "save":
                _save(by, lines, typed, newest)
                messages.success(request, "规则已保存，从现在起登记的事项按它选定方案。")
                return HttpResponseRedirect(reverse("desk:admin_scheme_rules"))
        except Refused as error:
            refused = error
    fields = _fields(typed, refused, now.schemes, tables)
    context = {
        "lines": [_shown(line, now.schemes, tables) for line in lines],
        "unsaved": lines != saved,
        "fields": fields,
        "at": "" if (at := whole(typed.get("at", ""), 0, len(lines) - 1)) is None else at,
        "place": 0 if at is None else at + 1,
        "reason": Fields(typed, refused).text("reason", "修改理由", required=False),
        "newest": typed.get("newest", newest) if request.method == "POST" else newest,
        "past": past,
        "refused": refused,
    }
    return page(request, signed, "admin/scheme_rules.html", context, 422 if refused else 200)


def _save(by: By, lines: list[Line], typed: dict[str, str], newest: str) -> None:
    if typed.get("newest") != newest:
        raise Refused(CONFLICT, "规则刚被别人改过，请重新打开本页再改。")
    write_rules(by=by, rules=lines, reason=typed.get("reason", ""))


def _tables() -> dict[str, dict[str, str]]:
    return {
        "purpose": PURPOSES,
        "track": {code: name for code, name in TRACKS.items() if code},
        "category": {one["code"]: "　" * one["depth"] + one["name"] for one in whole_tree()},
        "kind": KINDS,
        "channel": CHANNELS,
        "urgent": URGENT,
        "level": LEVEL_NAMES,
    }


def _read(given: QueryDict) -> list[Line]:
    """The lines as the page sent them along."""
    try:
        lines = [orjson.loads(text) for text in given.getlist("rule")[: MOST + 1]]
    except orjson.JSONDecodeError:
        lines = [None]
    if not all(isinstance(line, dict) and all(isinstance(one, str | bool) for one in line.values()) for line in lines):
        raise invalid("rules", "规则表不完整，请重新打开本页。")
    if len(lines) > MOST:
        raise invalid("rules", f"最多{MOST}条规则。")
    return lines


def _done(
    lines: list[Line], typed: dict[str, str], schemes: Mapping[str, Scheme], tables: dict[str, dict[str, str]]
) -> tuple[list[Line], dict[str, str]]:
    """The lines after the button, and what the form beside them says then."""
    do, _, which = typed.get("do", "").partition(".")
    found = whole(which, 0, len(lines) - 1)
    place = -1 if found is None else found
    lines = list(lines)
    if do == "put":
        line, at = _typed_line(typed, schemes, tables), whole(typed.get("at", ""), 0, len(lines) - 1)
        if at is None:
            lines.append(line)
        else:
            lines[at] = line
        return lines, _keep(typed)
    if place >= 0 and do in ("up", "down"):
        other = place + (1 if do == "down" else -1)
        if 0 <= other < len(lines):
            lines[place], lines[other] = lines[other], lines[place]
        return lines, _keep(typed)
    if place >= 0 and do == "remove":
        del lines[place]
        return lines, _keep(typed)
    if place >= 0 and do == "edit":
        line = {name: str(value) for name, value in lines[place].items() if name != "urgent"}
        urgent = {True: "yes", False: "no"}.get(lines[place].get("urgent"), "")  # type: ignore[arg-type]
        return lines, {**_keep(typed), **line, "urgent": urgent, "at": str(place)}
    return lines, typed


def _keep(typed: dict[str, str]) -> dict[str, str]:
    return {"reason": typed.get("reason", ""), "newest": typed.get("newest", ""), "at": ""}


def _typed_line(typed: dict[str, str], schemes: Mapping[str, Scheme], tables: dict[str, dict[str, str]]) -> Line:
    form = Form()
    names = {code: scheme.name for code, scheme in schemes.items()}
    line: Line = {
        "scheme": form.choice("scheme", typed.get("scheme", ""), "方案", names),
        "why": form.text("why", typed.get("why", ""), "理由", 200),
    }
    for name, label in LABELS.items():
        if given := typed.get(name, ""):
            if given not in tables[name]:
                form.fault(name, f"请选择{label}。")
            line[name] = given == "yes" if name == "urgent" else given
    form.check()
    return line


def _shown(line: Line, schemes: Mapping[str, Scheme], tables: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A line in words."""
    scheme = schemes.get(str(line.get("scheme", "")))
    conditions = []
    for name, label in LABELS.items():
        if name == "urgent" and name in line:
            conditions.append(URGENT["yes" if line[name] else "no"])
        elif line.get(name):
            conditions.append(f"{label}为“{tables[name].get(str(line[name]), str(line[name])).strip()}”")
    return {
        "json": orjson.dumps(line).decode(),
        "scheme": scheme,
        "name": scheme.name if scheme else str(line.get("scheme", "")),
        "why": str(line.get("why", "")),
        "when": "，".join(conditions) or "任何事项",
    }


def _fields(
    typed: dict[str, str], refused: Refused | None, schemes: Mapping[str, Scheme], tables: dict[str, dict[str, str]]
) -> list[Any]:
    form = Fields(typed, refused)
    names = {code: scheme.name for code, scheme in schemes.items() if not scheme.to_choose}
    return [
        form.one("scheme", "适用的方案", names, required=False),
        form.text("why", "为什么", required=False),
        *(form.one(name, label, tables[name], required=False) for name, label in LABELS.items()),
    ]

"""The form in which a scheme's next version is written: what is shown, what its buttons do, and what is read back."""

from collections.abc import Mapping
from typing import Any

from onedoor.people.steps.form import Form
from onedoor.rules.refusal import Refused, invalid
from onedoor.rules.scheme_book import SCHEMES
from onedoor.rules.schemes import CLOCK_NAMES, FALLBACK, LEVELS, NEEDED, RUNG_STARTS, RUNG_TELLS, Scheme
from onedoor.web.desk.admin.fields import Fields, whole
from onedoor.web.desk.admin.scheme_limit import MOVES, UNITS, blank, limit_fields, read_limit, read_period, typed_limit

Typed = dict[str, str]
MOST_RUNGS = 9
_RUNG = ("on", "after", "unit", "level", "tell")


def typed_of(scheme: Scheme) -> Typed:
    """What the form says before anybody has typed. `kinds`: the limits that it has, in their order."""
    typed = {
        "name": scheme.name,
        "note": scheme.note,
        "to_choose": "yes" if scheme.to_choose else "",
        "unit_accepts": "yes" if scheme.unit_accepts else "",
        "kinds": " ".join(scheme.items),
    }
    for item in scheme.items.values():
        typed |= typed_limit(item)
    rungs = [(one.on, str(one.after.amount), str(one.after.unit), one.level, one.tell) for one in scheme.ladder]
    return typed | _typed_rungs([dict(zip(_RUNG, one, strict=True)) for one in rungs])


def _typed_rungs(rungs: list[Typed]) -> Typed:
    return {f"ladder.{place}.{name}": rung[name] for place, rung in enumerate(rungs) for name in _RUNG}


def _rungs(typed: Mapping[str, str]) -> list[Typed]:
    """The steps of the ladder as they were typed."""
    places = [place for place in range(MOST_RUNGS) if f"ladder.{place}.after" in typed]
    return [{name: typed.get(f"ladder.{place}.{name}", "") for name in _RUNG} for place in places]


def _kinds(typed: Mapping[str, str]) -> list[str]:
    given = [kind for kind in typed.get("kinds", "").split() if kind in CLOCK_NAMES]
    return list(dict.fromkeys([*given, *NEEDED]))


def pressed(scheme: Scheme, typed: Typed) -> Typed | None:
    """What the form says after a button that adds or takes away; None: another button. Refuses what cannot go."""
    what, _, rest = typed.get("do", "").partition(".")
    do, _, which = rest.partition(".")
    match what, do:
        case "rung", "add" | "remove":
            rungs = _rungs(typed)
            if do == "add" and len(rungs) < MOST_RUNGS:
                rungs.append(dict.fromkeys(_RUNG, "") | {"on": "due", "unit": rungs[-1]["unit"] if rungs else ""})
            elif do == "remove" and (place := whole(which, 0, len(rungs) - 1)) is not None:
                del rungs[place]
            return _without(typed, "ladder") | _typed_rungs(rungs)
        case "limit", "add":
            return _with_limit(scheme, typed)
        case "limit", "remove":
            if which in NEEDED:
                raise invalid(which, f"“{CLOCK_NAMES[which]}”时限不能删去，办理流程要用到它。")
            kinds = [kind for kind in _kinds(typed) if kind != which]
            return (_without(typed, which) if which in CLOCK_NAMES else typed) | {"kinds": " ".join(kinds)}
    return None


def _without(typed: Typed, place: str) -> Typed:
    return {name: text for name, text in typed.items() if not name.startswith(f"{place}.")}


def _with_limit(scheme: Scheme, typed: Typed) -> Typed:
    """One more limit: as it was before it was taken away, or as is usual, or empty."""
    kinds, kind = _kinds(typed), typed.get("add", "")
    if kind not in CLOCK_NAMES or kind in kinds:
        raise invalid("add", "请选择要增加哪项时限。")
    known = scheme.items.get(kind) or SCHEMES[FALLBACK].items.get(kind)
    return typed | (typed_limit(known) if known else blank(kind)) | {"kinds": " ".join([*kinds, kind]), "added": kind}


def fields_of(typed: Mapping[str, str], refused: Refused | None) -> dict[str, Any]:
    """The fields as the template draws them: `top`, `rungs`, `limits` with theirs, and what may be added."""
    form = Fields(typed, refused)
    kinds, rungs = _kinds(typed), _rungs(typed)
    absent = {kind: name for kind, name in CLOCK_NAMES.items() if kind not in kinds}
    return {
        "top": [
            form.text("name", "方案名称"),
            form.text("note", "说明", required=False),
            form.tick("to_choose", "待选定（还没有定下来用不用，规则暂不指向它）"),
            form.tick("unit_accepts", "先由承办单位决定是否受理，再办理"),
        ],
        "kinds": " ".join(kinds),
        "limits": [limit_fields(form, kind) for kind in kinds],
        "added": typed.get("added", ""),
        "add": form.one("add", "增加一项时限", absent, required=False) if absent else None,
        "events": MOVES.values(),
        "rungs": [_rung_fields(form, f"ladder.{place}") for place in range(len(rungs))],
        "more_rungs": len(rungs) < MOST_RUNGS,
        "reason": form.text("reason", "修改理由", help="写明文件、会议纪要或领导批示。"),
    }


def _rung_fields(form: Fields, place: str) -> list[Any]:
    return [
        form.one(f"{place}.on", "从何时起", RUNG_STARTS),
        form.number(f"{place}.after", "满"),
        form.one(f"{place}.unit", "单位", UNITS),
        form.one(f"{place}.level", "督办级别", LEVELS),
        form.one(f"{place}.tell", "告知谁", RUNG_TELLS),
    ]


def read_content(scheme: Scheme, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as `read_scheme` reads it; refuses with every fault at its field."""
    form = Form()
    form.text("reason", typed.get("reason", ""), "修改理由", 500)
    content = {
        "usual": False,
        "name": form.text("name", typed.get("name", ""), "方案名称", 60),
        "note": form.text("note", typed.get("note", ""), "说明", 500, required=False),
        "to_choose": bool(typed.get("to_choose")),
        "unit_accepts": bool(typed.get("unit_accepts")),
        "ladder": [_read_rung(form, f"ladder.{place}", rung) for place, rung in enumerate(_rungs(typed))],
        "items": {kind: read_limit(form, kind, scheme.items.get(kind), typed) for kind in _kinds(typed)},
    }
    form.check()
    return content


def _read_rung(form: Form, place: str, rung: Typed) -> dict[str, str]:
    return {
        "on": form.choice(f"{place}.on", rung["on"] or "due", "从何时起", RUNG_STARTS),
        "after": read_period(form, place, "after", "unit", "满", rung, least=0),
        "level": form.choice(f"{place}.level", rung["level"], "督办级别", LEVELS),
        "tell": form.choice(f"{place}.tell", rung["tell"], "告知谁", RUNG_TELLS),
    }

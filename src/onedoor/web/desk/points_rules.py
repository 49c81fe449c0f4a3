"""积分办法: the set of rules that holds, another one tried on last year, and written as the next version."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.figures.queries.trial import last_year, try_set
from onedoor.figures.sets import newest_set
from onedoor.figures.steps.point_sets import write_set
from onedoor.figures.subjects import of_centre, root_path
from onedoor.people.tokens import SignedIn
from onedoor.rules import point_book
from onedoor.rules.months import month_of
from onedoor.rules.points import EXCLUSIONS, FACTS, RANKED_BY, SUBJECTS, TRAITS, RuleSet
from onedoor.rules.refusal import Refused
from onedoor.web.desk.access import staff
from onedoor.web.desk.page import page


@require_http_methods(["GET", "POST"])
@staff
def rules_page(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """Everybody who is measured reads the rules; the centre tries and writes them."""
    held = newest_set()
    decides = of_centre(signed.actors, root_path(signed)) is not None
    content, refused, tried = point_book.content_of(held), None, None
    posted = request.POST
    if request.method == "POST":
        if not decides:
            raise Refused("not_allowed", "积分办法由中心的督办员、主任修改。")
        content = typed(held, posted.dict(), {name: posted.getlist(name) for name in posted})
        try:
            wanted = point_book.read_set(held.code, held.version + 1, content)
            if posted.get("do") == "save":
                month = month_of(posted.get("from_month", ""))
                write_set(
                    signed=signed, content=content, from_month=month, reason=posted.get("reason", ""),
                    at=timezone.now(),
                )  # fmt: skip
                messages.success(request, "已保存为新的一版，从所选月份起使用。")
                return HttpResponseRedirect(reverse("desk:points_rules"))
            of = last_year(timezone.now())
            tried = {SUBJECTS[kind]: lines for kind, lines in try_set(held, wanted, of).items()}
        except Refused as fault:
            refused = fault
    context = {
        "held": held, "decides": decides, "rows": _rows(content, refused), "content": content, "refused": refused,
        "tried": tried, "traits": TRAITS, "subjects": SUBJECTS, "ranked_by": RANKED_BY, "exclusions": EXCLUSIONS,
        "typed": posted, "faults": refused.fields if refused else {},
        "facts": {code: fact for code, fact in FACTS.items() if code not in {one.fact for one in held.rules}},
    }  # fmt: skip
    return page(request, signed, "points/rules.html", context, 422 if refused else 200)


def typed(held: RuleSet, posted: Mapping[str, str], lists: Mapping[str, list[str]]) -> dict[str, Any]:
    """The set as the form says it: what is not in the form stays."""
    content = deepcopy(point_book.content_of(held))
    for name in ("fewest", "smallest_group", "appeal_days"):
        text = posted.get(name, "").strip()
        content[name] = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else text
    content["name"], content["basis"] = posted.get("name", ""), posted.get("basis", "")
    content["rank_by"], content["local"] = posted.get("rank_by", ""), posted.get("local") == "yes"
    kept = {}
    for code, rule in content["rules"].items():
        if posted.get(f"{code}.used") != "yes":
            continue
        rule |= {
            "points": posted.get(f"{code}.points", "").strip(), "cap": posted.get(f"{code}.cap", "").strip() or "0",
            "for": lists.get(f"{code}.for", []), "doubled": lists.get(f"{code}.doubled", []),
            "basis": posted.get(f"{code}.basis", rule["basis"]), "local": posted.get(f"{code}.local") == "yes",
        }  # fmt: skip
        kept[code] = rule
    fact = posted.get("new.fact", "")
    if fact:  # a rule more
        kept[_free(fact, kept)] = {
            "name": posted.get("new.name", "").strip() or (FACTS[fact].label if fact in FACTS else ""), "fact": fact,
            "for": lists.get("new.for", []), "points": posted.get("new.points", "").strip(), "doubled": [],
            "cap": posted.get("new.cap", "").strip() or "0", "basis": posted.get("new.basis", ""), "local": True,
        }  # fmt: skip
    content["rules"] = kept
    return content


def _free(fact: str, there: Mapping[str, object]) -> str:
    code, number = fact, 1
    while code in there:
        number += 1
        code = f"{fact}_{number}"
    return code


def _rows(content: Mapping[str, Any], refused: Refused | None) -> list[dict[str, Any]]:
    faults = refused.fields if refused else {}
    return [
        {
            "code": code,
            **rule,
            "fact": FACTS.get(rule["fact"]),
            "fact_code": rule["fact"],
            "kinds": {
                one: SUBJECTS[one] for one in SUBJECTS if rule["fact"] in FACTS and one in FACTS[rule["fact"]].subjects
            },
            "for_names": "、".join(SUBJECTS[one] for one in rule["for"] if one in SUBJECTS),
            "doubled_names": "、".join(TRAITS[one] for one in rule["doubled"] if one in TRAITS),
            "fault": next((text for place, text in faults.items() if place.split(".")[:2] == ["rules", code]), ""),
        }
        for code, rule in content["rules"].items()
    ]

"""The first service catalogue, and how long a thing takes, said from the limits of its scheme."""

import importlib
import re

import pytest

from onedoor.rules.intake import KINDS, PURPOSES
from onedoor.rules.scheme_book import BOOK, RULES, SCHEMES, read_scheme
from onedoor.rules.schemes import FALLBACK, choose_scheme
from onedoor.rules.service_book import FIRST_SERVICES, read_services
from onedoor.rules.services import MOST_LINE, MOST_NAME, MOST_TEXT, WINDOW_KINDS, how_long, window_name

SERVICES = [(group, one) for group in FIRST_SERVICES for one in group.services]
CATEGORIES = importlib.import_module("onedoor.cases.migrations.0003_first_catalogue")


def said(code: str) -> dict[str, str]:
    return {one.kind: one.sentence for one in how_long(SCHEMES[code])}


def test_the_catalogue_has_the_breadth_of_a_county_centre() -> None:
    assert len(FIRST_SERVICES) == 26 and len(SERVICES) >= 60 and len(WINDOW_KINDS) == 20
    assert len({one.code for _, one in SERVICES}) == len(SERVICES) == len({one.name for _, one in SERVICES})
    assert {one.line for _, one in SERVICES} == set(WINDOW_KINDS), "each kind of window has something to do"


@pytest.mark.parametrize(("group", "one"), SERVICES, ids=lambda value: value.code)
def test_each_service_says_everything_and_names_only_what_there_is(group: object, one: object) -> None:
    for name in ("name", "what", "for_whom", "handled_by", "bring", "form", "fee", "basis"):
        assert getattr(one, name), name
    assert all("@" not in str(getattr(one, name)) for name in one.__slots__)  # type: ignore[attr-defined]
    assert one.code.startswith(f"{group.code}.")  # type: ignore[attr-defined]
    assert len(one.name) <= MOST_NAME and len(one.what) <= MOST_TEXT  # type: ignore[attr-defined]
    assert all(len(getattr(one, name)) <= MOST_LINE for name in ("handled_by", "form", "fee", "unconfirmed"))
    assert one.kind in KINDS and one.purpose in {"", *PURPOSES}  # type: ignore[attr-defined]
    assert one.category in leaves()  # type: ignore[attr-defined]


def leaves() -> set[str]:
    found = set()
    for group, _, children in CATEGORIES.GROUPS:
        for child, _ in children:
            below = CATEGORIES.UNDER.get(child, []) if group == "dispute" else []
            found |= {f"{group}.{child}.{leaf}" for leaf, _ in below} or {f"{group}.{child}"}
    return found


@pytest.mark.parametrize("one", [one for _, one in SERVICES if one.scheme], ids=lambda one: one.code)
def test_a_service_promises_what_its_matter_will_get(one: object) -> None:
    """By what is preselected at registration, or by a track that is set later."""
    by_registration = choose_scheme(
        RULES,
        kind=one.kind,
        purpose=one.purpose,
        channel="window",
        category=one.category,  # type: ignore[attr-defined]
    ).scheme
    by_track = {rule.scheme for rule in RULES if rule.track}
    assert one.scheme in {by_registration, *by_track}  # type: ignore[attr-defined]


def test_the_limits_are_said_in_words() -> None:
    petition = said("petition-statutory")
    assert petition["accept"] == "中心登记后，15日内受理。"
    assert petition["inform"] == "主管单位收到后，15日内书面告诉您是否受理。"
    assert petition["handle"] == "受理后，60日内办结；情况复杂的，经批准可以延长，最多30日，延长会告诉您理由。"
    assert petition["request_review"] == "不服处理意见的，收到意见后30日内可以请求复查、复核。"
    mediation = said("mediation-30")
    assert "双方同意的可以延长，最多30日" in mediation["handle"]
    assert mediation["late"] == "期限届满未达成协议的，终止调解并告知其他途径。"
    assert "协议生效后30日内双方可以共同" in mediation["confirm"]
    assert said("labour-arbitration")["late"] == "逾期的，当事人可以依法起诉。"
    assert said("labour-inspection")["handle"].startswith("受理后，60个工作日内办结")
    assert said("hotline-bureau-urgent")["handle"] == "受理后，当天办结。"
    assert "late" not in said(FALLBACK), "that we supervise is no promise to a resident"


def test_every_scheme_has_its_words() -> None:
    for scheme in SCHEMES.values():
        for one in how_long(scheme):
            assert "{" not in one.sentence and one.sentence.endswith("。") and not re.search(r"(?<!\d)0", one.sentence)
            assert one.why.startswith("依据：") or one.why in ("", "法律没有规定，由本中心暂定")


def test_a_changed_limit_changes_the_sentence() -> None:
    content = {"name": "试", "items": {"handle": {"limit": "7 working_days", "basis": "县政府令第1号"}}}
    handle = next(one for one in how_long(read_scheme("own", 2, content, BOOK)) if one.kind == "handle")
    assert handle.sentence == "受理后，7个工作日内办结。" and handle.why == "依据：县政府令第1号" and not handle.local


def test_a_line_of_the_centre_s_own_is_called_by_its_code() -> None:
    assert window_name("mediation") == "人民调解" and window_name("own-3") == "own-3" and window_name("") == ""


def test_what_the_file_cannot_say_stops_the_reading() -> None:
    group = {"code": "a", "name": "甲", "items": [{"code": "a.b", "name": "乙", "what": "@nothing"}]}
    with pytest.raises(KeyError):
        read_services({"usual": {}, "groups": [group]})
    with pytest.raises(TypeError):
        read_services({"usual": {}, "groups": [group | {"items": [{"code": "a.b", "colour": "x"}]}]})

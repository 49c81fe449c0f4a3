"""The schemes as data, and which one a new matter gets."""

import json
from dataclasses import replace

import pytest

from onedoor.rules.intake import CHANNELS, KINDS, PARTS, PURPOSES
from onedoor.rules.mediation_flow import ALL_MOVES
from onedoor.rules.scheme_book import (
    BOOK,
    RULES,
    SCHEMES,
    Unreadable,
    read_rule,
    read_scheme,
    rule_content,
    to_content,
)
from onedoor.rules.schemes import (
    ACCEPTANCE,
    APPLICATION,
    CLOCK_NAMES,
    NEEDED,
    ORDERED,
    PAUSE_NAMES,
    Scheme,
    choose_scheme,
)

EVERY = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda scheme: scheme.code)


@EVERY
def test_every_scheme_has_the_usual_limits(scheme: Scheme) -> None:
    assert {"accept", "correction", "sign", "object", "handle"} <= scheme.items.keys() <= CLOCK_NAMES.keys()
    assert SCHEMES[scheme.code] is scheme
    assert ("inform" in scheme.items) == scheme.unit_accepts


@EVERY
def test_every_limit_has_a_source_and_can_be_counted(scheme: Scheme) -> None:
    for kind, item in scheme.items.items():
        assert item.kind == kind
        # an agreed day of performance begins and ends with itself
        assert item.amount >= 1 or scheme.code in ("hotline-bureau-urgent", "protection-order") or kind == "perform"
        assert 0 < item.warn.share < 1
        assert item.basis
        if item.extension is not None:
            assert item.extension.most >= 1
            assert item.extension.told, "an extension is never silent"
            assert set(item.extension.told) <= PARTS.keys()
            assert item.extension.basis


@EVERY
def test_a_limit_starts_and_stops_with_moves_that_there_are(scheme: Scheme) -> None:
    for kind, item in scheme.items.items():
        if kind == "handle":
            assert item.starts in ((), (APPLICATION,), (ACCEPTANCE,)) and not item.stops
            assert (item.starts == (ACCEPTANCE,)) == scheme.unit_accepts == ("dispatch" in scheme.items)
            continue
        assert {*item.starts, *item.stops} <= ALL_MOVES.keys()
        assert set(item.pauses) <= PAUSE_NAMES.keys()
        if kind in ORDERED:
            assert not item.starts and not item.stops, "the flow orders it"
        elif item.watch:
            assert item.starts and item.stops


@EVERY
def test_what_awaits_confirmation_says_so(scheme: Scheme) -> None:
    for item in scheme.items.values():
        if "待" in item.basis or "选定" in item.basis:
            assert item.local
        if item.extension is not None and "待" in item.extension.basis:
            assert item.extension.local


@pytest.mark.parametrize(
    ("scheme", "kind", "amount", "unit", "article", "local"),
    [
        ("petition-statutory", "accept", 15, "calendar_days", "第二十二条", False),
        ("petition-statutory", "inform", 15, "calendar_days", "第二十三条", False),
        ("petition-statutory", "object", 5, "working_days", "第二十三条", False),
        ("petition-statutory", "handle", 60, "calendar_days", "第三十四条", False),
        ("petition-simple", "accept", 3, "working_days", "待核", True),
        ("petition-simple", "handle", 10, "working_days", "简易办理", False),
        ("mediation-30", "handle", 30, "calendar_days", "第三十三条", True),
        ("labour-arbitration", "inform", 5, "calendar_days", "第二十九条", True),
        ("labour-arbitration", "handle", 45, "calendar_days", "第四十三条", False),
        ("mediation-month", "handle", 1, "months", "第三十三条", False),
        ("mediation-shenzhen", "handle", 30, "calendar_days", "第二十五条", True),
        ("court-local", "handle", 30, "calendar_days", "济源", True),
        ("court-online-ordinary", "handle", 15, "calendar_days", "第二十四条", False),
        ("court-online-summary", "handle", 7, "calendar_days", "第二十四条", False),
        ("labour-arbitration", "limitation", 1, "years", "第二十七条", False),
        ("labour-arbitration", "send_defence", 5, "calendar_days", "第三十条", True),
        ("labour-arbitration", "panel", 5, "calendar_days", "第三十二条", True),
        ("labour-arbitration", "hearing_notice", 5, "calendar_days", "第三十五条", True),
        ("labour-arbitration", "postpone", 3, "calendar_days", "第三十五条", True),
        ("labour-arbitration", "set_aside", 30, "calendar_days", "第四十九条", False),
        ("land-arbitration", "limitation", 2, "years", "第十八条", False),
        ("land-arbitration", "send_defence", 5, "working_days", "第二十五条", False),
        ("land-arbitration", "panel", 2, "working_days", "第二十七条", False),
        ("land-arbitration", "hearing_notice", 5, "working_days", "第三十一条", False),
        ("land-arbitration", "send_award", 3, "working_days", "第四十五条", False),
        ("reconsideration", "limitation", 60, "calendar_days", "第二十条", False),
        ("reconsideration", "correction_notice", 5, "working_days", "第三十一条", False),
        ("reconsideration", "hearing_notice", 5, "working_days", "第五十一条", False),
        ("reconsideration", "sue_directly", 6, "months", "行政诉讼法第四十六条", False),
        ("legal-aid", "pass_on", 24, "hours", "第三十九条", False),
        ("legal-aid", "objection_review", 5, "calendar_days", "第四十九条", False),
        ("commercial-arbitration", "inform", 5, "calendar_days", "第二十四条", False),
        ("commercial-arbitration", "set_aside", 6, "months", "第五十九条", True),
        ("administrative-mediation", "inform", 5, "working_days", "第四十五条", True),
        ("administrative-mediation-complex", "inform", 10, "working_days", "第四十五条", True),
        ("administrative-mediation", "transfer", 3, "working_days", "第四十六条", True),
        ("protection-order", "protect", 72, "hours", "第二十八条", False),
        ("protection-order", "protect_urgent", 24, "hours", "第二十八条", False),
        ("protection-order", "protection", 6, "months", "第三十条", False),
        ("protection-order", "reconsider", 5, "calendar_days", "第三十一条", False),
        ("legal-aid", "inform", 7, "calendar_days", "第四十三条", False),
        ("legal-aid", "handle", 3, "calendar_days", "第四十三条", False),
        ("hotline-shandong", "handle", 5, "working_days", "山东省", True),
        ("hotline-shandong", "object", 2, "working_days", "山东省", True),
        ("ordinary", "handle", 15, "working_days", "待部署方确认", True),
    ],
)
def test_a_limit_is_that_of_its_article(
    scheme: str, kind: str, amount: int, unit: str, article: str, local: bool
) -> None:
    item = SCHEMES[scheme].items[kind]
    assert (item.amount, item.unit, item.local) == (amount, unit, local)
    assert article in item.basis


@pytest.mark.parametrize(
    ("scheme", "most", "unit", "by", "told", "consent"),
    [
        # 信访工作条例 §34: approved by the head of the organ, the applicant is told why
        ("petition-statutory", 30, "calendar_days", "unit_lead", ("applicant",), False),
        ("mediation-30", 30, "calendar_days", "unit_lead", ("applicant", "respondent"), True),
        # 劳动争议调解仲裁法 §43: approved by the head of the commission, both parties are told in writing
        ("labour-arbitration", 15, "calendar_days", "unit_lead", ("applicant", "respondent"), False),
        ("hotline-shandong", 10, "working_days", "director", ("applicant",), False),
        ("ordinary", 15, "working_days", "unit_lead", ("applicant",), False),
    ],
)
def test_an_extension_is_that_of_its_article(
    scheme: str, most: int, unit: str, by: str, told: tuple[str, ...], consent: bool
) -> None:
    extension = SCHEMES[scheme].items["handle"].extension
    assert extension is not None
    assert (extension.most, extension.unit, extension.by) == (most, unit, by)
    assert (extension.told, extension.consent) == (told, consent)


@pytest.mark.parametrize(
    ("kind", "purpose", "channel", "scheme"),
    [
        ("dispute", "petition", "hotline", "petition-statutory"),  # the purpose comes first
        ("dispute", "accusation", "hotline", "ordinary"),
        ("dispute", "suggestion", "hotline", "mediation-30"),
        ("dispute", "", "window", "mediation-30"),
        ("appeal", "", "hotline", "hotline-shandong"),
        ("appeal", "suggestion", "hotline", "hotline-shandong"),
        ("incident", "", "grid", "ordinary"),
        ("consultation", "", "window", "ordinary"),
    ],
)
def test_the_first_line_that_fits_chooses(kind: str, purpose: str, channel: str, scheme: str) -> None:
    assert choose_scheme(RULES, kind=kind, purpose=purpose, channel=channel).scheme == scheme


def test_every_matter_gets_a_scheme_that_exists() -> None:
    chosen = {
        choose_scheme(RULES, kind=kind, purpose=purpose, channel=channel).scheme
        for kind in KINDS
        for purpose in ("", *PURPOSES)
        for channel in CHANNELS
    }
    assert chosen == {"petition-statutory", "ordinary", "mediation-30", "hotline-shandong"}
    assert chosen <= SCHEMES.keys()


@pytest.mark.parametrize(
    ("matter", "scheme", "would"),
    [
        ({"purpose": "petition", "track": "simple"}, "petition-simple", ["petition-statutory"]),
        ({"kind": "dispute", "category": "dispute.medical"}, "medical-30wd", ["mediation-30"]),
        ({"kind": "dispute", "category": "dispute.medicine"}, "mediation-30", []),
        ({"kind": "dispute", "track": "court_entrusted_summary"}, "court-entrusted-summary", ["mediation-30"]),
        ({"kind": "appeal", "track": "reconsideration"}, "reconsideration", []),
        ({"kind": "dispute", "track": "labour_arbitration"}, "labour-arbitration", ["mediation-30"]),
    ],
)
def test_the_choice_tells_which_rule_fired_and_which_would_have(
    matter: dict[str, str], scheme: str, would: list[str]
) -> None:
    choice = choose_scheme(RULES, **({"kind": "appeal", "purpose": "", "channel": "window"} | matter))  # type: ignore[arg-type]
    assert choice.scheme == scheme
    assert choice.fired is not None
    assert choice.fired.why
    assert [rule.scheme for rule in choice.others] == would


def test_urgency_and_channel_can_choose_too() -> None:
    rule = read_rule({"channel": "hotline", "urgent": True, "scheme": "hotline-bureau-urgent", "why": "应急"}, SCHEMES)
    for urgent, scheme in ((True, "hotline-bureau-urgent"), (False, "hotline-shandong")):
        choice = choose_scheme((rule, *RULES), kind="appeal", purpose="", channel="hotline", urgent=urgent)
        assert choice.scheme == scheme


def test_the_ladder_of_a_bureau_is_its_own() -> None:
    ladder = SCHEMES["hotline-bureau-consult"].ladder
    assert [(str(rung.after), rung.level, rung.tell) for rung in ladder] == [
        ("0个工作日", "ordinary", "unit"),
        ("5个工作日", "yellow_card", "director"),
    ]


def test_3715_by_level_is_three_rules_over_versions_that_are_chosen() -> None:
    rule = {"scheme": "3715-3", "why": "村3日", "level": "3"}
    with pytest.raises(Unreadable, match="待选定"):
        read_rule(rule, SCHEMES)
    chosen = {code: replace(SCHEMES[code], to_choose=False) for code in ("3715-3", "3715-7", "3715-15")}
    rules = tuple(
        read_rule({"scheme": scheme, "why": why, "level": level}, chosen)
        for scheme, why, level in (("3715-3", "村3日", "3"), ("3715-7", "乡7日", "2"), ("3715-15", "县15日", "1"))
    )
    for level, scheme in (("3", "3715-3"), ("2", "3715-7"), ("1", "3715-15"), ("4", "ordinary")):
        choice = choose_scheme(rules, kind="dispute", purpose="", channel="window", level=level)
        assert choice.scheme == scheme
        assert choice.why
    with pytest.raises(Unreadable, match="层级"):
        read_rule(rule | {"level": "10"}, chosen)


@pytest.mark.parametrize("place", [0, 1])
def test_a_step_of_the_ladder_may_be_taken_when_the_light_turns_yellow(place: int) -> None:
    steps = ladder("0 working_days ordinary", "1 working_days yellow_card")
    steps[place]["on"] = "warn"
    given = {"name": "方案", "items": {"handle": HANDLE}, "ladder": steps}
    if place:
        with pytest.raises(Unreadable, match="第一级"):
            read_scheme("x", 2, given, BOOK)
        return
    scheme = read_scheme("x", 2, given, BOOK)
    assert [rung.on for rung in scheme.ladder] == ["warn", "due"]
    assert read_scheme("x", 2, json.loads(json.dumps(to_content(scheme))), {}) == scheme


def test_what_a_deployer_must_choose_is_never_chosen_for_him() -> None:
    templates = {code for code, scheme in SCHEMES.items() if scheme.to_choose}
    assert templates == {"3715-3", "3715-7", "3715-15", "3715-c"}
    assert not templates & {rule.scheme for rule in RULES}


HANDLE = {"limit": "15 working_days", "basis": "依据"}
MEET = {"limit": "1 weeks", "basis": "依据", "starts": ["accept"], "stops": ["meet"]}
EXTENSION = {"most": "1 weeks", "by": "director", "told": ["applicant"], "basis": "依据"}


def ladder(*steps: str) -> list[dict[str, str]]:
    """`1 weeks red_card`: after, level; each tells the unit."""
    return [
        {"after": f"{amount} {unit}", "level": level, "tell": "unit"}
        for amount, unit, level in (step.split() for step in steps)
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"items": {}}, "handle"),
        ({"name": " "}, "name"),
        ({"items": {"handle": {"limit": "15", "basis": "x"}}}, "handle"),
        ({"items": {"handle": {"limit": "0 working_days", "basis": "x"}}}, "handle"),
        ({"items": {"handle": {"limit": "15 working_days", "basis": ""}}}, "handle"),
        ({"items": {"handle": {"limit": "15 working_days", "basis": "x", "warn": 1.5}}}, "handle"),
        ({"items": {"handle": {"limit": "15 working_days", "basis": "x", "wran": 0.5}}}, "handle"),
        (
            {
                "items": {
                    "handle": {"limit": "1 weeks", "basis": "x"},
                    "dance": {"limit": "15 working_days", "basis": "x"},
                }
            },
            "dance",
        ),
        (
            {"items": {"handle": {"limit": "1 weeks", "basis": "x", "extension": {"most": "1 weeks", "by": "clerk"}}}},
            "handle",
        ),
        (
            {"items": {"handle": {"limit": "1 weeks", "basis": "x"}, "meet": {"limit": "1 weeks", "basis": "x"}}},
            "meet",
        ),
        ({"ladder": [{"after": "1 weeks", "level": "purple", "tell": "unit"}]}, "ladder"),
        ({"ladder": ladder("0 weeks ordinary", "1 weeks red_card", "1 weeks red_card")}, "ladder.2.after"),
        ({"ladder": ladder("1 working_days ordinary", "2 calendar_days red_card")}, "ladder.1.unit"),
        ({"ladder": ladder("0 hours yellow_card", "1 weeks ordinary")}, "ladder.1.level"),
        ({"items": {"handle": HANDLE, "meet": {**MEET, "stops": []}}}, "meet"),
        ({"items": {"handle": HANDLE, "meet": {**MEET, "starts": ["accepted"]}}}, "meet"),
        ({"items": {"handle": HANDLE, "meet": {**MEET, "stops": ["meet", "dance"]}}}, "meet"),
        ({"items": {"handle": HANDLE | {"watch": False}}}, "handle"),
        ({"items": {"handle": HANDLE | {"extension": EXTENSION | {"told": ["applicant", "press"]}}}}, "handle"),
        ({"items": {"handle": HANDLE, "inform": HANDLE}}, "unit_accepts"),
        ({"items": {"handle": HANDLE | {"starts": ["decide_acceptance"]}}}, "handle"),
        ({"items": {"handle": HANDLE | {"starts": ["sign"]}}}, "handle"),
        ({"usual": False}, "accept"),
    ],
)
def test_a_scheme_that_cannot_be_is_refused_at_its_place(change: dict[str, object], place: str) -> None:
    given = {"name": "方案", "items": {"handle": HANDLE}}
    assert read_scheme("x", 2, given, BOOK).items["sign"].amount == 1
    with pytest.raises(Unreadable) as refused:
        read_scheme("x", 2, given | change, BOOK)
    assert refused.value.place == place
    assert refused.value.sentence.endswith("。")


@EVERY
def test_a_scheme_written_out_reads_as_the_same_scheme(scheme: Scheme) -> None:
    content = json.loads(json.dumps(to_content(scheme)))
    assert read_scheme(scheme.code, 1, content, BOOK) == scheme
    assert read_scheme(scheme.code, 1, content, {}) == scheme, "nothing is left to what is usual"


def test_what_is_usual_comes_by_itself_unless_the_scheme_says_otherwise() -> None:
    only = {"name": "方案", "items": dict.fromkeys(NEEDED, HANDLE)}
    assert read_scheme("x", 1, only, BOOK).items.keys() == {*BOOK["usual"], "handle"}
    written = read_scheme("x", 1, only | {"usual": False, "ladder": []}, BOOK)
    assert written.items.keys() == set(NEEDED) and written.ladder == ()
    content = json.loads(json.dumps(to_content(written)))
    assert read_scheme("x", 1, content, BOOK) == written, "what was left out stays out"


def test_every_rule_written_out_reads_as_the_same_rule() -> None:
    assert tuple(read_rule(rule_content(rule), SCHEMES) for rule in RULES) == RULES
    assert all("" not in rule_content(rule).values() for rule in RULES)
    with pytest.raises(Unreadable, match="不认识的条件"):
        read_rule({"scheme": "ordinary", "why": "因为", "colour": "red"}, SCHEMES)

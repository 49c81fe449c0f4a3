"""Every limit of mediation and of its confirmation in court that the law sets has a running clock on a case it belongs
to: no line of the table of laws is only words."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cases.kit import HOUR, NOW, TO_HANDLING, case_id, move, register_case, sql, walk
from mediation.kit import MEDIATOR, effective, open_one, wage_case, who
from onedoor.cases import schemes
from onedoor.cases.models import SchemeRules
from onedoor.cases.schemes import book
from onedoor.mediation.steps import mediate, perform
from onedoor.rules.confirmation import CHECKS

LATER = datetime(2026, 3, 4, 2, tzinfo=UTC)
Running = dict[str, tuple[str, datetime, datetime]]


def running(number: str) -> Running:
    found = sql(
        "SELECT kind, scheme, started_at, due_at FROM clock WHERE case_id = %s AND stopped_at IS NULL", case_id(number)
    )
    return {kind: (scheme, started, due) for kind, scheme, started, due in found}


@pytest.fixture
def table(county: None) -> Iterator[Callable[[str], None]]:
    """One scheme for every matter."""

    def lead_to(scheme: str) -> None:
        SchemeRules(content=[{"scheme": scheme, "why": "试验"}], reason="x", by=1, at=NOW).save(force_insert=True)
        book(newest=True)

    yield lead_to
    schemes._book = (-schemes.FRESH, schemes.Book(schemes.SCHEMES, schemes.RULES))


@pytest.mark.parametrize(
    ("line", "scheme", "last"),
    [
        ("M1", "mediation-month", "2026-04-02"),  # 一个月: from 2 March
        ("M2", "mediation-shenzhen", "2026-04-01"),  # 三十日
        ("C5", "court-local", "2026-04-01"),
    ],
)
def test_a_reading_that_a_deployer_chooses_runs(
    table: Callable[[str], None], line: str, scheme: str, last: str
) -> None:
    table(scheme)
    number = register_case(at=NOW)
    walk(number, *TO_HANDLING, at=NOW + HOUR)
    found, _, due = running(number)["handle"]
    assert (found, (due + 8 * HOUR).date().isoformat()) == (scheme, last), line


@pytest.mark.parametrize(
    ("line", "track", "kinds", "scheme"),
    [
        ("M6", "medical_mediation", {"handle"}, "medical-30wd"),
        ("M8", "labour_mediation", {"handle"}, "labour-mediation"),
        ("C1", "court_delegated", {"handle"}, "court-delegated"),
        ("C2", "court_entrusted", {"handle"}, "court-entrusted"),
        ("C2", "court_entrusted_summary", {"handle"}, "court-entrusted-summary"),
        ("C3", "court_online", {"handle", "choose", "appoint", "confirm_mediation"}, "court-online"),
        ("C4", "court_online_ordinary", {"handle"}, "court-online-ordinary"),
        ("C4", "court_online_summary", {"handle"}, "court-online-summary"),
    ],
)
def test_a_track_has_its_limits(county: None, line: str, track: str, kinds: set[str], scheme: str) -> None:
    number = register_case(at=NOW, track=track)
    walk(number, *TO_HANDLING, at=NOW + HOUR)
    found = running(number)
    assert found.keys() >= kinds, line
    assert {found[kind][0] for kind in kinds} == {scheme}


def test_of_a_labour_dispute_the_fifteen_days_run_from_the_application(county: None) -> None:  # M8
    number = register_case(at=NOW, track="labour_mediation")
    walk(number, *TO_HANDLING, at=NOW + 3 * timedelta(days=1))
    _, started, due = running(number)["handle"]
    assert (started, (due + 8 * HOUR).date().isoformat()) == (NOW, "2026-03-17")


def test_an_administrative_mediation_has_five_days_to_be_accepted_and_thirty_from_then(county: None) -> None:  # M7
    number = register_case(at=NOW, track="medical_administrative")
    walk(number, *TO_HANDLING, at=NOW + HOUR)
    assert running(number).keys() == {"inform"}
    move(number, "decide_acceptance", "handler2", at=LATER, accepted=True)
    assert running(number)["handle"][1] == LATER


def test_confirmation_in_court_runs_from_agreement_to_decision(county: None) -> None:  # M3, M4, M5
    number = wage_case()
    agreement = effective(number)
    assert "confirm" in running(number)
    given = {"agreement": agreement, "court": "澜平县人民法院", "both": True}
    key = perform.apply_confirmation(who=who(MEDIATOR, number, at=LATER), checks=dict.fromkeys(CHECKS, True), **given)
    assert "confirm_accept" in running(number)
    perform.confirmation_accepted(who=who(MEDIATOR, number, at=LATER + HOUR), key=key, accepted=True, reason="")
    assert "confirm_decide" in running(number)


def test_contact_runs_once_a_mediator_has_opened(county: None) -> None:  # C3
    number = wage_case(track="court_online")
    open_one(number, source="court_delegated", entrusted_by="澜平县人民法院", entrusted_number="（2026）引调88号")
    assert "contact" in running(number)
    assert not {"choose", "appoint", "confirm_mediation"} & running(number).keys()


def test_materials_taken_let_the_courts_period_begin_and_keep_what_was_extended(county: None) -> None:  # C1
    number = wage_case(track="court_delegated")
    mediation = open_one(
        number, source="court_delegated", entrusted_by="澜平县人民法院", entrusted_number="（2026）引调88号"
    )
    sql("UPDATE clock SET extended = 30 WHERE case_id = %s AND kind = 'handle'", case_id(number))
    mediate.take_materials(who=who(MEDIATOR, number, at=LATER), mediation=mediation)
    assert running(number)["handle"][1] == LATER
    asked = "SELECT extended FROM clock WHERE case_id = %s AND kind = 'handle' AND stopped_at IS NULL"
    assert sql(asked, case_id(number)) == [(30,)]

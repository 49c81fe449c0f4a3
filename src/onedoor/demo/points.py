"""The county's points, month by month, with an appeal; and what the look for tricks has found, drawn and decided."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from onedoor.cases.counting import ZONE
from onedoor.cases.sql import rows
from onedoor.demo.gaming import SYSTEM
from onedoor.figures.models import Finding, PointsEntry, PointsMonth
from onedoor.figures.queries.happenings import limits_of
from onedoor.figures.steps.corrections import appeal_entry, decide_appeal
from onedoor.figures.steps.findings import decide_finding, draw_sample, find_gaming
from onedoor.figures.steps.points import close_month, compute_month
from onedoor.grid.steps.tasks import finish_task, order_task, sign_task
from onedoor.people.demo_county import GRID
from onedoor.people.models import Account
from onedoor.people.tokens import SignedIn, signed_in_as
from onedoor.rules.gaming import KINDS
from onedoor.rules.months import month_before, next_month

_SPACE = UUID("5d1c7b60-3f0a-5d7e-8d34-6a1f20b9c4e2")
DRAWN, LEFT = 4, 1  # of each kind: drawn for call-back, and of these left undecided
APPEALS = (
    "案卷中有纸质记录，与系统记录的时间不一致，请予核对。",
    "承办人当日因公外出，已电话告知中心，请予核减。",
)
TASKS = ("查看渠道涵洞", "张贴防火通告", "核对路灯故障点", "查看老屋屋面", "清点防汛物资", "查看水塘护栏")
LATE = 3
DECIDED = "经查案卷中的纸质记录，情况属实，申诉成立。"
TRUE = "电话回访申请人，反映的情况没有得到答复中所说的处理，疑点属实。"
NOT_TRUE = "查阅案卷并电话回访，办理和答复属实，申请人认可，疑点不成立。"


def bring_points(now: datetime) -> None:
    """Each month as it was: computed three days after its end, closed when the time for appeals was over. The last one
    is open, with appeals. Nothing where there are points already."""
    if PointsMonth.objects.exists():
        return
    director, supervisor = _person("director"), _person("supervisor")
    first = rows('SELECT min(registered_at) AS at FROM "case"')[0]["at"].astimezone(ZONE).date().replace(day=1)
    last = month_before(now.astimezone(ZONE).date().replace(day=1))
    _tasks(last)
    month = first
    while month <= last:
        _, after = limits_of(month)
        at = min(after + timedelta(days=2), now)
        compute_month(month=month, at=at if month < last else now)
        if month < last:
            close_month(signed=director, month=month, at=at + timedelta(days=7))
        month = next_month(month)
    _appeals(last, now, supervisor)
    _findings(now, supervisor)


def _tasks(month: date) -> None:
    """Errands of the worker's in that month, one of them done a day late."""
    lead, worker = _person("grid_lead"), _person("grid_worker")
    begins, _ = limits_of(month)
    for number, title in enumerate(TASKS):
        ordered = begins + timedelta(days=3 + 4 * number, hours=9)
        done = ordered + timedelta(days=3 if number == LATE else 1, hours=5)
        task = uuid5(_SPACE, f"task {number}")
        raw = {
            "title": title, "text": "", "grid": GRID, "guests": "", "worker": "grid_worker",
            "due_on": (ordered + timedelta(days=2)).astimezone(ZONE).date().isoformat(),
        }  # fmt: skip
        order_task(signed=lead, at=ordered, task=task, raw=raw)
        sign_task(signed=worker, at=ordered + timedelta(hours=2), task=task, seen=1)
        finish_task(signed=worker, at=done, task=task, seen=2, raw={"text": "已办好，照片已交村委会。"})


def _appeals(month: date, now: datetime, supervisor: SignedIn) -> None:
    """Two by heads of units, one of them decided."""
    made: list[object] = []
    for lead in rows(
        "SELECT DISTINCT ON (e.subject) e.id, p.account_id AS lead FROM points_entry e JOIN people_post p"
        " ON p.unit_id = e.subject AND p.role = 'unit_lead' AND p.active WHERE e.month_id = %s AND e.kind = 'unit'"
        " AND e.counted < 0 AND e.fact IN ('signed_late', 'sent_back', 'overdue') ORDER BY e.subject, e.at, e.id"
        " LIMIT 2",
        [month],
    ):
        who = signed_in_as(lead["lead"])
        assert who is not None, "accounts of the demo county are in use"
        appeal_entry(signed=who, entry=lead["id"], reason=APPEALS[len(made) % 2], at=now)
        made.append(lead["id"])
    for entry in made[1:]:
        (appeal,) = rows("SELECT id FROM points_appeal WHERE entry_id = %s", [entry])
        decide_appeal(signed=supervisor, appeal=appeal["id"], upheld=True, reason=DECIDED, at=now)
    assert PointsEntry.objects.exists()


def _findings(now: datetime, supervisor: SignedIn) -> None:
    find_gaming(at=now)
    true = {
        row["case_id"]: row["number"].split("-")[0]
        for row in rows("SELECT case_id, number FROM external_number WHERE system = %s", [SYSTEM])
    }
    for kind in KINDS:
        drawn = draw_sample(signed=supervisor, kind=kind, count=DRAWN, at=now)
        for finding in Finding.objects.filter(pk__in=drawn).order_by("pk")[: max(len(drawn) - LEFT, 0)]:
            so = finding.case_id in true
            decide_finding(
                signed=supervisor, finding=finding.pk, wanted="confirmed" if so else "not_confirmed",
                reason=TRUE if so else NOT_TRUE, at=now,
            )  # fmt: skip


def _person(username: str) -> SignedIn:
    found = signed_in_as(Account.objects.get(username=username).pk)
    assert found is not None, "accounts of the demo county are in use"
    return found

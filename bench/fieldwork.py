"""What workers put down in the field, invented: the entries of one phone, and the places and tasks they are about.

The same seed gives the same entries, ids included: who has sent them can later ask whether they came as they were.
"""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bench.texts import matter

Entry = dict[str, Any]
# Of a hundred entries of an ordinary day: mostly reports, then visits at doors and rounds, some words to what was
# reported before, opinions, and errands. Care visits are left out: each needs a plan of a real person.
MIX: Mapping[str, int] = {
    "report": 62, "more": 8, "visit": 14, "inspect": 8, "opinion": 4, "task_sign": 2, "task_done": 2,
}  # fmt: skip
CATEGORIES = (
    "incident.hazard",
    "incident.facility",
    "incident.environment",
    "incident.order",
    "incident.other",
    "dispute.neighbours",
)
PURPOSES = ("publicity", "safety", "service", "listening")
TOPICS = ("policy", "livelihood", "roads", "water", "environment", "safety")
CHECKLIST, QUESTIONS = "bench", ("exit", "extinguisher", "wiring")


@dataclass(frozen=True, slots=True)
class Beat:
    """Where a worker goes: the square of his grid, its places, and the tasks that wait for him."""

    account: int
    grid: str
    lon: float
    lat: float
    places: Sequence[str]
    tasks: Sequence[str]


@dataclass(slots=True)
class Phone:
    """The entries of one phone in the order in which they were made, and the files they name by SHA-256."""

    beat: Beat
    entries: list[Entry] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


def phone(seed: int, count: int, beat: Beat, *, mix: Mapping[str, int] = MIX, pictures: float = 0.0) -> Phone:
    """`count` entries by the shares of `mix`; `pictures` of the reports have one."""
    pick, made = random.Random(seed), Phone(beat)
    kinds, shares = list(mix), list(mix.values())
    signed: list[str] = []
    tasks = list(beat.tasks)
    now = datetime.now(UTC)
    for place in range(count):
        kind = pick.choices(kinds, shares)[0]
        reports = [one for one in made.entries if one["kind"] == "report"]
        if (
            (kind == "more" and not reports)
            or (kind == "task_done" and not signed)
            or (kind == "task_sign" and not tasks)
        ):
            kind = "report"
        words = f"{matter(seed * 1000 + place)[1][: pick.randrange(16, 160)]}（{seed}-{place}）"
        one: Entry = {
            "id": str(UUID(int=pick.getrandbits(128), version=4)),
            "kind": kind,
            "made_at": (now - timedelta(minutes=count * 10 - place * 9)).isoformat(timespec="milliseconds"),
            "offset_ms": pick.randrange(-3000, 3000),
            "lon": beat.lon + pick.random() * 0.009,
            "lat": beat.lat + pick.random() * 0.009,
            "accuracy": round(pick.uniform(3, 60), 1),
            "files": [],
        }
        if kind == "report":
            one["content"] = {"text": words, "category": pick.choice(CATEGORIES), "urgent": pick.random() < 0.05}
            if pick.random() < pictures:
                content = picture(pick)
                sha256 = hashlib.sha256(content).hexdigest()
                made.files[sha256] = content
                one["files"] = [{"sha256": sha256, "name": f"照片{place}.jpg", "size": len(content)}]
        elif kind == "more":
            one |= {"refers": pick.choice(reports)["id"], "content": {"text": words}}
        elif kind == "visit":
            on = (now - timedelta(hours=30)).date().isoformat()
            one["content"] = {
                "on": on,
                "address": f"{seed % 40 + 1}组{place + 1}号",
                "purpose": pick.choice(PURPOSES),
                "asked": words,
            }
        elif kind == "inspect":
            faulty = pick.random() < 0.25
            answers = {code: {"ok": True, "note": ""} for code in QUESTIONS}
            if faulty:
                answers[pick.choice(QUESTIONS)] = {"ok": False, "note": "需要整改"}
            one["content"] = {
                "place": pick.choice(beat.places), "checklist": CHECKLIST, "checklist_version": 1,
                "answers": answers, "text": words,
            }  # fmt: skip
        elif kind == "opinion":
            one["content"] = {"topic": pick.choice(TOPICS), "text": words}
        elif kind == "task_sign":
            signed.append(tasks.pop())
            one |= {"seen": 1, "content": {"task": signed[-1]}}
        else:
            one |= {"seen": 2, "content": {"task": signed.pop(), "text": words}}
        made.entries.append(one)
    return made


def picture(pick: random.Random) -> bytes:
    """Some kilobytes that begin as a JPEG does; nobody looks at them."""
    return b"\xff\xd8\xff\xe0" + pick.randbytes(pick.randrange(4_000, 24_000))


def number_of_cases(entries: Iterable[Entry]) -> int:
    """How many matters these lead to."""
    return sum(one["kind"] == "report" or (one["kind"] == "inspect" and has_faults(one)) for one in entries)


def has_faults(one: Entry) -> bool:
    return any(not answer["ok"] for answer in one["content"]["answers"].values())


_OPEN = "SELECT id FROM grid_fieldtask WHERE account_id = %s AND state = 'open' ORDER BY id"


def make_beats(count: int, *, per_grid: int = 10, tasks: int = 4) -> list[Beat]:
    """Workers with what they look after, in grids of a square kilometre below the demo township; made once, found
    again by whoever asks for as many."""
    from onedoor.cases.sql import rows
    from onedoor.grid.models import Checklist, FieldTask, Grid, Place
    from onedoor.people.divisions import add_division
    from onedoor.people.models import Account, Division, Post

    now, post = datetime.now(UTC), Post.objects.get(account__username="grid_worker")
    town = Division.objects.get(code="990101100")
    items = [{"code": code, "question": f"{code}？", "basis": ""} for code in QUESTIONS]
    Checklist.objects.get_or_create(
        code=CHECKLIST, version=1, defaults={"name": "演练", "items": items, "made_at": now}
    )
    beats, grids = [], (count + per_grid - 1) // per_grid
    for place in range(grids):
        code = f"9901011007{place:04d}"
        division = Division.objects.filter(code=code).first() or add_division(code, f"演练第{place + 1}网格", town)
        lon, lat = 100.0 + place % 50 * 0.01, 38.0 + place // 50 * 0.01
        corners = [[lon, lat], [lon + 0.01, lat], [lon + 0.01, lat + 0.01], [lon, lat + 0.01], [lon, lat]]
        shape = {"type": "Polygon", "coordinates": [corners]}
        Grid.objects.get_or_create(division=division, defaults={"shape": shape, "shape_version": place + 1})
        found = [str(one) for one in Place.objects.filter(grid=division).order_by("id").values_list("pk", flat=True)]
        if not found:
            made = [UUID(int=random.Random(place * 100 + one).getrandbits(128), version=4) for one in range(5)]
            Place.objects.bulk_create(
                Place(id=one, grid=division, kind="market", name=f"场所{n}", checklist=CHECKLIST, every_days=30)
                for n, one in enumerate(made)
            )
            found = [str(one) for one in made]
        for worker in range(place * per_grid, min((place + 1) * per_grid, count)):
            account, new = Account.objects.get_or_create(
                username=f"worker{worker:05d}", defaults={"name": f"网格员{worker}"}
            )
            if new:
                Post.objects.create(account=account, role="grid_worker", unit=post.unit, division=division)
            waits = [row["id"] for row in rows(_OPEN, [account.pk])]
            more = [uuid4() for _ in range(len(waits), tasks)]
            FieldTask.objects.bulk_create(
                FieldTask(id=one, grid=division, title="演练任务", account=account, made_at=now) for one in more
            )
            beats.append(Beat(account.pk, code, lon, lat, found, [str(one) for one in (*waits, *more)]))
    return beats

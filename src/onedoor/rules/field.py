"""What a worker puts down in the field, and what becomes of it on its way to the centre (`docs/handbook/sync.md`).

`read_entry` makes an `Entry` of what a phone has sent, or refuses it with a sentence. Each kind has a function
`take(entry, *, signed, actor, at) -> Taken` (`grid/steps/kinds`) that carries it out or raises one of three:
`Refused` (it is not accepted), `Asks` (somebody else has changed the same: both stay, a person decides), `Waits`
(what it refers to has not arrived).
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from onedoor.rules.access import Role
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, Refused, invalid

KINDS: dict[str, str] = {
    "report": "上报",
    "more": "补充",
    "task_sign": "签收任务",
    "task_done": "完成任务",
    "inspect": "巡查",
    "visit": "入户走访",
    "care_visit": "看望",
    "opinion": "社情民意",
    "case": "事项",  # as POST /cases takes it: other programs than ours
}
STATES: dict[str, str] = {
    "received": "已收到",
    "waiting": "等待其他内容",  # what it refers to, or a file of it, has not arrived yet
    "asks": "需要处理",  # two have changed the same: both are kept, a person decides
    "refused": "未收",
    "settled": "已处理",  # what was asked has been decided
}

_FIELD = frozenset({Role.GRID_WORKER, Role.GRID_LEAD})
_GUESTS = _FIELD | {Role.VOLUNTEER}
# Who may send what. Volunteers are guests: they report, and do the errands that are open to them.
WHO: Mapping[str, frozenset[Role]] = {
    "report": _GUESTS,
    "more": _GUESTS,
    "task_sign": _GUESTS,
    "task_done": _GUESTS,
    "inspect": _FIELD,
    "visit": _FIELD,
    "care_visit": _FIELD,
    "opinion": _FIELD,
    "case": _GUESTS | {Role.CLERK, Role.DISPATCHER, Role.MEDIATOR, Role.SUPERVISOR},
}

MOST_ENTRIES = 200  # of one batch
PIECE = 256 * 1024  # bytes of a file at a time
MOST_FILES = 9  # of one entry
LARGEST_FILE = 50 * 1024 * 1024
LONGEST_TEXT = 5_000  # characters of one text of an entry
DEEPEST = 12  # levels of an entry's content
LONGEST_CONTENT = 64 * 1024  # bytes of it as JSON
WAITING_LONG = timedelta(days=1)
FARTHEST_OFFSET = timedelta(days=366 * 60)  # a phone that starts in 1970
# What comes out as older than this was measured wrongly: then the receipt is all that is known of the time.
OLDEST = timedelta(days=366)
# Kinds that have pictures, voices or films; of the others nothing of that sort is kept.
WITH_FILES = frozenset({"report", "more", "case", "inspect", "task_done"})
# Where somebody lives, or what somebody said: of these no position is kept.
WITHOUT_POSITION = frozenset({"visit", "care_visit", "opinion"})
# When two have changed the same, or something does not come: who decides is `fieldwork.LEADS`.
DECISIONS: dict[str, str] = {"carry_out": "照办", "set_aside": "不再办理"}

_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class Asks(Exception):
    """Somebody else has changed the same meanwhile. What was sent is kept whole until a person has decided."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Waits(Exception):
    """What the entry refers to is not here. `what` says it in words a worker understands, as in 中心在等…"""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that an entry names: hex SHA-256, its name on the phone, its bytes."""

    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, its shape checked. `made_at` is the instant by the centre's clock (`put_right`). `grid` is the code
    that the phone gave, `division` what it was resolved to, with the ids above it, root first; every entry that is
    carried out has one, in the area of who sent it."""

    id: UUID
    kind: str
    made_at: datetime
    lon: float | None = None
    lat: float | None = None
    accuracy: float | None = None  # metres
    grid: str = ""
    refers: UUID | None = None
    seen: int | None = None  # the version of what it changes that the worker had before him
    files: tuple[FileRef, ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)
    division: int = 0
    division_path: tuple[int, ...] = ()
    # a person has been asked and has decided that it be carried out all the same: `Asks` is no answer any more
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What an entry has led to. `case_number`: the matter that it belongs to. `report`: a matter to be registered
    with it, in the same transaction: what `content` of a report is. `then` is called when nothing can be refused any
    more, with the new case's state (`CaseState`), or None where there is none."""

    case_number: str = ""
    report: Mapping[str, Any] | None = None
    then: Callable[[Any], None] | None = None


def put_right(
    made_at: datetime, *, offset_ms: float | None, sent_at: datetime | None, received_at: datetime
) -> datetime:
    """When it was by the centre's clock. The difference that the phone measured when it last spoke with the centre
    goes first; without one, the difference between the phone's clock as it sends and ours as we receive. Never later
    than the receipt, and the receipt itself where the phone's clock cannot be right."""
    if offset_ms is not None:
        offset = timedelta(milliseconds=offset_ms)
    elif sent_at is not None:
        offset = received_at - sent_at
    else:
        offset = timedelta()
    try:
        right = made_at.astimezone(UTC) + offset
    except OverflowError:
        return received_at
    return received_at if right < received_at - OLDEST else min(right, received_at)


def read_entry(raw: Mapping[str, Any], *, sent_at: datetime | None, received_at: datetime) -> Entry:
    """The entry as a phone has sent it; refuses with every faulty field named. What its kind asks of the content is
    the kind's to check."""
    faults: dict[str, str] = {}

    def reading(name: str, read: Callable[[object], Any], fallback: Any = None) -> Any:
        try:
            return read(raw.get(name))
        except Refused as refused:
            faults[name] = refused.sentence
            return fallback

    entry_id = reading("id", read_id)
    kind = reading("kind", _kind, "")
    made_at = reading("made_at", lambda value: read_time(value, "made_at"), received_at)
    offset = reading("offset_ms", _offset)
    lon = reading("lon", lambda value: _number(value, 180))
    lat = reading("lat", lambda value: _number(value, 90))
    accuracy = reading("accuracy", lambda value: _number(value, 10_000_000, least=0))
    grid = reading("grid", lambda value: _text(value, 40), "")
    refers = reading("refers", lambda value: None if value in (None, "") else read_id(value))
    seen = reading("seen", _seen)
    files = reading("files", _files, ())
    content = reading("content", _content, {})
    if (lon is None) != (lat is None):
        faults.setdefault("lon", "经度和纬度应一起填写。")
    if files and kind and kind not in WITH_FILES:
        faults.setdefault("files", f"“{KINDS[kind]}”不带文件。")
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    right = put_right(made_at, offset_ms=offset, sent_at=sent_at, received_at=received_at)
    return Entry(entry_id, kind, right, lon, lat, accuracy, grid, refers, seen, files, content)


def check_may(kind: str, role: str) -> None:
    """Refuses what is not for this post to send."""
    if role not in WHO[kind]:
        raise Refused(NOT_ALLOWED, f"您的岗位不能报送“{KINDS[kind]}”。")


def read_id(value: object) -> UUID:
    """A UUID in its usual form; there is one way to write each."""
    if isinstance(value, str) and len(value) == 36:
        try:
            return UUID(value)
        except ValueError:
            pass
    raise invalid("id", "编号应为 UUID。")


def read_time(value: object, name: str) -> datetime:
    if isinstance(value, str) and len(value) <= 40:
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
        if found is not None and found.tzinfo is not None:
            return found
    raise invalid(name, "时间应带时区，如 2026-03-01T09:00:00+08:00。")


def _kind(value: object) -> str:
    if isinstance(value, str) and value in KINDS:
        return value
    raise invalid("kind", "没有这种条目，请更新手机上的应用。")


def _offset(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        # one beyond sixty years was measured by a clock that had lost itself: then none was measured
        return float(value) if abs(value) <= FARTHEST_OFFSET.total_seconds() * 1000 else None
    raise invalid("offset_ms", "对时的差应为毫秒数。")


def _number(value: object, most: float, *, least: float | None = None) -> float | None:
    if value is None:
        return None
    least = -most if least is None else least
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
        return float(value)  # what is no number, NaN, lies between nothing
    raise invalid("lon", "位置不对。")


def _seen(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31):
        return value
    raise invalid("seen", "看到的版本应为整数。")


def _text(value: object, longest: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and len(value) <= longest and not _UNKEEPABLE.search(value):
        return value.strip()
    raise invalid("grid", "网格代码不对。")


def _files(value: object) -> tuple[FileRef, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise invalid("files", "文件应为列表。")
    if len(value) > MOST_FILES:
        raise invalid("files", f"一条最多{MOST_FILES}个文件。")
    found = tuple(_file(one) for one in value)
    if len({one.sha256 for one in found}) < len(found):
        raise invalid("files", "同一个文件列了两次。")
    return found


def _file(value: object) -> FileRef:
    if not isinstance(value, dict):
        raise invalid("files", "文件应写明 sha256、name、size。")
    sha256, name, size = value.get("sha256"), value.get("name", ""), value.get("size")
    if not isinstance(sha256, str) or not _SHA256.match(sha256):
        raise invalid("files", "文件的 sha256 应为64位小写十六进制。")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= LARGEST_FILE:
        raise invalid("files", f"文件大小应在1字节到{LARGEST_FILE // 1024 // 1024} MB 之间。")
    if not isinstance(name, str) or len(name) > 200 or _UNKEEPABLE.search(name):
        raise invalid("files", "文件名太长或有不能使用的字符。")
    return FileRef(sha256, name, size)


def _content(value: object) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid("content", "内容应为对象。")
    _check_plain(value, DEEPEST)
    return value


def _check_plain(value: object, levels: int) -> None:
    """What PostgreSQL cannot keep, or what nobody has written by hand."""
    if levels == 0:
        raise invalid("content", "内容嵌套太深。")
    if isinstance(value, str):
        if _UNKEEPABLE.search(value):
            raise invalid("content", "内容中有不能使用的字符（乱码或半个表情符号），请删除后重新填写。")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise invalid("content", "内容中有不是数的数。")
    elif isinstance(value, dict):
        for name, one in value.items():
            _check_plain(name, levels)
            _check_plain(one, levels - 1)
    elif isinstance(value, list):
        for one in value:
            _check_plain(one, levels - 1)

"""疑点: signs that a figure was made rather than earned. Each is a question for a person, never a verdict.

Texts are compared by neighbouring pairs of characters (`same_matter.pairs`), as the search does: names of villages,
firms and things are in no dictionary, so that a segmenter would cut them differently in a narrative and in its
answer; pairs need no dictionary, no model and no library. What half the county writes (已经, 我们) is told from
content by how many texts have it. Nothing here knows a person but the staff who registered, rated or called back.
"""

import hashlib
import hmac
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from onedoor.rules.access import Role
from onedoor.rules.alike import alike_groups, jaccard
from onedoor.rules.needs import OPINIONS
from onedoor.rules.refusal import NOT_READY, Refused, invalid
from onedoor.rules.same_matter import pairs

KINDS: dict[str, str] = {
    "no_result": "没有结果就办结",
    "too_short": "答复过短",
    "copied": "答复反复照搬",
    "off_topic": "答复与诉求无关",
    "staff_rating": "评价疑似工作人员代做",
    "clock_reset": "时限反复重置",
    "split": "一事拆成多件",
}
STATES: dict[str, str] = {
    "open": "待核实",
    "drawn": "已抽取回访",
    "confirmed": "核实属实",
    "not_confirmed": "核实不属实",
}
DECIDED = ("confirmed", "not_confirmed")
# Who reads findings, and who draws and decides. The auditor sees that there are some, and no text of a matter.
READS = frozenset({Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR})
DECIDES = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
MOST_DRAWN = 30

LOOKS_BACK = timedelta(days=92)
QUICKLY = timedelta(minutes=30)  # from signing to concluding, with nothing done between
SHORT = 10  # characters of content
MOST_COMMON = 0.06  # of the texts: a pair that more have is no content
COMMON_SIGNS = 0.05  # and so a single sign
FEW_TEXTS = 30  # in fewer texts nothing can be called common but COMMON
# What an answer to the matter has in common with it at least: pairs, or single signs. Of the demo county's 145 texts
# in two villages each (290) 1.4 % of the true answers fall below both, and 97.9 % of 870 answers to other matters.
SHARED, SHARED_SIGNS = 2, 3
COPIES = 4
DIFFERENT = 0.5
BURST, BURST_WITHIN = 3, timedelta(minutes=10)
AT_ONCE = timedelta(minutes=2)  # rated after the end: time to stand up
OWN_CALL_WITHIN = timedelta(minutes=15)
RESETS, SAME_UNIT, SUSPENSIONS = 3, 2, 2
SPLIT_WITHIN = timedelta(days=7)

_CONTENT = re.compile(r"[\w]")
_FORMULAS = re.compile(
    r"您好|你好|感谢(您的)?(来电|反映|支持|理解)?|(经核实|经查)?(该|此|所反映的?)?(事项|问题|诉求|情况)?(已经?|均已)(处理|办理|办结|解决|落实|答复|回复|反馈)"
    r"(完毕|完成|到位|妥当)?|请(您)?知悉|特此(答复|回复)|情况属实|同意办结"
)
_CLAUSES = re.compile(r"[，。；！？、：,;!?:\s]+")
_PROMISE = re.compile(r"将|拟|尽快|正在|下一步|择期|争取|待.{0,12}(后|时)|研究|抓紧|持续(跟进|关注)|列入.{0,6}计划")
_HANDED_ON = re.compile(
    r"已.{0,4}(转|移交|上报|报送|反馈|告知|通知|联系|安排|要求|督促|责成|责令|列入|协调|沟通|受理|登记|收悉|知悉)"
)
_DONE = re.compile(
    r"已|完成|达成|签订|恢复|支付|付清|付给|退还|退回|退款|赔偿|补偿|修复|更换|清理|清运|拆除|整改|发放|到账|办好|解决|履行|安装|补办|承担"
    r"|认定|依据|根据|按照|应当|可以|属于|不属于|符合|规定|标准|支持|约定|由.{1,12}(负责|承担|保管|管理)|撤销|停止|道歉|移除|改为|增设|开通"
)
_RESULTS = frozenset({"put_right", "served", "agreement_written", "agreement_oral", "answered"})
# Where the answer is about the matter, and not about a route or how a mediation ended.
_TELLS = _RESULTS | frozenset(OPINIONS)
_ON_SITE = frozenset({"put_right", "served", "agreement_written", "agreement_oral"})
COMMON = pairs(
    "我们 你们 他们 已经 进行 相关 有关 部门 单位 工作 人员 问题 情况 反映 事项"
    " 办理 处理 要求 希望 可以 没有 申请 请求 答复 中心"
)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a case: `unit` is the id of the unit that it was sent to, for a dispatch; `granted` of a decision
    on more time; `satisfied` of a rating or a call-back."""

    kind: str
    at: datetime
    actor: int | None = None
    unit: int | None = None
    granted: bool = False
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as the look sees it. `answer` is "" while there is none; `files`: how many the unit has added."""

    id: str
    number: str
    unit: int | None
    registrar: int | None
    division: int
    category: int
    registered_at: datetime
    stage: str
    text: str  # title and narrative
    answer: str
    outcome: str
    files: int
    events: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One question. `cases`: ids of the others that belong to it; `evidence`: numbers that `said` puts into words."""

    kind: str
    case: str
    unit: int | None
    cases: tuple[str, ...]
    evidence: Mapping[str, Any]


def look(cases: Sequence[Seen]) -> list[Found]:
    """All questions about these cases, one of a kind and case at most, in the order of KINDS and of numbers."""
    listed = sorted(cases, key=lambda one: one.number)
    common = common_in(listed)
    found: list[Found] = []
    for one in listed:
        for kind, evidence in (
            ("no_result", no_result(one)),
            ("too_short", too_short(one)),
            ("off_topic", off_topic(one, common)),
            ("clock_reset", clock_reset(one)),
        ):
            if evidence is not None:
                found.append(Found(kind, one.id, one.unit, (), evidence))
    found += [*copied(listed), *staff_ratings(listed), *split(listed)]
    order = list(KINDS)
    place = {one.id: number for number, one in enumerate(listed)}
    return sorted(found, key=lambda one: (order.index(one.kind), place[one.case]))


# --- answers


def content(text: str) -> str:
    """What an answer says beside the formulas that fit any matter."""
    return "".join(_CONTENT.findall(_FORMULAS.sub("", text)))


def too_short(case: Seen) -> dict[str, Any] | None:
    if not case.answer:
        return None
    size = len(content(case.answer))
    return {"characters": size} if size < SHORT else None


def no_result(case: Seen) -> dict[str, Any] | None:
    """Concluded as done while the answer only promises or hands on; or concluded within half an hour of signing, with
    nothing done in between and nothing to show for it."""
    if not case.answer or case.outcome not in _RESULTS or too_short(case) is not None:
        return None
    clauses = [one for one in _CLAUSES.split(case.answer) if one]
    empty = [one for one in clauses if _PROMISE.search(one) or _HANDED_ON.search(one)]
    done = [one for one in clauses if one not in empty and _DONE.search(one)]
    if empty and not done:
        return {"promises": len(empty)}
    signed = [one.at for one in case.events if one.kind == "sign"]
    concluded = [one.at for one in case.events if one.kind == "conclude"]
    acts = ("report_progress", "meet", "submit_opinion", "approve", "start_mediation", "hold_session")
    worked = case.files or any(one.kind in acts or "session" in one.kind for one in case.events)
    if case.outcome in _ON_SITE and signed and concluded and not worked:
        took = concluded[-1] - max((at for at in signed if at <= concluded[-1]), default=concluded[-1])
        if timedelta(0) <= took <= QUICKLY:
            return {"minutes": int(took.total_seconds() // 60)}
    return None


@dataclass(frozen=True, slots=True)
class Common:
    """Pairs and single signs that so many texts have that they say nothing of any."""

    pairs: frozenset[str]
    signs: frozenset[str]


def common_in(cases: Iterable[Seen]) -> Common:
    """Over the narratives and over the answers, each for itself: what is common in either is no content."""
    listed = list(cases)
    found, signs = set(COMMON), Counter[str]()
    for texts in ([one.text for one in listed], [one.answer for one in listed if one.answer]):
        counts = Counter(pair for text in texts for pair in pairs(text))
        if len(texts) >= FEW_TEXTS:
            found |= {pair for pair, count in counts.items() if count > len(texts) * MOST_COMMON}
        signs.update(sign for text in texts for sign in set(_CONTENT.findall(text)))
    most = 2 * len(listed) * COMMON_SIGNS if len(listed) >= FEW_TEXTS else len(listed) * 2
    rare = {sign for sign, count in signs.items() if count <= most}
    return Common(frozenset(found), frozenset(signs.keys() - rare))


def off_topic(case: Seen, common: Common) -> dict[str, Any] | None:
    """An answer of some length that shares next to no content with what was asked."""
    said, asked = pairs(case.answer) - common.pairs, pairs(case.text) - common.pairs
    if case.outcome not in _TELLS or len(content(case.answer)) < SHORT or len(asked) < 2 * SHARED:
        return None
    shared = len(said & asked)
    signs = (set(_CONTENT.findall(case.answer)) & set(_CONTENT.findall(case.text))) - common.signs
    if shared >= SHARED or len(signs) >= SHARED_SIGNS:
        return None
    return {"shared": shared, "pairs": len(said)}


def copied(cases: Sequence[Seen]) -> list[Found]:
    """The same answer, near enough, of one unit to COPIES matters or more that are not the same matter told again."""
    found = []
    for unit, own in _by(cases, lambda one: one.unit).items():
        answered = [one for one in own if one.answer and len(content(one.answer)) >= SHORT]
        for group in alike_groups([one.answer for one in answered]):
            members = [answered[place] for place in group]
            distinct: list[frozenset[str]] = []
            for one in members:  # one outage reported by twenty households may have one answer
                told = pairs(one.text)
                if all(jaccard(told, other) < DIFFERENT for other in distinct):
                    distinct.append(told)
            if len(distinct) < COPIES:
                continue
            ids = [one.id for one in members]
            found += [
                Found("copied", one.id, unit, tuple(other for other in ids if other != one.id), {"times": len(ids)})
                for one in members
            ]
    return found


# --- ratings


def staff_ratings(cases: Sequence[Seen]) -> list[Found]:
    """Ratings that came as no applicants give them: several of one unit within minutes; at the very moment of closing,
    again and again with one clerk; a call-back by who registered the matter, minutes after its end; more call-backs in
    minutes than one can talk. Only the times in the ledger and who made the entry are used: no address, no device, and
    no telephone of anybody (the number that staff gave for being told of notices is for nothing else)."""
    found: dict[str, Found] = {}

    def question(case: Seen, others: Iterable[Seen], evidence: dict[str, Any]) -> None:
        ids = tuple(sorted({one.id for one in others} - {case.id}))
        found.setdefault(case.id, Found("staff_rating", case.id, case.unit, ids, evidence))

    rated = [(one.unit, event.at, one) for one in cases for event in one.events if event.kind == "rate"]
    for unit, group in _by(rated, lambda one: one[0]).items():
        if unit is not None:
            for run in _runs([(at, case) for _, at, case in group], BURST, BURST_WITHIN):
                for case in run:
                    question(case, run, {"how": "burst", "times": len(run), "minutes": _minutes(BURST_WITHIN)})
    calls = [(event.actor, event.at, one) for one in cases for event in one.events if event.kind == "follow_up"]
    for actor, group in _by(calls, lambda one: one[0]).items():
        if actor is not None:
            for run in _runs([(at, case) for _, at, case in group], BURST + 1, BURST_WITHIN / 2):
                for case in run:
                    question(case, run, {"how": "calls", "times": len(run), "minutes": _minutes(BURST_WITHIN / 2)})
    at_once: dict[tuple[int, Any], list[Seen]] = defaultdict(list)
    for one in cases:
        ended = [event for event in one.events if event.kind in ("close", "settle_on_spot")]
        for event in one.events:
            before = [end for end in ended if end.at <= event.at]
            if not before:
                continue
            gap, by = event.at - before[-1].at, before[-1].actor
            if event.kind == "rate" and event.satisfied and gap <= AT_ONCE and by is not None:
                at_once[by, event.at.date()].append(one)
            if (
                event.kind == "follow_up" and event.satisfied and gap <= OWN_CALL_WITHIN
                and event.actor is not None and event.actor == one.registrar
            ):  # fmt: skip
                question(one, (), {"how": "own_call", "minutes": _minutes(gap)})
    for run in at_once.values():
        if len({one.id for one in run}) >= BURST:
            for case in run:
                question(case, run, {"how": "at_once", "times": len(run), "minutes": _minutes(AT_ONCE)})
    return list(found.values())


# --- clocks and numbers


def clock_reset(case: Seen) -> dict[str, Any] | None:
    """Turns that each gave a new limit: recalled and sent to the same unit again, suspended, given more time."""
    counts: Counter[str] = Counter()
    last: int | None = None
    recalled = False
    for one in case.events:
        if one.kind == "recall":
            recalled = True
        elif one.kind == "dispatch":
            counts["same_unit"] += recalled and one.unit is not None and one.unit == last
            last, recalled = one.unit, False
        elif one.kind == "suspend":
            counts["suspended"] += 1
        elif one.kind == "decide_extension":
            counts["extended"] += one.granted
        elif one.kind == "send_back_up":
            counts["sent_back_up"] += 1
    if counts["same_unit"] >= SAME_UNIT or counts["suspended"] >= SUSPENSIONS or sum(counts.values()) >= RESETS:
        return {name: count for name, count in sorted(counts.items()) if count}
    return None


def split(cases: Sequence[Seen]) -> list[Found]:
    """One matter under several numbers: near-same text, same place and category, registered by the same person or led
    by the same unit within days, and not merged."""
    found = []
    for _, own in _by(cases, lambda one: (one.division, one.category)).items():
        live = [one for one in own if one.stage not in ("merged", "withdrawn")]
        for group in alike_groups([one.text for one in live]):
            members = sorted((live[place] for place in group), key=lambda one: one.registered_at)
            near = {
                member.id
                for one, other in pairwise(members)
                if other.registered_at - one.registered_at <= SPLIT_WITHIN and _same_hand(one, other)
                for member in (one, other)
            }
            for one in members:
                if one.id in near:
                    others = tuple(other.id for other in members if other.id in near and other.id != one.id)
                    found.append(Found("split", one.id, one.unit, others, {"times": len(near)}))
    return found


def _same_hand(one: Seen, other: Seen) -> bool:
    by_person = one.registrar is not None and one.registrar == other.registrar
    return by_person or (one.unit is not None and one.unit == other.unit)


def _by(items: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for one in items:
        groups[key(one)].append(one)
    return groups


def _runs(timed: list[tuple[datetime, Seen]], least: int, within: timedelta) -> list[list[Seen]]:
    """Stretches in which so many different cases lie within so short a time."""
    timed.sort(key=lambda one: (one[0], one[1].id))
    runs: list[list[Seen]] = []
    for start, (begins, _) in enumerate(timed):
        run = {case.id: case for at, case in timed[start:] if at - begins <= within}
        if len(run) >= least:
            runs.append(list(run.values()))
    return runs


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


# --- in words, and what people do with it

_HOW = {
    "burst": "同一单位的{times}件评价集中在{minutes}分钟内",
    "calls": "同一人在{minutes}分钟内登记了{times}件回访",
    "at_once": "同一人当天办结的{times}件，都在办结后{minutes}分钟内评价满意",
    "own_call": "登记人本人在办结后{minutes}分钟内登记回访满意",
}
_RESET_NAMES = {
    "same_unit": "收回后又交给同一单位{}次",
    "suspended": "中止{}次",
    "extended": "延期{}次",
    "sent_back_up": "上下级往返{}次",
}


def said(kind: str, evidence: Mapping[str, Any]) -> str:
    """The evidence as a sentence."""
    match kind:
        case "no_result" if "minutes" in evidence:
            return f"签收后{evidence['minutes']}分钟就办结，其间没有进展、见面记录和附件。"
        case "no_result":
            return "办结结果是已解决，答复里只有安排和转交，没有写办成了什么。"
        case "too_short":
            return f"去掉套话，答复只剩{evidence['characters']}个字。"
        case "copied":
            return f"同一单位对{evidence['times']}件不同的事用了几乎一样的答复。"
        case "off_topic":
            return "答复和诉求没有共同的内容。"
        case "staff_rating":
            return _HOW[evidence["how"]].format(**evidence) + "。"
        case "clock_reset":
            return (
                "、".join(_RESET_NAMES[name].format(count) for name, count in evidence.items())
                + "，每次都有新的时限。"
            )
        case "split":
            return f"{evidence['times']}件几乎一样的事，同一地点、几天内登记了{evidence['times']}个编号，没有并案。"
    raise ValueError(f"no kind {kind}")


def drawn_first(key: bytes, ids: Iterable[str]) -> list[str]:
    """The order in which a sample is drawn: by a keyed digest, so that nobody chooses and it can be checked."""
    return sorted(ids, key=lambda one: hmac.new(key, one.encode(), hashlib.sha256).digest())


def check_draw(count: int) -> None:
    if not 1 <= count <= MOST_DRAWN:
        raise invalid("count", f"一次抽取1到{MOST_DRAWN}件。")


def check_decision(state: str, wanted: str, reason: str) -> None:
    """Whether it was so, with a reason; once."""
    if wanted not in DECIDED:
        raise invalid("wanted", "请选择“核实属实”或“核实不属实”。")
    if state in DECIDED:
        raise Refused(NOT_READY, "这一条已经核实过。")
    if not reason.strip():
        raise invalid("reason", "请写明怎样核实、结果如何。")
    if len(reason) > 500:
        raise invalid("reason", "核实情况不超过500个字。")

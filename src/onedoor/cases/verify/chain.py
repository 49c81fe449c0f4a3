"""One case's events: the chain, the head, the flow, the checkpoints."""

from collections.abc import Iterator
from functools import lru_cache

from onedoor.cases.checkpoints import HASH_BYTES
from onedoor.cases.ledger import GENESIS, event_hash
from onedoor.cases.verify.finding import Finding
from onedoor.cases.verify.reading import Record, Row
from onedoor.rules.flow import STAGE_NAMES, Stage
from onedoor.rules.mediation_flow import ALL_MOVES
from onedoor.rules.sweeping import OF_THE_CLOCK

# Events that are no move of FLOW; all of them leave the stage as it is.
BESIDE_THE_FLOW = frozenset({"absorb", "attach", "choose_contact", "erase", "paper", "withdraw_paper"}) | OF_THE_CLOCK


def stage_of(event: Row) -> str:
    """The stage the event led to; empty when its payload has been spoilt."""
    payload = event["payload"]
    stage = payload.get("stage") if isinstance(payload, dict) else None
    return stage if isinstance(stage, str) else ""


def check_chain(record: Record, key: bytes) -> Iterator[Finding]:
    """Names the first broken link only: what follows it is broken with it."""
    previous = GENESIS
    for place, event in enumerate(record.events, 1):
        if event["seq"] != place:
            what = "有重复" if event["seq"] < place else "有缺失"
            yield record.finding(f"事件序号{what}：应为 {place}，实为 {event['seq']}", seq=event["seq"])
            return
        if event["previous"] != previous:
            yield record.finding("事件与前一事件不相衔接", seq=place)
            return
        if event["hash"] != event_hash(key, event):
            yield record.finding("事件被改动，或不是用本中心的密钥记载", seq=place)
            return
        previous = event["hash"]


def check_head(record: Record) -> Iterator[Finding]:
    """The case row stands where the last event left it."""
    case, last = record.case, record.events[-1]
    assert case is not None
    if case["version"] != last["seq"]:
        yield record.finding(f"事项版本为 {case['version']}，最后一个事件为第 {last['seq']} 号", table="case")
    if case["head"] != last["hash"]:
        yield record.finding("事项的链头不是最后一个事件", seq=last["seq"], table="case")
    if case["stage"] != stage_of(last):
        yield record.finding(
            f"事项现为“{STAGE_NAMES.get(case['stage'], '')}”，最后一个事件为“{STAGE_NAMES.get(stage_of(last), '')}”",
            seq=last["seq"],
            table="case",
        )


@lru_cache(maxsize=4096)
def allowed(kind: str, before: str, after: str) -> bool:
    """Whether the flow lets an event of that kind lead from one stage to the other; `before` is empty at first."""
    if not before:
        return kind == "register" and after == Stage.REGISTERED
    if kind in BESIDE_THE_FLOW:
        return before == after
    move = ALL_MOVES.get(kind)
    return move is not None and before in move.source and after in (move.target or (before,))


def check_flow(record: Record) -> Iterator[Finding]:
    before = ""
    for event in record.events:
        after = stage_of(event)
        if not allowed(event["kind"], before, after):
            names = f"从“{STAGE_NAMES.get(before, '无')}”到“{STAGE_NAMES.get(after, '')}”"
            yield record.finding(f"不合流程：{event['kind']} {names}", seq=event["seq"])
        before = after


def check_heads(record: Record) -> Iterator[Finding]:
    """Every head that a checkpoint holds is in the chain."""
    if not record.heads:
        return
    if record.case is None:
        yield record.finding("检查点所载的事项已不存在")
    hashes = {event["seq"]: event["hash"][:HASH_BYTES] for event in record.events}
    for seq, head in sorted(record.heads):
        if seq not in hashes:
            yield record.finding("检查点所载的事件已不存在", seq=seq)
        elif hashes[seq] != head:
            yield record.finding("事件与检查点不符", seq=seq)
        else:
            continue
        return

"""Answers that answer nothing: none, too short, copied, not about the matter.

Texts are compared by neighbouring pairs of characters (`same_matter.pairs`), as the search does: names of villages,
firms and things are in no dictionary, so that a segmenter would cut them differently in a narrative and in its
answer; pairs need no dictionary, no model and no library. What half the county writes (已经, 我们) is told from
content by how many texts have it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from onedoor.rules.alike import alike_groups, jaccard
from onedoor.rules.gaming_seen import Found, Seen, by
from onedoor.rules.needs import OPINIONS
from onedoor.rules.same_matter import pairs

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
    for unit, own in by(cases, lambda one: one.unit).items():
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

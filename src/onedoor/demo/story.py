"""What people do with one matter, move by move, without saying when: only how long each takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zlib import crc32

from onedoor.demo.cast import DIRECTOR, DISCREET_DISPATCHER, SUPERVISOR, Desk, handler_of, lead_of
from onedoor.demo.matters import ACCUSATION, DISCREET, DISPUTE, HOTLINE, ORDINARY, PETITION, QUESTION, Matter
from onedoor.demo.texts import phrases
from onedoor.demo.worktime import DAY
from onedoor.rules.needs import OPINIONS

HOUR = 3600
T = TypeVar("T")

# Working days that the scheme of each track leaves for handling, on the safe side of what holidays may take away.
LIMITS = {DISPUTE: 20, PETITION: 40, HOTLINE: 5, ORDINARY: 15, QUESTION: 15, DISCREET: 15, ACCUSATION: 15}
# track: how many days more are asked for
_EXTENSIONS = {DISPUTE: 20, PETITION: 30, HOTLINE: 5, ORDINARY: 10}


def between(low: float, high: float, *key: object) -> int:
    """A whole number of that range, always the same one for the same key."""
    return int(low + (high - low) * (crc32(repr(key).encode()) % 1000) / 1000)


@dataclass(frozen=True, slots=True)
class Step:
    """One move. `gap`: seconds of work since the one before; `given`: as in the body of POST /moves."""

    gap: int
    move: str
    who: str
    given: dict[str, Any]


class Story:
    """One matter and its people; each method adds what one of them does."""

    def __init__(self, number: int, matter: Matter, desk: Desk, registrar: str = "") -> None:
        self.number, self.matter, self.track, self.raw = number, matter, matter.track, matter.raw
        self.steps: list[Step] = []
        self.unit, self.co = matter.unit, matter.co if matter.co != matter.unit else ""
        self.discreet = self.track in (DISCREET, ACCUSATION)
        self.clerk, self.other_clerk, self.dispatcher = self._people(desk)
        self.registrar = registrar or self.clerk
        if self.discreet:  # only who is named on it goes on with it
            self.clerk = self.other_clerk = self.registrar
            self.dispatcher = DISCREET_DISPATCHER
        self.second = SUPERVISOR if self.discreet or number % 3 else DIRECTOR
        self.petition = self.track == PETITION
        self.opinion = matter.outcome in OPINIONS
        self.span = LIMITS[self.track] * between(20, 85, number, "span") * DAY // 100

    def _people(self, desk: Desk) -> tuple[str, str, str]:
        return self.taken(desk.clerks), self.taken(desk.clerks, 1), self.taken(desk.dispatchers)

    def goes_to(self, desk: Desk) -> None:
        """From now on that centre has the matter."""
        self.clerk, self.other_clerk, self.dispatcher = self._people(desk)

    def taken(self, choices: Sequence[T], more: int = 0) -> T:
        """One of them, in turn."""
        return choices[(self.number + 3 * len(self.steps) + more) % len(choices)]

    def do(self, move: str, who: str, gap: float, **given: Any) -> None:
        self.steps.append(
            Step(max(int(gap), 60), move, who, {name: one for name, one in given.items() if one not in ("", [])})
        )

    def gap(self, low: float, high: float) -> int:
        """Hours, as seconds."""
        return between(low * HOUR, high * HOUR, self.number, len(self.steps))

    @property
    def handler(self) -> str:
        return handler_of(self.unit)

    # --- at the centre

    def accept(self) -> None:
        self.do("accept", self.clerk, self.gap(0.1, 4))

    def correction(self) -> None:
        self.do("ask_correction", self.clerk, self.gap(0.2, 5), reason=self.taken(phrases.CORRECTION))

    def supplement(self) -> None:
        self.do("supplement", self.clerk, self.gap(8, 40), text=self.taken(phrases.SUPPLEMENT))

    def propose_guidance(self) -> None:
        self.do("guide", self.clerk, self.gap(0.2, 3), route=self.matter.route, reason=self.matter.why)

    def dispatch(self, *, waited: float = 0) -> None:
        """`waited`: hours for which nobody came to it."""
        units = [self.unit, self.co] if self.co else [self.unit]
        persons = [handler_of(unit) for unit in units] if self.discreet else []
        co_units = units[1:]
        self.do(
            "dispatch", self.dispatcher, self.gap(0.2, 5 + waited), unit=self.unit, co_units=co_units, persons=persons
        )

    def to_dispatched(self) -> None:
        self.accept()
        self.dispatch()

    def recalled(self, unit: str) -> None:
        """Given to the wrong unit first."""
        right, self.unit = self.unit, unit
        self.dispatch()
        self.do("recall", self.dispatcher, self.gap(1, 5), reason=self.taken(phrases.RECALL))
        self.unit = right

    # --- at the unit

    def object(self) -> None:
        self.do("object", self.handler, self.gap(0.5, 5), reason=self.taken(phrases.OBJECTION))

    def designate(self, unit: str) -> None:
        """Another unit: the objection was right."""
        words = phrases.DESIGNATION[unit != self.unit]
        self.do("designate", self.dispatcher, self.gap(0.5, 5), unit=unit, reason=words)
        self.unit = unit

    def sign(self, *, co: bool = True) -> None:
        self.do("sign", self.handler, self.gap(0.3, 5))
        if self.co and co:
            self.do("sign", handler_of(self.co), self.gap(0.3, 5))

    def handle(self, reports: int = 2) -> None:
        """Up to the answer; takes two thirds of `span`."""
        if self.petition and all(step.move != "decide_acceptance" for step in self.steps):
            self.do("decide_acceptance", self.handler, between(0.3 * DAY, 2 * DAY, self.number), accepted=True)
        share = self.span * 2 // 3 // max(reports, 1)
        for place in range(reports):
            told = any(step.move == "report_progress" for step in self.steps)
            text = self.progress() if told else self.matter.progress
            self.do("report_progress", self.handler, between(share * 0.6, share, self.number, place), text=text)

    def progress(self) -> str:
        if self.track == DISPUTE:
            return self.taken(phrases.PROGRESS_OF_DISPUTE)
        reachable = () if self.raw["anonymous"] else (phrases.TOLD_BY_TELEPHONE,)
        choices: tuple[str, ...] = (*phrases.PROGRESS, *reachable)
        return self.taken(choices)

    def to_handling(self, reports: int = 2) -> None:
        self.to_dispatched()
        self.sign()
        self.handle(reports)

    def ask_extension(self) -> None:
        days = _EXTENSIONS[self.track] // (1 + self.number % 2)
        reason = self.taken(phrases.EXTENSION)
        self.do("request_extension", self.handler, self.gap(1, 6), days=days, reason=reason)

    def decide_extension(self, *, granted: bool = True) -> None:
        """By the head of the unit, where the scheme leaves it to him and there is one."""
        lead = "" if self.track == HOTLINE else lead_of(self.unit)
        words = phrases.GRANTED if granted else phrases.REFUSED
        self.do("decide_extension", lead or DIRECTOR, self.gap(1, 8), granted=granted, reason=self.taken(words))

    def ask_suspension(self) -> None:
        reason = phrases.SUSPENSION[self.number % 2]
        self.do("request_suspension", self.handler, self.gap(1, 6), days=20 + self.number % 3 * 10, reason=reason)

    def suspend(self) -> None:
        self.do("suspend", self.second, self.gap(1, 8), reason=phrases.SUSPENDED[0])

    def resume(self) -> None:
        self.do("resume", self.handler, self.gap(30, 70), reason=phrases.RESUMED[self.number % 2])

    def conclude(self) -> None:
        """The answer: of the helping unit first, signed off by the head where it is a written opinion."""
        if self.co:
            text = self.taken(phrases.OPINION)
            self.do("submit_opinion", handler_of(self.co), self.span // 12 + HOUR, text=text)
        self.tell()
        rest = self.span // 6 + HOUR
        if self.opinion:
            self.do("approve", lead_of(self.unit), rest, answer=self.answer())
            self.do("conclude", self.handler, self.gap(0.3, 3), outcome=self.matter.outcome)
        elif self.track == DISPUTE and self.number % 8 == 3:
            answer, route = phrases.NO_AGREEMENT
            self.do("conclude", self.handler, rest, outcome="mediation_ended", answer=answer, route=route)
        else:
            self.do("conclude", self.handler, rest, outcome=self.matter.outcome, answer=self.answer())

    def tell(self) -> None:
        """What was extended or suspended and not told yet."""
        told = {"tell": False, "suspend": True}
        due = False
        for step in self.steps:
            due = step.given["granted"] if step.move == "decide_extension" else told.get(step.move, due)
        if due:
            self.do("tell", self.handler, self.gap(0.5, 4), text=phrases.TOLD)

    def answer(self) -> str:
        """Told anew where the first answer would not do."""
        before = {step.move for step in self.steps}
        if "reopen" in before:
            return phrases.ANSWER_AFTER_REOPENING.format(answer=self.matter.answer)
        if "send_back" in before:
            return phrases.ANSWER_AFTER_SEND_BACK.format(answer=self.matter.answer)
        return self.matter.answer

    def send_back(self) -> None:
        self.do("send_back", self.second, self.gap(1, 6), reason=self.taken(phrases.SEND_BACK))
        self.do("report_progress", self.handler, self.gap(4, 16), text=self.progress())

    # --- and at the centre again

    def close(self) -> None:
        if self.opinion and self.steps[-1].move != "serve":
            self.serve()
        self.do("close", self.second, self.gap(0.5, 6), reason=self.taken(phrases.CLOSED))

    def serve(self) -> None:
        self.do("serve", self.handler, self.gap(0.5, 5), proof=self.taken(phrases.SERVICE))

    def settle_on_spot(self) -> None:
        outcome, answer = self.matter.outcome, self.matter.answer
        gap = between(300, 2400, self.number)
        self.do("settle_on_spot", self.clerk, gap, outcome=outcome, answer=answer, units=[self.unit], confirmed=True)

    def call_back(self, *, satisfied: bool = True, said: str = "") -> None:
        """Whoever has settled it at the desk does not call back himself."""
        own = any(step.move == "settle_on_spot" for step in self.steps)
        who = self.other_clerk if own else self.clerk
        text = said or self.taken(phrases.SATISFIED if satisfied else phrases.UNSATISFIED)
        gap = between(0.5 * DAY, 4 * DAY, self.number, len(self.steps))
        self.do("follow_up", who, gap, satisfied=satisfied, text=text)

    def archive(self, *, satisfied: bool = True) -> None:
        gap = between(0.3 * DAY, 3 * DAY, self.number)
        if satisfied:
            self.do("archive", self.clerk, gap)
        else:
            self.do("archive", SUPERVISOR, gap, reason=self.taken(phrases.REMEDIES))

    def finish(self) -> None:
        """From the answer to the archive."""
        self.conclude()
        self.close()
        self.end()

    def end(self) -> None:
        satisfied = self.number % 14 != 6
        if not self.raw["anonymous"]:
            self.call_back(satisfied=satisfied)
        self.archive(satisfied=satisfied)

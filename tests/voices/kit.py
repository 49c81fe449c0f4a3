"""Questions, opinions and surveys made through the pages and the steps."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

from django.db import connection

from api.kit import new_browser
from cases.kit import person, sql
from onedoor.cases.ids import new_id
from onedoor.cases.queries.days import today
from onedoor.people.steps.administering import By
from onedoor.rules.refusal import Refused
from onedoor.voices.steps.survey import answer_survey, release_survey, write_survey
from web.kit import words

QUESTION = {"topic": "labour", "text": "试用期不签合同行不行？", "phone": "", "key": "k1"}
DAY = timedelta(days=1)


def asked(**changes: str) -> str:
    """The code of a new question."""
    done = new_browser().post("/ask", QUESTION | changes)
    assert done.status_code == 200, words(done)
    (code,) = re.findall(r'class="big number">([^<]+)<', done.content.decode())
    return str(code)


def newest() -> UUID:
    return UUID(str(sql("SELECT id FROM voices_question ORDER BY asked_at DESC, id DESC LIMIT 1")[0][0]))


TYPED = {
    "title": "满意吗", "introduction": "请说说。",
    "q.0.text": "来办什么", "q.0.kind": "single", "q.0.required": "yes", "q.0.options": "甲\n乙",
    "q.1.text": "打几分", "q.1.kind": "scale",
    "q.2.text": "哪些好", "q.2.kind": "multiple", "q.2.options": "快\n近\n和气",
    "q.3.text": "还有什么话", "q.3.kind": "text",
}  # fmt: skip


def typed(begins: int = 0, ends: int = 3, **changes: str) -> dict[str, str]:
    """Open from so many days from today to so many."""
    days = {"opens_on": str(today() + begins * DAY), "closes_on": str(today() + ends * DAY)}
    return {**TYPED, **days, **changes}


def by(who: str = "director") -> By:
    return By(person(who).actors[0], datetime.now(UTC))


def opened(**changes: str) -> UUID:
    """A survey that is open."""
    survey = new_id()
    write_survey(by=by(), survey=survey, version=0, raw=typed(**changes))
    release_survey(by=by(), survey=survey, version=1)
    return survey


def answered(survey: UUID, count: int, *, text: str = "") -> None:
    for number in range(count):
        raw = {"a.0": [str(number % 2)], "a.1": ["5"], "a.2": ["0", "2"], "a.3": [f"{text}{number}" if text else ""]}
        answer_survey(
            survey=survey, version=1, raw=raw, at=datetime.now(UTC), address=None, key=f"form-{number}"
        )  # fmt: skip


def ended(survey: UUID) -> None:
    """Its last day was yesterday."""
    sql(
        "UPDATE voices_survey SET opens_on = %s, closes_on = %s WHERE id = %s",
        today() - 9 * DAY,
        today() - DAY,
        survey,
    )


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Each in a thread of its own, all begun together: "done", or the sentence of the refusal."""
    gate, said = Barrier(len(calls)), [""] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            call()
        except Refused as refused:
            said[place] = refused.sentence
        else:
            said[place] = "done"
        finally:
            connection.close()

    threads = [Thread(target=run, args=one) for one in enumerate(calls)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return said

"""The time that mediators and rooms give to a session, and that all rooms share; the database lets none be given
twice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError

from onedoor.cases.sql import execute
from onedoor.cases.steps._state import Row
from onedoor.people.occupied import SESSION, TWICE, in_turn, occupy, release
from onedoor.rules.refusal import CONFLICT, Refused

_TAKEN = {
    "session_no_room_twice": ("room", "这间调解室在这个时间已被预订，请换一间或者换个时间。"),
    "session_no_mediator_twice": ("starts_at", "调解员在这个时间已有安排，请换个时间。"),
    TWICE: ("starts_at", "调解员在这个时间已有安排（群众预约或者别的调解会），请换个时间。"),
}


@contextmanager
def taken_is_told() -> Iterator[None]:
    """What the constraints refuse is said at the field that it is about."""
    try:
        yield
    except IntegrityError as error:
        for name, (field, sentence) in _TAKEN.items():
            if name in str(error):
                raise Refused(CONFLICT, sentence, {field: sentence}) from error
        raise


def take_seats(session: Row, accounts: Sequence[int]) -> None:
    """Raises IntegrityError (`session_no_mediator_twice`, `person_no_time_twice`) if one of them is busy."""
    in_turn(accounts)
    for account in accounts:
        execute(
            "INSERT INTO mediation_session_seat (session_id, account_id, starts_at, ends_at) VALUES (%s, %s, %s, %s)",
            [session["id"], account, session["starts_at"], session["ends_at"]],
        )
    occupy(accounts, session["starts_at"], session["ends_at"], room=SESSION, source=session["id"])


def leave_seats(session: Row) -> None:
    """The mediators have their time back."""
    execute("DELETE FROM mediation_session_seat WHERE session_id = %s", [session["id"]])
    release(session["id"])

"""A mediator's time: the seat in a session, and the time on duty that all rooms share."""

from collections.abc import Collection, Sequence
from uuid import UUID

from onedoor.cases.sql import execute
from onedoor.cases.steps._state import Row
from onedoor.people.occupied import SESSION, occupy, release


def take_seats(session: Row, accounts: Sequence[int]) -> None:
    """Raises IntegrityError (`session_no_mediator_twice`, `person_no_time_twice`) if one of them is busy."""
    for account in accounts:
        execute(
            "INSERT INTO mediation_session_seat (session_id, account_id, starts_at, ends_at) VALUES (%s, %s, %s, %s)",
            [session["id"], account, session["starts_at"], session["ends_at"]],
        )
    occupy(accounts, session["starts_at"], session["ends_at"], room=SESSION, source=session["id"])


def free_seats(session: UUID, *, keep: Collection[int] = ()) -> None:
    """The mediators have their time back, but for those in `keep`."""
    execute(
        "DELETE FROM mediation_session_seat WHERE session_id = %s AND NOT account_id = ANY(%s)",
        [session, list(keep)],
    )
    release(session, keep=keep)

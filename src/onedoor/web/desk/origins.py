"""What a form begins with when it is opened from a visit, a call, a partner's slip, a question asked online or a
number of the hall."""

from uuid import UUID

from django.http import QueryDict

from onedoor.cases.queries.days import today
from onedoor.hall.queries.handover import handover_for
from onedoor.hall.queries.hotline import note_for
from onedoor.hall.queries.visits import visit_for
from onedoor.people.tokens import SignedIn
from onedoor.rules.questions import check_move as check_question_move
from onedoor.voices.queries.questions import question_for


def begun_of(asked: QueryDict, signed: SignedIn) -> QueryDict | None:
    """A fresh registration with what the origin in the address has told; None without one. What the reader may not
    see is not found."""
    if visit := asked.get("visit", ""):
        return _of_visit(signed, visit)
    if call := asked.get("call", ""):
        return _of_call(signed, call)
    if handover := asked.get("handover", ""):
        return _of_handover(signed, handover)
    if (question := id_in(asked, "question")) is not None:
        return _of_question(signed, question)
    if (ticket := ticket_in(asked)) is not None:
        given = QueryDict(mutable=True)
        given["ticket"] = str(ticket)
        return given
    return None


def ticket_in(given: QueryDict) -> UUID | None:
    """The hall's number that a form or an address carries; what is none is left out."""
    return id_in(given, "ticket")


def id_in(given: QueryDict, name: str) -> UUID | None:
    """The id that a form or an address carries under that name; what is none is left out."""
    try:
        return UUID(given.get(name, "")) if given.get(name) else None
    except ValueError:
        return None


def _of_question(signed: SignedIn, question: UUID) -> QueryDict:
    """Whoever asked online gave no name."""
    asked = question_for(signed.viewer(), signed.actors, question, today())
    check_question_move(asked["state"], "became_case")
    given = QueryDict(mutable=True)
    given["question"], given["narrative"] = str(question), asked["text"]
    given["channel"], given["kind"], given["anonymous"] = "web", "appeal", "yes"
    return given


def _of_visit(signed: SignedIn, number: str) -> QueryDict:
    """An accusation is no dispute."""
    visit = visit_for(signed.viewer(), signed.actors, number)
    given = QueryDict(mutable=True)
    given["visit"], given["narrative"] = visit["number"], visit["asked"]
    given["channel"] = "visit" if visit["purpose"] in ("petition", "accusation") else "window"
    given["kind"] = {"dispute": "dispute", "consultation": "consultation"}.get(visit["purpose"], "appeal")
    given["purpose"] = {"petition": "petition", "accusation": "accusation"}.get(visit["purpose"], "")
    given["people_involved"] = str(visit["persons"]) if visit["persons"] > 1 else ""
    return given


def _of_call(signed: SignedIn, number: str) -> QueryDict:
    note = note_for(signed.viewer(), signed.actors, number)
    given = QueryDict(mutable=True)
    given["call"], given["narrative"], given["channel"] = note["number"], note["asked"], "hotline"
    if note["accusation"]:
        given["kind"], given["purpose"] = "appeal", "accusation"
    return given


def _of_handover(signed: SignedIn, number: str) -> QueryDict:
    one = handover_for(signed.viewer(), signed.actors, number)
    given = QueryDict(mutable=True)
    given["handover"], given["narrative"] = one["number"], one["what"]
    given["channel"], given["kind"] = "transfer", "appeal"
    return given

"""Fifty at once for one room and for one mediator; two drafts and two signatures at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection
from pytest_django import DjangoDbBlocker

from cases.kit import HOUR, NOW, case_id, person, whats
from mediation.kit import MEDIATOR, PNG, drafted, open_one, opened, parties, row, wage_case, who
from onedoor.mediation.models import MeetingRoom, Session, SessionSeat
from onedoor.mediation.steps import agree, harm, sessions
from onedoor.mediation.steps._act import rows_of
from onedoor.people.models import Unit
from onedoor.rules.refusal import CONFLICT, Refused

AT_ONCE = 50
BEGINS = NOW + timedelta(days=2)


def each(act, things) -> list[str]:
    """All at once, each on a connection of its own: "" or the code of the refusal."""

    def one(thing) -> str:
        try:
            act(thing)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, things))


def test_fifty_book_one_room_or_one_mediator_at_once_and_one_has_it(
    committed_county: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        _fifty()


def _fifty() -> None:
    room = MeetingRoom.objects.create(unit=Unit.objects.get(code="centre"), name="一室", kind="joint")
    cases = [wage_case() for _ in range(AT_ONCE)]
    keys = {number: opened(number) for number in cases}

    def book(number: str) -> None:
        raw = {"kind": "joint", "room": room.pk, "starts_at": BEGINS, "ends_at": BEGINS + HOUR}
        sessions.book_session(who=who(MEDIATOR, number), mediation=keys[number], raw=raw)

    answers = each(book, cases)
    assert sorted(answers) == [""] + [CONFLICT] * (AT_ONCE - 1)
    assert Session.objects.count() == SessionSeat.objects.count() == 1

    def elsewhere(number: str) -> None:
        """The mediator alone: each in another place, an hour later."""
        raw = {"kind": "joint", "place": number, "starts_at": BEGINS + HOUR, "ends_at": BEGINS + 2 * HOUR}
        sessions.book_session(who=who(MEDIATOR, number), mediation=keys[number], raw=raw)

    assert sorted(each(elsewhere, cases)) == [""] + [CONFLICT] * (AT_ONCE - 1)
    assert Session.objects.count() == 2
    assert whats() == set(), "who lost has left nothing behind"

    # a signature and a new draft at once: whichever is first, no signature stands under a text it was not given for
    number = cases[0]
    agreement = drafted(number, keys[number])
    digest = row("agreement", number)["digest"]

    def sign_or_draft(place: int) -> None:
        if place % 2:
            drafted(number, keys[number], terms=f"另一文本{place}。")
        else:
            agree.sign_agreement(
                who=who(MEDIATOR, number), agreement=agreement, signer=parties(number)[place % 4], way="drawn",
                digest=digest, drawing=PNG,
            )  # fmt: skip

    each(sign_or_draft, range(8))
    last = row("agreement", number)
    assert last["state"] == "signing" and last["digest"] != digest
    assert all(one["digest"] == digest for one in rows_of("agreement_signature", case_id(number)))
    assert whats() == set()


def test_a_report_and_a_mediation_that_opens_at_the_same_moment(
    committed_county: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Whichever comes first: joint sessions are held back."""
    with django_db_blocker.unblock():
        numbers = [wage_case() for _ in range(24)]

        def report(number: str) -> None:
            signed = person("clerk")
            raw = {"ground": "minor", "who": "小李", "signs": "有伤", "safe_contact": "", "wish": "", "number": number}
            harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw=raw, at=NOW + 5 * HOUR)

        both = [step for number in numbers for step in ((report, number), (open_one, number))]
        assert set(each(lambda step: step[0](step[1]), both)) == {""}
        assert [row("mediation", number)["apart"] for number in numbers] == [True] * len(numbers)
        assert whats() == set()

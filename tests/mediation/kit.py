"""A wage dispute of three workers against their employer, mediated by the labour committee."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cases.kit import HOUR, NOW, case_id, person, register_case, walk
from onedoor.cases.steps.attach import attach
from onedoor.mediation.steps import agree, mediate, perform, sessions
from onedoor.mediation.steps._act import Who, rows_of
from onedoor.people.models import Account, Post
from onedoor.rules.confirmation import CHECKS

MEDIATOR = "mediator2"  # of the labour committee
NAMES = ("工友甲", "工友乙", "工友丙", "澜平县同心建筑有限公司")
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def who(username: str, number: str, *, at: datetime = NOW + 4 * HOUR, key: str | None = None) -> Who:
    signed = person(username)
    return Who(signed.viewer(), signed.actors, number, at, key)


def account(username: str) -> int:
    return Account.objects.get(username=username).pk


def wage_case(unit: str = "tw-laodong", signs: str = MEDIATOR, **fields: Any) -> str:
    """Registered, dispatched to the committee and signed for."""
    parties = [
        *({"part": "applicant", "kind": "person", "name": name, "phone": "13812345678"} for name in NAMES[:3]),
        {"part": "respondent", "kind": "organisation", "name": NAMES[3]},
    ]
    number = register_case(
        category="dispute.labour.other", narrative="工地停工后三个月工资未付。", parties=parties, **fields
    )
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": unit}), ("sign", signs, {}))
    return number


def parties(number: str) -> list[str]:
    """Ids, in the order of NAMES."""
    from onedoor.cases.models import Party

    return [
        str(one)
        for one in Party.objects.filter(case_id=case_id(number)).order_by("place").values_list("id", flat=True)
    ]


def open_one(number: str, by: str = MEDIATOR, *, at: datetime = NOW + 4 * HOUR, **raw: Any) -> str:
    given = {
        "kind": "people",
        "source": "application",
        "mediators": [account(by)],
        "chosen": False,
        "declared": True,
        **raw,
    }
    return mediate.open_mediation(who=who(by, number, at=at), raw=given)


def consent(
    number: str, mediation: str, party: str, *, agrees: bool = True, purpose: str = "mediation", by: str = MEDIATOR
) -> None:
    mediate.record_consent(
        who=who(by, number, at=NOW + 5 * HOUR),
        mediation=mediation,
        party=party,
        purpose=purpose,
        agrees=agrees,
        way="oral",
        note="",
    )


def opened(number: str, by: str = MEDIATOR, **raw: Any) -> str:
    """A mediation that all parties want."""
    mediation = open_one(number, by, **raw)
    for party in parties(number):
        consent(number, mediation, party, by=by)
    return mediation


def booked(number: str, mediation: str, *, begins: datetime | None = None, by: str = MEDIATOR, **raw: Any) -> str:
    at = begins - HOUR if begins else NOW + 6 * HOUR
    begins = begins or NOW + timedelta(days=1)
    given = {"kind": "joint", "place": "调解室", "starts_at": begins, "ends_at": begins + 2 * HOUR, **raw}
    return sessions.book_session(who=who(by, number, at=at), mediation=mediation, raw=given)


def held(number: str, session: str, *, present: list[str] | None = None, by: str = MEDIATOR, **raw: Any) -> None:
    begins = raw.pop("begins", NOW + timedelta(days=1))
    given = {
        "began_at": begins, "ended_at": begins + HOUR, "present": present or parties(number), "rights_told": True,
        "read_back": True, "text": "双方陈述，核对工时和工资表。", **raw,
    }  # fmt: skip
    sessions.hold_session(who=who(by, number, at=begins + 2 * HOUR), session=session, raw=given)


def instalments(number: str) -> list[dict[str, Any]]:
    first, _, _, employer = parties(number)
    return [
        {
            "kind": "payment",
            "who": employer,
            "to": first,
            "what": f"第{place + 1}期工资",
            "amount": 2_000_000,
            "due_on": day,
        }
        for place, day in enumerate((date(2026, 3, 20), date(2026, 4, 20), date(2026, 5, 20)))
    ]


def drafted(number: str, mediation: str, **raw: Any) -> str:
    given = {
        "facts": "三名工人自去年十一月起在工地务工，工资六万元未付。",
        "disputed": "工资数额和支付日期。",
        "terms": "被申请人分三期付清工资六万元。",
        "way": "银行转账",
        "items": instalments(number),
        **raw,
    }
    return agree.draft_agreement(
        who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=3)), mediation=mediation, raw=given
    )


def row(table: str, number: str) -> dict[str, Any]:
    return rows_of(table, case_id(number))[-1]


def sign_all(
    number: str, agreement: str, *, at: datetime = NOW + timedelta(days=1, hours=4), by: str = MEDIATOR
) -> None:
    digest = row("agreement", number)["digest"]
    for signer in [*parties(number), f"mediator:{account(by)}"]:
        agree.sign_agreement(
            who=who(by, number, at=at), agreement=agreement, signer=signer, way="drawn", digest=digest, drawing=PNG
        )


def effective(number: str) -> str:
    """A written agreement in effect; its id."""
    agreement = drafted(number, opened(number))
    sign_all(number, agreement)
    agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=5)), agreement=agreement)
    return agreement


def items(number: str) -> list[dict[str, Any]]:
    return rows_of("agreement_item", case_id(number))


def pay(number: str, place: int, *, on: date, amount: int = 2_000_000, by: str = MEDIATOR) -> str:
    at = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    return perform.record_item(
        who=who(by, number, at=at), item=str(items(number)[place]["id"]), on=on, amount=amount, proof="银行转账凭证"
    )


def scan(number: str, by: str = MEDIATOR) -> str:
    signed = person(by)
    text = b"scan"
    made = attach(
        viewer=signed.viewer(), actors=signed.actors, number=number, at=NOW + 5 * HOUR, name="签名页.txt",
        file=io.BytesIO(text), chunks=[text],
    )  # fmt: skip
    return str(made["id"])


def mediated(number: str, by: str) -> None:
    """A row in each table of the room: from consent over a record that is signed and recorded to a payment and the
    court's confirmation; the visits come with the seal. `by` gets the post of a mediator beside his own."""
    post = Post.objects.get(account__username=by)
    Post.objects.create(account=post.account, role="mediator", unit=post.unit, division=post.division)
    mediation = opened(number, by)
    first, second = parties(number)
    for party in (first, second):
        consent(number, mediation, party, purpose="recording", by=by)
    session = booked(number, mediation, by=by)
    held(number, session, by=by, recorded=True)
    at = NOW + timedelta(days=1, hours=3)
    sessions.sign_record(who=who(by, number, at=at), session=session, party=first, way="drawn", drawing=PNG)
    sound = b"ID3" + bytes(64)
    sessions.keep_recording(
        who=who(by, number, at=at), session=session, name="录音.mp3", file=io.BytesIO(sound), chunks=[sound]
    )
    item = {"kind": "payment", "who": second, "to": first, "what": "", "amount": 100_00, "due_on": date(2026, 3, 20)}
    raw = {"facts": "堆放杂物。", "disputed": "清理。", "terms": "清理并赔偿。", "items": [item]}
    agreement = agree.draft_agreement(who=who(by, number, at=at), mediation=mediation, raw=raw)
    sign_all(number, agreement, at=at, by=by)
    agree.seal_agreement(who=who(by, number, at=at), agreement=agreement)
    pay(number, 0, on=date(2026, 3, 4), amount=50_00, by=by)
    perform.apply_confirmation(
        who=who(by, number, at=at),
        agreement=agreement,
        court="澜平县人民法院",
        checks=dict.fromkeys(CHECKS, True),
        both=True,
    )

"""`register`: the server's share of one registration at the window, all requests of it together."""

from typing import Any
from uuid import uuid4

from bench.measure import percentiles, timed

ROUNDS = 60
TYPED = {
    "channel": "window", "kind": "dispute", "category": "dispute.neighbours", "address": "清禾镇禾丰塘村三组走廊",
    "narrative": "邻居占用公共走廊堆放杂物，多次沟通无果，请求调解。",
    "parties.0.part": "applicant", "parties.0.kind": "person", "parties.0.name": "田桂香",
    "parties.0.phone": "13912345678", "parties.0.id_number": "11010519491231002X",
}  # fmt: skip


def registers() -> dict[str, Any]:
    """The form, the draft and the hint while it is filled in, twice each as a clerk makes pauses, the registration and
    the receipt that it leads to; percentiles of the sums, in milliseconds."""
    from datetime import timedelta

    from django.test import Client
    from django.utils import timezone

    from onedoor.people import tokens
    from onedoor.people.models import Account

    client = Client()
    token, _ = tokens.issue(Account.objects.get(username="clerk_town"), at=timezone.now(), life=timedelta(hours=6))
    client.cookies["onedoor_token"] = token

    def one() -> None:
        answers = [client.get("/desk/register")]
        for _ in range(2):
            answers += [client.post("/desk/register/draft", TYPED), client.post("/desk/register/same", TYPED)]
        done = client.post("/desk/register", {**TYPED, "key": str(uuid4()), "receipt": "1"})
        answers.append(client.get(done["Location"]))
        if done.status_code != 302 or any(answer.status_code != 200 for answer in answers):
            raise RuntimeError(f"register: {done.status_code} {[answer.status_code for answer in answers]}")

    one()
    return {"registrations": ROUNDS, **percentiles([timed(one)[0] for _ in range(ROUNDS)])}

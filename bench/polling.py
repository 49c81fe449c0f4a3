"""`badges`: every user's page asks how many notices are unread, again and again."""

from datetime import timedelta
from typing import Any

from bench.crowd import crowd
from bench.measure import percentiles, statements, timed

ROUNDS = 3


def badges() -> dict[str, Any]:
    """All users in turn, through the whole of Django in this process: the first poll of each, which knows him not
    yet, and the later ones, with the statements of each round."""
    from django.test import Client
    from django.utils import timezone

    from onedoor.people import tokens

    life = timedelta(hours=6)
    everybody = [account for several in crowd().values() for account in several]
    issued = [tokens.issue(account, at=timezone.now(), life=life)[0] for account in everybody]
    client = Client()

    def round_of() -> dict[str, Any]:
        seconds = []
        with statements() as asked:
            for token in issued:
                client.cookies["onedoor_token"] = token
                took, got = timed(lambda: client.get("/desk/inbox/unread"))
                if got.status_code != 200:
                    raise RuntimeError(f"/desk/inbox/unread: {got.status_code}")
                seconds.append(took)
        return {**percentiles(seconds), "statements": len(asked), "a_poll": round(len(asked) / len(issued), 3)}

    first = round_of()
    later = [round_of() for _ in range(ROUNDS)]
    return {
        "users": len(issued),
        "first": first,
        "p95": max(one["p95"] for one in later),
        "statements_a_poll": max(one["a_poll"] for one in later),
        "later": later,
    }

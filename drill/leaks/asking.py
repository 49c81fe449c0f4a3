"""Asks everything of everybody and compares: with what was never given out, and with the day before the secret."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson
from django.db import transaction

from drill.leaks.askers import Asker
from drill.leaks.matrix import FORM, PROBES, QUERIES, SEARCHES, Line, existing, lines, never
from drill.leaks.reading import Said, read
from drill.leaks.traces import Rows
from drill.leaks.world import LATER, ORDINARY, Secret, World

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# Whoever runs the machine sees in the look-only pages how ordinary matters move, by their numbers.
OPERATORS = frozenset({"admin"})
_LOOK_ONLY = "admin/"
# A code is the key: whoever types it is the one to whom it was given.
_KEYS = "ask_code"
NO_WORD = "鬱鬯"  # in no text of the platform
# Two are there for who may see the matter; what is in them is not.
_PARTS_OF_VISIBLE = frozenset({"spoken_alone", "erased"})
# Addresses with what somebody reads in the clear: with a reason, or because they are meant for it. All are logged.
IN_THE_CLEAR = (
    "desk/cases/<str:number>/unmask",
    "desk/cases/<str:number>/papers/<str:paper>",
    "desk/cases/<str:number>/papers/<str:paper>/<str:kind>",
    "desk/cases/<str:number>/papers/file.pdf",
    "desk/cases/<str:number>/papers/bundles/<str:bundle>.pdf",
    "desk/cases/<str:number>/papers/new/<str:form>",
    "api/v1/cases/<number>/papers/<paper>/<kind>",
)


@dataclass
class Tally:
    requests: int = 0
    comparisons: int = 0
    leaks: int = 0
    broken: int = 0
    faults: list[str] = field(default_factory=list)

    def leak(self, sentence: str) -> None:
        self.leaks += 1
        self.faults.append(sentence)


class Asking:
    def __init__(self, askers: Mapping[str, Asker], world: World, methods: Iterable[str] = METHODS) -> None:
        self.askers, self.world, self.methods = askers, world, tuple(methods)
        self.lines = lines()
        self.there = existing()
        self.tally = Tally()
        self._known: dict[tuple[str, ...], Said] = {}
        self.rows = Rows()
        self.rows.mark()

    # --- the day before and the day after

    def walk(self) -> dict[tuple[str, str], Said]:
        """What everybody is answered at every address, with its filters, about nothing that is secret."""
        found = {}
        self.rows.mark()
        for who, asker in self.askers.items():
            for path in self._paths():
                found[who, path] = said = self._ask(asker, "GET", path, {})
                self._scan(who, f"GET {path}", said, ())
        return found

    def _paths(self) -> Iterable[str]:
        for line in self.lines.values():
            path = line.path(self.there)
            yield path
            for query in QUERIES.get(line.address, ()):
                yield f"{path}?{query}"

    def compare(self, before: Mapping[tuple[str, str], Said], after: Mapping[tuple[str, str], Said]) -> None:
        """Who knows nothing of what has come between must not be able to tell the two days apart; who does, must."""
        know = frozenset[str]().union(*(secret.knows for name, secret in self.world.secrets.items() if name in LATER))
        differ = dict.fromkeys(self.askers, 0)
        for (who, path), said in after.items():
            self.tally.comparisons += 1
            if said.alike == before[who, path].alike:
                continue
            differ[who] += 1
            if who not in know:
                self.tally.leak(f"{who}: {path} differs: {difference(before[who, path].alike, said.alike)}")
        for who, count in differ.items():
            if who in know and not count:
                self.tally.leak(f"nothing has changed for {who}, who knows: this drill sees nothing")

    # --- guesses

    def guess(self, only: frozenset[str] | None = None) -> None:
        """With the ids of each secret, at every address that takes one, by every method."""
        for secret in self.world.secrets.values():
            if only is not None and secret.name not in only:
                continue
            guessed = {kind: value for kind, value in secret.ids.items() if kind != _KEYS}
            for line in self.lines.values():
                if line.about(guessed):
                    for who, asker in self.askers.items():
                        self._guess(secret, line, who, asker)

    def _guess(self, secret: Secret, line: Line, who: str, asker: Asker) -> None:
        path = line.path(self.there | secret.ids)
        if who in secret.knows:
            said = self._ask(asker, "GET", path, secret.ids)
            self._scan(who, f"GET {path}", said, secret.numbers if line.address not in IN_THE_CLEAR else ())
            if said.etag or said.modified:
                self._conditional(secret, line, said)
            return
        other = {kind: never(kind) for kind in secret.ids}
        for method in self.methods:
            said = self._ask(asker, method, path, secret.ids)
            self._scan(who, f"{method} {path}", said, ())
            if secret.name in _PARTS_OF_VISIBLE or _may_look(who, secret, line):
                continue
            key = (who, method, line.address, *sorted(secret.ids))
            if key not in self._known:
                self._known[key] = self._ask(asker, method, line.path(self.there | other), other)
            self.tally.comparisons += 1
            if said.alike != self._known[key].alike:
                what = difference(self._known[key].alike, said.alike)
                self.tally.leak(f"{who}: {method} {line.address} tells {secret.name} from none: {what}")

    def _conditional(self, secret: Secret, line: Line, known: Said) -> None:
        """With the mark of who may know, nobody else learns that it is the right one."""
        headers = {"If-None-Match": known.etag} if known.etag else {"If-Modified-Since": known.modified}
        path = line.path(self.there | secret.ids)
        for who, asker in self.askers.items():
            if who not in secret.knows:
                said = self._ask(asker, "GET", path, secret.ids, headers=headers)
                self._scan(who, f"GET {path} (conditional)", said, ())
                if said.status == 304:
                    self.tally.leak(f"{who}: {path} answers 304 to the mark of {secret.name}")

    def search(self, only: frozenset[str] | None = None) -> None:
        """A word of a secret, and one that is nowhere, are answered alike."""
        for secret in self.world.secrets.values():
            if only is not None and secret.name not in only:
                continue
            for who, asker in self.askers.items():
                if who in secret.knows:
                    continue
                for address, fields in SEARCHES.items():
                    for name in fields:
                        self._search(secret, who, asker, address, name)

    def _search(self, secret: Secret, who: str, asker: Asker, address: str, name: str) -> None:
        path = f"/{address}"
        words = [*secret.words.items(), *secret.numbers.items()]
        # a page for staff sends everybody else to sign in, whatever was looked for
        closed = not asker.token and address.startswith(("desk", "admin", "api"))
        for what, word in words[:1] if closed else words:
            if _may_know(who, secret, what):
                continue
            instead = _nobodys(what, word)
            said = self._ask(asker, "GET", f"{path}?{urlencode({name: word})}", {"word": word}, clean=False)
            other = self._ask(
                asker, "GET", f"{path}?{urlencode({name: instead})}", {"word": instead}, clean=False, keep=True
            )
            self.tally.comparisons += 1
            if said.alike != other.alike:
                self.tally.leak(
                    f"{who}: {path}?{name}= knows a word of {secret.name}: {difference(other.alike, said.alike)}"
                )

    def probe(self, only: frozenset[str] | None = None) -> None:
        """What is typed into forms: the number of a matter, its applicant, its number elsewhere."""
        for secret in self.world.secrets.values():
            if "case" not in secret.ids or (only is not None and secret.name not in only):
                continue
            if secret.name in _PARTS_OF_VISIBLE:
                continue
            given = _fields(secret)
            none = {name: _nobodys(name, value) for name, value in given.items()}
            for who, asker in self.askers.items():
                if who in secret.knows:
                    continue
                for kind, address, body in PROBES:
                    answers = [self._send(asker, kind, address, body, fields) for fields in (given, none)]
                    self.tally.comparisons += 1
                    # what was made has a number of its own
                    made = all(answer.status in (200, 201) for answer in answers) and kind == "json"
                    if not made and answers[0].alike != answers[1].alike:
                        what = difference(answers[1].alike, answers[0].alike)
                        self.tally.leak(f"{who}: POST {address} with {sorted(body)} knows {secret.name}: {what}")

    def _send(self, asker: Asker, kind: str, address: str, body: Any, fields: Mapping[str, str]) -> Said:
        filled = _filled(body, fields)
        if kind == "json":
            return self._ask(
                asker, "POST", f"/{address}", fields, orjson.dumps(filled), "application/json", clean=False
            )
        return self._ask(asker, "POST", f"/{address}", fields, filled, clean=False)

    # --- one request

    def _ask(
        self, asker: Asker, method: str, path: str, ids: Mapping[str, str], data: Any = None, media: str = "",
        *, clean: bool = True, keep: bool = False, headers: Mapping[str, str] | None = None,
    ) -> Said:  # fmt: skip
        """What it does is taken back. `clean`: what was typed may stand in the answer, but never otherwise."""
        key = (asker.name, method, path)
        if keep and key in self._known:
            return self._known[key]
        if data is None and method in ("POST", "PUT", "PATCH"):
            api = path.startswith("/api/")
            data, media = (orjson.dumps(FORM), "application/json") if api or method != "POST" else (FORM, "")
        point, cookies = transaction.savepoint(), copy(asker.browser.cookies)
        try:
            answer = asker.ask(method, path, data, media, **(headers or {}))
            said = read(answer, ids)
            left = self.rows.found(self.world.secrets)
        finally:
            transaction.savepoint_rollback(point)
            transaction.savepoint_commit(point)  # else each would lie in the one before
            asker.browser.cookies = cookies
        self.tally.requests += 1
        for trace in left:
            self.tally.leak(f"{asker.name}: after {method} {path} {trace}")
        if said.status >= 500 and path != "/healthz":  # which says that no worker runs here
            self.tally.broken += 1
            self.tally.faults.append(f"{asker.name}: {method} {path} answers {said.status}")
        if not clean:
            self._scan(asker.name, f"{method} {path}", said, (), typed=ids)
        if keep:
            self._known[key] = said
        return said

    def _scan(
        self,
        who: str,
        what: str,
        said: Said,
        clear: Mapping[str, str] | tuple[()],
        typed: Mapping[str, str] | None = None,
    ) -> None:
        """No word of a secret that this person does not know. `clear`: numbers that must be masked all the same."""
        for secret in self.world.secrets.values():
            if who not in secret.knows:
                for name, word in [*secret.words.items(), *secret.numbers.items()]:
                    if _may_know(who, secret, name):
                        continue
                    if word in said.whole and not (typed and word in typed.values()) and word not in what:
                        self.tally.leak(f"{who}: {what} shows {name} of {secret.name}")
        for name, number in dict(clear).items():
            if number in said.whole:
                self.tally.leak(f"{who}: {what} shows the {name} in the clear")


def _may_look(who: str, secret: Secret, line: Line) -> bool:
    return secret.name == ORDINARY and who in OPERATORS and line.address.startswith(_LOOK_ONLY)


def _may_know(who: str, secret: Secret, what: str) -> bool:
    return secret.name == ORDINARY and what == "number" and who in OPERATORS


def difference(one: str, other: str) -> str:
    """The first place where they part, for whoever looks for the cause."""
    place = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    cut = slice(max(0, place - 40), place + 40)
    return f"{one[cut]!r} / {other[cut]!r}"


def _nobodys(what: str, word: str) -> str:
    """Of the same shape, and nobody's."""
    if what in ("number", "case"):
        return never("case")
    if word.isascii() and word[:-1].isdigit():
        return {11: "13900000000", 18: "11010519491231002X"}.get(len(word), "0" * len(word))
    return "NONE0000" if word.isascii() else NO_WORD


def _fields(secret: Secret) -> dict[str, str]:
    """What the probes type."""
    return {
        "case": secret.ids["case"],
        "external": secret.words.get("external number", "ZZZ1"),
        "applicant": secret.words["applicant"],
        "narrative": secret.words["narrative"],
        "phone": secret.numbers["telephone"],
        "id": secret.numbers["identity number"],
    }


def _filled(value: Any, fields: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return value.format(**fields) if "{" in value else value
    if isinstance(value, dict):
        return {name: _filled(one, fields) for name, one in value.items()}
    return [_filled(one, fields) for one in value] if isinstance(value, list) else value

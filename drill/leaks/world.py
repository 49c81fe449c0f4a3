"""Matters that could leak. Each text in them is a pair of characters that stand nowhere else, each number one of its
own; so whatever of them turns up with somebody names what it is."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from drill.leaks.askers import Asker, browser, content, signed_in
from onedoor.cases.models import Case
from onedoor.cases.queries.days import today
from onedoor.cases.search_index import drain
from onedoor.cases.steps.erase import erase
from onedoor.grid.steps import care
from onedoor.mediation.steps import harm, mediate, sessions
from onedoor.mediation.steps._act import Who, rows_of
from onedoor.mediation.steps.referral import make_referral
from onedoor.papers.steps.issue import issue as issue_paper
from onedoor.people.demo_county import GRID
from onedoor.people.models import Account
from onedoor.people.tokens import SignedIn, signed_in_as
from onedoor.rules.referrals import SERVICES

CENTRE = frozenset({"clerk", "dispatcher", "dispatcher_secret", "supervisor", "director"})
CONFIDENTIAL = frozenset({"supervisor", "dispatcher_secret"})
# matters whose number, existence and traces only some may know of, and texts inside matters that many may see
ORDINARY, RESTRICTED, ACCUSATION, ONCE_ORDINARY = "ordinary", "restricted", "accusation", "once_ordinary"
SPOKEN_ALONE, HARM, REFERRAL, ERASED = "spoken_alone", "harm", "referral", "erased"
VISIT, QUESTION, CARE, DRAFT = "visit", "question", "care", "draft"
# What is there in the second half of the matrix only: nothing of it may change any figure of who does not know it.
LATER = frozenset({RESTRICTED, ACCUSATION, ONCE_ORDINARY, HARM, REFERRAL})
_RARE = "龘靐齉爩麤灪龗厵纞虋鱻籱鸙癵驫麣纝齾鑿鸜鸞鹳鼺龞龤爨灥犇猋骉羴蠱飍鱺雥雦馫矗燚焱淼垚槑烎"


@dataclass
class Secret:
    """`words`: what nobody but `knows` may read anywhere, by what it is. `numbers`: what nobody is to read in the clear
    on an ordinary page, not even who may know the matter. `ids`: by kind of argument, what addresses it."""

    name: str
    knows: frozenset[str]
    words: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    own: tuple[str, str]  # number and code of the resident's own matter
    secrets: dict[str, Secret]


class _Canaries:
    """Pairs of rare characters, in which no pair is another's, and numbers that are well formed."""

    def __init__(self) -> None:
        self._pairs = (one + other for one in _RARE for other in _RARE if one != other)
        self._numbers = iter(range(17, 9_000, 37))

    def word(self) -> str:
        return next(self._pairs)

    def phone(self) -> str:
        return f"1397{next(self._numbers):07}"

    def id_number(self) -> str:
        digits = f"110105195203{1 + next(self._numbers) % 28:02}{next(self._numbers) % 1000:03}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        return digits + "10X98765432"[sum(int(one) * w for one, w in zip(digits, weights, strict=True)) % 11]


def person(username: str) -> SignedIn:
    found = signed_in_as(Account.objects.get(username=username).pk)
    assert found is not None
    return found


class Maker:
    """Makes the world: matters over the API as people do it, what no call makes through the steps."""

    def __init__(self) -> None:
        self.canaries = _Canaries()
        self.people: dict[str, Asker] = {}
        self.secrets: dict[str, Secret] = {}

    def begin(self) -> World:
        """What everybody who works here sees, and all that is secret for some but confidential for nobody."""
        own = self._registered("clerk_village", Secret("own", frozenset()), division="990101100201")
        for name, make in self._makers():
            if name not in LATER:
                self.secrets[name] = make()
        drain()
        return World((own["number"], own["receipt_code"]), self.secrets)

    def go_on(self) -> None:
        """What is confidential."""
        for name, make in self._makers():
            if name in LATER:
                self.secrets[name] = make()
        while drain():
            pass

    def _makers(self) -> Iterator[tuple[str, Callable[[], Secret]]]:
        yield ORDINARY, self._ordinary
        yield SPOKEN_ALONE, self._spoken_alone
        yield ERASED, self._erased
        yield VISIT, self._visit
        yield QUESTION, self._question
        yield CARE, self._care
        yield DRAFT, self._draft
        yield RESTRICTED, self._restricted
        yield ACCUSATION, self._accusation
        yield ONCE_ORDINARY, self._once_ordinary
        yield HARM, self._harm
        yield REFERRAL, self._referral

    # --- matters

    def _ordinary(self) -> Secret:
        """Of another town and another bureau than most people's. With a file, an answer under way, a paper, a notice of
        supervision: all that a matter can have."""
        knows = CENTRE | {"auditor", "handler2", "unit_lead2"}
        found = Secret(ORDINARY, knows)
        self._registered("clerk", found, external_numbers=[{"system": "12345", "number": "ORD7741"}])
        found.words["external number"] = "ORD7741"
        self._lived(found)
        return found

    def _restricted(self) -> Secret:
        found = Secret(RESTRICTED, CONFIDENTIAL | {"clerk", "handler"})
        external = [{"system": "12345", "number": "RES7742"}]
        number = self._registered("clerk", found, confidential=True, external_numbers=external)["number"]
        found.words["external number"] = "RES7742"
        self._file(found, "clerk")
        self._moved(number, ("clerk", "accept", {}))
        self._moved(number, ("dispatcher_secret", "dispatch", {"unit": "rsj", "persons": ["handler"]}))
        self._moved(
            number, ("handler", "sign", {}), ("handler", "report_progress", {"text": self._word(found, "progress")})
        )
        return found

    def _accusation(self) -> Secret:
        found = Secret(ACCUSATION, CONFIDENTIAL | {"clerk"})
        accused = {"part": "respondent", "kind": "organisation", "name": "澜平县住房和城乡建设局"}
        self._registered(
            "clerk", found, kind="appeal", purpose="accusation", category="petition.discipline", against=accused,
            external_numbers=[{"system": "12345", "number": "ACC7743"}],
        )  # fmt: skip
        found.words["external number"] = "ACC7743"
        self._file(found, "clerk")
        return found

    def _once_ordinary(self) -> Secret:
        """Had run its course at 住建局, with notices and a supervision, when it turned out to accuse that bureau."""
        found = Secret(ONCE_ORDINARY, CONFIDENTIAL)
        number = self._registered("clerk", found, kind="appeal", purpose="petition", category="petition.other")[
            "number"
        ]
        self._lived(found, papers=False)
        self._moved(
            number,
            ("supervisor", "restrict", {
                "level": "accusation", "accused_units": ["zjj"], "reason": "实为检举", "persons": sorted(CONFIDENTIAL),
            }),
        )  # fmt: skip
        return found

    def _spoken_alone(self) -> Secret:
        """A mediation everybody at the centre sees; what one side has said alone only the mediator does."""
        number = self._registered("clerk", Secret("around it", frozenset()))["number"]
        self._moved(
            number,
            ("clerk", "accept", {}),
            ("dispatcher", "dispatch", {"unit": "tw-laodong"}),
            ("mediator2", "sign", {}),
        )
        found = Secret(SPOKEN_ALONE, frozenset({"mediator2"}), ids={"case": number})
        mediator = Account.objects.get(username="mediator2").pk
        raw: dict[str, Any] = {
            "kind": "people", "source": "application", "mediators": [mediator], "chosen": False, "declared": True,
        }  # fmt: skip
        mediation = mediate.open_mediation(who=self._who("mediator2", number), raw=raw)
        case = Case.objects.get(number=number).pk
        sides = [str(row["id"]) for row in _rows("SELECT id FROM party WHERE case_id = %s ORDER BY place", case)]
        for party in sides:
            for purpose in ("mediation", "recording"):
                mediate.record_consent(
                    who=self._who("mediator2", number), mediation=mediation, party=party, purpose=purpose, agrees=True,
                    way="oral", note="",
                )  # fmt: skip
        begins = datetime.now(UTC) - timedelta(hours=3)
        session = sessions.book_session(
            who=self._who("mediator2", number, begins - timedelta(hours=1)), mediation=mediation,
            raw={"kind": "separate", "side": "applicant", "place": "调解室", "starts_at": begins, "ends_at": begins + timedelta(hours=1)},
        )  # fmt: skip
        said = {
            "began_at": begins, "ended_at": begins + timedelta(hours=1), "present": sides[:1], "rights_told": True,
            "read_back": True, "recorded": True, "text": f"申请人单独说：底线是{self._word(found, 'said alone')}。",
        }  # fmt: skip
        sessions.hold_session(who=self._who("mediator2", number), session=session, raw=said)
        sound = b"ID3" + f"声音{self._word(found, 'recording')}".encode()
        sessions.keep_recording(
            who=self._who("mediator2", number), session=session, name=f"{self._word(found, 'name of the recording')}.mp3",
            file=io.BytesIO(sound), chunks=[sound],
        )  # fmt: skip
        found.ids |= {
            "mediation": mediation, "session": session, "recording": str(rows_of("session_recording", case)[-1]["id"]),
        }  # fmt: skip
        return found

    def _erased(self) -> Secret:
        """Whatever it held is gone for everybody; that it was there, the centre may know."""
        found = Secret(ERASED, frozenset())
        number = self._registered("clerk", found)["number"]
        self._lived(found, papers=False)
        case = Case.objects.get(number=number).pk
        erase(
            actor=None, case_id=case, at=datetime.now(UTC), reason="request", rooms=True,
            parties=_ids("party", case), statements=_ids("statement", case), attachments=_ids("attachment", case),
        )  # fmt: skip
        found.words |= {f"{what} (number)": number for what, number in found.numbers.items()}
        found.words.pop("number")
        found.ids = {}
        return found

    # --- what is no matter

    def _visit(self) -> Secret:
        found = Secret(VISIT, CENTRE)
        body = {
            "purpose": "consultation",
            "persons": 2,
            "asked": f"问{self._word(found, 'asked')}怎么办。",
            "window": "3号",
        }
        visit = self._made("clerk", "/api/v1/visits", body)
        answer = {"answer": f"答{self._word(found, 'answer')}。"}
        self._made("clerk", f"/api/v1/visits/{visit['number']}/answer", answer)
        found.ids = {"visit": visit["number"]}
        return found

    def _question(self) -> Secret:
        found = Secret(QUESTION, CENTRE)
        one = browser()
        text = f"请问{self._word(found, 'question')}行不行？"
        found.numbers["telephone of who asks"] = phone = self.canaries.phone()
        done = one.post("/ask", {"topic": "labour", "text": text, "phone": phone, "key": str(uuid4())})
        codes = re.findall(r'class="big number">([^<]+)<', done.content.decode())
        assert codes, done.content.decode()[:2000]
        (row,) = _rows("SELECT id FROM voices_question ORDER BY asked_at DESC, id DESC LIMIT 1")
        found.ids = {"question": str(row["id"]), "ask_code": codes[0]}
        return found

    def _care(self) -> Secret:
        found = Secret(CARE, frozenset({"grid_worker", "grid_lead"}))
        raw = {
            "name": self._word(found, "name") + "家", "phone": self.canaries.phone(), "grid": GRID,
            "address": f"禾丰塘村{self._word(found, 'address')}组7号", "worker": "grid_worker", "basis": "consent",
            "basis_text": "本人签字", "purpose": f"独居，{self._word(found, 'purpose')}",
            "help": f"每周看望，{self._word(found, 'help')}", "every_days": "7", "consented_on": today().isoformat(),
            "ends_on": (today() + timedelta(days=90)).isoformat(),
        }  # fmt: skip
        found.words["telephone"] = raw["phone"]
        plan = care.make_plan(signed=person("grid_lead"), at=datetime.now(UTC), plan=uuid4(), raw=raw)
        found.ids = {"plan": str(plan)}
        return found

    def _draft(self) -> Secret:
        """What somebody has typed and not registered."""
        found = Secret(DRAFT, frozenset({"clerk_town"}))
        typed = {
            "narrative": f"草稿{self._word(found, 'narrative')}",
            "parties.0.part": "applicant",
            "parties.0.name": self._word(found, "name"),
        }
        self._person("clerk_town").ask("POST", "/desk/register/draft", typed)
        return found

    def _harm(self) -> Secret:
        found = Secret(HARM, CONFIDENTIAL | {"mediator2"})
        signed = person("mediator2")
        raw = {
            "ground": "minor", "who": self._word(found, "who"), "signs": f"手臂有{self._word(found, 'signs')}", "wish": "",
            "safe_contact": self._word(found, "safe contact"),
        }  # fmt: skip
        made = harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw=raw, at=datetime.now(UTC))
        found.ids = {"harm": str(made)}
        return found

    def _referral(self) -> Secret:
        found = Secret(REFERRAL, CONFIDENTIAL | {"mediator2"})
        signed = person("mediator2")
        raw = {
            "service": sorted(SERVICES)[0], "who": self._word(found, "who"), "reached": self._word(found, "reached"),
            "consent": "本人同意", "told": self._word(found, "told"),
        }  # fmt: skip
        made = make_referral(viewer=signed.viewer(), actors=signed.actors, raw=raw, at=datetime.now(UTC))
        found.ids = {"referral": str(made)}
        return found

    # --- hands

    def _word(self, of: Secret, what: str) -> str:
        found = self.canaries.word()
        of.words[what] = found
        return found

    def _matter(self, of: Secret, against: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """The body of a registration, every text of it a canary of this secret."""
        of.numbers |= {"telephone": self.canaries.phone(), "identity number": self.canaries.id_number()}
        of.numbers["home"] = home = self.canaries.word()
        return {
            "channel": "window", "category": "dispute.neighbours", "kind": "dispute", "division": "990101101201",
            "title": f"{self._word(of, 'title')}一事", "narrative": f"邻居占用走廊，{self._word(of, 'narrative')}，沟通无果。",
            "address": f"石桥湾村{self._word(of, 'place')}号",
            "parties": [
                {
                    "part": "applicant", "kind": "person", "name": f"{self._word(of, 'applicant')}安",
                    "phone": of.numbers["telephone"], "id_number": of.numbers["identity number"],
                    "address": f"石桥湾村三组17号院{home}室",
                },
                against or {"part": "respondent", "kind": "person", "name": f"{self._word(of, 'respondent')}福"},
            ],
            **more,
        }  # fmt: skip

    def _registered(self, who: str, of: Secret, **more: Any) -> dict[str, Any]:
        case = self._made(who, "/api/v1/cases", self._matter(of, **more))
        of.ids |= {"case": case["number"], "case_id": str(Case.objects.get(number=case["number"]).pk)}
        of.words["number"] = case["number"]
        return case

    def _lived(self, of: Secret, *, papers: bool = True) -> None:
        number = of.ids["case"]
        self._file(of, "clerk")
        self._moved(
            number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "zjj"}), ("handler2", "sign", {})
        )
        self._moved(number, ("handler2", "report_progress", {"text": f"已到现场，{self._word(of, 'progress')}。"}))
        self._moved(
            number,
            (
                "supervisor",
                "supervise",
                {"level": "yellow_card", "reason": f"请加快，{self._word(of, 'supervision')}。"},
            ),
        )
        if papers:
            signed = person("handler2")
            issue_paper(
                viewer=signed.viewer(),
                actors=signed.actors,
                number=number,
                form="rights_notice",
                raw={},
                at=datetime.now(UTC),
            )
            (row,) = _rows("SELECT id FROM paper WHERE case_id = %s", UUID(of.ids["case_id"]))
            of.ids["paper"] = str(row["id"])

    def _file(self, of: Secret, who: str) -> None:
        name, inside = self._word(of, "name of the file"), self._word(of, "inside the file")
        form = {"file": _named(f"{name}.txt", f"内容{inside}".encode())}
        answer = self._person(who).ask("POST", f"/api/v1/cases/{of.ids['case']}/attachments", form)
        assert answer.status_code == 201, content(answer)
        of.ids["attachment"] = json.loads(content(answer))["id"]

    def _moved(self, number: str, *moves: tuple[str, str, dict[str, Any]]) -> None:
        for who, move, body in moves:
            self._made(who, f"/api/v1/cases/{number}/moves/{move}", body)

    def _made(self, who: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._person(who).ask("POST", path, json.dumps(body), "application/json")
        assert answer.status_code in (200, 201), f"{path} {answer.status_code} {content(answer).decode()}"
        return dict(json.loads(content(answer)))

    def _person(self, who: str) -> Asker:
        if who not in self.people:
            self.people[who] = signed_in(who)
        return self.people[who]

    def _who(self, username: str, number: str, at: datetime | None = None) -> Who:
        signed = person(username)
        return Who(signed.viewer(), signed.actors, number, at or datetime.now(UTC), None)


def _named(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def _rows(statement: str, *values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _ids(table: str, case: UUID) -> list[UUID]:
    return [row["id"] for row in _rows(f"SELECT id FROM {table} WHERE case_id = %s", case)]

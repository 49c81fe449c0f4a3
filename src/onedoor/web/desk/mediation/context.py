"""What a form of mediation is about, and what a verb is made of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from onedoor.cases.steps._state import CaseState, Row
from onedoor.mediation.queries.file import MediationFile
from onedoor.mediation.steps._act import Who
from onedoor.rules import mediation as rules
from onedoor.rules.refusal import NOT_FOUND, Refused
from onedoor.web.desk.admin.fields import Fields
from onedoor.web.desk.move_form import Field

YES_NO = {"yes": "同意", "no": "不同意"}


@dataclass(frozen=True, slots=True)
class Context:
    """What a form is about: the case, its mediations, and the key of the row in the address ("" for none)."""

    state: CaseState
    file: MediationFile
    key: str
    given: QueryDict = field(default_factory=QueryDict)
    file_sent: "UploadedFile[Any] | None" = None

    def one(self, table: str) -> Row:
        """The row of that table with the key; not found else."""
        for mediation in self.file.mediations:
            for row in _rows(mediation, table):
                if row["key"] == self.key:
                    return row
        raise Refused(NOT_FOUND, "没有找到，请回到调解页面重试。")

    def attachments(self) -> dict[str, str]:
        return self.file.files

    def parties(self) -> dict[str, str]:
        """Those whose will counts."""
        return self.named(
            party for party in self.state.parties if party["part"] in rules.SIDES and party["erased_at"] is None
        )

    def named(self, parties: Iterable[Row]) -> dict[str, str]:
        """Their ids and names, as who looks may read them."""
        return {str(party["id"]): self.file.parties[str(party["id"])] for party in parties}


def _rows(mediation: Row, table: str) -> list[Row]:
    agreements = mediation["agreements"]
    match table:
        case "mediation":
            return [mediation]
        case "session":
            return list(mediation["sessions"])
        case "item":
            return [item for one in agreements for item in one["items"]]
        case "confirmation":
            return [found for one in agreements for found in one["confirmations"]]
        case "visit":
            return [found for one in agreements for found in one["visits"]]
    return list(agreements)


@dataclass(frozen=True, slots=True)
class Verb:
    """`about`: the table of the row that the address names. `note` stands above the form; `sends` says what it sends
    besides fields: a "file", a "drawing"."""

    label: str
    about: str
    fields: Callable[[Context, Fields], list[Field]]
    act: Callable[[Context, Who], None]
    note: str = ""
    sends: str = ""


def nothing(ctx: Context, fields: Fields) -> list[Field]:
    return []


def said(given: QueryDict, name: str) -> bool:
    return str(given.get(name)) == "yes"

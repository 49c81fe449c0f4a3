"""What has been put in writing: statements to the applicant and issued papers, to read and to download."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from onedoor.api.cases import answer
from onedoor.api.session import who
from onedoor.cases.queries import case_file
from onedoor.cases.queries.gate import case_for
from onedoor.papers.handing_out import sent
from onedoor.papers.queries.papers import MEDIA, papers_of, read_paper
from onedoor.rules.refusal import NOT_FOUND, Refused

router = Router()


@router.get("/{number}/papers", summary="书面告知和文书")
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """Statements as they were said, then issued papers (`kind` paper), the newest first. Papers bear full names and
    numbers: only who may read those gets addresses to download them."""
    viewer = who(request).viewer()
    row = case_for(viewer, number)
    said = case_file.papers_of(viewer, row)
    issued = [
        {
            "id": one["id"],
            "kind": "paper",
            "form": one["form"],
            "name": one["name"],
            "number": one["shown"],
            "piece": one["piece"],
            "version": one["version"],
            "state": one["state"],
            "state_name": one["state_name"],
            "at": one["made_at"],
            "text": "",
            **{
                kind: f"/api/v1/cases/{row['number']}/papers/{one['key']}/{kind}"
                if viewer.unmasks and one["state"] != "erased"
                else None
                for kind in MEDIA
            },
        }
        for one in papers_of(row["id"])
    ]
    return answer(request, {"items": [*said, *issued]})


@router.get("/{number}/papers/{paper}/{kind}", summary="下载文书")
def download(request: HttpRequest, number: str, paper: str, kind: str) -> HttpResponse:
    """The paper as `pdf` or `docx`, to the byte as it was issued; the look is logged."""
    if kind not in MEDIA:
        raise Refused(NOT_FOUND, "没有这种格式。")
    return sent(read_paper(who(request).viewer(), number, paper, kind), kind)

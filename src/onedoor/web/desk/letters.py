"""来信: what a letter brings to the registration form: its scans and the number of the post."""

from django.http import HttpRequest
from django.utils import timezone

from onedoor.cases.steps.attach import attach
from onedoor.people.tokens import SignedIn
from onedoor.rules.refusal import Refused

POST = "挂号信"  # the system of a registered letter's number
MOST_SCANS = 20
TOO_LARGE = "扫描件合计太大，表单没有收到。内容以自动保存的草稿为准；请少选几份扫描件，其余登记后在事项页补传。"


def attach_scans(request: HttpRequest, signed: SignedIn, number: str) -> list[str]:
    """Adds the scans of a letter; the sentences about those that could not be taken. The matter stands already, and a
    repeated press adds none twice."""
    key, scans, lost = request.POST.get("key", "")[:60], request.FILES.getlist("scans"), []
    for place, scan in enumerate(scans[:MOST_SCANS], 1):
        try:
            attach(
                viewer=signed.viewer(),
                actors=signed.actors,
                number=number,
                at=timezone.now(),
                name=scan.name or "",
                file=scan,
                chunks=scan.chunks(),
                key=f"desk:{key}:{place}",
            )
        except Refused as refused:
            lost.append(f"扫描件“{scan.name}”没有收进：{refused.sentence}可以在本页“附件”里补传。")
    if len(scans) > MOST_SCANS:
        lost.append(f"一次最多收{MOST_SCANS}份扫描件，其余请在事项的“附件”里补传。")
    return lost

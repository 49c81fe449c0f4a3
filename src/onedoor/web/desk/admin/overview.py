"""系统管理的首页: how far the centre is set up, what is missing, what was changed last."""

from django.http import HttpRequest, HttpResponse

from onedoor.cases.queries.catalogue import whole_tree
from onedoor.notices.queries.deliveries import count_stuck
from onedoor.people.queries import figures, newest_changes
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn
from onedoor.web.desk.admin.access import administrator
from onedoor.web.desk.page import page


@administrator
def overview(request: HttpRequest, signed: SignedIn, by: By) -> HttpResponse:
    in_use = sum(1 for one in whole_tree() if one["active"])
    context = {"figures": figures(), "categories": in_use, "changes": newest_changes(), "stuck": count_stuck()}
    return page(request, signed, "admin/overview.html", context)

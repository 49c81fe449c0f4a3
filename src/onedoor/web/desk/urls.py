"""Addresses of the staff pages."""

from django.urls import URLPattern, URLResolver, include, path

from onedoor.web.desk import (
    case,
    cases,
    deadlines,
    entry,
    first_run,
    inbox,
    papers,
    register,
    supervision,
    visits,
    work,
)

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", work.my_work, name="work"),
    path("stamp", work.stamp, name="stamp"),
    path("sign-in", entry.sign_in_page, name="sign_in"),
    path("first-run", first_run.first_run_page, name="first_run"),
    path("admin/", include("onedoor.web.desk.admin.urls")),
    path("sign-out", entry.sign_out_page, name="sign_out"),
    path("me", entry.me, name="me"),
    path("me/channels/<str:kind>", entry.own_channel, name="own_channel"),
    path("size", entry.size, name="size"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.all_read, name="inbox_read"),
    path("inbox/unread", inbox.unread_count, name="unread"),
    path("inbox/<uuid:notice>", inbox.one_notice, name="notice"),
    path("cases", cases.case_list, name="cases"),
    path("go", cases.go, name="go"),
    path("register", register.register_page, name="register"),
    path("register/draft", register.draft, name="draft"),
    path("register/same", register.same_matter, name="same_matter"),
    path("supervision", supervision.supervision_page, name="supervision"),
    path("deadlines", deadlines.trial_page, name="deadlines"),
    path("deadlines/which", deadlines.which_page, name="deadlines_which"),
    path("deadlines/what-if", deadlines.what_if_page, name="deadlines_what_if"),
    path("visits", visits.visits_page, name="visits"),
    path("visits/<str:number>", visits.visit_page, name="visit"),
    path("visits/<str:number>/<str:step>", visits.visit_step, name="visit_step"),
    path("cases/<str:number>", case.case_page, name="case"),
    path("cases/<str:number>/moves/<str:move>", case.move_page, name="move"),
    path("cases/<str:number>/unmask", case.unmask, name="unmask"),
    path("cases/<str:number>/attachments", case.attach_file, name="attach"),
    path("cases/<str:number>/attachments/<str:attachment>", case.attachment, name="attachment"),
    path("cases/<str:number>/receipt", papers.receipt, name="receipt"),
    path("cases/<str:number>/print", papers.case_print, name="case_print"),
]

"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from onedoor.cases.queries.days import today
from onedoor.hall.queries.articles import newest_articles
from onedoor.people.steps import first_run
from onedoor.people.units import public_centre
from onedoor.voices.queries.surveys import open_surveys
from onedoor.web.public.news import titled
from onedoor.web.public.page import navigation, public_page


def home(request: HttpRequest) -> HttpResponse:
    """What the centre does, how to reach it, what it published last; the name is the top centre's, if there is one."""
    centre = public_centre()
    if centre is None and first_run.is_due():
        return redirect("desk:first_run")
    context = {
        "centre": centre,
        "doors": [one for one in navigation() if one["about"]],
        "surveys": open_surveys(today()),
        "news": [titled(one) for one in newest_articles(today())],
    }
    return public_page(request, "public/home.html", context, personal=False)

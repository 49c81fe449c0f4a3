"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from onedoor.people.steps import first_run
from onedoor.people.units import public_centre
from onedoor.web.public.page import navigation, public_page


def home(request: HttpRequest) -> HttpResponse:
    """What the centre does and how to reach it; the name is the top centre's, if there is one."""
    if public_centre() is None and first_run.is_due():
        return redirect("desk:first_run")
    doors = [one for one in navigation() if one["about"]]
    return public_page(request, "public/home.html", {"doors": doors}, personal=False)

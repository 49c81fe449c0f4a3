"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from onedoor.people.models import Unit
from onedoor.people.steps import first_run


def home(request: HttpRequest) -> HttpResponse:
    """What the centre does and how to reach it; the name is the top centre's, if there is one."""
    centre = Unit.objects.filter(kind="centre", active=True).order_by("division__code").first()
    if centre is None and first_run.is_due():
        return redirect("desk:first_run")
    return render(request, "web/home.html", {"centre": centre})

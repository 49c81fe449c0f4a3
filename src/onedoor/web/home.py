"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from onedoor.people.models import Unit


def home(request: HttpRequest) -> HttpResponse:
    """What the centre does and how to reach it; the name is the top centre's, if there is one."""
    centre = Unit.objects.filter(kind="centre", active=True).order_by("division__code").first()
    return render(request, "web/home.html", {"centre": centre})

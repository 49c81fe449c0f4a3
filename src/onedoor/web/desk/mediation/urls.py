"""Addresses of mediation, within those of a case."""

from django.urls import path

from onedoor.web.desk.mediation import agreements, pages

urlpatterns = [
    path("", pages.mediation_page, name="mediation"),
    path("agreements/<str:key>", agreements.sign_page, name="sign_agreement"),
    path("agreements/<str:key>/seal", agreements.seal, name="seal_agreement"),
    path("recordings/<str:key>", pages.recording, name="recording"),
    path("<str:verb>", pages.verb_page, name="mediate"),
    path("<str:verb>/<str:key>", pages.verb_page, name="mediate_one"),
    path("<str:key>/draft/<str:form>", agreements.draft_page, name="draft_agreement"),
]

"""Addresses under 网格."""

from django.urls import URLPattern, path

from onedoor.web.desk.grid import care, entries, numbers, places, tasks, visits

urlpatterns: list[URLPattern] = [
    path("", entries.front, name="field"),
    path("entries", entries.entries_page, name="field_entries"),
    path("entries/<uuid:entry>", entries.entry_page, name="field_entry"),
    path("tasks", tasks.tasks_page, name="field_tasks"),
    path("tasks/new", tasks.new_task, name="field_task_new"),
    path("tasks/<uuid:task>", tasks.task_page, name="field_task"),
    path("tasks/<uuid:task>/<str:step>", tasks.task_step, name="field_task_step"),
    path("places", places.places_page, name="field_places"),
    path("places/new", places.edit_place, name="field_place_new"),
    path("places/<uuid:place>", places.place_page, name="field_place"),
    path("places/<uuid:place>/edit", places.edit_place, name="field_place_edit"),
    path("checklists", places.checklists_page, name="field_checklists"),
    path("checklists/new", places.edit_checklist, name="field_checklist_new"),
    path("checklists/<str:code>", places.edit_checklist, name="field_checklist"),
    path("visits", visits.visits_page, name="field_visits"),
    path("heard", visits.heard_page, name="field_heard"),
    path("care", care.plans_page, name="field_care"),
    path("care/new", care.new_plan, name="field_plan_new"),
    path("care/<uuid:plan>", care.plan_page, name="field_plan"),
    path("care/<uuid:plan>/sheet", care.plan_sheet, name="field_plan_sheet"),
    path("care/<uuid:plan>/renew", care.renew_plan, name="field_plan_renew"),
    path("care/<uuid:plan>/<str:step>", care.plan_step, name="field_plan_step"),
    path("workload", numbers.workload_page, name="field_workload"),
    path("surges", numbers.surges_page, name="field_surges"),
]

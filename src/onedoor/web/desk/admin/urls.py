"""Addresses of the administrator's pages, below /desk/admin/."""

from django.urls import URLPattern, path

from onedoor.web.desk.admin import calendar, categories, deliveries, divisions, imports, overview, people, units

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="admin"),
    path("units", units.unit_list, name="admin_units"),
    path("units/new", units.new_unit, name="admin_unit_new"),
    path("units/<str:code>", units.one_unit, name="admin_unit"),
    path("units/<str:code>/switch", units.switch, name="admin_unit_switch"),
    path("units/<str:code>/channels/<str:kind>", units.unit_channel, name="admin_unit_channel"),
    path("people", people.people_list, name="admin_people"),
    path("people/new", people.new_person, name="admin_person_new"),
    path("people/<int:account>", people.one_person, name="admin_person"),
    path("people/<int:account>/posts", people.new_post, name="admin_post_new"),
    path("people/<int:account>/posts/<int:post>/end", people.finish_post, name="admin_post_end"),
    path("people/<int:account>/password", people.new_password, name="admin_password"),
    path("people/<int:account>/<str:name>", people.button, name="admin_person_button"),
    path("divisions", divisions.level, name="admin_divisions"),
    path("divisions/<str:code>", divisions.level, name="admin_division"),
    path("divisions/<str:code>/name", divisions.rename, name="admin_division_rename"),
    path("divisions/<str:code>/remove", divisions.remove, name="admin_division_remove"),
    path("categories", categories.tree, name="admin_categories"),
    path("categories/<str:code>", categories.one_category, name="admin_category"),
    path("categories/<str:code>/switch", categories.switch, name="admin_category_switch"),
    path("calendar", calendar.year_page, name="admin_calendar"),
    path("deliveries", deliveries.unsent, name="admin_deliveries"),
    path("deliveries/<uuid:delivery>/<str:what>", deliveries.decide, name="admin_delivery"),
    path("import/<str:table>", imports.upload, name="admin_import"),
    path("import/<str:table>/template", imports.download_template, name="admin_import_template"),
    path("import/<str:table>/confirm", imports.confirm, name="admin_import_confirm"),
]

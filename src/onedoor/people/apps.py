from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "onedoor.people"
    verbose_name = "机构与人员"

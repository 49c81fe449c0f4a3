from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "onedoor.papers"
    verbose_name = "文书"

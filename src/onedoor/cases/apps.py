from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "onedoor.cases"
    verbose_name = "事项"

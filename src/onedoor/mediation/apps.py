from django.apps import AppConfig


class MediationConfig(AppConfig):
    name = "onedoor.mediation"
    verbose_name = "调解"

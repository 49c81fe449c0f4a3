from django.apps import AppConfig


class HallConfig(AppConfig):
    name = "onedoor.hall"
    verbose_name = "大厅"

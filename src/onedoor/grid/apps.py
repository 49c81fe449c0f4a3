from django.apps import AppConfig


class GridConfig(AppConfig):
    name = "onedoor.grid"
    verbose_name = "网格"

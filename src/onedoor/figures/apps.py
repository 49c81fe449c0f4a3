from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "onedoor.figures"
    verbose_name = "统计"

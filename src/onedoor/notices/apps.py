from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "onedoor.notices"
    verbose_name = "通知"

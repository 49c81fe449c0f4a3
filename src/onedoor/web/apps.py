from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "onedoor.web"
    verbose_name = "页面"

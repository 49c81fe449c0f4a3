from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "onedoor.voices"
    verbose_name = "咨询与意见"

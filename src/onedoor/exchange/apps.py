from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "onedoor.exchange"
    verbose_name = "交换"

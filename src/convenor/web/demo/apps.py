from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "convenor.web.demo"
    label = "demo"

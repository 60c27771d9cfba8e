from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "convenor.web.api"
    label = "api"

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "convenor.web.site"
    label = "site"

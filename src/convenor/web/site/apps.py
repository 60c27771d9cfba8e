from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "convenor.web.site"
    label = "site"

    def ready(self) -> None:
        from convenor.web.site import acts  # noqa: PLC0415 - app ready

        acts.register()

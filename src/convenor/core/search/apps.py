from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "convenor.core.search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from convenor.core.search import kinds  # noqa: PLC0415 - app ready

        kinds.register()

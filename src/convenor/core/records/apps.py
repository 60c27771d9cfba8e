from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "convenor.core.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from convenor.core.records import kinds  # noqa: PLC0415 - app ready

        kinds.register()

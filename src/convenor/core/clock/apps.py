from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "convenor.core.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kinds  # noqa: PLC0415 - app ready

        kinds.register()

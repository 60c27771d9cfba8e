from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "convenor.core.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kinds, transport  # noqa: PLC0415 - app ready

        transport.check_settings()
        kinds.register_all()

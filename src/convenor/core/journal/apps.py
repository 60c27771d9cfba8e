from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "convenor.core.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kinds, people  # noqa: PLC0415 - app ready

        kinds.register_all()
        people.register()

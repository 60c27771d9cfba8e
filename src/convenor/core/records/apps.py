from django.apps import AppConfig
from django.conf import settings


class RecordsConfig(AppConfig):
    name = "convenor.core.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from convenor.core.records import kinds, retention  # noqa: PLC0415 - app ready

        retention.authorities(settings.RETENTION_AUTHORITIES)  # a wrong one is said at start
        kinds.register()

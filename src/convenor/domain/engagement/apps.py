from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "convenor.domain.engagement"
    label = "engagement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from convenor.domain.engagement import kinds, resources  # noqa: PLC0415 - app ready

        kinds.register()
        resources.register()

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "convenor.domain.groups"
    label = "groups"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from convenor.domain.groups import kinds, resources  # noqa: PLC0415 - app ready

        kinds.register()
        resources.register()

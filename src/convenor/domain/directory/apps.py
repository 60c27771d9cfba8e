from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "convenor.domain.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from convenor.domain.directory import kinds, resources  # noqa: PLC0415 - app ready

        kinds.register()
        resources.register()

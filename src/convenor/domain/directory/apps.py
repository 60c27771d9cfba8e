from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "convenor.domain.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig
from django.conf import settings

from convenor.kit.environment import BadSetting


class FilesConfig(AppConfig):
    name = "convenor.core.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kinds, rules  # noqa: PLC0415 - app ready

        if settings.MARKING_CEILING not in rules.MARKINGS:
            raise BadSetting(f"CONVENOR_MARKING_CEILING must be one of {', '.join(rules.MARKINGS)}.")
        kinds.register_all()

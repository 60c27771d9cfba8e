from django.apps import AppConfig


class ExpressionsConfig(AppConfig):
    name = "convenor.domain.expressions"
    label = "expressions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from convenor.domain.expressions import jobs, kinds, resources  # noqa: PLC0415 - app ready

        kinds.register()
        resources.register()
        jobs.register()

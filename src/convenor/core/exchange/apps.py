from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "convenor.core.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from convenor.core.exchange import kinds  # noqa: PLC0415 - app ready

        kinds.register()

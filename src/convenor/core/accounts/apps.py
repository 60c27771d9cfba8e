from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "convenor.core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 - app ready

        from convenor.core.accounts import kinds, sessions  # noqa: PLC0415 - app ready

        kinds.register_all()
        user_logged_in.connect(sessions.remember_sign_in, dispatch_uid="accounts.remember_sign_in")

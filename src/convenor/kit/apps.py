"""Django's view of the kit."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """Templates, tags and static files; no models."""

    name = "convenor.kit"
    label = "kit"

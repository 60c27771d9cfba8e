from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from convenor.core.exchange.declare import Resource


class ApiConfig(AppConfig):
    name = "convenor.web.api"
    label = "api"

    declared: tuple[Resource, ...] = ()
    """The resources of every app before this one in INSTALLED_APPS."""

    def ready(self) -> None:
        """Taken now, not when the first address is asked for: what a test adds for itself is not the site's."""
        from convenor.core.exchange.declare import resources  # noqa: PLC0415 - app ready

        self.declared = tuple(resources.values())

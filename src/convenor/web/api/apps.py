from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from convenor.core.exchange.acts import Act
    from convenor.core.exchange.declare import Resource


class ApiConfig(AppConfig):
    name = "convenor.web.api"
    label = "api"

    declared: tuple[Resource, ...] = ()
    acts: tuple[Act, ...] = ()
    """The resources and acts of every app before this one in INSTALLED_APPS."""

    def ready(self) -> None:
        """Taken now, not when the first address is asked for: what a test adds for itself is not the site's."""
        from convenor.core.exchange.acts import acts  # noqa: PLC0415 - app ready
        from convenor.core.exchange.declare import resources  # noqa: PLC0415 - app ready

        self.declared, self.acts = tuple(resources.values()), tuple(acts.values())

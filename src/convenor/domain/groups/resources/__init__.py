"""Groups as the outside sees them: API, downloads, data dictionary and uploads, declared once."""

from __future__ import annotations

from convenor.core.exchange.resources import add
from convenor.domain.groups.resources.groups import GROUPS, INITIATIVES
from convenor.domain.groups.resources.seats import APPOINTMENTS, CHAIRING, ROSTER, SEATS

ALL = (GROUPS, INITIATIVES, SEATS, ROSTER, APPOINTMENTS, CHAIRING)


def register() -> None:
    """Called from AppConfig.ready()."""
    for resource in ALL:
        add(resource)

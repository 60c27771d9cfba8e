"""The directory as the outside sees it: API, downloads, data dictionary and uploads, declared once."""

from __future__ import annotations

from convenor.core.exchange.resources import add
from convenor.domain.directory.resources.contacts import CONTACTS
from convenor.domain.directory.resources.offices import OFFICES, TENURES
from convenor.domain.directory.resources.organisations import CHANGES, ORGANISATIONS
from convenor.domain.directory.resources.partnerships import PARTNERSHIPS
from convenor.domain.directory.resources.people import PEOPLE

ALL = (ORGANISATIONS, CHANGES, OFFICES, TENURES, PEOPLE, PARTNERSHIPS, CONTACTS)


def register() -> None:
    """Called from AppConfig.ready()."""
    for resource in ALL:
        add(resource)

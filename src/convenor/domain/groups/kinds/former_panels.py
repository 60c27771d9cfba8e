"""Former members whose days are not known, on the pages of people. (A group's page has them with its life.)"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.models import Record
from convenor.core.records.registry import Panel
from convenor.core.records.rules import Viewer
from convenor.domain.groups.queries.former import former_of_person

SHOWN: Final = 60


def person_panels(record: Record, viewer: Viewer) -> Iterable[Panel]:
    """Where somebody sat once. One query."""
    former = former_of_person(viewer, record.profile.person_id)
    if former:
        context = {"former": former[:SHOWN]}
        yield Panel(_("Sat once, days not known"), "groups/panel_former_of_person.html", context, "former", 25)

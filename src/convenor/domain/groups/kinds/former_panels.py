"""Former members whose days are not known, on the pages of groups and of people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.models import Record
from convenor.core.records.registry import Panel
from convenor.core.records.rules import Viewer
from convenor.domain.groups import permissions
from convenor.domain.groups.queries.former import former_of_group, former_of_person

SHOWN: Final = 60


def group_panels(record: Record, viewer: Viewer) -> Iterable[Panel]:
    """Who sat there once. One query."""
    officer = permissions.is_officer(viewer) and bool(permissions.may_read_every_name(viewer, record.group))
    former = former_of_group(viewer, record.group.pk, officer=officer)
    if former:
        rest = len(former) - SHOWN
        more = f"/api/v1/former-members.csv?group={record.ref}" if rest > 0 else ""
        context = {"former": former[:SHOWN], "rest": rest, "more": more}
        yield Panel(_("Former members"), "groups/panel_former.html", context, "former", 60)


def person_panels(record: Record, viewer: Viewer) -> Iterable[Panel]:
    """Where somebody sat once. One query."""
    former = former_of_person(viewer, record.profile.person_id)
    if former:
        context = {"former": former[:SHOWN]}
        yield Panel(_("Sat once, days not known"), "groups/panel_former_of_person.html", context, "former", 25)

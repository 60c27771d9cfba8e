"""Words for who chairs, added and removed one at a time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from convenor.core.journal.commands import write
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.groups import permissions
from convenor.domain.groups.models import Chairing, ChairRole
from convenor.kit.structs import struct

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@struct
class ChairRoleFacts:
    """A role: its code, its name, and whether it counts as the group's chair or co-chair."""

    slug: str
    name: str
    leads: bool = True


def add_chair_role(*, by: Viewer, facts: ChairRoleFacts, now: datetime) -> bool:
    """Add a word for who chairs; False when there is one of that code, which stays as the site has it."""
    with transaction.atomic():
        permissions.may_add_words(by).require()
        refuse_if(_breaches(facts))
        last = ChairRole.objects.aggregate(last=Max("order"))["last"] or 0
        values = {"name": facts.name.strip(), "leads": facts.leads, "order": last + 1}
        _row, made = ChairRole.objects.get_or_create(slug=facts.slug, defaults=values)
        if made:
            changes = {"role": (None, facts.slug), "name": (None, facts.name.strip()), "leads": (None, facts.leads)}
            write(by=by, verb="chair-role.added", record=None, now=now, changes=changes, public=changes)
        return made


def remove_chair_role(*, by: Viewer, slug: str, now: datetime) -> None:
    """Remove a word that nothing uses; one that is used stays."""
    with transaction.atomic():
        permissions.may_add_words(by).require()
        role = ChairRole.objects.select_for_update().filter(slug=slug).first()
        if role is None or Chairing.objects.filter(role=role).exists():
            return
        write(by=by, verb="chair-role.removed", record=None, now=now, changes={"role": (slug, None)}, public=("role",))
        ChairRole.objects.filter(pk=role.pk).delete()


def _breaches(facts: ChairRoleFacts) -> list[Breach]:
    found = []
    if not SLUG.fullmatch(facts.slug) or len(facts.slug) > 40:
        found.append(Breach("role-code", _("A code has small letters, digits and -, at most 40 of them."), "id"))
    if not facts.name.strip() or len(facts.name) > 80:
        found.append(Breach("role-name", _("Say what it is called, in at most 80 characters."), "name"))
    return found

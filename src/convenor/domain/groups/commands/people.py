"""What commands share about the person they are about: whether they can be meant, and how the history tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.journal.commands import Change
from convenor.core.records.rules import Breach, Viewer
from convenor.domain.groups.commands import steps
from convenor.domain.groups.models import Group


def gone(person: Person) -> list[Breach]:
    """That what was held about somebody has been erased."""
    if person.erased_at is None:
        return []
    return [Breach("person-erased", _("What was held about this person has been erased."), "person")]


def unreachable(person: Person, field: str = "") -> list[Breach]:
    """Why somebody cannot be sent a link."""
    if person.email:
        return gone(person)
    text = _("No e-mail address is known of %(name)s: a link cannot be sent.")
    return [Breach("no-address", text % {"name": person.name}, field)]


def note(
    by: Viewer,
    verb: str,
    group: Group,
    person_id: int,
    now: datetime,
    changes: Mapping[str, Change],
    reason: str = "",
    *,
    own: bool = True,
) -> None:
    """A journal entry about somebody: who it is, and why, is for officers.

    own: what the person does themselves; somebody else who does it then acts on their behalf.
    """
    whom = person_id if own and by.person_id not in {None, person_id} else None
    told = {**changes, "person": (None, person_id)}
    steps.note(by, verb, group.record, now, told, reason, private=("person", "reason"), on_behalf_of=whom)

"""The words for who chairs and as what people sit: loaded from a YAML file, kept by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from convenor.core.journal.commands import write
from convenor.core.records.rules import Breach, Viewer, refuse_if, system
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import steps
from convenor.domain.groups.models import ChairRole, Group, Seat, SeatRole
from convenor.domain.groups.queries.desk import groups_over_their_caps
from convenor.domain.groups.rules.rosters import FOLLOWS
from convenor.kit.structs import struct

SEEDS: Final = Path(__file__).parent.parent / "seeds" / "vocabulary.yaml"
PUBLIC: Final = ("name", "counts_under_caps", "votes", "counts_to_quorum", "default_for", "order")


def load_vocabulary(now: datetime, source: Path = SEEDS) -> int:
    """Add the chair roles and seat roles that are not there yet; returns how many.

    Rows that are there are left as the site changed them. Safe to run again, by two at once. Seats that were there
    before roles were get the role that such seats have when nothing is said.
    """
    words = yaml.safe_load(source.read_text(encoding="utf-8"))
    with transaction.atomic():
        added = sum(
            ChairRole.objects.get_or_create(
                slug=row["slug"], defaults={"name": row["name"], "leads": row["leads"], "order": order}
            )[1]
            for order, row in enumerate(words["chair_roles"], 1)
        )
        added += sum(_seat_role(row, order) for order, row in enumerate(words["seat_roles"], 1))
        _seats_without_role()
        if added:
            changes = {"words": (None, added)}
            write(by=system(now), verb="vocabulary.loaded", record=None, now=now, changes=changes, public=("words",))
        return added


def _seat_role(row: Mapping[str, Any], order: int) -> bool:
    """Whether it was added. A default that the site gave to another role stays there."""
    default = row.get("default_for", "")
    taken = default and SeatRole.objects.filter(default_for=default).exclude(slug=row["slug"]).exists()
    columns = {
        "name": row["name"],
        "counts_under_caps": row["caps"],
        "votes": row["votes"],
        "counts_to_quorum": row["quorum"],
        "default_for": "" if taken else default,
        "order": order,
    }
    return SeatRole.objects.get_or_create(slug=row["slug"], defaults=columns)[1]


def _seats_without_role() -> None:
    follows = Q(basis__in=FOLLOWS)
    for which, seats in ((SeatRole.DefaultFor.FOLLOWS, follows), (SeatRole.DefaultFor.APPOINTED, ~follows)):
        role = SeatRole.objects.filter(default_for=which).first()
        if role is not None:
            Seat.objects.filter(seats, role=None).update(role=role)


@struct
class RoleFacts:
    """What a role is called, whether the rules of members bind it, and what a new seat of it has."""

    name: str
    counts_under_caps: bool = True
    votes: bool = True
    counts_to_quorum: bool = True
    default_for: str = ""
    order: int = 0

    def columns(self) -> dict[str, Any]:
        """As the table holds it."""
        return {name: getattr(self, name) for name in PUBLIC} | {"name": self.name.strip()}


def add_seat_role(*, by: Viewer, facts: RoleFacts, now: datetime) -> SeatRole:
    """Add a role that seats may have."""
    with transaction.atomic():
        permissions.may_keep_vocabulary(by).require()
        role = SeatRole(slug=slugify(facts.name)[:40])
        if not role.slug or SeatRole.objects.filter(slug=role.slug).exists():
            refuse_if([Breach("role-there", _("There is a role of that name already."), "name")])
        return _kept(by, role, facts, "seat-role.added", now)


def edit_seat_role(*, by: Viewer, role: SeatRole, facts: RoleFacts, now: datetime) -> SeatRole:
    """Change a role. Seats that are there keep their vote; whether they count under caps follows the role.

    Refused where counting its seats would put a living group over its cap, naming the group and the numbers.
    """
    with transaction.atomic():
        permissions.may_keep_vocabulary(by).require()
        role = SeatRole.objects.select_for_update().get(pk=role.pk)
        counted_now = facts.counts_under_caps and not role.counts_under_caps
        if counted_now:  # whoever seats somebody meanwhile waits, and counts by the new word
            list(Group.objects.select_for_update(of=("self",)).filter(seats__role=role).order_by("pk"))
        role = _kept(by, role, facts, "seat-role.edited", now)
        if counted_now:
            over = groups_over_their_caps(Group.objects.filter(seats__role=role).distinct(), steps.today(now))
            refuse_if(Breach("cap-below-occupied", each, "counts_under_caps") for each in over)
        return role


def _kept(by: Viewer, role: SeatRole, facts: RoleFacts, verb: str, now: datetime) -> SeatRole:
    if facts.default_for:  # one role is what such seats have when nothing is said: it moves here
        SeatRole.objects.filter(default_for=facts.default_for).exclude(pk=role.pk).update(default_for="")
    changes = steps.set_values(role, facts.columns())
    role.save()
    if changes:
        told = {"role": (None, role.slug), **changes}
        write(by=by, verb=verb, record=None, now=now, changes=told, public=("role", *PUBLIC))
    return role

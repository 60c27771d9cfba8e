"""Waiting for a place: being told once when one is free; and forgetting what was asked when its day has come."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.journal import commands as journal
from convenor.core.records.queries import frozen_kinds
from convenor.core.records.rules import Viewer, refuse_if
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import steps
from convenor.domain.groups.commands.joining.seating import entered, sits_breaches, tell, told
from convenor.domain.groups.models import Asking, Group, JoinInvitation, JoinRequest, PlaceWatch
from convenor.domain.groups.queries import joining as queries
from convenor.domain.groups.rules import joining


def watch_places(*, by: Viewer, group: Group, person: Person, now: datetime) -> PlaceWatch:
    """Ask to be told once when a place is free in a group that is full. Asking again changes nothing."""
    with transaction.atomic():
        group = steps.locked(group)
        permissions.may_act_for(by, person.pk).require()
        refuse_if([*steps.withdrawn(group.record), *sits_breaches(group, person, steps.today(now))])
        watch, made = PlaceWatch.objects.get_or_create(group=group, person=person, defaults={"since": now})
        if made:
            told(by, "group.place-watched", group, person.pk, now)
        return watch


def stop_watching(*, by: Viewer, group: Group, person: Person, now: datetime) -> None:
    """Be told no more."""
    with transaction.atomic():
        group = steps.locked(group)
        permissions.may_act_for(by, person.pk).require()
        if PlaceWatch.objects.filter(group=group, person=person).delete()[0]:
            told(by, "group.place-watch-stopped", group, person.pk, now)


def tell_of_place(*, by: Viewer, group: Group, now: datetime) -> int:
    """Tell everybody who waits, once, that a place is free, when one is; how many were told."""
    with transaction.atomic():
        group, rules, door = entered(group, now)
        permissions.may_edit_group(by, group).require()
        side = queries.side_for(rules, door, rules.constituencies[0].slug if rules.constituencies else "")
        if joining.shut(door.way, door.way, group.state) or _all_full(group, rules, side, steps.today(now)):
            return 0
        watches = list(PlaceWatch.objects.filter(group=group).select_related("person").order_by("since", "pk"))
        words = {"group": group.name}
        subject = _("A place is free in %(group)s") % words
        text = [_("You asked to be told. The first to join takes it; it is not kept for you.")]
        for watch in watches:
            tell(watch.person, group, subject, text, now=now, reads=True, label=_("Join the group"))
        PlaceWatch.objects.filter(pk__in=[watch.pk for watch in watches]).delete()
        if watches:
            steps.note(
                by, "group.place-free-told", group.record, now, {"told": (None, len(watches))}, private=("told",)
            )
        return len(watches)


def _all_full(group: Group, rules: TypeRulesValue, side: str, today: date) -> bool:
    sides = [each.slug for each in rules.constituencies] or [""]
    asked = sides if len(queries.sides_to_choose(rules, queries.Door(joining.OPEN, ""))) else [side]
    return all(queries.fullness(group, rules, each, None, today) for each in asked)


def purge_asking(*, by: Viewer, now: datetime) -> int:
    """Let invitations lapse whose time is up, and forget requests and invitations whose day has come; how many.

    While groups are frozen none is forgotten.
    """
    permissions.may_run_jobs(by).require()
    today = steps.today(now)
    with transaction.atomic():
        late = JoinInvitation.objects.filter(state=Asking.WAITING, expires_at__lte=now)
        late.update(state=Asking.LAPSED, answered_at=now, purge_on=joining.purge_day(today))
        gone = 0
        if steps.KIND not in frozen_kinds(now):
            gone += JoinRequest.objects.filter(purge_on__lte=today).delete()[0]
            gone += JoinInvitation.objects.filter(purge_on__lte=today).delete()[0]
        if gone:
            journal.write(by=by, verb="group.asking-purged", record=None, now=now, changes={"rows": (None, gone)})
        return gone

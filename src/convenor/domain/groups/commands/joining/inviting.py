"""Inviting somebody by a signed link, taking that back, and their answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts.commands import links
from convenor.core.accounts.models import Person
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory.commands.people import PersonFacts, create_person
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import people, steps
from convenor.domain.groups.commands.joining.seating import (
    Joining,
    answered_breaches,
    as_whom,
    entered,
    seated,
    side_needed,
    sits_breaches,
    told,
)
from convenor.domain.groups.models import Appointment, Asking, Group, JoinInvitation
from convenor.domain.groups.queries import joining as queries
from convenor.domain.groups.rules import joining
from convenor.kit.turns import in_turn

INVITATION: Final = "join-invitation"
INVITED_FOR: Final = timedelta(days=14)


def invite(
    *,
    by: Viewer,
    group: Group,
    person: Person | PersonFacts,
    now: datetime,
    note: str = "",
    side: str = "",
) -> JoinInvitation:
    """Invite somebody by e-mail, with a signed link by which they accept or decline without signing in."""
    with transaction.atomic():
        group, rules, door = entered(group, now)
        permissions.may_edit_group(by, group).require()
        refuse_if([*steps.withdrawn(group.record), *joining.shut(door.way, joining.INVITATION, group.state)])
        if isinstance(person, PersonFacts):
            person = create_person(by=by, facts=person, now=now)
        refuse_if([*people.unreachable(person, "email"), *sits_breaches(group, person, steps.today(now))])
        side = queries.side_for(rules, door, side)
        refuse_if(side_needed(rules, side))
        made = JoinInvitation.objects.filter(group=group, person=person, state=Asking.WAITING).first()
        made = made or JoinInvitation(group=group, person=person)
        made.side, made.note, made.invited_at, made.expires_at = side, note.strip(), now, now + INVITED_FOR
        made.invited_by_id = by.person_id
        steps.refuse_bad_fields(made)
        made.save()
        links.send_link(purpose=INVITATION, person=person, now=now, record=group.record, subject_id=made.pk)
        told(by, "group.person-invited", group, person.pk, now)
        return made


def answer_invitation(
    *, by: Viewer, invitation: JoinInvitation, accept: bool, now: datetime, facts: Joining | None = None
) -> Appointment | None:
    """Accept an invitation and take the seat, or decline it: the person, by their link too, or who assists them."""
    with in_turn(("group", invitation.group_id)), transaction.atomic():
        group, rules, door = entered(invitation.group, now)
        invitation = JoinInvitation.objects.select_related("person").get(pk=invitation.pk, group=group)
        permissions.may_act_for(by, invitation.person_id).require()
        refuse_if([*steps.withdrawn(group.record), *invitation_breaches(invitation, now)])
        made = None
        if accept:
            refuse_if(joining.shut(door.way, joining.INVITATION, group.state))
            given = facts or Joining()
            seat = Joining(invitation.side or given.side, given.organisation, given.named)
            made = seated(by, group, invitation.person, as_whom(seat, rules, door), now, "group.person-joined")
        else:
            told(by, "group.invitation-declined", group, invitation.person_id, now)
        _closed(invitation, Asking.ACCEPTED if accept else Asking.DECLINED, now)
        return made


def withdraw_invitation(*, by: Viewer, invitation: JoinInvitation, now: datetime) -> None:
    """Take back an invitation that waits: its link stops working."""
    with transaction.atomic():
        group = steps.locked(invitation.group)
        permissions.may_edit_group(by, group).require()
        invitation = JoinInvitation.objects.select_related("person").get(pk=invitation.pk, group=group)
        refuse_if(answered_breaches(invitation.state))
        links.revoke_links(person=invitation.person, now=now, purpose=INVITATION, subject_id=invitation.pk)
        _closed(invitation, Asking.WITHDRAWN, now)
        told(by, "group.invitation-withdrawn", group, invitation.person_id, now)


def invitation_breaches(invitation: JoinInvitation, now: datetime) -> list[Breach]:
    """Why there is nothing to answer."""
    if invitation.state == Asking.WAITING and invitation.expires_at > now:
        return []
    if invitation.state in {Asking.WAITING, Asking.LAPSED}:
        return [Breach("invitation-lapsed", _("This invitation has lapsed. Ask to be invited again."))]
    return answered_breaches(invitation.state)


def _closed(invitation: JoinInvitation, state: str, now: datetime) -> None:
    JoinInvitation.objects.filter(pk=invitation.pk).update(
        state=state, answered_at=now, purge_on=joining.purge_day(steps.today(now))
    )

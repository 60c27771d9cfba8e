"""Asking to join a group, taking that back, and the answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.records.queries import frozen_kinds
from convenor.core.records.rules import Viewer, refuse_if
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import steps
from convenor.domain.groups.commands.joining.seating import (
    Joining,
    answered_breaches,
    as_whom,
    entered,
    seated,
    sits_breaches,
    tell,
    told,
)
from convenor.domain.groups.models import Appointment, Asking, Group, JoinRequest
from convenor.domain.groups.rules import joining, terms


def ask_to_join(
    *, by: Viewer, group: Group, person: Person, facts: Joining, now: datetime, note: str = ""
) -> JoinRequest:
    """Ask to join a group that is joined on request. Asking again changes what was asked."""
    with transaction.atomic():
        group, rules, door = entered(group, now)
        permissions.may_act_for(by, person.pk).require()
        refuse_if([*steps.withdrawn(group.record), *joining.shut(door.way, joining.REQUEST, group.state)])
        facts = as_whom(facts, rules, door)
        refuse_if(sits_breaches(group, person, steps.today(now)))
        columns = {"side": facts.side, "organisation": facts.organisation, "named": facts.named, "note": note.strip()}
        asked = JoinRequest.objects.filter(group=group, person=person, state=Asking.WAITING).first()
        asked = asked or JoinRequest(group=group, person=person, asked_at=now)
        for name, value in columns.items():
            setattr(asked, name, value)
        steps.refuse_bad_fields(asked)
        asked.save()
        told(by, "group.join-asked", group, person.pk, now)
        return asked


def withdraw_request(*, by: Viewer, request: JoinRequest, now: datetime) -> None:
    """Take back a request that waits: it is forgotten at once, or after the lift while groups are frozen."""
    with transaction.atomic():
        group = steps.locked(request.group)
        permissions.may_act_for(by, request.person_id).require()
        waiting = JoinRequest.objects.filter(pk=request.pk, state=Asking.WAITING)
        if steps.KIND in frozen_kinds(now):
            gone = waiting.update(state=Asking.WITHDRAWN, answered_at=now, purge_on=steps.today(now))
        else:
            gone = waiting.delete()[0]
        if gone:
            told(by, "group.join-request-withdrawn", group, request.person_id, now)


def answer_request(
    *, by: Viewer, request: JoinRequest, approve: bool, now: datetime, reason: str = ""
) -> Appointment | None:
    """Take somebody in who asked, or turn them down with a reason; they are told by e-mail."""
    with transaction.atomic():
        group, rules, door = entered(request.group, now)
        permissions.may_answer_requests(by, group).require()
        request = JoinRequest.objects.select_related("person", "organisation").get(pk=request.pk, group=group)
        refuse_if([*steps.withdrawn(group.record), *answered_breaches(request.state)])
        made = None
        if approve:
            facts = as_whom(Joining(request.side, request.organisation, request.named), rules, door)
            made = seated(by, group, request.person, facts, now, "group.person-joined", approved=True)
        else:
            refuse_if(terms.reason_needed(reason, _("Say why: they are told.")))
            told(by, "group.join-declined", group, request.person_id, now)
        request.state = Asking.ACCEPTED if approve else Asking.DECLINED
        request.answered_at, request.answered_by_id = now, by.person_id
        request.answer, request.purge_on = reason.strip()[:300], joining.purge_day(steps.today(now))
        request.save()
        tell(request.person, group, *_answer_words(group, approve, request.answer), now=now, reads=approve)
        return made


def _answer_words(group: Group, approve: bool, reason: str) -> tuple[str, list[str]]:
    words = {"group": group.name}
    if approve:
        return _("You are a member of %(group)s") % words, [_("Your request to join was approved."), reason]
    return _("Your request to join %(group)s") % words, [_("Your request to join was declined."), reason]

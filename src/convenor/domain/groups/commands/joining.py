"""Open membership: join, ask, invite, answer, leave, remove; and to be told when a place is free.

Who joins gets a seat (for an individual, in the usual role) and an appointment to it, in one transaction under the
group's lock and its caps: the thirteenth of twelve is never seated. Whether their name is public is theirs to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts.commands import links
from convenor.core.accounts.models import Person
from convenor.core.journal import commands as journal
from convenor.core.notify import commands as notify
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if
from convenor.domain.directory.commands.people import PersonFacts, create_person, publish
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement import rules as engagement
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import appointments, places, steps
from convenor.domain.groups.models import (
    Admission,
    Appointment,
    Asking,
    Chairing,
    Group,
    JoinInvitation,
    JoinRequest,
    PlaceWatch,
    Seat,
)
from convenor.domain.groups.queries import joining as queries
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import joining, rosters, terms
from convenor.kit.turns import in_turn

INVITATION: Final = "join-invitation"
INVITED_FOR: Final = timedelta(days=14)
CAPS: Final = frozenset({"engagement.size", "engagement.constituencies"})


@dataclass(frozen=True, slots=True)
class Joining:
    """As whom somebody joins: on which side, from where, and whether their name may be public."""

    side: str = ""
    organisation: Organisation | None = None
    named: bool = False


def set_admission(
    *, by: Viewer, group: Group, way: str, now: datetime, side: str = "", reason: str = ""
) -> Admission | None:
    """Choose how people come into the group from today on, within what its type's formation allows."""
    with transaction.atomic():
        group = steps.opened(by, group)
        today = steps.today(now)
        refuse_if(joining.way_breaches(values.rules_of(group, today), way, side))
        before = queries.admission_on(group, today)
        if before is not None and (before.way, before.side) == (way, side):
            return before
        if before is not None and before.starts_on < today:
            before.ends_on = today - timedelta(days=1)
            before.save(update_fields=["ends_on"])
        elif before is not None:
            Admission.objects.filter(pk=before.pk).delete()  # chosen only today: it never held
        made = Admission(group=group, way=way, side=side, starts_on=today, reason=reason.strip()[:300])
        steps.refuse_bad_fields(made)
        made.save()
        changes = {"way": (before and before.way, way), "side": (before and before.side, side)}
        steps.note(by, "group.admission-set", group.record, now, changes, reason)
        return made


def join_group(*, by: Viewer, group: Group, person: Person, facts: Joining, now: datetime) -> Appointment:
    """Take a seat in a group that anybody joins. Refused in a sentence when it is full.

    Full is looked for before the lock too: who comes late to a rush is told at once, and keeps nobody waiting.
    """
    permissions.may_act_for(by, person.pk).require()
    with in_turn(("group", group.pk)):
        refuse_if(_full_already(group, person, facts, steps.today(now)))
        return _join(by, group, person, facts, now)


def _join(by: Viewer, group: Group, person: Person, facts: Joining, now: datetime) -> Appointment:
    with transaction.atomic():
        group, rules, door = _entered(group, now)
        permissions.may_act_for(by, person.pk).require()
        refuse_if([*steps.withdrawn(group.record), *joining.shut(door.way, joining.OPEN, group.state)])
        return _seated(by, group, person, _at(facts, rules, door), now, "group.person-joined")


def ask_to_join(
    *, by: Viewer, group: Group, person: Person, facts: Joining, now: datetime, note: str = ""
) -> JoinRequest:
    """Ask to join a group that is joined on request. Asking again changes what was asked."""
    with transaction.atomic():
        group, rules, door = _entered(group, now)
        permissions.may_act_for(by, person.pk).require()
        refuse_if([*steps.withdrawn(group.record), *joining.shut(door.way, joining.REQUEST, group.state)])
        facts = _at(facts, rules, door)
        refuse_if(_sits(group, person, steps.today(now)))
        columns = {"side": facts.side, "organisation": facts.organisation, "named": facts.named, "note": note.strip()}
        asked = JoinRequest.objects.filter(group=group, person=person, state=Asking.WAITING).first()
        asked = asked or JoinRequest(group=group, person=person, asked_at=now)
        for name, value in columns.items():
            setattr(asked, name, value)
        steps.refuse_bad_fields(asked)
        asked.save()
        _told(by, "group.join-asked", group, person.pk, now)
        return asked


def withdraw_request(*, by: Viewer, request: JoinRequest, now: datetime) -> None:
    """Take back a request that waits: it is forgotten at once."""
    with transaction.atomic():
        group = steps.locked(request.group)
        permissions.may_act_for(by, request.person_id).require()
        if JoinRequest.objects.filter(pk=request.pk, state=Asking.WAITING).delete()[0]:
            _told(by, "group.join-request-withdrawn", group, request.person_id, now)


def answer_request(
    *, by: Viewer, request: JoinRequest, approve: bool, now: datetime, reason: str = ""
) -> Appointment | None:
    """Take somebody in who asked, or turn them down with a reason; they are told by e-mail."""
    with transaction.atomic():
        group, rules, door = _entered(request.group, now)
        permissions.may_answer_requests(by, group).require()
        request = JoinRequest.objects.select_related("person", "organisation").get(pk=request.pk, group=group)
        refuse_if([*steps.withdrawn(group.record), *_answered(request.state)])
        made = None
        if approve:
            facts = _at(Joining(request.side, request.organisation, request.named), rules, door)
            made = _seated(by, group, request.person, facts, now, "group.person-joined", approved=True)
        else:
            refuse_if(terms.reason_needed(reason, _("Say why: they are told.")))
            _told(by, "group.join-declined", group, request.person_id, now)
        request.state = Asking.ACCEPTED if approve else Asking.DECLINED
        request.answered_at, request.answered_by_id = now, by.person_id
        request.answer, request.purge_on = reason.strip()[:300], joining.purge_day(steps.today(now))
        request.save()
        tell(request.person, group, *_answer_words(group, approve, request.answer), now=now, reads=approve)
        return made


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
        group, rules, door = _entered(group, now)
        permissions.may_edit_group(by, group).require()
        refuse_if([*steps.withdrawn(group.record), *joining.shut(door.way, joining.INVITATION, group.state)])
        if isinstance(person, PersonFacts):
            person = create_person(by=by, facts=person, now=now)
        refuse_if([*_unreachable(person), *_sits(group, person, steps.today(now))])
        side = queries.side_for(rules, door, side)
        refuse_if(_side_needed(rules, side))
        made = JoinInvitation.objects.filter(group=group, person=person, state=Asking.WAITING).first()
        made = made or JoinInvitation(group=group, person=person)
        made.side, made.note, made.invited_at, made.expires_at = side, note.strip(), now, now + INVITED_FOR
        made.invited_by_id = by.person_id
        steps.refuse_bad_fields(made)
        made.save()
        links.send_link(purpose=INVITATION, person=person, now=now, record=group.record, subject_id=made.pk)
        _told(by, "group.person-invited", group, person.pk, now)
        return made


def answer_invitation(
    *, by: Viewer, invitation: JoinInvitation, accept: bool, now: datetime, facts: Joining | None = None
) -> Appointment | None:
    """Accept an invitation and take the seat, or decline it: the person, by their link too, or who assists them."""
    with in_turn(("group", invitation.group_id)), transaction.atomic():
        group, rules, door = _entered(invitation.group, now)
        invitation = JoinInvitation.objects.select_related("person").get(pk=invitation.pk, group=group)
        permissions.may_act_for(by, invitation.person_id).require()
        refuse_if([*steps.withdrawn(group.record), *invitation_breaches(invitation, now)])
        made = None
        if accept:
            refuse_if(joining.shut(door.way, joining.INVITATION, group.state))
            given = facts or Joining()
            seat = Joining(invitation.side or given.side, given.organisation, given.named)
            made = _seated(by, group, invitation.person, _at(seat, rules, door), now, "group.person-joined")
        else:
            _told(by, "group.invitation-declined", group, invitation.person_id, now)
        _closed(invitation, Asking.ACCEPTED if accept else Asking.DECLINED, now)
        return made


def withdraw_invitation(*, by: Viewer, invitation: JoinInvitation, now: datetime) -> None:
    """Take back an invitation that waits: its link stops working."""
    with transaction.atomic():
        group = steps.locked(invitation.group)
        permissions.may_edit_group(by, group).require()
        invitation = JoinInvitation.objects.select_related("person").get(pk=invitation.pk, group=group)
        refuse_if(_answered(invitation.state))
        links.revoke_links(person=invitation.person, now=now, purpose=INVITATION, subject_id=invitation.pk)
        _closed(invitation, Asking.WITHDRAWN, now)
        _told(by, "group.invitation-withdrawn", group, invitation.person_id, now)


def leave_group(*, by: Viewer, appointment: Appointment, now: datetime) -> None:
    """Leave a group that one joined: at once, and the place is free for somebody else."""
    with transaction.atomic():
        group = steps.locked(appointment.seat.group)
        appointment = _membership(appointment, group)
        permissions.may_act_for(by, appointment.person_id).require()
        refuse_if(_over(appointment, steps.today(now)))
        _ended(by, group, appointment, now, "group.person-left", "")


def remove_member(*, by: Viewer, appointment: Appointment, reason: str, now: datetime) -> None:
    """End the membership of somebody who joined, with a reason that they are told and the public is not."""
    with transaction.atomic():
        group = steps.locked(appointment.seat.group)
        permissions.may_edit_group(by, group).require()
        appointment = _membership(appointment, group)
        refuse_if([*terms.reason_needed(reason, _("Say why: they are told.")), *_over(appointment, steps.today(now))])
        _ended(by, group, appointment, now, "group.person-removed", reason)
        words = {"group": group.name}
        subject = _("You are no longer a member of %(group)s") % words
        tell(appointment.person, group, subject, [_("Your membership was ended."), reason.strip()], now=now)


def watch_places(*, by: Viewer, group: Group, person: Person, now: datetime) -> PlaceWatch:
    """Ask to be told once when a place is free in a group that is full. Asking again changes nothing."""
    with transaction.atomic():
        group = steps.locked(group)
        permissions.may_act_for(by, person.pk).require()
        refuse_if([*steps.withdrawn(group.record), *_sits(group, person, steps.today(now))])
        watch, made = PlaceWatch.objects.get_or_create(group=group, person=person, defaults={"since": now})
        if made:
            _told(by, "group.place-watched", group, person.pk, now)
        return watch


def stop_watching(*, by: Viewer, group: Group, person: Person, now: datetime) -> None:
    """Be told no more."""
    with transaction.atomic():
        group = steps.locked(group)
        permissions.may_act_for(by, person.pk).require()
        if PlaceWatch.objects.filter(group=group, person=person).delete()[0]:
            _told(by, "group.place-watch-stopped", group, person.pk, now)


def tell_of_place(*, by: Viewer, group: Group, now: datetime) -> int:
    """Tell everybody who waits, once, that a place is free, when one is; how many were told."""
    with transaction.atomic():
        group, rules, door = _entered(group, now)
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


def purge_asking(*, by: Viewer, now: datetime) -> int:
    """Let invitations lapse whose time is up, and forget requests and invitations whose day has come; how many."""
    permissions.may_run_jobs(by).require()
    today = steps.today(now)
    with transaction.atomic():
        late = JoinInvitation.objects.filter(state=Asking.WAITING, expires_at__lte=now)
        late.update(state=Asking.LAPSED, answered_at=now, purge_on=joining.purge_day(today))
        gone = JoinRequest.objects.filter(purge_on__lte=today).delete()[0]
        gone += JoinInvitation.objects.filter(purge_on__lte=today).delete()[0]
        if gone:
            journal.write(by=by, verb="group.asking-purged", record=None, now=now, changes={"rows": (None, gone)})
        return gone


def invitation_breaches(invitation: JoinInvitation, now: datetime) -> list[Breach]:
    """Why there is nothing to answer."""
    if invitation.state == Asking.WAITING and invitation.expires_at > now:
        return []
    if invitation.state in {Asking.WAITING, Asking.LAPSED}:
        return [Breach("invitation-lapsed", _("This invitation has lapsed. Ask to be invited again."))]
    return _answered(invitation.state)


def tell(
    person: Person,
    group: Group,
    subject: str,
    text: Sequence[str],
    *,
    now: datetime,
    reads: bool = False,
    label: str = "",
    key: str | None = None,
    address: str = "",
) -> None:
    """Queue one mail about a group to one person, if an address is known. reads: with the way to the group's page."""
    if not person.email or person.erased_at is not None:
        return
    page = address or f"{settings.SITE_URL}/groups/{group.slug}/"
    context = {
        "name": person.name,
        "paragraphs": [each for each in text if each],
        "address": page if reads else "",
        "label": label or group.name,
        "why": _("You get this because of what you have to do with %(group)s.") % {"group": group.name},
    }
    record = group.record if reads else None
    notify.queue(to=person, subject=subject, template="about_group", now=now, context=context, record=record, key=key)


# Steps


def _entered(group: Group, now: datetime) -> tuple[Group, TypeRulesValue, queries.Door]:
    """The group held, its rules of today, and the way in."""
    group = steps.locked(group)
    rules = values.rules_of(group, steps.today(now))
    if rules is None:
        raise Refused(joining.way_breaches(None, joining.OPEN, ""))
    return group, rules, queries.door_of(group, rules, steps.today(now))


def _at(facts: Joining, rules: TypeRulesValue, door: queries.Door) -> Joining:
    side = queries.side_for(rules, door, facts.side)
    refuse_if(_side_needed(rules, side))
    return Joining(side, facts.organisation, facts.named)


def _side_needed(rules: TypeRulesValue, side: str) -> list[Breach]:
    if not rules.constituencies or rules.constituency(side) is not None:
        return []
    return [Breach("side-needed", _("Say on which side of the table."), "side")]


def _seated(
    by: Viewer, group: Group, person: Person, facts: Joining, now: datetime, verb: str, approved: bool = False
) -> Appointment:
    """The step that gives somebody a seat; the group is held, and whatever is counted stays so."""
    today = steps.today(now)
    refuse_if([*_gone(person), *_sits(group, person, today)])
    rules = values.rules_of(group, today)
    seat = _place(group, facts, rules, now)
    ends_on = _term_end(rules, today)
    term = Appointment(
        seat=seat,
        person=person,
        starts_on=today,
        ends_on=ends_on,
        named=facts.named,
        joined=True,
        confirmed_at=now,
    )
    steps.refuse_bad_fields(term)
    term.save()
    profile = (
        publish(by, person, "", now) if facts.named and group.record.is_public else appointments.profile_of(person)
    )
    changes = steps.all_new({"starts_on": today, "ends_on": ends_on})
    appointments.note(by, verb, group, term, profile, now, changes, "", own=not approved)
    PlaceWatch.objects.filter(group=group, person=person).delete()
    _overtaken(group, person, now)
    return term


def _full_already(group: Group, person: Person, facts: Joining, today: date) -> list[Breach]:
    """That it is full as everybody can see; the lock decides when it is not."""
    rules = values.rules_of(group, today)
    if rules is None:
        return []
    side = queries.side_for(rules, queries.door_of(group, rules, today), facts.side)
    said = queries.fullness(group, rules, side, facts.organisation, today)
    return [Breach("group-full", text) for text in said] if said and not _sits(group, person, today) else []


def _place(group: Group, facts: Joining, rules: TypeRulesValue | None, now: datetime) -> Seat:
    """A seat of their own; full is said plainly."""
    role = places.with_role(places.SeatFacts("", rosters.INDIVIDUAL, steps.today(now))).role
    wanted = places.SeatFacts(
        title=role.name if role else _("Member"),
        basis=rosters.INDIVIDUAL,
        starts_on=steps.today(now),
        organisation=facts.organisation,
        constituency=facts.side,
        role=role,
    )
    try:
        return places.place_seat(group, wanted, now)
    except Refused as refused:
        if rules is not None and any(breach.code in CAPS for breach in refused.breaches):
            said = queries.fullness(group, rules, facts.side, facts.organisation, steps.today(now))
            refuse_if(Breach("group-full", text) for text in said)
        raise


def _overtaken(group: Group, person: Person, now: datetime) -> None:
    """Who has come in asks no more and is invited no more."""
    purge = joining.purge_day(steps.today(now))
    done = {"state": Asking.ACCEPTED, "answered_at": now, "purge_on": purge}
    JoinRequest.objects.filter(group=group, person=person, state=Asking.WAITING).update(**done)
    JoinInvitation.objects.filter(group=group, person=person, state=Asking.WAITING).update(**done)


def _term_end(rules: TypeRulesValue | None, today: date) -> date | None:
    if rules is None or rules.term_months is None:
        return None
    return engagement.months_after(today, rules.term_months) - timedelta(days=1)


def _ended(by: Viewer, group: Group, term: Appointment, now: datetime, verb: str, reason: str) -> None:
    """The step by which somebody who joined sits no more: the seat goes with them."""
    seat, said = term.seat, reason.strip()[:300]
    on = joining.last_day(term.starts_on, steps.today(now))
    changes: dict[str, Any] = {"ends_on": (term.ends_on, on)}
    appointments.note(by, verb, group, term, appointments.profile_of(term.person), now, changes, reason, own=not reason)
    if on is None:
        Chairing.objects.filter(seat=seat).delete()
        Appointment.objects.filter(pk=term.pk).delete()
        if not Appointment.objects.filter(seat=seat).exists():
            Seat.objects.filter(pk=seat.pk).delete()
            return
        on = seat.starts_on
    Appointment.objects.filter(pk=term.pk).update(ends_on=on, end_reason=said)
    Chairing.objects.filter(seat=seat, starts_on__gt=on).delete()
    Chairing.objects.filter(seat=seat, ends_on=None).update(ends_on=on)
    Appointment.objects.filter(seat=seat, starts_on__gt=on).delete()
    Seat.objects.filter(pk=seat.pk).update(ends_on=on)


def _membership(appointment: Appointment, group: Group) -> Appointment:
    found = Appointment.objects.select_related("seat", "person").get(pk=appointment.pk, seat__group=group)
    text = _("Only somebody who joined by themselves leaves like this: end the appointment instead.")
    refuse_if([] if found.joined else [Breach("not-joined", text)])
    return found


def _over(appointment: Appointment, today: date) -> list[Breach]:
    if appointment.ends_on is None or appointment.ends_on >= today:
        return []
    return [Breach("left-already", _("This membership has ended already."))]


def _sits(group: Group, person: Person, today: date) -> list[Breach]:
    since = queries.sits(group, person.pk, today)
    return [joining.sits_already(None if isinstance(since, bool) else since)] if since else []


def _gone(person: Person) -> list[Breach]:
    if person.erased_at is None:
        return []
    return [Breach("person-erased", _("What was held about this person has been erased."), "person")]


def _unreachable(person: Person) -> list[Breach]:
    if person.email:
        return _gone(person)
    text = _("No e-mail address is known of %(name)s: a link cannot be sent.")
    return [Breach("no-address", text % {"name": person.name}, "email")]


def _answered(state: str) -> list[Breach]:
    if state == Asking.WAITING:
        return []
    return [Breach("answered-already", _("This has been answered already."))]


def _answer_words(group: Group, approve: bool, reason: str) -> tuple[str, list[str]]:
    words = {"group": group.name}
    if approve:
        return _("You are a member of %(group)s") % words, [_("Your request to join was approved."), reason]
    return _("Your request to join %(group)s") % words, [_("Your request to join was declined."), reason]


def _closed(invitation: JoinInvitation, state: str, now: datetime) -> None:
    JoinInvitation.objects.filter(pk=invitation.pk).update(
        state=state, answered_at=now, purge_on=joining.purge_day(steps.today(now))
    )


def _all_full(group: Group, rules: TypeRulesValue, side: str, today: date) -> bool:
    sides = [each.slug for each in rules.constituencies] or [""]
    asked = sides if len(queries.sides_to_choose(rules, queries.Door(joining.OPEN, ""))) else [side]
    return all(queries.fullness(group, rules, each, None, today) for each in asked)


def _told(by: Viewer, verb: str, group: Group, person_id: int, now: datetime) -> None:
    """Who asks, is invited or declines is nobody's business: the entry's values are for officers."""
    whom = person_id if by.person_id not in {None, person_id} and by.stands_for(person_id) else None
    changes = {"person": (None, person_id)}
    steps.note(by, verb, group.record, now, changes, private=("person", "reason"), on_behalf_of=whom)

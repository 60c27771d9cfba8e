"""What every way into a group shares: the group held, its way in, the seat given, who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.notify import commands as notify
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if
from convenor.domain.directory.commands.people import publish
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement import rules as engagement
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.groups.commands import appointments, people, places, steps
from convenor.domain.groups.models import Appointment, Asking, Group, JoinInvitation, JoinRequest, PlaceWatch, Seat
from convenor.domain.groups.queries import joining as queries
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import joining, rosters
from convenor.kit.structs import struct

CAPS: Final = frozenset({"engagement.size", "engagement.constituencies"})


@struct
class Joining:
    """As whom somebody joins: on which side, from where, and whether their name may be public."""

    side: str = ""
    organisation: Organisation | None = None
    named: bool = False


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


def entered(group: Group, now: datetime) -> tuple[Group, TypeRulesValue, queries.Door]:
    """The group held, its rules of today, and the way in."""
    group = steps.locked(group)
    rules = values.rules_of(group, steps.today(now))
    if rules is None:
        raise Refused(joining.way_breaches(None, joining.OPEN, ""))
    return group, rules, queries.door_of(group, rules, steps.today(now))


def as_whom(facts: Joining, rules: TypeRulesValue, door: queries.Door) -> Joining:
    """As whom, with the side that follows from the way in; refused while it has to be said."""
    side = queries.side_for(rules, door, facts.side)
    refuse_if(side_needed(rules, side))
    return Joining(side, facts.organisation, facts.named)


def side_needed(rules: TypeRulesValue, side: str) -> list[Breach]:
    """That a side of the table has to be chosen."""
    if not rules.constituencies or rules.constituency(side) is not None:
        return []
    return [Breach("side-needed", _("Say on which side of the table."), "side")]


def seated(
    by: Viewer, group: Group, person: Person, facts: Joining, now: datetime, verb: str, approved: bool = False
) -> Appointment:
    """The step that gives somebody a seat; the group is held, and whatever is counted stays so."""
    today = steps.today(now)
    refuse_if([*people.gone(person), *sits_breaches(group, person, today)])
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


def sits_breaches(group: Group, person: Person, today: date) -> list[Breach]:
    """That the person sits in the group already."""
    since = queries.sits(group, person.pk, today)
    return [joining.sits_already(None if isinstance(since, bool) else since)] if since else []


def answered_breaches(state: str) -> list[Breach]:
    """That a request or an invitation has been answered."""
    if state == Asking.WAITING:
        return []
    return [Breach("answered-already", _("This has been answered already."))]


def told(by: Viewer, verb: str, group: Group, person_id: int, now: datetime) -> None:
    """Who asks, is invited or declines is nobody's business: the entry's values are for officers."""
    people.note(by, verb, group, person_id, now, {}, own=by.stands_for(person_id))

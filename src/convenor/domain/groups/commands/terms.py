"""Terms that end: telling holder and secretariat 90 and 30 days before, once each; and appointing again in one step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import in_force
from convenor.core.journal import commands as journal
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement.rules import TypeRulesValue, months_after
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import appointments, joining, steps
from convenor.domain.groups.commands.appointments import Term
from convenor.domain.groups.models import Appointment, Group, TermNotice
from convenor.domain.groups.queries import values
from convenor.domain.groups.queries.desk import TermEnding, terms_ending
from convenor.domain.groups.rules import terms
from convenor.domain.groups.rules.spans import Span
from convenor.kit.dates import say_day

MARKS: Final = (30, 90)
"""Days before the end of a term on which holder and secretariat are told."""
ONE_DAY: Final = timedelta(days=1)


def warn_of_ends(*, by: Viewer, now: datetime) -> int:
    """Tell each holder whose time ends within 90 or 30 days, and the secretariat; how many were told of how much.

    A row is kept of every notice, so that nobody is told of the same end twice, however often this runs. The
    secretariat gets one mail with all that is new. What was not told at 90 days is told at 30 only.
    """
    permissions.may_run_jobs(by).require()
    ending = terms_ending(replace(by, now=now), max(MARKS))
    groups = {row.pk: row for row in _groups(ending)}
    officers = {key: _officers(group, now) for key, group in groups.items()}
    told = 0
    for term in ending:
        holder = Person.objects.filter(pk=term.holder, email__isnull=False, erased_at=None, is_active=True).first()
        if holder is not None:
            told += _tell_holder(holder, term, groups[term.group], now)
    for officer, theirs in _by_officer(ending, officers).items():
        told += _tell_officer(officer, theirs, groups, now)
    if told:
        with transaction.atomic():
            journal.write(by=by, verb="group.terms-warned", record=None, now=now, changes={"notices": (None, told)})
    return told


def reappoint(*, by: Viewer, appointment: Appointment, now: datetime, ends_on: date | None = None) -> Appointment:
    """Appoint the same person to the same seat again, from the day after their term ends.

    ends_on: the last day of the new term; by the rules, or as long as the old one, where it is not said.
    """
    with transaction.atomic():
        group = steps.opened(by, appointment.seat.group)
        old = Appointment.objects.select_related("seat__group", "person").get(pk=appointment.pk, seat__group=group)
        refuse_if(_cannot_go_on(old))
        first = (old.ends_on or steps.today(now)) + ONE_DAY
        term = Term(first, ends_on or suggested_end(values.rules_of(group, first), old))
        return appointments.appoint(
            by=by, seat=old.seat, person=old.person, term=term, now=now, published=False, named=old.named
        )


def suggested_end(rules: TypeRulesValue | None, old: Appointment) -> date | None:
    """The last day of the term after this one. `rules`: the group's on the day after its end."""

    def full(first: date) -> date | None:
        if rules is None or rules.term_months is None:
            return None
        return months_after(first, rules.term_months) - ONE_DAY

    return terms.next_end(Span(old.starts_on, old.ends_on), full)


def _cannot_go_on(old: Appointment) -> list[Breach]:
    if old.ends_on is None:
        return [Breach("no-end", _("This appointment has no end: it goes on by itself."))]
    if old.acting:
        return [Breach("acting", _("Somebody acting is not appointed again: appoint them, or let them act again."))]
    return []


def _groups(ending: Iterable[TermEnding]) -> Sequence[Group]:
    keys = {term.group for term in ending}
    return list(Group.objects.filter(pk__in=keys).select_related("record", "host", "type__model"))


def _officers(group: Group, now: datetime) -> list[Person]:
    """The secretariat over a group: by itself, its model, its host or a body above it; else that of the whole site."""
    over = [group.record_id, *group.host.places(), *([group.type.model.record_id] if group.type else [])]
    held = DutyAssignment.objects.filter(in_force(now), duty=Duty.SECRETARIAT)
    near = held.filter(over__in=over)
    people = Person.objects.filter(is_active=True, email__isnull=False)
    found = list(people.filter(pk__in=near.values("person")).order_by("pk"))
    return found or list(people.filter(pk__in=held.filter(over=None).values("person")).order_by("pk"))


def _by_officer(ending: Iterable[TermEnding], officers: dict[int, list[Person]]) -> dict[Person, list[TermEnding]]:
    found: dict[Person, list[TermEnding]] = defaultdict(list)
    for term in ending:
        for officer in officers[term.group]:
            if officer.pk != term.holder:
                found[officer].append(term)
    return found


def _new_notice(recipient: Person, term: TermEnding, now: datetime) -> TermNotice | None:
    """The row that this notice is, when it has not been given before."""
    left = (term.ends_on - steps.today(now)).days
    mark = min(days for days in MARKS if left <= days)
    row, made = TermNotice.objects.get_or_create(
        seat_id=term.seat, holder_id=term.holder, recipient=recipient, ends_on=term.ends_on, days=mark,
        defaults={"told_at": now},
    )  # fmt: skip
    return row if made else None


def _tell_holder(holder: Person, term: TermEnding, group: Group, now: datetime) -> int:
    with transaction.atomic():
        notice = _new_notice(holder, term, now)
        if notice is None:
            return 0
        words = {"group": term.group_name, "seat": term.seat_title, "day": say_day(term.ends_on)}
        subject = _("Your time in %(group)s ends on %(day)s") % words
        text = [
            _("You sit in “%(seat)s” of %(group)s until %(day)s.") % words,
            _("If you would like to go on, or not, please tell the group's secretariat."),
        ]
        joining.tell(holder, group, subject, text, now=now, reads=True, key=f"term-notice:{notice.pk}")
        return 1


def _tell_officer(officer: Person, ending: Sequence[TermEnding], groups: dict[int, Group], now: datetime) -> int:
    with transaction.atomic():
        fresh = [(term, notice) for term in ending if (notice := _new_notice(officer, term, now)) is not None]
        if not fresh:
            return 0
        words = ngettext("%(n)d term ends soon", "%(n)d terms end soon", len(fresh)) % {"n": len(fresh)}
        lines = [
            f"{say_day(term.ends_on)}: {term.group_name}, {term.seat_title}, {term.person}" for term, _notice in fresh
        ]
        joining.tell(
            officer,
            groups[fresh[0][0].group],
            words,
            ["\n".join(lines), _("Each is one step from done on the Desk: renew it, or find somebody.")],
            now=now,
            reads=True,
            label=_("Open the Desk"),
            address=f"{settings.SITE_URL}/desk/#terms",
            key=f"term-notice:{fresh[0][1].pk}",
        )
        return len(fresh)


def reappoint_address(slug: str, key: int) -> str:
    """Where somebody is appointed again in one step."""
    return reverse("groups:reappoint", args=[slug, key])

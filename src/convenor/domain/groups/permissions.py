"""Who may change groups. One condition a line; the command, the button and the docs use the same.

An officer holds the duty of secretariat or administrator: for the whole site, over the group, over the
organisation that hosts it or any above, or over the engagement model that its type belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.records.models import Audience
from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.domain.directory.models import Organisation, Tenure
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups.models import Appointment, Chairing, Group, Proposal

OFFICER = ("secretariat", "administrator")


def is_officer(viewer: Viewer) -> bool:
    """An officer of anything at all."""
    return viewer.is_system or any(held.duty in OFFICER for held in viewer.duties)


def may_create_group(viewer: Viewer, host: Organisation | None = None, group_type: GroupType | None = None) -> Verdict:
    """Set up a group: before the form is filled in, any officer; then, one over its host or its model."""
    if host is None and group_type is None and is_officer(viewer):
        return YES
    if _officer_over(viewer, host, _of_model(group_type)):
        return YES
    return no(_("Only officers of the site, of its host or of its engagement model can set up a group."))


def may_edit_group(viewer: Viewer, group: Group) -> Verdict:
    """Change the group: its facts, state, parents, seats, who sits and who chairs."""
    if _officer_over(viewer, group.host, [group.record_id, *_of_model(group.type)]):
        return YES
    return no(_("Only the officers who look after this group can change it."))


def may_read_every_name(viewer: Viewer, group: Group) -> bool:
    """Whether the viewer reads the names in the roster that are withheld from others."""
    return viewer.reads_every_audience or may_edit_group(viewer, group).ok


def may_confirm_appointment(viewer: Viewer, appointment: Appointment) -> Verdict:
    """Say that one is appointed: the person (by their link too), or who assists them."""
    if viewer.is_system or viewer.stands_for(appointment.person_id):
        return YES
    return no(_("Only the person appointed can confirm it."))


def may_answer_proposal(viewer: Viewer, proposal: Proposal, chairs: Iterable[int]) -> Verdict:
    """Approve, return or decline: officers over the group that was asked, and who chairs it today (or assists them).

    A proposal put to no other group is decided by the officers over the proposed group itself.
    """
    asked = proposal.parent or proposal.group
    if _officer_over(viewer, asked.host, [asked.record_id, *_of_model(asked.type)]):
        return YES
    if any(viewer.stands_for(person) for person in chairs):
        return YES
    return no(_("Only the officers who look after the group that was asked, and who chairs it, can answer."))


def may_act_for(viewer: Viewer, person_id: int) -> Verdict:
    """Join, ask, leave or answer: the person themselves (by their link too), or who assists them."""
    if viewer.is_system or viewer.stands_for(person_id):
        return YES
    if not viewer.signed_in:
        return no(_("Sign in first."))
    return no(_("Only the person themselves, or who assists them, can do this."))


def may_remove_member(viewer: Viewer, group: Group, person_id: int) -> Verdict:
    """End somebody's membership: they themselves, who assists them, and officers."""
    return YES if viewer.stands_for(person_id) else may_edit_group(viewer, group)


def chairs(viewer: Viewer, group: Group) -> bool:
    """Whether the viewer, or somebody they assist, holds a seat today that leads the group. At most two queries."""
    people = [person for person in (viewer.person_id, *viewer.principals) if person is not None]
    if not people:
        return False
    today = localdate(viewer.now)
    leading = Chairing.objects.filter(_on(today), seat__group=group, role__leads=True).values("seat")
    appointed = Appointment.objects.filter(_on(today), seat__in=leading, person__in=people)
    offices = Tenure.objects.filter(_on(today), office__seats__in=leading, person__in=people)
    return appointed.exists() or offices.exists()


def may_answer_requests(viewer: Viewer, group: Group) -> Verdict:
    """Take people in or turn them down: the officers over the group, and its chairs."""
    if may_edit_group(viewer, group) or chairs(viewer, group):
        return YES
    return no(_("Only the officers who look after this group, and its chairs, answer who asks to join."))


def may_write_to(viewer: Viewer, group: Group) -> Verdict:
    """Write to the people of the group: the officers over it, and its chairs."""
    if may_edit_group(viewer, group) or chairs(viewer, group):
        return YES
    return no(_("Only the officers who look after this group, and its chairs, can write to it."))


def may_read_contacts(viewer: Viewer, group: Group) -> Verdict:
    """Read the addresses of those who sit in the group: officers, chairs, and members where the group says so."""
    if may_write_to(viewer, group):
        return YES
    if group.members_see_contacts and sits_in(viewer, group):
        return YES
    if group.members_see_contacts:
        return no(_("Only those who sit in this group read its contact list."))
    return no(_("Only the officers who look after this group, and its chairs, read its contact list."))


def sits_in(viewer: Viewer, group: Group) -> bool:
    """Whether the viewer, or somebody they assist, holds a seat of the group today, by whatever basis."""
    key = Audience.objects.filter(key=f"group:{group.pk}:members").values_list("pk", flat=True).first()
    return any(held.audience_id == key for held in viewer.memberships)


def _on(day: date) -> Q:
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=day)
    return begun & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def may_report(viewer: Viewer, group: Group, sitters: Iterable[int]) -> Verdict:
    """Report back from another body's group: the officers over it, and who sits there for us (or assists them)."""
    if may_edit_group(viewer, group) or any(viewer.stands_for(person) for person in sitters):
        return YES
    return no(_("Only the officers who look after this group, and who sits in it for us, can report back from it."))


def may_endorse(viewer: Viewer, group: Group, chairs: Iterable[int]) -> Verdict:
    """Endorse the terms of reference: officers over the group, and who chairs it today (or assists them)."""
    if may_edit_group(viewer, group) or any(viewer.stands_for(person) for person in chairs):
        return YES
    return no(_("Only the officers who look after this group, and who chairs it, can endorse its terms of reference."))


def may_edit_initiative(viewer: Viewer, record_id: int | None = None) -> Verdict:
    """Add an initiative that groups are set up for: any officer. Change one: officers of the site or over it."""
    if record_id is None and is_officer(viewer):
        return YES
    if viewer.has_duty(*OFFICER, over=[] if record_id is None else [record_id]):
        return YES
    return no(_("Only officers can add an initiative, and only officers of this site can change one."))


def may_run_jobs(viewer: Viewer) -> Verdict:
    """What the worker does by the clock: the product itself, and administrators."""
    return YES if viewer.has_duty("administrator") else no(_("Only the worker and administrators do this."))


def may_keep_vocabulary(viewer: Viewer) -> Verdict:
    """Change the words for who chairs."""
    return YES if viewer.has_duty("administrator") else no(_("Only administrators can change these words."))


def _of_model(group_type: GroupType | None) -> list[int]:
    return [group_type.model.record_id] if group_type else []


def _officer_over(viewer: Viewer, host: Organisation | None, records: Iterable[int]) -> bool:
    """Whether a duty reaches here. Asks the database only for those who hold one over something."""
    if viewer.has_duty(*OFFICER, over=records):
        return True
    if host is None or not any(held.duty in OFFICER and held.over is not None for held in viewer.duties):
        return False
    return viewer.has_duty(*OFFICER, over=host.places())


def may_add_words(viewer: Viewer) -> Verdict:
    """Add a word for who chairs: officers of the whole site, whose lists use it."""
    if viewer.is_system or viewer.has_duty(*OFFICER):
        return YES
    return no(_("Only officers of the site add words that all groups share."))

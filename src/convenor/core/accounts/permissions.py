"""Who may do what to people, duties, assistants and access. One condition a line.

Duties are given by administrators only, so that nobody can raise themselves. Whoever may change another
person's e-mail address could sign in as them, so that too is for administrators once the person signs in.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from convenor.core.accounts.models import Assistance, Person
from convenor.core.records.models import Record
from convenor.core.records.rules import SEALED, YES, Verdict, Viewer, no

OFFICERS = ("administrator", "secretariat")


def may_manage_people(viewer: Viewer) -> Verdict:
    """See the people pages; add a person and change their name."""
    return YES if viewer.has_duty(*OFFICERS) else no(_("Only the secretariat may manage people."))


def may_add_person(viewer: Viewer) -> Verdict:
    """Enter a person without a sign-in: any officer, also of one group, since they must be able to seat people."""
    if viewer.is_system or any(held.duty in OFFICERS for held in viewer.duties):
        return YES
    return no(_("Only the secretariat may add people."))


def may_invite(viewer: Viewer) -> Verdict:
    """Invite a person to sign in. An invitation gives no duty: that is a step of its own."""
    return may_manage_people(viewer)


def may_see_tokens(viewer: Viewer) -> Verdict:
    """See the secret of somebody's link: nobody but the product itself, at the command line of its machine."""
    return YES if viewer.is_system else no(_("Only who runs the machine may do this, at its command line."))


def may_rename(viewer: Viewer, person: Person) -> Verdict:
    """Change a person's name: their own, or as an officer."""
    return YES if viewer.person_id == person.pk else may_manage_people(viewer)


def may_change_email(viewer: Viewer, person: Person) -> Verdict:
    """Change where a person is reached, which is also what they sign in with."""
    if viewer.person_id == person.pk or viewer.has_duty("administrator"):
        return YES
    if person.may_sign_in or person.duties.exists():
        return no(_("This person signs in or holds a duty: only they or an administrator may change the address."))
    return may_manage_people(viewer)


def may_administer(viewer: Viewer) -> Verdict:
    """Deactivate, reactivate and erase people."""
    return YES if viewer.has_duty("administrator") else no(_("Only an administrator may do this."))


def may_assign_duty(viewer: Viewer, over: Record | None) -> Verdict:
    """Give and end duties: an administrator of the site, or of that very record."""
    if viewer.has_duty("administrator", over=[over.pk] if over else []):
        return YES
    return no(_("Only an administrator may give or end duties."))


def may_assign_some_duty(viewer: Viewer) -> Verdict:
    """Open the form for giving duties: an administrator of anything."""
    if viewer.is_system or any(held.duty == "administrator" for held in viewer.duties):
        return YES
    return no(_("Only an administrator may give or end duties."))


def may_appoint_assistant(viewer: Viewer, principal: Person) -> Verdict:
    """Appoint and end assistants: the principal, or an officer for them. An assistant may not appoint another."""
    if viewer.person_id == principal.pk or viewer.has_duty(*OFFICERS):
        return YES
    return no(_("Only the person assisted, or the secretariat, may appoint an assistant."))


def may_end_assistance(viewer: Viewer, assistance: Assistance) -> Verdict:
    """An assistant may also step back."""
    return YES if viewer.person_id == assistance.assistant_id else may_appoint_assistant(viewer, assistance.principal)


def may_grant_access(viewer: Viewer, record: Record, person_id: int | None = None) -> Verdict:
    """Write a personal exception for one record. What is sealed is opened by those to whom it is open."""
    if person_id is not None and person_id == viewer.person_id:
        return no(_("Nobody writes an exception for themselves."))
    if not viewer.has_duty(*OFFICERS, over=[record.pk]):
        return no(_("Only the secretariat of this record may allow or deny one person."))
    if record.visibility == SEALED and not _is_open_to(viewer, record):
        return no(_("This record is sealed: only somebody to whom it is open may open it to others."))
    return YES


def _is_open_to(viewer: Viewer, record: Record) -> bool:
    of_this_record = any(held.over == record.pk and held.duty in OFFICERS for held in viewer.duties)
    return viewer.is_system or of_this_record or record.pk in viewer.allowed


def may_read_personal_data(viewer: Viewer, person: Person) -> Verdict:
    """Take out all that is held about a person: themselves only (Australian Privacy Principle 12)."""
    if viewer.person_id == person.pk:
        return YES
    return no(_("Only the person themselves may take out what is held about them."))


def may_keep_tokens(viewer: Viewer, person: Person) -> Verdict:
    """Make, see and take back keys to the API: one's own only, whatever one's duty."""
    return YES if viewer.person_id == person.pk else no(_("Only the person themselves may keep their API tokens."))


def may_accept_invitation(viewer: Viewer, person: Person) -> Verdict:
    """Accept an invitation: whom it was sent to, proved by its link."""
    return YES if viewer.person_id == person.pk else no(_("This invitation was sent to somebody else."))

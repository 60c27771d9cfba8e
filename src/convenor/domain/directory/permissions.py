"""Who may change what in the directory. One condition a line; the command, the button and the docs use the same.

An officer holds the duty of secretariat or administrator: for the whole site, over the thing itself, or over its
organisation or any above. An officer of another agency is a stranger here.
"""

from __future__ import annotations

from collections.abc import Iterable

from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.domain.directory.models import Contact, Interest, Office, Organisation, Partnership, Profile, StageChange

OFFICER = ("secretariat", "administrator")
LOGGING = (*OFFICER, "program-officer")


def is_officer(viewer: Viewer) -> bool:
    """An officer of anything at all: may look for people and organisations by name."""
    return viewer.is_system or any(held.duty in LOGGING for held in viewer.duties)


def may_add_organisation(viewer: Viewer, parent: Organisation | None = None) -> Verdict:
    if _officer_over(viewer, parent):
        return YES
    return no(
        f"Only officers of {parent.name} can add a body to it."
        if parent
        else "Only officers of this site can add an organisation."
    )


def may_edit_organisation(viewer: Viewer, organisation: Organisation) -> Verdict:
    if _officer_over(viewer, organisation):
        return YES
    return no(f"Only officers of {organisation.name} can change what is recorded of it.")


def may_record_change(viewer: Viewer, before: Iterable[Organisation]) -> Verdict:
    """Of every organisation the change touches."""
    for organisation in before:
        if not _officer_over(viewer, organisation):
            return no(f"Only officers of {organisation.name} can record what became of it.")
    return YES


def may_edit_office(viewer: Viewer, office: Office) -> Verdict:
    """Its facts, and who holds it."""
    if _officer_over(viewer, office.organisation, office.record_id):
        return YES
    return no(f"Only officers of {office.organisation.name} can change its offices and who holds them.")


def may_add_office(viewer: Viewer, organisation: Organisation) -> Verdict:
    if _officer_over(viewer, organisation):
        return YES
    return no(f"Only officers of {organisation.name} can add an office to it.")


def may_add_person(viewer: Viewer) -> Verdict:
    return YES if is_officer(viewer) else no("Only officers can add a person.")


def may_edit_person(viewer: Viewer, person_id: int) -> Verdict:
    """What the public may know of somebody: officers of the site, the person, and who assists them."""
    if viewer.has_duty(*OFFICER) or viewer.stands_for(person_id):
        return YES
    return no("Only officers of this site and the person can change what is published of them.")


def may_edit_profile(viewer: Viewer, profile: Profile) -> Verdict:
    return may_edit_person(viewer, profile.person_id)


def may_keep_partnership(viewer: Viewer, host: Organisation, record_id: int | None = None) -> Verdict:
    if _officer_over(viewer, host, record_id):
        return YES
    return no("Only officers of the organisation that keeps it can change this partnership.")


def may_edit_partnership(viewer: Viewer, partnership: Partnership) -> Verdict:
    return may_keep_partnership(viewer, partnership.host, partnership.record_id)


def may_challenge(viewer: Viewer, stage: StageChange, party: Organisation) -> Verdict:
    """Somebody with any duty over the named party itself; a duty for the whole site does not speak for it."""
    named = stage.partnership.parties.filter(organisation=party).exclude(organisation=stage.partnership.host_id)
    if viewer.is_system and named.exists():
        return YES
    if viewer.duties and named.exists() and {held.over for held in viewer.duties} & set(party.places()):
        return YES
    return no("Only those who act for a named party can challenge what we recorded.")


def may_challenge_any(viewer: Viewer, stage: StageChange, parties: Iterable[Organisation]) -> Verdict:
    """For at least one of these parties."""
    found = no("Only those who act for a named party can challenge what we recorded.")
    return next((verdict for party in parties if (verdict := may_challenge(viewer, stage, party))), found)


def may_start_partnership(viewer: Viewer) -> Verdict:
    """Open the form; which organisation's it may be is asked when it is saved."""
    if viewer.is_system or any(held.duty in OFFICER for held in viewer.duties):
        return YES
    return no("Only officers can record a partnership.")


def may_start_contact(viewer: Viewer) -> Verdict:
    """Open the form; whose engagement it may be is asked when it is saved."""
    return YES if is_officer(viewer) else no("Only officers can write in the engagement log.")


def may_log_contact(viewer: Viewer, host: Organisation) -> Verdict:
    if _officer_over(viewer, host, duties=LOGGING):
        return YES
    return no(f"Only officers of {host.name} can write in its engagement log.")


def may_edit_contact(viewer: Viewer, contact: Contact) -> Verdict:
    if _officer_over(viewer, contact.host, contact.record_id):
        return YES
    if is_officer(viewer) and viewer.person_id is not None and viewer.person_id == contact.officer_id:
        return YES
    return no("Only the officer who logged it and officers of their organisation can change this entry.")


def may_declare_interest(viewer: Viewer, person_id: int) -> Verdict:
    if viewer.has_duty(*OFFICER) or viewer.stands_for(person_id):
        return YES
    return no("Only the person, who assists them, and officers of this site can declare an interest.")


def may_end_interest(viewer: Viewer, interest: Interest) -> Verdict:
    return may_declare_interest(viewer, interest.person_id)


def _officer_over(
    viewer: Viewer, organisation: Organisation | None, *records: int | None, duties: tuple[str, ...] = OFFICER
) -> bool:
    """Whether a duty reaches here. Asks the database only for those who hold one over something."""
    if viewer.has_duty(*duties, over=[pk for pk in records if pk is not None]):
        return True
    if organisation is None or not any(held.duty in duties for held in viewer.duties):
        return False
    return viewer.has_duty(*duties, over=organisation.places())

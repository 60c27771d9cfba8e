"""Terms of reference: drafted, endorsed, put in force; earlier versions stay for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from convenor.core.accounts.commands import links
from convenor.core.accounts.models import Person
from convenor.core.records import commands as records
from convenor.core.records.models import Audience
from convenor.core.records.queries import refuse_if_frozen
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement.rules import said
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import showing, steps
from convenor.domain.groups.models import Group, TermsEndorsement, TermsOfReference, TermsSection
from convenor.domain.groups.queries import values
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.queries.tor import still_to_endorse
from convenor.domain.groups.rules import states, terms, tor
from convenor.kit.structs import struct

ENDORSE: Final = "endorse-terms"
AUDIENCES: Final = {tor.OFFICERS: "secretariat", tor.MEMBERS: "members"}


@struct
class TermsFacts:
    """A version: the text of each section by its key, what changed, when it is reviewed, who reads the draft."""

    sections: Mapping[str, str]
    change_note: str = ""
    review_due_on: date | None = None
    readers: str = tor.OFFICERS

    def texts(self) -> dict[str, str]:
        """The sections that say something."""
        return {key: text.strip() for key, text in self.sections.items() if text.strip()}


@struct
class Endorsement:
    """That a version was endorsed: on which day, by whom, by which meeting or decision."""

    on: date
    endorsed_by: str = ""
    instrument: str = ""
    note: str = ""
    in_force_from: date | None = field(default=None)
    """With it, from when it is in force."""


def draft_terms(*, by: Viewer, group: Group, facts: TermsFacts, now: datetime) -> TermsOfReference:
    """Begin the next version. A group has one draft at a time."""
    with transaction.atomic():
        group = steps.opened(by, group)
        rows = TermsOfReference.objects.filter(group=group)
        number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
        refuse_if(_draft_there(group))
        refuse_if(tor.draft_breaches(facts.texts(), facts.change_note, number))
        row = TermsOfReference(group=group, number=number, drafted_at=now, audience=_audience(group, facts.readers))
        row.change_note, row.review_due_on = facts.change_note.strip(), facts.review_due_on
        steps.refuse_bad_fields(row)
        row.save()
        _write_sections(row, facts.texts())
        _note_draft(by, "group.terms-drafted", row, facts.texts(), now)
        return row


def edit_draft(*, by: Viewer, version: TermsOfReference, facts: TermsFacts, now: datetime) -> TermsOfReference:
    """Change a draft. What has been endorsed is never changed: that is the next version's part."""
    with transaction.atomic():
        group = steps.opened(by, version.group)
        row = _fresh(version, group)
        refuse_if([*_draft_only(row), *tor.draft_breaches(facts.texts(), facts.change_note, row.number)])
        row.audience, row.drafted_at, row.sent_on = _audience(group, facts.readers), now, None
        row.change_note, row.review_due_on = facts.change_note.strip(), facts.review_due_on
        steps.refuse_bad_fields(row)
        row.save()
        TermsSection.objects.filter(terms=row).delete()
        _write_sections(row, facts.texts())
        _note_draft(by, "group.terms-redrafted", row, facts.texts(), now)
        return row


def discard_draft(*, by: Viewer, version: TermsOfReference, reason: str, now: datetime) -> None:
    """Drop a draft that nobody endorsed. The history says that there was one."""
    with transaction.atomic():
        group = steps.opened(by, version.group)
        row = _fresh(version, group)
        refuse_if([*_draft_only(row), *terms.reason_needed(reason, _("Say why: it is kept in the history."))])
        refuse_if_frozen(now, group.record.kind)
        steps.note(by, "group.terms-discarded", group.record, now, {"version": (row.number, None)}, reason)
        row.delete()


def ask_endorsement(*, by: Viewer, version: TermsOfReference, now: datetime) -> int:
    """Ask those who chair to endorse a draft: in My work, and by a signed link; says how many letters go out.

    They read it from then on; its members do only where the draft is for them too.
    """
    with transaction.atomic():
        group = steps.opened(by, version.group)
        row = _fresh(version, group)
        chairs = chairs_of(group, steps.today(now))
        refuse_if([*_draft_only(row), *_nobody_chairs(chairs)])
        row.sent_on = steps.today(now)
        row.save(update_fields=["sent_on"])
        people = Person.objects.filter(pk__in=chairs).exclude(email=None).exclude(email="").order_by("pk")
        for person in people:
            links.send_link(purpose=ENDORSE, person=person, now=now, record=group.record, subject_id=row.pk)
        changes = {"version": (None, row.number), "asked": (None, len(people))}
        steps.note(by, "group.endorsement-asked", group.record, now, changes)
        return len(people)


def endorse_terms(
    *, by: Viewer, version: TermsOfReference, endorsement: Endorsement, now: datetime
) -> TermsOfReference:
    """Record that a version is endorsed, by officers of the group or by who chairs it. It never changes from then."""
    with transaction.atomic():
        group, row, seat = _to_endorse(by, version, now)
        today = steps.today(now)
        who = endorsement.endorsed_by.strip() or seat
        refuse_if(_endorsed_by_all(row, who))
        refuse_if(tor.endorse_breaches(who, endorsement.on, steps.today(row.drafted_at), today))
        made = TermsEndorsement(terms=row, on=endorsement.on, endorsed_by=who[:200], recorded_at=now)
        made.instrument, made.note = endorsement.instrument.strip(), endorsement.note.strip()
        steps.refuse_bad_fields(made)
        made.save()
        if row.endorsed_on is None:
            row.endorsed_on = endorsement.on
            row.save(update_fields=["endorsed_on"])
        columns = {"on": made.on, "endorsed_by": who, "instrument": made.instrument, "note": made.note}
        steps.note(by, "group.terms-endorsed", group.record, now, _of(row) | steps.all_new(columns))
        if endorsement.in_force_from is not None:
            permissions.may_edit_group(by, group).require()
            _put_in_force(by, group, row, endorsement.in_force_from, now, "in_force_from")
        return row


def put_in_force(*, by: Viewer, version: TermsOfReference, starts_on: date, now: datetime) -> TermsOfReference:
    """Let an endorsed version be in force from a day on; the one before it ends the day before. Everybody reads it.

    Where co-chairs lead the group, each of them has endorsed it first.
    """
    with transaction.atomic():
        group = steps.opened(by, version.group)
        return _put_in_force(by, group, _fresh(version, group), starts_on, now, "starts_on")


def _put_in_force(
    by: Viewer, group: Group, row: TermsOfReference, starts_on: date, now: datetime, field: str
) -> TermsOfReference:
    current = TermsOfReference.objects.filter(group=group, in_force_from__isnull=False, in_force_to=None).first()
    refuse_if(_in_force_once(row))
    refuse_if(tor.force_breaches(row.endorsed_on, starts_on, current.in_force_from if current else None))
    missing = still_to_endorse(row, chairs_of(group, steps.today(now)))
    rules = values.rules_of(group, steps.today(now)) if missing else None
    refuse_if(tor.co_chair_breaches(missing, said(rules, "chairing") if rules else "", field))
    if current is not None:
        current.in_force_to = starts_on - timedelta(days=1)
        current.save(update_fields=["in_force_to"])
    row.in_force_from, row.audience = starts_on, None
    row.save(update_fields=["in_force_from", "audience"])
    showing.keep_promises(group, now)
    steps.note(by, "group.terms-in-force", group.record, now, _of(row) | steps.all_new({"starts_on": starts_on}))
    return row


def _to_endorse(by: Viewer, version: TermsOfReference, now: datetime) -> tuple[Group, TermsOfReference, str]:
    """Lock the group and its version; the seat from which `by` endorses, "" for an officer who chairs nothing."""
    group = steps.locked(version.group)
    row = _fresh(version, group)
    chairs = chairs_of(group, steps.today(now))
    permissions.may_endorse(by, group, chairs).require()
    refuse_if(steps.withdrawn(group.record))
    refuse_if(states.open_breaches(group.state))
    seats = [title for person, title in chairs.items() if by.stands_for(person)]
    return group, row, seats[0] if seats else ""


def _write_sections(row: TermsOfReference, texts: Mapping[str, str]) -> None:
    made = [TermsSection(terms=row, key=key, text=text) for key, text in texts.items()]
    for section in made:
        steps.refuse_bad_fields(section)
    TermsSection.objects.bulk_create(made)


def _audience(group: Group, readers: str) -> Audience:
    """Whoever reads the draft."""
    if readers not in AUDIENCES:
        refuse_if([Breach("readers-unknown", _("Say who reads the draft."), "readers")])
    word = AUDIENCES[readers]
    return records.audience(f"group:{group.pk}:{word}", showing.AUDIENCES[word] % group.name)


def _note_draft(by: Viewer, verb: str, row: TermsOfReference, texts: Mapping[str, str], now: datetime) -> None:
    """Of a draft the public history says that there is one, and not what it says."""
    columns: dict[str, Any] = {"change_note": row.change_note, **texts}
    changes = _of(row) | steps.all_new(columns)
    steps.note(by, verb, row.group.record, now, changes, private=tuple(columns))


def _of(row: TermsOfReference) -> dict[str, Any]:
    return {"version": (None, row.number)}


def _fresh(version: TermsOfReference, group: Group) -> TermsOfReference:
    row = TermsOfReference.objects.get(pk=version.pk, group=group)
    row.group = group
    return row


def _draft_there(group: Group) -> list[Breach]:
    if not TermsOfReference.objects.filter(group=group, endorsed_on=None).exists():
        return []
    return [Breach("draft-there", _("There is a draft already: change it, have it endorsed, or discard it."))]


def _draft_only(row: TermsOfReference) -> list[Breach]:
    if row.endorsed_on is None:
        return []
    return [Breach("endorsed-already", _("It has been endorsed and never changes. Draft the next version."))]


def _nobody_chairs(chairs: Mapping[int, str]) -> list[Breach]:
    if chairs:
        return []
    return [Breach("no-chair", _("Nobody chairs the group today: record who endorsed it, and where."))]


def _endorsed_by_all(row: TermsOfReference, who: str) -> list[Breach]:
    if row.in_force_from is not None:
        return [Breach("in-force", _("It is in force already."))]
    if TermsEndorsement.objects.filter(terms=row, endorsed_by=who[:200]).exists():
        return [Breach("endorsed-twice", _("%(who)s has endorsed it already.") % {"who": who}, "endorsed_by")]
    return []


def _in_force_once(row: TermsOfReference) -> list[Breach]:
    if row.in_force_from is None:
        return []
    return [Breach("in-force", _("It has been put in force already."))]

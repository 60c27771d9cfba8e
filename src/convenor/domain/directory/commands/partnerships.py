"""Partnerships: their parties, stages that are never overwritten, agreements, and the named party's challenge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from convenor.core.clock.commands import drop_deadline
from convenor.core.files.commands import Received, store_file
from convenor.core.files.models import StoredFile
from convenor.core.records import commands as records
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import steps
from convenor.domain.directory.models import Agreement, Organisation, Partnership, PartnershipParty, StageChange
from convenor.domain.directory.queries import site_calendar
from convenor.kit.structs import struct

KIND = "partnership"
ANSWER: Final = "challenge-answer"
CHALLENGE_DAYS: Final = 10
"""Working days a named party has to challenge a stage, and we to answer, where nobody says otherwise."""


@struct
class PartnershipFacts:
    """What is recorded of a partnership. `parties`: the others, with the part each plays."""

    name: str
    host: Organisation
    kind: str
    purpose: str
    outcomes: str = ""
    parties: tuple[tuple[Organisation, str], ...] = ()

    def columns(self) -> dict[str, Any]:
        return {
            "name": self.name.strip(),
            "host": self.host,
            "kind": self.kind,
            "purpose": self.purpose.strip(),
            "outcomes": self.outcomes.strip(),
        }


@struct
class StageFacts:
    """A move of a partnership. `challenge_days`: working days the named parties have to challenge it; 0 for none."""

    stage: str
    on: date
    note: str = ""
    challenge_days: int = CHALLENGE_DAYS


def create_partnership(*, by: Viewer, facts: PartnershipFacts, stage: StageFacts, now: datetime) -> Partnership:
    """Record a partnership at its first stage."""
    with transaction.atomic():
        permissions.may_keep_partnership(by, facts.host).require()
        refuse_if(_breaches(facts))
        partnership = Partnership(**facts.columns())
        steps.refuse_bad_fields(partnership, but=("slug",))
        partnership.slug = steps.new_slug(Partnership, KIND, partnership.name)
        partnership.record = records.create_record(kind=KIND, title=partnership.name, now=now)
        partnership.save()
        _set_parties(partnership, facts.parties)
        changes = steps.all_new({**facts.columns(), "parties": _party_refs(facts.parties)})
        steps.note(by, "partnership.created", partnership.record, now, changes)
        _move(by, partnership, stage, now)
        return partnership


def edit_partnership(
    *, by: Viewer, partnership: Partnership, facts: PartnershipFacts, now: datetime, reason: str = ""
) -> Partnership:
    """Change what is recorded of a partnership; its stage moves by move_stage."""
    with transaction.atomic():
        partnership = locked(partnership)
        permissions.may_edit_partnership(by, partnership).require()
        if facts.host.pk != partnership.host_id:
            permissions.may_keep_partnership(by, facts.host).require()
        refuse_if([*rules.live_breaches(partnership.record.state), *_breaches(facts)])
        changes = steps.set_values(partnership, facts.columns())
        before = _party_refs(
            [(p.organisation, p.role) for p in partnership.parties.select_related("organisation__record")]
        )
        if before != _party_refs(facts.parties):
            changes["parties"] = (before, _party_refs(facts.parties))
            _set_parties(partnership, facts.parties)
        if not changes:
            return partnership
        steps.refuse_bad_fields(partnership, but=("slug",))
        if "name" in changes:
            steps.change_slug(partnership, KIND, partnership.name, now)
            records.retitle(partnership.record, partnership.name)
        partnership.save()
        steps.note(by, "partnership.edited", partnership.record, now, changes, reason)
        return partnership


def move_stage(*, by: Viewer, partnership: Partnership, stage: StageFacts, now: datetime) -> StageChange:
    """Append the stage a partnership has reached (ending it is one too)."""
    with transaction.atomic():
        partnership = locked(partnership)
        permissions.may_edit_partnership(by, partnership).require()
        refuse_if(rules.live_breaches(partnership.record.state))
        return _move(by, partnership, stage, now)


def add_agreement(
    *,
    by: Viewer,
    partnership: Partnership,
    signed_on: date | None,
    summary: str,
    now: datetime,
    received: Received | None = None,
) -> Agreement:
    """Add the next version of the agreement, with its text where one was received; earlier ones stay."""
    with transaction.atomic():
        partnership = locked(partnership)
        permissions.may_edit_partnership(by, partnership).require()
        refuse_if(
            [*rules.live_breaches(partnership.record.state), *_agreement_breaches(signed_on, summary, received, now)]
        )
        number = 1 + max(partnership.agreements.values_list("version", flat=True), default=0)
        file = _store(by, partnership, f"{partnership.name}: agreement, version {number}", received, now)
        agreement = Agreement(
            partnership=partnership, version=number, file=file, signed_on=signed_on, summary=summary.strip()
        )
        steps.refuse_bad_fields(agreement)
        agreement.save()
        changes = steps.all_new({"version": number, "signed_on": signed_on, "summary": agreement.summary})
        steps.note(by, "partnership.agreement-added", partnership.record, now, changes)
        return agreement


def withdraw_partnership(*, by: Viewer, partnership: Partnership, reason: str, now: datetime) -> Partnership:
    """Take out of the lists what should not have been there."""
    with transaction.atomic():
        partnership = locked(partnership)
        permissions.may_edit_partnership(by, partnership).require()
        refuse_if([*rules.live_breaches(partnership.record.state), *rules.needs_reason(reason)])
        records.withdraw(partnership.record)
        drop_deadline(record=partnership.record, kind=ANSWER)
        changes = {"state": ("live", "withdrawn")}
        steps.note(by, "partnership.withdrawn", partnership.record, now, changes, reason)
        return partnership


def restore_partnership(*, by: Viewer, partnership: Partnership, reason: str, now: datetime) -> Partnership:
    """Bring back what was withdrawn."""
    with transaction.atomic():
        partnership = locked(partnership)
        permissions.may_edit_partnership(by, partnership).require()
        refuse_if(rules.needs_reason(reason))
        records.restore(partnership.record)
        changes = {"state": ("withdrawn", "live")}
        steps.note(by, "partnership.restored", partnership.record, now, changes, reason)
        return partnership


def latest_stage(partnership: Partnership) -> StageChange | None:
    """The stage a partnership is at: the last that was appended."""
    return StageChange.objects.filter(partnership=partnership).order_by("-pk").first()


def _move(by: Viewer, partnership: Partnership, stage: StageFacts, now: datetime) -> StageChange:
    latest = latest_stage(partnership)
    refuse_if(
        rules.stage_breaches(
            stage.stage,
            latest.stage if latest else "",
            on=stage.on,
            since=latest.on if latest else None,
            today=steps.local_day(now),
            note=stage.note,
            is_challenged=bool(latest and latest.challenged_at and not latest.challenge_answered_at),
        )
    )
    until = rules.challenge_deadline(steps.local_day(now), stage.challenge_days, site_calendar(now).add)
    moved = StageChange(
        partnership=partnership, stage=stage.stage, on=stage.on, note=stage.note.strip(), challenge_by=until
    )
    steps.refuse_bad_fields(moved)
    moved.save()
    drop_deadline(record=partnership.record, kind=ANSWER)
    before = latest.stage if latest else None
    changes = {
        "stage": (before, stage.stage),
        **steps.all_new({"on": stage.on, "note": moved.note, "challenge_by": until}),
    }
    steps.note(by, "partnership.stage-moved", partnership.record, now, changes)
    return moved


def locked(partnership: Partnership) -> Partnership:
    """The row as it is now, held until the transaction ends."""
    rows = Partnership.objects.select_for_update(of=("self",)).select_related("record", "host__record")
    return rows.get(pk=partnership.pk)


def _set_parties(partnership: Partnership, parties: Sequence[tuple[Organisation, str]]) -> None:
    """Rows that stay keep their key: signed links lead to them."""
    rows = PartnershipParty.objects.filter(partnership=partnership)
    rows.exclude(organisation__in=[organisation.pk for organisation, _ in parties]).delete()
    for organisation, role in parties:
        given = {"role": role.strip()[:80]}
        PartnershipParty.objects.update_or_create(partnership=partnership, organisation=organisation, defaults=given)


def _party_refs(parties: Sequence[tuple[Organisation, str]]) -> list[str]:
    return sorted(f"{organisation.record.ref} {role}".strip() for organisation, role in parties)


def _breaches(facts: PartnershipFacts) -> list[Breach]:
    keys = [organisation.pk for organisation, _ in facts.parties]
    breaches = []
    if not keys:
        breaches.append(Breach("partnership-alone", "Name at least one other organisation.", "parties"))
    if facts.host.pk in keys or len(set(keys)) != len(keys):
        breaches.append(Breach("partnership-twice", "The same organisation is named twice.", "parties"))
    return breaches


def _store(
    by: Viewer, partnership: Partnership, title: str, received: Received | None, now: datetime
) -> StoredFile | None:
    if received is None:
        return None
    return store_file(by=by, record=partnership.record, title=title, received=received, now=now).file


def _agreement_breaches(signed_on: date | None, summary: str, received: Received | None, now: datetime) -> list[Breach]:
    breaches = []
    if signed_on and signed_on > steps.local_day(now):
        breaches.append(Breach("agreement-ahead", "It cannot have been signed on a day to come.", "signed_on"))
    if not summary.strip() and received is None:
        breaches.append(Breach("agreement-empty", "Say what it agrees, or add its text.", "summary"))
    return breaches

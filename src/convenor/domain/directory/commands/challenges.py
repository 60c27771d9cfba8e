"""A named party says that a stage we recorded is wrong; we answer by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from convenor.core.accounts import commands as accounts
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.queries import viewer_of
from convenor.core.clock.commands import meet_deadline, set_deadline
from convenor.core.clock.rules import end_of_day
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import steps
from convenor.domain.directory.commands.partnerships import ANSWER, CHALLENGE_DAYS, latest_stage, locked
from convenor.domain.directory.models import Organisation, Partnership, PartnershipParty, StageChange
from convenor.domain.directory.queries import site_calendar

PURPOSE: Final = "challenge-partnership"
"""What the signed link of a named party is for."""


def challenge_stage(*, by: Viewer, stage: StageChange, party: Organisation, text: str, now: datetime) -> StageChange:
    """Publish what a named party says is wrong. Our answer is due by the clock."""
    with transaction.atomic():
        permissions.may_challenge(by, stage, party).require()
        return _challenge(by, stage, party, text, now)


def challenge_by_link(link: SignedLink, text: str, now: datetime) -> StageChange:
    """The same by a link that was sent to somebody of the party: holding it is the permission.

    Runs in the transaction that uses the link up.
    """
    party = party_of(link)
    return _challenge(viewer_of(link, now), stage_now(party), party.organisation, text, now)


def answer_challenge(*, by: Viewer, stage: StageChange, answer: str, now: datetime) -> StageChange:
    """Answer the named party, in public."""
    with transaction.atomic():
        partnership = locked(stage.partnership)
        stage = StageChange.objects.get(pk=stage.pk)
        permissions.may_edit_partnership(by, partnership).require()
        refuse_if(_answer_breaches(stage, answer))
        stage.challenge_answer, stage.challenge_answered_at = answer.strip(), now
        steps.refuse_bad_fields(stage)
        stage.save(update_fields=["challenge_answer", "challenge_answered_at"])
        meet_deadline(record=partnership.record, kind=ANSWER, now=now)
        changes = steps.all_new({"challenge_answer": stage.challenge_answer, "stage": stage.stage})
        steps.note(by, "partnership.challenge-answered", partnership.record, now, changes)
        return stage


def invite_challenge(*, by: Viewer, party: PartnershipParty, name: str, email: str, now: datetime) -> SignedLink:
    """Send somebody of a named party the link with which they may challenge the present stage."""
    with transaction.atomic():
        partnership = locked(party.partnership)
        permissions.may_edit_partnership(by, partnership).require()
        refuse_if([*rules.live_breaches(partnership.record.state), *open_breaches(stage_now(party), now)])
        person = Person.objects.filter(email__iexact=email.strip()).first()
        if person is None:
            person = accounts.create_person(by=by, name=name, now=now, email=email)
        link = accounts.send_link(
            purpose=PURPOSE, person=person, now=now, record=partnership.record, subject_id=party.pk
        )
        changes = steps.all_new({"party": party.organisation, "person": person.pk})
        steps.note(by, "partnership.challenge-invited", partnership.record, now, changes, private=("person",))
        return link


def party_of(link: SignedLink) -> PartnershipParty:
    """The party a link was made for; refused when it is no longer named."""
    rows = PartnershipParty.objects.select_related("partnership__record", "organisation__record")
    party = rows.filter(pk=link.subject_id or 0).first()
    if party is None:
        raise Refused([Breach("challenge-party", "Your organisation is no longer named in this partnership.")])
    return party


def stage_now(party: PartnershipParty) -> StageChange:
    """The stage of the partnership a party is named in."""
    stage = latest_stage(party.partnership)
    if stage is None:
        raise ValueError("A partnership is made with its first stage.")
    return stage


def open_breaches(stage: StageChange, now: datetime) -> list[Breach]:
    """Why the present stage cannot be challenged any more."""
    return rules.challenge_breaches(
        by=stage.challenge_by,
        today=steps.local_day(now),
        is_latest=True,
        is_challenged=stage.challenged_at is not None,
        text="…",
    )


def _challenge(by: Viewer, stage: StageChange, party: Organisation, text: str, now: datetime) -> StageChange:
    partnership = locked(stage.partnership)
    stage = StageChange.objects.get(pk=stage.pk)
    latest = latest_stage(partnership)
    refuse_if(
        rules.challenge_breaches(
            by=stage.challenge_by,
            today=steps.local_day(now),
            is_latest=latest is not None and latest.pk == stage.pk,
            is_challenged=stage.challenged_at is not None,
            text=text,
        )
    )
    stage.challenged_at, stage.challenger, stage.challenge = now, party, text.strip()
    steps.refuse_bad_fields(stage)
    stage.save(update_fields=["challenged_at", "challenger", "challenge"])
    _promise_answer(partnership, now)
    changes = steps.all_new({"challenge": stage.challenge, "challenger": party, "stage": stage.stage})
    steps.note(by, "partnership.stage-challenged", partnership.record, now, changes)
    return stage


def _promise_answer(partnership: Partnership, now: datetime) -> None:
    calendar = site_calendar(now)
    due = end_of_day(calendar.add(steps.local_day(now), CHALLENGE_DAYS), calendar.zone)
    note = "Answer to the named party’s challenge"
    set_deadline(record=partnership.record, kind=ANSWER, due_at=due, now=now, note=note)


def _answer_breaches(stage: StageChange, answer: str) -> list[Breach]:
    if stage.challenged_at is None:
        return [Breach("answer-nothing", "Nobody has challenged this stage.")]
    if stage.challenge_answered_at is not None:
        return [Breach("answer-twice", "The challenge has been answered already.")]
    return [] if answer.strip() else [Breach("answer-empty", "Write the answer.", "answer")]

"""Proposals: that a group be set up, who is asked, and each answer as a row of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts.commands import links
from convenor.core.accounts.models import Person
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import ending, steps
from convenor.domain.groups.commands.ending import later
from convenor.domain.groups.models import Group, Parent, Proposal, ProposalStep
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.rules import closings, proposals
from convenor.kit.structs import struct

DECIDE: Final = "decide-proposal"


@struct
class ProposalFacts:
    """Who proposes a group, and why."""

    proposed_by: str = ""
    why: str = ""


@struct
class Answer:
    """What was said of a proposal: on which day, by which meeting or letter, and why."""

    on: date
    instrument: str = ""
    note: str = ""


def propose_to(*, by: Viewer, group: Group, parent: Group | None, facts: ProposalFacts, now: datetime) -> Proposal:
    """Ask a group that stands over this proposed one for its approval; None: its own officers decide."""
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if([*proposals.propose_breaches(group.state), *_asked_already(group, parent)])
        if parent is not None:
            refuse_if(_not_under(group, parent))
        return put_proposal(by, group, parent, facts, now)


def approve_proposal(*, by: Viewer, proposal: Proposal, answer: Answer, now: datetime) -> Proposal:
    """The parent approves: it is recorded with its place under that parent, and the group may be set going."""
    with transaction.atomic():
        group, proposal = _to_answer(by, proposal, now)
        _say(by, group, proposal, proposals.APPROVED, answer, now)
        if proposal.parent is not None:
            rows = Parent.objects.filter(later(steps.today(now)), group=group, parent=proposal.parent)
            rows.update(approved_on=answer.on, approval_note=answer.instrument.strip()[:300])
        return proposal


def return_proposal(*, by: Viewer, proposal: Proposal, answer: Answer, now: datetime) -> Proposal:
    """The parent wants more before it answers; `answer.note` says what."""
    with transaction.atomic():
        group, proposal = _to_answer(by, proposal, now)
        _say(by, group, proposal, proposals.RETURNED, answer, now)
        return proposal


def decline_proposal(*, by: Viewer, proposal: Proposal, answer: Answer, now: datetime) -> Proposal:
    """The parent says no. A group that no other parent has approved or still considers closes for that reason."""
    with transaction.atomic():
        group, proposal = _to_answer(by, proposal, now)
        _say(by, group, proposal, proposals.DECLINED, answer, now)
        if group.state == Group.State.PROPOSED and not _others_stand(proposal):
            ending.close(by, group, closings.DECLINED, steps.today(now), answer.note, now)
        return proposal


def propose_again(*, by: Viewer, proposal: Proposal, note: str, now: datetime) -> Proposal:
    """Bring a returned proposal back, saying what has changed."""
    with transaction.atomic():
        group = steps.opened(by, proposal.group)
        proposal = _fresh(proposal, group)
        refuse_if(proposals.propose_breaches(group.state))
        _say(by, group, proposal, proposals.AGAIN, Answer(steps.today(now), note=note), now)
        return proposal


def ask_chairs(*, by: Viewer, proposal: Proposal, now: datetime) -> int:
    """Send those who chair the parent a signed link, by which they answer without signing in; says how many."""
    with transaction.atomic():
        group = steps.opened(by, proposal.group)
        proposal = _fresh(proposal, group)
        refuse_if(_nobody_to_ask(proposal))
        people = _reachable(proposal, now)
        refuse_if(_unreachable(proposal, people))
        for person in people:
            links.send_link(purpose=DECIDE, person=person, now=now, record=group.record, subject_id=proposal.pk)
        changes = {"parent": (None, steps.plain(proposal.parent)), "asked": (None, len(people))}
        steps.note(by, "group.approval-asked", group.record, now, changes)
        return len(people)


def put_proposal(by: Viewer, group: Group, parent: Group | None, facts: ProposalFacts, now: datetime) -> Proposal:
    """The step that writes it; the caller has locked, asked and judged."""
    row = Proposal(group=group, parent=parent, proposed_on=steps.today(now))
    row.proposed_by, row.why = facts.proposed_by.strip(), facts.why.strip()
    steps.refuse_bad_fields(row)
    row.save()
    columns = {"parent": parent, "proposed_by": row.proposed_by, "why": row.why}
    steps.note(by, "group.proposed", group.record, now, steps.all_new(columns))
    return row


def put_step(by: Viewer, proposal: Proposal, kind: str, answer: Answer, now: datetime, answered_as: str = "") -> None:
    """The step that adds what was said and moves the proposal on."""
    row = ProposalStep(proposal=proposal, kind=kind, on=answer.on, recorded_at=now, answered_as=answered_as[:200])
    row.instrument, row.note = answer.instrument.strip(), answer.note.strip()
    steps.refuse_bad_fields(row)
    row.save()
    proposal.state = proposals.NEXT[kind]
    proposal.save(update_fields=["state"])
    columns = {"parent": proposal.parent, "on": answer.on, "instrument": row.instrument, "answered_as": answered_as}
    verb = "proposed-again" if kind == proposals.AGAIN else kind
    steps.note(by, f"group.proposal-{verb}", proposal.group.record, now, steps.all_new(columns), row.note)


def settle(by: Viewer, group: Group, approved: Parent, now: datetime) -> None:
    """The step that answers a waiting proposal when the approval is recorded with the place under the parent."""
    rows = Proposal.objects.select_related("group__record", "parent__record")
    waiting = rows.filter(group=group, parent=approved.parent_id, state__in=(proposals.WAITING, proposals.RETURNED))
    for proposal in waiting:
        on = approved.approved_on or steps.today(now)
        put_step(by, proposal, proposals.APPROVED, Answer(on, approved.approval_note), now)


def set_going(by: Viewer, group: Group, on: date, now: datetime) -> None:
    """The step that refuses while a parent has not answered, and answers what was put to the group's own officers."""
    rows = Proposal.objects.filter(group=group).select_related("group__record", "parent__record")
    refuse_if(proposals.unanswered((row.parent.name, row.state) for row in rows if row.parent is not None))
    for row in rows:
        if row.parent is None and row.state in {proposals.WAITING, proposals.RETURNED}:
            put_step(by, row, proposals.APPROVED, Answer(on), now)


def _to_answer(by: Viewer, proposal: Proposal, now: datetime) -> tuple[Group, Proposal]:
    """Lock the proposed group and its proposal, for somebody over whoever was asked, or who chairs it."""
    group = steps.locked(proposal.group)
    proposal = _fresh(proposal, group)
    chairs = chairs_of(proposal.parent, steps.today(now)) if proposal.parent else {}
    permissions.may_answer_proposal(by, proposal, chairs).require()
    refuse_if([*steps.withdrawn(group.record), *proposals.propose_breaches(group.state)])
    return group, proposal


def _say(by: Viewer, group: Group, proposal: Proposal, kind: str, answer: Answer, now: datetime) -> None:
    today = steps.today(now)
    refuse_if(
        proposals.step_breaches(proposal.state, kind, answer.on, answer.note, proposal.proposed_on, today),
    )
    chairs = chairs_of(proposal.parent, today) if proposal.parent else {}
    seats = [title for person, title in chairs.items() if by.stands_for(person)]
    proposal.group = group
    put_step(by, proposal, kind, answer, now, seats[0] if seats else "")


def _fresh(proposal: Proposal, group: Group) -> Proposal:
    rows = Proposal.objects.select_related("parent__record", "parent__host", "parent__type__model")
    found = rows.get(pk=proposal.pk, group=group)
    found.group = group
    return found


def _others_stand(proposal: Proposal) -> bool:
    others = Proposal.objects.filter(group=proposal.group).exclude(pk=proposal.pk)
    return others.exclude(state=proposals.DECLINED).exists()


def _asked_already(group: Group, parent: Group | None) -> list[Breach]:
    if not Proposal.objects.filter(group=group, parent=parent).exclude(state=proposals.DECLINED).exists():
        return []
    if parent is None:
        return [Breach("asked-already", _("Its officers have been asked already."), "parent")]
    return [Breach("asked-already", _("%(name)s has been asked already.") % {"name": parent.name}, "parent")]


def _not_under(group: Group, parent: Group) -> list[Breach]:
    if Parent.objects.filter(group=group, parent=parent, ends_on=None).exists():
        return []
    text = _("The group is not to stand under %(name)s. Add it as a parent first.")
    return [Breach("not-under", text % {"name": parent.name}, "parent")]


def _nobody_to_ask(proposal: Proposal) -> list[Breach]:
    if proposal.state != proposals.WAITING:
        return [Breach("not-waiting", _("It does not wait for an answer."))]
    if proposal.parent is None:
        return [Breach("no-parent", _("No other group was asked: its own officers decide."))]
    return []


def _reachable(proposal: Proposal, now: datetime) -> list[Person]:
    chairs = chairs_of(proposal.parent, steps.today(now)) if proposal.parent else {}
    return list(Person.objects.filter(pk__in=chairs).exclude(email=None).exclude(email="").order_by("pk"))


def _unreachable(proposal: Proposal, people: list[Person]) -> list[Breach]:
    if people:
        return []
    text = _("Nobody who chairs %(parent)s has an e-mail address here.")
    return [Breach("no-address", text % {"parent": proposal.parent.name if proposal.parent else ""})]

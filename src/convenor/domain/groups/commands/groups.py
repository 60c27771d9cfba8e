"""Groups: set up and change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from convenor.core.records import commands as records
from convenor.core.records import rules as access
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory.commands.steps import change_slug, new_slug
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement import rules as engagement
from convenor.domain.engagement.models import GroupType
from convenor.domain.engagement.queries import effective_rules as rules_of_type
from convenor.domain.engagement.queries import has_rules
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import parents, places, proposals, showing, steps
from convenor.domain.groups.commands.ending import later
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.proposals import Answer, ProposalFacts
from convenor.domain.groups.models import Group, Initiative, RuleOverride, SunsetChange
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import proposals as proposing
from convenor.domain.groups.rules import states
from convenor.kit.structs import struct

RESERVED: Final = frozenset({"add", "compare", "initiatives", "overlaps", "seat-roles", "vacancies", "reports"})


@struct
class GroupFacts:
    """What is recorded of a group. `is_ours` False: another body runs it, and we hold a seat.

    begins_now: one that meets already starts today when no day is given; False: on a day that is not known.
    """

    name: str
    purpose: str
    host: Organisation
    type: GroupType | None = None
    is_ours: bool = True
    acronym: str = ""
    initiative: Initiative | None = None
    deliverable: str = ""
    started_on: date | None = None
    review_due_on: date | None = None
    sunset_on: date | None = None
    begins_now: bool = True

    def columns(self) -> dict[str, Any]:
        """As the table holds it."""
        return {
            "name": self.name.strip(),
            "acronym": self.acronym.strip(),
            "type": self.type,
            "host": self.host,
            "is_ours": self.is_ours,
            "initiative": self.initiative,
            "purpose": self.purpose.strip(),
            "deliverable": self.deliverable.strip(),
            "started_on": self.started_on,
            "review_due_on": self.review_due_on,
            "sunset_on": self.sunset_on,
        }


def create_group(
    *,
    by: Viewer,
    facts: GroupFacts,
    now: datetime,
    under: Sequence[ParentFacts] = (),
    state: str = states.PROPOSED,
    named_seats: bool = False,
    readers: str = showing.PUBLIC,
    reason: str = "",
    proposal: ProposalFacts | None = None,
) -> Group:
    """Set up a group as its type's rules ask on the day it starts. `named_seats`: with the seats the model names.

    One that is proposed may lack its parents' approval: it waits for their answer, and goes no further without.
    `proposal`: who proposes it, and why.
    """
    with transaction.atomic():
        steps.hold_type(facts.type)
        permissions.may_create_group(by, facts.host, facts.type).require()
        on = _judged_on(facts, steps.today(now))
        refuse_if([*_type_breaches(facts, on), *_state_breaches(state), *_day_breaches(facts, now), *_over(facts, on)])
        refuse_if(_rule_breaches(facts, under, on, state))
        group = Group(**facts.columns(), state=state)
        begins_now = state in states.MEETING and facts.is_ours and facts.begins_now
        group.started_on = facts.started_on or (on if begins_now else None)
        _set_due_days(group, on, steps.today(now))
        steps.refuse_bad_fields(group, but=("slug",))
        _save_new(group, readers, now)
        columns = {
            **facts.columns(),
            "state": state,
            "started_on": group.started_on,
            "review_due_on": group.review_due_on,
        }
        steps.note(by, "group.created", group.record, now, steps.all_new(columns), reason)
        for link in under:
            parents.add_parent(by, group, link, on, now)
        if state == states.PROPOSED and group.is_ours:
            _propose(by, group, under, proposal or ProposalFacts(), now)
        if named_seats:
            places.seat_named(by, group, on, now, {})
        return group


def edit_group(*, by: Viewer, group: Group, facts: GroupFacts, now: datetime, reason: str = "") -> Group:
    """Change what is recorded of a group. A new name changes its address; the old one still leads here."""
    with transaction.atomic():
        steps.hold_type(facts.type)
        group = steps.opened(by, group)
        if (group.host_id, group.type_id) != (facts.host.pk, facts.type.pk if facts.type else None):
            permissions.may_create_group(by, facts.host, facts.type).require()
        refuse_if([*_type_breaches(facts, steps.today(now)), *_day_breaches(facts, now)])
        refuse_if([*_changed_rule_breaches(group, facts, steps.today(now)), *_sunset_breaches(group, facts, reason)])
        sunset_was = group.sunset_on
        changes = steps.set_values(group, facts.columns())
        if not changes:
            return group
        if "name" in changes:
            _rename(group, now)
        group.save()
        if "sunset_on" in changes and reason.strip():
            days = {"was": sunset_was, "until": group.sunset_on, "on": steps.today(now)}
            SunsetChange.objects.create(group=group, reason=reason.strip()[:300], **days)
        showing.keep_promises(group, now)
        steps.note(by, "group.edited", group.record, now, changes, reason)
        return group


def _over(facts: GroupFacts, on: date) -> list[Breach]:
    """No group is set up for what has ended."""
    initiative = facts.initiative
    if initiative is None or initiative.ended_on is None or initiative.ended_on >= on:
        return []
    return [Breach("initiative-ended", "That initiative has ended.", "initiative")]


def _sunset_breaches(group: Group, facts: GroupFacts, reason: str) -> list[Breach]:
    """A day on which the group was to end is not moved without a word why."""
    if group.sunset_on is None or facts.sunset_on == group.sunset_on or reason.strip():
        return []
    return [Breach("reason-needed", "It was to end on another day: say why that changes.", "reason")]


def _judged_on(facts: GroupFacts, today: date) -> date:
    """The day whose rules hold: when it starts, or today where the model came into force after that."""
    start = facts.started_on or today
    if facts.type is not None and not has_rules(facts.type, start):
        return max(start, today)
    return start


def _type_breaches(facts: GroupFacts, on: date) -> list[Breach]:
    if facts.type is None:
        text = "Say what type of group it is: a group of ours follows an engagement model."
        return [Breach("type-needed", text, "type")] if facts.is_ours else []
    if not has_rules(facts.type, on):
        return [Breach("type-not-in-force", "No version of the engagement model has this type now.", "type")]
    return []


def _state_breaches(state: str) -> list[Breach]:
    if state in states.MOVES and state != states.CLOSED:
        return []
    return [Breach("state-unknown", "A group begins as proposed, recruiting, active or dormant.", "state")]


def _day_breaches(facts: GroupFacts, now: datetime) -> list[Breach]:
    found = steps.ahead(facts.started_on, now, "started_on")
    if facts.started_on and facts.sunset_on and facts.sunset_on < facts.started_on:
        found.append(Breach("sunset-before-start", "It cannot end before it started.", "sunset_on"))
    return found


def _rule_breaches(facts: GroupFacts, under: Sequence[ParentFacts], on: date, state: str) -> list[Breach]:
    """The engagement model's own rules for setting up a group (DESIGN section 5, engagement)."""
    waits = state == states.PROPOSED  # its approval is asked for
    rules = rules_of_type(facts.type, on) if facts.type else None
    if rules is None or facts.type is None:
        return []
    return engagement.check_group(
        rules,
        parents=[values.parent_value(each.parent, approved=waits or each.approved_on is not None) for each in under],
        deliverable=facts.deliverable,
        has_initiative=facts.initiative is not None,
        others_alive=values.others_alive(facts.type),
    )


def _propose(by: Viewer, group: Group, under: Sequence[ParentFacts], facts: ProposalFacts, now: datetime) -> None:
    """Each parent is asked, where its approval is not recorded already; without one the group's own officers decide."""
    for each in under:
        made = proposals.put_proposal(by, group, each.parent, facts, now)
        if each.approved_on is not None:
            proposals.put_step(by, made, proposing.APPROVED, Answer(each.approved_on, each.approval_note), now)
    if not under:
        proposals.put_proposal(by, group, None, facts, now)


def _changed_rule_breaches(group: Group, facts: GroupFacts, on: date) -> list[Breach]:
    """The same for a group that is there: of a new type, all its rules; of its own, what is being changed."""
    same = facts.type is not None and facts.type.pk == group.type_id
    rules = values.rules_of(group, on) if same else rules_of_type(facts.type, on) if facts.type else None
    if rules is None or facts.type is None:
        return []
    found = [
        *engagement.check_initiative(rules, facts.initiative is not None),
        *engagement.check_deliverable(rules, facts.deliverable),
    ]
    if not same:
        found += _overridden(group, on)
        found += engagement.check_only_one(rules, values.others_alive(facts.type, but=group))
        found += engagement.broken_by(rules, values.course_of(group).composition(on), values.parent_values(group, on))
    return found


def _overridden(group: Group, on: date) -> list[Breach]:
    """Overrides were made for the type it has: they do not go over to another."""
    if not RuleOverride.objects.filter(later(on), group=group).exists():
        return []
    text = _("The group has rules of its own, made for the type it has. End its overrides before it becomes another.")
    return [Breach("type-overridden", text, "type")]


def _set_due_days(group: Group, on: date, today: date) -> None:
    """Review and sunset as the type's rules say, where nobody said otherwise."""
    rules = values.rules_of(group, on)
    if rules is None or not group.is_ours:
        return
    if group.review_due_on is None and rules.review_months:
        months = rules.review_months
        while (due := engagement.months_after(on, months)) < today:
            months += rules.review_months
        group.review_due_on = due
    if group.sunset_on is None and rules.sunset_months:
        group.sunset_on = engagement.months_after(on, rules.sunset_months)


def _save_new(group: Group, readers: str, now: datetime) -> None:
    group.slug = new_slug(Group, steps.KIND, _addressable(group.name))
    visibility = access.PUBLIC if readers == showing.PUBLIC else access.SEALED
    group.record = records.create_record(kind=steps.KIND, title=group.name, now=now, visibility=visibility)
    group.save()
    showing.name_audiences(group)
    if readers != showing.PUBLIC:
        showing.set_readers(group, readers, now, access.DISCLOSE_NOTHING, "")
    showing.keep_promises(group, now)


def _addressable(name: str) -> str:
    """The name to make an address of: /groups/add/ and the like are taken by screens."""
    return f"{name} group" if slugify(name) in RESERVED else name


def _rename(group: Group, now: datetime) -> None:
    records.retitle(group.record, group.name)
    change_slug(group, steps.KIND, _addressable(group.name), now)
    showing.name_audiences(group)

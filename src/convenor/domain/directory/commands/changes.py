"""Machinery-of-government changes: what became of organisations, recorded at once and for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta

from django.db import transaction

from convenor.core.records import commands as records
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import offices as office_steps
from convenor.domain.directory.commands import organisations, steps
from convenor.domain.directory.commands.organisations import OrganisationFacts
from convenor.domain.directory.models import MAX_DEPTH, ChangeParty, Office, Organisation, OrganisationChange
from convenor.kit.dates import say_day
from convenor.kit.structs import struct

KIND = "organisation-change"
BEFORE, AFTER = ChangeParty.Side.BEFORE, ChangeParty.Side.AFTER
Bodies = list[Organisation]


@struct
class Successor:
    """What an organisation becomes: one that is there already, or a new one with these facts."""

    organisation: Organisation | None = None
    facts: OrganisationFacts | None = None

    @property
    def name(self) -> str:
        return self.organisation.name if self.organisation else self.facts.name.strip() if self.facts else ""


@struct
class ChangePlan:
    """A change as somebody describes it.

    before, after: for a renaming or a move both sides are the same organisation. An organisation that stands
    on both sides of a merger or split goes on; the others of `before` end on the day before `on`.
    name, short_name: what a renaming gives. parent: where a move goes (None: out of every portfolio).
    offices: office key → place in `after` of the one that takes it; those of an ending organisation that are
    not named are abolished. bodies: the same for organisations that are part of an ending one.
    """

    kind: str
    on: date
    before: tuple[Organisation, ...]
    after: tuple[Successor, ...] = ()
    name: str = ""
    short_name: str = ""
    parent: Organisation | None = None
    note: str = ""
    source: str = ""
    offices: Mapping[int, int] = field(default_factory=dict)
    bodies: Mapping[int, int] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        return self.on - timedelta(days=1)

    def closing(self) -> tuple[Organisation, ...]:
        """Those that end: everything before that is not named after."""
        if self.kind in (rules.RENAMED, rules.MOVED):
            return ()
        going_on = {successor.organisation.pk for successor in self.after if successor.organisation}
        return tuple(organisation for organisation in self.before if organisation.pk not in going_on)


def record_change(*, by: Viewer, plan: ChangePlan, now: datetime) -> OrganisationChange:
    """Record a change and all that follows from it, at once: closed and new organisations, moved offices, links."""
    with transaction.atomic():
        plan = _locked(plan)
        _permit(by, plan)
        refuse_if(change_breaches(plan, steps.local_day(now)))
        before = [_party(organisation, BEFORE) for organisation in plan.before]
        change = _change_row(by, plan, now)
        became = _carry_out(by, plan, change, now)
        after = [_party(organisation, AFTER) for organisation in became]
        for party in (*before, *after):
            party.change = change
        ChangeParty.objects.bulk_create([*before, *after])
        return change


def change_breaches(plan: ChangePlan, today: date) -> list[Breach]:
    """Why the plan cannot be carried out. Reads; also for the preview."""
    found = rules.change_breaches(plan.kind, _sides_before(plan), _sides_after(plan), plan.on, today)
    if found:
        return found
    withdrawn = [b for body in plan.before for b in rules.live_breaches(body.record.state)]
    return [*withdrawn, *_move_breaches(plan), *_left_behind(plan)]


def consequences(plan: ChangePlan) -> list[str]:
    """What would follow, in sentences, before anybody confirms it."""
    offices = [_office_words(plan, office) for office in offices_of(plan.closing())]
    bodies = [
        f"{body.name} becomes part of {plan.after[plan.bodies[body.pk]].name}."
        for body in placeable_bodies(plan)
        if body.pk in plan.bodies
    ]
    return [*consequences_for_bodies(plan), *offices, *bodies]


def consequences_for_bodies(plan: ChangePlan) -> list[str]:
    """What would follow for the organisations themselves."""
    words = {rules.RENAMED: _rename_words, rules.MOVED: _move_words}.get(plan.kind)
    if words is not None:
        return words(plan)
    ends = [
        f"{body.name} ends; its last day is {say_day(plan.last_day)}. Its page stays and says what became of it."
        for body in plan.closing()
    ]
    return ends + [f"{successor.name} is added to the directory." for successor in plan.after if successor.facts]


def _rename_words(plan: ChangePlan) -> list[str]:
    body, count = plan.before[0], len(offices_of(plan.before))
    said = f"{body.name} is called {plan.name.strip()} from {say_day(plan.on)}. Old addresses still lead to it."
    offices = f"{count} {'office carries' if count == 1 else 'offices carry'} the new name."
    return [said, offices] if count else [said]


def _move_words(plan: ChangePlan) -> list[str]:
    place = f"part of {plan.parent.name}" if plan.parent else "part of no portfolio"
    body = plan.before[0]
    return [f"{body.name} becomes {place} on {say_day(plan.on)}, with everything that belongs to it."]


def offices_of(bodies: Iterable[Organisation]) -> list[Office]:
    """The present offices of these organisations."""
    rows = Office.objects.live().filter(organisation__in=[body.pk for body in bodies], abolished_on=None)
    return list(rows.select_related("record", "organisation").order_by("organisation__name", "title", "pk"))


def bodies_of(bodies: Iterable[Organisation]) -> Bodies:
    """The organisations that are part of these and go on."""
    keys = [body.pk for body in bodies]
    rows = Organisation.objects.live().filter(parent__in=keys, ended_on=None).exclude(pk__in=keys)
    return list(rows.select_related("record").order_by("name", "pk"))


def placeable_bodies(plan: ChangePlan) -> Bodies:
    """The organisations that must be told where they go: part of an ending one, and not themselves in the plan."""
    named = {body.pk for body in _touched(plan)}
    return [body for body in bodies_of(plan.closing()) if body.pk not in named]


def _locked(plan: ChangePlan) -> ChangePlan:
    keys = [body.pk for body in plan.before] + [s.organisation.pk for s in plan.after if s.organisation]
    rows = Organisation.objects.select_for_update(of=("self",)).select_related("record", "parent__record", "kind")
    fresh = {row.pk: row for row in rows.filter(pk__in=keys).order_by("pk")}
    before = tuple(fresh[body.pk] for body in plan.before)
    after = tuple(Successor(fresh[s.organisation.pk]) if s.organisation else s for s in plan.after)
    return ChangePlan(
        plan.kind, plan.on, before, after, plan.name, plan.short_name, plan.parent, plan.note, plan.source,
        plan.offices, plan.bodies,
    )  # fmt: skip


def _permit(by: Viewer, plan: ChangePlan) -> None:
    """Over everything it touches that is there already, and over where it puts what it makes or moves."""
    permissions.may_record_change(by, _touched(plan)).require()
    for parent in [plan.parent, *(s.facts.parent for s in plan.after if s.facts)]:
        if parent is not None:
            permissions.may_add_organisation(by, parent).require()


def _touched(plan: ChangePlan) -> Bodies:
    """Every organisation of the plan that is there already, once."""
    there = (*plan.before, *(s.organisation for s in plan.after if s.organisation))
    return list({body.pk: body for body in there}.values())


def _sides_before(plan: ChangePlan) -> list[rules.Side]:
    return [rules.Side(b.pk, b.name, b.parent_id, b.ended_on is not None, b.established_on) for b in plan.before]


def _sides_after(plan: ChangePlan) -> list[rules.Side]:
    if plan.kind == rules.RENAMED:
        return [rules.Side(body.pk, plan.name.strip(), body.parent_id) for body in plan.before]
    if plan.kind == rules.MOVED:
        return [rules.Side(body.pk, body.name, plan.parent.pk if plan.parent else None) for body in plan.before]
    return [rules.Side(s.organisation.pk if s.organisation else None, s.name) for s in plan.after]


def _move_breaches(plan: ChangePlan) -> list[Breach]:
    if plan.kind != rules.MOVED or plan.parent is None:
        return []
    body = plan.before[0]
    above, below = organisations.chain(plan.parent), organisations.depth_below(body.pk)
    ended = [Breach("parent-ended", f"{plan.parent.name} has ended.", "parent")] if plan.parent.ended_on else []
    return [*rules.parent_breaches(body.pk, above, below, MAX_DEPTH), *ended]


def _left_behind(plan: ChangePlan) -> list[Breach]:
    """Organisations that are part of an ending one must go somewhere."""
    left = [body.name for body in placeable_bodies(plan) if body.pk not in plan.bodies]
    if not left:
        return []
    first = "Say first where the bodies that are part of it go" if plan.after else "First move what is part of it"
    text = f"{first}: {rules.and_words(left)}."
    return [Breach("change-bodies", text, "bodies")]


def _change_row(by: Viewer, plan: ChangePlan, now: datetime) -> OrganisationChange:
    change = OrganisationChange(kind=plan.kind, on=plan.on, note=plan.note.strip(), source=plan.source.strip())
    steps.refuse_bad_fields(change)
    change.record = records.create_record(kind=KIND, title=title_of(plan), now=now)
    if not all(body.record.is_public for body in _touched(plan)):
        steps.show_to_secretariat(change.record, now, reason="")
    change.save()
    changes = steps.all_new({"kind": plan.kind, "on": plan.on, "note": change.note, "source": change.source})
    steps.note(by, "organisation-change.recorded", change.record, now, changes)
    return change


def title_of(plan: ChangePlan) -> str:
    """The change in one line."""
    after = [side.name for side in _sides_after(plan)]
    portfolio = plan.parent.name if plan.parent else ""
    return rules.change_title(plan.kind, [body.name for body in plan.before], after, portfolio)


def _carry_out(by: Viewer, plan: ChangePlan, change: OrganisationChange, now: datetime) -> Bodies:
    if plan.kind == rules.RENAMED:
        return [_rename(by, plan, change, now)]
    if plan.kind == rules.MOVED:
        return [_move(by, plan.before[0], plan.parent, change, now)]
    for body in plan.closing():  # first, since a successor may carry on its ABN
        body.ended_on = plan.last_day
        body.save(update_fields=["ended_on"])
    became = [s.organisation or _add(by, s, plan, now) for s in plan.after]
    _pass_on(by, plan, became, change, now)
    for body in plan.closing():
        changes = {"ended_on": (None, plan.last_day), "change": (None, change.record.ref)}
        steps.note(by, "organisation.ended", body.record, now, changes)
    _join(plan, became, now)
    return became


def _rename(by: Viewer, plan: ChangePlan, change: OrganisationChange, now: datetime) -> Organisation:
    body = plan.before[0]
    values = {"name": plan.name.strip(), "short_name": plan.short_name.strip()}
    changes = steps.set_values(body, values) | {"change": (None, change.record.ref)}
    steps.refuse_bad_fields(body, but=("slug",))
    organisations.rename(body, now)
    body.save()
    steps.note(by, "organisation.renamed", body.record, now, changes)
    return body


def _move(
    by: Viewer, body: Organisation, parent: Organisation | None, change: OrganisationChange, now: datetime
) -> Organisation:
    changes = steps.set_values(body, {"parent": parent}) | {"change": (None, change.record.ref)}
    body.save()
    steps.note(by, "organisation.moved", body.record, now, changes)
    return body


def _add(by: Viewer, successor: Successor, plan: ChangePlan, now: datetime) -> Organisation:
    facts = successor.facts
    if facts is None:
        raise ValueError("A successor is an organisation, or the facts of a new one.")
    made = OrganisationFacts(
        name=facts.name, kind=facts.kind, short_name=facts.short_name, parent=facts.parent, segments=facts.segments,
        abn=facts.abn, website=facts.website, summary=facts.summary, established_on=plan.on,
    )  # fmt: skip
    return organisations.add_organisation(by, made, now)


def _pass_on(by: Viewer, plan: ChangePlan, became: Bodies, change: OrganisationChange, now: datetime) -> None:
    """Offices and bodies of the ending organisations, and those a continuing one gives away, to their places."""
    closing = {body.pk for body in plan.closing()}
    for office in offices_of(plan.before):
        if office.pk in plan.offices:
            target = became[plan.offices[office.pk]]
            if target.pk != office.organisation_id:
                _move_office(by, office, target, change, now)
        elif office.organisation_id in closing:
            office_steps.close_office(by, office, plan.last_day, change.record.title, now)
    for body in bodies_of(plan.before):
        if body.pk in plan.bodies:
            target = became[plan.bodies[body.pk]]
            below = organisations.depth_below(body.pk)
            refuse_if(rules.parent_breaches(body.pk, organisations.chain(target), below, MAX_DEPTH))
            _move(by, body, target, change, now)
    for body in became:  # one that went on must not stay part of one that ended
        if body.parent_id in closing and body.parent is not None:
            _move(by, body, body.parent.parent, change, now)


def _move_office(by: Viewer, office: Office, to: Organisation, change: OrganisationChange, now: datetime) -> None:
    changes = steps.set_values(office, {"organisation": to}) | {"change": (None, change.record.ref)}
    organisations.name_office(office, now)
    office.save()
    steps.note(by, "office.moved", office.record, now, changes)


def _join(plan: ChangePlan, became: Bodies, now: datetime) -> None:
    """From everything that ended, or was split, to what came of it."""
    ending = plan.before if plan.kind == rules.SPLIT else plan.closing()
    for source in ending:
        for target in became:
            if source.pk != target.pk:
                records.link(source=source.record, target=target.record, relation=rules.SUCCEEDED_BY, now=now)


def _party(body: Organisation, side: ChangeParty.Side) -> ChangeParty:
    """An organisation as it is at this moment: its name and where it belongs."""
    parent = body.parent
    return ChangeParty(
        organisation=body, side=side, name=body.name, parent=parent, parent_name=parent.name if parent else ""
    )


def _office_words(plan: ChangePlan, office: Office) -> str:
    if office.pk in plan.offices:
        return f"The office {office.title} goes to {plan.after[plan.offices[office.pk]].name}, with who holds it."
    return f"The office {office.title} is abolished; who holds it does so until {say_day(plan.last_day)}."

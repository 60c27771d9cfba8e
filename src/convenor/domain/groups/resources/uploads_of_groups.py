"""Loading groups from a spreadsheet, through the commands, and taking them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, breach
from convenor.core.records.rules import LIVE, YES, Breach, Verdict, Viewer, no
from convenor.domain.directory.commands.steps import local_day
from convenor.domain.directory.resources.uploads_of_organisations import day_of, organisation_meant
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.groups import GroupFacts, create_group, edit_group
from convenor.domain.groups.commands.initiatives import InitiativeFacts, create_initiative
from convenor.domain.groups.commands.parents import ParentFacts, set_parent, strike_parent
from convenor.domain.groups.commands.proposals import ProposalFacts
from convenor.domain.groups.commands.showing import restore_group, withdraw_group
from convenor.domain.groups.models import Group, Initiative, Parent
from convenor.domain.groups.resources.meant import group_meant
from convenor.domain.groups.rules.states import CLOSED
from convenor.kit.structs import struct

STATES: Final = {str(value): str(label) for value, label in Group.State.choices if value != CLOSED}
YES_NO: Final = {"yes": "Yes", "no": "No"}
DAYS: Final = ("started_on", "review_due_on", "sunset_on", "approved_on")


@struct
class GroupRow:
    """One line of an upload; names are looked up when it is loaded, since earlier lines may have made them."""

    words: Mapping[str, str]
    days: Mapping[str, date | None]
    type: GroupType | None
    ours: bool


def may_load(viewer: Viewer) -> Verdict:
    """Officers; each row is asked again for its host and model."""
    if permissions.is_officer(viewer):
        return YES
    return no("Only officers can load groups.")


def prepare(viewer: Viewer, now: datetime) -> dict[tuple[str, str], GroupType]:  # noqa: ARG001 - the shape of prepare
    """Every type by the code of its model and its own."""
    rows = GroupType.objects.select_related("model__record").visible_to(viewer)
    return {(row.model.slug, row.slug): row for row in rows}


def parse(row: Mapping[str, str], prepared: Mapping[tuple[str, str], GroupType]) -> GroupRow | list[Breach]:
    """A line as facts, or what is wrong with its cells."""
    wrong: list[Breach] = []
    days = {name: day_of(row.get(name, ""), name, wrong) for name in DAYS}
    ours = row.get("ours", "") != "no"
    found = _type(row, prepared, wrong) if ours or row.get("type") else None
    return wrong or GroupRow(row, days, found, ours)


def _type(
    row: Mapping[str, str], prepared: Mapping[tuple[str, str], GroupType], wrong: list[Breach]
) -> GroupType | None:
    model, code = row.get("model", ""), row.get("type", "")
    found = [each for (of, slug), each in prepared.items() if slug == code and model in {"", of}]
    if len(found) == 1:
        return found[0]
    if not code:
        wrong.append(breach("type", "Say what type of group it is, by its code in the engagement model."))
    elif found:
        wrong.append(breach("model", f"More than one model has a type “{code[:60]}”: say which model."))
    else:
        wrong.append(breach("type", f"No engagement model here has a type “{code[:60]}”."))
    return None


def apply(row: GroupRow, loading: Loading) -> Loaded:
    """Make the group, or bring the one this line stands for up to it."""
    facts = _facts(row, loading)
    if loading.record is None:
        made = create_group(
            by=loading.by,
            facts=facts,
            now=loading.now,
            under=_under(row, loading),
            state=row.words.get("state") or Group.State.ACTIVE,
            reason=loading.reason,
            proposal=ProposalFacts(row.words.get("proposed_by", ""), row.words.get("proposed_why", "")),
        )
        return Loaded(made.record, "created")
    there = Group.objects.select_related("record", "type", "host", "initiative").get(record=loading.record)
    restored = there.record.state != LIVE
    if restored:
        restore_group(by=loading.by, group=there, reason=loading.reason, now=loading.now)
    before = _remembered(there)
    kept = replace(
        facts,
        review_due_on=facts.review_due_on or there.review_due_on,
        sunset_on=facts.sunset_on or there.sunset_on,
        started_on=facts.started_on or there.started_on,
    )
    changed = edit_group(by=loading.by, group=there, facts=kept, now=loading.now, reason=loading.reason)
    links = _new_parents(row, changed, loading)
    same = not restored and not links and before == _remembered(changed)
    keys = {"before": before, "restored": restored, "links": links}
    return Loaded(changed.record, "unchanged" if same else "changed", keys)


def undo(loaded: Loaded, loading: Loading) -> None:
    """Withdraw what was made, put back what was changed."""
    group = Group.objects.select_related("record", "type", "host", "initiative").get(record=loaded.record)
    before = loaded.undo.get("before")
    for link in Parent.objects.filter(pk__in=loaded.undo.get("links", ())).select_related("group"):
        strike_parent(by=loading.by, link=link, reason=loading.reason, now=loading.now)
    if before is not None:
        edit_group(by=loading.by, group=group, facts=_recalled(group, before), now=loading.now, reason=loading.reason)
    if before is None or loaded.undo.get("restored"):
        withdraw_group(by=loading.by, group=group, reason=loading.reason, now=loading.now)


def _facts(row: GroupRow, loading: Loading) -> GroupFacts:
    words = row.words
    return GroupFacts(
        name=words["name"],
        purpose=words["purpose"],
        host=organisation_meant(loading, words["host"], "host"),
        type=row.type,
        is_ours=row.ours,
        acronym=words.get("acronym", ""),
        initiative=_initiative(words.get("initiative", ""), loading),
        deliverable=words.get("deliverable", ""),
        started_on=row.days["started_on"],
        review_due_on=row.days["review_due_on"],
        sunset_on=row.days["sunset_on"],
        begins_now=False,
    )


def _initiative(name: str, loading: Loading) -> Initiative | None:
    if not name:
        return None
    found = Initiative.objects.live().filter(name__iexact=name).order_by("pk").visible_to(loading.by).first()
    return found or create_initiative(by=loading.by, facts=InitiativeFacts(name), now=loading.now)


def _under(row: GroupRow, loading: Loading) -> list[ParentFacts]:
    """The parents: one, or several with ; between them."""
    approved, note = row.days["approved_on"], row.words.get("approval_note", "")
    return [ParentFacts(parent, approved, note) for parent in _parents(row.words.get("parent", ""), loading)]


def _parents(said: str, loading: Loading) -> list[Group]:
    if ";" not in said:
        return [group_meant(loading, said, "parent")] if said else []
    parts = dict.fromkeys(part.strip() for part in said.split(";") if part.strip())
    return [group_meant(loading, part, "parent") for part in parts]


def _new_parents(row: GroupRow, group: Group, loading: Loading) -> list[int]:
    """Put a group that is there under the parents it has not; those it has stay. The keys of the new links."""
    held = set(Parent.objects.filter(group=group, ends_on=None).values_list("parent", flat=True))
    missing = [link for link in _under(row, loading) if link.parent.pk not in held]
    first = local_day(loading.now)
    return [set_parent(by=loading.by, group=group, link=link, starts_on=first, now=loading.now).pk for link in missing]


def _remembered(group: Group) -> dict[str, Any]:
    """The facts of a group as JSON can keep them."""
    days = {name: getattr(group, name) for name in ("started_on", "review_due_on", "sunset_on")}
    keys = {"host": group.host_id, "type": group.type_id, "initiative": group.initiative_id}
    texts = {name: getattr(group, name) for name in ("name", "purpose", "acronym", "deliverable", "is_ours")}
    return {**texts, **keys, **{name: day.isoformat() if day else None for name, day in days.items()}}


def _recalled(group: Group, before: Mapping[str, Any]) -> GroupFacts:
    days: dict[str, Any] = {
        name: date.fromisoformat(before[name]) if before[name] else None
        for name in ("started_on", "review_due_on", "sunset_on")
    }
    texts: dict[str, Any] = {name: before[name] for name in ("name", "purpose", "acronym", "deliverable", "is_ours")}
    return GroupFacts(
        host=type(group.host).objects.get(pk=before["host"]),
        type=GroupType.objects.filter(pk=before["type"] or 0).first(),
        initiative=Initiative.objects.filter(pk=before["initiative"] or 0).first(),
        **texts,
        **days,
    )


IMPORTER: Final = Importer(
    columns=(
        Column("id", "Id in your list", "What your own list calls it. The same id again changes it.", example="7"),
        Column("name", "Name", "What it is called.", required=True, example="CIO forum"),
        Column("acronym", "Acronym", "As people say it.", example="CIOF"),
        Column("ours", "Ours", "No: another body runs it, and we hold a seat.", choices=YES_NO),
        Column("model", "Model", "The code of the engagement model."),
        Column("type", "Type", "The code of the type in that model; empty for another body's group."),
        Column("host", "Run by", "An organisation's name, reference, ABN or id in your list.", required=True),
        Column("initiative", "Initiative", "Its name; one that is not here yet is added."),
        Column("purpose", "Purpose", "What it is there for.", required=True),
        Column("deliverable", "What it is to deliver", "Where its type must deliver something."),
        Column("parent", "Stands under", "The parent's name, acronym, reference or id in this list; several with ;."),
        Column("approved_on", "Approved by the parent on", "A day as 2026-11-24."),
        Column("approval_note", "Where the approval is recorded", "A meeting, an item, a letter."),
        Column("state", "State", "Active unless said otherwise. Counts for new groups only.", choices=STATES),
        Column("proposed_by", "Who proposes it", "For a group that is proposed: an office or a body."),
        Column("proposed_why", "Why it is needed", "For a group that is proposed."),
        Column("started_on", "Started", "A day as 2026-11-24; empty when it is not known.", example="2017-03-01"),
        Column("review_due_on", "Review due", "A day; left empty, the type's rules set it."),
        Column("sunset_on", "Ends by", "A day, where it is to end."),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=may_load,
    prepare=prepare,
)  # fmt: skip

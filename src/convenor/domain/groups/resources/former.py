"""Former members whose days are not known, outside and in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from convenor.core.accounts.models import Person
from convenor.core.exchange.queries import kept_row
from convenor.core.exchange.resources import Column, Field, Filter, Importer, Loaded, Loading, Resource
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Breach, Viewer
from convenor.domain.directory.resources.uploads_of_people import person_meant
from convenor.domain.groups.commands.former import FormerFacts, add_former, strike_former
from convenor.domain.groups.models import FormerMember
from convenor.domain.groups.resources.meant import group_meant
from convenor.domain.groups.resources.uploads_of_groups import may_load
from convenor.domain.groups.rules.partial import partial_breaches
from convenor.kit.structs import struct


@struct
class FormerRow:
    """One line of an upload."""

    words: Mapping[str, str]
    facts: FormerFacts


def parse(row: Mapping[str, str], prepared: Any) -> FormerRow | list[Breach]:  # noqa: ARG001 - the shape of parse
    """A line as facts, or what is wrong with its cells."""
    facts = FormerFacts(row.get("role", ""), row.get("began", ""), row.get("ended", ""))
    return partial_breaches(facts.began, facts.ended) or FormerRow(row, facts)


def apply(row: FormerRow, loading: Loading) -> Loaded:
    """Record them, unless they are recorded already."""
    group = group_meant(loading, row.words["group"])
    person = person_meant(loading, row.words["person"], row.words.get("person_email", ""))
    if isinstance(person, Person):
        same = {"role": row.facts.role, "began": row.facts.began}
        if FormerMember.objects.filter(group=group, person=person, **same).exists():
            return Loaded(group.record, "unchanged")
    made = add_former(
        by=loading.by, group=group, person=person, facts=row.facts, now=loading.now, reason=loading.reason
    )
    return Loaded(group.record, "created" if loading.record is None else "changed", {"made": made.pk})


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take out what the line put in."""
    made = kept_row(FormerMember.objects.select_related("group"), loaded, "made")
    if made is not None:
        strike_former(by=loading.by, row=made, reason=loading.reason, now=loading.now)


def _rows(viewer: Viewer) -> ScopedQuerySet[FormerMember]:
    return FormerMember.objects.select_related("group", "person__profile").visible_to(viewer)


FORMER: Final = Resource(
    kind="group",
    name="former-members",
    label="Former members",
    description="Who sat in a group once, at a time that is known to the year or the month only, or not at all.",
    queryset=_rows,
    key="",
    jsonld_type="org:Membership",
    fields=(
        Field("group", "Group", "ref", "group.record_id", "The group.", required=True, term="org:organization"),
        Field(
            "person", "Person", "ref", "person.profile.record_id", "Who; empty when not published.", term="org:member"
        ),
        Field("role", "As", "text", "role", "As what they sat, in a few words.", term="org:role"),
        Field("began", "Began", "text", "began", "A year, a month or a day, where it is known.", example="2016-03"),
        Field("ended", "Ended", "text", "ended", "A year, a month or a day, where it is known.", example="2019"),
    ),
    filters=(
        Filter("group", "Group", "group__record_id", "Only of this group.", type="ref"),
        Filter("person", "Person", "person__profile__record_id", "Only of this person.", type="ref"),
    ),
    importer=Importer(
        columns=(
            Column("id", "Id in your list", "What your own list calls the line.", example="F9"),
            Column("group", "Group", "Its name, acronym, reference, or id in your list of groups.", required=True),
            Column("person", "Person", "A name, a reference, or an id in your list of people. Published.",
                   required=True),
            Column("person_email", "E-mail of the person", "Tells people of one name apart. Never published."),
            Column("role", "As", "As what they sat, in a few words.", example="Emeritus lead"),
            Column("began", "Began", "A year, a month or a day; empty when it is not known.", example="2016-03"),
            Column("ended", "Ended", "A year, a month or a day; empty when it is not known.", example="2019"),
        ),
        source_id="id",
        parse=parse,
        apply=apply,
        undo=undo,
        may=may_load,
    ),
)  # fmt: skip

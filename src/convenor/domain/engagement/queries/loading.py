"""The dry run: what a text would do if it were loaded now. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from convenor.core.clock.models import Calendar
from convenor.core.records.rules import Breach, Viewer
from convenor.domain.directory.models import Organisation, OrganisationKind, RoleClass, Segment
from convenor.domain.engagement.living import living
from convenor.domain.engagement.models import EngagementModel, GroupType, ModelVersion
from convenor.domain.engagement.rules import (
    ModelValue,
    OrganisationKindValue,
    Role,
    SegmentValue,
    Vocabulary,
    broken_by,
)
from convenor.domain.engagement.rules.differences import Difference, differences
from convenor.domain.engagement.rules.reading import Parsed, parse
from convenor.domain.engagement.rules.writing import digest
from convenor.domain.engagement.rules.yamltree import Problem


@dataclass(frozen=True)
class Broken:
    """A living group that would break the new rules, and the rules it would break."""

    name: str
    url: str
    breaches: tuple[Breach, ...]


@dataclass(frozen=True)
class Plan:
    """What loading a text would do.

    value: the model, None while there are problems. latest: the version it would follow.
    same: the text says what is in force already; loading it does nothing.
    """

    problems: tuple[Problem, ...]
    value: ModelValue | None = None
    owner: Organisation | None = None
    calendar: Calendar | None = None
    model: EngagementModel | None = None
    latest: ModelVersion | None = None
    digest: str = ""
    same: bool = False
    differences: tuple[Difference, ...] = ()
    broken: tuple[Broken, ...] = ()

    @property
    def number(self) -> int:
        """The number the new version would have."""
        return self.latest.number + 1 if self.latest else 1

    @property
    def earliest(self) -> date | None:
        """The first day the new version may be in force from; None for any day."""
        return self.latest.in_force_from + timedelta(days=1) if self.latest else None


def plan_load(viewer: Viewer, text: str, on: date) -> Plan:
    """Everything that would happen if the text came into force on the day; nothing is written.

    Groups that would break the new rules are told of too; those the viewer may not see are not named.
    """
    parsed = parse(text, known_vocabulary())
    if parsed.value is None:
        return Plan(parsed.problems)
    owner, calendar, problems = _resolved(viewer, parsed)
    if problems:
        return Plan(tuple(problems))
    return _planned(viewer, Plan((), parsed.value, owner, calendar), on)


def _planned(viewer: Viewer, plan: Plan, on: date) -> Plan:
    value = plan.value
    assert value is not None  # noqa: S101 - planned only from a value
    model = EngagementModel.objects.filter(slug=value.slug).select_related("record", "owner").first()
    latest = model.versions.order_by("-number").first() if model else None
    found = digest(value)
    return replace(
        plan,
        model=model,
        latest=latest,
        digest=found,
        same=latest is not None and latest.digest == found,
        differences=tuple(differences(value_of(latest) if latest else None, value)),
        broken=tuple(_broken(viewer, model, value, on)) if model else (),
    )


def value_of(version: ModelVersion) -> ModelValue:
    """The model as this version's own text says it, with today's names for words it shares."""
    return parse(version.yaml, known_vocabulary()).require()


def known_vocabulary() -> Vocabulary:
    """The words of the directory that rules may use."""
    kinds = OrganisationKind.objects.order_by("order", "pk")
    return Vocabulary(
        roles=tuple(Role(row.slug, row.name) for row in RoleClass.objects.order_by("pk")),
        kinds=tuple(OrganisationKindValue(row.slug, row.name, row.name_plural, row.sector) for row in kinds),
        segments=tuple(SegmentValue(row.slug, row.name, row.description) for row in Segment.objects.order_by("pk")),
    )


def _resolved(viewer: Viewer, parsed: Parsed) -> tuple[Organisation | None, Calendar | None, list[Problem]]:
    """The owner and the calendar the text names, or the lines where they cannot be found."""
    value = parsed.require()
    problems = []
    owner = _organisation(viewer, value.owner)
    if owner is None:
        text = _("There is no organisation “%(owner)s” in the directory; add it first.") % {"owner": value.owner}
        problems.append(Problem(parsed.tree.line_of(("owner",)), text))
    calendar = Calendar.objects.filter(slug=value.calendar).first() if value.calendar else None
    if value.calendar and calendar is None:
        text = _("There is no calendar “%(calendar)s”.") % {"calendar": value.calendar}
        problems.append(Problem(parsed.tree.line_of(("calendar",)), text))
    return owner, calendar, problems


def _organisation(viewer: Viewer, name: str) -> Organisation | None:
    """By its code, else by its name where just one bears it."""
    seen = Organisation.objects.visible_to(viewer).select_related("record")
    by_slug = seen.filter(slug=name).first()
    if by_slug:
        return by_slug
    named = list(seen.filter(name__iexact=name).order_by("pk")[:2])
    return named[0] if len(named) == 1 else None


def _broken(viewer: Viewer, model: EngagementModel, value: ModelValue, on: date) -> list[Broken]:
    """Living groups that the new rules would not allow as they are."""
    slugs = dict(GroupType.objects.filter(model=model).values_list("pk", "slug"))
    found = []
    for group in living.groups(viewer, list(slugs), on):
        rules = value.type(slugs[group.type_id])
        breaches = broken_by(rules, group.composition, group.parents) if rules else [_gone()]
        if breaches:
            found.append(Broken(group.name or _("A group that is not shown to you"), group.url, tuple(breaches)))
    return found


def _gone() -> Breach:
    return Breach("engagement.type", _("The model no longer has its type."))

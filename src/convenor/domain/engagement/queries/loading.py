"""The dry run: what a text would do if it were loaded now. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from convenor.core.clock.models import Calendar
from convenor.core.records.rules import Breach, Viewer
from convenor.domain.directory.models import Organisation, OrganisationKind, RoleClass, Segment
from convenor.domain.engagement.living import LivingGroup, living
from convenor.domain.engagement.models import EngagementModel, GroupType, ModelVersion
from convenor.domain.engagement.rules import (
    Composition,
    ModelValue,
    Named,
    OrganisationKindValue,
    Override,
    Role,
    SegmentValue,
    TypeRulesValue,
    Vocabulary,
    overridden,
)
from convenor.domain.engagement.rules.comparing import Changed, changed, newly, newly_short, split
from convenor.domain.engagement.rules.differences import Difference, differences
from convenor.domain.engagement.rules.overriding import is_idle, still, value_problems
from convenor.domain.engagement.rules.reading import Parsed, model_of, names_of, parse
from convenor.domain.engagement.rules.rulebook import gone, known_rule, label_of
from convenor.domain.engagement.rules.schema import known_part
from convenor.domain.engagement.rules.writing import digest
from convenor.domain.engagement.rules.yamltree import Problem, read_tree
from convenor.kit.structs import struct


@struct(slots=False)
class Effect:
    """What loading would do to one living group.

    caps: what is occupied beyond the new caps, which refuses the load. broken: other rules it would newly break, which
    somebody may accept. missing: what would newly be missing. idle: labels of overrides that would change nothing more.
    gone: overrides that bind nobody, because their rule is no longer part of Convenor.
    """

    name: str
    url: str = ""
    ref: str = ""
    type_name: str = ""
    changed: tuple[Changed, ...] = ()
    caps: tuple[Breach, ...] = ()
    broken: tuple[Breach, ...] = ()
    missing: tuple[Breach, ...] = ()
    idle: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """Everything it would break."""
        return self.caps + self.broken


@struct(slots=False)
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
    effects: tuple[Effect, ...] = ()

    @property
    def broken(self) -> tuple[Effect, ...]:
        """The groups that would break a rule they do not break now."""
        return tuple(effect for effect in self.effects if effect.breaches)

    @property
    def over_caps(self) -> tuple[Effect, ...]:
        """The groups in which more is occupied than the new caps allow."""
        return tuple(effect for effect in self.effects if effect.caps)

    @property
    def to_accept(self) -> tuple[Effect, ...]:
        """The groups that would break something else, which somebody may accept with a reason."""
        return tuple(effect for effect in self.effects if effect.broken)

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
    if latest is not None and latest.digest == found:
        return replace(plan, model=model, latest=latest, digest=found, same=True)
    return replace(
        plan,
        model=model,
        latest=latest,
        digest=found,
        differences=tuple(differences(value_of(latest) if latest else None, value)),
        effects=tuple(_effects(viewer, model, latest, value, on))
        if model and latest and latest.digest != found
        else (),
    )


def value_of(version: ModelVersion) -> ModelValue:
    """The model as this version's own text says it, with today's names for words it shares."""
    return _read(version.yaml, known_vocabulary())


@lru_cache(maxsize=32)
def _read(text: str, known: Vocabulary) -> ModelValue:
    """A text that was loaded never changes: it is read once, as long as the words it shares are called the same.

    It fitted the schema of its day; of what a later release dropped it is read without.
    """
    parsed = parse(text, known)
    if parsed.value is not None:
        return parsed.value
    part, gone = known_part(parsed.tree.data)
    return model_of(part, known) if gone else parsed.require()


@lru_cache(maxsize=32)
def gone_from(text: str) -> tuple[str, ...]:
    """What the text of a version states that is no longer part of Convenor, and so binds nobody."""
    return tuple(known_part(read_tree(text).data)[1])


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


def _effects(
    viewer: Viewer, model: EngagementModel, latest: ModelVersion, value: ModelValue, on: date
) -> tuple[Effect, ...]:
    """What the new rules would do to each living group of the model; only those to which they do anything."""
    slugs = dict(GroupType.objects.filter(model=model).values_list("pk", "slug"))
    sides = (_Side(value_of(latest)), _Side(value))
    found = [_effect(group, slugs[group.type_id], *sides, on) for group in living.groups(viewer, list(slugs), on)]
    return tuple(each for each in found if each.changed or each.breaches or each.missing or each.idle or each.gone)


class _Side:
    """One text of the model, with what its codes stand for."""

    def __init__(self, value: ModelValue) -> None:
        self.types = {rules.slug: rules for rules in value.types()}
        called = {
            slug: Named(slug, rules.name, rules.name_plural, rules.only_one) for slug, rules in self.types.items()
        }
        known = known_vocabulary()
        self.names = names_of(called, value.vocabulary, known)
        self.words = {
            part: {each.slug for words in (value.vocabulary, known) for each in getattr(words, part)}
            for part in ("roles", "kinds", "segments")
        }

    def rules(self, slug: str, own: Sequence[Override]) -> TypeRulesValue | None:
        """What a group of the type must be with these overrides."""
        rules = self.types.get(slug)
        return overridden(rules, own, self.names) if rules else None


def _effect(group: LivingGroup, slug: str, before: _Side, after: _Side, on: date) -> Effect:
    own = [each for each in group.overrides if each.first <= on]
    old, new = before.rules(slug, own), after.rules(slug, own)
    shown = Effect(group.name or _("A group that is not shown to you"), group.url, group.ref)
    if new is None:
        return replace(shown, type_name=old.name if old else slug, broken=(_gone(),))
    days = [(on, group.composition), *group.later]
    caps, broken = split([breach for day, seated in days for breach in _on(group, slug, before, after, day, seated)])
    bare = after.types[slug]
    unfit = [each for each in still(group.overrides) if value_problems(bare, each, after.types, after.words)]
    return replace(
        shown,
        type_name=new.name,
        changed=tuple(changed(old, new)) if old else (),
        caps=_once(caps),
        broken=_once([*broken, *(_unfit(bare, each, after) for each in unfit)]),
        missing=tuple(newly_short(old, new, group.composition)),
        idle=tuple(label_of(each.rule) for each in still(own) if each not in unfit and is_idle(bare, each)),
        gone=tuple(gone(each.rule) for each in group.overrides if not known_rule(each.rule)),
    )


def _on(group: LivingGroup, slug: str, before: _Side, after: _Side, day: date, seated: Composition) -> Iterable[Breach]:
    """What would newly be broken on one day, with the overrides that hold then."""
    own = [each for each in group.overrides if each.first <= day and (each.last is None or each.last >= day)]
    old, new = before.rules(slug, own), after.rules(slug, own)
    return newly(old, new, seated, group.parents) if new and old != new else []


def _once(breaches: Iterable[Breach]) -> tuple[Breach, ...]:
    """Each rule once, with the first that was said of it."""
    found: dict[str, Breach] = {}
    for breach in breaches:
        found.setdefault(f"{breach.code} {breach.field}", breach)
    return tuple(found.values())


def _unfit(rules: TypeRulesValue, override: Override, after: _Side) -> Breach:
    label, why = label_of(override.rule), value_problems(rules, override, after.types, after.words)[0].text
    text = _("Its override of “%(rule)s” would not fit: %(why)s") % {"rule": label, "why": why}
    return Breach(f"engagement.override.{override.rule}", text)


def _gone() -> Breach:
    return Breach("engagement.type", _("The model no longer has its type."))


@struct
class EffectRow:
    """One thing that loading would do to one group, as the download and the command line say it."""

    group: str
    ref: str
    type: str
    effect: str
    rule: str
    before: str
    after: str


def effect_rows(plan: Plan) -> list[EffectRow]:
    """Every effect on every living group, a row each."""
    found = []
    for each in plan.effects:
        who = (each.name, each.ref, each.type_name)
        found += [EffectRow(*who, _("reads otherwise"), row.label, row.before, row.after) for row in each.changed]
        for word, breaches in ((_("refused"), each.caps), (_("breaks"), each.broken), (_("is missing"), each.missing)):
            found += [EffectRow(*who, word, breach.code.split(".")[-1], "", breach.text) for breach in breaches]
        found += [EffectRow(*who, _("override changes nothing more"), label, "", "") for label in each.idle]
        found += [EffectRow(*who, _("override binds nobody"), "", "", text) for text in each.gone]
    return found

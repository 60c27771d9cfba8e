"""Loading a model: the YAML becomes a version in force from a day, as typed rows. The only way a model changes."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from convenor.core.journal import commands as journal
from convenor.core.records.commands import create_record, retitle
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.commands.rows import write_version
from convenor.domain.engagement.living import living
from convenor.domain.engagement.models import EngagementModel, GroupType, ModelVersion
from convenor.domain.engagement.permissions import may_load_model
from convenor.domain.engagement.queries.loading import Plan, plan_load
from convenor.domain.engagement.rules import ModelValue
from convenor.kit.structs import struct

KIND: Final = "engagement-model"
PUBLIC: Final = ("name", "owner", "version", "in_force_from", "differences", "reason")
SLUG: Final = re.compile(r"^model: *[\"']?([a-z0-9-]+)", re.MULTILINE)
"""The line that names the model, to hold its groups before the text is read."""


def load_model(
    *, by: Viewer, text: str, now: datetime, in_force_from: date, expected: int | None = None, accept: str = ""
) -> ModelVersion:
    """Load a model from its YAML. The same rules again change nothing and give the version there is.

    A new text becomes a version in force from the day; the version before it ends the day before.
    expected: the number the new version was promised (the officer saw a dry run against it); refused when another
    version came in between. accept: why the rules that living groups would newly break may be broken; without it
    such a text is refused. A cap below what is occupied in a living group is always refused.
    Raises Refused with every problem and its line, or NotAllowed.
    """
    asked = _Asked(text, in_force_from, expected, accept.strip())
    try:
        return _load(by, asked, now)
    except IntegrityError:  # another process loaded this model for the first time, at the same moment
        return _load(by, asked, now)


@struct
class _Asked:
    text: str
    in_force_from: date
    expected: int | None
    accept: str


def _load(by: Viewer, asked: _Asked, now: datetime) -> ModelVersion:
    text, in_force_from = asked.text, asked.in_force_from
    with transaction.atomic():
        _lock(text)
        plan = plan_load(by, text, in_force_from)
        value, owner = _required(plan)
        may_load_model(by, owner, plan.model).require()
        if plan.same and plan.latest is not None:
            return plan.latest
        refuse_if(_overtaken(plan, asked.expected) or _too_early(plan, in_force_from))
        refuse_if(over_caps(plan) or _not_accepted(plan, asked.accept))
        model = _model(plan, value, owner, now)
        _close(plan.latest, in_force_from)
        version = write_version(plan, model, text, in_force_from, now)
        _journal(by, plan, version, now, asked.accept)
        return version


def _lock(text: str) -> None:
    """One load at a time: the rows of all models are locked (few, and seldom written).

    Then the groups of the model, so that nobody takes a seat between the look at its groups and its new rules.
    """
    list(EngagementModel.objects.select_for_update().values_list("pk"))
    found = SLUG.findall(text)
    types = GroupType.objects.filter(model__slug__in=found[:1]).order_by("pk")
    living.hold(list(types.values_list("pk", flat=True)))


def _required(plan: Plan) -> tuple[ModelValue, Organisation]:
    refuse_if(Breach("engagement.yaml", str(problem), "yaml") for problem in plan.problems)
    if plan.value is None or plan.owner is None:
        raise Refused([Breach("engagement.yaml", _("The text says nothing."), "yaml")])
    return plan.value, plan.owner


def _too_early(plan: Plan, day: date) -> list[Breach]:
    if plan.earliest is None or day >= plan.earliest:
        return []
    pattern = _("Version %(number)d is in force from %(day)s; a new version begins on a later day.")
    values = {"number": plan.number - 1, "day": date_format(plan.earliest - timedelta(days=1), "j F Y")}
    return [Breach("engagement.in-force-from", pattern % values, "in_force_from")]


def _overtaken(plan: Plan, expected: int | None) -> list[Breach]:
    if expected in {None, plan.number}:
        return []
    return [Breach("engagement.overtaken", _("Another version was loaded meanwhile; look at the differences again."))]


def over_caps(plan: Plan) -> list[Breach]:
    """Groups in which more is occupied than the new caps allow: each with its rule and its numbers."""
    text = _("%(group)s: %(why)s A cap is not lowered below what is occupied: end seats there first, or make an "
             "exception for this group from that day.")  # fmt: skip
    return [
        Breach("engagement.occupied", text % {"group": effect.name, "why": breach.text}, "yaml")
        for effect in plan.over_caps
        for breach in effect.caps
    ]


def _not_accepted(plan: Plan, accept: str) -> list[Breach]:
    if accept:
        return []
    text = _("%(group)s would break this: %(why)s Say why that may be.")
    return [
        Breach("engagement.to-accept", text % {"group": effect.name, "why": breach.text}, "accept")
        for effect in plan.to_accept
        for breach in effect.broken
    ]


def _model(plan: Plan, value: ModelValue, owner: Organisation, now: datetime) -> EngagementModel:
    """The model's own row: made once, then kept in step with its newest text."""
    model = plan.model
    if model is None:
        record = create_record(kind=KIND, title=value.name, now=now)
        return EngagementModel.objects.create(
            record=record, slug=value.slug, name=value.name, owner=owner, calendar=plan.calendar
        )
    if model.name != value.name:
        retitle(model.record, value.name)
    model.name, model.owner, model.calendar = value.name, owner, plan.calendar
    model.save(update_fields=["name", "owner", "calendar"])
    return model


def _close(latest: ModelVersion | None, in_force_from: date) -> None:
    if latest is not None:
        latest.in_force_to = in_force_from - timedelta(days=1)
        latest.save(update_fields=["in_force_to"])


def _journal(by: Viewer, plan: Plan, version: ModelVersion, now: datetime, accept: str) -> None:
    """What changed, in the sentences that people read."""
    before = plan.latest
    said = "\n".join(f"{each.about}: {each.text}" if each.about else each.text for each in plan.differences)
    model = version.model
    changes: dict[str, journal.Change] = {
        "name": (plan.model and plan.model.name, model.name),
        "owner": (None, model.owner.record.ref),
        "version": (before and before.number, version.number),
        "in_force_from": (before and before.in_force_from, version.in_force_from),
        "differences": (None, said),
    }
    journal.write(
        by=by, verb=f"{KIND}.loaded", record=model.record, now=now, changes=changes, public=PUBLIC, reason=accept
    )

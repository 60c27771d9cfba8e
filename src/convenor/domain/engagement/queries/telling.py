"""The text of a version as somebody may read it: whose the model is stands in it, and not everybody may know."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from django.db.models import Q

from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.models import EngagementModel, ModelVersion
from convenor.domain.engagement.queries.loading import value_of
from convenor.domain.engagement.queries.pages import owner_of
from convenor.domain.engagement.rules import ModelValue
from convenor.domain.engagement.rules.writing import dump

OWNER: Final = re.compile(r"^owner: *([^#'\"\n]*?) *$", re.MULTILINE)
"""The line as nearly everybody writes it; other ways to write it are left to the parser."""


def text_for(viewer: Viewer, model: EngagementModel, version: ModelVersion) -> str:
    """The text as it was loaded; the same rules without their owner where the viewer may not know of it.

    model: loaded `with_owner`.
    """
    if _tells(viewer, model, _owner_in(version)):
        return version.yaml
    return dump(replace(value_of(version), owner=""))


def value_for(viewer: Viewer, model: EngagementModel, version: ModelVersion) -> ModelValue:
    """What the text says, with its owner where the viewer may know of it."""
    value = value_of(version)
    return value if _tells(viewer, model, value.owner) else replace(value, owner="")


def _owner_in(version: ModelVersion) -> str:
    found = OWNER.findall(version.yaml)
    return found[0] if len(found) == 1 and found[0] else value_of(version).owner


def _tells(viewer: Viewer, model: EngagementModel, name: str) -> bool:
    """Whether this name of the owner is nobody's whom the viewer may not know of. No query for the present owner's."""
    if not owner_of(model):
        return False
    if name in {model.owner.slug, model.owner.name}:
        return True
    named = Organisation.objects.filter(Q(slug=name) | Q(name__iexact=name))
    return not named.exclude(pk__in=Organisation.objects.visible_to(viewer).values("pk")).exists()

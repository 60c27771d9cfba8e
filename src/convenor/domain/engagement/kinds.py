"""What the shared parts need to know of engagement models: their kind, and what strangers may read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from convenor.core.records import retention
from convenor.core.records.models import Record
from convenor.core.records.registry import Action, Kind, registry
from convenor.core.records.rules import Viewer
from convenor.domain.engagement.models import EngagementModel, LevelRules, TypeRules
from convenor.domain.engagement.permissions import may_change_model

MODEL: Final = "engagement-model"

PARTS: Final[dict[str, tuple[str, ...]]] = {
    "ModelVersion": ("summary", "source", "yaml", "digest"),
    "Level": ("slug",),
    "LevelRules": ("name", "motto", "purpose", "colour"),
    "GroupType": ("slug",),
    "TypeRules": (
        "name", "name_plural", "purpose", "membership", "examples", "lifespan", "formation", "consults_about",
        "total_counts", "eligible_constituency", "chairing", "quorum_of", "outputs", "publishes", "highest_marking",
        "casual_vacancies",
    ),
    "ConstituencyRules": ("slug", "name", "counts"),
    "NamedPlace": ("title", "organisation_name", "constituency"),
    "ModelDraft": (),
    "DraftSave": (),
}  # fmt: skip
"""Rules are public, all of them: that is what they are for. Drafts are for those who make them."""


def register() -> None:
    """Called from AppConfig.ready()."""
    registry.add_kind(KIND)
    for model, names in PARTS.items():
        registry.add_public_fields(f"engagement.{model}", *names)
    registry.add_actions(MODEL, actions)


def _url(row: EngagementModel) -> str:
    return reverse("engagement:model", args=[row.slug])


def _search_text(row: EngagementModel) -> str:
    """What its newest version says of itself, its levels and its types; not whose it is, which not all may know."""
    version = row.versions.order_by("-number").first()
    if version is None:
        return ""
    levels = LevelRules.objects.filter(version=version).order_by("order").values_list("name", "motto", "purpose")
    types = TypeRules.objects.filter(version=version).order_by("level__order", "order")
    words = [word for line in levels for word in line]
    words += [word for line in types.values_list("name", "purpose", "membership", "examples") for word in line]
    return " ".join([version.summary, *words])


def actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """What an officer may do to a model from its page. Others are not shown what they cannot do."""
    model = EngagementModel.objects.select_related("owner").filter(record=record).first()
    if model and may_change_model(viewer, model):
        yield Action(str(_("Work on the next version")), reverse("engagement:drafts", args=[model.slug]))
        yield Action(str(_("Load a new version")), reverse("engagement:load_version", args=[model.slug]))


KIND: Final = Kind(
    slug=MODEL,
    label=str(_("Engagement model")),
    label_plural=str(_("Engagement models")),
    prefix="MOD",
    model="engagement.EngagementModel",
    url=_url,
    public_fields=frozenset({"slug", "name"}),
    retention=retention.FRAMEWORK,
    list_url="/engagement/",
    search_text=_search_text,
    icon="level",
)

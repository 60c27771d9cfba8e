"""Who may load engagement models. The command, the button and the docs ask the same function."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.models import EngagementModel

OFFICER: Final = ("administrator", "secretariat")


def may_load_model(viewer: Viewer, owner: Organisation, model: EngagementModel | None = None) -> Verdict:
    """An officer of the site, of the model, or of its owner or any body above it.

    A model that changes hands needs an officer over both: of the model (or its present owner), and of the new owner.
    """
    if not _officer(viewer, owner, model if model and model.owner_id == owner.pk else None):
        return no(_("Only officers of %(owner)s can load its engagement model.") % {"owner": owner.name})
    if model and not _officer(viewer, model.owner, model):
        return no(_("Only officers of its owner can load a new version of this model."))
    return YES


def may_change_model(viewer: Viewer, model: EngagementModel) -> Verdict:
    """Whether to offer a new version of this model."""
    return may_load_model(viewer, model.owner, model)


def may_load_some_model(viewer: Viewer) -> Verdict:
    """Whether to offer the form at all: an officer of anything. What they load decides the rest."""
    if viewer.is_system or any(held.duty in OFFICER for held in viewer.duties):
        return YES
    return no(_("Only officers can load engagement models."))


def _officer(viewer: Viewer, owner: Organisation, model: EngagementModel | None) -> bool:
    """Asks the database only for those who hold a duty over something."""
    if viewer.has_duty(*OFFICER, over=[model.record_id] if model else []):
        return True
    if not any(held.duty in OFFICER for held in viewer.duties):
        return False
    return viewer.has_duty(*OFFICER, over=owner.places())

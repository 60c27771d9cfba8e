"""Drafts of next versions, for those who may change the model."""

from __future__ import annotations

from django.db.models import Max, OuterRef, Subquery
from django.http import Http404

from convenor.domain.engagement.models import DraftSave, EngagementModel, ModelDraft


def drafts_of(model: EngagementModel) -> list[ModelDraft]:
    """Every draft of a model with when it was saved last (`saved_at`, `saves_count`): open ones first. One query."""
    last = DraftSave.objects.filter(draft=OuterRef("pk")).order_by("-number")
    rows = ModelDraft.objects.filter(model=model).select_related("became")
    rows = rows.annotate(saved_at=Subquery(last.values("saved_at")[:1]), last_save=Max("saves__number"))
    return sorted(rows, key=lambda draft: (draft.state != ModelDraft.State.OPEN, -draft.number))


def access_draft(model: EngagementModel, number: int) -> ModelDraft:
    """A draft of a model that the viewer may change, or 404."""
    found = ModelDraft.objects.filter(model=model, number=number).select_related("based_on", "became").first()
    if found is None:
        raise Http404
    found.model = model
    return found


def last_save(draft: ModelDraft) -> DraftSave:
    """The text as it stands."""
    return draft.saves.latest("number")


def save_number(draft: ModelDraft, number: int) -> DraftSave | None:
    """An earlier text of the draft."""
    return draft.saves.filter(number=number).first()

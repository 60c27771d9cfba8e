"""What calls hold about a person: told to them, and taken out when the law says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from convenor.core.records.ports import ports
from convenor.core.records.queries import refuse_if_frozen
from convenor.core.records.rules import Viewer
from convenor.domain.expressions.models import (
    Answer,
    Assessor,
    CallInterest,
    Choice,
    Expression,
    Moderation,
    Offer,
    ReturnLink,
)
from convenor.domain.expressions.queries.access import KIND

ERASED = "Erased"


def register() -> None:
    """Open the doors that records.ports names."""
    ports.erasers["expressions"] = erase
    ports.personal_data["expressions"] = held_about


def held_about(_viewer: Viewer, person_id: int) -> dict[str, Any]:
    """What the person sent in, to which call, and which calls they assess."""
    sent = Expression.objects.filter(person=person_id).order_by("pk")
    columns = ("call__title", "name", "email", "reference", "organisation_name", "state", "submitted_at", "standing")
    said = Answer.objects.filter(expression__person=person_id).order_by("pk")
    assessing = Assessor.objects.filter(person=person_id).order_by("pk")
    interests = CallInterest.objects.filter(person=person_id).order_by("pk")
    return {
        "expressions": list(sent.values(*columns)),
        "answers": list(said.values("expression__reference", "criterion__name", "text")),
        "assesses": list(assessing.values("call__title", "starts_on", "ends_on")),
        "interests": list(interests.values("call__title", "note", "made_at")),
    }


def erase(*, by: Viewer, person_id: int, authority: str, now: datetime) -> None:  # noqa: ARG001 - the port's shape
    """Take out what they sent in. What was counted stays a number; who assessed stays with the scores until purged."""
    rows = Expression.objects.filter(person=person_id)
    decided = (Moderation.objects.filter(by=person_id), CallInterest.objects.filter(person=person_id))
    if rows.exists() or any(each.exists() for each in decided):
        refuse_if_frozen(now, KIND)
    for part in (Answer, Choice, ReturnLink):
        part._default_manager.filter(expression__person=person_id).delete()
    Offer.objects.filter(expression__person=person_id, state=Offer.State.WAITING).update(
        state=Offer.State.DECLINED, answered_at=now
    )
    for row in rows:
        row.name, row.email, row.organisation_name, row.organisation = (
            ERASED,
            f"erased-{row.pk}@invalid.example",
            "",
            None,
        )
        row.late_reason, row.ruled_out, row.person = "", "", None
        if row.state != Expression.State.TAKEN_BACK:
            row.state = Expression.State.TAKEN_BACK
        row.save()
    Moderation.objects.filter(by=person_id).update(by=None)
    CallInterest.objects.filter(person=person_id).update(note="")

"""States as the screens of the directory show them."""

from __future__ import annotations

from convenor.domain.directory import rules
from convenor.domain.directory.models import Partnership
from convenor.kit.parts import State

TONES = {rules.EXPLORING: "info", rules.NEGOTIATING: "watch", rules.ACTIVE: "good", rules.ENDED: "neutral"}


def stage_state(stage: str) -> State:
    """A partnership’s stage as a tag."""
    return State(str(Partnership.Stage(stage).label), TONES[stage])

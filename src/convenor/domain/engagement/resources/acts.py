"""What a program may have done to engagement models: load one from its YAML, as the page does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.exchange.resources import Act, Call, Done, Input, Output
from convenor.core.records.rules import Breach, Refused, Verdict, Viewer
from convenor.domain.engagement import permissions
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.models import EngagementModel, ModelVersion
from convenor.domain.engagement.queries.pages import access_model

LONGEST: Final = 60_000
"""What fits a request; a longer text goes by the page."""


def _model(viewer: Viewer, places: Mapping[str, Any]) -> EngagementModel:
    return access_model(viewer, places["key"])


def _may_load(viewer: Viewer, model: EngagementModel | None) -> Verdict:
    return permissions.may_change_model(viewer, model) if model else permissions.may_load_some_model(viewer)


def _load(call: Call) -> Done:
    day = call.get("in_force_from", localdate(call.now))
    made: ModelVersion = load_model(
        by=call.by,
        text=call["yaml"],
        now=call.now,
        in_force_from=day,
        expected=call.get("expected"),
        accept=call.get("accept", ""),
    )
    model: EngagementModel | None = call.row
    if model is not None and made.model_id != model.pk:
        text = _("This is the model “%(other)s”, not “%(model)s”")
        raise Refused([Breach("engagement.another", text % {"other": made.model.slug, "model": model.slug}, "yaml")])
    return Done(made.model.record, {"model": made.model.slug, "version": made.number})


INPUTS: Final = (
    Input("yaml", "The model", "text", "Its YAML, as the page takes it.", required=True, most=LONGEST),
    Input("in_force_from", "In force from", "date", "The first day; today when left out."),
    Input("expected", "Version expected", "integer", "The number it is to have: refused when another came in between.",
          most=9999),
    Input("accept", "Why rules may be broken", "text", "Where living groups would newly break some.", most=1000),
)  # fmt: skip
OUTPUTS: Final = (
    Output("model", "text", "the code of the model."),
    Output("version", "integer", "the number of the version; the one there is, where the rules are the same."),
)
LOAD: Final = Act(
    name="load",
    resource="engagement-models",
    path="engagement/load/",
    label="Load an engagement model",
    description="A model's first text, or its next. Refused with each problem and its line, and where more is occupied "
    "than a new cap allows.",
    row=lambda _viewer, _places: None,
    may=_may_load,
    perform=_load,
    inputs=INPUTS,
    outputs=OUTPUTS,
    makes=True,
)
LOAD_NEXT: Final = Act(
    name="load-version",
    resource="engagement-models",
    path="engagement/<slug:key>/load/",
    label="Load the next version of an engagement model",
    description="The same, of this model only.",
    row=_model,
    may=_may_load,
    perform=_load,
    inputs=INPUTS,
    outputs=OUTPUTS,
    makes=True,
)

ACTS: Final = (LOAD, LOAD_NEXT)

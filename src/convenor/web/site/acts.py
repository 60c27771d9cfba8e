"""What a program may have done to the site itself: disposal freezes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from convenor.core.exchange.resources import Act, Call, Done, Input, Output, add_act
from convenor.core.records import permissions
from convenor.core.records.commands.freezes import lift_freeze, set_freezes
from convenor.core.records.models import Freeze
from convenor.core.records.queries import access_freeze
from convenor.core.records.registry import registry
from convenor.core.records.rules import FreezeFacts, Verdict, Viewer

SITE: Final = "site"


def register() -> None:
    """Called from AppConfig.ready()."""
    for act in (FREEZE, LIFT):
        add_act(act)


def _kinds() -> Mapping[str, str]:
    return {kind.slug: kind.label_plural for kind in registry.kinds.values()}


def _freeze(viewer: Viewer, places: Mapping[str, Any]) -> Freeze:
    return access_freeze(viewer, places["pk"])


def _may_freeze(viewer: Viewer, _row: object) -> Verdict:
    return permissions.may_freeze(viewer)


def _set(call: Call) -> Done:
    facts = FreezeFacts(tuple(call["kinds"]), call["starts_on"], call["reason"], call["authority"])
    made = set_freezes(by=call.by, facts=facts, now=call.now)
    return Done(None, {"freezes": ", ".join(f"{each.kind} {each.pk}" for each in made)})


def _lift(call: Call) -> Done:
    return Done(None, {"freeze": lift_freeze(by=call.by, freeze=call.row, reason=call["reason"], now=call.now).pk})


FREEZE: Final = Act(
    name="freeze",
    resource=SITE,
    path="retention/freeze/",
    label="Set a disposal freeze",
    description="Nothing that belongs to records of these kinds is destroyed from that day until it is lifted.",
    row=lambda _viewer, _places: None,
    may=_may_freeze,
    perform=_set,
    inputs=(
        Input("kinds", "Kinds of record", "texts", "Each kind gets a freeze of its own.", required=True,
              choices=_kinds, example=["group"]),
        Input("starts_on", "From", "date", "Today or later.", required=True),
        Input("authority", "Authority", "text", "The reference of the notice or instruction.", required=True,
              most=120, example="RN 2026/14"),
        Input("reason", "Why", "text", "Kept in the history.", required=True, example="An inquiry has begun."),
    ),
    outputs=(Output("freezes", "text", "each kind with the number of its freeze."),),
    makes=True,
    of_record=False,
)  # fmt: skip
LIFT: Final = Act(
    name="lift-freeze",
    resource=SITE,
    path="retention/<int:pk>/lift/",
    label="Lift a disposal freeze",
    description="What was due to be destroyed meanwhile goes at the next round of each job. That cannot be undone.",
    row=_freeze,
    may=_may_freeze,
    perform=_lift,
    inputs=(Input("reason", "Why", "text", "Kept in the history.", required=True, example="The inquiry is over."),),
    outputs=(Output("freeze", "integer", "the number of the freeze."),),
    of_record=False,
)

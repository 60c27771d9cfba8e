"""What a program may have done to the site itself: disposal freezes, caretaker periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from convenor.core.exchange.resources import Act, Call, Done, Input, Output, add_act
from convenor.core.records import permissions
from convenor.core.records.commands.caretaker import begin_caretaker, end_caretaker
from convenor.core.records.commands.freezes import lift_freeze, set_freezes
from convenor.core.records.models import CaretakerPeriod, Freeze
from convenor.core.records.queries import access_caretaker, access_freeze
from convenor.core.records.registry import registry
from convenor.core.records.rules import CaretakerFacts, FreezeFacts, Verdict, Viewer

SITE: Final = "site"


def register() -> None:
    """Called from AppConfig.ready()."""
    for act in (FREEZE, LIFT, BEGIN, END):
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


def _period(viewer: Viewer, places: Mapping[str, Any]) -> CaretakerPeriod:
    return access_caretaker(viewer, places["pk"])


def _may_set_caretaker(viewer: Viewer, _row: object) -> Verdict:
    return permissions.may_set_caretaker(viewer)


def _begin(call: Call) -> Done:
    facts = CaretakerFacts(call["begins_on"], call.get("ends_on"), call["note"])
    return Done(None, {"period": begin_caretaker(by=call.by, facts=facts, now=call.now).pk})


def _end(call: Call) -> Done:
    made = end_caretaker(by=call.by, period=call.row, reason=call["reason"], now=call.now)
    return Done(None, {"period": made.pk})


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
PERIOD: Final = (Output("period", "integer", "the number of the period."),)
BEGIN: Final = Act(
    name="begin-caretaker",
    resource=SITE,
    path="caretaker/begin/",
    label="Set a caretaker period",
    description="Every page says so while it lasts; calls, results, appointments and new groups wait.",
    row=lambda _viewer, _places: None,
    may=_may_set_caretaker,
    perform=_begin,
    inputs=(
        Input("begins_on", "First day", "date", "Today or later.", required=True),
        Input("ends_on", "Last day", "date", "Where it is known; it ends by itself then."),
        Input("note", "What everybody reads", "text", "A sentence that says why.", required=True,
              example="An election is to be held on 15 May."),
    ),
    outputs=PERIOD,
    makes=True,
    of_record=False,
)  # fmt: skip
END: Final = Act(
    name="end-caretaker",
    resource=SITE,
    path="caretaker/<int:pk>/end/",
    label="End a caretaker period",
    description="At once, or before it has begun.",
    row=_period,
    may=_may_set_caretaker,
    perform=_end,
    inputs=(Input("reason", "Why it ends", "text", "Kept in the history.", required=True, example="It is over."),),
    outputs=PERIOD,
    of_record=False,
)

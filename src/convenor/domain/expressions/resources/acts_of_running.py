"""What a program may have done to a call that its person looks after: assessment, selection, offers, reserve list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from convenor.core.exchange.resources import CANNOT_WAIT, Act, Done, Input, Output
from convenor.core.exchange.resources import Call as Asked
from convenor.core.records.rules import Viewer
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands.assessing import begin_assessment, declare_call_interest
from convenor.domain.expressions.commands.offering import make_offers, offer_next, set_rule_aside
from convenor.domain.expressions.commands.selecting import draw_selection, freeze_selection, set_aside_selection
from convenor.domain.expressions.commands.telling import finish_call
from convenor.domain.expressions.models import Call, Draw
from convenor.domain.expressions.queries.access import access_call
from convenor.domain.expressions.rules import calls

REASON: Final = Input("reason", "Why", "text", "Anybody can read it.", required=True, example="Nobody else is left.")
DAYS: Final = Input("days", "Days to answer", "integer", "Working days to answer the offer; five when left out.",
                    least=1, most=60, example=5)  # fmt: skip
OFFERS: Final = Output("offers", "integer", "How many offers were made just now.")
SELECTION: Final = (
    Output("selection", "integer", "The number of the selection, as in its public address."),
    Output("digest", "text", "The SHA-256 of everything the selection looks at."),
)


def _call_of(viewer: Viewer, places: Mapping[str, Any]) -> Call:
    return access_call(viewer, places["key"])


def _step(command: Callable[..., Call]) -> Callable[[Asked], Done]:
    return lambda asked: Done(command(by=asked.by, call=asked.row, now=asked.now).record)


def _selected(made: Draw) -> Done:
    return Done(made.call.record, {"selection": made.number, "digest": made.digest})


def _freeze(asked: Asked) -> Done:
    return _selected(
        freeze_selection(by=asked.by, call=asked.row, despite=asked.get("despite", False), now=asked.now)
    )  # fmt: skip


def _draw(asked: Asked) -> Done:
    return _selected(draw_selection(by=asked.by, call=asked.row, now=asked.now))


def _set_aside(asked: Asked) -> Done:
    return Done(set_aside_selection(by=asked.by, call=asked.row, reason=asked["reason"], now=asked.now).record)


def _offer(asked: Asked) -> Done:
    """As on the page of offers: to all who were chosen, and from then on to the next of the reserve."""
    days: int = asked.get("days", 5)
    if asked.row.state == calls.OFFERS:
        offer_next(by=asked.by, call=asked.row, days=days, now=asked.now)
        return Done(asked.row.record, {"offers": 1})
    made = make_offers(by=asked.by, call=asked.row, days=days, extra=asked.get("extra", 0), now=asked.now)
    return Done(asked.row.record, {"offers": len(made)})


def _rule_aside(asked: Asked) -> Done:
    made = set_rule_aside(
        by=asked.by, call=asked.row, rule=asked["rule"], reason=asked["reason"], days=asked.get("days", 5),
        now=asked.now,
    )  # fmt: skip
    return Done(asked.row.record, {"offers": int(made is not None)})


def _interest(asked: Asked) -> Done:
    return Done(declare_call_interest(by=asked.by, call=asked.row, note=asked["note"], now=asked.now).call.record)


def _act(name: str, path: str, label: str, description: str, perform: Callable[[Asked], Done], **more: Any) -> Act:
    return Act(
        name=name, resource="calls", path=f"calls/<slug:key>/run/{path}", label=label, description=description,
        row=_call_of, may=permissions.may_edit_call, perform=perform, **more,
    )  # fmt: skip


RUNNING: Final = (
    _act("begin-assessment", "assessment/", "Begin the assessment",
         "The call has closed: what was sent in goes to the assessors.", _step(begin_assessment)),
    _act("freeze-selection", "selection/freeze/", "Freeze the inputs of the selection",
         "Everything the selection looks at is fixed, and its digest written into the public journal.",
         _freeze,
         inputs=(Input("despite", "Despite", "boolean", "You know that some who take part would have no chance."),),
         outputs=SELECTION),
    _act("draw-selection", "selection/draw/", "Draw the lots, or rank",
         "Once, from what was frozen and sealed.", _draw, outputs=SELECTION),
    _act("set-selection-aside", "selection/set-aside/", "Set a selection aside",
         "With a public reason, before any offer; another can be frozen.", _set_aside, inputs=(REASON,)),
    _act("offer", "offers/", "Offer places",
         "To all who were chosen; once those offers are made, a free place to the next of the reserve list.", _offer,
         inputs=(DAYS, Input("extra", "Beyond the places", "integer",
                             "So many more offers than places, on purpose, to the first of the reserve list.",
                             most=500), CANNOT_WAIT),
         outputs=(OFFERS,)),
    _act("set-rule-aside", "offers/rule/", "Set a balance rule aside for the reserve list",
         "Only one that stands in the way of the next offer, which is then made.", _rule_aside,
         inputs=(Input("rule", "Rule", "text", "Its key, as the frozen inputs name the trait, or one-per-organisation.",
                       required=True, most=101, example="size:small"), REASON, DAYS, CANNOT_WAIT),
         outputs=(OFFERS,)),
    _act("declare-interest", "interest/", "Declare an interest in a call",
         "Of somebody who may run it: from then on others run and decide it.", _interest,
         inputs=(Input("note", "What the interest is", "text", "Only the officers who run the call read it.",
                       required=True, example="My sister works for one of the firms."),)),
    _act("finish", "finish/", "Finish the call",
         "Those still in reserve are told, and the result stays.", _step(finish_call)),
)  # fmt: skip

"""What a program may have done with calls: answer an offer that was made to the person whose token it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404
from django.utils.translation import gettext as _

from convenor.core.exchange.resources import Act, Done, Input, Output
from convenor.core.exchange.resources import Call as Asked
from convenor.core.records.rules import Viewer
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands.offering import accept_offer, decline_offer
from convenor.domain.expressions.models import Offer
from convenor.domain.expressions.queries.access import access_call, latest_offer, my_expression
from convenor.domain.expressions.rules import offers

ANSWERS: Final = {offers.ACCEPT: "Take the place", offers.DECLINE: "Say no"}


def _my_offer(viewer: Viewer, places: Mapping[str, Any]) -> Offer:
    """The offer made to the viewer in this call, or 404: whether others were made is not told."""
    mine = my_expression(viewer, access_call(viewer, places["key"]))
    offer = latest_offer(mine) if mine is not None else None
    if offer is None:
        raise Http404(_("You are offered nothing here."))
    return offer


def _answer(asked: Asked) -> Done:
    act = accept_offer if asked["answer"] == offers.ACCEPT else decline_offer
    done = act(by=asked.by, offer=asked.row, now=asked.now)
    return Done(done.call.record, {"state": str(done.state), "said": offers.said(done.state)})


ANSWER: Final = Act(
    name="answer-offer",
    resource="calls",
    path="calls/<slug:key>/mine/answer/",
    label="Answer the offer of a place",
    description="Yours, in this call. Who accepts when every place is taken is told so, and stays on the reserve list.",
    row=_my_offer,
    may=permissions.may_answer_offer,
    inputs=(Input("answer", "Answer", "text", "Whether you take the place.", required=True, choices=ANSWERS),),
    outputs=(
        Output("state", "text", "What became of it: accepted, declined, lapsed, too-late."),
        Output("said", "text", "The same as a sentence."),
    ),
    perform=_answer,
)

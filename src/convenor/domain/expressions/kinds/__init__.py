"""What the shared parts need to know of calls: the kind, what strangers may read, panels, actions, links, erasure."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from convenor.core.accounts import purposes
from convenor.core.records import caretaker, retention
from convenor.core.records.registry import Kind, registry
from convenor.domain.expressions.commands import erasure
from convenor.domain.expressions.kinds import links, panels
from convenor.domain.expressions.models import Call

CALL: Final = "call"
WAIT: Final = ("call.published", "call.offers-made", "call.offer-made")
"""What waits in a caretaker period: a new call; results, which are published with the first offers; any later offer."""


def register() -> None:
    """Called from AppConfig.ready()."""
    registry.add_kind(KIND)
    for verb in WAIT:
        caretaker.hold(verb)
    for model, names in PARTS.items():
        registry.add_public_fields(f"expressions.{model}", *names)
    registry.add_panels("group", panels.group_panels)
    registry.add_actions("group", panels.group_actions)
    registry.add_actions(CALL, panels.call_actions)
    purposes.register(links.ANSWERING)
    erasure.register()


def _url(row: Call) -> str:
    return reverse("expressions:call", args=[row.slug])


def _text(row: Call) -> str:
    return " ".join((row.asked, row.group.name))


KIND: Final = Kind(
    slug=CALL,
    label="Call for expressions of interest",
    label_plural="Calls for expressions of interest",
    prefix="CALL",
    model="expressions.Call",
    url=_url,
    public_fields=frozenset(
        {"slug", "title", "asked", "constituency", "notice", "debrief", "contact", "withdrawn_reason"}
    ),
    retention=retention.SELECTION,
    list_url="/calls/",
    search_text=_text,
    icon="call",
    related=("group",),
    strict=True,
)

PARTS: Final = {
    "CallSeat": (),
    "Criterion": ("name", "text"),
    "Question": ("family", "text"),
    "Option": ("value", "label"),
    "Draw": (
        "inputs", "digest", "distribution", "distribution_digest", "secret", "seal_hash", "seed", "chosen", "reserve",
        "replaced_reason",
    ),
    "RuleAside": ("rule", "label", "reason"),
    # nothing about who applied is ever public
    "Expression": (),
    "ReturnLink": (),
    "Answer": (),
    "Choice": (),
    "Assessor": (),
    "Declaration": (),
    "CallInterest": (),
    "Score": (),
    "Moderation": (),
    "Offer": (),
}  # fmt: skip

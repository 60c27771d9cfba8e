"""What the screens of calls share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.directory.views import base as directory
from convenor.domain.expressions.models import Call
from convenor.domain.expressions.rules import calls
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.structs import struct

T = TypeVar("T")
WRITES = require_http_methods(["GET", "HEAD", "POST"])


def address(call: Call) -> str:
    return reverse("expressions:call", args=[call.slug])


def work_address(call: Call) -> str:
    return reverse("expressions:work", args=[call.slug])


def crumbs(*more: Link) -> list[Link]:
    """The way here from the list of calls."""
    return [Link(_("Calls"), reverse("expressions:calls")), *more]


@struct
class Running(directory.Place):
    """The officers' page of a call: the way there ends with “Run the call”, the head says which."""

    title: str = ""

    def context(self, submit_label: str, **more: Any) -> dict[str, Any]:
        return directory.Place.context(self, submit_label, **{"kicker": self.title, **more})


def place_of(call: Call) -> directory.Place:
    """Where the tasks of a call belong: its page as a draft, the officers' page from then on."""
    if call.state == calls.DRAFT:
        return directory.Place(call.title, address(call), crumbs())
    way = crumbs(Link(call.title, address(call)))
    return Running(_("Run the call"), work_address(call), way, call.title)


def posted(request: Request) -> Any:
    """What was sent, however little; None where the form is only shown."""
    return request.POST if request.method == "POST" else None


def task(request: Request, form: Any, title: str, **context: Any) -> HttpResponse:
    """A task form in the dress of calls."""
    return directory.task(request, form, title, **{"template": "expressions/task.html", **context})


def confirm(
    request: Request,
    call: Call,
    question: directory.Question,
    command: Callable[[], object],
    **context: Any,
) -> HttpResponse:
    """Ask before a step that is hard to undo, then do it; what a rule refuses stands on the same page."""
    refused: tuple[str, ...] = ()
    place = place_of(call)
    if request.method == "POST":
        try:
            command()
        except NotAllowed:
            raise
        except Refused as no:
            refused = tuple(breach.text for breach in no.breaches)
        else:
            return directory.done(request, question.said, question.leads_to or place.url)
    page = {
        "title": question.title,
        "consequences": question.consequences,
        "refused": refused,
        **place.context(question.label, **context),
    }
    return render(request, "expressions/confirm.html", page, status=409 if refused else 200)


def step(request: Request, back: str, said: str, command: Callable[[], object]) -> HttpResponse:
    """One tap: do it and go back; what a rule refuses is said there."""
    try:
        command()
    except NotAllowed:
        raise
    except Refused as refused:
        for breach in refused.breaches:
            messages.error(request, breach.text)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(back)


def run_rows(rows: Any, command: Callable[[Any], T]) -> T | None:
    """As directory.run does for a form: what a rule refuses stands above the rows."""
    if not rows.is_valid():
        return None
    try:
        return command(rows)
    except NotAllowed:
        raise
    except Refused as refused:
        rows.add_breaches(refused.breaches)
        return None


def turns_at(call: Call, now: datetime) -> datetime:
    """When the page of a call changes by the clock alone: when it opens, when it closes, else at midnight."""
    midnight = directory.next_midnight(now)
    ahead = [at for at in (call.opens_at, call.closes_at) if at > now]
    return min([midnight, *ahead])


def private(response: HttpResponse) -> HttpResponse:
    """What is personal is kept by no cache, found by no search engine, and told to no other site."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

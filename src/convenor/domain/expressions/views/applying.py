"""For who applies: begin, write, save, send in, take back, answer an offer, read what came of it.

The same screens at two addresses: signed in under the call, or by the secret address that was mailed. A GET of either
changes nothing.
"""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from convenor.core.accounts.models import Person
from convenor.core.accounts.views.guard import too_many
from convenor.core.records.rules import NotAllowed, Refused, Viewer
from convenor.domain.directory.views import base as directory
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import expressing, offering
from convenor.domain.expressions.forms.expressing import BeginForm, ExpressionForm, initial_of
from convenor.domain.expressions.models import Call, Expression, Offer
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.access import (
    access_call,
    expression_by_token,
    holder_of,
    latest_offer,
    my_expression,
    part_of,
)
from convenor.domain.expressions.queries.debrief import debrief_of
from convenor.domain.expressions.queries.results import took_part
from convenor.domain.expressions.rules import calls, offers, small
from convenor.domain.expressions.views import base
from convenor.domain.expressions.views.files import selection_file
from convenor.domain.expressions.views.words import shown, shown_for_the_check, where_of
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.structs import struct

LIMITS = {"begin": "20/h/ip,5/h/key", "write": "120/h/key", "guess": "40/m/ip"}


@struct
class Own:
    """Somebody at their own expression: as whom they act, and at which address."""

    expression: Expression
    by: Viewer
    url: str
    take_back_url: str
    answer_url: str
    file_url: str


@base.WRITES
def begin(request: Request, slug: str) -> HttpResponseBase:
    """Name and address, and the way on is mailed; signed in, one goes straight on."""
    call, viewer = access_call(request.viewer, slug), request.viewer
    if viewer.signed_in and my_expression(viewer, call) is not None:
        return HttpResponseRedirect(reverse("expressions:mine", args=[slug]))
    if where_of(call, request.now) != calls.OPEN:
        messages.info(request, " ".join(each.text for each in calls.must_be(where_of(call, request.now), calls.OPEN)))
        return HttpResponseRedirect(base.address(call))
    if viewer.signed_in and (no := part_of(viewer, call, request.now)):
        messages.info(request, no[0].text)
        return HttpResponseRedirect(base.address(call))
    form = BeginForm(base.posted(request), viewer=viewer, initial=_known(viewer))
    if request.method == "POST" and _too_often(request, "begin", str(request.POST.get("email", ""))[:254].lower()):
        return too_many(request)
    begun = directory.run(form, lambda good: _begin(request, call, good))
    if begun is not None and viewer.signed_in:
        return HttpResponseRedirect(reverse("expressions:mine", args=[slug]))
    if begun is not None:
        page = {"title": _("Look into your mailbox"), "call": call, "email": form.cleaned_data["email"],
                "crumbs": base.crumbs(Link(call.title, base.address(call)))}  # fmt: skip
        return base.private(render(request, "expressions/begun.html", page))
    context = directory.Place(call.title, base.address(call), base.crumbs()).context(
        _("Go on") if viewer.signed_in else _("Send me my page")
    )
    lede = _("One expression per person. You can save it, come back, and change it until the close.")
    if viewer.signed_in:
        lede = _("You are signed in: you find it again under My work. You can save it, come back, and change it.")
    context |= {"lede": lede, "call": call}
    return base.private(base.task(request, form, _("Express your interest"), **context))


def _begin(request: Request, call: Call, form: BeginForm) -> Expression:
    given = form.cleaned_data
    return expressing.begin_expression(
        by=request.viewer, call=call, name=given["name"], email=given.get("email", ""), now=request.now
    )


def _known(viewer: Viewer) -> dict[str, str]:
    if viewer.person_id is None:
        return {}
    person = Person.objects.get(pk=viewer.person_id)
    return {"name": person.name, "email": person.email or ""}


def _signed_in(request: Request, slug: str) -> Own:
    call = access_call(request.viewer, slug)
    permissions.may_work_signed_in(request.viewer).require()
    found = my_expression(request.viewer, call)
    if found is None:
        raise Http404
    names = ("mine", "mine-take-back", "mine-answer", "mine-file")
    return Own(found, request.viewer, *(reverse(f"expressions:{name}", args=[slug]) for name in names))


def _by_token(request: Request, token: str) -> Own:
    try:
        found = expression_by_token(token)
    except Http404:
        ratelimit.consume(request, app="convenor.expressions", action="guess", config=LIMITS, key="", limit_get=True)
        raise
    names = ("by-link", "by-link-take-back", "by-link-answer", "by-link-file")
    addresses = (reverse(f"expressions:{name}", args=[token]) for name in names)
    return Own(found, holder_of(found, request.viewer), *addresses)


@base.WRITES
def mine(request: Request, slug: str) -> HttpResponseBase:
    """One's own expression, signed in."""
    return _own(request, _signed_in(request, slug))


@base.WRITES
def by_link(request: Request, token: str) -> HttpResponseBase:
    """One's own expression, by the secret address."""
    return _own(request, _by_token(request, token))


def _own(request: Request, own: Own) -> HttpResponseBase:
    expression, now = own.expression, request.now
    where = where_of(expression.call, now)
    closed = calls.may_send(where, expression.late_until, expression.call.closes_at, expression.call.zone, now)
    apart = [] if closed else part_of(own.by, expression.call, now, expression)
    refused = [each.text for each in (*closed, *apart)]
    if refused and request.method == "POST":
        return base.private(_told(request, own, refused, status=409))
    reads = request.method != "POST" and "form" not in request.GET and expression.state != Expression.State.DRAFT
    if refused or reads:
        return base.private(_told(request, own, [each.text for each in apart]))
    return _write(request, own)


def _write(request: Request, own: Own) -> HttpResponseBase:
    expression = own.expression
    call = expression.call
    questions = facts.questions_of(call)
    form = ExpressionForm(
        base.posted(request),
        viewer=request.viewer,
        criteria=facts.criteria_of(call),
        questions=questions,
        expression=expression,
        sends=request.POST.get("act") != "save",
        initial=initial_of(expression),
    )
    if request.method == "POST" and _too_often(request, "write", str(expression.pk)):
        return too_many(request)
    sends = request.POST.get("act") != "save"
    if directory.run(form, lambda good: _keep(request, own, good, sends=sends)):
        said = _("Your expression is in. A receipt is on its way to you.") if sends else _("Saved. Come back any time.")
        messages.success(request, said)
        return HttpResponseRedirect(own.url if sends else f"{own.url}?form=1")
    context = {
        "call": call,
        "line": shown(call, request.now),
        "checked": shown_for_the_check(small.told_apart(facts.question_facts(questions))),
        "expression": expression,
        "crumbs": base.crumbs(Link(call.title, base.address(call)), Link(_("My expression"), "")),
        "cancel_url": own.url if expression.state != Expression.State.DRAFT else "",
        "take_back_url": own.take_back_url,
    }
    page = base.task(
        request, form, _("Express your interest"), template="expressions/express.html", kicker=call.title, **context
    )
    return base.private(page)


def _keep(request: Request, own: Own, form: ExpressionForm, *, sends: bool) -> Expression:
    keep = expressing.submit_expression if sends else expressing.save_expression
    return keep(by=own.by, expression=own.expression, content=form.content(), now=request.now)


def _told(request: Request, own: Own, said: list[str] | None = None, status: int = 200) -> HttpResponse:
    """Where it stands: what was sent, an offer to answer, and afterwards how it was decided."""
    expression, now = own.expression, request.now
    call = expression.call
    offer, draw = latest_offer(expression), facts.current_draw(call)
    where = where_of(call, now)
    open_to_change = not said and not calls.may_send(where, expression.late_until, call.closes_at, call.zone, now)
    waiting = offer is not None and offer.state == offers.WAITING and not offers.over(offer.state, offer.due_at, now)
    context: dict[str, Any] = {
        "title": _("My expression of interest"),
        "call": call,
        "line": shown(call, now),
        "expression": expression,
        "answers": list(expression.answers.select_related("criterion").order_by("criterion__order")),
        "choices": list(expression.choices.select_related("question", "option").order_by("question__order")),
        "offer": offer,
        "waiting": waiting,
        "offer_said": _offer_said(offer, waiting=waiting),
        "own": own,
        "form_url": f"{own.url}?form=1" if open_to_change else "",
        "may_take_back": expression.state == Expression.State.SUBMITTED
        and not (offer is not None and offer.state == offers.ACCEPTED),
        "debrief": debrief_of(expression) if expression.state == Expression.State.SUBMITTED else None,
        "draw": draw,
        "has_file": draw is not None and draw.drawn_at is not None and took_part(draw, expression.reference),
        "term": facts.term_words(call),
        "said": said or [],
        "crumbs": base.crumbs(Link(call.title, base.address(call)), Link(_("My expression"), "")),
    }
    return render(request, "expressions/mine.html", context, status=status)


def _offer_said(offer: Offer | None, *, waiting: bool) -> str:
    if offer is None or waiting:
        return ""
    return offers.said(offers.LAPSED if offer.state == offers.WAITING else offer.state)


@base.WRITES
def take_back(request: Request, slug: str) -> HttpResponseBase:
    """Take one's expression back, signed in."""
    return _take_back(request, _signed_in(request, slug))


@base.WRITES
def take_back_by_link(request: Request, token: str) -> HttpResponseBase:
    """Take one's expression back, by the secret address."""
    return _take_back(request, _by_token(request, token))


def _take_back(request: Request, own: Own) -> HttpResponseBase:
    expression = own.expression
    if request.method == "POST":
        return base.private(
            base.step(
                request,
                own.url,
                _("Your expression is taken back. It takes part in nothing any more."),
                lambda: expressing.take_back_expression(by=own.by, expression=expression, now=request.now),
            )
        )
    consequences = [
        _("It takes part in nothing any more, and an open offer ends."),
        _("What you wrote is erased with the rest on the promised day."),
        _("As long as the call is open you may send it in again."),
    ]
    page = {
        "title": _("Take back your expression"),
        "consequences": consequences,
        "submit_label": _("Take it back"),
        "submit_style": "warning",
        "cancel_url": own.url,
        "kicker": expression.call.title,
    }
    return base.private(render(request, "expressions/confirm.html", page))


@require_safe
def mine_file(request: Request, slug: str) -> HttpResponse:
    """The whole file of the selection, for who took part in it, signed in."""
    return _file(_signed_in(request, slug))


@require_safe
def by_link_file(request: Request, token: str) -> HttpResponse:
    """The whole file of the selection, for who took part in it, by the secret address."""
    return _file(_by_token(request, token))


def _file(own: Own) -> HttpResponse:
    draw = facts.current_draw(own.expression.call)
    if draw is None or draw.drawn_at is None or not took_part(draw, own.expression.reference):
        raise Http404
    return base.private(selection_file(own.expression.call, draw, whole=True))


@require_POST
def answer(request: Request, slug: str) -> HttpResponseBase:
    """Accept or decline an offer, signed in."""
    return _answer(request, _signed_in(request, slug))


@require_POST
def answer_by_link(request: Request, token: str) -> HttpResponseBase:
    """Accept or decline an offer, by the secret address."""
    return _answer(request, _by_token(request, token))


def _answer(request: Request, own: Own) -> HttpResponseBase:
    offer = latest_offer(own.expression)
    if offer is None:
        raise Http404
    answers = {offers.ACCEPT: offering.accept_offer, offers.DECLINE: offering.decline_offer}
    act = answers.get(request.POST.get("answer", ""))
    if act is None:
        messages.error(request, _("Choose one of the two answers."))
        return base.private(HttpResponseRedirect(own.url))
    try:
        done = act(by=own.by, offer=offer, now=request.now)
    except NotAllowed:
        raise
    except Refused as refused:
        for breach in refused.breaches:
            messages.info(request, breach.text)
    else:
        messages.success(request, offers.said(done.state))
    return base.private(HttpResponseRedirect(own.url))


def _too_often(request: Request, action: str, key: str) -> bool:
    return not ratelimit.consume(request, app="convenor.expressions", action=action, config=LIMITS, key=key)

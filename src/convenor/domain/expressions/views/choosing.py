"""For the officer: the selection, explained, frozen, drawn; then offers and answers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from convenor.domain.directory.views import base as directory
from convenor.domain.directory.views.base import Question
from convenor.domain.expressions.commands import offering, selecting, telling
from convenor.domain.expressions.forms.assessing import FreezeForm, RuleAsideForm, SetAsideForm
from convenor.domain.expressions.forms.calls import DaysForm
from convenor.domain.expressions.models import Call, Draw, Expression, Offer
from convenor.domain.expressions.queries import facts, reserve
from convenor.domain.expressions.queries.access import access_edited
from convenor.domain.expressions.queries.results import percent, published
from convenor.domain.expressions.queries.tasks import who
from convenor.domain.expressions.rules import calls, offers, selection, small
from convenor.domain.expressions.views import base
from convenor.domain.expressions.views.files import selection_file
from convenor.kit.http import Request
from convenor.kit.parts import Link, Stage, State
from convenor.kit.tables import Column, Table


def _crumbs(call: Call, label: str) -> list[Link]:
    return base.crumbs(
        Link(call.title, base.address(call)), Link(_("Run the call"), base.work_address(call)), Link(label, "")
    )


@base.WRITES
def select(request: Request, slug: str) -> HttpResponse:
    """Three steps, in words: look whether the rules can hold, freeze, draw."""
    call = access_edited(request.viewer, slug)
    draw = facts.current_draw(call)
    assessing = call.state == calls.ASSESSING
    panel = facts.panel_of(call)
    entrants = facts.entrants_of(call) if assessing and draw is None else []
    looks = assessing and draw is None
    foreseen = selection.foresee(panel, entrants, call.method) if looks else selection.Foresight(())
    prospects = _prospects(call, foreseen.prospects)
    never = sum(len(each["references"]) for each in prospects if each["never"])
    context: dict[str, Any] = {
        "title": _("Selection"),
        "call": call,
        "draw": draw,
        "told": published(draw, whole=True) if draw else None,
        "entrants": entrants,
        "blocked": foreseen.blocked,
        "prospects": prospects,
        "freeze_form": FreezeForm(viewer=request.viewer, never=never),
        "small": small.small_kinds(selection.slimmed(panel, entrants, call.method)),
        "even": percent(Fraction(panel.seats, len(entrants))) if entrants else "",
        "panel": panel,
        "stages": _stages(draw),
        "older": list(Draw.objects.filter(call=call).exclude(replaced_at=None).order_by("number")),
        "assessing": assessing,
        "is_lottery": call.method == calls.LOTTERY,
        "crumbs": _crumbs(call, _("Selection")),
    }
    return base.private(render(request, "expressions/selection.html", context))


def _prospects(call: Call, found: Sequence[selection.Prospect]) -> list[dict[str, Any]]:
    """Who would hardly be drawn, by kind: what they have in common, how many, their chance, the rule behind it."""
    labels = facts.labels_of(call) if found else {}
    return [
        {
            "kind": " · ".join(sorted(labels.get(trait, trait) for trait in each.traits)) or _("None of the traits"),
            "references": each.references,
            "never": each.never,
            "chance": percent(Fraction(each.chance)),
            "cause": each.cause,
        }
        for each in found
    ]


def _stages(draw: Draw | None) -> list[Stage]:
    drawn = draw is not None and draw.drawn_at is not None
    return [
        Stage(_("Look"), "done" if draw else "current"),
        Stage(_("Freeze"), "done" if draw else "next", draw.frozen_at if draw else None),
        Stage(_("Draw"), "done" if drawn else "current" if draw else "next", draw.drawn_at if draw else None),
    ]


@require_POST
def freeze(request: Request, slug: str) -> HttpResponse:
    """Fix the inputs."""
    call = access_edited(request.viewer, slug)
    return base.step(
        request,
        reverse("expressions:selection", args=[slug]),
        _("The inputs are frozen, and their digest stands in the public journal."),
        lambda: selecting.freeze_selection(
            by=request.viewer, call=call, despite=bool(request.POST.get("despite")), now=request.now
        ),
    )


@require_POST
def draw(request: Request, slug: str) -> HttpResponse:
    """Draw, once."""
    call = access_edited(request.viewer, slug)
    return base.step(
        request,
        reverse("expressions:selection", args=[slug]),
        _("The selection is made."),
        lambda: selecting.draw_selection(by=request.viewer, call=call, now=request.now),
    )


@require_safe
def whole_file(request: Request, slug: str) -> HttpResponse:
    """Everything the selection in force looks at, for who runs the call."""
    call = access_edited(request.viewer, slug)
    draw = facts.current_draw(call)
    if draw is None:
        raise Http404
    return base.private(selection_file(call, draw, whole=True))


@base.WRITES
def set_aside(request: Request, slug: str) -> HttpResponse:
    """Set a selection aside, with a public reason."""
    call = access_edited(request.viewer, slug)
    back = reverse("expressions:selection", args=[slug])
    form = SetAsideForm(base.posted(request), viewer=request.viewer)
    done = directory.run(
        form,
        lambda good: selecting.set_aside_selection(by=request.viewer, call=call, now=request.now, **good.cleaned_data),
    )
    if done:
        return directory.done(request, _("The selection is set aside. It stays for all to see."), back)
    context = base.place_of(call).context(
        _("Set it aside"),
        consequences=[
            _("Another can be frozen and drawn."),
            _("The first stays on the public page, with your reason beside it."),
        ],
    )
    return base.private(
        base.task(
            request,
            form,
            _("Set the selection aside"),
            template="expressions/confirm.html",
            submit_style="warning",
            **context,
        )
    )


@base.WRITES
def offer_list(request: Request, slug: str) -> HttpResponse:
    """Offers with their answers; one tap for each step. Before the first, how many days there are to answer."""
    call = access_edited(request.viewer, slug)
    first = call.state == calls.SELECTED
    form = DaysForm(base.posted(request), viewer=request.viewer, only_days=not first)
    made = directory.run(form, lambda good: _make(request, call, good, first=first))
    if made:
        return directory.done(request, _("Sent, with a link to answer by."), reverse("expressions:offers", args=[slug]))
    rows = list(
        Offer.objects.filter(call=call).select_related("expression__organisation", "seat").order_by("offered_at", "pk")
    )
    taken = sum(row.state in reserve.HELD for row in rows)
    free = max(0, call.seats - taken)
    accepted = sum(row.state == Offer.State.ACCEPTED for row in rows)
    context = {
        "title": _("Offers and answers"),
        "call": call,
        "form": form if call.state in {calls.SELECTED, calls.OFFERS} else None,
        "first": first,
        "free": free,
        "follower": reserve.follower_of(call) if call.state == calls.OFFERS and free else None,
        "accepted": accepted,
        "table": _table(rows, request),
        "too_early": not rows and call.state not in {calls.SELECTED, calls.OFFERS},
        "rows": rows,
        "actions_of": [_row(each, request) for each in rows],
        "chosen": Expression.objects.filter(call=call, standing="chosen", state="submitted").count(),
        "aside": reserve.rules_aside_of(call),
        "reserve": Expression.objects.filter(call=call, standing="reserve", state="submitted").count(),
        "may_finish": call.state == calls.OFFERS and not any(_open(row, request) for row in rows),
        "crumbs": _crumbs(call, _("Offers")),
    }
    return base.private(render(request, "expressions/offers.html", context))


@base.WRITES
def rule_aside(request: Request, slug: str) -> HttpResponse:
    """Where the balance rules let nobody of the reserve follow: set one aside, with a public reason."""
    call = access_edited(request.viewer, slug)
    back = reverse("expressions:offers", args=[slug])
    blocked = _blocked_reserve(call)
    if not blocked.blocking:
        messages.info(request, _("No rule stands in the way of the next offer."))
        return base.private(HttpResponseRedirect(back))
    form = RuleAsideForm(base.posted(request), viewer=request.viewer, blocking=blocked.blocking)
    offered = directory.run(
        form,
        lambda good: (offering.set_rule_aside(by=request.viewer, call=call, now=request.now, **good.cleaned_data),),
    )
    if offered is not None:
        said = (
            _("The rule is set aside, and the place is offered to the next of the reserve list.")
            if offered[0]
            else _("The rule is set aside. Another still stands in the way.")
        )
        return base.private(directory.done(request, said, back if offered[0] else request.path))
    context = base.place_of(call).context(_("Set it aside, and offer the place"))
    page = base.task(
        request, form, _("Set a balance rule aside"), template="expressions/rule_aside.html", submit_style="warning",
        blocked=blocked.breaches, **{**context, "cancel_url": back},
    )  # fmt: skip
    return base.private(page)


def _blocked_reserve(call: Call) -> selection.Follower:
    if call.state != calls.OFFERS or reserve.places_left(call) < 1:
        return selection.Follower(None)
    return reserve.follower_of(call)


def _make(request: Request, call: Call, form: DaysForm, *, first: bool) -> object:
    given = form.cleaned_data
    if first:
        return offering.make_offers(
            by=request.viewer, call=call, days=given["days"], extra=given["extra"] or 0, now=request.now
        )
    return offering.offer_next(by=request.viewer, call=call, days=given["days"], now=request.now)


def _open(row: Offer, request: Request) -> bool:
    return row.state == Offer.State.WAITING and not offers.over(row.state, row.due_at, request.now)


def _row(row: Offer, request: Request) -> dict[str, Any]:
    return {"offer": row, "who": who(row.expression), "open": _open(row, request), "state": _state(row, request)}


def _state(row: Offer, request: Request) -> State:
    tones = {"accepted": "good", "waiting": "watch", "too-late": "info", "lapsed": "withheld"}
    if row.state == Offer.State.WAITING and not _open(row, request):
        return State(Offer.State.LAPSED.label, "withheld")
    return State(row.get_state_display(), tones.get(row.state, "neutral"))


def _table(rows: list[Offer], request: Request) -> Table[Offer]:
    columns = [
        Column[Offer]("who", _("To"), lambda row: who(row.expression), priority=1),
        Column[Offer]("state", _("Answer"), lambda row: _state(row, request)),
        Column[Offer]("due", _("Answer by"), "due_at"),
        Column[Offer]("seat", _("Seat"), lambda row: row.seat.title if row.seat else None),
    ]
    return Table(columns, rows, _("Offers"), caption_hidden=True)


def _offer(call: Call, key: int) -> Offer:
    found = Offer.objects.filter(call=call, pk=key).select_related("call", "expression").first()
    if found is None:
        raise Http404
    return found


@require_POST
def remind(request: Request, slug: str, key: int) -> HttpResponse:
    """Send the link again."""
    call = access_edited(request.viewer, slug)
    found = _offer(call, key)
    return base.step(
        request,
        reverse("expressions:offers", args=[slug]),
        _("The link was sent again."),
        lambda: offering.remind_of_offer(by=request.viewer, offer=found, now=request.now),
    )


@require_POST
def take_back(request: Request, slug: str, key: int) -> HttpResponse:
    """Take an offer back."""
    call = access_edited(request.viewer, slug)
    found = _offer(call, key)
    return base.step(
        request,
        reverse("expressions:offers", args=[slug]),
        _("The offer is taken back."),
        lambda: offering.take_back_offer(by=request.viewer, offer=found, now=request.now),
    )


@base.WRITES
def finish(request: Request, slug: str) -> HttpResponse:
    """End the call: those in reserve are told."""
    call = access_edited(request.viewer, slug)
    consequences = [
        _("Everybody still on the reserve list is told that it has ended."),
        _("The result stays on the public page; what people sent in is erased on the promised day."),
    ]
    question = Question(
        _("Finish the call"), _("Finish the call"), consequences, _("The call is finished."), base.address(call)
    )
    return base.private(
        base.confirm(
            request, call, question, lambda: telling.finish_call(by=request.viewer, call=call, now=request.now)
        )
    )

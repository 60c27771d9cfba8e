"""Following a record, what one follows, and stopping from a mail without signing in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convenor.core.notify import commands, permissions, queries
from convenor.core.notify.models import Subscription
from convenor.core.records.queries import access_record
from convenor.core.records.rules import Viewer
from convenor.kit.http import Request


@require_safe
def following(request: Request) -> HttpResponse:
    """What I follow, each with a button that stops it."""
    permissions.may_follow(request.viewer).require()
    return render(request, "notify/following.html", {"subscriptions": queries.following(request.viewer)})


@require_POST
def follow(request: Request, ref: str) -> HttpResponseRedirect:
    """Follow a record; back to its page."""
    record = access_record(request.viewer, ref)
    commands.follow(by=request.viewer, record=record, now=request.now)
    messages.success(request, _("You follow this now: a mail comes when it moves."))
    return HttpResponseRedirect(commands.record_path(record))


@require_POST
def stop(request: Request, pk: int) -> HttpResponseRedirect:
    """Stop following, from the list."""
    subscription = get_object_or_404(queries.following(request.viewer), pk=pk)
    commands.unfollow(by=request.viewer, subscription=subscription, now=request.now)
    messages.success(request, _("You no longer follow this."))
    return redirect("notify:following")


@csrf_exempt  # the signed token is what counts; mail programs post here on one click (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """Stop from a mail, without signing in. A GET only asks: mail scanners follow links."""
    subscription = commands.subscription_of(token)
    if subscription is None:
        return render(request, "notify/unsubscribe.html", {"ended": True})
    if request.method == "POST":
        _end(request, subscription)
        return render(request, "notify/unsubscribe.html", {"ended": True})
    return render(request, "notify/unsubscribe.html", {"subscription": subscription})


def _end(request: Request, subscription: Subscription) -> None:
    follower = Viewer(now=request.now, person_id=subscription.person_id)
    commands.unfollow(by=follower, subscription=subscription, now=request.now)

"""The page of a signed link. A GET only says what the button will do: mail scanners follow links."""

from __future__ import annotations

from collections.abc import Sequence

from allauth.core.internal import ratelimit
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convenor.core.accounts import commands, rules
from convenor.core.accounts.models import SignedLink
from convenor.core.accounts.purposes import Outcome, purposes
from convenor.core.accounts.queries import link_breaches, link_by_token
from convenor.core.accounts.views.guard import too_many
from convenor.core.records.rules import Breach, Refused
from convenor.kit.http import Request

LIMITS = {"use": "20/m/ip", "guess": "20/m/ip", "renew": "5/h/key,20/h/ip"}
GONE = 410


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: Request, token: str) -> HttpResponseBase:
    """Say what the link does (GET), or do it (POST)."""
    found = link_by_token(token)
    if found is None:
        return _unknown(request)
    if request.method == "POST":
        return _use(request, found, token)
    breaches = link_breaches(found, request.now)
    return _sealed(_dead(request, found, token, breaches) if breaches else _describe(request, found, token))


@require_POST
def renew(request: Request, token: str) -> HttpResponseBase:
    """Send a new link to the address the expired one went to."""
    found = link_by_token(token)
    if found is None:
        return _unknown(request)
    if _too_often(request, "renew", str(found.pk)):
        return too_many(request)
    try:
        commands.renew_link(token=token, now=request.now)
    except Refused as refused:
        return _sealed(_dead(request, found, token, refused.breaches))
    text = _("It was sent to the address that the old one went to.")
    return _done(request, Outcome(_("A new link is on its way"), text))


def _use(request: Request, found: SignedLink, token: str) -> HttpResponseBase:
    if _too_often(request, "use"):
        return too_many(request)
    form = None if link_breaches(found, request.now) else _form(request, found)
    if form is not None and not form.is_valid():
        return _sealed(_describe(request, found, token, form=form))
    try:
        choice = request.POST.get("choice", "")
        used, outcome = commands.use_link(token=token, choice=choice, now=request.now, form=form)
    except Refused as refused:
        return _sealed(_not_done(request, token, refused, form))
    welcome = purposes[used.purpose].welcome
    return _sealed(welcome(request, used)) if welcome else _done(request, outcome)


def _form(request: Request, found: SignedLink) -> Form | None:
    """What is filled in above the buttons, with what was sent; None where the purpose asks for nothing."""
    make = purposes[found.purpose].form
    return None if make is None else make(found, request.POST if request.method == "POST" else None)


def _not_done(request: Request, token: str, refused: Refused, form: Form | None) -> HttpResponse:
    """Either the link is dead, or its purpose would not: then it still works, and the page says what to mend."""
    found = link_by_token(token)
    if found is None or link_breaches(found, request.now):
        return _dead(request, found, token, refused.breaches)
    return _describe(request, found, token, refused.breaches, form)


def _describe(
    request: Request, found: SignedLink, token: str, breaches: Sequence[Breach] = (), form: Form | None = None
) -> HttpResponse:
    try:
        description = purposes[found.purpose].describe(found)
    except Refused as refused:
        return _dead(request, found, token, refused.breaches)
    page: dict[str, object] = {"title": description.title, "description": description, "link": found}
    page |= {"breaches": breaches, "form": form or (_form(request, found) if request.method != "POST" else None)}
    return render(request, "accounts/link.html", page, status=409 if breaches else 200)


def _done(request: Request, outcome: Outcome) -> HttpResponseBase:
    return _sealed(render(request, "accounts/link_done.html", {"title": outcome.title, "outcome": outcome}))


def _dead(request: Request, found: SignedLink | None, token: str, breaches: Sequence[Breach]) -> HttpResponse:
    expired = found is not None and [breach.code for breach in breaches] == ["link-expired"]
    page = {
        "title": _("This link does not work"),
        "breaches": breaches,
        "link": found,
        "token": token,
        "renewable": found is not None and expired and purposes[found.purpose].renewable,
    }
    return render(request, "accounts/link_dead.html", page, status=GONE)


def _unknown(request: Request) -> HttpResponseBase:
    if _too_often(request, "guess"):
        return too_many(request)
    page = {"title": _("This link does not work"), "breaches": [rules.link_breach("link-unknown")]}
    return _sealed(render(request, "accounts/link_dead.html", page, status=404))


def _too_often(request: Request, action: str, key: str = "") -> bool:
    return not ratelimit.consume(
        request, app="convenor.accounts.links", action=action, config=LIMITS, key=key, limit_get=True
    )


def _sealed(response: HttpResponseBase) -> HttpResponseBase:
    """The address carries the token: keep it out of caches, search engines and Referer headers.

    Not `no-referrer`: browsers then send `Origin: null` with our own form, which the CSRF check must refuse.
    """
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

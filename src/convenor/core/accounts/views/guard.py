"""What stands before a view here: signed in, and for sensitive steps proved again a short while ago."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from convenor.core.accounts.adapters import is_fresh
from convenor.core.accounts.forms import place_breaches
from convenor.core.accounts.models import Person
from convenor.core.records.rules import Breach, NotAllowed, Refused
from convenor.kit.http import Request

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]


def signed_in(view: View[P]) -> View[P]:
    """For somebody signed in; a stranger is sent to sign in and back."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.viewer.signed_in:
            raise NotAllowed([Breach("signed-out", _("Sign in first."))])
        return view(request, *args, **kwargs)

    return cast("View[P]", guarded)


def proved(view: View[P]) -> View[P]:
    """For somebody who proved who they are within the last quarter of an hour; else they do so now and come back."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_fresh(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return signed_in(cast("View[P]", guarded))


def me(request: Request) -> Person:
    """Who is signed in, as a row."""
    return Person.objects.get(pk=request.viewer.person_id)


def too_many(request: Request) -> HttpResponse:
    """The page for what was tried too often."""
    return cast("HttpResponse", ratelimit.handler429(request))


def posted(request: Request) -> QueryDict | None:
    """What a form is bound to: the POST, be it empty, or nothing."""
    return request.POST if request.method == "POST" else None


def answer(
    request: Request,
    form: Form,
    act: Callable[[dict[str, Any]], object],
    *,
    back: str,
    done: str,
    template: str = "kit/form_page.html",
    **page: Any,
) -> HttpResponse:
    """Every form page here: show it, or run one command and go back; a refusal is shown at its fields."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as refused:
            place_breaches(form, refused)
        else:
            messages.success(request, done)
            return redirect(back)
    return render(request, template, {"form": form, "cancel_url": back, **page})

"""Proving again who one is, with a code by e-mail: for those who have neither password nor second factor."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.accounts import letters
from convenor.core.accounts.forms import CodeEntryForm
from convenor.core.accounts.views.guard import me, signed_in, too_many
from convenor.kit.http import Request

STATE = "accounts_confirm"
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH, MINUTES, TRIES = 8, 10, 5
LIMITS = {"send": "5/10m/user"}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirm(request: Request) -> HttpResponseBase:
    """Send a code, then take it, then go on with what was about to be done."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    if methods[0]["id"] != "code":
        return redirect(methods[0]["url"])
    if request.method == "POST" and request.POST.get("action") == "send":
        return _send(request)
    if request.method == "POST":
        return _take(request)
    return _page(request, CodeEntryForm())


def _send(request: Request) -> HttpResponseBase:
    if not ratelimit.consume(request, app="convenor.accounts", action="send", config=LIMITS, user=request.user):
        return too_many(request)
    code = "".join(secrets.choice(ALPHABET) for _i in range(LENGTH))
    until = request.now + timedelta(minutes=MINUTES)
    request.session[STATE] = {"digest": _digest(request, code), "until": until.isoformat(), "tries": TRIES}
    shown = f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
    letters.send(me(request).email or "", letters.write("code", code=shown, minutes=MINUTES))
    messages.success(request, _("The code is on its way."))
    return _page(request, CodeEntryForm())


def _take(request: Request) -> HttpResponseBase:
    form = CodeEntryForm(request.POST)
    state = _state(request)
    if not form.is_valid():
        return _page(request, form)
    if state is None:
        request.session.pop(STATE, None)
        form.add_error(None, _("There is no code any more. Have a new one sent."))
        return _page(request, form)
    if not hmac.compare_digest(state["digest"], _digest(request, form.cleaned_data["code"])):
        request.session[STATE] = {**state, "tries": state["tries"] - 1}
        form.add_error("code", _("This code is not right. Check the newest e-mail."))
        return _page(request, form)
    del request.session[STATE]
    record_authentication(request, me(request), method="code", reauthenticated=True)
    return resume_request(request) or redirect("accounts:me")


def _state(request: Request) -> dict[str, Any] | None:
    """The code that was sent, while it still works."""
    state: dict[str, Any] | None = request.session.get(STATE)
    if state is None or state["tries"] < 1 or datetime.fromisoformat(state["until"]) <= request.now:
        return None
    return state


def _digest(request: Request, code: str) -> str:
    """Of the code as typed: any case, with or without the hyphen; worth nothing in another session."""
    plain = code.upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"{request.session.session_key}:{plain}".encode()).hexdigest()


def _page(request: Request, form: CodeEntryForm) -> HttpResponse:
    page = {
        "title": _("Show that it is you"),
        "form": form,
        "sent": _state(request) is not None,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "accounts/confirm.html", page)

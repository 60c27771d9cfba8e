"""My account: who I am here, how I sign in, who assists me, what is held about me."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as get_provider_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.accounts import commands, permissions, queries, unsent
from convenor.core.accounts.forms import AddressForm, AssistantForm, PersonNameForm, end_of
from convenor.core.accounts.models import Person
from convenor.core.accounts.views.guard import answer, me, posted, proved, signed_in, too_many
from convenor.core.accounts.views.tables import assistances_table, duties_table, tokens_table
from convenor.kit.http import Request
from convenor.kit.parts import Fact

LIMITS = {"appoint": "20/h/user"}
"""The form finds people by their address: not an oracle for who is known here."""


@require_safe
@signed_in
def page(request: Request) -> HttpResponseBase:
    """My account."""
    person = me(request)
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    password = _("Set") if person.has_usable_password() else _("None: you sign in by code")
    sessions = UserSession.objects.filter(user=person).count()
    facts = [
        _fact(_("Name"), person.name, reverse("accounts:my-name")),
        _fact(_("E-mail address"), person.email, reverse("account_email")),
        _fact(_("Password"), password, _password(person)),
        _fact(_("Second factor"), _second_factor(kinds), reverse("mfa_index")),
        _fact(_("Open sessions"), sessions, reverse("usersessions_list"), _("See them")),
    ]
    context = {
        "title": _("My account"),
        "facts": facts,
        "duties": duties_table(request.viewer, queries.duties_of(person)),
        "assistances": assistances_table(queries.assistances_of(person, request.now)),
        "tokens": tokens_table(queries.tokens_of(person), request.now),
        "providers": get_provider_adapter().list_providers(request),
    }
    return render(request, "accounts/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rename(request: Request) -> HttpResponseBase:
    """Change my name."""
    person = me(request)
    form = PersonNameForm(posted(request), initial={"name": person.name})
    return answer(
        request,
        form,
        lambda data: commands.rename_person(by=request.viewer, person=person, name=data["name"], now=request.now),
        back=reverse("accounts:me"),
        done=_("Your name is changed."),
        title=_("Change your name"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def change_email(request: Request) -> HttpResponseBase:
    """Ask for a link to my new address."""
    person = me(request)
    return answer(
        request,
        AddressForm(posted(request)),
        lambda data: commands.request_email_change(
            by=request.viewer, person=person, email=data["email"], now=request.now
        ),
        back=reverse("accounts:me"),
        done=_("We sent a link to the new address. It changes when you use the link."),
        title=_("Change your e-mail address"),
        lede=_("Your present address is %(email)s.") % {"email": person.email},
        submit_label=_("Send the link"),
    )


@require_safe
@proved
def my_data(request: Request) -> HttpResponseBase:
    """Everything held about me, as a file."""
    held = queries.held_about(request.viewer, me(request))
    response = JsonResponse(held, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="about-me.json"'
    return response


@require_safe
@signed_in
def show_unsent(request: Request) -> HttpResponseBase:
    """What I sent after my session had ended, with a button that sends it now."""
    kept = unsent.kept(request, request.now)
    return render(request, "accounts/unsent.html", {"title": _("What you sent is kept"), "kept": kept})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def appoint(request: Request) -> HttpResponseBase:
    """Appoint my assistant."""
    person = me(request)
    permissions.may_appoint_assistant(request.viewer, person).require()
    if not ratelimit.consume(request, app="convenor.accounts", action="appoint", config=LIMITS, user=request.user):
        return too_many(request)
    return answer(
        request,
        AssistantForm(posted(request)),
        lambda data: commands.appoint_assistant(
            by=request.viewer,
            principal=person,
            assistant=data["assistant"],
            may_answer=data["may_answer"],
            ends_at=end_of(data["ends_on"]),
            now=request.now,
        ),
        back=reverse("accounts:me"),
        done=_("Your assistant is appointed."),
        title=_("Appoint an assistant"),
        lede=_("An assistant reads what you may read. They never hold your duties."),
        submit_label=_("Appoint the assistant"),
    )


def _fact(label: str, value: object, url: str, act: str = "") -> Fact:
    """A line with the way to change it, named for those who hear the link alone."""
    way = format_html(
        '{} · <a href="{}">{}<span class="visually-hidden">: {}</span></a>', value, url, act or _("Change"), label
    )
    return Fact(label, way)


def _password(person: Person) -> str:
    return reverse("account_change_password" if person.has_usable_password() else "account_set_password")


def _second_factor(kinds: set[str]) -> str:
    words = {
        Authenticator.Type.TOTP: _("authenticator app"),
        Authenticator.Type.WEBAUTHN: _("passkey or security key"),
        Authenticator.Type.RECOVERY_CODES: _("recovery codes"),
    }
    return ", ".join(str(word) for kind, word in words.items() if kind in kinds) or _("None yet")

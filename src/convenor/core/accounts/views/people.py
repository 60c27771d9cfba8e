"""The officers' pages of people."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.accounts import commands, permissions, queries
from convenor.core.accounts.forms import (
    AddressForm,
    EraseForm,
    NothingForm,
    PeopleFilter,
    PersonForm,
    PersonNameForm,
    ReasonForm,
)
from convenor.core.accounts.models import Person
from convenor.core.accounts.views import tables
from convenor.core.accounts.views.guard import answer, posted, proved
from convenor.core.records.ports import name_claims, ports
from convenor.core.records.rules import Verdict
from convenor.kit.http import Request
from convenor.kit.paging import page_of, sort_key
from convenor.kit.parts import Action, Fact, Link
from convenor.kit.query import chips_of

SORTS = {"name": ["name"], "email": ["email"], "since": ["created_at"]}


@require_safe
def register(request: Request) -> HttpResponseBase:
    """Everybody the system knows."""
    form = PeopleFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    sort = sort_key(request, SORTS, "name")
    page = page_of(queries.people(request.viewer, **asked).order_by(*sort.order_by), request)
    sentence = ngettext("%(n)d person", "%(n)d people", page.total) % {"n": page.total}
    context = {
        "title": _("People"),
        "form": form,
        "page": page,
        "table": tables.people_table(page.rows, request, str(sort)),
        "sentence": sentence,
        "chips": chips_of(form, request),
        "crumbs": [Link(_("People"), "")],
    }
    return render(request, "accounts/people.html", context)


@require_safe
def person(request: Request, pk: int) -> HttpResponseBase:
    """One person: how they stand, their duties, and what was done."""
    found = queries.access_person(request.viewer, pk)
    viewer = request.viewer
    context = {
        "title": found.name,
        "person": found,
        "state": tables.person_state(found),
        "facts": _facts(found),
        "actions": _actions(request, found),
        "duties": tables.duties_table(viewer, queries.duties_of(found), manage=True),
        "assistances": tables.assistances_table(queries.assistances_of(found, request.now)),
        "exceptions": tables.access_table(viewer, queries.access_rows_of(found)),
        "links": tables.links_table(queries.open_links_of(found, request.now)),
        "history": ports.person_history(viewer, found.pk),
        "crumbs": [Link(_("People"), reverse("accounts:people")), Link(found.name, "")],
    }
    return render(request, "accounts/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponseBase:
    """Add a person, and invite them in the same step where asked."""
    permissions.may_add_person(request.viewer).require()
    manages = bool(permissions.may_manage_people(request.viewer))
    return answer(
        request,
        PersonForm(posted(request), may_invite=bool(permissions.may_invite(request.viewer))),
        lambda data: commands.create_person(by=request.viewer, now=request.now, **data),
        back=reverse("accounts:people" if manages else "accounts:me"),
        done=_("The person is added."),
        title=_("Add a person"),
        submit_label=_("Add the person"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: Request, pk: int) -> HttpResponseBase:
    """Change a person's name."""
    found = queries.access_person(request.viewer, pk)
    return answer(
        request,
        PersonNameForm(posted(request), initial={"name": found.name}),
        lambda data: commands.rename_person(by=request.viewer, person=found, name=data["name"], now=request.now),
        **_about(found, _("Change the name of %(name)s"), _("The name is changed.")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def change_email(request: Request, pk: int) -> HttpResponseBase:
    """Change where a person is reached; who signs in must confirm the new address first."""
    found = queries.access_person(request.viewer, pk)
    permissions.may_change_email(request.viewer, found).require()
    change = commands.request_email_change if found.may_sign_in else commands.change_email
    sent = _("A link was sent to the new address. It changes when the link is used.")
    return answer(
        request,
        AddressForm(posted(request)),
        lambda data: change(by=request.viewer, person=found, email=data["email"], now=request.now),
        **_about(
            found,
            _("Change the e-mail address of %(name)s"),
            sent if found.may_sign_in else _("The address is changed."),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request, pk: int) -> HttpResponseBase:
    """Send an invitation to sign in."""
    found = queries.access_person(request.viewer, pk)
    permissions.may_invite(request.viewer).require()
    return answer(
        request,
        NothingForm(posted(request)),
        lambda _data: commands.invite_to_sign_in(by=request.viewer, person=found, now=request.now),
        template="kit/confirm_page.html",
        consequences=[
            _("A link goes to %(email)s. It works once and for fourteen days.") % {"email": found.email or "–"},
            _("An earlier invitation stops working."),
            _("Signing in gives no duty: give those on the person's page."),
        ],
        submit_label=_("Send the invitation"),
        **_about(found, _("Invite %(name)s to sign in"), _("The invitation is sent.")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def deactivate(request: Request, pk: int) -> HttpResponseBase:
    """Shut a person out."""
    found = queries.access_person(request.viewer, pk)
    permissions.may_administer(request.viewer).require()
    return answer(
        request,
        ReasonForm(posted(request)),
        lambda data: commands.deactivate_person(
            by=request.viewer, person=found, reason=data["reason"], now=request.now
        ),
        template="kit/confirm_page.html",
        consequences=[
            _("Every session of theirs ends at once, and every link they were sent stops working."),
            _("Their duties, seats and history stay as they are; while inactive they can use none of it."),
        ],
        submit_label=_("Deactivate"),
        submit_style="warning",
        **_about(found, _("Deactivate %(name)s"), _("The person is inactive.")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def reactivate(request: Request, pk: int) -> HttpResponseBase:
    """Let a person in again."""
    found = queries.access_person(request.viewer, pk)
    permissions.may_administer(request.viewer).require()
    return answer(
        request,
        ReasonForm(posted(request)),
        lambda data: commands.reactivate_person(
            by=request.viewer, person=found, reason=data["reason"], now=request.now
        ),
        submit_label=_("Reactivate"),
        **_about(found, _("Reactivate %(name)s"), _("The person is active again.")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def erase(request: Request, pk: int) -> HttpResponseBase:
    """Take a person's data out."""
    found = queries.access_person(request.viewer, pk)
    permissions.may_administer(request.viewer).require()
    claims = name_claims(found.pk)
    return answer(
        request,
        EraseForm(posted(request)),
        lambda data: commands.erase_person(
            by=request.viewer, person=found, authority=data["authority"], now=request.now
        ),
        template="kit/confirm_page.html",
        consequences=[
            _("Address, sign-in, sessions and the personal values in the history are erased. Duties and access end."),
            *(
                [_("The name stays, since the public record needs it:"), *claims]
                if claims
                else [_("The name is replaced by “Erased person”.")]
            ),
        ],
        submit_label=_("Erase this person's data"),
        submit_style="warning",
        **_about(found, _("Erase the data of %(name)s"), _("The person's data is erased.")),
    )


def _about(found: Person, title: str, done: str) -> dict[str, str]:
    return {"title": title % {"name": found.name}, "done": done, "back": tables.person_url(found)}


def _facts(found: Person) -> list[Fact]:
    return [
        Fact(_("E-mail address"), found.email),
        Fact(_("Known since"), found.created_at),
        Fact(_("Last signed in"), found.last_login),
        *([Fact(_("Made up"), _("For a demonstration"))] if found.is_fictitious else []),
        *([Fact(_("Data erased"), found.erased_at)] if found.erased_at else []),
    ]


def _actions(request: Request, found: Person) -> list[Action]:
    viewer, pk = request.viewer, found.pk
    if found.erased_at is not None:
        return []
    switch = ("deactivate", _("Deactivate")) if found.is_active else ("reactivate", _("Reactivate"))
    offered: list[tuple[str, str, Verdict]] = [
        ("rename", _("Change name"), permissions.may_rename(viewer, found)),
        ("change-email", _("Change e-mail address"), permissions.may_change_email(viewer, found)),
        *([] if found.may_sign_in else [("invite", _("Invite to sign in"), permissions.may_invite(viewer))]),
        ("assign-duty", _("Give a duty"), permissions.may_assign_some_duty(viewer)),
        ("appoint-assistant", _("Appoint an assistant"), permissions.may_appoint_assistant(viewer, found)),
        ("grant-access", _("Allow or deny a record"), permissions.may_manage_people(viewer)),
        (*switch, permissions.may_administer(viewer)),
        ("erase", _("Erase data"), permissions.may_administer(viewer)),
    ]
    return [
        Action(label, reverse(f"accounts:{name}", args=[pk]), "secondary", verdict.reason)
        for name, label, verdict in offered
    ]

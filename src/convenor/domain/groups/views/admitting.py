"""How a group is joined, who asks to, who is invited: for the officers over it and its chairs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.domain.directory.forms.base import TaskForm
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.engagement.rules import TypeRulesValue, said
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import joining as commands
from convenor.domain.groups.forms.joining import AdmissionForm, AnswerForm, InviteForm, RemoveForm
from convenor.domain.groups.models import Asking, Group, JoinInvitation, JoinRequest, PlaceWatch
from convenor.domain.groups.queries.access import access_group, access_term
from convenor.domain.groups.queries.joining import (
    access_invitation,
    access_request,
    door_of,
    invitations_of,
    requests_of,
)
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.http import Request
from convenor.kit.parts import Action, Link, State
from convenor.kit.tables import Column, Table

TONES = {Asking.WAITING: "warm", Asking.ACCEPTED: "good"}
SHOWN = 200


@require_safe
def joining(request: Request, slug: str) -> HttpResponse:
    """How the group is joined, who asks, who is invited, and how many wait for a place."""
    group, rules = _ruled(request, slug)
    permissions.may_answer_requests(request.viewer, group).require()
    may = permissions.may_edit_group(request.viewer, group)
    door = door_of(group, rules, local_day(request.now))
    context = {
        "title": _("Joining %(group)s") % {"group": group.name},
        "group": group,
        "door": door,
        "rule": said(rules, "formation"),
        "may": may,
        "requests": _requests(group, list(requests_of(group)[:SHOWN])),
        "invitations": _invitations(group, list(invitations_of(group)[:SHOWN]), may=bool(may)),
        "watching": PlaceWatch.objects.filter(group=group).count(),
        "crumbs": base.crumbs(Link(group.name, base.address(group)), Link(_("Joining"), "")),
    }
    return render(request, "groups/joining.html", context)


def _ruled(request: Request, slug: str) -> tuple[Group, TypeRulesValue]:
    group = access_group(request.viewer, slug)
    rules = effective_rules(group, local_day(request.now))
    if rules is None:
        raise Http404
    return group, rules


def _requests(group: Group, rows: list[JoinRequest]) -> Table[JoinRequest]:
    columns = [
        Column[JoinRequest]("who", _("Who"), lambda row: row.person.name, priority=1),
        Column[JoinRequest]("from", _("From"), lambda row: row.organisation.name if row.organisation else None),
        Column[JoinRequest]("note", _("Why they would like to join"), lambda row: row.note or None),
        Column[JoinRequest]("asked", _("Asked"), "asked_at"),
        Column[JoinRequest]("state", _("Answer"), lambda row: _state(row.state)),
        Column[JoinRequest]("why", _("Because"), lambda row: row.answer or None, priority=3),
    ]

    def offered(row: JoinRequest) -> list[Action]:
        url = reverse("groups:join-answer", args=[group.slug, row.pk])
        label = _("Answer (%(name)s)") % {"name": row.person.name}
        return [Action(label, url)] if row.state == Asking.WAITING else []

    return Table(columns, rows, _("Who asks to join"), actions=offered, caption_hidden=True)


def _invitations(group: Group, rows: list[JoinInvitation], *, may: bool) -> Table[JoinInvitation]:
    columns = [
        Column[JoinInvitation]("who", _("Who"), lambda row: row.person.name, priority=1),
        Column[JoinInvitation]("invited", _("Invited"), "invited_at"),
        Column[JoinInvitation]("until", _("Answer by"), "expires_at"),
        Column[JoinInvitation]("state", _("Answer"), lambda row: _state(row.state)),
    ]

    def offered(row: JoinInvitation) -> list[Action]:
        url = reverse("groups:invitation-withdraw", args=[group.slug, row.pk])
        label = _("Take back (%(name)s)") % {"name": row.person.name}
        return [Action(label, url)] if row.state == Asking.WAITING else []

    return Table(columns, rows, _("Who is invited"), actions=offered if may else None, caption_hidden=True)


def _state(state: str) -> State:
    return State(str(Asking(state).label), TONES.get(Asking(state), "neutral"))


def _place(group: Group) -> directory.Place:
    here = base.place_of(group)
    url = reverse("groups:joining", args=[group.slug])
    return directory.Place(
        _("Joining %(group)s") % {"group": group.name}, url, [*here.crumbs, Link(group.name, here.url)]
    )


@WRITES
def admission(request: Request, slug: str) -> HttpResponse:
    """Choose how the group is joined."""
    group, rules = _ruled(request, slug)
    permissions.may_edit_group(request.viewer, group).require()
    door = door_of(group, rules, local_day(request.now))
    form = AdmissionForm(base.posted(request), viewer=request.viewer, rules=rules, door=door)
    done = directory.run(
        form,
        lambda good: commands.set_admission(by=request.viewer, group=group, now=request.now, **good.cleaned_data),
    )
    place = _place(group)
    if done:
        return directory.done(request, _("How the group is joined is set from today on."), place.url)
    told = [{"text": said(rules, "formation")}] if said(rules, "formation") else []
    context = place.context(_("Set it"), sentences=told)
    return base.task(request, form, _("How %(group)s is joined") % {"group": group.name}, **context)


@WRITES
def answer(request: Request, slug: str, key: int) -> HttpResponse:
    """Take somebody in who asks, or turn them down."""
    group = access_group(request.viewer, slug)
    permissions.may_answer_requests(request.viewer, group).require()
    asked = access_request(group, key)
    form = AnswerForm(base.posted(request), viewer=request.viewer)

    def act(good: AnswerForm) -> bool:
        given = good.cleaned_data
        approve = given["answer"] == "approve"
        commands.answer_request(
            by=request.viewer, request=asked, approve=approve, reason=given["reason"], now=request.now
        )
        return True

    place = _place(group)
    if directory.run(form, act):
        return directory.done(request, _("%(name)s is told by e-mail.") % {"name": asked.person.name}, place.url)
    told = [each for each in (asked.note, asked.organisation and asked.organisation.name) if each]
    context = place.context(
        _("Send the answer"), lede=" · ".join(told), sentences=_rules(group, local_day(request.now))
    )
    return base.task(request, form, _("%(name)s asks to join") % {"name": asked.person.name}, **context)


def _rules(group: Group, today: date) -> list[dict[str, Any]]:
    rules = effective_rules(group, today)
    keys = ("formation", "size", "constituencies", "eligible_kinds")
    return [{"text": said(rules, key)} for key in keys if rules and said(rules, key)]


@WRITES
def invite(request: Request, slug: str) -> HttpResponse:
    """Invite somebody by e-mail."""
    group, rules = _ruled(request, slug)
    permissions.may_edit_group(request.viewer, group).require()
    door = door_of(group, rules, local_day(request.now))
    form = InviteForm(base.posted(request), viewer=request.viewer, rules=rules, door=door)

    def act(good: InviteForm) -> JoinInvitation:
        given = good.cleaned_data
        return commands.invite(
            by=request.viewer, group=group, person=good.whom(), note=given["note"], side=given.get("side", ""),
            now=request.now,
        )  # fmt: skip

    place = _place(group)
    made = directory.run(form, act)
    if made:
        words = _("An invitation is on its way to %(name)s.") % {"name": made.person.name}
        return directory.done(request, words, place.url)
    context = place.context(_("Send the invitation"), lede=_("They answer by a link in an e-mail and need no account."))
    return base.task(request, form, _("Invite somebody to %(group)s") % {"group": group.name}, **context)


@WRITES
def withdraw_invitation(request: Request, slug: str, key: int) -> HttpResponse:
    """Take back an invitation."""
    group = base.editable(request, slug)
    found = access_invitation(group, key)
    form = TaskForm(base.posted(request), viewer=request.viewer)

    def act(_good: Any) -> bool:
        commands.withdraw_invitation(by=request.viewer, invitation=found, now=request.now)
        return True

    place = _place(group)
    if directory.run(form, act):
        return directory.done(request, _("The invitation is taken back."), place.url)
    consequences = [_("The link that %(name)s was sent stops working.") % {"name": found.person.name}]
    context = place.context(_("Take it back"), consequences=consequences, template="groups/confirm.html")
    return base.task(request, form, _("Take back the invitation of %(name)s") % {"name": found.person.name}, **context)


@WRITES
def remove(request: Request, slug: str, key: int) -> HttpResponse:
    """End the membership of somebody who joined."""
    group = base.editable(request, slug)
    term = access_term(request.viewer, group, key)
    form = RemoveForm(base.posted(request), viewer=request.viewer)

    def act(good: RemoveForm) -> bool:
        reason = good.cleaned_data["reason"]
        commands.remove_member(by=request.viewer, appointment=term, reason=reason, now=request.now)
        return True

    words = {"name": term.person.name}
    if directory.run(form, act):
        return directory.done(request, _("%(name)s is a member no more, and is told.") % words, base.address(group))
    consequences = [_("%(name)s sits there no more from now on; the place is free.") % words]
    context = base.place_of(group).context(
        _("End the membership"), consequences=consequences, template="groups/confirm.html", submit_style="warning"
    )
    return base.task(request, form, _("End the membership of %(name)s") % words, **context)

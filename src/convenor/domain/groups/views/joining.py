"""Joining a group, asking to, answering an invitation, leaving, and being told when a place is free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.records.rules import LIVE
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.engagement.rules import TypeRulesValue, said
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import joining as commands
from convenor.domain.groups.forms.joining import ForWhomForm, JoinForm
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.joining import (
    Door,
    Standing,
    door_of,
    fullness,
    side_for,
    sides_to_choose,
    standings,
)
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.domain.groups.rules import joining
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.http import Request


@WRITES
def join(request: Request, slug: str) -> HttpResponse:
    """Join a group, or ask to, as its way in says; who is invited accepts. Says plainly when it is full."""
    group, rules = _joinable(request, slug)
    today, viewer = local_day(request.now), request.viewer
    door = door_of(group, rules, today)
    people = people_for(request)
    found = standings(group, [each.pk for each in people], today)
    form = JoinForm(base.posted(request), viewer=viewer, people=people, rules=rules, door=door)
    done = directory.run(form, lambda good: _join(request, group, good, door, found))
    if done is not None:
        return directory.done(request, done, base.address(group))
    invited = any(each.invitation for each in found.values())
    shut = [] if invited else [each.text for each in joining.shut(door.way, _wanted(door), group.state)]
    context = base.place_of(group).context(
        _label(door, invited=invited),
        template="groups/join.html",
        group=group,
        shut=[] if all(each.membership for each in found.values()) else shut or _nobody(door, invited=invited),
        full=_full(form, group, rules, door, today),
        here=[(each, found[each.pk]) for each in people if _anything(found[each.pk])],
        alone=all(each.membership for each in found.values()),
        sentences=[{"text": said(rules, key)} for key in ("formation", "size", "term") if said(rules, key)],
        consequences=_consequences(group, door),
    )
    title = _("Ask to join %(group)s") if door.way == joining.REQUEST and not invited else _("Join %(group)s")
    return base.task(request, form, title % {"group": group.name}, **context)


def _join(request: Request, group: Group, form: JoinForm, door: Door, found: Mapping[int, Standing]) -> str:
    """Do it, and say what was done."""
    person, facts, by, now = form.whom(), form.facts(), request.viewer, request.now
    invitation = found[person.pk].invitation
    words = {"group": group.name}
    if invitation is not None:
        commands.answer_invitation(by=by, invitation=invitation, accept=True, facts=facts, now=now)
    elif door.way == joining.REQUEST:
        note = form.cleaned_data.get("note", "")
        commands.ask_to_join(by=by, group=group, person=person, facts=facts, note=note, now=now)
        return _("The request is sent. You get an e-mail when it is answered.")
    else:
        commands.join_group(by=by, group=group, person=person, facts=facts, now=now)
    return _("You are a member of %(group)s.") % words if person.pk == by.person_id else _("They are a member now.")


def _wanted(door: Door) -> str:
    return door.way if door.way in {joining.OPEN, joining.REQUEST} else joining.OPEN


def _nobody(door: Door, *, invited: bool) -> list[str]:
    if door.way == joining.INVITATION and not invited:
        return [_("This group is joined by invitation only.")]
    return []


def _label(door: Door, *, invited: bool) -> str:
    return _("Send the request") if door.way == joining.REQUEST and not invited else _("Join")


def _full(form: JoinForm, group: Group, rules: TypeRulesValue, door: Door, today: date) -> list[str]:
    """That every place is taken, before anything is entered; not where the answer hangs on what is entered."""
    if form.is_bound or sides_to_choose(rules, door):
        return [str(text) for text in form.non_field_errors() if form.is_bound and form.refused_as_full]
    return fullness(group, rules, side_for(rules, door, ""), None, today)


def _anything(standing: Standing) -> bool:
    return bool(standing.membership or standing.request or standing.watches)


def _consequences(group: Group, door: Door) -> list[str]:
    told = [_("You get a seat of your own, and mail that the group's officers and chairs send to its members.")]
    if group.members_see_contacts:
        told.append(_("The other members read your name and e-mail address; the public does not."))
    if door.way == joining.REQUEST:
        told = [_("An officer or a chair of the group answers."), *told]
    return [*told, _("You leave again in one step, whenever you like.")]


def people_for(request: Request) -> list[Person]:
    """Oneself first, then whom one assists, by name. Whoever is signed out is asked to sign in."""
    viewer = request.viewer
    permissions.may_act_for(viewer, viewer.person_id or 0).require()
    rows = Person.objects.filter(pk__in=[viewer.person_id, *viewer.principals], is_active=True)
    return sorted(rows, key=lambda row: (row.pk != viewer.person_id, row.name.casefold(), row.pk))


def _joinable(request: Request, slug: str) -> tuple[Group, TypeRulesValue]:
    """A group of ours with its rules of today; people do not join another body's group here."""
    group = access_group(request.viewer, slug)
    rules = effective_rules(group, local_day(request.now))
    if rules is None or group.record.state != LIVE:
        raise Http404
    return group, rules


# Steps of one button, for oneself or for whom one assists


def _step(
    request: Request,
    slug: str,
    who: Callable[[Standing], Any],
    words: tuple[str, str, str],
    consequences: list[str],
    command: Callable[[Group, Standing], Any],
) -> HttpResponse:
    """One button. `who`: whom of these people it is for (404 when none); `words`: title, button, what is said then."""
    group, _rules = _joinable(request, slug)
    people = people_for(request)
    found = standings(group, [each.pk for each in people], local_day(request.now))
    meant = [each for each in people if who(found[each.pk])]
    if not meant:
        raise Http404
    form = ForWhomForm(base.posted(request), viewer=request.viewer, people=meant)

    def act(good: ForWhomForm) -> bool:
        command(group, found[good.whom().pk])
        return True

    title, label, told = (each % {"group": group.name} for each in words)
    if directory.run(form, act):
        return directory.done(request, told, base.address(group))
    context = base.place_of(group).context(label, consequences=consequences, template="groups/confirm.html")
    return base.task(request, form, title, **context)


@WRITES
def leave(request: Request, slug: str) -> HttpResponse:
    """Leave a group that one joined."""
    by, now = request.viewer, request.now
    words = (_("Leave %(group)s"), _("Leave the group"), _("You have left %(group)s."))
    consequences = [
        _("You sit there no more from now on, and get no more of its mail. Your place is free for somebody else."),
        _("That you sat here stays in the record; your name is public only if you agreed to that."),
    ]

    def act(_group: Group, standing: Standing) -> None:
        if standing.membership is not None:
            commands.leave_group(by=by, appointment=standing.membership, now=now)

    return _step(request, slug, lambda each: each.membership, words, consequences, act)


@WRITES
def withdraw(request: Request, slug: str) -> HttpResponse:
    """Take back one's request."""
    by, now = request.viewer, request.now
    words = (_("Take back the request to join %(group)s"), _("Take it back"), _("The request is taken back."))

    def act(_group: Group, standing: Standing) -> None:
        if standing.request is not None:
            commands.withdraw_request(by=by, request=standing.request, now=now)

    return _step(request, slug, lambda each: each.request, words, [_("It is deleted at once.")], act)


@WRITES
def decline(request: Request, slug: str) -> HttpResponse:
    """Decline an invitation."""
    by, now = request.viewer, request.now
    words = (
        _("Decline the invitation to %(group)s"),
        _("Decline"),
        _("You have declined the invitation to %(group)s."),
    )

    def act(_group: Group, standing: Standing) -> None:
        if standing.invitation is not None:
            commands.answer_invitation(by=by, invitation=standing.invitation, accept=False, now=now)

    return _step(request, slug, lambda each: each.invitation, words, [_("You may be invited again.")], act)


@WRITES
def watch(request: Request, slug: str) -> HttpResponse:
    """Ask to be told when a place is free."""
    by, now = request.viewer, request.now
    words = (
        _("Be told when a place is free in %(group)s"),
        _("Tell me"),
        _("You get an e-mail when a place is free in %(group)s."),
    )
    consequences = [_("You get one e-mail when a place is free. The first to join then takes it.")]

    def act(group: Group, standing: Standing) -> None:
        person = Person.objects.get(pk=standing.person_id)
        commands.watch_places(by=by, group=group, person=person, now=now)

    return _step(request, slug, lambda each: not (each.membership or each.watches), words, consequences, act)


@WRITES
def unwatch(request: Request, slug: str) -> HttpResponse:
    """Be told no more."""
    by, now = request.viewer, request.now
    words = (_("Stop waiting for a place in %(group)s"), _("Stop waiting"), _("You wait no more."))

    def act(group: Group, standing: Standing) -> None:
        person = Person.objects.get(pk=standing.person_id)
        commands.stop_watching(by=by, group=group, person=person, now=now)

    return _step(request, slug, lambda each: each.watches, words, [_("You get no e-mail about it.")], act)


def box(request: Request, group: Group, way: str, full: list[str], today: date) -> dict[str, Any] | None:
    """What the group's page says of joining: how it is joined, and the one step that fits who reads it."""
    viewer = request.viewer
    people = [each for each in (viewer.person_id, *viewer.principals) if each is not None]
    found = standings(group, people, today) if people else {}
    own = found.get(viewer.person_id or 0)
    open_now = group.state in joining.TAKES_PEOPLE
    told: dict[str, Any] = {"way": way if open_now else joining.NOBODY, "full": full, "own": own}
    told["others"] = [each for key, each in found.items() if key != viewer.person_id and _anything(each)]
    told["join_url"] = reverse("groups:join", args=[group.slug])
    return (
        told
        if told["way"] != joining.NOBODY or any(_anything(each) or each.invitation for each in found.values())
        else None
    )

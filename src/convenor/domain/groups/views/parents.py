"""Which groups a group stands under: the list, another one, its approval, its end."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.directory.views.base import Question
from convenor.domain.engagement.rules import said
from convenor.domain.groups.commands.parents import (
    correct_parent,
    end_parent,
    record_approval,
    set_parent,
    strike_parent,
)
from convenor.domain.groups.forms.groups import ApprovalForm, ParentForm
from convenor.domain.groups.forms.life import CorrectParentForm
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.access import access_parent
from convenor.domain.groups.queries.around import Near, around
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.domain.groups.rules.states import PROPOSED
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.http import Request
from convenor.kit.parts import Action, Link
from convenor.kit.tables import Column, Table


@WRITES
def parents(request: Request, slug: str) -> HttpResponse:
    """The parents of a group, and the form for another one."""
    viewer, today = request.viewer, local_day(request.now)
    group = base.editable(request, slug)
    rules = effective_rules(group, today)
    needs = bool(rules and rules.parent_approval) and group.state != PROPOSED  # a proposed one asks for it next
    form = ParentForm(base.posted(request), viewer=viewer, today=today, needs_approval=needs)
    made = directory.run(
        form,
        lambda good: set_parent(
            by=viewer, group=group, link=good.link(), starts_on=good.cleaned_data["starts_on"], now=request.now
        ),
    )
    if made:
        words = _("%(group)s stands under %(parent)s.") % {"group": group.name, "parent": made.parent.name}
        return directory.done(request, words, reverse("groups:parents", args=[group.slug]))
    context = base.place_of(group).context(_("Add the parent"), template="groups/parents.html")
    near = around(viewer, group, {}, today)
    context |= {"table": _table(group, (*near.parents, *near.former_parents)), "sentences": _sentences(rules)}
    return base.task(request, form, _("Where %(group)s stands") % {"group": group.name}, **context)


def _sentences(rules: Any) -> list[dict[str, str]]:
    keys = ("parents", "parent_approval")
    return [{"text": said(rules, key)} for key in keys if rules and said(rules, key)]


def _table(group: Group, near: tuple[Near, ...]) -> Table[Near]:
    columns = [
        Column[Near]("name", _("Stands under"), lambda row: row.name or _("Withheld"), priority=1, link=_page),
        Column[Near]("since", _("Since"), lambda row: row.span.first),
        Column[Near]("until", _("Last day"), lambda row: row.span.last, priority=3),
        Column[Near]("approved", _("Approved by it"), lambda row: row.approved_on),
        Column[Near]("note", _("Where"), lambda row: row.approval_note or None, priority=3),
    ]
    return Table(columns, near, _("Its parents"), actions=lambda row: _actions(group, row), empty=_("None yet."))


def _page(row: Near) -> str | None:
    return row.url or None


def _actions(group: Group, row: Near) -> list[Action]:
    args, name = [group.slug, row.link], {"name": row.name}
    correct = Action(_("Correct (%(name)s)") % name, reverse("groups:parent-correct", args=args))
    if row.span.last is not None:
        return [correct]
    return [
        Action(_("Record approval (%(name)s)") % name, reverse("groups:parent-approval", args=args)),
        Action(_("End (%(name)s)") % name, reverse("groups:parent-end", args=args)),
        correct,
    ]


@WRITES
def approval(request: Request, slug: str, key: int) -> HttpResponse:
    """Record that a parent approved the group."""
    group = base.editable(request, slug)
    link = access_parent(request.viewer, group, key)
    initial = {"approved_on": link.approved_on or local_day(request.now), "note": link.approval_note}
    form = ApprovalForm(base.posted(request), viewer=request.viewer, initial=initial)
    back = reverse("groups:parents", args=[group.slug])
    done = directory.run(
        form, lambda good: record_approval(by=request.viewer, link=link, now=request.now, **good.cleaned_data)
    )
    if done:
        return directory.done(request, _("The approval is recorded."), back)
    title = _("Approval by %(parent)s") % {"parent": link.parent.name}
    return base.task(request, form, title, **base.place_of(group).context(_("Record the approval"), cancel_url=back))


@WRITES
def end(request: Request, slug: str, key: int) -> HttpResponse:
    """End a group's place under a parent."""
    group = base.editable(request, slug)
    link = access_parent(request.viewer, group, key)
    words = {"group": group.name, "parent": link.parent.name}
    back = reverse("groups:parents", args=[group.slug])
    consequences = [_("From the next day on %(group)s stands under %(parent)s no more.") % words]
    title = _("End the place of %(group)s under %(parent)s") % words
    question = Question(title, _("End it"), consequences, _("That has ended."), back)
    place = directory.Place(group.name, back, base.crumbs(Link(group.name, base.address(group))))
    return base.day_and_reason(
        request,
        place,
        question,
        lambda good: end_parent(by=request.viewer, link=link, now=request.now, **good.cleaned_data),
    )


@WRITES
def correct(request: Request, slug: str, key: int) -> HttpResponse:
    """Correct from when to when a group stood under a parent."""
    group = base.editable(request, slug)
    link = access_parent(request.viewer, group, key)
    back = reverse("groups:parents", args=[group.slug])
    initial = {"starts_on": link.starts_on, "ends_on": link.ends_on}
    form = CorrectParentForm(base.posted(request), viewer=request.viewer, initial=initial)
    done = directory.run(
        form, lambda good: correct_parent(by=request.viewer, link=link, now=request.now, **good.cleaned_data)
    )
    if done:
        return directory.done(request, _("It is corrected."), back)
    title = _("Correct the place under %(parent)s") % {"parent": link.parent.name}
    context = base.place_of(group).context(_("Correct it"), cancel_url=back, template="groups/parent_correct.html")
    context["strike_url"] = reverse("groups:parent-strike", args=[group.slug, link.pk])
    return base.task(request, form, title, **context)


@WRITES
def strike(request: Request, slug: str, key: int) -> HttpResponse:
    """Take out a place under a parent that never was."""
    group = base.editable(request, slug)
    link = access_parent(request.viewer, group, key)
    words = {"group": group.name, "parent": link.parent.name}
    consequences = [_("%(group)s never stood under %(parent)s then. The history says that it was taken out.") % words]
    title = _("Take out the place under %(parent)s") % words
    back = reverse("groups:parents", args=[group.slug])
    question = Question(title, _("Take it out"), consequences, _("It is taken out."), back)

    def save(reason: str) -> bool:
        strike_parent(by=request.viewer, link=link, reason=reason, now=request.now)
        return True

    return directory.ask_reason(request, base.place_of(group), question, save)

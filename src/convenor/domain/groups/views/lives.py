"""A group's next state, its closing and reopening, its reviews, who may read it, withdrawing it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.directory.views.base import Question
from convenor.domain.groups.commands import lives, showing
from convenor.domain.groups.forms.groups import MoveForm, ReadersForm, ReopenForm, ReviewForm
from convenor.domain.groups.forms.life import CloseForm
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.rules.states import CLOSED, MOVES
from convenor.domain.groups.views import base
from convenor.kit.http import Request

WRITES = require_http_methods(["GET", "HEAD", "POST"])


@WRITES
def move(request: Request, slug: str) -> HttpResponse:
    """Take a group to its next state."""
    group = base.editable(request, slug)
    if not MOVES[group.state]:
        return reopen(request, slug)
    form = MoveForm(base.posted(request), viewer=request.viewer, group=group, today=local_day(request.now))

    def save(good: MoveForm) -> Group:
        given = good.cleaned_data
        return lives.move_group(
            by=request.viewer, group=group, to=given["state"], on=given["on"], now=request.now, reason=given["reason"]
        )

    moved = directory.run(form, save)
    if moved:
        said = _("%(group)s is now: %(state)s.") % {"group": moved.name, "state": moved.get_state_display().lower()}
        return directory.done(request, said, base.address(moved))
    title = _("Move %(group)s on") % {"group": group.name}
    lede = _("It is %(state)s now.") % {"state": group.get_state_display().lower()}
    return base.task(request, form, title, lede=lede, **base.place_of(group).context(_("Move it on")))


@WRITES
def close(request: Request, slug: str) -> HttpResponse:
    """Close a group for good."""
    group, today = base.editable(request, slug), local_day(request.now)
    seats = Seat.objects.filter(in_force(today), group=group).count()
    consequences = [
        ngettext("%(n)d seat ends, and who sits in it.", "%(n)d seats end, and who sits in them.", seats)
        % {"n": seats},
        _("Its page, its history and its old rosters stay for everybody to read."),
        _("Nothing more can be changed, unless it is reopened with a reason."),
    ]
    form = CloseForm(base.posted(request), viewer=request.viewer, today=today)
    closed = directory.run(
        form, lambda good: lives.close_group(by=request.viewer, group=group, now=request.now, **good.cleaned_data)
    )
    if closed:
        return directory.done(request, _("%(group)s is closed.") % {"group": group.name}, base.address(group))
    context = base.place_of(group).context(
        _("Close the group"), consequences=consequences, submit_style="warning", template="groups/confirm.html"
    )
    return base.task(request, form, _("Close %(group)s") % {"group": group.name}, **context)


@WRITES
def reopen(request: Request, slug: str) -> HttpResponse:
    """Reopen a closed group, with a reason."""
    group = base.editable(request, slug)
    if group.state != CLOSED:
        return move(request, slug)
    form = ReopenForm(base.posted(request), viewer=request.viewer, today=local_day(request.now))
    opened = directory.run(
        form, lambda good: lives.reopen_group(by=request.viewer, group=group, now=request.now, **good.cleaned_data)
    )
    if opened:
        return directory.done(request, _("%(group)s is open again.") % {"group": group.name}, base.address(group))
    context = base.place_of(group).context(
        _("Reopen the group"),
        consequences=[_("The days since it closed stay as they were: nobody sat then.")],
        template="groups/confirm.html",
    )
    return base.task(request, form, _("Reopen %(group)s") % {"group": group.name}, **context)


@WRITES
def review(request: Request, slug: str) -> HttpResponse:
    """Record a review, and when the next one is due."""
    group = base.editable(request, slug)
    initial = {"due_on": group.review_due_on}
    form = ReviewForm(base.posted(request), viewer=request.viewer, initial=initial)
    done = directory.run(
        form, lambda good: lives.set_review(by=request.viewer, group=group, now=request.now, **good.cleaned_data)
    )
    if done:
        return directory.done(request, _("The review is recorded."), base.address(group))
    title = _("Review of %(group)s") % {"group": group.name}
    return base.task(request, form, title, **base.place_of(group).context(_("Record it")))


@WRITES
def readers(request: Request, slug: str) -> HttpResponse:
    """Change who may read a group."""
    group = base.editable(request, slug)
    initial = {"readers": "public" if group.record.is_public else "members", "known": group.record.disclosure}
    form = ReadersForm(base.posted(request), viewer=request.viewer, initial=initial)
    shown = directory.run(
        form, lambda good: showing.show_group(by=request.viewer, group=group, now=request.now, **good.cleaned_data)
    )
    if shown:
        return directory.done(request, _("Who may read it is changed."), base.address(group))
    title = _("Who may read %(group)s") % {"group": group.name}
    return base.task(request, form, title, **base.place_of(group).context(_("Change it")))


@WRITES
def withdraw(request: Request, slug: str) -> HttpResponse:
    """Take a group out of the lists that should not have been there."""
    group = base.editable(request, slug)
    title = _("Withdraw %(group)s") % {"group": group.name}
    consequences = [
        _("It leaves every list. Its page stays and says that it was withdrawn."),
        _("A group that has done its work is closed instead."),
    ]
    question = Question(title, _("Withdraw the group"), consequences, _("The group is withdrawn."))
    return directory.ask_reason(
        request,
        base.place_of(group),
        question,
        lambda reason: showing.withdraw_group(by=request.viewer, group=group, reason=reason, now=request.now),
    )


@WRITES
def restore(request: Request, slug: str) -> HttpResponse:
    """Bring back a group that was withdrawn."""
    group = base.editable(request, slug)
    title = _("Restore %(group)s") % {"group": group.name}
    question = Question(title, _("Restore the group"), [_("It stands in the lists again.")], _("The group is back."))
    return directory.ask_reason(
        request,
        base.place_of(group),
        question,
        lambda reason: showing.restore_group(by=request.viewer, group=group, reason=reason, now=request.now),
    )

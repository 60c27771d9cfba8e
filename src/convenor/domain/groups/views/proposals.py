"""Where a proposal stands, every answer to it, and giving one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.records.rules import Viewer
from convenor.domain.directory.forms.base import TaskForm
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import proposals
from convenor.domain.groups.forms.life import AgainForm, AnswerForm, ProposeForm
from convenor.domain.groups.models import Group, Proposal
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.queries.proposals import access_proposal, proposals_of
from convenor.domain.groups.rules import proposals as proposing
from convenor.domain.groups.views import base
from convenor.kit.http import Request
from convenor.kit.parts import Action, Link, State

WRITES = require_http_methods(["GET", "HEAD", "POST"])
TONES = {"waiting": "watch", "returned": "watch", "approved": "good", "declined": "bad"}
COMMANDS = {
    proposing.APPROVED: proposals.approve_proposal,
    proposing.RETURNED: proposals.return_proposal,
    proposing.DECLINED: proposals.decline_proposal,
}


@require_safe
def proposal_list(request: Request, slug: str) -> HttpResponse:
    """Everything that was proposed of this group, to whom, and what each of them said."""
    viewer = request.viewer
    group = access_group(viewer, slug)
    officer = permissions.is_officer(viewer) and bool(permissions.may_edit_group(viewer, group))
    found = proposals_of(viewer, group)
    context = {
        "title": _("The proposal of %(group)s") % {"group": group.name},
        "group": group,
        "group_url": base.address(group),
        "state": base.state_of(group),
        "proposals": [_shown(viewer, row, officer=officer) for row in found],
        "ask_url": reverse("groups:propose", args=[group.slug])
        if officer and group.state == Group.State.PROPOSED
        else "",
        "crumbs": base.crumbs(Link(group.name, base.address(group)), Link(_("Proposal"), "")),
    }
    return directory.present(request, "groups/proposals.html", context)


def _shown(viewer: Viewer, row: Proposal, *, officer: bool) -> dict[str, Any]:
    return {
        "row": row,
        "state": State(row.get_state_display(), TONES[row.state]),
        "asked": row.parent if getattr(row, "parent_seen", False) else None,
        "asked_url": base.address(row.parent) if row.parent and getattr(row, "parent_seen", False) else "",
        "own": row.parent_id is None,
        "steps": list(row.steps.all()),
        "actions": _actions(viewer, row, officer=officer),
    }


def _actions(viewer: Viewer, row: Proposal, *, officer: bool) -> list[Action]:
    if row.group.state != Group.State.PROPOSED or not viewer.signed_in:
        return []
    args, found = [row.group.slug, row.pk], []
    open_to_answer = proposing.APPROVED in proposing.ANSWERS[row.state]
    if open_to_answer and may_answer(viewer, row):
        found.append(Action(_("Answer it"), reverse("groups:proposal-answer", args=args), "primary"))
    if officer and open_to_answer and row.parent_id is not None:
        found.append(Action(_("Ask its chairs by e-mail"), reverse("groups:proposal-ask", args=args)))
    if officer and row.state == proposing.RETURNED:
        found.append(Action(_("Propose it again"), reverse("groups:proposal-again", args=args), "primary"))
    return found


def may_answer(viewer: Viewer, row: Proposal) -> bool:
    """Asked of those who are signed in only: two queries where they are no officers over the group that was asked."""
    if permissions.may_answer_proposal(viewer, row, ()):
        return True
    chairs = chairs_of(row.parent, local_day(viewer.now)) if row.parent else {}
    return bool(permissions.may_answer_proposal(viewer, row, chairs))


@WRITES
def propose(request: Request, slug: str) -> HttpResponse:
    """Ask a parent for its approval of a group that is proposed."""
    group = base.editable(request, slug)
    form = ProposeForm(base.posted(request), viewer=request.viewer)
    made = directory.run(
        form,
        lambda good: proposals.propose_to(
            by=request.viewer, group=group, parent=good.cleaned_data["parent"], facts=good.facts(), now=request.now
        ),
    )
    if made:
        return directory.done(request, _("The proposal waits for an answer."), address(group))
    return base.task(request, form, _("Put the proposal to a group"), **_place(group).context(_("Propose it")))


@WRITES
def answer(request: Request, slug: str, key: int) -> HttpResponse:
    """Approve, return or decline, for officers over the group that was asked and for who chairs it."""
    group = access_group(request.viewer, slug)
    proposal = access_proposal(request.viewer, group, key)
    today = local_day(request.now)
    chairs = chairs_of(proposal.parent, today) if proposal.parent else {}
    permissions.may_answer_proposal(request.viewer, proposal, chairs).require()
    form = AnswerForm(base.posted(request), viewer=request.viewer, state=proposal.state, today=today)
    said = directory.run(
        form,
        lambda good: COMMANDS[good.cleaned_data["kind"]](
            by=request.viewer, proposal=proposal, answer=good.answer(), now=request.now
        ),
    )
    if said:
        words = {"group": group.name, "state": said.get_state_display().lower()}
        return directory.done(request, _("%(group)s: %(state)s.") % words, address(group))
    title = _("Answer the proposal of %(group)s") % {"group": group.name}
    return base.task(request, form, title, lede=proposal.why, **_place(group).context(_("Record the answer")))


@WRITES
def again(request: Request, slug: str, key: int) -> HttpResponse:
    """Bring back a proposal that was returned."""
    group = base.editable(request, slug)
    proposal = access_proposal(request.viewer, group, key)
    form = AgainForm(base.posted(request), viewer=request.viewer)
    done = directory.run(
        form,
        lambda good: proposals.propose_again(
            by=request.viewer, proposal=proposal, note=good.cleaned_data["note"], now=request.now
        ),
    )
    if done:
        return directory.done(request, _("The proposal waits for an answer again."), address(group))
    title = _("Propose %(group)s again") % {"group": group.name}
    return base.task(request, form, title, **_place(group).context(_("Propose it again")))


@WRITES
def ask(request: Request, slug: str, key: int) -> HttpResponse:
    """Send those who chair the parent a link by which they answer without signing in."""
    group = base.editable(request, slug)
    proposal = access_proposal(request.viewer, group, key)
    form = TaskForm(base.posted(request), viewer=request.viewer)
    sent = directory.run(
        form, lambda _good: proposals.ask_chairs(by=request.viewer, proposal=proposal, now=request.now)
    )
    if sent:
        words = ngettext("A letter is on its way to %(n)d person.", "Letters are on their way to %(n)d people.", sent)
        return directory.done(request, words % {"n": sent}, address(group))
    context = _place(group).context(
        _("Send the letters"),
        consequences=[
            _("Each person who chairs the group gets a letter with a link. It works once, and needs no account."),
            _("The first of them to answer answers for the group."),
        ],
        template="groups/confirm.html",
    )
    return base.task(request, form, _("Ask those who chair it"), **context)


def address(group: Group) -> str:
    return reverse("groups:proposals", args=[group.slug])


def _place(group: Group) -> directory.Place:
    return directory.Place(group.name, address(group), base.crumbs(Link(group.name, base.address(group))))

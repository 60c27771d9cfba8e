"""Setting up a group: first its type, then the form that the type's rules ask for; and changing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.records.rules import Viewer
from convenor.domain.directory.queries import local_day, own_organisation
from convenor.domain.directory.views import base as directory
from convenor.domain.engagement.models import GroupType
from convenor.domain.engagement.queries import effective_rules as rules_of_type
from convenor.domain.engagement.rules import TypeRulesValue, sentences
from convenor.domain.engagement.rules.values import IN_PUBLIC
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.groups import create_group, edit_group
from convenor.domain.groups.commands.initiatives import create_initiative
from convenor.domain.groups.forms.groups import GroupForm
from convenor.domain.groups.models import Group, Initiative
from convenor.domain.groups.queries.register import initiatives
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.domain.groups.queries.types import TypeShown, by_model, type_in_force, types_in_force
from convenor.domain.groups.views import base
from convenor.kit.http import Request
from convenor.kit.parts import Link

OUTSIDE = "other-body"


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """`?model=…&type=…` gives the form of that type; `?type=other-body` that of another body's group."""
    viewer, today = request.viewer, local_day(request.now)
    permissions.may_create_group(viewer).require()
    types = types_in_force(viewer, today)
    asked = _asked(request, types.values())
    if asked is None and request.GET.get("type") != OUTSIDE:
        return _choose(request, types.values())
    group_type = asked.row if asked else None
    rules = rules_of_type(group_type, today) if group_type else None
    form = _form(request, rules, _initial(viewer, group_type, rules, today))
    made = directory.run(form, lambda good: _set_up(request, good, group_type))
    if made:
        said = _("%(group)s is set up. Add who sits next.") % {"group": made.name}
        return directory.done(request, said, base.address(made))
    title = _("Set up a %(type)s") % {"type": asked.name} if asked else _("Record another body's group")
    return base.task(request, form, title, **_context(asked, rules))


def _asked(request: Request, types: Any) -> TypeShown | None:
    model, group_type = request.GET.get("model", ""), request.GET.get("type", "")
    found = [each for each in types if each.slug == group_type and model in {"", each.model_slug}]
    return found[0] if found else None


def _choose(request: Request, types: Any) -> HttpResponse:
    """The types to choose from, model by model."""
    context = {
        "title": _("Set up a group"),
        "models": list(by_model(types).values()),
        "outside_url": f"{reverse('groups:add')}?type={OUTSIDE}",
        "crumbs": base.crumbs(Link(_("Set up a group"), "")),
    }
    return render(request, "groups/choose.html", context)


def _initial(viewer: Viewer, group_type: GroupType | None, rules: TypeRulesValue | None, today: date) -> dict[str, Any]:
    """What the officer most likely means: their own organisation, or the owner of the model."""
    own = own_organisation(viewer)
    host = own or (group_type.model.owner if group_type else None)
    recruits = rules is not None and rules.formation in IN_PUBLIC
    if recruits or (rules is not None and rules.parent_approval):
        return {"host": host, "state": Group.State.PROPOSED}
    return {"host": host, "started_on": today, "state": Group.State.ACTIVE}


def _form(
    request: Request, rules: TypeRulesValue | None, initial: dict[str, Any], group: Group | None = None
) -> GroupForm:
    offered = initiatives(request.viewer)
    return GroupForm(
        base.posted(request), viewer=request.viewer, rules=rules, initiatives=offered, group=group, initial=initial
    )


def _set_up(request: Request, form: GroupForm, group_type: GroupType | None) -> Group:
    """The initiative first, where it is new; both or neither."""
    given, viewer = form.cleaned_data, request.viewer
    with transaction.atomic():
        return create_group(
            by=viewer,
            facts=form.facts(group_type, _initiative(request, form)),
            now=request.now,
            under=form.under(),
            state=given["state"],
            named_seats=given.get("named_seats", False),
            readers=given["readers"],
            proposal=form.proposal(),
        )


def _initiative(request: Request, form: GroupForm) -> Initiative | None:
    fresh = form.initiative_facts()
    if fresh is None:
        found: Initiative | None = form.cleaned_data["initiative"]
        return found
    return create_initiative(by=request.viewer, facts=fresh, now=request.now)


def _context(shown: TypeShown | None, rules: TypeRulesValue | None) -> dict[str, Any]:
    return {
        "type": shown,
        "sentences": sentences(rules) if rules else [],
        "kicker": shown.model_name if shown else "",
        "lede": shown.purpose if shown else _("A group that another body runs, in which we hold a seat."),
        "submit_label": _("Set up the group") if shown else _("Record the group"),
        "cancel_url": reverse("groups:add"),
        "crumbs": base.crumbs(Link(_("Set up a group"), reverse("groups:add"))),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    """Change what is recorded of a group; a new name changes its address and the old one still leads here."""
    viewer, today = request.viewer, local_day(request.now)
    group = base.editable(request, slug)
    rules = effective_rules(group, today)
    form = _form(request, rules, _as_it_is(group), group)

    def save(good: GroupForm) -> Group:
        with transaction.atomic():
            facts = good.facts(group.type, _initiative(request, good))
            return edit_group(by=viewer, group=group, facts=facts, now=request.now, reason=good.cleaned_data["reason"])

    changed = directory.run(form, save)
    if changed:
        return directory.done(request, _("%(group)s was changed.") % {"group": changed.name}, base.address(changed))
    context = base.place_of(group).context(_("Save the changes"), type=type_in_force(viewer, group.type_id, today))
    return base.task(request, form, _("Change %(group)s") % {"group": group.name}, **context, **_beside(rules))


def _as_it_is(group: Group) -> dict[str, Any]:
    names: Sequence[str] = ("name", "acronym", "purpose", "deliverable", "host", "initiative")
    return {name: getattr(group, name) for name in (*names, "started_on", "review_due_on", "sunset_on")}


def _beside(rules: TypeRulesValue | None) -> dict[str, Any]:
    return {"sentences": sentences(rules) if rules else []}

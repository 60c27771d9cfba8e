"""People: the list, the public page of one, their interests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.records.rules import Viewer
from convenor.domain.directory import commands, permissions, queries
from convenor.domain.directory.forms.offices import LastDayForm
from convenor.domain.directory.forms.people import InterestForm, PersonFilterForm, ProfileForm
from convenor.domain.directory.models import Interest, Profile, Tenure
from convenor.domain.directory.views import base
from convenor.kit.http import Request
from convenor.kit.parts import Action, Anchor, Link
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of, sort_key

SORTS = {"name": "record__title"}


@require_safe
def register(request: Request) -> HttpResponse:
    """Everybody with a public page, and the offices they hold today."""
    form = PersonFilterForm(request.GET)
    sort = sort_key(request, SORTS, "name")
    rows = queries.profiles(request.viewer, **form.asked()).order_by(*sort.order_by)
    page = page_of(rows, request)
    context = {
        "title": _("People"),
        "filter_form": form,
        "page": page,
        "table": _register_table(page.rows, sort, request),
        "sentence": ngettext("%(n)d person", "%(n)d people", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "tabs": base.tabs("people"),
        "downloads": base.downloads("people", form.asked()),
    }
    return base.present(request, "directory/people.html", context)


def _register_table(rows: Sequence[Profile], sort: Any, request: Request) -> Table[Profile]:
    people = [row.person_id for row in rows]
    held = queries.offices_held(request.viewer, people, queries.local_day(request.now))
    columns = [
        Column[Profile]("name", _("Name"), "record.title", sort="name", priority=1, link=_address),
        Column[Profile]("offices", _("Offices held today"), lambda row: _office_links(held.get(row.person_id, []))),
    ]
    asked: HttpRequest = request
    return Table(columns, rows, _("People"), sort=sort, asked=asked, caption_hidden=True)


def _office_links(tenures: Sequence[Tenure]) -> list[Link]:
    return [Link(str(tenure.office), _office_address(tenure)) for tenure in tenures]


def _address(row: Profile) -> str:
    return reverse("directory:person", args=[row.slug])


def _office_address(tenure: Tenure) -> str:
    return reverse("directory:office", args=[tenure.office.slug])


@require_safe
def detail(request: Request, slug: str) -> HttpResponse:
    """The public part of a person: what they agreed to say, offices, and what other apps show."""
    viewer = request.viewer
    profile = base.or_former(request, "person", slug, queries.access_profile)
    if isinstance(profile, HttpResponse):
        return profile
    offices = list(queries.tenures_held_by(viewer, profile.person_id))
    interests = list(queries.interests_of(viewer, profile.person_id))
    panels = base.panels(profile.record, viewer)
    context = base.head(
        profile.record,
        profile=profile,
        state=base.state_of(profile.record),
        offices=_offices_table(offices),
        present_offices=_present(offices, request),
        interests=_interests_table(profile, interests, viewer),
        panels=panels,
        restore_url=reverse("directory:person-restore", args=[slug])
        if permissions.may_edit_profile(viewer, profile)
        else "",
        actions=base.actions(profile.record, viewer),
        crumbs=base.crumbs(_("People"), "directory:people", Link(profile.record.title, "")),
    )
    context["anchors"] = _anchors(context, offices, interests)
    return base.present(request, "directory/person.html", context)


def _present(offices: Sequence[Tenure], request: Request) -> list[Tenure]:
    today = queries.local_day(request.now)
    return [
        tenure
        for tenure in offices
        if (tenure.starts_on is None or tenure.starts_on <= today)
        and (tenure.ends_on is None or tenure.ends_on >= today)
    ]


def _anchors(context: dict[str, Any], offices: Sequence[Tenure], interests: Sequence[Interest]) -> list[Anchor]:
    own = [Anchor("offices", _("Offices"))] if offices else []
    interest = [Anchor("interests", _("Interests"))] if interests else []
    return [*own, *base.panel_anchors(context["panels"]), *interest]


def _offices_table(offices: Sequence[Tenure]) -> Table[Tenure] | None:
    columns = [
        Column[Tenure]("office", _("Office"), "office.title", priority=1, link=_office_address),
        Column[Tenure]("organisation", _("Organisation"), "office.organisation.name"),
        Column[Tenure]("from", _("From"), lambda row: row.starts_on or _("Not known")),
        Column[Tenure]("to", _("Last day"), "ends_on"),
        Column[Tenure]("how", _("How"), lambda row: _("Acting") if row.acting else _("Holder"), priority=3),
    ]
    return Table(columns, offices, _("Offices held"), caption_hidden=True) if offices else None


def _interests_table(profile: Profile, interests: Sequence[Interest], viewer: Viewer) -> Table[Interest] | None:
    """Only what the viewer may read; who may end one is offered it."""
    may = bool(permissions.may_declare_interest(viewer, profile.person_id))
    columns = [
        Column[Interest]("what", _("Interest"), "description", priority=1),
        Column[Interest]("since", _("Since"), "starts_on"),
        Column[Interest]("until", _("Until"), "ends_on"),
    ]
    if may:
        columns.append(Column[Interest]("public", _("Published"), "public"))

    def offered(row: Interest) -> list[Action]:
        args = [profile.slug, row.pk]
        return [] if row.ends_on else [Action(_("End"), reverse("directory:interest-end", args=args))]

    caption = _("Interests declared")
    return (
        Table(columns, interests, caption, actions=offered if may else None, caption_hidden=True) if interests else None
    )


def place_of(profile: Profile) -> base.Place:
    """Where the tasks of a person belong."""
    return base.Place(profile.record.title, _address(profile), base.crumbs(_("People"), "directory:people"))


def _mine(request: Request, slug: str) -> Profile:
    profile = queries.access_profile(request.viewer, slug)
    permissions.may_edit_profile(request.viewer, profile).require()
    return profile


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    """Change what the public reads of a person."""
    profile = _mine(request, slug)
    form = ProfileForm(request.POST or None, viewer=request.viewer, profile=profile)
    made = base.run(
        form,
        lambda good: commands.edit_profile(by=request.viewer, profile=profile, now=request.now, **good.cleaned_data),
    )
    if made:
        return base.done(request, _("The changes were saved."), _address(made))
    more = {
        "withhold": reverse("directory:person-withhold", args=[slug]),
        "withdraw": reverse("directory:person-withdraw", args=[slug]),
    }
    context = place_of(profile).context(_("Save changes"), **more)
    return base.task(request, form, _("Edit this page"), template="directory/person_edit.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, slug: str) -> HttpResponse:
    """Take a person out of the lists."""
    profile = _mine(request, slug)
    consequences = [
        _("They leave the list of people and the search."),
        _("Their name stays where they held an office."),
    ]
    question = base.Question(_("Withdraw this page?"), _("Withdraw"), consequences, _("The page was withdrawn."))
    return base.ask_reason(
        request,
        place_of(profile),
        question,
        lambda reason: commands.withdraw_profile(by=request.viewer, profile=profile, reason=reason, now=request.now),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: Request, slug: str) -> HttpResponse:
    """Bring a person's page back into the lists."""
    profile = _mine(request, slug)
    consequences = [_("It is in the lists and the search again.")]
    question = base.Question(_("Restore this page?"), _("Restore"), consequences, _("The page was restored."))
    return base.ask_reason(
        request,
        place_of(profile),
        question,
        lambda reason: commands.restore_profile(by=request.viewer, profile=profile, reason=reason, now=request.now),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withhold(request: Request, slug: str) -> HttpResponse:
    """Take a person's name out of public."""
    profile = _mine(request, slug)
    consequences = [
        _("Only the secretariat reads the name and the page from now on."),
        _("Where they hold an office or a seat, readers see that a name is not published."),
    ]
    said, people = _("The name is withheld."), reverse("directory:people")
    question = base.Question(_("Withhold this name?"), _("Withhold"), consequences, said, people)
    return base.ask_reason(
        request,
        place_of(profile),
        question,
        lambda reason: commands.withhold_person(by=request.viewer, profile=profile, reason=reason, now=request.now),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def interest_add(request: Request, slug: str) -> HttpResponse:
    """Declare an interest."""
    profile = queries.access_profile(request.viewer, slug)
    permissions.may_declare_interest(request.viewer, profile.person_id).require()
    form = InterestForm(request.POST or None, viewer=request.viewer)
    made = base.run(
        form,
        lambda good: commands.declare_interest(
            by=request.viewer, person=profile.person, facts=good.facts(), now=request.now
        ),
    )
    if made:
        return base.done(request, _("The interest was declared."), _address(profile))
    return base.task(request, form, _("Declare an interest"), **place_of(profile).context(_("Declare interest")))


@require_http_methods(["GET", "HEAD", "POST"])
def interest_end(request: Request, slug: str, pk: int) -> HttpResponse:
    """Record the last day of an interest."""
    profile = queries.access_profile(request.viewer, slug)
    interest = queries.access_interest(request.viewer, profile, pk)
    permissions.may_end_interest(request.viewer, interest).require()
    form = LastDayForm(request.POST or None, viewer=request.viewer, today=queries.local_day(request.now))
    del form.fields["reason"]
    made = base.run(
        form,
        lambda good: commands.end_interest(
            by=request.viewer, interest=interest, on=good.cleaned_data["on"], now=request.now
        ),
    )
    if made:
        return base.done(request, _("The interest was ended."), _address(profile))
    consequences = [_("It stays in the register, with its last day.")]
    context = place_of(profile).context(_("End interest"), consequences=consequences, submit_style="warning")
    return base.task(request, form, _("End this interest?"), template="directory/confirm.html", **context)

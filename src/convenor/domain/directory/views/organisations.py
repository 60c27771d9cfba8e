"""The register of organisations, an organisation's page, and what officers do there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.records.rules import Verdict
from convenor.domain.directory import commands, permissions, queries
from convenor.domain.directory.forms.organisations import OrganisationFilterForm, OrganisationForm
from convenor.domain.directory.models import Office, Organisation, Partnership
from convenor.domain.directory.queries import Became
from convenor.domain.directory.rules import format_abn
from convenor.domain.directory.views import base
from convenor.domain.directory.views.states import stage_state
from convenor.kit.dates import say_day
from convenor.kit.http import Request
from convenor.kit.parts import Anchor, Fact, Link
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of, sort_key

SORTS = {"name": "name", "kind": ("kind__order", "name"), "ended": ("ended_on", "name")}
CONTACTS_SHOWN = 5


@require_safe
def register(request: Request) -> HttpResponse:
    """Every organisation the viewer may read, narrowed by the address."""
    viewer = request.viewer
    portfolios = [(row.slug, row.name) for row in queries.portfolio_organisations(viewer)]
    form = OrganisationFilterForm(request.GET, choices=queries.choices(), portfolios=portfolios)
    sort = sort_key(request, SORTS, "name")
    page = page_of(queries.organisations(viewer, form.filter()).order_by(*sort.order_by), request)
    context = {
        "title": _("Organisations"),
        "filter_form": form,
        "page": page,
        "table": _table(page.rows, sort, request),
        "sentence": _counted(page.total),
        "chips": chips_of(form, request),
        "tabs": base.tabs("organisations"),
        "downloads": base.downloads("organisations", _asked(request, form), "directory:organisations-feed"),
        "add": permissions.may_add_organisation(viewer) if permissions.is_officer(viewer) else None,
    }
    return base.present(request, "directory/organisations.html", context)


def _asked(request: Request, form: OrganisationFilterForm) -> dict[str, object]:
    """What the register is narrowed by, in the words of the resource."""
    asked = {**form.asked()}
    slug = asked.pop("portfolio", "")
    standing = asked.pop("standing", "current")
    return {
        **asked,
        "part_of": queries.named(request.viewer, slug)[1] if slug else "",
        "standing": "" if standing == "all" else standing,
    }


def _counted(total: int) -> str:
    return ngettext("%(n)d organisation", "%(n)d organisations", total) % {"n": total}


def _table(rows: Any, sort: Any, request: HttpRequest) -> Table[Organisation]:
    columns = [
        Column[Organisation]("name", _("Organisation"), "name", sort="name", priority=1, link=_address),
        Column[Organisation]("kind", _("Kind"), "kind.name", sort="kind"),
        Column[Organisation]("parent", _("Part of"), _parent_link),
        Column[Organisation]("segments", _("Segments"), lambda row: [item.name for item in row.segments.all()]),
        Column[Organisation]("ended", _("Last day"), "ended_on", sort="ended", priority=3),
    ]
    told = {"segments": any(row.segments.all() for row in rows), "ended": any(row.ended_on for row in rows)}
    shown = [column for column in columns if told.get(column.key, True)]
    return Table(shown, rows, _("Organisations"), sort=sort, asked=request, caption_hidden=True)


def _address(row: Organisation) -> str:
    return reverse("directory:organisation", args=[row.slug])


def _parent_link(row: Organisation) -> Link | None:
    return Link(row.parent.short_name or row.parent.name, _address(row.parent)) if row.parent else None


@require_safe
def detail(request: Request, slug: str) -> HttpResponse:
    """One organisation with what belongs to it and what became of it."""
    viewer, today = request.viewer, queries.local_day(request.now)
    found = base.or_former(request, "organisation", slug, queries.access_organisation)
    if isinstance(found, HttpResponse):
        return found
    changes = queries.changes_of(viewer, found)
    contacts = list(queries.contacts_with(viewer, found)[: CONTACTS_SHOWN + 1])
    offices = list(queries.offices(viewer, today).filter(organisation=found).order_by("title", "pk"))
    may = _may(request, found)
    panels = base.panels(found.record, viewer)
    context = base.head(
        found.record,
        organisation=found,
        state=base.state_of(found.record, *_standing(found)),
        facts=_facts(found, changes),
        became=_outcome(found, changes),
        changes=changes,
        offices=[_office_row(row) for row in offices if not _is_over(row, today)],
        former_offices=[row for row in offices if _is_over(row, today)],
        parts=list(queries.parts_of(viewer, found)),
        partnerships=[_partnership_row(row) for row in queries.partnerships_of(viewer, found)],
        contacts=contacts[:CONTACTS_SHOWN],
        more_contacts_url=_more_contacts(found) if len(contacts) > CONTACTS_SHOWN else "",
        panels=panels,
        actions=base.actions(found.record, viewer),
        may=may,
        add_office_url=reverse("directory:office-add", args=[slug]) if found.ended_on is None else "",
        restore_url=reverse("directory:organisation-restore", args=[slug]) if may else "",
        crumbs=base.crumbs(_("Organisations"), "directory:organisations", *_above(found), Link(found.name, "")),
    )
    context["anchors"] = _anchors(context)
    return base.present(request, "directory/organisation.html", context)


def _is_over(office: Office, today: date) -> bool:
    return office.abolished_on is not None and office.abolished_on < today


def _office_row(office: Office) -> dict[str, Any]:
    """An office as a chip: who holds it today, since when, acting or not."""
    holder = queries.holder_of(office)
    words = [_("acting")] if holder and holder.acting else []
    if holder and holder.since:
        words.append(_("since %(day)s") % {"day": say_day(holder.since)})
    return {
        "title": office.title,
        "name": (holder.name or _("Name not published")) if holder else "",
        "note": ", ".join(words),
        "url": reverse("directory:office", args=[office.slug]),
    }


def _partnership_row(row: Partnership) -> dict[str, Any]:
    return {"partnership": row, "state": stage_state(getattr(row, "stage", ""))}


def _more_contacts(organisation: Organisation) -> str:
    return f"{reverse('directory:contacts')}?organisation={organisation.slug}"


def _standing(organisation: Organisation) -> tuple[str, str]:
    return (_("Ended"), "neutral") if organisation.ended_on else ("", "")


def _may(request: Request, organisation: Organisation) -> Verdict | None:
    """None for those who are no officers: they are shown no buttons at all."""
    if not permissions.is_officer(request.viewer):
        return None
    return permissions.may_edit_organisation(request.viewer, organisation)


def _above(organisation: Organisation) -> list[Link]:
    parent = queries.parent_of(organisation)
    return [Link(parent.name, _address(parent))] if parent else []


def _facts(organisation: Organisation, changes: list[Became]) -> list[Fact]:
    parent = queries.parent_of(organisation)
    listed = f"{reverse('directory:organisations')}?kind={organisation.kind.slug}"
    facts = [
        Fact(_("Kind"), organisation.kind.name, listed),
        Fact(_("Short name"), organisation.short_name),
        Fact(_("Part of"), parent.name if parent else "", _address(parent) if parent else ""),
        Fact(_("Segments"), [segment.name for segment in organisation.segments.all()]),
        Fact(_("ABN"), format_abn(organisation.abn)),
        Fact(_("Website"), organisation.website, organisation.website),
        Fact(_("Established"), organisation.established_on),
        Fact(_("Last day"), organisation.ended_on),
        Fact(_("Former names"), _former_names(organisation, changes)),
    ]
    return [fact for fact in facts if fact.value]


def _former_names(organisation: Organisation, changes: list[Became]) -> list[str]:
    names = [party.name for became in changes for party in became.before if party.organisation_id == organisation.pk]
    return [name for name in dict.fromkeys(names) if name != organisation.name]


def _outcome(organisation: Organisation, changes: list[Became]) -> Became | None:
    """The change that ended it, where there is one."""
    if organisation.ended_on is None:
        return None
    return next((became for became in changes if _was_before(organisation, became)), None)


def _was_before(organisation: Organisation, became: Became) -> bool:
    return any(party.organisation_id == organisation.pk for party in became.before)


def _anchors(context: dict[str, Any]) -> list[Anchor]:
    parts = [
        ("about", _("About"), bool(context["organisation"].summary)),
        ("offices", _("Offices"), context["organisation"].ended_on is None or bool(context["former_offices"])),
        ("parts", _("Part of it"), bool(context["parts"])),
        ("partnerships", _("Partnerships"), bool(context["partnerships"])),
        ("engagement", _("Engagement"), bool(context["contacts"])),
        ("changes", _("Changes over time"), bool(context["changes"])),
    ]
    own = [Anchor(key, label) for key, label, there in parts if there]
    return [*own[:3], *base.panel_anchors(context["panels"]), *own[3:]]


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """Add an organisation, also under a parent (`?parent=slug`) that the officer is responsible for."""
    viewer = request.viewer
    above = request.GET.get("parent")
    parent = queries.access_organisation(viewer, above) if above else None
    permissions.may_add_organisation(viewer, parent).require()
    form = OrganisationForm(request.POST or None, viewer=viewer, initial={"parent": parent} if parent else {})
    made = base.run(form, lambda good: commands.create_organisation(by=viewer, facts=good.facts(), now=request.now))
    if made:
        return base.done(request, _("%(name)s was added.") % {"name": made.name}, _address(made))
    context: dict[str, Any] = {
        "submit_label": _("Add organisation"),
        "cancel_url": reverse("directory:organisations"),
        "crumbs": base.crumbs(_("Organisations"), "directory:organisations", Link(_("Add"), "")),
    }
    return base.task(request, form, _("Add an organisation"), **context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    """Correct what is recorded of an organisation."""
    viewer = request.viewer
    organisation = queries.access_organisation(viewer, slug)
    permissions.may_edit_organisation(viewer, organisation).require()
    form = OrganisationForm(request.POST or None, viewer=viewer, organisation=organisation)

    def save(good: OrganisationForm) -> Organisation:
        return commands.edit_organisation(
            by=viewer,
            organisation=organisation,
            facts=good.facts(),
            now=request.now,
            reason=good.cleaned_data["reason"],
        )

    made = base.run(form, save)
    if made:
        return base.done(request, _("The changes to %(name)s were saved.") % {"name": made.name}, _address(made))
    change = reverse("directory:organisation-change", args=[organisation.slug])
    context = place_of(organisation).context(_("Save changes"), change=change)
    return base.task(request, form, _("Edit this organisation"), template="directory/organisation_edit.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, slug: str) -> HttpResponse:
    """Take an organisation out of the lists."""
    organisation = queries.access_organisation(request.viewer, slug)
    permissions.may_edit_organisation(request.viewer, organisation).require()
    consequences = [
        _("It leaves every list and the search."),
        _("Its page stays, says that it was withdrawn, and why."),
        _("For a body that has ended, record a change instead."),
    ]
    said = _("%(name)s was withdrawn.") % {"name": organisation.name}
    question = base.Question(_("Withdraw this organisation?"), _("Withdraw"), consequences, said)
    return base.ask_reason(
        request,
        place_of(organisation),
        question,
        lambda reason: commands.withdraw_organisation(
            by=request.viewer, organisation=organisation, reason=reason, now=request.now
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: Request, slug: str) -> HttpResponse:
    """Bring an organisation back into the lists."""
    organisation = queries.access_organisation(request.viewer, slug)
    permissions.may_edit_organisation(request.viewer, organisation).require()
    consequences = [_("It is in the lists and the search again.")]
    said = _("%(name)s was restored.") % {"name": organisation.name}
    question = base.Question(_("Restore this organisation?"), _("Restore"), consequences, said)
    return base.ask_reason(
        request,
        place_of(organisation),
        question,
        lambda reason: commands.restore_organisation(
            by=request.viewer, organisation=organisation, reason=reason, now=request.now
        ),
    )


def place_of(organisation: Organisation) -> base.Place:
    """Where the tasks of an organisation belong."""
    return base.Place(
        organisation.name, _address(organisation), base.crumbs(_("Organisations"), "directory:organisations")
    )

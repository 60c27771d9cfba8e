"""Offices: the register, one with everybody who held it, and what officers do there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.domain.directory import commands, permissions, queries
from convenor.domain.directory.forms.offices import (
    LastDayForm,
    OfficeFilterForm,
    OfficeForm,
    TenureEditForm,
    TenureForm,
)
from convenor.domain.directory.models import Office, Tenure
from convenor.domain.directory.views import base
from convenor.kit.charts import Span, Timeline, timeline
from convenor.kit.dates import say_day
from convenor.kit.http import Request
from convenor.kit.parts import Action, Anchor, Fact, Link, State
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of, sort_key

SORTS = {"title": ("title", "organisation__name"), "organisation": ("organisation__name", "title")}


@require_safe
def register(request: Request) -> HttpResponse:
    """Every office with who holds it today."""
    today = queries.local_day(request.now)
    form = OfficeFilterForm(request.GET, roles=queries.role_choices())
    sort = sort_key(request, SORTS, "organisation")
    rows = queries.narrowed_offices(request.viewer, today, **form.asked())
    page = page_of(rows.order_by(*sort.order_by), request)
    context = {
        "title": _("Offices"),
        "filter_form": form,
        "page": page,
        "table": _register_table(page.rows, sort, request),
        "sentence": ngettext("%(n)d office", "%(n)d offices", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "tabs": base.tabs("offices"),
        "downloads": base.downloads("offices", _asked(form)),
    }
    return base.present(request, "directory/offices.html", context)


def _asked(form: OfficeFilterForm) -> dict[str, object]:
    """What the register is narrowed by, in the words of the resource."""
    asked = {**form.asked()}
    standing = asked.pop("standing", "present")
    return {**asked, "standing": "" if standing == "all" else standing}


def _register_table(rows: Sequence[Office], sort: Any, request: HttpRequest) -> Table[Office]:
    columns = [
        Column[Office]("title", _("Office"), "title", sort="title", priority=1, link=_address),
        Column[Office]("organisation", _("Organisation"), _organisation_link, sort="organisation"),
        Column[Office]("holder", _("Held by"), _holder_shown),
        Column[Office]("since", _("Since"), _since, priority=3),
        Column[Office]("role", _("Role"), lambda row: row.role_class.name if row.role_class else None, priority=3),
    ]
    return Table(columns, rows, _("Offices"), sort=sort, asked=request, caption_hidden=True)


def _address(row: Office) -> str:
    return reverse("directory:office", args=[row.slug])


def _organisation_link(row: Office) -> Link:
    return Link(row.organisation.name, reverse("directory:organisation", args=[row.organisation.slug]))


def _holder_shown(row: Office) -> object:
    holder = queries.holder_of(row)
    if holder is None:
        return State(_("Abolished"), "neutral") if row.abolished_on else State(_("Vacant"), "watch")
    name = holder.name or _("Name not published")
    said = _("%(name)s (acting)") % {"name": name} if holder.acting else name
    return Link(said, holder.url) if holder.url else said


def _since(row: Office) -> date | None:
    holder = queries.holder_of(row)
    return holder.since if holder else None


@require_safe
def detail(request: Request, slug: str) -> HttpResponse:
    """One office and everybody who has held it."""
    viewer, today = request.viewer, queries.local_day(request.now)
    office = base.or_former(request, "office", slug, queries.access_office)
    if isinstance(office, HttpResponse):
        return office
    may = permissions.may_edit_office(viewer, office) if permissions.is_officer(viewer) else None
    held = _named(list(queries.tenures_of(viewer, office)), today, everything=bool(may))
    panels = base.panels(office.record, viewer)
    anchors = [Anchor("holders", _("Who has held it")), *base.panel_anchors(panels)]
    context = base.head(
        office.record,
        office=office,
        state=base.state_of(office.record, *_standing(office, held, today)),
        present=[row for row in held if row["present"]],
        facts=_facts(office),
        chart=_chart(office, held, today),
        table=_tenure_table(office, held, bool(may)),
        panels=panels,
        anchors=anchors,
        actions=base.actions(office.record, viewer),
        may=may,
        restore_url=reverse("directory:office-restore", args=[slug]) if may else "",
        crumbs=_way(office),
    )
    return base.present(request, "directory/office.html", context)


def _named(tenures: list[Tenure], today: date, *, everything: bool) -> list[dict[str, Any]]:
    """Tenures with the names this viewer may read; officers of the office read them all."""
    return [_row(tenure, today, everything=everything) for tenure in tenures]


def _row(tenure: Tenure, today: date, *, everything: bool) -> dict[str, Any]:
    name, page = getattr(tenure, "named", ""), getattr(tenure, "page", "")
    if everything and not page:
        name = _("%(name)s (name not published)") % {"name": name or tenure.person.name}
    return {
        "tenure": tenure,
        "name": name or _("Name not published"),
        "url": reverse("directory:person", args=[page]) if page else "",
        "how": _("Acting") if tenure.acting else _("Holder"),
        "since": _("since %(day)s") % {"day": say_day(tenure.starts_on)} if tenure.starts_on else "",
        "goes_on": (tenure.ends_on or date.max) >= today,
        "present": (tenure.starts_on or date.min) <= today <= (tenure.ends_on or date.max),
    }


def _standing(office: Office, held: list[dict[str, Any]], today: date) -> tuple[str, str]:
    if office.abolished_on and office.abolished_on < today:
        return _("Abolished"), "neutral"
    there = [row for row in held if row["present"]]
    if not there:
        return _("Vacant"), "watch"
    return (_("Held"), "good") if any(not row["tenure"].acting for row in there) else (_("Acting holder"), "info")


def _facts(office: Office) -> list[Fact]:
    organisation = office.organisation
    facts = [
        Fact(_("Organisation"), organisation.name, reverse("directory:organisation", args=[organisation.slug])),
        Fact(_("Role"), office.role_class.name if office.role_class else ""),
        Fact(_("Created"), office.created_on),
        Fact(_("Last day"), office.abolished_on),
    ]
    return [fact for fact in facts if fact.value]


def _chart(office: Office, held: list[dict[str, Any]], today: date) -> Timeline | None:
    """Who held it when, where both ends can be drawn; nothing for fewer than two."""
    spans = [_span(row, today) for row in reversed(held) if row["tenure"].starts_on]
    if len(spans) < 2:
        return None
    return timeline(
        key="holders", title=_("Who has held %(office)s") % {"office": office.title}, spans=spans, today=today
    )


def _span(row: dict[str, Any], today: date) -> Span:
    tenure: Tenure = row["tenure"]
    start = tenure.starts_on or today
    label = _("%(name)s (acting)") % {"name": row["name"]} if tenure.acting else row["name"]
    state = State(_("Acting"), "info") if tenure.acting else State(_("Holder"), "good")
    return Span(str(tenure.pk), label, start, tenure.ends_on or max(today, start), state=state)


def _tenure_table(office: Office, held: list[dict[str, Any]], actions: bool) -> Table[dict[str, Any]]:
    columns = [
        Column[dict[str, Any]](
            "name", _("Held by"), lambda row: row["name"], priority=1, link=lambda row: row["url"] or None
        ),
        Column[dict[str, Any]]("from", _("From"), lambda row: row["tenure"].starts_on or _("Not known")),
        Column[dict[str, Any]]("to", _("Last day"), lambda row: row["tenure"].ends_on),
        Column[dict[str, Any]]("how", _("How"), lambda row: _("Acting") if row["tenure"].acting else _("Holder")),
        Column[dict[str, Any]]("note", _("Note"), lambda row: row["tenure"].note or None, priority=3),
    ]
    offered = (lambda row: _tenure_actions(office, row)) if actions else None
    return Table(columns, held, _("Everybody who has held it"), actions=offered, caption_hidden=True)


def _tenure_actions(office: Office, row: dict[str, Any]) -> list[Action]:
    args = [office.slug, row["tenure"].pk]
    end = Action(_of(_("End"), row["name"]), reverse("directory:tenure-end", args=args))
    correct = Action(_of(_("Correct"), row["name"]), reverse("directory:tenure-edit", args=args))
    return [end, correct] if row["goes_on"] else [correct]


def _of(label: str, name: str) -> SafeString:
    """A short link that still says whose it is to those who hear it alone."""
    return format_html('{}<span class="visually-hidden">: {}</span>', label, name)


def _way(office: Office) -> list[Link]:
    return base.crumbs(
        _("Organisations"), "directory:organisations", _organisation_link(office), Link(office.title, "")
    )


def place_of(office: Office) -> base.Place:
    """Where the tasks of an office belong."""
    way = base.crumbs(_("Organisations"), "directory:organisations", _organisation_link(office))
    return base.Place(str(office), _address(office), way)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, slug: str) -> HttpResponse:
    """Add an office to an organisation."""
    organisation = queries.access_organisation(request.viewer, slug)
    permissions.may_add_office(request.viewer, organisation).require()
    form = OfficeForm(request.POST or None, viewer=request.viewer)
    made = base.run(
        form,
        lambda good: commands.create_office(
            by=request.viewer, organisation=organisation, facts=good.facts(), now=request.now
        ),
    )
    if made:
        said = _("%(office)s was added. Record who holds it next.") % {"office": made.title}
        return base.done(request, said, _address(made))
    here = reverse("directory:organisation", args=[organisation.slug])
    place = base.Place(organisation.name, here, base.crumbs(_("Organisations"), "directory:organisations"))
    return base.task(request, form, _("Add an office"), **place.context(_("Add office")))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    """Change what is recorded of an office."""
    office = _mine(request, slug)
    form = OfficeForm(request.POST or None, viewer=request.viewer, office=office)
    made = base.run(
        form,
        lambda good: commands.edit_office(
            by=request.viewer, office=office, facts=good.facts(), now=request.now, reason=good.cleaned_data["reason"]
        ),
    )
    if made:
        return base.done(request, _("The changes were saved."), _address(made))
    return base.task(request, form, _("Edit this office"), **place_of(office).context(_("Save changes")))


@require_http_methods(["GET", "HEAD", "POST"])
def abolish(request: Request, slug: str) -> HttpResponse:
    """End an office."""
    office = _mine(request, slug)
    form = LastDayForm(request.POST or None, viewer=request.viewer, today=queries.local_day(request.now))
    made = base.run(
        form,
        lambda good: commands.abolish_office(
            by=request.viewer,
            office=office,
            on=good.cleaned_data["on"],
            reason=good.cleaned_data["reason"],
            now=request.now,
        ),
    )
    if made:
        return base.done(request, _("%(office)s was abolished.") % {"office": office.title}, _address(made))
    consequences = [
        _("Whoever holds it holds it until that day, and seats that stand for it fall vacant."),
        _("Its page stays, with everybody who has held it."),
    ]
    context = place_of(office).context(_("Abolish"), consequences=consequences, submit_style="warning")
    return base.task(request, form, _("Abolish this office?"), template="directory/confirm.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, slug: str) -> HttpResponse:
    """Take an office out of the lists."""
    office = _mine(request, slug)
    consequences = [_("It leaves every list and the search."), _("An office that has ended is abolished instead.")]
    said = _("%(office)s was withdrawn.") % {"office": office.title}
    question = base.Question(_("Withdraw this office?"), _("Withdraw"), consequences, said)
    return base.ask_reason(
        request,
        place_of(office),
        question,
        lambda reason: commands.withdraw_office(by=request.viewer, office=office, reason=reason, now=request.now),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: Request, slug: str) -> HttpResponse:
    """Bring an office back into the lists."""
    office = _mine(request, slug)
    said = _("%(office)s was restored.") % {"office": office.title}
    consequences = [_("It is in the lists and the search again.")]
    question = base.Question(_("Restore this office?"), _("Restore"), consequences, said)
    return base.ask_reason(
        request,
        place_of(office),
        question,
        lambda reason: commands.restore_office(by=request.viewer, office=office, reason=reason, now=request.now),
    )


def _mine(request: Request, slug: str) -> Office:
    office = queries.access_office(request.viewer, slug)
    permissions.may_edit_office(request.viewer, office).require()
    return office


# Who holds it


@require_http_methods(["GET", "HEAD", "POST"])
def tenure_add(request: Request, slug: str) -> HttpResponse:
    """Record who holds an office; somebody who is not here yet is added on the way."""
    office = _mine(request, slug)
    form = TenureForm(request.POST or None, viewer=request.viewer)
    made = base.run(form, lambda good: _start(request, office, good))
    if made:
        said = _("%(name)s holds %(office)s.") % {"name": made.person.name, "office": office.title}
        return base.done(request, said, _address(office))
    return base.task(request, form, _("Record who holds it"), **place_of(office).context(_("Record holder")))


def _start(request: Request, office: Office, form: TenureForm) -> Tenure:
    given = form.cleaned_data
    person = commands.PersonFacts(name=given["who"], email=given["email"], published=given["published"])
    return commands.seat_holder(
        by=request.viewer, office=office, person=form.person() or person, facts=form.facts(), now=request.now,
        published=given["published"],
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def tenure_edit(request: Request, slug: str, pk: int) -> HttpResponse:
    """Correct the days of a tenure."""
    office, tenure = _tenure(request, slug, pk)
    form = TenureEditForm(request.POST or None, viewer=request.viewer, tenure=tenure)
    made = base.run(
        form,
        lambda good: commands.edit_tenure(
            by=request.viewer,
            tenure=tenure,
            facts=good.facts(),
            reason=good.cleaned_data["reason"],
            now=request.now,
        ),
    )
    if made:
        return base.done(request, _("The days were corrected."), _address(office))
    title = _("Correct when %(name)s held it") % {"name": tenure.person.name}
    remove = reverse("directory:tenure-remove", args=[office.slug, tenure.pk])
    context = place_of(office).context(_("Save changes"), remove=remove)
    return base.task(request, form, title, template="directory/tenure_edit.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def tenure_end(request: Request, slug: str, pk: int) -> HttpResponse:
    """Record the last day of a tenure."""
    office, tenure = _tenure(request, slug, pk)
    form = LastDayForm(request.POST or None, viewer=request.viewer, today=queries.local_day(request.now))
    made = base.run(
        form,
        lambda good: commands.end_tenure(
            by=request.viewer,
            tenure=tenure,
            on=good.cleaned_data["on"],
            now=request.now,
            reason=good.cleaned_data["reason"],
        ),
    )
    if made:
        said = _("%(name)s holds %(office)s until that day.") % {"name": tenure.person.name, "office": office.title}
        return base.done(request, said, _address(office))
    title = _("End when %(name)s holds it?") % {"name": tenure.person.name}
    consequences = [
        _("From the day after, the office is vacant unless somebody else is recorded."),
        _("So are the seats in groups that stand for this office."),
    ]
    context = place_of(office).context(_("End tenure"), consequences=consequences, submit_style="warning")
    return base.task(request, form, title, template="directory/confirm.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def tenure_remove(request: Request, slug: str, pk: int) -> HttpResponse:
    """Take out a tenure that never was."""
    office, tenure = _tenure(request, slug, pk)
    consequences = [
        _("It leaves the page. The history keeps that it stood here."),
        _("For somebody who did hold the office, record the last day instead."),
    ]
    title = _("Remove %(name)s?") % {"name": tenure.person.name}
    question = base.Question(title, _("Remove"), consequences, _("It was removed."))

    def remove(reason: str) -> bool:
        commands.remove_tenure(by=request.viewer, tenure=tenure, reason=reason, now=request.now)
        return True

    return base.ask_reason(request, place_of(office), question, remove)


def _tenure(request: Request, slug: str, pk: int) -> tuple[Office, Tenure]:
    office = _mine(request, slug)
    return office, queries.access_tenure(request.viewer, office, pk)

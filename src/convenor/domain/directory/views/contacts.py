"""The engagement log: the register, one entry, and what officers do there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.domain.directory import commands, permissions, queries
from convenor.domain.directory.forms.contacts import ContactFilterForm, ContactForm, WithholdForm
from convenor.domain.directory.models import Contact, Organisation
from convenor.domain.directory.views import base
from convenor.kit.http import Request
from convenor.kit.parts import Fact, Link
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of, sort_key

SORTS = {"on": "on", "subject": "subject"}


@require_safe
def register(request: Request) -> HttpResponse:
    """The log, newest first; what is withheld says that it is there and why."""
    viewer = request.viewer
    form = ContactFilterForm(request.GET)
    sort = sort_key(request, SORTS, "-on")
    page = page_of(queries.contacts(viewer, form.filter()).order_by(*sort.order_by), request)
    withheld = queries.withheld_contacts(viewer)
    context = {
        "title": _("Engagement log"),
        "filter_form": form,
        "page": page,
        "table": _register_table(page.rows, sort, request),
        "sentence": _counted(page.total, len(withheld)),
        "withheld": withheld,
        "chips": [*chips_of(form, request), *base.body_chips(request)],
        "tabs": base.tabs("contacts"),
        "downloads": base.downloads("contacts", _asked(request, form), "directory:contacts-feed"),
        "add": permissions.may_start_contact(viewer),
    }
    return base.present(request, "directory/contacts.html", context)


def _asked(request: Request, form: ContactFilterForm) -> dict[str, object]:
    """What the log is narrowed by, in the words of the resource."""
    asked = base.with_body(request, form.asked())
    formal = {"yes": "true", "no": "false"}.get(str(asked.pop("formal", "")), "")
    return {**asked, "formal": formal}


def _counted(total: int, withheld: int) -> str:
    said = ngettext("%(n)d entry", "%(n)d entries", total) % {"n": total}
    if not withheld:
        return said
    more = ngettext("%(n)d more is withheld", "%(n)d more are withheld", withheld) % {"n": withheld}
    return f"{said}; {more}"


def _register_table(rows: Sequence[Contact], sort: Any, request: HttpRequest) -> Table[Contact]:
    columns = [
        Column[Contact]("subject", _("Subject"), "subject", sort="subject", priority=1, link=_address),
        Column[Contact]("on", _("When"), "on", sort="on"),
        Column[Contact]("what", _("What"), _nature),
        Column[Contact]("with", _("With"), lambda row: [_body_link(body) for body in queries.contact_bodies(row)]),
        Column[Contact]("outcome", _("What came of it"), lambda row: row.outcome or None, priority=3),
    ]
    return Table(columns, rows, _("Engagement log"), sort=sort, asked=request, caption_hidden=True)


def _nature(row: Contact) -> str:
    how = _("formal") if row.formal else _("informal")
    return f"{row.get_nature_display()}, {how}"


def _address(row: Contact) -> str:
    return reverse("directory:contact", args=[row.record.ref])


def _body_link(body: Organisation) -> Link:
    return Link(body.short_name or body.name, reverse("directory:organisation", args=[body.slug]))


@require_safe
def detail(request: Request, ref: str) -> HttpResponse:
    """One entry: who, when, about what, what came of it."""
    viewer = request.viewer
    contact = queries.access_contact(viewer, ref)
    context = base.head(
        contact.record,
        contact=contact,
        state=base.state_of(contact.record),
        facts=_facts(contact),
        restore_url=reverse("directory:contact-restore", args=[ref])
        if permissions.is_officer(viewer) and permissions.may_edit_contact(viewer, contact)
        else "",
        panels=base.panels(contact.record, viewer),
        actions=base.actions(contact.record, viewer),
        crumbs=base.crumbs(_("Engagement log"), "directory:contacts", Link(contact.record.ref, "")),
    )
    return base.present(request, "directory/contact.html", context)


def _facts(contact: Contact) -> list[Fact]:
    host = queries.contact_host(contact)
    name, page = getattr(contact, "named", ""), getattr(contact, "page", "")
    officer = Link(name, reverse("directory:person", args=[page])) if page else name
    facts = [
        Fact(_("When"), contact.on),
        Fact(_("What it was"), _nature(contact)),
        Fact(_("With"), [_body_link(body) for body in queries.contact_bodies(contact)]),
        Fact(_("For"), _body_link(host) if host else None),
        Fact(_("Officer"), officer),
    ]
    return [fact for fact in facts if fact.value]


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """Write an entry, also about an organisation (`?organisation=slug`)."""
    viewer = request.viewer
    permissions.may_start_contact(viewer).require()
    form = ContactForm(
        request.POST or None, viewer=viewer, today=queries.local_day(request.now), initial=_start(request)
    )
    made = base.run(form, lambda good: commands.log_contact(by=viewer, facts=good.facts(), now=request.now))
    if made:
        return base.done(request, _("The entry is in the log."), _address(made))
    context = {
        "submit_label": _("Add to the log"),
        "cancel_url": reverse("directory:contacts"),
        "crumbs": base.crumbs(_("Engagement log"), "directory:contacts", Link(_("Add"), "")),
    }
    return base.task(request, form, _("Log a contact, visit or advice"), **context)


def _start(request: Request) -> dict[str, Any]:
    """With whom the address says, and for the organisation the officer acts for."""
    slug = request.GET.get("organisation")
    host = queries.own_organisation(request.viewer)
    given: dict[str, Any] = {"host": host} if host else {}
    if slug:
        given["organisations"] = [queries.access_organisation(request.viewer, slug)]
    return given


def place_of(contact: Contact) -> base.Place:
    """Where the tasks of an entry belong."""
    return base.Place(contact.subject, _address(contact), base.crumbs(_("Engagement log"), "directory:contacts"))


def _mine(request: Request, ref: str) -> Contact:
    contact = queries.access_contact(request.viewer, ref)
    permissions.may_edit_contact(request.viewer, contact).require()
    return contact


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, ref: str) -> HttpResponse:
    """Correct an entry, with a reason."""
    contact = _mine(request, ref)
    today = queries.local_day(request.now)
    form = ContactForm(request.POST or None, viewer=request.viewer, today=today, contact=contact)
    made = base.run(
        form,
        lambda good: commands.edit_contact(
            by=request.viewer,
            contact=contact,
            facts=good.facts(),
            reason=good.cleaned_data["reason"],
            now=request.now,
        ),
    )
    if made:
        return base.done(request, _("The changes were saved."), _address(made))
    withdraw_url = reverse("directory:contact-withdraw", args=[ref])
    context = place_of(contact).context(_("Save changes"), withdraw=withdraw_url)
    return base.task(request, form, _("Edit this entry"), template="directory/contact_edit.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def withhold(request: Request, ref: str) -> HttpResponse:
    """Let only the secretariat read an entry, and say why."""
    contact = _mine(request, ref)
    form = WithholdForm(request.POST or None, viewer=request.viewer)
    made = base.run(
        form,
        lambda good: commands.withhold_contact(
            by=request.viewer,
            contact=contact,
            reason=good.cleaned_data["reason"],
            disclosure=good.cleaned_data["disclosure"],
            now=request.now,
        ),
    )
    if made:
        return base.done(request, _("The entry is withheld."), reverse("directory:contacts"))
    consequences = [
        _("Only the secretariat reads it from now on."),
        _("The log still counts it, unless others may know nothing of it."),
    ]
    context = place_of(contact).context(_("Withhold"), consequences=consequences, submit_style="warning")
    return base.task(request, form, _("Withhold this entry?"), template="directory/confirm.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: Request, ref: str) -> HttpResponse:
    """Show a withheld entry to everybody."""
    contact = _mine(request, ref)
    consequences = [_("Anybody can read it, also in feeds and downloads.")]
    said, log = _("The entry is public."), reverse("directory:contacts")
    question = base.Question(_("Publish this entry?"), _("Publish"), consequences, said, log)
    return base.ask_reason(
        request,
        place_of(contact),
        question,
        lambda reason: commands.publish_contact(by=request.viewer, contact=contact, reason=reason, now=request.now),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, ref: str) -> HttpResponse:
    """Take an entry out of the log."""
    contact = _mine(request, ref)
    consequences = [_("It leaves the log and the search."), _("Its page stays, says that it was withdrawn, and why.")]
    question = base.Question(_("Withdraw this entry?"), _("Withdraw"), consequences, _("The entry was withdrawn."))
    return base.ask_reason(
        request,
        place_of(contact),
        question,
        lambda reason: commands.withdraw_contact(by=request.viewer, contact=contact, reason=reason, now=request.now),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: Request, ref: str) -> HttpResponse:
    """Bring an entry back into the log."""
    contact = _mine(request, ref)
    consequences = [_("It is in the log and the search again.")]
    question = base.Question(_("Restore this entry?"), _("Restore"), consequences, _("The entry was restored."))
    return base.ask_reason(
        request,
        place_of(contact),
        question,
        lambda reason: commands.restore_contact(by=request.viewer, contact=contact, reason=reason, now=request.now),
    )

"""Writing to the people of a group: compose, look at who gets it, send; and what was sent before."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.notify.models import Message
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.mails import KEY, recipients_of, why_they_get_it, write_to_group
from convenor.domain.groups.forms.mails import WriteForm
from convenor.domain.groups.models import Group, GroupMail
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.http import Request
from convenor.kit.paging import page_of
from convenor.kit.parts import Fact, Link
from convenor.kit.tables import Column, Table


def _writable(request: Request, slug: str) -> Group:
    group = access_group(request.viewer, slug)
    permissions.may_write_to(request.viewer, group).require()
    return group


@WRITES
def write(request: Request, slug: str) -> HttpResponse:
    """Compose; then look at it and at who gets it; then send."""
    group = _writable(request, slug)
    rules = effective_rules(group, local_day(request.now))
    sides = [(side.slug, side.name) for side in rules.constituencies] if rules else []
    form = WriteForm(base.posted(request), viewer=request.viewer, sides=sides)
    step = request.POST.get("step", "")
    if step == "send":
        made = directory.run(
            form,
            lambda good: write_to_group(by=request.viewer, group=group, facts=good.facts(), now=request.now),
        )
        if made:
            words = ngettext("It is on its way to %(n)d person.", "It is on its way to %(n)d people.", made.recipients)
            url = reverse("groups:mail", args=[group.slug, made.pk])
            return directory.done(request, words % {"n": made.recipients}, url)
    elif step != "change" and form.is_bound and form.is_valid():
        return _preview(request, group, form)
    context = base.place_of(group).context(_("Look at it before it is sent"), template="groups/write.html", group=group)
    return base.task(request, form, _("Write to %(group)s") % {"group": group.name}, **context)


def _preview(request: Request, group: Group, form: WriteForm) -> HttpResponse:
    """Who gets it, by name and not by address, and what it says."""
    facts = form.facts()
    found = recipients_of(request.viewer, group, facts, local_day(request.now))
    words = ngettext("%(n)d person gets it", "%(n)d people get it", len(found)) % {"n": len(found)}
    label = ngettext("Send it to %(n)d person", "Send it to %(n)d people", len(found)) % {"n": len(found)}
    context = base.place_of(group).context(
        label,
        template="groups/write_preview.html",
        group=group,
        facts=facts,
        recipients=found,
        sentence=words,
        why=why_they_get_it(facts.to, group),
    )
    return base.task(request, form, _("Send this to %(group)s?") % {"group": group.name}, **context)


@require_safe
def sent(request: Request, slug: str) -> HttpResponse:
    """What was sent to the group: who wrote, when, about what, to how many."""
    group = _writable(request, slug)
    rows = GroupMail.objects.filter(group=group).select_related("sender").order_by("-sent_at", "-pk")
    page = page_of(rows, request)
    columns = [
        Column[GroupMail]("subject", _("Subject"), "subject", priority=1, link=_address),
        Column[GroupMail]("to", _("To"), "get_to_display"),
        Column[GroupMail]("by", _("Written by"), lambda row: row.sender.name if row.sender else None),
        Column[GroupMail]("when", _("Sent"), "sent_at"),
        Column[GroupMail]("n", _("To how many"), "recipients", numeric=True),
    ]
    context = {
        "title": _("Mails to %(group)s") % {"group": group.name},
        "group": group,
        "page": page,
        "table": Table(columns, page.rows, _("Mails"), asked=request, caption_hidden=True),
        "crumbs": base.crumbs(Link(group.name, base.address(group)), Link(_("Mails"), "")),
    }
    return render(request, "groups/mails.html", context)


def _address(row: GroupMail) -> str:
    return reverse("groups:mail", args=[row.group.slug, row.pk])


@require_safe
def one(request: Request, slug: str, key: int) -> HttpResponse:
    """One mail: its text until it is emptied, and what became of it at each recipient, as long as that is kept."""
    group = _writable(request, slug)
    mail = GroupMail.objects.filter(group=group, pk=key).select_related("sender").first()
    if mail is None:
        raise Http404
    rows = Message.objects.filter(key__startswith=f"{KEY}:{mail.pk}:").select_related("person").order_by("person__name")
    delivered = list(rows)
    context = {
        "title": mail.subject,
        "group": group,
        "mail": mail,
        "facts": _facts(mail, delivered),
        "table": _table(delivered),
        "crumbs": base.crumbs(
            Link(group.name, base.address(group)),
            Link(_("Mails"), reverse("groups:mails", args=[group.slug])),
            Link(mail.subject, ""),
        ),
    }
    return render(request, "groups/mail.html", context)


def _facts(mail: GroupMail, delivered: list[Message]) -> list[Fact]:
    counted = Counter(_outcome(row) for row in delivered)
    facts = [
        Fact(_("To"), str(mail.get_to_display())),
        Fact(_("Written by"), mail.sender.name if mail.sender else ""),
        Fact(_("Sent"), mail.sent_at),
        Fact(_("To how many"), mail.recipients),
        *(Fact(word, number) for word, number in counted.items()),
        Fact(_("Text kept until"), mail.purge_on),
    ]
    return [fact for fact in facts if fact.value not in ("", None)]


def _outcome(row: Message) -> str:
    if row.bounced_at:
        return _("Came back")
    if row.not_sent:
        return _("Not sent")
    if row.sent_at:
        return _("Delivered to the mail server")
    return _("Given up") if row.failed_at else _("Waiting")


def _table(delivered: list[Message]) -> Table[Any]:
    columns = [
        Column[Message]("who", _("Who"), lambda row: row.person.name if row.person else None, priority=1),
        Column[Message]("outcome", _("What became of it"), "outcome"),
        Column[Message]("when", _("When"), lambda row: row.bounced_at or row.sent_at),
    ]
    return Table(columns, delivered, _("Who got it"), caption_hidden=True)

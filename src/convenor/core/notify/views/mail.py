"""Mail that went out, for the secretariat: what came back, and what was done about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convenor.core.notify import commands, permissions, queries
from convenor.core.notify.forms import BounceForm
from convenor.core.notify.models import Message
from convenor.kit.http import Request
from convenor.kit.paging import Page, page_of
from convenor.kit.parts import Link
from convenor.kit.tables import Column, Table


@require_safe
def register(request: Request) -> HttpResponse:
    """What was sent in the last ninety days, newest first; `?q=` finds an address, a name or a subject."""
    permissions.may_see_mail(request.viewer).require()
    asked = request.GET.get("q", "").strip()[:100]
    page = page_of(queries.sent(request.viewer, asked), request)
    return render(request, "notify/register.html", {"page": page, "asked": asked, "table": _table(page)})


def _address(message: Message) -> str:
    return reverse("notify:message", args=[message.pk])


def _table(page: Page[Message]) -> Table[Message]:
    columns: list[Column[Message]] = [
        Column(
            "subject", _("Subject"), "subject", priority=1, link=lambda row: reverse("notify:message", args=[row.pk])
        ),
        Column("to", _("To"), lambda row: row.person.name if row.person else row.address),
        Column("queued", _("Queued"), "created_at"),
        Column("outcome", _("What became of it"), "outcome"),
    ]
    return Table(columns, page.rows, ngettext("%(n)d mail", "%(n)d mails", page.total) % {"n": page.total})


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: Request, pk: int) -> HttpResponse:
    """One mail: to whom, when, what became of it; and a form to say that it came back."""
    found = queries.access_message(request.viewer, pk)
    form = BounceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        commands.mark_bounced(by=request.viewer, message=found, reason=reason, now=request.now)
        messages.success(request, _("It is on the Desk as mail that bounced."))
        return redirect("notify:message", pk)
    crumbs = [Link(_("Desk"), "/desk/"), Link(_("Mail"), "../"), Link(found.subject, "")]
    context = {"message": found, "address": queries.address_of(found), "form": form, "crumbs": crumbs}
    return render(request, "notify/message.html", context, status=422 if form.errors else 200)


@require_POST
def settle(request: Request, pk: int) -> HttpResponseRedirect:
    """Dealt with: it leaves the Desk."""
    found = queries.access_message(request.viewer, pk)
    commands.settle_bounce(by=request.viewer, message=found, now=request.now)
    messages.success(request, _("Settled: it has left the Desk."))
    return HttpResponseRedirect("/desk/")

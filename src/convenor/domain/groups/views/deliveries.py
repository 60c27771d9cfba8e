"""What a group delivered, and renewing or ending it when its time is over."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups.commands import deliveries
from convenor.domain.groups.forms.life import DeliveryForm, SunsetForm
from convenor.domain.groups.queries.access import access_delivery
from convenor.domain.groups.views import base
from convenor.kit.http import Request

WRITES = require_http_methods(["GET", "HEAD", "POST"])


@WRITES
def add(request: Request, slug: str) -> HttpResponse:
    """Record what was delivered; the one that completes the work may close the group."""
    group, today = base.editable(request, slug), local_day(request.now)
    rule = deliveries.closes_on_delivery(group, today)
    form = DeliveryForm(base.posted(request), viewer=request.viewer, today=today, rule=rule)
    made = directory.run(
        form,
        lambda good: deliveries.record_delivery(
            by=request.viewer,
            group=group,
            facts=good.facts(),
            now=request.now,
            close=good.cleaned_data.get("close", False),
        ),
    )
    if made:
        closed = made.group.closed_on is not None
        said = _("It is recorded, and the group is closed.") if closed else _("The delivery is recorded.")
        return directory.done(request, said, base.address(group))
    title = _("Record what %(group)s delivered") % {"group": group.name}
    context = base.place_of(group).context(_("Record the delivery"), lede=group.deliverable)
    return base.task(request, form, title, **context)


@WRITES
def strike(request: Request, slug: str, key: int) -> HttpResponse:
    """Take out a delivery that never was."""
    group = base.editable(request, slug)
    delivery = access_delivery(request.viewer, group, key)
    question = directory.Question(
        _("Take out this delivery"),
        _("Take it out"),
        [delivery.what, _("The history keeps that it stood here, and why it was taken out.")],
        _("It is taken out."),
    )

    def save(reason: str) -> bool:
        deliveries.strike_delivery(by=request.viewer, delivery=delivery, reason=reason, now=request.now)
        return True

    return directory.ask_reason(request, base.place_of(group), question, save)


@WRITES
def sunset(request: Request, slug: str) -> HttpResponse:
    """Renew a group until a later day; or the way to close it."""
    group = base.editable(request, slug)
    form = SunsetForm(base.posted(request), viewer=request.viewer, initial={"until": group.sunset_on})
    done = directory.run(
        form,
        lambda good: deliveries.change_sunset(by=request.viewer, group=group, now=request.now, **good.cleaned_data),
    )
    if done:
        return directory.done(request, _("The day on which it ends is changed."), base.address(group))
    title = _("Renew %(group)s, or let it end") % {"group": group.name}
    context = base.place_of(group).context(
        _("Renew it"),
        template="groups/sunset.html",
        group=group,
        past=group.sunset_on is not None and group.sunset_on < local_day(request.now),
        close_url=reverse("groups:close", args=[group.slug]),
    )
    return base.task(request, form, title, **context)

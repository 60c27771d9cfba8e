"""What a group delivers, and that it closes when all of it is delivered; the day on which it ends by itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement.rules import said
from convenor.domain.groups.commands import ending, showing, steps
from convenor.domain.groups.models import Delivery, Group, SunsetChange
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import closings, terms
from convenor.kit.structs import struct


@struct
class DeliveryFacts:
    """What was handed over, when, and where it is. `completes`: with it the group has delivered all it was to."""

    what: str
    on: date
    link: str = ""
    note: str = ""
    completes: bool = False

    def columns(self) -> dict[str, Any]:
        """As the table holds it."""
        return {
            "what": self.what.strip(),
            "on": self.on,
            "link": self.link.strip(),
            "note": self.note.strip(),
            "completes": self.completes,
        }


def record_delivery(*, by: Viewer, group: Group, facts: DeliveryFacts, now: datetime, close: bool = False) -> Delivery:
    """Record what a group delivered.

    Where the rules of its type say that it closes on delivery, the delivery that completes its work closes it, as of
    today. Elsewhere `close` does.
    """
    with transaction.atomic():
        group = steps.opened(by, group)
        today = steps.today(now)
        refuse_if(closings.delivery_breaches(facts.what, facts.on, group.started_on, today))
        refuse_if(_complete_already(group, facts))
        row = Delivery(group=group, **facts.columns())
        steps.refuse_bad_fields(row)
        row.save()
        steps.note(by, "group.delivered", group.record, now, steps.all_new(facts.columns()))
        rule = closes_on_delivery(group, today)
        if facts.completes and (rule or close):
            ending.close(by, group, closings.DELIVERED, today, rule or _("It delivered what it was to deliver."), now)
        return row


def strike_delivery(*, by: Viewer, delivery: Delivery, reason: str, now: datetime) -> None:
    """Take out a delivery that never was. The history keeps that it stood here."""
    with transaction.atomic():
        group = steps.opened(by, delivery.group)
        delivery = Delivery.objects.get(pk=delivery.pk, group=group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        gone = {"what": (delivery.what, None), "on": (delivery.on, None)}
        steps.note(by, "group.delivery-struck", group.record, now, gone, reason)
        Delivery.objects.filter(pk=delivery.pk).delete()


def change_sunset(*, by: Viewer, group: Group, until: date | None, reason: str, now: datetime) -> Group:
    """Renew a group until a later day, or shorten its time; None: it ends by itself no more. Each change is a row."""
    with transaction.atomic():
        group = steps.opened(by, group)
        today = steps.today(now)
        refuse_if(closings.sunset_breaches(group.sunset_on, until, reason, today))
        row = SunsetChange(group=group, was=group.sunset_on, until=until, on=today, reason=reason.strip())
        steps.refuse_bad_fields(row)
        row.save()
        changes = steps.set_values(group, {"sunset_on": until})
        group.save(update_fields=["sunset_on"])
        showing.keep_promises(group, now)
        steps.note(by, "group.sunset-changed", group.record, now, changes, reason)
        return group


def closes_on_delivery(group: Group, on: date) -> str:
    """The rule that the group closes when it has delivered, in its own words; "" where there is none."""
    rules = values.rules_of(group, on)
    return said(rules, "closes_on_delivery") if rules is not None and rules.closes_on_delivery else ""


def _complete_already(group: Group, facts: DeliveryFacts) -> list[Breach]:
    if not facts.completes or not Delivery.objects.filter(group=group, completes=True).exists():
        return []
    text = _("All that it was to deliver is recorded as delivered already.")
    return [Breach("complete-already", text, "completes")]

"""What the worker does for mail: send, tell followers, remind of deadlines, forget bodies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import in_force, viewer_for
from convenor.core.clock import queries as clock
from convenor.core.clock import rules as days
from convenor.core.journal.models import Entry, Seal
from convenor.core.journal.outbox import Never, drain
from convenor.core.notify import commands, queries
from convenor.core.notify.models import Message
from convenor.core.notify.transport import Bounced, Transport, compose
from convenor.core.records.queries import frozen_kinds

MAIL_LEASE: Final = timedelta(seconds=45)
AHEAD: Final = timedelta(days=3)
KEEP: Final = timedelta(days=90)


def send_due(
    transport: Transport,
    *,
    worker: str,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool],
    lease: timedelta = MAIL_LEASE,
) -> int:
    """Send one batch of waiting messages; how many were dealt with."""

    def send(message: Message) -> None:
        send_one(message, transport, clock())

    return drain(Message, send, worker=worker, clock=clock, stopping=stopping, lease=lease)


def send_one(message: Message, transport: Transport, now: datetime) -> None:
    """Send a message unless its recipient may not have it any more; then empty its body, whatever became of it.

    A worker that dies after the server took it sends it again, under the same Message-ID. Raises Never when it
    bounced at once, Later when the mail server is away.
    """
    if message.sent_at or message.not_sent:
        return
    why_not = queries.held_back(message, now)
    if why_not:
        _settle(message, not_sent=why_not)
        return
    recipient = queries.address_of(message)
    try:
        transport.send(compose(message, recipient, now), recipient)
    except Bounced as bounced:
        _settle(message, bounced_at=now, bounce_reason=str(bounced)[:500])
        raise Never(str(bounced)) from bounced
    _settle(message, sent_at=now)


def _settle(message: Message, **outcome: object) -> None:
    Message.objects.filter(pk=message.pk).update(text="", html="", **outcome)


def on_entry(entry_id: int) -> None:
    """The consumer “mail”: tell those who follow."""
    entry = Entry.objects.select_related("record").get(pk=entry_id)
    commands.tell_followers(entry, datetime.now(UTC))


def remind(now: datetime) -> None:
    """On weekday mornings, to each secretariat officer: how much is overdue or due within three days. Once a day.

    The mail gives numbers and the way to the Desk, which asks again who may read what.
    """
    today = days.local_of(now, settings.TIME_ZONE).date()
    if today.weekday() >= days.SATURDAY:
        return
    officers = Person.objects.filter(is_active=True, email__isnull=False, pk__in=_secretariat(now))
    for person in officers.order_by("pk"):
        viewer = viewer_for(person, now)
        late, soon = clock.overdue(viewer).count(), clock.due_within(viewer, AHEAD).count()
        if late or soon:
            commands.queue(
                to=person,
                key=f"due:{today}:{person.pk}",
                subject=_("%(late)s overdue, %(soon)s due soon") % {"late": late, "soon": soon},
                template="due",
                context={"late": late, "soon": soon, "desk": f"{settings.SITE_URL}/desk/"},
                now=now,
            )


def _secretariat(now: datetime) -> QuerySet[DutyAssignment, int]:
    held = DutyAssignment.objects.filter(in_force(now), duty=Duty.SECRETARIAT, over=None)
    return held.values_list("person_id", flat=True)


def mail_seals(now: datetime) -> None:
    """To each witness: the newest seal, unless they were sent it. It covers all that was sealed before."""
    newest = Seal.objects.order_by("-number").first()
    if newest is not None and settings.SEAL_WITNESSES:
        commands.mail_seal(newest, now)


def tidy(now: datetime) -> None:
    """Empty the bodies of what will not be sent any more, and forget messages after ninety days.

    Not of those about a record of a frozen kind.
    """
    free = Message.objects.exclude(record__kind__in=frozen_kinds(now))
    free.filter(failed_at__isnull=False).exclude(text="").update(text="", html="")
    free.filter(created_at__lt=now - KEEP, bounced_at=None).exclude(done_at=None, failed_at=None).delete()

"""Messages on their way to people, and what people follow."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.journal.models import WAITING, Entry, Leased
from convenor.core.records.models import Record


class Message(Leased):
    """One mail to one recipient. Its Message-ID is fixed when it is made, so that a repeat is recognised as one."""

    max_attempts: ClassVar[int] = 14

    message_id = models.CharField(max_length=120, unique=True)
    key = models.CharField(max_length=120, unique=True, null=True, help_text="Makes queueing idempotent.")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="messages")
    address = models.EmailField(max_length=254, blank=True, help_text="Instead of a person.")
    subject = models.CharField(max_length=300)
    text = models.TextField(blank=True, help_text="Emptied once sent.")
    html = models.TextField(blank=True, help_text="Emptied once sent.")
    unsubscribe = models.CharField(max_length=500, blank=True, help_text="Address that stops mails like this one.")
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="messages")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="messages")
    created_at = models.DateTimeField()
    send_before = models.DateTimeField(null=True, help_text="Worthless afterwards (a sign-in code).")
    sent_at = models.DateTimeField(null=True)
    not_sent = models.CharField(max_length=200, blank=True, help_text="Why it was held back.")
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=500, blank=True)
    settled_at = models.DateTimeField(null=True, help_text="When an officer dealt with the bounce.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, address="") | (Q(person__isnull=True) & ~Q(address="")),
                name="message_to_person_or_address",
            ),
        )
        indexes = (
            models.Index(fields=("run_after", "id"), name="message_waiting", condition=WAITING),
            models.Index(fields=("bounced_at",), name="message_bounced", condition=Q(bounced_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.message_id}"

    @property
    def outcome(self) -> str:
        """What became of it, in words."""
        if self.bounced_at:
            return _("Came back: %(why)s") % {"why": self.bounce_reason}
        if self.not_sent:
            return _("Not sent: %(why)s") % {"why": self.not_sent}
        if self.sent_at:
            return _("Sent")
        return _("Given up: %(why)s") % {"why": self.error} if self.failed_at else _("Waiting")


class Subscription(models.Model):
    """A person follows one record, or all of a kind. Private, like all that is about one person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="subscriptions")
    record = models.ForeignKey(Record, models.CASCADE, null=True, related_name="followers")
    kind = models.CharField(max_length=40, blank=True)
    verbs = models.CharField(max_length=300, blank=True, help_text="Separated by spaces; empty for all.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "record"), name="follow_record_once"),
            models.UniqueConstraint(fields=("person", "kind"), condition=~Q(kind=""), name="follow_kind_once"),
            models.CheckConstraint(
                condition=Q(record__isnull=False, kind="") | (Q(record__isnull=True) & ~Q(kind="")),
                name="follow_record_or_kind",
            ),
        )
        indexes = (models.Index(fields=("kind",), name="follow_kind", condition=~Q(kind="")),)

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.record_id or self.kind}"

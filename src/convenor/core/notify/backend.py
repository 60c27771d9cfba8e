"""Django's and allauth's own mail goes the same way as ours: into the outbox, sent by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from convenor.core.notify.commands import queue_text

CODE_LASTS = timedelta(minutes=15)
"""What the framework mails are sign-in codes and such; later they only confuse."""


class OutboxBackend(BaseEmailBackend):
    """Queues each mail once per recipient, in the caller's transaction."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were queued. Attachments are not carried: nothing sends one this way."""
        return sum(_queue(message) for message in email_messages)


def _queue(message: EmailMessage) -> int:
    if message.attachments:
        raise ValueError("Mail with attachments does not go through this backend.")
    now = datetime.now(UTC)
    for address in message.recipients():
        queue_text(
            address=address,
            subject=str(message.subject),
            text=str(message.body),
            html=_html(message),
            now=now,
            send_before=now + CODE_LASTS,
        )
    return 1


def _html(message: EmailMessage) -> str:
    parts: Sequence[Any] = getattr(message, "alternatives", ())
    return next((str(content) for content, kind in parts if kind == "text/html"), "")

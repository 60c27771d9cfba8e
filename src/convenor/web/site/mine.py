"""What one person has to do with the record: seats, answers asked for, what they follow."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.notify import queries as mail
from convenor.core.records.rules import Viewer
from convenor.web.site.queues import Queue, Task
from convenor.web.site.words import record_address

SHOWN = 20


def queues(viewer: Viewer) -> list[Queue]:
    return [followed(viewer)]


def followed(viewer: Viewer) -> Queue:
    """What the person asked to hear of."""
    rows = mail.following(viewer)
    tasks = [
        Task(row.record.title, record_address(row.record), row.record.ref, _("History"),
             reverse("site:record-history", args=[row.record.ref]))
        for row in rows[:SHOWN]
        if row.record
    ]  # fmt: skip
    none = _("You follow nothing yet. Every record has a Follow link.")
    return Queue("followed", _("You follow"), none, tasks, len(tasks), reverse("notify:following"))

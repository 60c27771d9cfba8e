"""The engagement log."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, Q
from django.http import Http404

from convenor.core.records.models import Record, ScopedQuerySet, visible_filter
from convenor.core.records.rules import DISCLOSE_NOTHING, DISCLOSE_TITLE, Viewer
from convenor.domain.directory.models import Contact, Organisation
from convenor.domain.directory.queries.shared import public_name, public_slug
from convenor.kit.structs import struct


@struct
class ContactFilter:
    """What the engagement log is narrowed by; None and empty mean not at all."""

    q: str = ""
    nature: str = ""
    formal: bool | None = None
    organisation: str = ""
    since: date | None = None
    until: date | None = None


def contacts(viewer: Viewer, asked: ContactFilter | None = None) -> ScopedQuerySet[Contact]:
    """The log: each entry with its organisations where they may be read. Not ordered."""
    asked = asked or ContactFilter()
    rows = Contact.objects.live().select_related("record").prefetch_related(*_bodies(viewer))
    if asked.nature:
        rows = rows.filter(nature=asked.nature)
    if asked.formal is not None:
        rows = rows.filter(formal=asked.formal)
    if asked.since:
        rows = rows.filter(on__gte=asked.since)
    if asked.until:
        rows = rows.filter(on__lte=asked.until)
    if asked.organisation:
        body = Organisation.objects.filter(slug=asked.organisation).visible_to(viewer)
        rows = rows.filter(Q(host__in=body) | Q(pk__in=Contact.objects.filter(organisations__in=body).values("pk")))
    for word in asked.q.split():
        rows = rows.filter(Q(subject__icontains=word) | Q(about__icontains=word) | Q(outcome__icontains=word))
    return rows.visible_to(viewer)


def contacts_with(viewer: Viewer, organisation: Organisation) -> ScopedQuerySet[Contact]:
    """The entries that name an organisation, newest first."""
    rows = Contact.objects.live().filter(organisations=organisation).select_related("record")
    return rows.order_by("-on", "-pk").visible_to(viewer)


def access_contact(viewer: Viewer, ref: str) -> Contact:
    """The entry with this ref, its organisations, host and officer (`named`, `page`) where they may be read; or 404."""
    rows = Contact.objects.filter(record__ref=ref).select_related("record").prefetch_related(*_bodies(viewer))
    rows = rows.annotate(named=public_name(viewer, "officer"), page=public_slug(viewer, "officer"))
    found = rows.visible_to(viewer).first()
    if found is None:
        raise Http404
    return found


def bodies_of(contact: Contact) -> list[Organisation]:
    """The organisations of an entry that the viewer may read; for rows of contacts and access_contact."""
    return list(getattr(contact, "bodies_shown", ()))


def host_of(contact: Contact) -> Organisation | None:
    """Whose engagement it was, where the viewer may read it; for rows of contacts and access_contact."""
    found: Organisation | None = getattr(contact, "host_shown", None)
    return found


@struct
class Withheld:
    """An entry the viewer may not read but may know of. `title` only where it may be told."""

    reason: str
    title: str = ""


def withheld_contacts(viewer: Viewer, most: int = 50) -> list[Withheld]:
    """What the log holds that this viewer may not read but may know of, newest first."""
    if viewer.is_system:
        return []
    hidden = Record.objects.filter(kind="contact").live().exclude(disclosure=DISCLOSE_NOTHING)
    rows = hidden.exclude(visible_filter(viewer)).order_by("-published_at", "-pk")
    return [
        Withheld(reason, title if disclosure == DISCLOSE_TITLE else "")
        for title, reason, disclosure in rows.values_list("title", "withheld_reason", "disclosure")[:most]
    ]


def _bodies(viewer: Viewer) -> tuple[Prefetch[str], ...]:
    seen = Organisation.objects.visible_to(viewer)
    return (
        Prefetch("organisations", queryset=seen.order_by("name", "pk"), to_attr="bodies_shown"),
        Prefetch("host", queryset=seen, to_attr="host_shown"),
    )

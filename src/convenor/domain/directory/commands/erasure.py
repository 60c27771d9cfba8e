"""What the directory holds about a person: told to them, and taken out when the law says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from convenor.core.journal.commands import erase_values
from convenor.core.journal.models import Entry
from convenor.core.records import commands as records
from convenor.core.records.ports import name_claims, ports
from convenor.core.records.queries import refuse_if_frozen
from convenor.core.records.rules import Viewer
from convenor.domain.directory.commands import steps
from convenor.domain.directory.commands.people import KIND
from convenor.domain.directory.models import Contact, Interest, Profile, Tenure

ERASED = "Erased person"


def register() -> None:
    """Open the doors that records.ports names."""
    ports.erasers["directory"] = erase
    ports.personal_data["directory"] = held_about
    ports.name_claims["directory"] = claims


def claims(person_id: int) -> list[str]:
    """Why the record keeps a name: who held a public office is part of it (Archives Act 1983 s 24)."""
    rows = Tenure.objects.filter(person=person_id, office__record__visibility="public").select_related("office")
    return [f"Held the office of {tenure.office.title}." for tenure in rows.order_by("pk")]


def held_about(_viewer: Viewer, person_id: int) -> dict[str, Any]:
    """Profile, offices, interests and log entries of a person."""
    profiles, logged = Profile.objects.filter(person=person_id), Contact.objects.filter(officer=person_id)
    return {
        "profile": list(profiles.values("record__ref", "record__title", "slug", "about")),
        "offices": list(
            Tenure.objects.filter(person=person_id)
            .order_by("pk")
            .values("office__record__title", "starts_on", "ends_on", "acting", "note")
        ),
        "interests": list(
            Interest.objects.filter(person=person_id)
            .order_by("pk")
            .values("description", "organisation__name", "starts_on", "ends_on", "public")
        ),
        "engagement": list(logged.order_by("pk").values("record__ref", "subject", "on")),
    }


def erase(by: Viewer, person_id: int, authority: str, now: datetime) -> None:
    """Take out the sentences about a person and their interests; the name too, where nothing claims it."""
    interests = Interest.objects.filter(person=person_id)
    if interests.exists() or Profile.objects.filter(person=person_id).exists():
        refuse_if_frozen(now, KIND)
    interests.delete()
    profile = Profile.objects.filter(person=person_id).select_related("record").first()
    if profile is None:
        return
    _erase_history(by, profile, authority, now)
    profile.about = ""
    if not name_claims(person_id):
        records.retitle(profile.record, ERASED)
        records.withdraw(profile.record)
        profile.slug = steps.new_slug(Profile, "person", ERASED, profile.record)
    profile.save()


def _erase_history(by: Viewer, profile: Profile, authority: str, now: datetime) -> None:
    personal = {"about", "name", "interest", "reason"}
    for entry in Entry.objects.filter(record=profile.record).prefetch_related("values").order_by("pk"):
        fields = [v.field for v in entry.values.all() if v.field in personal and v.erased_at is None]
        if fields:
            erase_values(by=by, entry=entry, fields=fields, authority=authority, now=now)

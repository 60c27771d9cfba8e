"""History, feeds and what changed: as the viewer may read them."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from django.db import transaction
from django.test import Client

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.journal import commands as journal
from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.core.records.rules import PUBLIC, SEALED, Viewer
from convenor.domain.directory.models import Contact, Organisation, OrganisationKind
from convenor.web.site.words import in_words

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def officer(now: datetime) -> Person:
    person = Person.objects.create_user("officer@site.example", "a long enough password", name="Olive Officer")
    DutyAssignment.objects.create(person=person, duty="secretariat", starts_at=now)
    return person


@pytest.fixture
def inside(officer: Person) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def _host(now: datetime) -> Organisation:
    record = records.create_record(kind="organisation", title="Host", now=now)
    kind = OrganisationKind.objects.create(slug="body", name="Body", name_plural="Bodies", sector="government")
    return Organisation.objects.create(record=record, slug="host", name="Host", kind=kind)


def changed(now: datetime, title: str, visibility: str = PUBLIC, by: int | None = None) -> Record:
    with transaction.atomic():
        record = records.create_record(kind="contact", title=title, now=now, visibility=visibility)
        host = Organisation.objects.first() or _host(now)
        Contact.objects.create(
            record=record, host=host, nature="visit", formal=False, on=now.date(), subject=title, about="It."
        )
        changes = {"subject": ("old name", title), "note": (None, "for officers only")}
        journal.write(
            by=Viewer(now=now, person_id=by),
            verb="contact.edited",
            record=record,
            now=now,
            changes=changes,
            public=("subject",),
            reason="a secret reason",
        )
    return record


def test_a_stranger_reads_public_values_and_no_names(client: Client, now: datetime, officer: Person) -> None:
    record = changed(now, "The new name", by=officer.pk)
    page = client.get(f"/history/{record.ref}/").content.decode()
    assert "old name → The new name" in page
    assert "officers only" not in page
    assert "secret reason" not in page
    assert "Olive Officer" not in page


def test_an_officer_reads_everything(inside: Client, now: datetime, officer: Person) -> None:
    record = changed(now, "The new name", by=officer.pk)
    page = inside.get(f"/history/{record.ref}/").content.decode()
    assert "for officers only" in page
    assert "a secret reason" in page
    assert "Olive Officer" in page


def test_a_sealed_record_has_no_history_for_a_stranger(client: Client, now: datetime) -> None:
    record = changed(now, "Sealed thing", SEALED)
    assert client.get(f"/history/{record.ref}/").status_code == 404
    assert client.get(f"/history/{record.ref}/feed.atom").status_code == 404
    assert "Sealed thing" not in client.get("/updates/").content.decode()
    assert b"Sealed thing" not in client.get("/updates/feed.atom").content


def test_the_feed_is_atom_and_survives_hostile_titles(client: Client, now: datetime) -> None:
    changed(now, "<script>alert(1)</script> & \x0b ]]>")
    feed = ET.fromstring(client.get("/updates/feed.atom").content)  # noqa: S314 - our own answer
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
    assert titles == ["Contact edited: <script>alert(1)</script> &  ]]>"]
    assert all(entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry"))


def test_older_changes_are_paged_by_their_number(client: Client, now: datetime) -> None:
    for number in range(55):
        changed(now, f"Thing {number:02d}")
    first = client.get("/updates/").content.decode()
    assert "Thing 54" in first
    assert "Thing 04" not in first
    older = first.split('href="?before=')[1].split('"')[0]
    assert "Thing 04" in client.get(f"/updates/?before={older}").content.decode()


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("group.created", "Group created"),
        ("group.seat-ended", "Seat ended"),
        ("engagement-model.loaded", "Engagement model loaded"),
    ],
)
def test_verbs_read_as_words(verb: str, words: str) -> None:
    assert in_words(verb) == words

"""Mappings kept for the next time: listed for who may use them, downloaded, deleted by who kept them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.exchange.commands import forget_mapping, keep_mapping
from convenor.core.exchange.models import KeptMapping
from convenor.core.exchange.tests.test_mapped import MAPPING, text_of
from convenor.core.journal.models import Entry
from convenor.core.records.rules import NotAllowed, Viewer

pytestmark = pytest.mark.django_db


def kept_by(officer: Viewer) -> KeptMapping:
    return keep_mapping(by=officer, name="m/e.yml", content=MAPPING, source="Register of Elsewhere", now=officer.now)


def test_listed_downloaded_and_deleted_after_a_question(desk: Client, officer: Viewer) -> None:
    assert "No mapping is kept yet" in text_of(desk.get("/uploads/mappings/"))
    kept = kept_by(officer)
    KeptMapping.objects.create(source="Gone", resource="a-list-of-the-past", name="old", text="", kept_at=officer.now)
    page = desk.get("/uploads/mappings/")
    assert "Register of Elsewhere" in text_of(page)
    assert "Gone" not in text_of(page)
    file = desk.get(f"/uploads/mappings/{kept.pk}/mapping.yaml")
    assert (file.content, file["Content-Disposition"]) == (MAPPING, 'attachment; filename="me.yaml"')
    ask = desk.get(f"/uploads/mappings/{kept.pk}/delete/")
    assert "What was loaded with it stays as it is." in text_of(ask)
    assert KeptMapping.objects.filter(pk=kept.pk).exists()
    done = desk.post(f"/uploads/mappings/{kept.pk}/delete/", follow=True)
    assert "was deleted." in text_of(done)
    assert not KeptMapping.objects.filter(pk=kept.pk).exists()
    assert desk.post(f"/uploads/mappings/{kept.pk}/delete/").status_code == 404
    assert Entry.objects.filter(verb="upload.mapping-deleted").count() == 1
    forget_mapping(by=officer, kept=kept, now=officer.now)
    assert Entry.objects.filter(verb="upload.mapping-deleted").count() == 1


def test_only_who_kept_it_deletes_it(client: Client, officer: Viewer, now: datetime) -> None:
    kept = kept_by(officer)
    assert client.get(f"/uploads/mappings/{kept.pk}/mapping.yaml").status_code == 404
    other = Person.objects.create_user("other@example.org", name="Otto Other (fictitious)", is_fictitious=True)
    DutyAssignment.objects.create(person=other, duty="secretariat", starts_at="2020-01-01T00:00:00Z")
    client.force_login(other)
    page = client.get("/uploads/mappings/")
    assert "Register of Elsewhere" in text_of(page)
    assert "/delete/" not in page.content.decode()
    assert client.get(f"/uploads/mappings/{kept.pk}/mapping.yaml").status_code == 200
    assert client.post(f"/uploads/mappings/{kept.pk}/delete/").status_code == 403
    with pytest.raises(NotAllowed, match="Only the person who kept a mapping"):
        forget_mapping(by=viewer_for(other, now), kept=kept, now=now)

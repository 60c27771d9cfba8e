from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from convenor.core.files import commands, queries
from convenor.core.files.models import FileVersion
from convenor.core.files.tests import samples
from convenor.core.records.rules import PUBLIC, SEALED, Viewer
from tests.things import make_thing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path


def stored(by: Viewer, now: datetime, visibility: str = PUBLIC, name: str = "Terms of reference.pdf") -> FileVersion:
    received = commands.receive(ContentFile(samples.PDF, name))
    with transaction.atomic():
        record = make_thing(now, visibility=visibility)
        return commands.store_file(by=by, record=record, title="Terms", received=received, now=now)


def address(version: FileVersion) -> str:
    return reverse("files:serve", args=[version.pk, version.original_name])


def test_a_file_is_a_download_in_a_sandbox(client: Client, now: datetime, by_system: Viewer) -> None:
    version = stored(by_system, now)
    response: Any = client.get(address(version))
    assert b"".join(response.streaming_content) == samples.PDF
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="Terms of reference.pdf"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    again = client.get(address(version), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_file_is_as_visible_as_its_record(client: Client, now: datetime, by_system: Viewer, public: Viewer) -> None:
    hidden = stored(by_system, now, SEALED)
    missing = client.get(reverse("files:serve", args=[999999, hidden.original_name]))
    there = client.get(address(hidden))
    assert (there.status_code, missing.status_code) == (404, 404)
    assert list(queries.files_of(public, hidden.file.record)) == []
    assert [file.pk for file in queries.files_of(by_system, hidden.file.record)] == [hidden.file_id]


def test_another_name_or_bytes_gone_is_404(client: Client, now: datetime, by_system: Viewer) -> None:
    version = stored(by_system, now)
    assert client.get(reverse("files:serve", args=[version.pk, "other.html"])).status_code == 404
    assert client.post(address(version)).status_code == 405
    commands.path_of(version.stored_name).unlink()
    assert client.get(address(version)).status_code == 404


def test_the_files_of_a_record_with_their_versions(now: datetime, by_system: Viewer, public: Viewer) -> None:
    version = stored(by_system, now)
    with transaction.atomic():
        later = commands.receive(ContentFile(b"x", "b.txt"))
        commands.add_version(by=by_system, file=version.file, received=later, now=now)
    [file] = queries.files_of(public, version.file.record)
    assert [each.number for each in file.newest_first] == [2, 1]  # type: ignore[attr-defined]

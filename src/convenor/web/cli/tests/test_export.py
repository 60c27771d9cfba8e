"""The site's own export of everything public: what is in it, and when it is given out."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from convenor.core.exchange.declare import resources
from convenor.core.journal.commands import write
from convenor.core.records.rules import system
from convenor.web.api.tests.asking import body
from convenor.web.cli import export

pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_the_last_export_is_offered_until_something_in_it_is_taken_back(
    client: Client, settings: Any, tmp_path: Path, now: datetime
) -> None:
    settings.DATA = tmp_path
    assert client.get("/data/public.zip").status_code == 404
    assert export.keep(now)
    assert not export.keep(now)
    assert "Download public.zip" in client.get("/data/").content.decode()
    names = zipfile.ZipFile(io.BytesIO(body(client.get("/data/public.zip")))).namelist()
    with zipfile.ZipFile(tmp_path / "public.zip") as archive:
        package = json.loads(archive.read("datapackage.json"))
    assert [table["path"] for table in package["resources"]] == [f"data/{name}.csv" for name in resources]
    assert {f"data/{name}.{kind}" for name in resources for kind in ("csv", "jsonld", "schema.json")} <= set(names)
    with transaction.atomic():
        write(by=system(now), verb="thing.withheld", record=None, now=now, changes={"a": (None, "b")})
    assert client.get("/data/public.zip").status_code == 404
    assert export.keep(now)
    assert body(client.get("/data/public.zip")).startswith(b"PK")

"""The nightly job."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from convenor.core.accounts import commands
from convenor.core.accounts.jobs import tidy
from convenor.core.accounts.models import Person, SharedCache, SignedLink
from convenor.core.accounts.tests.conftest import PASSWORD, right_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


def test_it_forgets_what_is_over_and_nothing_else(client: Client, mia: Person, noa: Person) -> None:
    now = right_now()
    with transaction.atomic():
        for days in (200, 50, 0):
            commands.issue_link(purpose="sign-in-invitation", person=noa, now=now - timedelta(days=days))
    for visitor in (client, Client()):
        visitor.post("/account/login/", {"login": mia.email, "password": PASSWORD})
    old = Session.objects.order_by("pk").first()
    assert old
    Session.objects.filter(pk=old.pk).update(expire_date=now - timedelta(days=1))
    SharedCache.objects.create(cache_key="old", value="x", expires=now - timedelta(days=1))
    for _ in range(2):
        tidy(now)
    assert list(SignedLink.objects.order_by("pk").values_list("created_at", flat=True)) == [
        now - timedelta(days=50),
        now,
    ]
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    assert not SharedCache.objects.filter(cache_key="old").exists()


def test_the_clock_runs_it() -> None:
    from importlib import import_module

    job = import_module("convenor.core.clock.schedules").jobs["accounts.tidy"]
    assert job.run is tidy


def test_signing_in_is_logged_without_the_address(
    client: Client, mia: Person, caplog: pytest.LogCaptureFixture, now: datetime
) -> None:
    with caplog.at_level("INFO", "convenor.security"):
        client.post("/account/login/", {"login": mia.email, "password": "wrong wrong wrong"})
        client.post("/account/login/", {"login": mia.email, "password": PASSWORD})
    said = [record.getMessage() for record in caplog.records if record.name == "convenor.security"]
    assert said == ["Sign-in failed from 127.0.0.1.", f"Person {mia.pk} signed in from 127.0.0.1."]

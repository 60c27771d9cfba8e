"""The pages of disposal freezes, as an administrator uses them."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from django.utils.timezone import localdate, now

from convenor.core.accounts.commands import assign_duty
from convenor.core.accounts.models import Duty, Person
from convenor.core.records.models import Freeze
from convenor.core.records.retention import CLASSES
from convenor.core.records.rules import system

pytestmark = pytest.mark.django_db


def signed_in(client: Client, duty: str, at: datetime) -> Client:
    """Somebody with a duty over the whole site, who proved who they are just now."""
    person = Person.objects.create_user(f"{duty}@site.example", "correct horse battery 9", name=f"Imaginary {duty}")
    assign_duty(by=system(at), person=person, duty=duty, reason="Test.", now=at)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def sent(**more: object) -> dict[str, object]:
    today = localdate(now())
    days = {"starts_on_day": today.day, "starts_on_month": today.month, "starts_on_year": today.year}
    return {"kinds": ["group", "call"], **days, "authority": "RN 2026/14", "reason": "An inquiry.", **more}


def test_set_and_lifted_from_the_pages(client: Client) -> None:
    browser = signed_in(client, Duty.ADMINISTRATOR, now())
    assert "Nothing is frozen now." in browser.get("/retention/").content.decode()
    assert browser.post("/retention/freeze/", sent()).headers["Location"] == "/retention/"
    page = browser.get("/retention/").content.decode()
    assert "Of 2 kinds of record nothing is destroyed now." in page
    assert "RN 2026/14" in page
    one = Freeze.objects.get(kind="group")
    assert "An inquiry." in browser.get(f"/retention/{one.pk}/lift/").content.decode()
    browser.post(f"/retention/{one.pk}/lift/", {"reason": "It has reported.", "sure": "on"})
    assert "It has reported." in browser.get("/retention/").content.decode()
    assert list(Freeze.objects.filter(lifted_at=None).values_list("kind", flat=True)) == ["call"]


def test_each_class_says_what_is_kept_what_goes_and_on_whose_authority(client: Client, settings: Any) -> None:
    browser = signed_in(client, Duty.ADMINISTRATOR, now())
    page = browser.get("/retention/").content.decode()
    assert page.count("Not stated") == len(CLASSES)
    for each in CLASSES:
        assert all(escape(str(said)) in page for said in (each.kept, each.goes)), each.slug
        assert str(each.name) in page
    assert page.count('<a href="#classes">Dealings and agreements with others</a>') == 2
    settings.RETENTION_AUTHORITIES = "advisory-bodies = RA 2020/1, class 2"
    page = browser.get("/retention/").content.decode()
    assert "RA 2020/1, class 2" in page
    assert page.count("Not stated") == len(CLASSES) - 1


def test_a_refusal_stands_at_its_field_and_nothing_is_lost(client: Client) -> None:
    browser = signed_in(client, Duty.ADMINISTRATOR, now())
    browser.post("/retention/freeze/", sent())
    page = browser.post("/retention/freeze/", sent(reason="Another inquiry.")).content.decode()
    assert "is frozen already" in page
    assert "Another inquiry." in page


def test_the_secretariat_reads_and_is_told_who_may(client: Client) -> None:
    browser = signed_in(client, Duty.SECRETARIAT, now())
    page = browser.get("/retention/").content.decode()
    assert "Only an administrator of the site may set or lift a disposal freeze." in page
    assert browser.post("/retention/freeze/", sent()).status_code == 403
    assert "/retention/" in browser.get("/desk/").content.decode()

"""Erasing a person: everything personal is gone, what was done stays provable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.db import models
from django.test import Client

from convenor.core.accounts import commands
from convenor.core.accounts.models import Person
from convenor.core.accounts.tests.conftest import PASSWORD
from convenor.core.accounts.tests.journal import entries, said
from convenor.core.records.ports import ports
from convenor.core.records.rules import NotAllowed, Refused, Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]

CANARY = "Zanzibar"


@pytest.fixture
def known(as_sam: Viewer, as_ada: Viewer, client: Client, now: datetime) -> Person:
    """Somebody whose every personal column holds the canary."""
    person = Person.objects.create_user("zanzibar@people.example", PASSWORD, name=f"{CANARY} Example")
    commands.rename_person(by=as_sam, person=person, name=f"{CANARY} Renamed", now=now)
    commands.assign_duty(by=as_ada, person=person, duty="publisher", reason=f"{CANARY} asked", now=now)
    commands.request_email_change(by=as_ada, person=person, email="zanzibar@new.example", now=now)
    TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    Client(headers={"user-agent": CANARY}).post("/account/login/", {"login": person.email, "password": PASSWORD})
    return person


def everywhere(text: str) -> list[str]:
    """Every column of every table that holds the text."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                rows = model._default_manager.filter(**{f"{field.name}__icontains": text})
                found += [f"{model._meta.label}.{field.name}"] * bool(rows.exists())
    return sorted(found)


def test_nothing_personal_is_left_in_any_table(known: Person, as_ada: Viewer, now: datetime) -> None:
    assert {
        "accounts.Person.name",
        "accounts.Person.email",
        "journal.Value.after",
        "account.EmailAddress.email",
    } <= set(everywhere(CANARY))
    commands.erase_person(by=as_ada, person=known, authority="Request of 20 November 2026, APP 11.2", now=now)
    assert everywhere(CANARY) == []
    gone = Person.objects.get(pk=known.pk)
    assert (gone.name, gone.email, gone.is_active, gone.may_sign_in, gone.erased_at) == (
        "Erased person",
        None,
        False,
        False,
        now,
    )
    assert not Authenticator.objects.filter(user=gone).exists()


def test_what_was_done_stays(known: Person, as_ada: Viewer, now: datetime) -> None:
    before = len(entries())
    commands.erase_person(by=as_ada, person=known, authority="Request, APP 11.2", now=now)
    assert len(entries()) > before
    renamed = entries("person.renamed")[0]
    assert said(renamed) == {"person": (None, str(known.pk)), "name": (None, None)}
    assert said(entries("person.erased")[0]) == {
        "person": (None, str(known.pk)),
        "reason": (None, "Request, APP 11.2"),
    }
    assert said(entries("duty.assigned")[0])["duty"] == (None, "publisher")


def test_duties_end(known: Person, as_ada: Viewer, now: datetime) -> None:
    commands.erase_person(by=as_ada, person=known, authority="Request", now=now)
    assert list(known.duties.values_list("ends_at", flat=True)) in ([now], [])


@pytest.fixture
def claim() -> Iterator[None]:
    ports.name_claims["specimen"] = lambda _person_id: ["They were appointed to a public group in 2024."]
    yield
    del ports.name_claims["specimen"]


def test_the_name_stays_where_the_public_record_needs_it(
    known: Person, as_ada: Viewer, claim: None, now: datetime
) -> None:
    commands.erase_person(by=as_ada, person=known, authority="Request", now=now)
    gone = Person.objects.get(pk=known.pk)
    assert (gone.name, gone.email) == (f"{CANARY} Renamed", None)


def test_other_apps_are_asked(known: Person, as_ada: Viewer, now: datetime) -> None:
    asked: list[Any] = []
    ports.erasers["specimen"] = lambda **given: asked.append((given["person_id"], given["authority"]))
    try:
        commands.erase_person(by=as_ada, person=known, authority="Request", now=now)
    finally:
        del ports.erasers["specimen"]
    assert asked == [(known.pk, "Request")]


def test_only_administrators_erase_and_say_on_whose_authority(
    known: Person, as_sam: Viewer, as_ada: Viewer, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        commands.erase_person(by=as_sam, person=known, authority="x", now=now)
    with pytest.raises(Refused) as refused:
        commands.erase_person(by=as_ada, person=known, authority=" ", now=now)
    assert [breach.code for breach in refused.value.breaches] == ["reason-missing"]


def test_what_was_erased_stays_erased(known: Person, as_ada: Viewer, now: datetime) -> None:
    commands.erase_person(by=as_ada, person=known, authority="Request", now=now)
    for again in (
        lambda: commands.erase_person(by=as_ada, person=known, authority="Request", now=now),
        lambda: commands.reactivate_person(by=as_ada, person=known, reason="x", now=now),
        lambda: commands.rename_person(by=as_ada, person=known, name="x", now=now),
        lambda: commands.assign_duty(by=as_ada, person=known, duty="publisher", reason="x", now=now),
    ):
        with pytest.raises(Refused) as refused:
            again()
        assert "person-erased" in [breach.code for breach in refused.value.breaches]

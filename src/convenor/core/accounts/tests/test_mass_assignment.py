"""Peer hole 11 (zulip CVE-2022-31168): no form takes a field it does not show."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from convenor.core.accounts.models import Assistance, DutyAssignment, Person, SignedLink
from convenor.core.accounts.tests.conftest import PASSWORD, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]

EVERYTHING: dict[str, Any] = {
    field.name: value
    for model in (Person, DutyAssignment, SignedLink, Assistance)
    for field, value in ((field, "1") for field in model._meta.concrete_fields)
} | {
    "is_superuser": "1",
    "is_staff": "1",
    "is_active": "1",
    "may_sign_in": "1",
    "session_epoch": "99",
    "password": PASSWORD,
    "duties": "administrator",
    "duty": "administrator",
    "person": "1",
    "principal": "1",
    "by": "1",
    "user": "1",
}


def state(person: Person) -> dict[str, Any]:
    kept = Person.objects.filter(pk=person.pk).values().get()
    return {name: value for name, value in kept.items() if name != "last_login"} | {"duties": person.duties.count()}


@pytest.mark.parametrize(
    ("path", "form", "changes"),
    [
        ("/account/name/", {"name": "Mia Renamed"}, {"name": "Mia Renamed"}),
        ("/account/email/", {"email": "mia@new.example"}, {}),
        ("/account/assistants/new/", {"assistant": "sam@people.example", "may_answer": ""}, {}),
        ("/account/2fa/recovery-codes/generate/", {}, {}),
        ("/account/confirm/", {"code": "x"}, {}),
    ],
)
def test_hole_11_on_my_account(
    client: Client, mia: Person, sam: Person, path: str, form: dict[str, str], changes: dict[str, str]
) -> None:
    before = (state(mia), state(sam))
    sign_in(client, mia).post(path, {**EVERYTHING, **form})
    assert (state(mia), state(sam)) == ({**before[0], **changes}, before[1])
    assert set(Assistance.objects.values_list("principal", flat=True)) <= {mia.pk}


@pytest.mark.parametrize(
    ("path", "form", "changes"),
    [
        ("name/", {"name": "Noa Renamed"}, {"name": "Noa Renamed"}),
        ("email/", {"email": "noa@new.example"}, {"email": "noa@new.example"}),
        ("invite/", {}, {}),
        ("assistants/new/", {"assistant": "mia@people.example"}, {}),
        ("duties/new/", {"duty": "administrator", "reason": "x"}, {}),
        ("deactivate/", {"reason": "x"}, {}),
        ("erase/", {"authority": "x", "sure": "on"}, {}),
    ],
)
def test_hole_11_as_an_officer(
    client: Client, sam: Person, mia: Person, noa: Person, path: str, form: dict[str, str], changes: dict[str, str]
) -> None:
    """An officer who is no administrator gains nothing for themselves, and gives no duty to others."""
    before = (state(sam), state(mia), state(noa))
    sign_in(client, sam).post(f"/people-admin/{noa.pk}/{path}", {**EVERYTHING, **form})
    assert (state(sam), state(mia), state(noa)) == (before[0], before[1], {**before[2], **changes})


def test_hole_11_adding_a_person(client: Client, sam: Person) -> None:
    sign_in(client, sam).post("/people-admin/new/", {**EVERYTHING, "name": "Lee Example", "email": ""})
    made = Person.objects.get(name="Lee Example")
    assert (made.may_sign_in, made.has_usable_password(), made.session_epoch, made.duties.count()) == (
        False,
        False,
        0,
        0,
    )


def test_hole_11_signing_up(client: Client, settings: Any) -> None:
    settings.SIGN_UP = True
    form = {**EVERYTHING, "name": "New Example", "email": "new@people.example", "password1": PASSWORD}
    client.post("/account/signup/", form)
    made = Person.objects.get()
    assert (made.session_epoch, made.duties.count(), made.erased_at) == (0, 0, None)

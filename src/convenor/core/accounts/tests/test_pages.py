"""Every page of accounts: who gets what, constant queries, nothing inline, nothing leaked."""

# ruff: noqa: ARG002 - a fixture that must exist is not always read

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from convenor.core.accounts import commands
from convenor.core.accounts.models import Assistance, Duty, DutyAssignment, Person
from convenor.core.accounts.tests.conftest import MakePerson, right_now, sign_in
from convenor.core.records.commands import create_record
from convenor.core.records.rules import SEALED, Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]

OUT, NO, OK = 302, 403, 200
"""A stranger is sent to sign in; somebody signed in is told why not."""

ROLES = {
    # address name: (stranger, member, secretariat, administrator)
    "me": (OUT, OK, OK, OK),
    "my-name": (OUT, OK, OK, OK),
    "my-data": (OUT, OK, OK, OK),
    "my-assistant": (OUT, OK, OK, OK),
    "people": (OUT, NO, OK, OK),
    "create": (OUT, NO, OK, OK),
    "duties": (OUT, NO, OK, OK),
    "person": (OUT, NO, OK, OK),
    "rename": (OUT, NO, OK, OK),
    "change-email": (OUT, NO, OK, OK),
    "invite": (OUT, NO, OK, OK),
    "deactivate": (OUT, NO, NO, OK),
    "reactivate": (OUT, NO, NO, OK),
    "erase": (OUT, NO, NO, OK),
    "assign-duty": (OUT, NO, NO, OK),
    "appoint-assistant": (OUT, NO, OK, OK),
    "grant-access": (OUT, NO, OK, OK),
    "end-duty": (OUT, NO, NO, OK),
    "end-access": (OUT, NO, OK, OK),
    "end-assistance": (OUT, 404, OK, OK),
    "make-token": (OUT, OK, OK, OK),
    "revoke-token": (OUT, 404, 404, 404),
    "unsent": (OUT, OK, OK, OK),
    "confirm": (OUT, 302, 302, 302),
    "link": (404, 404, 404, 404),
    "renew-link": (405, 405, 405, 405),
}


@pytest.fixture
def cast(
    noa: Person, mia: Person, sam: Person, ada: Person, as_sam: Viewer, as_ada: Viewer, a_kind: str, now: datetime
) -> dict[str, Any]:
    """One of everything, about Noa."""
    with transaction.atomic():
        record = create_record(kind=a_kind, title="Specimen", now=now)
    duty = commands.assign_duty(by=as_ada, person=noa, duty=Duty.PUBLISHER, over=record, reason="x", now=now)
    duty.delete()
    held = DutyAssignment.objects.create(
        person=ada, duty=Duty.PUBLISHER, over=record, starts_at=now - timedelta(days=1), reason="x"
    )
    access = commands.grant_access(by=as_sam, person=noa, record=record, allow=False, reason="x", now=now)
    helping = commands.appoint_assistant(by=as_sam, principal=sam, assistant=noa, now=now)
    return {"person": noa.pk, "end-duty": held.pk, "end-access": access.pk, "end-assistance": helping.pk}


def address(name: str, cast: dict[str, Any]) -> str:
    if name in ("link", "renew-link"):
        return reverse(f"accounts:{name}", args=["x" * 43])
    try:
        return reverse(f"accounts:{name}")
    except Exception:  # noqa: BLE001 - it takes an argument
        return reverse(f"accounts:{name}", args=[cast.get(name, cast["person"])])


def clients(*people: Person | None) -> list[Client]:
    return [sign_in(Client(), person) if person else Client() for person in people]


def test_the_table_names_every_address() -> None:
    names = {name for name in get_resolver().namespace_dict["accounts"][1].reverse_dict if isinstance(name, str)}
    assert names == set(ROLES)


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.slow
def test_who_gets_what(name: str, cast: dict[str, Any], mia: Person, sam: Person, ada: Person) -> None:
    path = address(name, cast)
    assert tuple(client.get(path).status_code for client in clients(None, mia, sam, ada)) == ROLES[name]


@pytest.mark.parametrize("name", [name for name in ROLES if name not in ("me", "link", "renew-link", "confirm")])
@pytest.mark.slow
def test_a_stranger_changes_nothing_by_any_method(name: str, cast: dict[str, Any]) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in (Person, DutyAssignment, Assistance)]
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(Client(), method)(address(name, cast), {"reason": "x", "name": "x", "sure": "on"})
        assert answer.status_code in (302, 405)
    assert [list(model.objects.order_by("pk").values()) for model in (Person, DutyAssignment, Assistance)] == before


def test_a_member_gets_no_hint_whether_somebody_exists(client: Client, mia: Person, noa: Person) -> None:
    sign_in(client, mia)
    answers = [client.get(f"/people-admin/{pk}/") for pk in (noa.pk, 999999)]
    assert answers[0].status_code == answers[1].status_code == 403
    assert answers[0].content == answers[1].content


def test_an_officer_of_one_record_adds_people_and_sees_no_register(
    client: Client, make_person: MakePerson, a_kind: str, now: datetime
) -> None:
    with transaction.atomic():
        record = create_record(kind=a_kind, title="Specimen", now=now)
    sign_in(client, make_person("Lou Example", Duty.SECRETARIAT, over=record))
    assert client.get("/people-admin/").status_code == 403
    assert "invite" not in client.get("/people-admin/new/").content.decode()
    done = client.post("/people-admin/new/", {"name": "Lee Example", "email": "lee@people.example", "invite": "on"})
    assert done.headers["Location"] == "/account/"
    assert Person.objects.get(name="Lee Example").signed_links.count() == 0


def test_a_duty_over_something_sealed_does_not_show_its_title(
    client: Client, sam: Person, mia: Person, a_kind: str, now: datetime
) -> None:
    with transaction.atomic():
        record = create_record(kind=a_kind, title="Zanzibar", now=now, visibility=SEALED)
    DutyAssignment.objects.create(person=mia, duty=Duty.PUBLISHER, over=record, starts_at=now, reason="x")
    sign_in(client, sam)
    for path in ("/people-admin/duties/", "/people-admin/duties/?format=csv", f"/people-admin/{mia.pk}/"):
        page = client.get(path).content.decode()
        assert record.ref in page
        assert "Zanzibar" not in page


@pytest.mark.parametrize("path", ["/account/", "/people-admin/", "/people-admin/duties/", "PERSON"])
def test_queries_stay_the_same_with_ten_times_the_rows(
    client: Client, ada: Person, sam: Person, make_person: MakePerson, as_ada: Viewer, now: datetime, path: str
) -> None:
    sign_in(client, ada)
    where = path.replace("PERSON", f"/people-admin/{ada.pk}/")

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(where).status_code == 200
        return len(seen)

    def more(number: int) -> None:
        person = make_person(f"Many{number} Example", Duty.PUBLISHER)
        commands.appoint_assistant(by=as_ada, principal=ada, assistant=person, now=now)
        commands.rename_person(by=as_ada, person=ada, name=f"Ada {number}", now=now)

    more(0)
    client.get(where)
    few = count()
    for number in range(1, 20):
        more(number)
    many = count()
    assert (many, few <= 15) == (few, True)


INLINE = re.compile(r"(?i)<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=|javascript:")


PUBLIC = ["account_login", "account_request_login_code", "account_signup", "account_reset_password", "account_inactive",
          "socialaccount_login_cancelled", "socialaccount_login_error"]  # fmt: skip
PRIVATE = ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "usersessions_list",
           "socialaccount_connections", "account_change_password", "account_logout", "account_email"]  # fmt: skip


@pytest.mark.parametrize("name", [*PUBLIC, *PRIVATE])
def test_nothing_is_inline(name: str, client: Client, mia: Person, settings: Any) -> None:
    settings.SIGN_UP = True
    if name in PRIVATE:
        sign_in(client, mia)
    answer = client.get(reverse(name))
    assert answer.status_code in (200, 401)
    page = answer.content.decode()
    assert INLINE.findall(page) == []
    assert "<h1>" in page
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", [name for name in ROLES if name not in ("my-data", "renew-link", "confirm")])
@pytest.mark.slow
def test_nothing_is_inline_on_our_own(name: str, cast: dict[str, Any], ada: Person) -> None:
    page = sign_in(Client(), ada).get(address(name, cast)).content.decode()
    assert INLINE.findall(page) == []
    assert "<h1>" in page


def test_a_hostile_name_is_text_on_every_page(client: Client, ada: Person, as_ada: Viewer, now: datetime) -> None:
    """Peer hole 15 (decidim CVE-2026-23891): stored markup in a user's name."""
    hostile = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    person = Person.objects.create_user("h@people.example", "x" * 20, name=hostile)
    DutyAssignment.objects.create(person=person, duty=Duty.ADMINISTRATOR, starts_at=now, reason=hostile)
    commands.rename_person(by=as_ada, person=person, name=hostile + "2", now=now)
    sign_in(client, ada)
    pages = ["/people-admin/", "/people-admin/duties/", f"/people-admin/{person.pk}/"]
    pages += [f"/people-admin/{person.pk}/{step}/" for step in ("name", "invite", "deactivate", "erase", "duties/new")]
    for path in pages:
        page = client.get(path).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


class TestRegisters:
    def test_people_are_found_and_filtered(self, client: Client, sam: Person, mia: Person, noa: Person) -> None:
        sign_in(client, sam)
        for query, found in {
            "": {"Mia", "Noa", "Sam"},
            "?q=noa": {"Noa"},
            "?state=no-sign-in": {"Noa"},
            "?state=signs-in": {"Mia", "Sam"},
            "?duty=secretariat": {"Sam"},
            "?state=erased": set(),
            "?state=nonsense&sort=nonsense&page=nonsense": {"Mia", "Noa", "Sam"},
        }.items():
            page = client.get(f"/people-admin/{query}").content.decode()
            table = page.split("<table", 1)[-1] if "<table" in page else ""
            assert {name for name in ("Mia", "Noa", "Sam") if f"{name} Example" in table} == found, query

    def test_duties_by_time(self, client: Client, ada: Person, as_ada: Viewer, sam: Person, mia: Person) -> None:
        now = right_now()
        commands.end_duty(by=as_ada, duty=sam.duties.get(), reason="x", now=now - timedelta(minutes=1))
        later = now + timedelta(days=2)
        commands.assign_duty(by=as_ada, person=mia, duty=Duty.PUBLISHER, starts_at=later, reason="x", now=now)
        sign_in(client, ada)
        found = {
            query: [row["holder"] for row in client.get(f"/people-admin/duties/?format=json{query}").json()]
            for query in ("", "&when=past", "&when=future", "&when=all&sort=name", "&when=all&duty=publisher", "&q=ada")
        }
        assert found == {
            "": ["Ada Example"],
            "&when=past": ["Sam Example"],
            "&when=future": ["Mia Example"],
            "&when=all&sort=name": ["Ada Example", "Mia Example", "Sam Example"],
            "&when=all&duty=publisher": ["Mia Example"],
            "&q=ada": ["Ada Example"],
        }

    def test_the_csv_holds_no_formula(self, client: Client, ada: Person, make_person: MakePerson) -> None:
        make_person("=1+1 Example", Duty.PUBLISHER, email="f@people.example")
        sign_in(client, ada)
        answer = client.get("/people-admin/duties/?format=csv")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="duties.csv"'
        assert "publisher,'=1+1 Example," in answer.content.decode()


class TestForms:
    def test_giving_a_duty(self, client: Client, ada: Person, mia: Person, a_kind: str, now: datetime) -> None:
        with transaction.atomic():
            record = create_record(kind=a_kind, title="Specimen", now=now)
        sign_in(client, ada)
        path = f"/people-admin/{mia.pk}/duties/new/"
        form = {"duty": "secretariat", "over": record.ref.lower(), "reason": "Runs it"}
        ends = {"ends_on_day": "31", "ends_on_month": "Dec", "ends_on_year": "2030"}
        assert client.post(path, {**form, **ends}).headers["Location"] == f"/people-admin/{mia.pk}/"
        held = mia.duties.get()
        assert (held.duty, held.over, held.reason) == ("secretariat", record, "Runs it")
        assert held.ends_at is not None
        assert held.ends_at.isoformat() == "2030-12-31T13:00:00+00:00"

    def test_what_was_entered_is_not_lost(self, client: Client, ada: Person, mia: Person) -> None:
        sign_in(client, ada)
        form = {"duty": "publisher", "over": "NO-SUCH-1", "reason": "Because of this"}
        page = client.post(f"/people-admin/{mia.pk}/duties/new/", form).content.decode()
        assert "There is no record “NO-SUCH-1” that you may read." in page
        assert "Because of this" in page
        assert not mia.duties.exists()

    def test_a_refusal_stands_at_its_field(self, client: Client, ada: Person, mia: Person) -> None:
        sign_in(client, ada)
        path = f"/people-admin/{mia.pk}/duties/new/"
        for _ in range(2):
            answer = client.post(path, {"duty": "publisher", "reason": "x"})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert 'id="id_duty_error"' in page
        assert "This person holds that duty already in that time." in page

    def test_the_whole_life_of_a_person(self, client: Client, ada: Person) -> None:
        sign_in(client, ada)
        client.post("/people-admin/new/", {"name": "Lee Example", "email": "lee@people.example", "invite": "on"})
        lee = Person.objects.get(name="Lee Example")
        base = f"/people-admin/{lee.pk}/"
        assert lee.signed_links.get().purpose == "sign-in-invitation"
        client.post(f"{base}name/", {"name": "Lee Renamed"})
        client.post(f"{base}email/", {"email": "lee@new.example"})
        client.post(f"{base}invite/")
        assert lee.signed_links.count() == 2
        client.post(f"{base}duties/new/", {"duty": "publisher", "reason": "Edits the pages"})
        client.post(f"/people-admin/duties/{lee.duties.get().pk}/end/", {"reason": "Done"})
        client.post(f"{base}deactivate/", {"reason": "Left"})
        client.post(f"{base}reactivate/", {"reason": "Back"})
        assert client.post(f"{base}erase/", {"authority": "Request"}).status_code == 200
        client.post(f"{base}erase/", {"authority": "Request", "sure": "on"})
        lee.refresh_from_db()
        assert (lee.name, lee.email, lee.is_active) == ("Erased person", None, False)
        page = client.get(base).content.decode()
        assert "person: erased" in page
        assert "Lee" not in page

    def test_assistants_on_my_account(self, client: Client, mia: Person, sam: Person) -> None:
        sign_in(client, mia)
        client.post("/account/assistants/new/", {"assistant": "SAM@people.example", "may_answer": "on"})
        row = Assistance.objects.get()
        assert (row.principal, row.assistant, row.may_answer) == (mia, sam, True)
        assert "Sam Example" in client.get("/account/").content.decode()
        client.post(f"/account/assistants/{row.pk}/end/")
        assert Assistance.objects.get().ends_at is not None

    @pytest.mark.slow
    def test_finding_assistants_is_no_oracle(self, client: Client, mia: Person) -> None:
        sign_in(client, mia)
        answers = [
            client.post("/account/assistants/new/", {"assistant": f"p{number}@people.example"}).status_code
            for number in range(22)
        ]
        assert (answers.count(200), answers.count(429)) == (20, 2)


class TestMyData:
    def test_it_is_all_there_and_only_mine(
        self, client: Client, mia: Person, noa: Person, as_sam: Viewer, as_mia: Viewer, now: datetime
    ) -> None:
        commands.appoint_assistant(by=as_mia, principal=mia, assistant=noa, now=now)
        commands.rename_person(by=as_sam, person=mia, name="Mia Renamed", now=now)
        client.post("/account/login/", {"login": "mia@people.example", "password": "correct horse battery staple"})
        answer = client.get("/account/data.json")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="about-me.json"'
        held = answer.json()
        assert held["person"]["name"] == "Mia Renamed"
        assert [row["name"] for row in held["assistants"]] == ["Noa Example"]
        assert [row["verb"] for row in held["journal"][0]["about"]] == ["assistance.begun", "person.renamed"]
        assert len(held["sessions"]) == 1
        text = answer.content.decode()
        assert "noa@people.example" not in text
        assert mia.password not in text

    def test_every_personal_table_is_covered(self) -> None:
        """A new foreign key to a person must be thought of here and in the erasure."""
        found = {
            f"{model._meta.label}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if field.related_model is Person
            and not model._meta.label.startswith(("directory.", "groups.", "engagement."))
        }
        assert found >= {"accounts.SignedLink.person", "journal.Entry.actor"}
        known = {
            "account.EmailAddress.user",
            "accounts.AccessRow.person",
            "accounts.ApiToken.person",
            "accounts.Assistance.assistant",
            "accounts.Assistance.principal",
            "accounts.DutyAssignment.person",
            "accounts.SignedLink.person",
            "journal.Entry.actor",
            "journal.Entry.on_behalf_of",
            "mfa.Authenticator.user",
            "socialaccount.SocialAccount.user",
            "usersessions.UserSession.user",
        }
        core = {
            name
            for name in found
            if name.split(".")[0] in ("account", "accounts", "mfa", "socialaccount", "usersessions", "journal")
        }
        assert core == known


def test_how_it_is_called(sam: Person) -> None:
    """Rows say what they are in logs and shells."""
    assert str(sam) == "Sam Example"
    assert str(sam.duties.get()) == "Secretariat officer: Sam Example"

"""Who asks and when, on every request; and what becomes of a no."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.sessions import SEEN_COOKIE, SIGNED_IN_AT
from convenor.core.records.registry import registry
from convenor.core.records.rules import Breach, NotAllowed, Refused, Viewer
from convenor.kit.http import Request, public

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def who(request: Request) -> HttpResponse:
    viewer: Viewer = request.viewer
    assert request.now.tzinfo is UTC
    assert isinstance(viewer, Viewer)
    return public(HttpResponse(f"{viewer.person_id} {viewer.name}"))


def untouched(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the same for all")


def not_allowed(request: HttpRequest) -> HttpResponse:
    raise NotAllowed([Breach("not-allowed", "Only the secretariat may do this.")])


def refused(request: HttpRequest) -> HttpResponse:
    raise Refused([Breach("full", "All 12 seats are taken."), Breach("late", "The call has closed.")])


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("who/", who),
    path("untouched/", untouched),
    path("not-allowed/", not_allowed),
    path("refused/", refused),
    path("broken/", broken),
    path("account/", include("allauth.urls")),
    path("", include(([path("contact/", untouched, name="contact")], "site"))),
]


@pytest.fixture(autouse=True)
def bare_frame(settings: Any) -> None:
    """The page frame without the navigation of the whole site, whose addresses are not here."""
    templates = deepcopy(settings.TEMPLATES)
    options = templates[0]["OPTIONS"]
    options["context_processors"] = [name for name in options["context_processors"] if not name.startswith("convenor.")]
    settings.TEMPLATES = templates


@pytest.fixture
def person(db: None) -> Person:
    return Person.objects.create(name="Ada Example", email="ada@people.example")


@pytest.fixture
def signed_in(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def rewind(client: Client, **ago: Any) -> None:
    """As if this sign-in had begun that long ago."""
    session = client.session
    session[SIGNED_IN_AT] = int((datetime.now(UTC) - timedelta(**ago)).timestamp())
    session.save()


def test_a_stranger_is_anybody_and_costs_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/who/")
    assert answer.content == b"None "
    assert answer.cookies.keys() == set()
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "private" not in answer.headers.get("Cache-Control", "")
    assert answer.convenor_public is True  # type: ignore[attr-defined]


def test_a_signed_in_answer_is_in_no_cache(signed_in: Client, person: Person) -> None:
    answer = signed_in.get("/who/")
    assert answer.content == f"{person.pk} Ada Example".encode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.convenor_public is False  # type: ignore[attr-defined]


def test_what_asks_nobody_costs_nothing(signed_in: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert SEEN_COOKIE not in signed_in.get("/untouched/").cookies


def test_the_viewer_is_worked_out_once(signed_in: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(5 + len(registry.audience_sources)):
        signed_in.get("/who/")


def test_a_get_never_writes_the_session(signed_in: Client) -> None:
    before = list(Session.objects.values())
    for _ in range(3):
        signed_in.get("/who/")
    assert list(Session.objects.values()) == before


def test_deactivation_bites_at_the_next_request(signed_in: Client, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert signed_in.get("/who/").content == b"None "


def test_a_revoked_session_is_nobodys_at_the_next_request(signed_in: Client) -> None:
    Session.objects.all().delete()
    assert signed_in.get("/who/").content == b"None "


def test_a_sign_in_ends_by_age(signed_in: Client) -> None:
    signed_in.get("/who/")
    rewind(signed_in, seconds=site.SESSION_COOKIE_AGE + 1)
    assert signed_in.get("/who/").content == b"None "
    assert Session.objects.count() == 0


def test_a_sign_in_ends_by_idleness(signed_in: Client) -> None:
    rewind(signed_in, minutes=site.SESSION_IDLE_MINUTES + 1)
    assert signed_in.get("/who/").content == b"None "


def test_reading_keeps_a_sign_in_alive(signed_in: Client, person: Person) -> None:
    seen = signed_in.get("/who/").cookies[SEEN_COOKIE]
    assert (seen["httponly"], seen["samesite"]) == (True, "Lax")
    rewind(signed_in, minutes=site.SESSION_IDLE_MINUTES + 1)
    assert signed_in.get("/who/").content == f"{person.pk} Ada Example".encode()


def test_the_last_seen_time_is_written_seldom(signed_in: Client) -> None:
    assert SEEN_COOKIE in signed_in.get("/who/").cookies
    assert SEEN_COOKIE not in signed_in.get("/who/").cookies


def test_the_last_seen_time_of_another_session_is_worth_nothing(signed_in: Client, person: Person) -> None:
    other = Client()
    other.force_login(person)
    other.get("/who/")
    signed_in.cookies[SEEN_COOKIE] = other.cookies[SEEN_COOKIE].value
    rewind(signed_in, minutes=site.SESSION_IDLE_MINUTES + 1)
    assert signed_in.get("/who/").content == b"None "


def test_a_forged_last_seen_time_is_worth_nothing(signed_in: Client) -> None:
    signed_in.cookies[SEEN_COOKIE] = f"{int(datetime.now(UTC).timestamp())}-1"
    rewind(signed_in, minutes=site.SESSION_IDLE_MINUTES + 1)
    assert signed_in.get("/who/").content == b"None "


def test_a_stranger_who_may_not_is_sent_to_sign_in(client: Client) -> None:
    answer = client.get("/not-allowed/?tab=2")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/login/?next=%2Fnot-allowed%2F%3Ftab%3D2")


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        ("http://testserver/form/?a=1", "http%3A%2F%2Ftestserver%2Fform%2F%3Fa%3D1"),
        ("https://evil.example/form/", "%2Fnot-allowed%2F"),
        ("", "%2Fnot-allowed%2F"),
    ],
)
def test_after_a_post_the_way_back_is_the_form(client: Client, referer: str, expected: str) -> None:
    answer = client.post("/not-allowed/", headers={"referer": referer})
    assert answer.headers["Location"] == f"/account/login/?next={expected}"


def test_an_address_with_two_slashes_is_not_another_site(client: Client) -> None:
    answer = client.get("//not-allowed/")
    assert answer.status_code == 404


def test_someone_signed_in_who_may_not_reads_why(signed_in: Client) -> None:
    answer = signed_in.get("/not-allowed/")
    assert answer.status_code == 403
    assert "Only the secretariat may do this." in answer.content.decode()


def test_a_refusal_is_a_page_with_its_sentences(client: Client) -> None:
    answer = client.get("/refused/")
    assert answer.status_code == 409
    assert "All 12 seats are taken." in answer.content.decode()
    assert "The call has closed." in answer.content.decode()


def test_a_fault_stays_a_fault(client: Client) -> None:
    with pytest.raises(ZeroDivisionError):
        client.get("/broken/")


class TestSecondFactor:
    """CONVENOR_MFA_FOR_DUTIES=yes."""

    @pytest.fixture(autouse=True)
    def demanded(self, settings: Any) -> None:
        settings.MFA_FOR_DUTIES = True

    def test_a_duty_holder_without_one_is_sent_to_set_it_up(self, signed_in: Client, person: Person) -> None:
        since = datetime.now(UTC) - timedelta(days=1)
        DutyAssignment.objects.create(person=person, duty=Duty.SECRETARIAT, starts_at=since)
        answer = signed_in.get("/who/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/")

    def test_somebody_without_duties_is_not(self, signed_in: Client) -> None:
        assert signed_in.get("/who/").status_code == 200

    def test_a_stranger_is_not(self, client: Client) -> None:
        assert client.get("/who/").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PURGE"])
@pytest.mark.parametrize("path", ["/account/login/", "/account/signup/", "/account/password/reset/", "/untouched/"])
def test_a_method_that_no_page_takes_is_refused(client: Client, path: str, method: str) -> None:
    answer = client.generic(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


def test_what_pages_take_goes_through(client: Client) -> None:
    assert [client.head("/account/login/").status_code, client.post("/untouched/").status_code] == [200, 200]

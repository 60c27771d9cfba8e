"""Sign-in by the agency's own provider: a real conversation with one on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from convenor.core.accounts.models import Person
from convenor.core.accounts.tests.conftest import sign_in
from convenor.core.accounts.tests.journal import verbs
from convenor.core.accounts.tests.provider import CLIENT, SECRET, Provider, running
from convenor.kit.environment import BadSetting

SETTINGS = import_module("convenor.settings")  # by name: nothing below the site imports its settings
_oidc = SETTINGS._oidc

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with running() as there:
        trust(settings, there, trust_email=False)
        yield there


def trust(settings: Any, provider: Provider, *, trust_email: bool) -> None:
    """As CONVENOR_OIDC would have it."""
    text = (
        f'[{{"id": "agency", "name": "Agency", "server_url": "{provider.url}", "client_id": "{CLIENT}",'
        f' "secret": "{SECRET}", "trust_email": {str(trust_email).lower()}}}]'
    )
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": _oidc(text)}}


def come_back(client: Client, provider: Provider, query: str = "", **claims: Any) -> Any:
    """Press the button, be vouched for over there, come back here."""
    provider.claims = {"sub": "subject-1", "name": "Mia Example", **claims}
    sent = client.post(f"/account/oidc/agency/login/{query}")
    asked = parse_qs(urlsplit(sent.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    provider.challenge = asked["code_challenge"][0]
    return client.get("/account/oidc/agency/login/callback/", {"code": "c", "state": asked["state"][0]})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_the_page_offers_it(client: Client, provider: Provider) -> None:
    page = client.get("/account/login/").content.decode()
    assert 'href="/account/oidc/agency/login/?process=login"' in page
    assert "Sign in with Agency" in client.get("/account/oidc/agency/login/").content.decode()


def test_a_provider_nobody_set_up_is_not_there(client: Client) -> None:
    assert client.get("/account/oidc/agency/login/").status_code == 404
    assert "Agency" not in client.get("/account/login/").content.decode()


def test_one_connects_it_first_and_then_signs_in(client: Client, mia: Person, provider: Provider) -> None:
    sign_in(client, mia)
    come_back(client, provider, "?process=connect", email="other@agency.example", email_verified=True)
    assert SocialAccount.objects.values_list("user", "uid").get() == (mia.pk, "subject-1")
    other = Client()
    assert come_back(other, provider).headers["Location"] == "/my-work/"
    assert other.session["_auth_user_id"] == str(mia.pk)
    assert provider.asked == [SECRET, SECRET]
    assert SocialToken.objects.count() == 0


def test_a_stranger_gets_no_account(client: Client, provider: Provider) -> None:
    page = come_back(client, provider, email="new@agency.example", email_verified=True)
    assert "Accounts are by invitation" in page.content.decode()
    assert Person.objects.count() == 0


def test_an_address_alone_is_not_believed(client: Client, mia: Person, provider: Provider) -> None:
    come_back(client, provider, email="mia@people.example", email_verified=True)
    assert not is_in(client)


def test_where_the_provider_is_trusted_a_verified_address_is(
    client: Client, mia: Person, provider: Provider, settings: Any
) -> None:
    trust(settings, provider, trust_email=True)
    come_back(client, provider, email="mia@people.example", email_verified=False)
    assert not is_in(client)
    come_back(client, provider, email="mia@people.example", email_verified=True)
    assert is_in(client)


def test_nobody_without_an_invitation_even_then(client: Client, noa: Person, provider: Provider, settings: Any) -> None:
    trust(settings, provider, trust_email=True)
    come_back(client, provider, email="noa@people.example", email_verified=True)
    assert not is_in(client)


def test_hole_26_a_deactivated_person_is_out_by_this_door_too(client: Client, mia: Person, provider: Provider) -> None:
    sign_in(client, mia)
    come_back(client, provider, "?process=connect")
    Person.objects.filter(pk=mia.pk).update(is_active=False)
    for visitor in (client, Client()):
        assert come_back(visitor, provider).headers["Location"] == "/account/inactive/"
        assert not is_in(visitor)


def test_where_sign_up_is_open_a_newcomer_fills_in_the_form(client: Client, provider: Provider, settings: Any) -> None:
    settings.SIGN_UP = True
    asked = come_back(client, provider, name="New Example", email="new@agency.example", email_verified=True)
    assert asked.headers["Location"] == "/account/3rdparty/signup/"
    assert 'value="New Example"' in client.get("/account/3rdparty/signup/").content.decode()
    client.post("/account/3rdparty/signup/", {"name": "New Example", "email": "new@agency.example"})
    assert Person.objects.values_list("name", "email", "may_sign_in").get() == (
        "New Example",
        "new@agency.example",
        True,
    )
    assert verbs() == ["person.signed-up"]


def test_an_answer_nobody_asked_for_is_refused(client: Client, mia: Person, provider: Provider) -> None:
    provider.claims = {"sub": "subject-1"}
    assert client.get("/account/oidc/agency/login/callback/", {"code": "c", "state": "made up"}).status_code == 401
    assert not is_in(client)


def test_turning_back_is_no_fault(client: Client, provider: Provider) -> None:
    sent = client.post("/account/oidc/agency/login/")
    state = parse_qs(urlsplit(sent.headers["Location"]).query)["state"][0]
    back = client.get("/account/oidc/agency/login/callback/", {"error": "access_denied", "state": state})
    assert back.headers["Location"] == "/account/3rdparty/login/cancelled/"


@pytest.mark.parametrize("text", ["{", "[1]", '[{"id": "x"}]', '{"id": "x"}', '[{"id": "x", "nonsense": 1}]', "7"])
def test_a_setting_that_cannot_be_used_is_one_sentence(text: str) -> None:
    with pytest.raises(BadSetting, match=r"^CONVENOR_OIDC cannot be used"):
        _oidc(text)


def test_no_setting_is_no_provider() -> None:
    assert _oidc("") == []


def test_the_policy_lets_the_button_lead_there() -> None:
    """Browsers hold form-action against the redirect that a form leads to."""
    there = "https://id.agency.example:8443/realms/x"
    apps = _oidc(f'[{{"id": "a", "name": "A", "server_url": "{there}", "client_id": "c", "secret": "s"}}]')
    assert SETTINGS._form_targets(apps) == ["https://id.agency.example:8443"]

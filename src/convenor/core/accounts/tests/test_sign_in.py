"""Signing in: by code, by password, with a second factor; and what stays closed."""

# ruff: noqa: ARG002 - a fixture that must exist is not always read

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from convenor.core.accounts.models import Person
from convenor.core.accounts.tests.conftest import PASSWORD, MakePerson, sign_in
from convenor.core.accounts.tests.journal import verbs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def code() -> str:
    """The code in the newest e-mail."""
    found = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def totp_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


class TestByCode:
    def test_the_whole_way(self, client: Client, mia: Person) -> None:
        asked = client.post("/account/login/", {"login": "Mia@people.example"})
        assert (asked.status_code, asked.headers["Location"]) == (302, "/account/login/code/confirm/")
        assert (mail.outbox[0].to, mail.outbox[0].subject) == (
            ["mia@people.example"],
            f"Your code to sign in to Convenor: {code()}",
        )
        assert "Give it to nobody." in mail.outbox[0].body
        done = client.post("/account/login/code/confirm/", {"code": code()})
        assert (done.status_code, done.headers["Location"]) == (302, "/my-work/")
        assert is_in(client)

    def test_a_wrong_code_is_refused_and_three_end_it(self, client: Client, mia: Person) -> None:
        client.post("/account/login/", {"login": "mia@people.example"})
        right = code()
        page = client.post("/account/login/code/confirm/", {"code": "WRONG1"})
        assert "This code is not right." in page.content.decode()
        for _ in range(2):
            client.post("/account/login/code/confirm/", {"code": "WRONG1"})
        client.post("/account/login/code/confirm/", {"code": right})
        assert not is_in(client)

    def test_the_way_on_is_kept(self, client: Client, mia: Person) -> None:
        client.post("/account/login/", {"login": "mia@people.example", "next": "/elsewhere/"})
        page = client.get("/account/login/code/confirm/?next=/elsewhere/")
        assert 'name="next" value="/elsewhere/"' in page.content.decode()
        done = client.post("/account/login/code/confirm/", {"code": code(), "next": "/elsewhere/"})
        assert done.headers["Location"] == "/elsewhere/"

    def test_nobody_is_told_who_is_known(self, client: Client, mia: Person, noa: Person) -> None:
        """Known, without a sign-in, inactive, unknown: the same answer, and one e-mail each."""
        gone = Person.objects.create_user("gone@people.example", name="Gone Example", is_active=False)
        seen = set()
        for address in (mia.email, noa.email, gone.email, "nobody@people.example"):
            other = Client()
            asked = other.post("/account/login/", {"login": address})
            page = other.get(asked.headers["Location"]).content.decode()
            page = re.sub(r'value="[^"]{20,}"', "", page.replace(str(address), "X"))
            seen.add((asked.status_code, asked.headers["Location"], page))
        assert len(seen) == 1
        assert [message.to for message in mail.outbox] == [
            [mia.email],
            [noa.email],
            [gone.email],
            ["nobody@people.example"],
        ]
        assert [bool("Nobody signs in" in message.subject) for message in mail.outbox] == [
            False,
            True,
            True,
            True,
        ]

    def test_asking_is_slowed(self, client: Client, mia: Person) -> None:
        for _ in range(5):
            Client().post("/account/login/", {"login": "mia@people.example"})
        assert len(mail.outbox) == 3


class TestByPassword:
    def test_the_whole_way(self, client: Client, mia: Person) -> None:
        done = client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
        assert (done.status_code, done.headers["Location"]) == (302, "/my-work/")
        assert is_in(client)
        assert mail.outbox == []

    @pytest.mark.parametrize("address", ["mia@people.example", "noa@people.example", "nobody@people.example"])
    def test_a_wrong_one_says_the_same_to_everybody(
        self, client: Client, mia: Person, noa: Person, address: str
    ) -> None:
        page = client.post("/account/login/", {"login": address, "password": "wrong wrong wrong"})
        assert "The e-mail address or the password is not right." in page.content.decode()
        assert not is_in(client)

    def test_guessing_is_slowed_for_one_account(self, client: Client, mia: Person) -> None:
        for _ in range(5):
            client.post("/account/login/", {"login": "mia@people.example", "password": "wrong wrong wrong"})
        page = client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
        assert "There were too many attempts." in page.content.decode()
        assert not is_in(client)

    def test_asking_from_one_address_is_slowed(self, client: Client) -> None:
        answers = [
            client.post("/account/login/", {"login": f"p{number}@people.example", "password": "x"}).status_code
            for number in range(40)
        ]
        assert 429 in answers
        page = client.post("/account/login/", {"login": "p@people.example", "password": "x"})
        assert "This was tried too often in a short time." in page.content.decode()

    def test_somebody_inactive_is_told_only_after_the_password(self, client: Client, make_person: MakePerson) -> None:
        make_person("Gone Example", is_active=False)
        done = client.post("/account/login/", {"login": "gone@people.example", "password": PASSWORD})
        assert done.headers["Location"] == "/account/inactive/"
        assert not is_in(client)

    def test_a_password_without_an_invitation_opens_nothing(self, client: Client, mia: Person) -> None:
        Person.objects.filter(pk=mia.pk).update(may_sign_in=False)
        done = client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
        assert done.headers["Location"] == "/account/inactive/"
        assert not is_in(client)

    def test_a_weak_one_is_refused(self, client: Client, mia: Person) -> None:
        sign_in(client, mia)
        for weak in ("short", "password1234", "mia example"):
            form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
            assert client.post("/account/password/change/", form).status_code == 200
        assert Person.objects.get(pk=mia.pk).check_password(PASSWORD)

    def test_changing_it_ends_other_sessions_and_tells(self, client: Client, mia: Person) -> None:
        other = sign_in(Client(), mia)
        sign_in(client, mia)
        fresh = "an entirely new pass phrase"
        form = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
        assert client.post("/account/password/change/", form).status_code == 302
        assert (is_in(client), is_in(other)) == (True, False)
        assert mail.outbox[-1].subject == "Your password at Convenor was changed"

    def test_a_forgotten_one_is_set_anew_by_code(self, client: Client, mia: Person) -> None:
        asked = client.post("/account/password/reset/", {"email": "mia@people.example"}, follow=True)
        assert "mia@people.example" in asked.content.decode()
        done = client.post("/account/password/reset/confirm/", {"code": code()})
        fresh = "an entirely new pass phrase"
        assert client.get(done.headers["Location"]).status_code == 200
        client.post(done.headers["Location"], {"password1": fresh, "password2": fresh})
        assert Person.objects.get(pk=mia.pk).check_password(fresh)

    def test_who_has_none_chooses_one(self, client: Client, make_person: MakePerson) -> None:
        kim = make_person("Kim Example", password=None)
        sign_in(client, kim)
        assert "Choose a password" in client.get("/account/password/set/").content.decode()

    def test_nobody_without_a_sign_in_sets_one(self, client: Client, noa: Person) -> None:
        client.post("/account/password/reset/", {"email": "noa@people.example"})
        assert mail.outbox[-1].subject == "Nobody signs in to Convenor with this address"


class TestSecondFactor:
    def set_up(self, person: Person) -> str:
        secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        TOTP.activate(person, secret)
        RecoveryCodes.activate(person)
        return secret

    def test_setting_up_an_app(self, client: Client, mia: Person) -> None:
        sign_in(client, mia)
        page = client.get("/account/2fa/totp/activate/")
        found = re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page.content.decode())
        assert found
        done = client.post("/account/2fa/totp/activate/", {"code": totp_now(found[1])})
        assert done.headers["Location"] == "/account/2fa/recovery-codes/"
        assert found[1] not in str(Authenticator.objects.get(type="totp").data)
        shown = client.get("/account/2fa/recovery-codes/").content.decode()
        assert len(re.findall(r"<code>\d{8}</code>", shown)) == 10
        client.post("/account/2fa/totp/deactivate/")
        assert mail.outbox[-1].subject == "The authenticator app was removed at Convenor"
        assert "write to the secretariat at once" in mail.outbox[-1].body

    def test_a_password_alone_no_longer_does(self, client: Client, mia: Person) -> None:
        secret = self.set_up(mia)
        asked = client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
        assert asked.headers["Location"] == "/account/2fa/authenticate/"
        assert not is_in(client)
        page = client.post("/account/2fa/authenticate/", {"code": "000000"})
        assert "This code is not right." in page.content.decode()
        assert client.post("/account/2fa/authenticate/", {"code": totp_now(secret)}).status_code == 302
        assert is_in(client)

    def test_nor_does_a_code_by_e_mail(self, client: Client, mia: Person) -> None:
        self.set_up(mia)
        client.post("/account/login/", {"login": "mia@people.example"})
        asked = client.post("/account/login/code/confirm/", {"code": code()})
        assert asked.headers["Location"] == "/account/2fa/authenticate/"
        assert not is_in(client)

    def test_a_recovery_code_works_once(self, mia: Person) -> None:
        self.set_up(mia)
        spare = RecoveryCodes(Authenticator.objects.get(user=mia, type="recovery_codes")).get_unused_codes()[0]
        results = []
        for client in (Client(), Client()):
            client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
            client.post("/account/2fa/authenticate/", {"code": spare})
            results.append(is_in(client))
        assert results == [True, False]

    def test_a_duty_holder_without_one_sets_it_up_first(self, client: Client, sam: Person, settings: Any) -> None:
        settings.MFA_FOR_DUTIES = True
        sign_in(client, sam)
        assert client.get("/people-admin/").headers["Location"] == "/account/2fa/"
        assert client.get("/account/2fa/").status_code == 200
        self.set_up(sam)
        assert client.get("/people-admin/").status_code == 200
        page = client.post("/account/2fa/totp/deactivate/")
        assert "You hold a duty, so you keep a second factor." in page.content.decode()


class TestProvingAgain:
    """Sensitive steps want a proof from the last quarter of an hour."""

    def test_after_a_sign_in_a_moment_ago_nothing_is_asked(self, client: Client, mia: Person) -> None:
        assert sign_in(client, mia).get("/account/data.json").status_code == 200

    def test_later_it_is_the_password(self, client: Client, mia: Person) -> None:
        client.force_login(mia)
        asked = client.get("/account/data.json")
        assert asked.headers["Location"] == "/account/reauthenticate/?next=%2Faccount%2Fdata.json"
        form = {"password": PASSWORD, "next": "/account/data.json"}
        assert client.post("/account/reauthenticate/", form).headers["Location"] == "/account/data.json"
        assert client.get("/account/data.json").status_code == 200

    def test_without_a_password_it_is_a_code(self, client: Client, make_person: MakePerson) -> None:
        client.force_login(make_person("Cal Example", password=None))
        asked = client.get("/account/email/")
        assert asked.headers["Location"] == "/account/confirm/?next=%2Faccount%2Femail%2F"
        client.post("/account/confirm/", {"action": "send", "next": "/account/email/"})
        assert mail.outbox[0].subject == f"Your code for Convenor: {code()}"
        assert "This code is not right." in client.post("/account/confirm/", {"code": "nope"}).content.decode()
        done = client.post("/account/confirm/", {"code": code().lower(), "next": "/account/email/"})
        assert done.headers["Location"] == "/account/email/"
        assert client.get("/account/email/").status_code == 200

    def test_allauth_too_asks_somebody_who_has_nothing_but_codes(self, client: Client, make_person: MakePerson) -> None:
        client.force_login(make_person("Cal Example", password=None))
        for path in ("/account/2fa/totp/activate/", "/account/2fa/webauthn/add/"):
            assert client.get(path).headers["Location"].startswith("/account/confirm/?next=")

    def test_five_wrong_codes_end_it(self, client: Client, make_person: MakePerson) -> None:
        client.force_login(make_person("Cal Example", password=None))
        client.post("/account/confirm/", {"action": "send"})
        for _ in range(5):
            client.post("/account/confirm/", {"code": "nope"})
        page = client.post("/account/confirm/", {"code": code()})
        assert "There is no code any more." in page.content.decode()

    def test_sending_codes_is_slowed(self, client: Client, make_person: MakePerson) -> None:
        client.force_login(make_person("Cal Example", password=None))
        answers = [client.post("/account/confirm/", {"action": "send"}).status_code for _ in range(6)]
        assert answers == [200] * 5 + [429]

    def test_who_has_a_password_proves_it_with_that(self, client: Client, mia: Person) -> None:
        client.force_login(mia)
        assert client.get("/account/confirm/").headers["Location"] == "/account/reauthenticate/"

    def test_a_form_that_was_sent_is_not_lost(self, client: Client, make_person: MakePerson) -> None:
        client.force_login(make_person("Cal Example", password=None))
        asked = client.post("/account/email/", {"email": "cal@new.example"})
        client.post("/account/confirm/", {"action": "send", "next": "/account/email/"})
        assert asked.headers["Location"] == "/account/confirm/?next=%2Faccount%2Femail%2F"
        client.post("/account/confirm/", {"code": code(), "next": "/account/email/"})
        assert mail.outbox[-1].to == ["cal@new.example"]


class TestSessions:
    def test_one_sees_and_ends_the_others(self, client: Client, mia: Person) -> None:
        other = Client(headers={"user-agent": "Other browser"})
        other.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
        client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
        assert "Other browser" in client.get("/account/sessions/").content.decode()
        client.post("/account/sessions/")
        assert (is_in(client), is_in(other)) == (True, False)
        assert UserSession.objects.filter(user=mia).count() == 1

    def test_signing_out_needs_a_post(self, client: Client, mia: Person) -> None:
        sign_in(client, mia)
        assert client.get("/account/logout/").status_code == 200
        assert is_in(client)
        client.post("/account/logout/")
        assert not is_in(client)

    def test_the_session_key_changes_at_sign_in(self, client: Client, mia: Person) -> None:
        client.post("/account/login/", {"login": "mia@people.example", "password": "wrong wrong wrong"})
        client.post("/account/login/", {"login": "mia@people.example"})
        before = client.cookies["sessionid"].value
        client.post("/account/login/code/confirm/", {"code": code()})
        cookie = client.cookies["sessionid"]
        assert cookie.value != before
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


class TestSignUp:
    FORM = {"name": "New Example", "email": "new@people.example", "password1": PASSWORD}  # noqa: RUF012

    def test_it_is_closed(self, client: Client) -> None:
        assert "Accounts are by invitation" in client.get("/account/signup/").content.decode()
        assert "Accounts are by invitation" in client.post("/account/signup/", self.FORM).content.decode()
        assert Person.objects.count() == 0
        assert "Make an account" not in client.get("/account/login/").content.decode()

    def test_where_it_is_open_the_address_is_proved_first(self, client: Client, settings: Any) -> None:
        settings.SIGN_UP = True
        assert "Make an account" in client.get("/account/login/").content.decode()
        done = client.post("/account/signup/", self.FORM)
        assert done.headers["Location"] == "/account/confirm-email/"
        assert "new@people.example" in client.get("/account/confirm-email/").content.decode()
        assert not is_in(client)
        client.post("/account/confirm-email/", {"code": code()})
        assert is_in(client)
        made = Person.objects.get()
        assert (made.name, made.may_sign_in, made.duties.exists()) == ("New Example", True, False)
        assert verbs() == ["person.signed-up"]
        assert EmailAddress.objects.values_list("email", "verified").get() == ("new@people.example", True)

    def test_an_address_that_is_known_looks_the_same(self, client: Client, mia: Person, settings: Any) -> None:
        settings.SIGN_UP = True
        done = client.post("/account/signup/", {**self.FORM, "email": "mia@people.example"})
        assert done.headers["Location"] == "/account/confirm-email/"
        assert mail.outbox[-1].subject == "You are known at Convenor already"
        assert Person.objects.count() == 1

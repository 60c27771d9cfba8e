"""`./convenor administrator`: a new site's first, and what it says when it cannot."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from convenor.__main__ import main as run
from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.journal.models import Entry

pytestmark = pytest.mark.django_db
Said = pytest.CaptureFixture[str]
ADA = ["administrator", "Ada@Agency.example", "--name", "Ada Example"]


def test_the_link_it_prints_lets_the_first_administrator_in(capsys: Said, client: Client) -> None:
    assert run(ADA) == 0
    found = re.search(r"http://\S+(/l/[\w-]{43}/)", capsys.readouterr().out)
    assert found
    assert not mail.outbox
    assert client.post(found[1], {"choice": "accept"}).status_code == 302
    assert client.get("/account/").status_code == 200
    ada = Person.objects.get(email="ada@agency.example")
    held = DutyAssignment.objects.get(person=ada)
    assert (held.duty, held.over) == ("administrator", None)
    given = Entry.objects.get(verb="duty.assigned")
    assert given.actor is None


def test_said_again_it_gives_nothing_twice_and_the_earlier_link_dies(capsys: Said, client: Client) -> None:
    run(ADA)
    first = capsys.readouterr().out.split()[-1].removeprefix("http://127.0.0.1:8000")
    assert run(ADA[:2]) == 0
    assert DutyAssignment.objects.count() == 1
    assert "/account/" not in client.post(first, {"choice": "accept"}).headers.get("Location", "")
    second = capsys.readouterr().out.split()[-1].removeprefix("http://127.0.0.1:8000")
    client.post(second, {"choice": "accept"})
    assert run(ADA[:2]) == 0
    assert capsys.readouterr().out == (
        "Ada Example is an administrator, and signs in with ada@agency.example as before.\n"
    )


UNKNOWN = 'Nobody here has the address ada@agency.example. To enter them, say what they are called: --name "…"'


@pytest.mark.parametrize(
    ("address", "said"),
    [("ada", "Enter an e-mail address, such as name@organisation.example."), ("ada@agency.example", UNKNOWN)],
)
def test_bad_input_is_a_sentence(address: str, said: str, capsys: Said) -> None:
    assert run(["administrator", address]) == 1
    assert capsys.readouterr().err == said + "\n"
    assert not Person.objects.exists()

# ruff: noqa: ARG002 - aiosmtpd calls with all of these
"""A real SMTP conversation."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from convenor.core.journal.outbox import Later
from convenor.core.notify import transport
from convenor.core.notify.transport import Bounced, SmtpServer, SmtpTransport
from convenor.kit.environment import BadSetting


class Inbox:
    """Takes mail; refuses `gone@` for good and `busy@` for now."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str]]] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("gone@"):
            return "550 No such user here"
        if address.startswith("busy@"):
            return "451 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    handler, port = Inbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def mail(to: str) -> EmailMessage:
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = to, "Convenor <a@b.example>", "Hello"
    message.set_content("Hello")
    return message


def test_one_conversation_carries_several_and_survives_refusals(inbox: tuple[Inbox, int], now: datetime) -> None:
    handler, port = inbox
    server = SmtpTransport(SmtpServer("127.0.0.1", port), lambda: now)
    server.send(mail("a@x.example"), "a@x.example")
    with pytest.raises(Bounced, match="550 No such user here"):
        server.send(mail("gone@x.example"), "gone@x.example")
    with pytest.raises(Exception, match="451") as busy:
        server.send(mail("busy@x.example"), "busy@x.example")
    assert not isinstance(busy.value, Bounced | Later)
    server.send(mail("b@x.example"), "b@x.example")
    server.close()
    server.close()
    assert handler.taken == [("no-reply@127.0.0.1", ["a@x.example"]), ("no-reply@127.0.0.1", ["b@x.example"])]


def test_a_server_that_is_away_is_left_alone_for_a_while(now: datetime) -> None:
    at = [now]
    port = free_port()
    server = SmtpTransport(SmtpServer("127.0.0.1", port), lambda: at[0])
    with pytest.raises(Later, match=r"does not answer: .*refused"):
        server.send(mail("a@x.example"), "a@x.example")
    with pytest.raises(Later, match=r"does not answer\.$"):
        server.send(mail("a@x.example"), "a@x.example")
    at[0] += timedelta(minutes=1)
    with pytest.raises(Later, match="refused"):
        server.send(mail("a@x.example"), "a@x.example")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 25)),
        ("smtps://mail.example", SmtpServer("mail.example", 465, tls=True)),
        ("smtp://u%40x:p%2Fw@mail.example:587", SmtpServer("mail.example", 587, "u@x", "p/w")),
    ],
)
def test_the_address_of_a_mail_server(url: str, server: SmtpServer) -> None:
    assert transport.parse_url(url) == server


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port"])
def test_what_is_no_address_of_one(url: str) -> None:
    with pytest.raises(BadSetting, match="must look like smtp://"):
        transport.parse_url(url)


def test_settings_that_could_not_work_are_a_sentence(settings: Settings) -> None:
    transport.check_settings()
    settings.MAIL_MARKING = "PROTECTED"
    with pytest.raises(BadSetting, match="CONVENOR_MAIL_MARKING: “PROTECTED” is not"):
        transport.check_settings()
    settings.MAIL_MARKING, settings.DEFAULT_FROM_EMAIL = "", "nobody"
    with pytest.raises(BadSetting, match="CONVENOR_MAIL_FROM"):
        transport.check_settings()

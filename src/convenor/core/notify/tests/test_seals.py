# ruff: noqa: ARG002 - aiosmtpd calls with all of these
"""Seals go to witnesses by mail: over a real SMTP conversation, and what arrives is checked against the journal."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction
from pytest_django import Settings

from convenor.core.journal import commands as journal
from convenor.core.journal.rules import parse_seals
from convenor.core.journal.verify import check_database
from convenor.core.notify import jobs, transport
from convenor.core.notify.models import Message
from convenor.core.notify.transport import SmtpServer, SmtpTransport
from convenor.core.records.rules import Viewer
from convenor.kit.environment import BadSetting
from tests.tampering import untied

pytestmark = pytest.mark.django_db
WITNESSES = ["archives@witness.example", "auditor@witness.example"]


class Inbox:
    """Takes whole mails."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.mails.append((envelope.rcpt_tos[0], message_from_bytes(content, policy=policy)))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, SmtpServer]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, SmtpServer("127.0.0.1", port)
    controller.stop()


@pytest.fixture
def witnessed(settings: Settings) -> Settings:
    settings.SEAL_WITNESSES = WITNESSES
    return settings


def sealed(by: Viewer, now: datetime, *verbs: str) -> None:
    with transaction.atomic():
        for verb in verbs:
            journal.write(by=by, verb=verb, record=None, now=now)
    journal.seal(now)


def send(server: SmtpServer, now: datetime) -> None:
    conversation = SmtpTransport(server, lambda: now)
    jobs.send_due(conversation, worker="one", clock=lambda: now, stopping=lambda: False)
    conversation.close()


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_content())


def test_each_witness_gets_each_new_seal_and_can_check_it(
    inbox: tuple[Inbox, SmtpServer], witnessed: Settings, by_system: Viewer, now: datetime
) -> None:
    handler, server = inbox
    sealed(by_system, now, "thing.made", "thing.moved")
    jobs.mail_seals(now)
    send(server, now)
    assert [to for to, _mail in handler.mails] == WITNESSES
    [first, second] = [mail for _to, mail in handler.mails]
    assert first.get_content_type() == "text/plain"
    assert str(first["Subject"]) == "Seal over 2 entries of Convenor"
    assert first["Message-ID"] != second["Message-ID"]
    text = text_of(first)
    assert "./convenor verify --seals kept.txt" in text
    assert "/data/public.zip" in text
    kept = parse_seals(text, "kept.txt")
    assert [seal.number for seal in kept] == [2]
    assert check_database(kept).sound

    untied("UPDATE journal_entry SET verb = %s WHERE id = (SELECT min(id) FROM journal_entry)", "thing.unmade")
    untied("DELETE FROM journal_seal")
    assert not check_database(kept).sound


def test_a_cut_tail_shows_against_the_mail_alone(
    inbox: tuple[Inbox, SmtpServer], witnessed: Settings, by_system: Viewer, now: datetime
) -> None:
    handler, server = inbox
    sealed(by_system, now, "thing.made", "thing.moved")
    jobs.mail_seals(now)
    send(server, now)
    kept = parse_seals(text_of(handler.mails[0][1]), "kept.txt")
    untied("DELETE FROM journal_seal WHERE number = 2")
    untied("DELETE FROM journal_chainlink WHERE number = 2")
    untied("DELETE FROM journal_outboxitem WHERE entry_id = (SELECT max(id) FROM journal_entry)")
    untied("DELETE FROM journal_entry WHERE id = (SELECT max(id) FROM journal_entry)")
    assert check_database().sound
    assert any("covers 2 entries" in fault.text for fault in check_database(kept).faults)


def test_a_seal_goes_once_and_the_next_one_again(witnessed: Settings, by_system: Viewer, now: datetime) -> None:
    jobs.mail_seals(now)
    assert not Message.objects.exists()
    sealed(by_system, now, "thing.made")
    for minutes in (0, 60, 120):
        jobs.mail_seals(now + timedelta(minutes=minutes))
    assert Message.objects.count() == 2
    sealed(by_system, now, "thing.moved")
    jobs.mail_seals(now + timedelta(hours=3))
    assert Message.objects.count() == 4


def test_a_mail_whose_worker_died_comes_again_as_the_same_one(
    inbox: tuple[Inbox, SmtpServer], witnessed: Settings, by_system: Viewer, now: datetime
) -> None:
    handler, server = inbox
    witnessed.SEAL_WITNESSES = WITNESSES[:1]
    sealed(by_system, now, "thing.made")
    jobs.mail_seals(now)
    waiting = Message.objects.values().get()
    send(server, now)
    Message.objects.update(**waiting)  # as if the worker had died after the server took it
    send(server, now)
    once, again = (mail for _to, mail in handler.mails)
    assert once["Message-ID"] == again["Message-ID"]
    assert text_of(once) == text_of(again)


def test_without_witnesses_nothing_is_mailed(by_system: Viewer, now: datetime) -> None:
    sealed(by_system, now, "thing.made")
    jobs.mail_seals(now)
    assert not Message.objects.exists()


def test_a_witness_without_an_address_is_one_sentence_at_start(settings: Settings) -> None:
    settings.SEAL_WITNESSES = ["archives@witness.example", "nobody"]
    with pytest.raises(BadSetting, match="CONVENOR_SEAL_WITNESSES: “nobody” is not an e-mail address"):
        transport.check_settings()

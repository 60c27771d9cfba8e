"""How a message leaves: by SMTP where CONVENOR_SMTP_URL says so, else as an .eml file in the data folder."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from convenor.core.journal.outbox import Later
from convenor.core.notify import rules
from convenor.core.notify.models import Message
from convenor.kit.environment import BadSetting
from convenor.kit.structs import struct

PATIENCE: Final = 30
"""Seconds to wait for the mail server."""
DOWN: Final = timedelta(seconds=20)
"""How long not to ask a mail server that does not answer."""


class Bounced(Exception):
    """The mail server says for good that this recipient, or this message, is not accepted."""


class Transport(Protocol):
    def send(self, mail: EmailMessage, recipient: str) -> None:
        """Hand it over, or raise Bounced (for good) or Later (the server is not there)."""

    def close(self) -> None: ...


@struct
class SmtpServer:
    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False


def parse_url(url: str) -> SmtpServer:
    """smtp://user:password@host:port, or smtps:// for TLS from the first byte. Raises BadSetting."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == -1:
        raise BadSetting("CONVENOR_SMTP_URL must look like smtp://user:password@host:port.")
    tls = parts.scheme == "smtps"
    return SmtpServer(
        parts.hostname, port or (465 if tls else 25), unquote(parts.username or ""), unquote(parts.password or ""), tls
    )


def check_settings() -> None:
    """Raise BadSetting, in a sentence, when mail is configured so that it could not be sent."""
    if settings.SMTP_URL:
        parse_url(settings.SMTP_URL)
    for address in settings.SEAL_WITNESSES:
        _check_witness(address)
    for breach in rules.marking_breaches(settings.MAIL_MARKING):
        raise BadSetting(f"CONVENOR_MAIL_MARKING: {breach.text}")
    if "@" not in parseaddr(settings.DEFAULT_FROM_EMAIL)[1]:
        raise BadSetting("CONVENOR_MAIL_FROM must be an address, such as “Convenor <no-reply@example.gov.au>”.")


def _check_witness(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        text = (
            f"CONVENOR_SEAL_WITNESSES: “{rules.one_line(address)}” is not an e-mail address; separate them by commas."
        )
        raise BadSetting(text) from error


def transport_for(url: str, clock: Callable[[], datetime]) -> Transport:
    return SmtpTransport(parse_url(url), clock) if url else FileTransport(Path(settings.MAIL_FOLDER))


def compose(message: Message, recipient: str, now: datetime) -> EmailMessage:
    """The message as it goes over the wire. No header can be broken out of: everything is one line."""
    sender = settings.DEFAULT_FROM_EMAIL
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = rules.marked_subject(rules.one_line(message.subject), settings.MAIL_MARKING)
    mail["From"] = rules.one_line(sender)
    mail["To"] = rules.one_line(recipient)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    if settings.MAIL_MARKING:
        mail["X-Protective-Marking"] = rules.marking_header(settings.MAIL_MARKING, parseaddr(sender)[1])
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{rules.one_line(message.unsubscribe)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    return mail


class FileTransport:
    """Each message as a file that any mail program opens. A repeat replaces itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mail: EmailMessage, recipient: str) -> None:  # noqa: ARG002 - stands in the mail itself
        self.folder.mkdir(parents=True, exist_ok=True)
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        fresh = self.folder / f".{name}.{os.getpid()}"
        fresh.write_bytes(bytes(mail))
        fresh.replace(self.folder / f"{name}.eml")

    def close(self) -> None: ...


class SmtpTransport:
    """One connection, kept while it works."""

    def __init__(self, server: SmtpServer, clock: Callable[[], datetime]) -> None:
        self.server = server
        self.clock = clock
        self.smtp: smtplib.SMTP | None = None
        self.down_until: datetime | None = None

    def send(self, mail: EmailMessage, recipient: str) -> None:
        """Hand one message over. Raises Bounced, Later, or smtplib's own for what may pass by itself."""
        if self.down_until and self.clock() < self.down_until:
            raise Later(DOWN, "The mail server does not answer.")
        try:
            connection = self.smtp or self._connect()
            connection.send_message(mail, parseaddr(settings.DEFAULT_FROM_EMAIL)[1], [recipient])
        except smtplib.SMTPRecipientsRefused as refused:
            _raise_if_final(*next(iter(refused.recipients.values())), refused)
        except smtplib.SMTPNotSupportedError as error:
            raise Bounced("The mail server cannot carry this address.") from error
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
            self._give_up_for_now(error)
        except smtplib.SMTPResponseException as error:
            _raise_if_final(error.smtp_code, error.smtp_error, error)
        except OSError as error:
            self._give_up_for_now(error)

    def close(self) -> None:
        """End the conversation politely, if there is one."""
        connection, self.smtp = self.smtp, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        context = ssl.create_default_context()
        if server.tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
            connection.ehlo()
            if connection.has_extn("starttls"):
                connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        self.smtp = connection
        return connection

    def _give_up_for_now(self, error: Exception) -> None:
        self.smtp = None
        self.down_until = self.clock() + DOWN
        raise Later(DOWN, f"The mail server does not answer: {error}") from error


def _raise_if_final(code: int, said: bytes | str, error: Exception) -> None:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    if code >= 500:
        raise Bounced(f"{code} {text}") from error
    raise error

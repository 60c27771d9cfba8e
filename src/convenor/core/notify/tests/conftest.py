from __future__ import annotations

from email.message import EmailMessage

import pytest

from convenor.core.accounts.models import Person


class Kept:
    """A transport that keeps what it is given, or raises what it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, EmailMessage]] = []
        self.raises: Exception | None = None

    def send(self, mail: EmailMessage, recipient: str) -> None:
        if self.raises:
            raise self.raises
        self.sent.append((recipient, mail))

    def close(self) -> None: ...


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def person() -> Person:
    return Person.objects.create(name="Pat Example", email="pat@convenor.example")

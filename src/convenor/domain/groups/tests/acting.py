"""How tests have something done through the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from convenor.core.accounts.commands import make_token
from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for


class Program:
    """Something that acts with somebody's token."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def act(self, address: str, body: Any = None, **headers: str) -> Any:
        """A POST of JSON to an address below /api/v1/."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if isinstance(body, bytes | str) else json.dumps(body or {})
        return self.client.post(
            f"/api/v1/{address}", text, content_type="application/json", headers=self.headers | named
        )

    def read(self, address: str) -> Any:
        """A GET below /api/v1/."""
        return self.client.get(f"/api/v1/{address}", headers=self.headers)


def program_of(person: Person, *, may_act: bool = True) -> Program:
    """With a token of this person."""
    now = datetime.now(UTC)
    by, ends = viewer_for(person, now), now + timedelta(days=9)
    _token, secret = make_token(by=by, person=person, name="Test", expires_at=ends, may_act=may_act, now=now)
    return Program(secret)


def told(answer: Any) -> list[tuple[str, str, str]]:
    """What an answer says is wrong: code, sentence, field."""
    return [(each["code"], each["text"], each["place"]) for each in answer.json().get("errors", [])]


@dataclass
class Case:
    """An act that a rule refuses, and the command that the form calls for the same."""

    address: str
    body: dict[str, Any]
    command: Callable[[], Any]

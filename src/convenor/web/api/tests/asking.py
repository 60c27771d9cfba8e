"""How tests ask the API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.test import Client


def body(response: Any) -> bytes:
    """The whole body, streamed or not."""
    made: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return made


def every(client: Client, address: str) -> list[dict[str, Any]]:
    """Every item, following `next`."""
    found: list[dict[str, Any]] = []
    following: str | None = address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.content
        page = answer.json()
        found += page["items"]
        parts = urlsplit(page["next"] or "")
        following = f"{parts.path}?{parts.query}" if page["next"] else None
    return found


def refs(client: Client, address: str) -> list[str]:
    """The refs of every item."""
    return [item["ref"] for item in every(client, address)]

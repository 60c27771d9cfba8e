"""Which rows stand for the arguments of which addresses, and the exceptions to the general rules, with reasons."""

from __future__ import annotations

from typing import Final

from tests.sweeps.addresses import Provider

PROVIDERS: Final[dict[str, Provider]] = {}

ANY_OFFICER: Final[dict[str, str]] = {}
"""Routes that an officer of any agency may open over ours, by name, with the reason."""

SHOWN_TO_ALL: Final[dict[str, str]] = {}
"""Routes that answer everybody alike whatever the specimen, by name, with the reason."""

"""Who wants to hear of entries: mail, index, webhook. Registered from AppConfig.ready by the apps above."""

from __future__ import annotations

from collections.abc import Callable

from convenor.kit.structs import struct

Handler = Callable[[int], None]
"""Takes an entry id; must be idempotent, since an item is delivered at least once."""


@struct
class Consumer:
    name: str
    wants: Callable[[str, str], bool]
    """(verb, kind of the record or "") → whether an outbox row is written."""
    handle: Handler


consumers: dict[str, Consumer] = {}


def register(consumer: Consumer) -> None:
    consumers[consumer.name] = consumer

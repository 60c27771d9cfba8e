"""Values of the journal that name other records by their ref: told only to who may read those records too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from convenor.core.journal.models import Value
from convenor.core.records.models import Record
from convenor.core.records.rules import Viewer

REF: Final = re.compile(r"[A-Z]{2,8}-[0-9]{4}-[0-9]{3,}")
"""As records.commands makes them."""
LISTED: Final = ("[", "{")
"""How a text that journal.commands.text_of wrote as JSON begins."""


def refs_in(text: str | None) -> set[str]:
    """The refs a value consists of, alone or in a list; sentences that happen to mention one name nothing."""
    said = text or ""
    if said.startswith(LISTED):
        return set(REF.findall(said))
    return {said} if REF.fullmatch(said) else set()


def withheld(viewer: Viewer, values: Iterable[Value]) -> frozenset[int]:
    """Keys of the values that name a record the viewer may not read. One query; none where nothing is named."""
    named = {value.pk: refs_in(value.before) | refs_in(value.after) for value in values}
    refs = {ref for found in named.values() for ref in found}
    if not refs or viewer.is_system:
        return frozenset()
    seen = Record.objects.visible_to(viewer).values("pk")
    hidden = set(Record.objects.filter(ref__in=refs).exclude(pk__in=seen).values_list("ref", flat=True))
    return frozenset(pk for pk, found in named.items() if found & hidden)

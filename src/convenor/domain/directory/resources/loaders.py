"""Who may load lists of the directory."""

from __future__ import annotations

from collections.abc import Callable

from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.domain.directory import permissions


def officers_load(what: str) -> Callable[[Viewer], Verdict]:
    """Officers of the site, and of any organisation for what is beneath it; the commands ask again for each row."""

    def may_load(viewer: Viewer) -> Verdict:
        if viewer.is_system or any(held.duty in permissions.OFFICER for held in viewer.duties):
            return YES
        return no(f"Only officers can load {what}.")

    return may_load

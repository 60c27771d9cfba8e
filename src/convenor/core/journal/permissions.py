"""Who may do what to the journal."""

from __future__ import annotations

from django.utils.translation import gettext as _

from convenor.core.records.rules import YES, Verdict, Viewer, no


def may_erase(viewer: Viewer) -> Verdict:
    """Erasing what an entry says needs an administrator; the entry itself stays for ever."""
    if viewer.has_duty("administrator"):
        return YES
    return no(_("Only an administrator may erase values from the history."))

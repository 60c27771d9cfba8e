"""Who may say how the record is kept: what may be destroyed, and what waits in a caretaker period."""

from __future__ import annotations

from django.utils.translation import gettext as _

from convenor.core.records.rules import YES, Verdict, Viewer, no

OFFICERS = ("administrator", "secretariat")


def may_see_keeping(viewer: Viewer) -> Verdict:
    """Read how long each kind is kept and what is frozen: the site's officers, whose work a freeze holds."""
    return YES if viewer.has_duty(*OFFICERS) else no(_("Only the secretariat of the site may see this."))


def may_set_caretaker(viewer: Viewer) -> Verdict:
    """Begin and end a caretaker period."""
    if viewer.has_duty("administrator"):
        return YES
    return no(_("Only an administrator of the site may begin or end a caretaker period."))


def may_freeze(viewer: Viewer) -> Verdict:
    """Set and lift a disposal freeze."""
    if viewer.has_duty("administrator"):
        return YES
    return no(_("Only an administrator of the site may set or lift a disposal freeze."))

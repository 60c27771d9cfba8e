"""Retention classes: what each kind of record is evidence of, what of it stays, what goes and when, in plain words.

No law is cited here: which records authority covers a class, and for how long, an agency states for itself in
CONVENOR_RETENTION_AUTHORITIES (Archives Act 1983 s 24: nothing is destroyed without authority). Every kind names one
class; tests/laws/test_retention.py holds the reviewed list. No class lets a record be deleted: what goes by date is
personal, and goes by the jobs that the words here tell of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from convenor.kit.environment import BadSetting
from convenor.kit.structs import struct

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SETTING: Final = "CONVENOR_RETENTION_AUTHORITIES"


@struct
class RetentionClass:
    """`kept`: what stays for as long as the site does. `goes`: what is erased, and when."""

    slug: str
    name: StrOrPromise
    kept: StrOrPromise
    goes: StrOrPromise


NOTHING_GOES: Final = _("Nothing goes by date.")
ADVISORY: Final = RetentionClass(
    "advisory-bodies",
    _("Bodies that advise and work together"),
    _(
        "What the body is and what it was set up for, every version of its terms of reference, who sat and "
        "chaired when, what it delivered, how it ended."
    ),
    _(
        "Requests and invitations to join, and the text of mail to the body, are erased by date. A draft of "
        "terms that is dropped is gone."
    ),
)
PARTICIPATION: Final = RetentionClass(
    "participation",
    _("Taking part in bodies that others run"),
    _("Who went for us, what was said there, and what it means for us."),
    NOTHING_GOES,
)
FRAMEWORK: Final = RetentionClass(
    "framework",
    _("The rules by which government engages"),
    _("Every version of the model that was in force, from when to when, and what changed."),
    NOTHING_GOES,
)
SELECTION: Final = RetentionClass(
    "selection",
    _("Asking for members and choosing them"),
    _("What was asked and promised, how it was decided, the numbers, the result that was published."),
    _("Who applied, what they sent in, and how it was scored are erased after the day that the call promised."),
)
BODIES: Final = RetentionClass(
    "organisations-and-offices",
    _("Organisations and offices, and what became of them"),
    _(
        "What each was, who held which office when, and every machinery-of-government change, so that an old "
        "name still leads somewhere."
    ),
    NOTHING_GOES,
)
DEALINGS: Final = RetentionClass(
    "dealings",
    _("Dealings and agreements with others"),
    _("Who was met or agreed with, when, about what, every version of an agreement, and what came of it."),
    NOTHING_GOES,
)
PERSON: Final = RetentionClass(
    "named-people",
    _("About a named person"),
    _("The name, where it belongs to a public office or seat that they held."),
    _("Everything else about them, when they are erased on an authority that is written down."),
)
CLASSES: Final = (ADVISORY, PARTICIPATION, FRAMEWORK, SELECTION, BODIES, DEALINGS, PERSON)


def authorities(text: str) -> dict[str, str]:
    """Class → the agency's own authority for it, from “class = authority; class = authority”. Raises BadSetting."""
    known = {each.slug for each in CLASSES}
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        slug, equals, said = (piece.strip() for piece in part.partition("="))
        if not equals or not said:
            raise BadSetting(f"{SETTING}: “{part}” must look like “advisory-bodies = the authority and its class”.")
        if slug not in known:
            raise BadSetting(f"{SETTING}: “{slug}” is no retention class; there are {', '.join(sorted(known))}.")
        if slug in found:
            raise BadSetting(f"{SETTING} states “{slug}” twice.")
        found[slug] = said
    return found

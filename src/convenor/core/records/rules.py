"""Who is asking, what they may see, and how a rule says no. Pure: no ORM.

A Viewer is a plain value, built once per request (or per recipient, by the worker). Visible means
(public, or in an audience the viewer belongs to and shown since they joined, or allowed by a personal
row) and not denied (DESIGN section 4, Access).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import field
from datetime import UTC, date, datetime
from typing import Final

from django.utils.translation import gettext as _

from convenor.kit.structs import struct

PUBLIC: Final = "public"
AUDIENCE: Final = "audience"
SEALED: Final = "sealed"

LIVE: Final = "live"
WITHDRAWN: Final = "withdrawn"

DISCLOSE_NOTHING: Final = "nothing"
DISCLOSE_EXISTENCE: Final = "existence"
DISCLOSE_TITLE: Final = "title"

BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)


@struct
class Breach:
    """One rule that was broken: a code for machines, a sentence for people, the field it is about."""

    code: str
    text: str
    field: str = ""


class Refused(Exception):
    """A command would not do it. Carries every breach, in the rules' own words."""

    def __init__(self, breaches: Sequence[Breach]) -> None:
        self.breaches = tuple(breaches)
        super().__init__(" ".join(breach.text for breach in self.breaches))


class NotAllowed(Refused):
    """The viewer may not do this (they may know the thing exists)."""


class Frozen(Refused):
    """A disposal freeze is in force: nothing that belongs to records of such a kind is destroyed until it is lifted."""


@struct
class Verdict:
    """A permission's answer: greys the button, guards the command, explains itself."""

    ok: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.ok

    def require(self) -> None:
        """Raise NotAllowed with the reason unless the answer is yes."""
        if not self.ok:
            raise NotAllowed([Breach("not-allowed", self.reason)])


YES: Final = Verdict(True)


def no(reason: str) -> Verdict:
    return Verdict(False, reason)


def refuse_if(breaches: Iterable[Breach]) -> None:
    """Raise Refused when there is at least one breach."""
    found = tuple(breaches)
    if found:
        raise Refused(found)


@struct
class DutyHeld:
    """A duty in force: over the whole site (over is None) or over one record and all beneath it."""

    duty: str
    over: int | None = None


@struct
class Membership:
    """Belonging to an audience now; what was shown to it before `since` stays closed."""

    audience_id: int
    since: datetime | None = None


@struct
class Viewer:
    """Who is asking. Built by accounts.queries.viewer_for; holds no models."""

    now: datetime
    person_id: int | None = None
    name: str = ""
    duties: frozenset[DutyHeld] = frozenset()
    memberships: tuple[Membership, ...] = ()
    allowed: frozenset[int] = frozenset()
    denied: frozenset[int] = frozenset()
    principals: frozenset[int] = field(default_factory=frozenset)
    """Person ids this viewer assists: may read what they read, and answer for them."""
    is_system: bool = False

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def reads_whole(self) -> list[int]:
        """The audiences of which everything may be read, however old."""
        return sorted({held.audience_id for held in self.memberships if held.since is None})

    @property
    def reads_since(self) -> tuple[tuple[int, datetime], ...]:
        """The other audiences, each with when its membership began (the first of them, should there be several)."""
        whole = set(self.reads_whole)
        began: dict[int, datetime] = {}
        for held in self.memberships:
            if held.since is not None and held.audience_id not in whole:
                began[held.audience_id] = min(held.since, began.get(held.audience_id, held.since))
        return tuple(sorted(began.items()))

    @property
    def reads_every_audience(self) -> bool:
        """Site-wide administrators and secretariat read all but sealed records."""
        return self.has_duty("administrator") or self.has_duty("secretariat")

    def has_duty(self, *duties: str, over: Iterable[int] = ()) -> bool:
        """Whether any of the duties is held for the whole site or over any of these records."""
        places = {None, *over}
        return self.is_system or any(held.duty in duties and held.over in places for held in self.duties)

    def stands_for(self, person_id: int | None) -> bool:
        """Whether the viewer is this person, or one of their assistants."""
        return person_id is not None and (person_id == self.person_id or person_id in self.principals)


def anonymous(now: datetime) -> Viewer:
    """Anybody at all: sees what is public."""
    return Viewer(now=now)


def system(now: datetime, name: str = "Convenor") -> Viewer:
    """The product itself (loaders, clock jobs). Permissions let it through; rules still hold."""
    return Viewer(now=now, name=name, is_system=True)


@struct
class FreezeFacts:
    """Which kinds of record nothing is destroyed of, from which day, why, and on whose authority."""

    kinds: tuple[str, ...]
    starts_on: date
    reason: str
    authority: str


def check_freeze(facts: FreezeFacts, today: date, *, known: Collection[str], frozen: Collection[str]) -> list[Breach]:
    """A freeze names kinds there are and that are not frozen yet, begins today or later, and says why and by whom.

    Source: Archives Act 1983 s 24; the National Archives issue disposal freezes by number.
    """
    found = []
    if not facts.kinds:
        found.append(Breach("kinds-needed", _("Choose at least one kind of record."), "kinds"))
    if unknown := [kind for kind in facts.kinds if kind not in known]:
        text = _("There is no kind of record called “%(kind)s”.") % {"kind": unknown[0]}
        found.append(Breach("kind-unknown", text, "kinds"))
    if twice := [kind for kind in facts.kinds if kind in frozen]:
        text = _("The kind “%(kind)s” is frozen already, or is to be: lift that freeze first.") % {"kind": twice[0]}
        found.append(Breach("kind-frozen", text, "kinds"))
    if facts.starts_on < today:
        text = _("A freeze begins today or later: what was destroyed before cannot be brought back.")
        found.append(Breach("starts-past", text, "starts_on"))
    if not facts.reason.strip():
        found.append(Breach("reason-needed", _("Say why nothing may be destroyed."), "reason"))
    if not facts.authority.strip():
        found.append(Breach("authority-needed", _("Give the reference of the notice or instruction."), "authority"))
    return found


def check_lift(*, lifted: bool, reason: str) -> list[Breach]:
    """A freeze is lifted once, with a reason."""
    found = [Breach("freeze-lifted", _("This freeze was lifted already."))] if lifted else []
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why things may be destroyed again."), "reason"))
    return found


@struct
class CaretakerFacts:
    """A caretaker period: its first and last day (None: not known yet), and what the banner says of it."""

    begins_on: date
    ends_on: date | None
    note: str

    def holds_on(self, day: date) -> bool:
        return self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)

    def meets(self, other: CaretakerFacts) -> bool:
        """Whether some day is in both."""
        ends = [each.ends_on for each in (self, other) if each.ends_on is not None]
        return max(self.begins_on, other.begins_on) <= min(ends, default=date.max)


def check_caretaker(facts: CaretakerFacts, today: date, others: Iterable[CaretakerFacts]) -> list[Breach]:
    """A caretaker period begins today or later, ends after that, says why, and there is one at a time.

    Source: the guidance on caretaker conventions: from the dissolution of the House until the result is clear.
    """
    found = []
    if facts.begins_on < today:
        found.append(Breach("begins-past", _("It begins today or later."), "begins_on"))
    if facts.ends_on is not None and facts.ends_on < facts.begins_on:
        found.append(Breach("ends-before-beginning", _("It cannot end before it begins."), "ends_on"))
    if not facts.note.strip():
        found.append(Breach("note-needed", _("Say why, in a sentence that everybody reads on every page."), "note"))
    elif any(facts.meets(other) for other in others):
        found.append(Breach("caretaker-twice", _("There is a caretaker period in these days already: end it first.")))
    return found


def check_caretaker_end(*, ended: bool, reason: str) -> list[Breach]:
    """A caretaker period is ended once, with a reason."""
    found = [Breach("caretaker-ended", _("This caretaker period has ended already."))] if ended else []
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why it ends."), "reason"))
    return found

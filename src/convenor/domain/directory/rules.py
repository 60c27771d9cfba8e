"""The rules of organisations, offices, people, partnerships and the engagement log. Pure: no ORM."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Final

from django.utils.text import slugify

from convenor.core.records.rules import LIVE, Breach
from convenor.kit.dates import say_day
from convenor.kit.structs import struct

RESERVED_SLUGS: Final = frozenset({"add", "changes", "feed", "import"})
"""Words that addresses use themselves."""

SUCCEEDED_BY: Final = "succeeded-by"
"""The relation that joins an organisation to what it became. Commands write it, so the code owns the word."""

ABN_WEIGHTS: Final = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
ABN_MODULUS: Final = 89

RENAMED: Final = "renamed"
MERGED: Final = "merged"
SPLIT: Final = "split"
ABOLISHED: Final = "abolished"
MOVED: Final = "moved"

EXPLORING: Final = "exploring"
NEGOTIATING: Final = "negotiating"
ACTIVE: Final = "active"
ENDED: Final = "ended"


# Australian Business Numbers


def abn_digits(text: str) -> str:
    """An ABN as typed, without spaces: eleven digits when it is one."""
    return "".join(text.split())


def abn_breaches(text: str) -> list[Breach]:
    """Why this is not an ABN. An empty text is fine: many bodies have none.

    Subtract 1 from the first digit, multiply by the weights, add up: a multiple of 89 (Australian Business
    Register, "Format of the ABN").
    """
    digits = abn_digits(text)
    if not digits:
        return []
    if not (digits.isascii() and digits.isdigit() and len(digits) == len(ABN_WEIGHTS)):
        return [Breach("abn-form", "An ABN has 11 digits, such as 51 824 753 556.", "abn")]
    if not _abn_adds_up(digits):
        return [Breach("abn-checksum", f"{format_abn(digits)} is not an ABN: a digit is wrong or misplaced.", "abn")]
    return []


def _abn_adds_up(digits: str) -> bool:
    figures = [int(digit) for digit in digits]
    figures[0] -= 1
    return sum(w * f for w, f in zip(ABN_WEIGHTS, figures, strict=True)) % ABN_MODULUS == 0


def format_abn(digits: str) -> str:
    """51824753556 → 51 824 753 556; anything that is not eleven long stays as it is."""
    if len(digits) != len(ABN_WEIGHTS):
        return digits
    return " ".join((digits[:2], digits[2:5], digits[5:8], digits[8:]))


# Slugs and spans of days


def free_slug(name: str, taken: Collection[str], length: int = 120) -> str:
    """A readable address for a name that none of `taken` uses: name, name-2, name-3 …"""
    base = slugify(name)[: length - 5].strip("-") or "unnamed"
    number, slug = 1, base
    while slug in taken or slug in RESERVED_SLUGS:
        number += 1
        slug = f"{base}-{number}"
    return slug


def order_breaches(start: date | None, end: date | None, field: str = "ends_on") -> list[Breach]:
    """Why an end does not follow its start."""
    if start and end and end < start:
        text = f"It cannot end on {say_day(end)}: it starts on {say_day(start)}."
        return [Breach("ends-before-start", text, field)]
    return []


# Who holds an office


@struct
class Held:
    """One tenure of an office, both days included; None where a day is not known or has not come."""

    person: int
    starts: date | None = None
    ends: date | None = None
    acting: bool = False
    name: str = ""

    @property
    def first(self) -> date:
        """The first day it surely covers. A start that is not known is read as late as it may be: the last day."""
        return self.starts or self.ends or date.max

    @property
    def last(self) -> date:
        return self.ends or date.max


def overlap(one: Held, other: Held) -> bool:
    """Whether both surely hold on one same day, whatever the unknown days were."""
    return one.first <= other.last and other.first <= one.last


def tenure_breaches(
    new: Held, others: Iterable[Held], *, created: date | None = None, abolished: date | None = None
) -> list[Breach]:
    """Why a tenure cannot stand beside the others of its office.

    One substantive holder at a time and one acting at a time; acting beside a substantive holder is what acting
    is for (research/groups-and-meetings.md section 4: acting holds the seat for a period).
    """
    breaches = order_breaches(new.starts, new.ends)
    if breaches:
        return breaches
    return [
        *_outside_office(new, created, abolished),
        *(_clash(new, other) for other in others if _clashes(new, other)),
    ]


def _clashes(new: Held, other: Held) -> bool:
    return (new.acting == other.acting or new.person == other.person) and overlap(new, other)


def _clash(new: Held, other: Held) -> Breach:
    when = _span_words(other)
    if new.person == other.person:
        return Breach("tenure-twice", f"{other.name or 'The same person'} holds this office already, {when}.", "person")
    if new.acting:
        return Breach("tenure-acting", f"{other.name or 'Somebody'} is acting already, {when}.", "starts_on")
    text = f"{other.name or 'Somebody'} holds this office {when}. End that first, or record the new holder as acting."
    return Breach("tenure-overlap", text, "starts_on")


def _span_words(held: Held) -> str:
    start = f"from {say_day(held.starts)}" if held.starts else "from a day that is not known"
    return f"{start} to {say_day(held.ends)}" if held.ends else f"{start}, with no end recorded"


def _outside_office(new: Held, created: date | None, abolished: date | None) -> list[Breach]:
    breaches = []
    if created and new.starts and new.starts < created:
        text = f"The office was created on {say_day(created)}: nobody can hold it before."
        breaches.append(Breach("tenure-before-office", text, "starts_on"))
    if abolished and (new.ends or date.max) > abolished:
        text = f"The office’s last day was {say_day(abolished)}: say when this ended."
        breaches.append(Breach("tenure-after-office", text, "ends_on"))
    return breaches


def holder_on(tenures: Sequence[Held], day: date) -> Held | None:
    """Who answers for the office on a day: the acting holder, else the substantive one, else nobody.

    Where a start is not known, somebody whose days are known goes first.
    """
    there = [held for held in tenures if (held.starts or date.min) <= day <= held.last]
    return max(there, key=lambda held: (held.acting, held.starts is not None, held.starts or date.min), default=None)


# Where an organisation belongs


def parent_breaches(organisation: int | None, above_parent: Sequence[int], below: int, most: int) -> list[Breach]:
    """Why an organisation cannot stand under a parent.

    above_parent: ids from the parent up to the top, the parent first. below: how many levels hang under the
    organisation itself. most: how many levels there may be in all.
    """
    if organisation is not None and organisation in above_parent:
        return [
            Breach(
                "organisation-cycle", "An organisation cannot be part of itself, or of one of its own parts.", "parent"
            )
        ]
    if len(above_parent) + 1 + below > most:
        return [Breach("organisation-depth", f"There can be at most {most} levels of organisations.", "parent")]
    return []


# Machinery-of-government changes


@struct
class Side:
    """An organisation on one side of a change; `key` is None for one that the change makes."""

    key: int | None
    name: str
    parent: int | None = None
    ended: bool = False
    established: date | None = None


ARITY: Final[dict[str, tuple[int, int | None, int, int | None, str]]] = {
    RENAMED: (1, 1, 1, 1, "A renaming is of one organisation, which has one new name."),
    MERGED: (2, None, 1, None, "A merger joins at least two organisations into at least one."),
    SPLIT: (1, 1, 2, None, "A split makes at least two organisations of one."),
    ABOLISHED: (1, 1, 0, 0, "An organisation that is abolished has no successor."),
    MOVED: (1, 1, 1, 1, "A move takes one organisation to another portfolio."),
}
"""Fewest and most organisations before, fewest and most after (None: no limit), and the sentence that says so."""


def change_breaches(kind: str, before: Sequence[Side], after: Sequence[Side], on: date, today: date) -> list[Breach]:
    """Why a machinery-of-government change cannot be recorded as described (DESIGN section 5, directory)."""
    fewest, most, fewest_after, most_after, sentence = ARITY[kind]
    breaches = []
    if not (_within(len(before), fewest, most) and _within(len(after), fewest_after, most_after)):
        breaches.append(Breach(f"change-{kind}", sentence, "after"))
    if on > today:
        breaches.append(Breach("change-ahead", f"Record it on {say_day(on)}, when it has taken effect.", "on"))
    breaches += [_ended(side) for side in before if side.ended]
    breaches += [_too_early(side) for side in before if side.established and side.established >= on]
    breaches += _twice(before) + _twice(after)
    return breaches or _nothing_changes(kind, before, after)


def _within(count: int, fewest: int, most: int | None) -> bool:
    return count >= fewest and (most is None or count <= most)


def _ended(side: Side) -> Breach:
    return Breach("change-ended", f"{side.name} has ended already: nothing more can become of it.", "before")


def _too_early(side: Side) -> Breach:
    since = say_day(side.established) if side.established else ""
    return Breach("change-early", f"{side.name} was established on {since}: the change must come later.", "on")


def _twice(sides: Sequence[Side]) -> list[Breach]:
    keys = [side.key for side in sides if side.key is not None]
    names = [side.name.casefold() for side in sides]
    if len(set(keys)) == len(keys) and len(set(names)) == len(names):
        return []
    return [Breach("change-twice", "The same organisation is named twice.", "after")]


def _nothing_changes(kind: str, before: Sequence[Side], after: Sequence[Side]) -> list[Breach]:
    if kind == RENAMED and before[0].name == after[0].name:
        return [Breach("change-same-name", "That is its name already.", "name")]
    if kind == MOVED and before[0].parent == after[0].parent:
        return [Breach("change-same-parent", "That is where it belongs already.", "parent")]
    return []


# Partnerships

NEXT_STAGES: Final[dict[str, tuple[str, ...]]] = {
    "": (EXPLORING, NEGOTIATING, ACTIVE),
    EXPLORING: (NEGOTIATING, ENDED),
    NEGOTIATING: (ACTIVE, EXPLORING, ENDED),
    ACTIVE: (EXPLORING, ENDED),
    ENDED: (EXPLORING,),
}
"""From each stage (empty: a new partnership) to those that may follow; going back to exploring needs a reason."""


def stage_breaches(
    stage: str, now_at: str, *, on: date, since: date | None, today: date, note: str = "", is_challenged: bool = False
) -> list[Breach]:
    """Why a partnership cannot move to a stage. `since`: when it reached the one it is at."""
    breaches = []
    if stage not in NEXT_STAGES[now_at]:
        breaches.append(Breach("stage-order", _stage_order(stage, now_at), "stage"))
    if stage in (EXPLORING, ENDED) and now_at and not note.strip():
        breaches.append(Breach("stage-reason", "Say why: others read it here.", "note"))
    if since and on < since:
        breaches.append(
            Breach("stage-date", f"It reached its present stage on {say_day(since)}: this comes after.", "on")
        )
    if on > today:
        breaches.append(Breach("stage-ahead", "A stage is recorded when it has been reached, not before.", "on"))
    if is_challenged and stage != ENDED:
        text = "The named party has challenged the present stage: answer that first."
        breaches.append(Breach("stage-challenged", text, "stage"))
    return breaches


def _stage_order(stage: str, now_at: str) -> str:
    if stage == now_at:
        return f"The partnership is at the stage “{stage}” already."
    allowed = " or ".join(f"“{word}”" for word in NEXT_STAGES[now_at])
    start = f"After “{now_at}” comes {allowed}" if now_at else f"A partnership begins with {allowed}"
    return f"{start}, not “{stage}”."


def challenge_deadline(on: date, days: int, add_working_days: Callable[[date, int], date]) -> date | None:
    """The last day on which the named party may challenge a stage; None when no days are given for it."""
    return add_working_days(on, days) if days > 0 else None


def challenge_breaches(
    *, by: date | None, today: date, is_latest: bool, is_challenged: bool, text: str
) -> list[Breach]:
    """Why a stage cannot be challenged now."""
    if not is_latest:
        return [Breach("challenge-past", "The partnership has moved on: only its present stage can be challenged.")]
    if is_challenged:
        return [Breach("challenge-twice", "This stage has been challenged already.")]
    if by is None:
        return [Breach("challenge-none", "This stage cannot be challenged.")]
    if today > by:
        return [Breach("challenge-late", f"It could be challenged until {say_day(by)}.")]
    return [] if text.strip() else [Breach("challenge-empty", "Say what is wrong with what we recorded.", "challenge")]


# The engagement log and interests


def contact_breaches(*, on: date, today: date, organisations: int) -> list[Breach]:
    """Why a contact cannot stand in the log."""
    breaches = []
    if on > today:
        breaches.append(Breach("contact-ahead", "The log holds what has happened: this day has not come.", "on"))
    if not organisations:
        breaches.append(Breach("contact-nobody", "Say which organisation it was with.", "organisations"))
    return breaches


def needs_reason(reason: str, text: str = "Say why: it is kept in the history.") -> list[Breach]:
    """A reason must be given."""
    return [] if reason.strip() else [Breach("reason", text, "reason")]


def live_breaches(state: str) -> list[Breach]:
    """What was withdrawn stays as it was."""
    return [Breach("withdrawn", "This has been withdrawn: restore it first.")] if state != LIVE else []


def change_title(kind: str, before: Sequence[str], after: Sequence[str], portfolio: str = "") -> str:
    """What a change did, in one line: “A and B merged into C”. `portfolio`: where a move went; empty: to none."""
    was, became = and_words(before), and_words(after)
    return {
        RENAMED: f"{was} renamed {became}",
        MERGED: f"{was} merged into {became}",
        SPLIT: f"{was} split into {became}",
        ABOLISHED: f"{was} abolished",
        MOVED: f"{was} moved to {portfolio}" if portfolio else f"{was} moved out of its portfolio",
    }[kind]


def and_words(words: Sequence[str]) -> str:
    """A, B and C."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)

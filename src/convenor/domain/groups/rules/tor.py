"""Terms of reference: their outline, and what a version needs to be drafted, endorsed and put in force.

The outline is that of the charter of the ATO's strategic working group (research groups-and-meetings, section 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convenor.core.records.rules import Breach
from convenor.kit.dates import say_day
from convenor.kit.structs import struct

OFFICERS: Final = "officers"
MEMBERS: Final = "members"


@struct
class Section:
    """A section of the outline: its key, its title, and what belongs in it."""

    key: str
    title: str
    hint: str


OUTLINE: Final = tuple(
    Section(key, title, hint)  # type: ignore[arg-type]
    for key, title, hint in (
        ("context", gettext_lazy("Context and authority"), gettext_lazy("Who set it up, and to whom it answers.")),
        ("purpose", gettext_lazy("Purpose"), gettext_lazy("What it is there for.")),
        ("scope", gettext_lazy("Scope"), gettext_lazy("What it deals with, and what it does not.")),
        ("representation", gettext_lazy("Representation"), gettext_lazy("Who sits, for whom, and how many.")),
        ("term", gettext_lazy("Term of appointment"), gettext_lazy("For how long members sit, and what follows.")),
        ("expectations", gettext_lazy("Expectations"), gettext_lazy("What members owe the group, and it owes them.")),
        ("roles", gettext_lazy("Roles"), gettext_lazy("Chair, co-chair, deputy, secretariat, proxy.")),
        ("frequency", gettext_lazy("Frequency"), gettext_lazy("How often it meets.")),
        ("format", gettext_lazy("Format"), gettext_lazy("How it meets, and how it decides.")),
        ("participation", gettext_lazy("Participation"), gettext_lazy("Quorum, proxies, guests, observers.")),
        ("records", gettext_lazy("Record keeping"), gettext_lazy("Papers, minutes, what is published and when.")),
        ("governance", gettext_lazy("Governance"), gettext_lazy("Reporting, referral, review of these terms, sunset.")),
        ("selection", gettext_lazy("Selection criteria"), gettext_lazy("By what people are chosen, where they are.")),
    )
)  # fmt: skip
TITLES: Final[Mapping[str, str]] = {section.key: section.title for section in OUTLINE}


def draft_breaches(sections: Mapping[str, str], change_note: str, number: int) -> list[Breach]:
    """What a draft lacks."""
    found = []
    if not sections.get("purpose", "").strip():
        found.append(Breach("purpose-needed", _("Write at least its purpose."), "purpose"))
    if number > 1 and not change_note.strip():
        found.append(Breach("change-needed", _("Say what is different from the version before."), "change_note"))
    unknown = sorted(set(sections) - set(TITLES))
    if unknown:
        text = _("The outline has no section “%(key)s”.")
        found.append(Breach("section-unknown", text % {"key": unknown[0]}))
    return found


def endorse_breaches(endorsed_by: str, on: date, drafted_on: date, today: date) -> list[Breach]:
    """Why it cannot be endorsed so, on that day."""
    found = []
    if not endorsed_by.strip():
        found.append(Breach("by-whom", _("Say who endorsed it: a body, an office, a seat."), "endorsed_by"))
    if on > today:
        found.append(Breach("not-yet", _("This day lies ahead: record it when it has been endorsed."), "on"))
    elif on < drafted_on:
        text = _("This draft is of %(day)s: nobody can have endorsed it before.")
        found.append(Breach("endorsed-before", text % {"day": say_day(drafted_on)}, "on"))
    return found


def force_breaches(endorsed_on: date | None, starts_on: date, in_force_since: date | None) -> list[Breach]:
    """Why a version cannot be in force from that day. `in_force_since`: of the one in force now."""
    if endorsed_on is None:
        return [Breach("not-endorsed", _("A draft is endorsed before it is put in force."), "starts_on")]
    found = []
    if starts_on < endorsed_on:
        text = _("It was endorsed on %(day)s: it is in force from that day at the earliest.")
        found.append(Breach("before-endorsement", text % {"day": say_day(endorsed_on)}, "starts_on"))
    if in_force_since is not None and starts_on <= in_force_since:
        text = _("The version before it is in force from %(day)s: choose a later day.")
        found.append(Breach("before-current", text % {"day": say_day(in_force_since)}, "starts_on"))
    return found


def co_chair_breaches(missing: Sequence[str], sentence: str, field: str) -> list[Breach]:
    """Where co-chairs lead, a version is in force when each of them has endorsed it. sentence: the rule for chairs."""
    text = _("%(who)s has not endorsed it yet: each co-chair does, before it is in force.")
    return [Breach("co-chair-to-endorse", f"{sentence} {text % {'who': who}}".strip(), field) for who in missing]


def as_markdown(title: str, head: str, sections: Mapping[str, str]) -> str:
    """A version as one Markdown text."""
    parts = [f"# {title}", head, *(f"## {TITLES[s.key]}\n\n{sections[s.key].strip()}" for s in _given(sections))]
    return "\n\n".join(parts) + "\n"


def as_plain(title: str, head: str, sections: Mapping[str, str]) -> str:
    """A version as plain text, with underlined headings."""
    blocks = [_underlined(title, "="), head]
    blocks += [f"{_underlined(str(s.title), '-')}\n\n{sections[s.key].strip()}" for s in _given(sections)]
    return "\n\n".join(blocks) + "\n"


def _given(sections: Mapping[str, str]) -> list[Section]:
    return [section for section in OUTLINE if sections.get(section.key, "").strip()]


def _underlined(text: str, rule: str) -> str:
    return f"{text}\n{rule * len(text)}"

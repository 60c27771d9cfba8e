"""Who sits in a group today, with the addresses that only those who may read them are given."""

from __future__ import annotations

from datetime import date
from typing import Final

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Group, GroupMail
from convenor.domain.groups.queries.rosters import SeatLine, table_of_groups
from convenor.kit.structs import struct

EVERYBODY: Final = GroupMail.To.EVERYBODY
CHAIRS: Final = GroupMail.To.CHAIRS
SIDE: Final = GroupMail.To.SIDE


@struct
class Contact:
    """Somebody who sits in the group today."""

    person: int
    name: str
    email: str
    organisation: str
    seat: str
    role: str
    chairs_as: str
    side: str
    leads: bool
    acting: bool

    @property
    def reachable(self) -> bool:
        return bool(self.email)


def contacts_of(viewer: Viewer, group: Group, on: date) -> list[Contact]:
    """Everybody who sits on the day, chairs first, then in the order of seats. Ask permissions.may_read_contacts first.

    Somebody who holds several seats stands in it once for each. Three queries.
    """
    lines = table_of_groups(viewer, [group.pk], on, officer=True).roster(group.pk, on)
    sitting = [(line, holder) for line in lines for holder in line.present]
    people = Person.objects.filter(pk__in=[holder.holding.person for _line, holder in sitting], erased_at=None)
    known = {row.pk: row for row in people}
    return [
        _contact(line, known[holder.holding.person], acting=holder.acting)
        for line, holder in sitting
        if holder.holding.person in known
    ]


def _contact(line: SeatLine, person: Person, *, acting: bool) -> Contact:
    seat = line.seat
    chairs_as = ", ".join(chair.role for chair in line.chairs)
    return Contact(
        person.pk,
        person.name,
        person.email or "",
        seat.organisation or seat.stands_for,
        seat.title,
        seat.role,
        chairs_as,
        seat.constituency,
        line.leads,
        acting,
    )


def chosen(contacts: list[Contact], to: str, side: str) -> list[Contact]:
    """Those of them that a mail is for, each once, who can be reached."""
    wanted = [
        each
        for each in contacts
        if each.reachable and (to == EVERYBODY or (to == CHAIRS and each.leads) or (to == SIDE and each.side == side))
    ]
    return list({each.person: each for each in reversed(wanted)}.values())[::-1]


def still_gets(mail: GroupMail, person_id: int, on: date, viewer: Viewer) -> bool:
    """Whether the person is still one of those the mail was for."""
    now = chosen(contacts_of(viewer, mail.group, on), mail.to, mail.side)
    return any(each.person == person_id for each in now)

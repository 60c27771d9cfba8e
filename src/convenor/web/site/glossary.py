"""The field's standard terms (research: groups and meetings, section 4), each said once and used everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from convenor.kit.structs import struct

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@struct
class Term:
    word: str
    meaning: StrOrPromise

    @property
    def anchor(self) -> str:
        return slugify(self.word)


TERMS: tuple[Term, ...] = (
    Term("Acting", _("Holding a seat or an office for a period while its usual holder does not.")),
    Term("Advice", _("What a group tells those it advises. It binds nobody, and is answered in public.")),
    Term("Appointment", _("A person's time in a seat: from, to where known, and the letter or decision that made it.")),
    Term("Audience", _("The people who may read something that is not public, such as the members of a group.")),
    Term("Cadence", _("How often a group meets: every six weeks, quarterly, or as required.")),
    Term("Casual vacancy", _("A seat that falls empty before its term ends.")),
    Term("Chair", _("Who leads the group's meetings. Here chairing belongs to a seat for a period.")),
    Term("Co-chair", _("One of two or more who chair together, often one from government and one from outside.")),
    Term(
        "Constituency", _("A side of the table with its own number of seats, such as providers or the agency itself.")
    ),
    Term("Delegate", _("Somebody a member names to attend in their place.")),
    Term("Engagement log", _("The record of contacts, visits and advice outside meetings.")),
    Term("Engagement model", _("How an agency engages: levels, types of group, and the rules each type follows.")),
    Term("Ex officio member", _("A member because of the office they hold, for as long as they hold it.")),
    Term("Expression of interest", _("An offer to take a seat in answer to a public call.")),
    Term(
        "Fair lottery",
        _("A draw that keeps the balance rules whatever comes out, with the smallest chance as large as it can be."),
    ),
    Term("Focus group", _("A small group set up by expression of interest to explore one specific outcome.")),
    Term("Group", _("Any body that meets: a committee, working group, forum, panel or community of practice.")),
    Term("Host", _("The organisation that runs a group.")),
    Term("Initiative", _("A named reform or project that groups are set up for.")),
    Term("Level", _("A band of an engagement model: strategic, operational, tactical or informative.")),
    Term(
        "Machinery of government",
        _("Which agencies exist and what they are called. A change keeps the old address working."),
    ),
    Term("Member", _("A person who sits in a seat of a group.")),
    Term("Office", _("A position in an organisation, whoever holds it.")),
    Term("Partnership", _("A standing arrangement with another body: explored, negotiated, active, ended.")),
    Term("Portfolio", _("A minister's area: a department with the agencies under it.")),
    Term(
        "Published nomination",
        _("A way to find members: bodies name people, and everybody reads whom, before anybody is chosen."),
    ),
    Term("Proxy", _("Somebody who stands in for a seat at one meeting.")),
    Term("Quorum", _("How many must be present for a meeting to decide anything.")),
    Term("Record", _("One thing on the public record, with its reference, history and address.")),
    Term("Reference", _("The short name of a record that never changes, such as GRP-2019-014.")),
    Term("Reserve list", _("Those who are asked, in order, when somebody who was chosen does not take the seat.")),
    Term("Review date", _("The day by which a group must be looked at again: is it still needed, and right?")),
    Term("Roster", _("Who sits in a group's seats on a day.")),
    Term("Seal", _("A published fingerprint of the whole journal: any later tampering shows against it.")),
    Term("Seat", _("A place at the table. It belongs to an office, an organisation, a segment or a person.")),
    Term("Secretariat", _("The officers who run a group's work.")),
    Term("Segment", _("A part of a market or community that a seat speaks for.")),
    Term("Sunset", _("The day a group ends unless it is renewed.")),
    Term("Tenure", _("A person's time in an office.")),
    Term("Terms of reference", _("What a group is for, who is in it and how it works. Also called its charter.")),
    Term("Vacancy", _("A seat that nobody holds.")),
    Term("Withdrawn", _("Taken back. The page stays and says so.")),
    Term("Withheld", _("Not public, and why. We say that it exists wherever we may.")),
)

"""Groups, their parents, seats, who sits, and who chairs; and all else the app keeps, by subject."""

from __future__ import annotations

from convenor.domain.groups.models.exchanges import GroupMail, Overlap, ReportBack, ReportQuerySet
from convenor.domain.groups.models.groups import Group, GroupPartQuerySet, Initiative, Parent
from convenor.domain.groups.models.joining import Admission, Asking, JoinInvitation, JoinRequest, PlaceWatch
from convenor.domain.groups.models.life import (
    Closure,
    Delivery,
    Proposal,
    ProposalStep,
    ProposalStepQuerySet,
    RuleOverride,
    SunsetChange,
)
from convenor.domain.groups.models.seats import (
    Appointment,
    Chairing,
    ChairRole,
    FormerMember,
    Seat,
    SeatPartQuerySet,
    SeatRole,
    TermNotice,
)
from convenor.domain.groups.models.terms import (
    TermsEndorsement,
    TermsOfReference,
    TermsPartQuerySet,
    TermsQuerySet,
    TermsSection,
)

__all__ = [
    "Admission",
    "Appointment",
    "Asking",
    "ChairRole",
    "Chairing",
    "Closure",
    "Delivery",
    "FormerMember",
    "Group",
    "GroupMail",
    "GroupPartQuerySet",
    "Initiative",
    "JoinInvitation",
    "JoinRequest",
    "Overlap",
    "Parent",
    "PlaceWatch",
    "Proposal",
    "ProposalStep",
    "ProposalStepQuerySet",
    "ReportBack",
    "ReportQuerySet",
    "RuleOverride",
    "Seat",
    "SeatPartQuerySet",
    "SeatRole",
    "SunsetChange",
    "TermNotice",
    "TermsEndorsement",
    "TermsOfReference",
    "TermsPartQuerySet",
    "TermsQuerySet",
    "TermsSection",
]

"""Proposals: of one group with every answer, and those that wait for somebody."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Group, Proposal, ProposalStep
from convenor.domain.groups.queries.desk import my_groups
from convenor.domain.groups.queries.seen import flag
from convenor.domain.groups.rules.proposals import APPROVED, RETURNED, WAITING


def proposals(viewer: Viewer) -> ScopedQuerySet[Proposal]:
    """Proposals the viewer may read; `parent_seen` says whether the group that was asked may be named."""
    rows = Proposal.objects.select_related(
        "group__record", "group__host", "group__type__model", "parent__record", "parent__host", "parent__type__model"
    )
    return rows.annotate(parent_seen=flag(viewer, "parent__record")).visible_to(viewer)


def proposals_of(viewer: Viewer, group: Group) -> list[Proposal]:
    """A group's proposals with their answers, oldest first: two queries."""
    answers = Prefetch("steps", ProposalStep.objects.order_by("recorded_at", "pk"))
    return list(proposals(viewer).filter(group=group).prefetch_related(answers).order_by("proposed_on", "pk"))


def access_proposal(viewer: Viewer, group: Group, key: int) -> Proposal:
    """A proposal of a group that the viewer may read already, or 404."""
    found = proposals(viewer).filter(group=group, pk=key).first()
    if found is None:
        raise Http404
    return found


def to_decide(viewer: Viewer) -> QuerySet[Proposal]:
    """What waits for the officer: an answer, or a proposal to bring back, or a group to set going; oldest first."""
    mine = my_groups(viewer).values("pk")
    over_asked = Q(parent__in=mine, state=WAITING) | Q(parent=None, group__in=mine, state=WAITING)
    own = Q(group__in=mine, state__in=(RETURNED, APPROVED))
    rows = proposals(viewer).live().filter(over_asked | own, group__state=Group.State.PROPOSED)
    return rows.order_by("proposed_on", "pk")


def waiting_for_chairs(viewer: Viewer, groups: Collection[int]) -> list[Proposal]:
    """What waits for those who chair these groups, oldest first."""
    if not groups:
        return []
    rows = proposals(viewer).live().filter(parent__in=list(groups), state=WAITING, group__state=Group.State.PROPOSED)
    return list(rows.order_by("proposed_on", "pk"))

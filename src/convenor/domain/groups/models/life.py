"""The life of a group: proposals, rules of its own, deliveries, extensions, closings."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models import F, Q

from convenor.core.records.models import ScopedQuerySet
from convenor.domain.groups.models.groups import Group, GroupPartQuerySet

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class Proposal(models.Model):
    """That a group be set up: who asks, why, and which group is asked. `state` is that of its last step."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for an answer"
        RETURNED = "returned", "Returned for more work"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"

    group = models.ForeignKey(Group, models.PROTECT, related_name="proposals")
    parent = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="proposals_to", help_text="Who is to approve it."
    )
    proposed_by = models.CharField(max_length=200, blank=True, help_text="The office, body or group that proposes it.")
    why = models.TextField(blank=True)
    proposed_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)

    objects = GroupPartQuerySet["Proposal"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(group=F("parent")), name="proposal_to_another_group"),
            models.UniqueConstraint(
                fields=("group", "parent"), condition=~Q(state="declined"), name="proposal_once_to_a_parent"
            ),
            models.UniqueConstraint(
                fields=("group",), condition=Q(parent=None) & ~Q(state="declined"), name="proposal_once_to_nobody"
            ),
        )

    def __str__(self) -> str:
        return f"{self.group} → {self.parent or 'its officers'}"


class ProposalStepQuerySet(ScopedQuerySet[M_co]):
    record_path = "proposal__group__record"


class ProposalStep(models.Model):
    """What was said of a proposal, and when. Rows are added, never changed."""

    class Kind(models.TextChoices):
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned for more work"
        DECLINED = "declined", "Declined"
        PROPOSED = "proposed", "Proposed again"

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    on = models.DateField()
    instrument = models.CharField(max_length=300, blank=True, help_text="The meeting or letter by which it was said.")
    note = models.TextField(blank=True)
    answered_as = models.CharField(max_length=200, blank=True, help_text="In which seat or office it was said.")
    recorded_at = models.DateTimeField()

    objects = ProposalStepQuerySet["ProposalStep"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("approved", "proposed")) | ~Q(note=""), name="proposal_step_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.on}"


class RuleOverride(models.Model):
    """A rule of the engagement model that is another for this group, for a time. Ended, never overwritten.

    `values`: fields of engagement's TypeRulesValue that the rule reads, as JSON; the others stay as the model says.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="overrides")
    number = models.PositiveSmallIntegerField(help_text="Its place among the group's overrides: given once.")
    rule = models.CharField(max_length=40, help_text="The key of the rule in the rule book.")
    values = models.JSONField(default=dict)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    approved_by = models.CharField(max_length=200, help_text="The body or office that approved it, and where.")
    end_reason = models.CharField(max_length=300, blank=True)

    objects = GroupPartQuerySet["RuleOverride"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("group", "number"), name="rule_override_number_once"),
            models.UniqueConstraint(
                fields=("group", "rule"), condition=Q(ends_on=None), name="rule_override_one_open_per_rule"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="rule_override_ends_after_start",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_override_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.rule} of {self.group_id}"


class Delivery(models.Model):
    """Something the group handed over. `completes`: with it, all that it was to deliver is delivered."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="deliveries")
    what = models.TextField()
    on = models.DateField()
    link = models.URLField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)
    completes = models.BooleanField(default=False)

    objects = GroupPartQuerySet["Delivery"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(what=""), name="delivery_says_what"),
            models.UniqueConstraint(fields=("group",), condition=Q(completes=True), name="delivery_completes_once"),
        )

    def __str__(self) -> str:
        return f"{self.what[:60]} on {self.on}"


class Closure(models.Model):
    """How and why a group closed; a group that was reopened keeps the row, with the day from which it went on."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "It delivered what it was to deliver"
        SUNSET = "sunset", "Its time was over"
        MERGED = "merged", "It became part of another group"
        SPLIT = "split", "It was split into other groups"
        DECLINED = "declined", "It was proposed and declined"
        OTHER = "other", "Another reason"

    group = models.ForeignKey(Group, models.PROTECT, related_name="closures")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    on = models.DateField()
    reason = models.CharField(max_length=300)
    reopened_on = models.DateField(null=True, blank=True)
    reopen_reason = models.CharField(max_length=300, blank=True)

    objects = GroupPartQuerySet["Closure"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("delivered", "sunset", "merged", "split", "declined", "other")),
                name="closure_kind_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="closure_says_why"),
            models.UniqueConstraint(fields=("group",), condition=Q(reopened_on=None), name="closure_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(reopened_on__isnull=True) | Q(reopened_on__gt=F("on")), name="closure_reopened_after"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.on}"


class SunsetChange(models.Model):
    """A new day on which a group ends by itself, and why. None: it ends by itself no more (or did not before)."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="sunset_changes")
    was = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    on = models.DateField()
    reason = models.CharField(max_length=300)

    objects = GroupPartQuerySet["SunsetChange"].as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="sunset_change_says_why"),)

    def __str__(self) -> str:
        return f"{self.was} → {self.until}"

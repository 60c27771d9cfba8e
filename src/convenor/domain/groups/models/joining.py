"""How people come into a group: the way in, requests, invitations, waiting for a place."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from convenor.core.accounts.models import Person
from convenor.domain.directory.models import Organisation
from convenor.domain.groups.models.groups import Group, GroupPartQuerySet


class Admission(models.Model):
    """How people come into a group by themselves, for a time. Where none is in force, as the group's type says."""

    class Way(models.TextChoices):
        NOBODY = "nobody", "Nobody joins by themselves"
        OPEN = "open", "Anybody joins"
        REQUEST = "request", "On request"
        INVITATION = "invitation", "By invitation"

    group = models.ForeignKey(Group, models.PROTECT, related_name="admissions")
    way = models.CharField(max_length=10, choices=Way.choices)
    side = models.SlugField(max_length=40, blank=True, help_text="The side of the table that those who join sit on.")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = GroupPartQuerySet["Admission"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="admission_ends_after_start"
            ),
            models.UniqueConstraint(fields=("group",), condition=Q(ends_on=None), name="admission_one_open_per_group"),
        )

    def __str__(self) -> str:
        return f"{self.group_id}: {self.way}"


class Asking(models.TextChoices):
    """What became of a request or an invitation."""

    WAITING = "waiting", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    LAPSED = "lapsed", "Lapsed"


class JoinRequest(models.Model):
    """Somebody asks to join. Personal: purged by date once it is answered."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="join_requests")
    person = models.ForeignKey(Person, models.PROTECT, related_name="join_requests")
    side = models.SlugField(max_length=40, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="join_requests")
    named = models.BooleanField(default=False)
    note = models.CharField(max_length=1000, blank=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Asking.choices, default=Asking.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="join_requests_answered"
    )
    answer = models.CharField(max_length=300, blank=True)
    purge_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("group", "person"), condition=Q(state="waiting"), name="join_request_one_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} asks to join {self.group_id}"


class JoinInvitation(models.Model):
    """Somebody is invited to join, by a signed link. Personal: purged by date once it is answered or has lapsed."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="join_invitations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="join_invitations")
    side = models.SlugField(max_length=40, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="invitations_to_join_made"
    )
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Asking.choices, default=Asking.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    purge_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("group", "person"), condition=Q(state="waiting"), name="join_invitation_one_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} is invited to join {self.group_id}"


class PlaceWatch(models.Model):
    """Somebody found a group full and asked to be told, once, when a place is free."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="place_watches")
    person = models.ForeignKey(Person, models.CASCADE, related_name="place_watches")
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "person"), name="place_watch_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} waits for a place in {self.group_id}"

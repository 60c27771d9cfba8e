"""Groups, their parents, seats, who sits, and who chairs. Seat ≠ appointment ≠ attendance (DESIGN section 3)."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from convenor.core.accounts.models import Person
from convenor.core.records.models import Audience, Record, ScopedQuerySet, visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Office, Organisation, Segment
from convenor.domain.engagement.models import GroupType

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class Initiative(models.Model):
    """A named reform or project that groups are set up for."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="initiative")
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    outcome = models.TextField(blank=True, help_text="What came of it.")

    objects = ScopedQuerySet["Initiative"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="initiative_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="initiative_ended_says_why",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        RECRUITING = "recruiting", "Recruiting"
        ACTIVE = "active", "Active"
        DORMANT = "dormant", "Dormant"
        CLOSED = "closed", "Closed"

    record = models.OneToOneField(Record, models.PROTECT, related_name="group")
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    acronym = models.CharField(max_length=20, blank=True)
    type = models.ForeignKey(GroupType, models.PROTECT, null=True, blank=True, related_name="groups")
    host = models.ForeignKey(
        Organisation, models.PROTECT, related_name="hosted_groups", help_text="Who runs it: us, or another body."
    )
    is_ours = models.BooleanField(default=True, help_text="False: an outside body's group that we hold a seat in.")
    initiative = models.ForeignKey(Initiative, models.PROTECT, null=True, blank=True, related_name="groups")
    purpose = models.TextField()
    deliverable = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    started_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=300, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    sunset_on = models.DateField(null=True, blank=True)
    members_see_contacts = models.BooleanField(default=False, help_text="Members read each other's e-mail addresses.")

    objects = ScopedQuerySet["Group"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(is_ours=False) | Q(type__isnull=False), name="group_of_ours_has_a_type"),
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_on__isnull=False))
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="group_closed_iff_closed_on",
            ),
        )

    def __str__(self) -> str:
        return self.name


class GroupPartQuerySet(ScopedQuerySet[M_co]):
    record_path = "group__record"


class Parent(models.Model):
    """A parent of a group, for a time. `ends_on` is the last day."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="parents")
    parent = models.ForeignKey(Group, models.PROTECT, related_name="children")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    approval_note = models.CharField(max_length=300, blank=True)

    objects = GroupPartQuerySet["Parent"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(group=F("parent")), name="parent_is_another_group"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="parent_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=("group", "parent"), condition=Q(ends_on=None), name="parent_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.group_id} under {self.parent_id}"


class Seat(models.Model):
    """A place at the table. Exactly one basis; who sits in it is computed for a day (queries.roster)."""

    class Basis(models.TextChoices):
        OFFICE = "office", "Office"
        ORGANISATION = "organisation", "Organisation"
        SEGMENT = "segment", "Segment"
        INDIVIDUAL = "individual", "Individual"
        CHAIR_OF = "chair-of", "Chair of another group"

    group = models.ForeignKey(Group, models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField(help_text="Its place in the group's list: given once, never again.")
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=12, choices=Basis.choices)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="seats")
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="seats")
    chair_of = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="ex_officio_seats")
    role = models.ForeignKey("SeatRole", models.PROTECT, null=True, blank=True, related_name="seats")
    constituency = models.SlugField(max_length=40, blank=True)
    votes = models.BooleanField(default=True)
    counts_to_quorum = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    objects = GroupPartQuerySet["Seat"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(basis="office", office__isnull=False, organisation=None, segment=None, chair_of=None)
                    | Q(basis="organisation", office=None, organisation__isnull=False, segment=None, chair_of=None)
                    | Q(basis="segment", office=None, segment__isnull=False, chair_of=None)
                    | Q(basis="individual", office=None, segment=None, chair_of=None)
                    | Q(basis="chair-of", office=None, organisation=None, segment=None, chair_of__isnull=False)
                ),
                name="seat_exactly_one_basis",
            ),
            models.CheckConstraint(
                condition=Q(chair_of__isnull=True) | ~Q(chair_of=F("group")), name="seat_chair_of_another_group"
            ),
            # the backstop behind the lock: two who counted the same places give the same number
            models.UniqueConstraint(fields=("group", "number"), name="seat_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="seat_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.title


class SeatPartQuerySet(ScopedQuerySet[M_co]):
    record_path = "seat__group__record"


class Appointment(models.Model):
    """A person in a seat for a time, for every basis but office; and for acting in this group. Last day inclusive."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    starts_on = models.DateField(null=True, blank=True, help_text="Empty when it is not known.")
    ends_on = models.DateField(null=True, blank=True)
    acting = models.BooleanField(default=False)
    instrument = models.CharField(max_length=200, blank=True, help_text="The letter or decision that appointed them.")
    end_reason = models.CharField(max_length=300, blank=True)
    until = models.DateField(null=True, blank=True, help_text="The end of the term, where it ended before its time.")
    named = models.BooleanField(default=True, help_text="False: those who may read the roster do not read who it is.")
    joined = models.BooleanField(default=False, help_text="Came in by joining: when they leave, the place goes too.")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When the person confirmed it by their link.")

    objects = SeatPartQuerySet["Appointment"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=("seat", "acting"), condition=Q(ends_on=None), name="appointment_one_open_per_seat"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.seat}"


class ChairRole(models.Model):
    """A vocabulary row: chair, co-chair, deputy chair, lead …"""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    leads = models.BooleanField(default=True, help_text="Counts as the group's chair or co-chair.")
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Chairing(models.Model):
    """Chairing belongs to a seat for a period, not to a person."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="chairings")
    role = models.ForeignKey(ChairRole, models.PROTECT, related_name="chairings")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = SeatPartQuerySet["Chairing"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="chairing_ends_after_start"
            ),
            models.UniqueConstraint(fields=("seat",), condition=Q(ends_on=None), name="chairing_one_open_per_seat"),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.seat_id}"


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


# The life of a group: proposals, deliveries, extensions, closings


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


# As what people sit, and how they come in


class SeatRole(models.Model):
    """A vocabulary row: as what somebody sits (member, ex officio member, observer, adviser, secretariat …)."""

    class DefaultFor(models.TextChoices):
        APPOINTED = "appointed", "Seats that somebody is appointed to"
        FOLLOWS = "follows", "Seats of an office or of another group's chair"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    counts_under_caps = models.BooleanField(default=True, help_text="Bound by caps and by the rules of who may sit.")
    votes = models.BooleanField(default=True, help_text="Whether a new seat votes, unless said otherwise.")
    counts_to_quorum = models.BooleanField(default=True, help_text="The same for the quorum.")
    default_for = models.CharField(max_length=10, choices=DefaultFor.choices, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("default_for",), condition=~Q(default_for=""), name="seat_role_default_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


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


class TermNotice(models.Model):
    """That a recipient was told, so many days before, that somebody's time in a seat ends. Never twice."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="term_notices")
    holder = models.ForeignKey(Person, models.CASCADE, related_name="term_notices_about")
    recipient = models.ForeignKey(Person, models.CASCADE, related_name="term_notices")
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField(help_text="Days before the end that the notice is for: 90 or 30.")
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("seat", "holder", "recipient", "ends_on", "days"), name="term_notice_once"),
        )

    def __str__(self) -> str:
        return f"{self.days} days before {self.ends_on}: {self.seat_id}"


class GroupMail(models.Model):
    """A mail to the people of a group: who wrote it, when, to how many. Its text is emptied by date."""

    class To(models.TextChoices):
        EVERYBODY = "everybody", "Everybody who sits in it"
        CHAIRS = "chairs", "Those who chair it"
        SIDE = "side", "One side of the table"

    group = models.ForeignKey(Group, models.PROTECT, related_name="mails")
    sender = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="group_mails")
    to = models.CharField(max_length=10, choices=To.choices)
    side = models.SlugField(max_length=40, blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True, help_text="Emptied by date.")
    sent_at = models.DateTimeField()
    recipients = models.PositiveIntegerField(default=0)
    purge_on = models.DateField()

    def __str__(self) -> str:
        return self.subject


class Overlap(models.Model):
    """Two living groups that were much alike last night, by what is public: an index to find them by, no record.

    Whoever is shown a pair is shown what both have in common as they may read it now (queries.overlaps).
    """

    first = models.ForeignKey(Group, models.CASCADE, related_name="overlaps")
    second = models.ForeignKey(Group, models.CASCADE, related_name="overlapped_by")
    people = models.PositiveSmallIntegerField(default=0, help_text="Percent of the smaller one that sits in both.")
    organisations = models.PositiveSmallIntegerField(default=0)
    offices = models.PositiveSmallIntegerField(default=0)
    subject = models.PositiveSmallIntegerField(default=0, help_text="How alike their words are, in percent.")
    strength = models.PositiveSmallIntegerField(help_text="The largest of the four.")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="overlap_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="overlap_first_is_older"),
        )
        indexes = (models.Index(fields=("-strength", "id"), name="overlap_strongest"),)

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


# Terms of reference


class TermsQuerySet(ScopedQuerySet[M_co]):
    """A draft is read by its audience alone; what has been endorsed, by everybody who reads the group."""

    record_path = "group__record"
    terms_path = ""

    def visible_to(self, viewer: Viewer) -> Self:
        rows = super().visible_to(viewer)
        if viewer.is_system or viewer.reads_every_audience:
            return rows
        at = self.terms_path
        shown = Q(**{f"{at}audience": None})
        for held in viewer.memberships:
            since = {} if held.since is None else {f"{at}drafted_at__gte": held.since}
            shown |= Q(**{f"{at}audience": held.audience_id}, **since)
        return rows.filter(shown)


class TermsOfReference(models.Model):
    """A version of a group's terms of reference: a draft, then endorsed, then in force for a time. Kept for ever."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField()
    change_note = models.CharField(max_length=300, blank=True, help_text="What is different from the one before.")
    audience = models.ForeignKey(
        Audience, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who reads it while it is a draft."
    )
    drafted_at = models.DateTimeField()
    sent_on = models.DateField(null=True, blank=True, help_text="When those who chair were asked to endorse it.")
    endorsed_on = models.DateField(null=True, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    in_force_to = models.DateField(null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)

    objects = TermsQuerySet["TermsOfReference"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("group", "number"), name="terms_number_once"),
            models.UniqueConstraint(fields=("group",), condition=Q(endorsed_on=None), name="terms_one_draft"),
            models.UniqueConstraint(
                fields=("group",),
                condition=Q(in_force_from__isnull=False) & Q(in_force_to=None),
                name="terms_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(in_force_from__isnull=True)
                | (Q(endorsed_on__isnull=False) & Q(in_force_from__gte=F("endorsed_on"))),
                name="terms_in_force_when_endorsed",
            ),
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True)
                | (Q(in_force_from__isnull=False) & Q(in_force_to__gte=F("in_force_from"))),
                name="terms_end_after_start",
            ),
            models.CheckConstraint(
                condition=Q(endorsed_on__isnull=True, audience__isnull=False)
                | Q(endorsed_on__isnull=False, audience__isnull=True),
                name="terms_draft_has_an_audience",
            ),
        )

    def __str__(self) -> str:
        return f"Version {self.number}"


class TermsPartQuerySet(TermsQuerySet[M_co]):
    record_path = "terms__group__record"
    terms_path = "terms__"


class TermsSection(models.Model):
    """One section of a version, in Markdown; `key` is of the outline in rules.tor."""

    terms = models.ForeignKey(TermsOfReference, models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=30)
    text = models.TextField()

    objects = TermsPartQuerySet["TermsSection"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("terms", "key"), name="terms_section_once"),)

    def __str__(self) -> str:
        return self.key


class TermsEndorsement(models.Model):
    """Who endorsed a version, on which day, by which meeting or decision. Rows are added, never changed."""

    terms = models.ForeignKey(TermsOfReference, models.PROTECT, related_name="endorsements")
    on = models.DateField()
    endorsed_by = models.CharField(max_length=200, help_text="The body, office or seat.")
    instrument = models.CharField(max_length=300, blank=True, help_text="The meeting, decision or letter.")
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    objects = TermsPartQuerySet["TermsEndorsement"].as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(endorsed_by=""), name="endorsement_says_by_whom"),)

    def __str__(self) -> str:
        return f"{self.endorsed_by} on {self.on}"


class FormerMember(models.Model):
    """Somebody who sat in a group and does no more, at a time of which the days are not known.

    It is no appointment: nobody can say on which day they sat, so they are in no roster of any day.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="former_members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="former_memberships")
    role = models.CharField(max_length=120, blank=True, help_text="As what, in a few words: chair, emeritus lead.")
    began = models.CharField(max_length=10, blank=True, help_text="A year, a month or a day, where it is known.")
    ended = models.CharField(max_length=10, blank=True, help_text="A year, a month or a day, where it is known.")

    objects = GroupPartQuerySet["FormerMember"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "person", "role", "began"), name="former_member_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} was in {self.group_id}"


# Reports back from groups that other bodies run


class ReportQuerySet(ScopedQuerySet["ReportBack"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """A report is never shown where its group is not: it says whose meeting it was."""
        return super().visible_to(viewer).filter(visible_filter(viewer, "group__record"))


class ReportBack(models.Model):
    """What somebody who went to another body's group for us brought back: what was said, and what it means for us."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="report_back")
    group = models.ForeignKey(Group, models.PROTECT, related_name="reports")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="reports")
    delegate = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="reports_back", help_text="Who went."
    )
    met_on = models.DateField(help_text="The day of the meeting.")
    subject = models.CharField(max_length=200)
    said = models.TextField(help_text="What was said there.")
    means = models.TextField(blank=True, help_text="What it means for us.")
    filed_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(subject="") & ~Q(said=""), name="report_says_something"),)

    def __str__(self) -> str:
        return self.subject

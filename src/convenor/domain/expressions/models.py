"""Calls for expressions of interest, what people sent in, how it was assessed, drawn and offered.

Only a call has a Record. Everything about who applied is personal: it is reached through the call by those who need it,
has an end date (`Call.purge_on`), and is counted for ever as numbers on the call (DESIGN section 4).
"""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from convenor.core.accounts.models import Person
from convenor.core.clock.rules import AUSTRALIAN_ZONES
from convenor.core.records.models import Record, ScopedQuerySet, visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Organisation
from convenor.domain.groups.models import Appointment, Group, Seat

M_co = TypeVar("M_co", bound=models.Model, covariant=True)

ZONES = [(zone, zone.rpartition("/")[2].replace("_", " ")) for zone in AUSTRALIAN_ZONES]


class CallQuerySet(ScopedQuerySet["Call"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """A call is never shown where its group is not: it says whose seats they are."""
        return super().visible_to(viewer).filter(visible_filter(viewer, "group__record"))


class Call(models.Model):
    """A group asks who would like to sit in it. Opens and closes on the clocks of its zone; instants are computed."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        ASSESSING = "assessing", "Being assessed"
        SELECTED = "selected", "Selected"
        OFFERS = "offers", "Offers made"
        FINISHED = "finished", "Finished"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Method(models.TextChoices):
        RANKED = "ranked", "Ranked by score"
        LOTTERY = "lottery", "Fair lottery"

    record = models.OneToOneField(Record, models.PROTECT, related_name="call")
    group = models.ForeignKey(Group, models.PROTECT, related_name="calls")
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    asked = models.TextField(help_text="What is asked of those who sit, and whom it is for.")
    seats = models.PositiveSmallIntegerField(help_text="How many places are filled from this call.")
    constituency = models.SlugField(max_length=40, blank=True)
    term_starts_on = models.DateField(null=True, blank=True)
    term_ends_on = models.DateField(null=True, blank=True)
    method = models.CharField(max_length=8, choices=Method.choices, default=Method.RANKED)
    one_per_organisation = models.BooleanField(default=False)
    pass_mark = models.PositiveSmallIntegerField(default=0, help_text="Of 100; below it nobody is chosen.")
    opens_on = models.DateField()
    opens_time = models.TimeField()
    closes_on = models.DateField()
    closes_time = models.TimeField()
    zone = models.CharField(max_length=40, choices=ZONES, default=ZONES[0][0])
    opens_at = models.DateTimeField(help_text="Computed from the local time and the zone.")
    closes_at = models.DateTimeField(help_text="Computed from the local time and the zone.")
    outcome_by = models.DateField(help_text="By when everybody is told.")
    notice = models.TextField(help_text="What is collected, why, and who sees it.")
    purge_on = models.DateField(help_text="After this day nothing about who applied is left.")
    debrief = models.TextField(blank=True, help_text="What is promised to those who were not chosen.")
    contact = models.CharField(max_length=200, help_text="Whom to ask.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    received = models.PositiveIntegerField(null=True, blank=True, help_text="Kept when the rest is purged.")
    taken_back = models.PositiveIntegerField(null=True, blank=True)
    assessed = models.PositiveIntegerField(null=True, blank=True)
    offered = models.PositiveIntegerField(null=True, blank=True)
    accepted = models.PositiveIntegerField(null=True, blank=True)
    declined = models.PositiveIntegerField(null=True, blank=True)
    lapsed = models.PositiveIntegerField(null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(seats__gt=0), name="call_for_a_seat_at_least"),
            models.CheckConstraint(condition=Q(pass_mark__lte=100), name="call_pass_mark_of_100"),
            models.CheckConstraint(
                condition=Q(term_starts_on=None) | Q(term_ends_on=None) | Q(term_ends_on__gte=F("term_starts_on")),
                name="call_term_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""), name="call_withdrawn_with_a_reason"
            ),
        )
        indexes = (models.Index(fields=("state", "closes_at"), name="call_by_close"),)

    def __str__(self) -> str:
        return self.title


class CallPartQuerySet(ScopedQuerySet[M_co]):
    record_path = "call__record"
    group_path = "call__group__record"

    def visible_to(self, viewer: Viewer) -> Self:
        """With its call, and its call's group."""
        return super().visible_to(viewer).filter(visible_filter(viewer, self.group_path))


class CallSeat(models.Model):
    """A seat of the group, vacant when the call was published, that is filled from it. None named: places are made."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="named_seats")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="call_seats")

    objects = CallPartQuerySet["CallSeat"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("call", "seat"), name="call_seat_once"),)

    def __str__(self) -> str:
        return f"{self.call_id}: {self.seat_id}"


class Criterion(models.Model):
    """What is looked for; each is answered in words and scored from 0 to its maximum."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    weight = models.PositiveSmallIntegerField(default=1)
    maximum = models.PositiveSmallIntegerField(default=5)

    objects = CallPartQuerySet["Criterion"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("call", "order"), name="criterion_order_once"),
            models.CheckConstraint(condition=Q(weight__gt=0) & Q(maximum__gt=0), name="criterion_counts"),
        )

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """A closed question; its answer gives a trait that the balance rules may name."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    family = models.SlugField(max_length=40, help_text="The family of traits: segment, size, state …")
    text = models.CharField(max_length=200)

    objects = CallPartQuerySet["Question"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("call", "family"), name="question_family_once"),
            models.UniqueConstraint(fields=("call", "order"), name="question_order_once"),
        )

    def __str__(self) -> str:
        return self.text


class QuestionPartQuerySet(CallPartQuerySet[M_co]):
    record_path = "question__call__record"
    group_path = "question__call__group__record"


class Option(models.Model):
    """An answer one may choose, with the bounds that the balance rules put on it."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    order = models.PositiveSmallIntegerField()
    value = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    minimum = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of the seats, at least so many.")
    maximum = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of the seats, at most so many.")

    objects = QuestionPartQuerySet["Option"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("question", "value"), name="option_value_once"),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(maximum__gte=F("minimum")),
                name="option_bounds_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.label


class Expression(models.Model):
    """What one person sent in. Personal; purged by the call's date."""

    class State(models.TextChoices):
        DRAFT = "draft", "Not sent yet"
        SUBMITTED = "submitted", "Sent in"
        TAKEN_BACK = "taken-back", "Taken back"

    class Standing(models.TextChoices):
        WAITING = "", "Not decided yet"
        CHOSEN = "chosen", "Chosen"
        RESERVE = "reserve", "On the reserve list"
        NOT_CHOSEN = "not-chosen", "Not chosen"

    call = models.ForeignKey(Call, models.PROTECT, related_name="expressions")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="expressions")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    reference = models.CharField(max_length=20, unique=True, help_text="Random; known to the person and to officers.")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="expressions")
    organisation_name = models.CharField(max_length=200, blank=True, help_text="Where it is not in the directory.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When the address was proved.")
    notice_at = models.DateTimeField(null=True, blank=True, help_text="When the collection notice was agreed to.")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    late_until = models.DateTimeField(null=True, blank=True)
    late_reason = models.CharField(max_length=300, blank=True)
    ruled_out = models.CharField(max_length=300, blank=True, help_text="Why it takes no part in the selection.")
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.WAITING, blank=True)
    place = models.PositiveIntegerField(null=True, blank=True, help_text="In the order of those chosen, or in reserve.")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("call", "email"), name="expression_once_an_address"),
            models.UniqueConstraint(
                fields=("call", "person"), condition=Q(person__isnull=False), name="expression_once_a_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False, notice_at__isnull=False),
                name="expression_sent_with_notice",
            ),
        )

    def __str__(self) -> str:
        return self.reference


class ReturnLink(models.Model):
    """A secret address by which somebody without a sign-in comes back. Only its hash is kept; it goes with the rest."""

    expression = models.ForeignKey(Expression, models.CASCADE, related_name="return_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"of {self.expression_id}"


class Answer(models.Model):
    """What somebody wrote to one criterion."""

    expression = models.ForeignKey(Expression, models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="answers")
    text = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("expression", "criterion"), name="answer_once"),)

    def __str__(self) -> str:
        return f"{self.expression_id}: {self.criterion_id}"


class Choice(models.Model):
    """Which answer somebody chose to one closed question."""

    expression = models.ForeignKey(Expression, models.CASCADE, related_name="choices")
    question = models.ForeignKey(Question, models.PROTECT, related_name="choices")
    option = models.ForeignKey(Option, models.PROTECT, related_name="choices")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("expression", "question"), name="choice_once"),)

    def __str__(self) -> str:
        return f"{self.expression_id}: {self.option_id}"


class Assessor(models.Model):
    """Somebody who assesses the expressions of one call, for a time."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="assessors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="assessing")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("call", "person"), condition=Q(ends_on=None), name="assessor_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="assessor_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} for {self.call_id}"


class Declaration(models.Model):
    """Before opening an expression: whether the assessor has an interest in it. One with an interest never opens it."""

    assessor = models.ForeignKey(Assessor, models.CASCADE, related_name="declarations")
    expression = models.ForeignKey(Expression, models.CASCADE, related_name="declarations")
    conflicted = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("assessor", "expression"), name="declaration_once"),)

    def __str__(self) -> str:
        return f"{self.assessor_id} of {self.expression_id}"


class CallInterest(models.Model):
    """Of somebody who may run a call: an interest in the whole of it. They open, run and decide nothing of it."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="interests")
    person = models.ForeignKey(Person, models.PROTECT, related_name="call_interests")
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("call", "person"), name="call_interest_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.call_id}"


class Score(models.Model):
    """What an assessor gave for one criterion, and why. Never changed: a new row takes the place of the old."""

    assessor = models.ForeignKey(Assessor, models.CASCADE, related_name="scores")
    expression = models.ForeignKey(Expression, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    score = models.PositiveSmallIntegerField()
    reason = models.TextField()
    given_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("assessor", "expression", "criterion"), condition=Q(is_current=True), name="score_current_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.score} for {self.criterion_id}"


class Moderation(models.Model):
    """The score that counts where assessors differed, by whoever moderates, with the reason. Kept like scores."""

    expression = models.ForeignKey(Expression, models.CASCADE, related_name="moderations")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="moderations")
    score = models.DecimalField(max_digits=5, decimal_places=2)
    reason = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="moderations")
    given_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("expression", "criterion"), condition=Q(is_current=True), name="moderation_current_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.score} for {self.criterion_id}"


class Draw(models.Model):
    """A selection: its inputs frozen under a digest, then (in a lottery) a seed, then who came out, by references.

    Public, as it names nobody. One is in force for a call; a redraw says why in public, and the first is kept.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="draws")
    number = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=8, choices=Call.Method.choices)
    inputs = models.TextField(help_text="The canonical text of everything the selection looks at.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the inputs.")
    distribution = models.TextField(blank=True, help_text="In a lottery: the panels with their tickets.")
    distribution_digest = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField()
    secret = models.CharField(max_length=64, blank=True, help_text="Random, drawn after the freeze was sealed.")
    seal_number = models.PositiveBigIntegerField(null=True, blank=True)
    seal_hash = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the secret and the seal's hash.")
    drawn_at = models.DateTimeField(null=True, blank=True)
    chosen = models.JSONField(default=list, help_text="References, in order.")
    reserve = models.JSONField(default=list, help_text="References, in order.")
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_reason = models.CharField(max_length=300, blank=True)

    objects = CallPartQuerySet["Draw"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("call", "number"), name="draw_number_once"),
            models.UniqueConstraint(fields=("call",), condition=Q(replaced_at=None), name="draw_one_in_force"),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | ~Q(replaced_reason=""), name="draw_replaced_with_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.call_id} no. {self.number}"


class DrawPartQuerySet(CallPartQuerySet[M_co]):
    record_path = "draw__call__record"
    group_path = "draw__call__group__record"


class RuleAside(models.Model):
    """A balance rule that the reserve list need not keep any more, with the reason. Public, with the selection."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="rules_aside")
    rule = models.CharField(max_length=101, help_text="A trait, or one-per-organisation.")
    label = models.CharField(max_length=700, help_text="The rule as one says it.")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    objects = DrawPartQuerySet["RuleAside"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("draw", "rule"), name="rule_aside_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_aside_with_a_reason"),
        )

    def __str__(self) -> str:
        return self.label


class Offer(models.Model):
    """A place offered to one who was chosen, with a deadline. Personal, like the expression it answers."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        LAPSED = "lapsed", "Lapsed"
        TOO_LATE = "too-late", "Accepted when every place was filled"
        TAKEN_BACK = "taken-back", "Taken back"

    call = models.ForeignKey(Call, models.PROTECT, related_name="offers")
    expression = models.ForeignKey(Expression, models.CASCADE, related_name="offers")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    offered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="offers")
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True, blank=True, related_name="offers")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("expression",), condition=Q(state="waiting"), name="offer_waiting_once"),
            models.UniqueConstraint(fields=("expression",), condition=Q(state="accepted"), name="offer_accepted_once"),
            models.UniqueConstraint(
                fields=("call", "seat"), condition=Q(state="accepted", seat__isnull=False), name="offer_seat_once"
            ),
        )
        indexes = (models.Index(fields=("due_at",), name="offer_waiting_due", condition=Q(state="waiting")),)

    def __str__(self) -> str:
        return f"{self.expression_id} {self.state}"

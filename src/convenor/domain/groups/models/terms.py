"""Terms of reference: versions, their sections, who endorsed them."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from convenor.core.records.models import Audience, ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models.groups import Group

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class TermsQuerySet(ScopedQuerySet[M_co]):
    """What is not in force yet is read by its audience alone; what is or was, by everybody who reads the group."""

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
        Audience,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who reads it before it is in force.",
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
                condition=Q(endorsed_on__isnull=False) | Q(audience__isnull=False), name="terms_draft_has_an_audience"
            ),
            models.CheckConstraint(
                condition=Q(in_force_from__isnull=True) | Q(audience__isnull=True),
                name="terms_in_force_are_for_everybody",
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

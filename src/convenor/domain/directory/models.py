"""Organisations, offices and who holds them, people's public profiles, partnerships, the engagement log."""

from __future__ import annotations

from datetime import date
from typing import Final, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from convenor.core.accounts.models import Person
from convenor.core.files.models import StoredFile
from convenor.core.records.models import Record, ScopedQuerySet, visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.directory import rules

MAX_DEPTH: Final = 6
"""How many organisations may stand one under another; more is a mistake in the data."""

ABOVE: Final = tuple("__".join(["parent"] * depth + ["record_id"]) for depth in range(1, MAX_DEPTH))
"""ORM paths from an organisation to the records of all above it."""

PLACES: Final = tuple(f"above_{depth}" for depth in range(1, MAX_DEPTH))
"""What `with_places` calls them."""


class OrganisationKind(models.Model):
    """A vocabulary row: agency, portfolio department, state body, company, industry association …"""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_plural = models.CharField(max_length=80)
    sector = models.CharField(
        max_length=20,
        choices=[
            ("government", "Government"),
            ("private", "Private sector"),
            ("non-government", "Non-government sector"),
            ("international", "International"),
            ("academic", "Academic"),
        ],
    )
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Segment(models.Model):
    """A market or community segment that seats can stand for (payroll software, tax agents, consumers …)."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=400, blank=True)

    def __str__(self) -> str:
        return self.name


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    def current(self, on: date) -> Self:
        """Those that exist on a day; `ended_on` is the last one."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))

    def with_places(self) -> Self:
        """Load with each row what `places` needs."""
        return self.annotate(**{name: F(path) for name, path in zip(PLACES, ABOVE, strict=True)})


class Organisation(models.Model):
    """Any body that we engage with, or that is us."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="organisation")
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40, blank=True)
    kind = models.ForeignKey(OrganisationKind, models.PROTECT, related_name="organisations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    segments = models.ManyToManyField(Segment, related_name="organisations", blank=True)
    abn = models.CharField(max_length=11, blank=True)
    website = models.URLField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    established_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="organisation_not_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(established_on__isnull=True)
                | Q(ended_on__gte=F("established_on")),
                name="organisation_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=("abn",), condition=~Q(abn="") & Q(ended_on__isnull=True), name="organisation_abn_once"
            ),
        )
        indexes = (models.Index(fields=("name", "id"), name="organisation_by_name"),)

    def __str__(self) -> str:
        return self.name

    def places(self) -> tuple[int, ...]:
        """Ids of the records a duty may be held over: this organisation's and those above it.

        One query, or none for rows that came `with_places`.
        """
        named = [getattr(self, name, None) for name in PLACES]
        loaded = hasattr(self, PLACES[0])
        above = named if loaded else Organisation.objects.filter(pk=self.pk).values_list(*ABOVE).get()
        return (self.record_id, *(pk for pk in above if pk is not None))


class OrganisationChangeQuerySet(ScopedQuerySet["OrganisationChange"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """A change is not shown where one of its organisations is not: its title names them all."""
        rows = super().visible_to(viewer)
        seen = visible_filter(viewer, "organisation__record")
        if not seen:
            return rows
        hidden = ChangeParty.objects.filter(change=models.OuterRef("pk")).exclude(seen)
        return rows.filter(~models.Exists(hidden))


class OrganisationChange(models.Model):
    """A machinery-of-government change: dated, with what it was before and what it became."""

    class Kind(models.TextChoices):
        RENAMED = rules.RENAMED, "Renamed"
        MERGED = rules.MERGED, "Merged"
        SPLIT = rules.SPLIT, "Split"
        ABOLISHED = rules.ABOLISHED, "Abolished"
        MOVED = rules.MOVED, "Moved to another portfolio"

    record = models.OneToOneField(Record, models.PROTECT, related_name="organisation_change")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    source = models.URLField(max_length=300, blank=True, help_text="The order or announcement.")

    objects = OrganisationChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.on}"


class ChangePartyQuerySet(ScopedQuerySet["ChangeParty"]):
    record_path = "change__record"

    def visible_to(self, viewer: Viewer) -> Self:
        """Only of changes that may be read whole."""
        return self.filter(change__in=OrganisationChange.objects.visible_to(viewer))


class ChangeParty(models.Model):
    """An organisation before or after a change, with the name (and parent) it had."""

    class Side(models.TextChoices):
        BEFORE = "before", "Before"
        AFTER = "after", "After"

    change = models.ForeignKey(OrganisationChange, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="change_parties")
    side = models.CharField(max_length=6, choices=Side.choices)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    parent_name = models.CharField(max_length=200, blank=True)

    objects = ChangePartyQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("change", "organisation", "side"), name="change_party_once"),)

    def __str__(self) -> str:
        return f"{self.side}: {self.name}"


class RoleClass(models.Model):
    """A vocabulary row for what kind of office this is: CIO, Deputy Secretary, head of program office …"""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Profile(models.Model):
    """What the public may know of a person. Made when they first hold a public office or seat."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="profile")
    person = models.OneToOneField(Person, models.PROTECT, related_name="profile")
    slug = models.SlugField(max_length=120, unique=True)
    about = models.TextField(blank=True, help_text="A few public sentences, agreed with the person.")

    objects = ScopedQuerySet["Profile"].as_manager()

    def __str__(self) -> str:
        return self.record.title


class OfficeQuerySet(ScopedQuerySet["Office"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """An office is never shown where its organisation is not: its name says which it belongs to."""
        return super().visible_to(viewer).filter(visible_filter(viewer, "organisation__record"))

    def current(self, on: date) -> Self:
        """Those that exist on a day; `abolished_on` is the last one."""
        return self.filter(Q(abolished_on__isnull=True) | Q(abolished_on__gte=on))


class Office(models.Model):
    """A position in an organisation, whoever holds it: “Chief Information Officer, Department of Health”."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="office")
    slug = models.SlugField(max_length=160, unique=True)
    title = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="offices")
    role_class = models.ForeignKey(RoleClass, models.PROTECT, null=True, blank=True, related_name="offices")
    created_on = models.DateField(null=True, blank=True)
    abolished_on = models.DateField(null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(abolished_on__isnull=True)
                | Q(created_on__isnull=True)
                | Q(abolished_on__gte=F("created_on")),
                name="office_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}"


class TenureQuerySet(ScopedQuerySet["Tenure"]):
    record_path = "office__record"

    def visible_to(self, viewer: Viewer) -> Self:
        return super().visible_to(viewer).filter(visible_filter(viewer, "office__organisation__record"))

    def on(self, day: date) -> Self:
        """Those in force on a day; a start that is not known has been already."""
        begun = Q(starts_on__isnull=True) | Q(starts_on__lte=day)
        return self.filter(begun, Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class Tenure(models.Model):
    """Who holds an office from when to when, where known. `ends_on` is the last day."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="tenures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="tenures")
    starts_on = models.DateField(null=True, blank=True, help_text="Empty when it is not known.")
    ends_on = models.DateField(null=True, blank=True)
    acting = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)

    objects = TenureQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="tenure_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=("office", "acting"), condition=Q(ends_on__isnull=True), name="tenure_one_open"
            ),
        )
        indexes = (models.Index(fields=("person", "office"), name="tenure_of_person"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.office_id}"


class Partnership(models.Model):
    """A formal partnership, agency partnership or international membership; its stage is its latest StageChange."""

    class Kind(models.TextChoices):
        FORMAL = "formal", "Formal partnership"
        AGENCY = "agency", "Agency partnership"
        INTERNATIONAL = "international", "International membership"

    class Stage(models.TextChoices):
        EXPLORING = rules.EXPLORING, "Exploring"
        NEGOTIATING = rules.NEGOTIATING, "Negotiating"
        ACTIVE = rules.ACTIVE, "Active"
        ENDED = rules.ENDED, "Ended"

    record = models.OneToOneField(Record, models.PROTECT, related_name="partnership")
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    host = models.ForeignKey(
        Organisation, models.PROTECT, related_name="kept_partnerships", help_text="Whose officers keep it."
    )
    kind = models.CharField(max_length=15, choices=Kind.choices)
    purpose = models.TextField()
    outcomes = models.TextField(blank=True)

    objects = ScopedQuerySet["Partnership"].as_manager()

    def __str__(self) -> str:
        return self.name


Part_co = TypeVar("Part_co", bound=models.Model, covariant=True)


class PartnershipPartQuerySet(ScopedQuerySet[Part_co]):
    record_path = "partnership__record"


class PartnershipParty(models.Model):
    """An organisation named in a partnership."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="partnerships")
    role = models.CharField(max_length=80, blank=True)

    objects = PartnershipPartQuerySet["PartnershipParty"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("partnership", "organisation"), name="partnership_party_once"),)

    def __str__(self) -> str:
        return str(self.organisation_id)


class StageChange(models.Model):
    """One move of a partnership, which the named party may challenge by a day. Never overwritten."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="stage_changes")
    stage = models.CharField(max_length=12, choices=Partnership.Stage.choices)
    on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    challenge_by = models.DateField(null=True, blank=True)
    challenged_at = models.DateTimeField(null=True, blank=True)
    challenger = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="challenges")
    challenge = models.TextField(blank=True)
    challenge_answer = models.TextField(blank=True)
    challenge_answered_at = models.DateTimeField(null=True, blank=True)

    objects = PartnershipPartQuerySet["StageChange"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(challenged_at__isnull=True, challenger__isnull=True, challenge="")
                | (Q(challenged_at__isnull=False, challenger__isnull=False) & ~Q(challenge="")),
                name="stage_challenge_whole",
            ),
            models.CheckConstraint(
                condition=Q(challenge_answered_at__isnull=True) | Q(challenged_at__isnull=False),
                name="stage_answer_to_a_challenge",
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage} on {self.on}"


class Agreement(models.Model):
    """A version of a partnership's agreement."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="agreements")
    signed_on = models.DateField(null=True, blank=True)
    summary = models.CharField(max_length=500, blank=True)

    objects = PartnershipPartQuerySet["Agreement"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("partnership", "version"), name="agreement_version_once"),)

    def __str__(self) -> str:
        return f"Version {self.version}"


class Contact(models.Model):
    """The engagement log: a formal or informal contact, visit or advice outside meetings."""

    class Nature(models.TextChoices):
        CONTACT = "contact", "Contact"
        VISIT = "visit", "Visit"
        ADVICE = "advice", "Advice given"
        ADVICE_RECEIVED = "advice-received", "Advice received"
        SHOWCASE = "showcase", "Showcase"

    record = models.OneToOneField(Record, models.PROTECT, related_name="contact")
    host = models.ForeignKey(
        Organisation, models.PROTECT, related_name="logged_engagement", help_text="Whose engagement it is."
    )
    nature = models.CharField(max_length=16, choices=Nature.choices)
    formal = models.BooleanField()
    on = models.DateField()
    subject = models.CharField(max_length=200)
    about = models.TextField()
    outcome = models.TextField(blank=True, help_text="What came of it.")
    organisations = models.ManyToManyField(Organisation, related_name="contacts")
    officer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="logged_contacts")

    objects = ScopedQuerySet["Contact"].as_manager()

    class Meta:
        indexes = (models.Index(models.F("on").desc(), models.F("id").desc(), name="contact_newest"),)

    def __str__(self) -> str:
        return self.subject


class InterestQuerySet(ScopedQuerySet["Interest"]):
    record_path = "profile__record"

    def visible_to(self, viewer: Viewer) -> Self:
        """Public ones through the profile; all of them to officers, and to the person (and who assists them)."""
        if viewer.is_system or viewer.reads_every_audience:
            return super().visible_to(viewer)
        own = Q(person_id__in=[pk for pk in (viewer.person_id, *viewer.principals) if pk is not None])
        return self.filter(own | (Q(public=True) & visible_filter(viewer, self.record_path)))


class Interest(models.Model):
    """A standing interest that a person has declared. Public only where their profile is and it says so."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="interests")
    profile = models.ForeignKey(Profile, models.PROTECT, null=True, blank=True, related_name="interests")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="interests_in")
    description = models.CharField(max_length=400)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    public = models.BooleanField(default=False)

    objects = InterestQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="interest_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return self.description

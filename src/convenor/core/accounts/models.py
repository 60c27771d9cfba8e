"""People, what they may do, whom they assist, and the links they are sent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from convenor.core.records.models import Record


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Called by allauth and by the demo; a person with a sign-in."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody, with or without a sign-in. Private: what the public may see of them is directory.Profile."""

    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    is_fictitious = models.BooleanField(default=False, help_text="Made up for a demonstration.")

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name_plural = "people"
        constraints = (models.CheckConstraint(condition=~Q(email=""), name="person_email_null_not_empty"),)

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        return False


class Duty(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    SECRETARIAT = "secretariat", "Secretariat officer"
    PROGRAM_OFFICER = "program-officer", "Program officer"
    PUBLISHER = "publisher", "Publisher"


class DutyAssignment(models.Model):
    """A duty for the whole site (over is null), or over one record and all beneath it, for a time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=30, choices=Duty.choices)
    over = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="duty_assignments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"),
            models.CheckConstraint(condition=Q(duty__in=Duty.values), name="duty_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_duty_display()}: {self.person}"


class AccessRow(models.Model):
    """A rare personal exception: one person may, or may not, read one record for a time, for a reason."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="access_rows")
    record = models.ForeignKey(Record, models.PROTECT, related_name="access_rows")
    allow = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="access_ends_after_start"),
            models.CheckConstraint(condition=~Q(reason=""), name="access_has_reason"),
        )

    def __str__(self) -> str:
        return f"{'allow' if self.allow else 'deny'} {self.person_id} {self.record_id}"


class Assistance(models.Model):
    """An assistant reads what the principal may read, and may answer for them where that is allowed."""

    principal = models.ForeignKey(Person, models.PROTECT, related_name="assistants")
    assistant = models.ForeignKey(Person, models.PROTECT, related_name="assists")
    may_answer = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(principal=F("assistant")), name="assistance_of_another"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="assistance_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.assistant_id} for {self.principal_id}"


class SignedLink(models.Model):
    """A single-purpose link for a person without a sign-in. Only its hash is kept; a GET never consumes it."""

    purpose = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="signed_links")
    record = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="signed_links")
    subject_id = models.BigIntegerField(null=True, blank=True, help_text="Key of the row the purpose is about.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="signed_link_expires"),)

    def __str__(self) -> str:
        return f"{self.purpose} for {self.person_id}"

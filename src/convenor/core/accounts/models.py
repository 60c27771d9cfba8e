"""People, what they may do, whom they assist, and the links they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from convenor.core.records.models import Record


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """A person who may sign in, with an address that counts as verified. For the demo and for loaders."""
        from allauth.account.models import EmailAddress  # noqa: PLC0415 - it needs this model to be there first

        person = self.model(email=email.strip().lower(), may_sign_in=True, **fields)
        person.set_password(password)
        person.save(using=self._db)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody, with or without a sign-in. Private: what the public may see of them is directory.Profile."""

    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    may_sign_in = models.BooleanField(default=False, help_text="Has accepted an invitation, or signed up.")
    session_epoch = models.PositiveIntegerField(default=0, help_text="Counted up to end every session at once.")
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

    def get_session_auth_hash(self) -> str:
        """What a session must match: it dies when the password or the epoch changes."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the keys that are being retired."""
        for key in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(key)

    def _session_hash(self, secret: str | bytes) -> str:
        what = f"{self.password}:{self.session_epoch}"
        return salted_hmac("convenor.accounts.session", what, secret=secret, algorithm="sha256").hexdigest()


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
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(duty__in=Duty.values), name="duty_known"),
            models.UniqueConstraint(
                fields=("person", "duty", "over"), condition=Q(ends_at=None, over__isnull=False), name="duty_open_once"
            ),
            models.UniqueConstraint(
                fields=("person", "duty"), condition=Q(ends_at=None, over=None), name="duty_open_once_for_the_site"
            ),
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
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="access_ends_after_start"
            ),
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
    """A single-purpose link, bound to one person at one address. Only its hash is kept; a GET never consumes it."""

    purpose = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="signed_links")
    email = models.EmailField(max_length=254, blank=True, help_text="Where it was sent; erased with the person.")
    record = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="signed_links")
    subject_id = models.BigIntegerField(null=True, blank=True, help_text="Key of the row the purpose is about.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="signed_link_expires"),)

    def __str__(self) -> str:
        return f"{self.purpose} for {self.person_id}"


class ApiToken(models.Model):
    """A person's key to the API, made by themselves. Only its hash is kept; it never does more than they may."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="What it is for, in the person's own words.")
    token_hash = models.CharField(max_length=64, unique=True)
    may_act = models.BooleanField(default=False, help_text="False: it reads only.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True, help_text="A day is enough, and is written once a day.")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_token_expires"),)

    def __str__(self) -> str:
        return f"{self.name} of {self.person_id}"


class SharedCache(models.Model):
    """The table of Django's database cache: counters of the rate limits, shared by every worker and machine.

    A folder of files would not do: adding a key there is not atomic, so two workers could both count the
    same attempt as the first; and it is not shared between machines.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "convenor_cache"

    def __str__(self) -> str:
        return self.cache_key

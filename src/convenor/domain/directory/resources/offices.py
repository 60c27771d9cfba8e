"""Offices and tenures, outside."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from convenor.core.exchange.resources import Field, Filter, Resource, record_fields
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Office, RoleClass, Tenure
from convenor.domain.directory.queries import holder_of, local_day
from convenor.domain.directory.queries.offices import with_holder
from convenor.domain.directory.resources.uploads_of_offices import IMPORTER
from convenor.domain.directory.resources.uploads_of_tenures import IMPORTER as TENURE_IMPORTER

STANDINGS: Final = {"present": "Present", "vacant": "Vacant", "abolished": "Abolished"}


def role_words() -> dict[str, str]:
    """The role classes there are: slug → name."""
    return dict(RoleClass.objects.order_by("name").values_list("slug", "name"))


def _rows(viewer: Viewer) -> ScopedQuerySet[Office]:
    rows = Office.objects.select_related("record", "organisation", "role_class")
    return with_holder(rows, viewer, local_day(viewer.now)).visible_to(viewer)


def _standing(rows: ScopedQuerySet[Any], value: str) -> ScopedQuerySet[Any]:
    today = timezone.localdate()
    if value == "abolished":
        return rows.filter(abolished_on__lt=today)
    rows = rows.exclude(abolished_on__lt=today)
    return rows.exclude(pk__in=Tenure.objects.on(today).values("office")) if value == "vacant" else rows


def _words(rows: ScopedQuerySet[Any], text: str) -> ScopedQuerySet[Any]:
    for word in text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(organisation__name__icontains=word))
    return rows


def _holder(row: Office) -> int | None:
    holder = holder_of(row)
    return holder.record_id if holder else None


def _holder_since(row: Office) -> Any:
    holder = holder_of(row)
    return holder.since if holder else None


def _acting(row: Office) -> bool | None:
    holder = holder_of(row)
    return holder.acting if holder else None


OFFICES: Final = Resource(
    kind="office",
    name="offices",
    label="Offices",
    description="Positions in organisations, whoever holds them, with who answers for each today.",
    queryset=_rows,
    key="slug",
    jsonld_type="org:Post",
    fields=(
        *record_fields("office"),
        Field("slug", "Address", "text", "slug", "The last part of its page's address.", required=True),
        Field("title", "Title", "text", "title", "Without the organisation.", required=True, term="schema:name"),
        Field(
            "organisation",
            "Organisation",
            "ref",
            "organisation.record_id",
            "Whose office it is.",
            required=True,
            term="org:postIn",
        ),
        Field("role", "Role", "text", "role_class.slug", "What the rules of groups know it as.", choices=role_words),
        Field("created_on", "Created", "date", "created_on", "Where that is known."),
        Field("abolished_on", "Last day", "date", "abolished_on", "Empty while it exists."),
        Field("holder", "Held by", "ref", _holder, "Who answers for it today, acting or not.", term="org:heldBy"),
        Field("holder_since", "Held since", "date", _holder_since, "Where that is known."),
        Field("acting", "Acting", "boolean", _acting, "Whether that holder is acting. Empty when it is vacant."),
    ),
    filters=(
        Filter("q", "Words", "title", "Words of the title or the organisation's name.", apply=_words),
        Filter("role", "Role", "role_class__slug", "Only of this role.", choices=role_words),
        Filter("organisation", "Organisation", "organisation__record_id", "Only of this one.", type="ref"),
        Filter(
            "standing", "Standing", "abolished_on", "Present, vacant or abolished.", choices=STANDINGS, apply=_standing
        ),
    ),
    importer=IMPORTER,
)


def _tenures(viewer: Viewer) -> ScopedQuerySet[Tenure]:
    return Tenure.objects.select_related("office", "person__profile").visible_to(viewer)


TENURES: Final = Resource(
    kind="office",
    name="tenures",
    label="Who has held offices",
    description="Each stretch of time in which somebody held an office. A name that is not published is left out.",
    queryset=_tenures,
    key="",
    jsonld_type="org:Membership",
    fields=(
        Field("office", "Office", "ref", "office.record_id", "Which office.", required=True, term="org:organization"),
        Field(
            "person", "Person", "ref", "person.profile.record_id", "Who; empty when not published.", term="org:member"
        ),
        Field("starts_on", "From", "date", "starts_on", "Empty when it is not known.", term="schema:startDate"),
        Field("ends_on", "Last day", "date", "ends_on", "Empty while it goes on.", term="schema:endDate"),
        Field("acting", "Acting", "boolean", "acting", "In place of the holder.", required=True),
        Field("note", "Note", "text", "note", "For readers."),
    ),
    filters=(
        Filter("office", "Office", "office__record_id", "Only of this office.", type="ref"),
        Filter("person", "Person", "person__profile__record_id", "Only of this person.", type="ref"),
        Filter("acting", "Acting", "acting", "Only acting, or only not.", type="boolean"),
    ),
    importer=TENURE_IMPORTER,
)

"""Offices and who holds them, on any date."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404
from django.urls import reverse

from convenor.core.records.rules import PUBLIC, Viewer
from convenor.domain.directory.models import Office, OfficeQuerySet, RoleClass, Tenure, TenureQuerySet
from convenor.domain.directory.queries.shared import public_name, public_slug
from convenor.kit.structs import struct

WHO_ANSWERS = ("-acting", F("starts_on").desc(nulls_last=True), "-pk")
"""rules.holder_on as an order: acting first, then those whose start is known, the latest first."""


@struct
class Holder:
    """Who answers for an office on a day. `name` is empty where it is not for this viewer to read."""

    person_id: int
    name: str
    slug: str
    since: date | None
    acting: bool
    record_id: int | None = None
    """Of the person's page, where the viewer may read it and it was loaded."""

    @property
    def url(self) -> str:
        """The person's page; empty when there is none this viewer may read."""
        return reverse("directory:person", args=[self.slug]) if self.slug else ""


def access_office(viewer: Viewer, slug: str) -> Office:
    """The office at this address, or 404."""
    rows = Office.objects.select_related("record", "organisation__record", "role_class", "organisation__kind")
    office = rows.filter(slug=slug).visible_to(viewer).first()
    if office is None:
        raise Http404
    return office


def offices(viewer: Viewer, day: date) -> OfficeQuerySet:
    """Offices that are not withdrawn, each with `holder_row` for a day; read it with holder_of."""
    rows = Office.objects.live().select_related("record", "organisation", "role_class")
    return with_holder(rows, viewer, day).visible_to(viewer)


def with_holder(rows: OfficeQuerySet, viewer: Viewer, day: date) -> OfficeQuerySet:
    """Annotate `holder_row`: who answers for the office on a day."""
    return rows.annotate(holder_row=_holder_row(viewer, day))


def narrowed_offices(viewer: Viewer, day: date, q: str = "", role: str = "", standing: str = "") -> OfficeQuerySet:
    """The register of offices. standing: vacant, abolished, all; else those that exist on the day. Not ordered."""
    rows = offices(viewer, day)
    if standing == "abolished":
        rows = rows.filter(abolished_on__lt=day)
    elif standing != "all":
        rows = rows.current(day)
    if standing == "vacant":
        rows = rows.exclude(pk__in=Tenure.objects.on(day).values("office"))
    if role:
        rows = rows.filter(role_class__slug=role)
    for word in q.split():
        rows = rows.filter(Q(title__icontains=word) | Q(organisation__name__icontains=word))
    return rows


def role_choices() -> list[tuple[str, str]]:
    """The role classes for a filter."""
    return list(RoleClass.objects.order_by("name").values_list("slug", "name"))


def holder_of(office: Office) -> Holder | None:
    """Who holds an office that came from `offices`."""
    row: dict[str, Any] | None = getattr(office, "holder_row", None)
    if row is None:
        return None
    since = date.fromisoformat(row["since"]) if row["since"] else None
    slug = row["slug"] or ""
    record = row["record"] if slug else None
    return Holder(row["person"], row["name"] or "", slug, since, bool(row["acting"]), record)


def holders_on(viewer: Viewer, office_ids: Iterable[int], day: date) -> dict[int, Holder]:
    """Who answers for each of these offices on a day: {office key: Holder}. One query.

    Offices that nobody holds, and those the viewer may not read, are left out.
    """
    rows = Tenure.objects.filter(office__in=list(office_ids)).on(day).visible_to(viewer)
    named = rows.annotate(named=public_name(viewer), page=public_slug(viewer)).order_by("office_id", *WHO_ANSWERS)
    found: dict[int, Holder] = {}
    for office, person, name, slug, since, acting in named.values_list(
        "office", "person", "named", "page", "starts_on", "acting"
    ):
        found.setdefault(office, Holder(person, name or "", slug or "", since, acting))
    return found


def holder_on(viewer: Viewer, office: Office, day: date) -> Holder | None:
    """Who answers for an office on a day."""
    return holders_on(viewer, [office.pk], day).get(office.pk)


def tenures_of(viewer: Viewer, office: Office) -> TenureQuerySet:
    """Everybody who has held an office, newest first, each with `named` and `page` as the viewer may read them."""
    rows = Tenure.objects.filter(office=office).annotate(named=public_name(viewer), page=public_slug(viewer))
    rows = rows.select_related("person")
    return rows.order_by(F("starts_on").desc(nulls_last=True), "-pk").visible_to(viewer)


def tenures_held_by(viewer: Viewer, person_id: int) -> TenureQuerySet:
    """The offices a person has held, present ones first, of those the viewer may read."""
    rows = Tenure.objects.filter(person=person_id, office__record__state="live")
    rows = rows.select_related("office__organisation", "office__role_class")
    return rows.order_by(F("ends_on").desc(nulls_first=True), F("starts_on").desc(nulls_last=True), "-pk").visible_to(
        viewer
    )


def offices_held(viewer: Viewer, people: Iterable[int], day: date) -> dict[int, list[Tenure]]:
    """The offices these people hold on a day: {person key: tenures}. One query."""
    rows = Tenure.objects.filter(person__in=list(people), office__record__state="live").on(day)
    found: dict[int, list[Tenure]] = {}
    for tenure in rows.select_related("office__organisation").order_by("office__title", "pk").visible_to(viewer):
        found.setdefault(tenure.person_id, []).append(tenure)
    return found


def access_tenure(viewer: Viewer, office: Office, pk: int) -> Tenure:
    """One tenure of an office, or 404."""
    tenure = tenures_of(viewer, office).filter(pk=pk).select_related("office__organisation__record", "person").first()
    if tenure is None:
        raise Http404
    return tenure


def vacant_offices(viewer: Viewer, day: date) -> OfficeQuerySet:
    """Offices that exist on a day and that nobody holds then."""
    held = Tenure.objects.on(day).values("office")
    rows = offices(viewer, day).current(day).exclude(pk__in=held)
    return rows.order_by("organisation__name", "title", "pk")


def ending_tenures(viewer: Viewer, first: date, last: date) -> TenureQuerySet:
    """Tenures whose last day lies between two days, soonest first."""
    rows = Tenure.objects.filter(ends_on__gte=first, ends_on__lte=last, office__record__state="live")
    rows = rows.select_related("office__organisation").annotate(named=public_name(viewer), page=public_slug(viewer))
    return rows.order_by("ends_on", "pk").visible_to(viewer)


def public_offices_of(person_ids: Collection[int], day: date) -> dict[int, str]:
    """The name of a public office each of these people holds on a day; who holds none is left out. One query."""
    rows = Tenure.objects.filter(
        person__in=list(person_ids), office__record__visibility=PUBLIC, office__organisation__record__visibility=PUBLIC
    ).on(day)
    return dict(rows.order_by("pk").values_list("person", "office__record__title"))


def _holder_row(viewer: Viewer, day: date) -> Subquery:
    row = JSONObject(
        person="person_id",
        name=public_name(viewer),
        slug=public_slug(viewer),
        since="starts_on",
        acting="acting",
        record="person__profile__record_id",
    )
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=day)
    there = Tenure.objects.filter(begun, Q(ends_on__isnull=True) | Q(ends_on__gte=day), office=OuterRef("pk"))
    return Subquery(there.order_by(*WHO_ANSWERS).values(row=row)[:1])

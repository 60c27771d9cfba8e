"""People, as far as the viewer may know of them."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404

from convenor.core.accounts.models import Person
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Interest, InterestQuerySet, Profile
from convenor.domain.directory.permissions import is_officer
from convenor.kit.query import may_be_named


def access_profile(viewer: Viewer, slug: str) -> Profile:
    """The person at this address, or 404."""
    profile = Profile.objects.filter(slug=slug).select_related("record").visible_to(viewer).first()
    if profile is None:
        raise Http404
    return profile


def profiles(viewer: Viewer, q: str = "") -> ScopedQuerySet[Profile]:
    """People with a page the viewer may read. Not ordered."""
    rows = Profile.objects.live().filter(record__kind="person").select_related("record")  # in the order of an index
    for word in q.split():
        rows = rows.filter(record__title__icontains=word)
    return rows.visible_to(viewer)


def profile_of(viewer: Viewer, person_id: int) -> Profile | None:
    """A person's page where the viewer may read it."""
    return Profile.objects.filter(person=person_id).select_related("record").visible_to(viewer).first()


def interests_of(viewer: Viewer, person_id: int) -> InterestQuerySet:
    """The interests of a person that the viewer may read, present ones first."""
    rows = Interest.objects.filter(person=person_id).select_related("organisation__record")
    return rows.order_by("-ends_on", "-starts_on", "-pk").visible_to(viewer)


def access_interest(viewer: Viewer, profile: Profile, pk: int) -> Interest:
    """One interest of a person, or 404."""
    interest = (
        Interest.objects.filter(person=profile.person_id, pk=pk).select_related("profile").visible_to(viewer).first()
    )
    if interest is None:
        raise Http404
    return interest


def people_named(viewer: Viewer, text: str) -> list[Person]:
    """Whom an officer means by a name, e-mail address or ref of a person's page. Empty for anybody else."""
    said = text.strip()
    if not may_be_named(said) or not is_officer(viewer):
        return []
    means = Q(name__iexact=said) | Q(email__iexact=said) | Q(profile__record__ref__iexact=said)
    return list(Person.objects.filter(means, erased_at=None).select_related("profile__record").order_by("pk")[:10])


def person_choices(viewer: Viewer, most: int = 500) -> list[str]:
    """Names to offer while an officer types one: people with a page the viewer may read."""
    if not is_officer(viewer):
        return []
    return list(profiles(viewer).order_by("record__title").values_list("record__title", flat=True)[:most])

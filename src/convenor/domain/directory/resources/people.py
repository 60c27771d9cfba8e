"""People, outside: the public part of them."""

from __future__ import annotations

from typing import Any, Final

from convenor.core.exchange.resources import Field, Filter, Resource, record_fields
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Profile
from convenor.domain.directory.resources.uploads_of_people import IMPORTER


def _rows(viewer: Viewer) -> ScopedQuerySet[Profile]:
    return Profile.objects.select_related("record").visible_to(viewer)


def _words(rows: ScopedQuerySet[Any], text: str) -> ScopedQuerySet[Any]:
    for word in text.split():
        rows = rows.filter(record__title__icontains=word)
    return rows


PEOPLE: Final = Resource(
    kind="person",
    name="people",
    label="People",
    description="People who hold a public office or seat: their name and what they agreed to say of themselves.",
    queryset=_rows,
    key="slug",
    jsonld_type="schema:Person",
    fields=(
        *record_fields("person"),
        Field("slug", "Address", "text", "slug", "The last part of their page's address.", required=True),
        Field("name", "Name", "text", "record.title", "As published.", required=True, term="schema:name"),
        Field("about", "About", "text", "about", "In Markdown; agreed with the person.", term="schema:description"),
    ),
    filters=(Filter("q", "Words", "record__title", "Words of the name.", apply=_words),),
    importer=IMPORTER,
)

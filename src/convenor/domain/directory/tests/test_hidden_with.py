"""What is hidden together: an office with its organisation, a history's value with the record it names.

At the doors that read records of any kind: search, what changed, history, refs, files of the journal.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.http import Http404
from django.test import Client

from convenor.core.accounts.commands.access import grant_access
from convenor.core.accounts.models import AccessRow, Person
from convenor.core.accounts.queries import held_about, viewer_for
from convenor.core.journal import publish
from convenor.core.journal.commands import seal
from convenor.core.journal.mentions import refs_in
from convenor.core.journal.queries import happenings, history, recent
from convenor.core.records.models import Record, ScopedQuerySet
from convenor.core.records.queries import access_record
from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer, anonymous
from convenor.core.search import hits
from convenor.core.search.commands import rebuild
from convenor.core.search.queries import search
from convenor.domain.directory import commands as c
from convenor.domain.directory.tests.cast import Cast, body, office, somebody


def seal_off(record: Record) -> None:
    Record.objects.filter(pk=record.pk).update(visibility="sealed")


def test_kinds_that_ask_more_of_their_own_rows_say_so() -> None:
    """Whoever overrides visible_to of a kind's rows must make the kind strict, or the shared doors forget it."""
    found = set()
    for kind in registry.kinds.values():
        rows = type(apps.get_model(kind.model)._default_manager.all())
        assert issubclass(rows, ScopedQuerySet)
        if rows.visible_to is not ScopedQuerySet.visible_to:
            found.add(kind.slug)
    assert found == {kind.slug for kind in registry.kinds.values() if kind.strict}


def test_an_office_is_hidden_with_its_organisation_at_every_shared_door(cast: Cast, client: Client) -> None:
    rebuild()
    viewer, record = anonymous(cast.now), cast.cio.record
    assert access_record(viewer, record.ref) == record
    assert [found.ref for found in search(viewer, "chief information", "office").items] == [record.ref]
    assert record.pk in {entry.record_id for entry in recent(viewer)}
    seal_off(cast.health.record)
    with pytest.raises(Http404):
        access_record(viewer, record.ref)
    assert search(viewer, "chief information").total == 0
    assert record.pk not in {entry.record_id for entry in recent(viewer)}
    assert not history(viewer, record).exists()
    for url in (f"/r/{record.ref}", f"/history/{record.ref}/", f"/history/{record.ref}/feed.atom"):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("most_doubtful", [0, 4, 200])
def test_a_search_finds_just_those_that_may_be_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, most_doubtful: int
) -> None:
    """Whether what asks more of its own rows is asked by ids, or inside the search because too many match."""
    monkeypatch.setattr(hits, "MOST_DOUBTFUL", most_doubtful)
    bodies = [body(f"Bureau of practice {number}", cast.now) for number in range(4)]
    offices = [office(f"Head of practice {number}", each, cast.now) for number in range(12) for each in bodies]
    rebuild()
    seal_off(bodies[0].record)
    seal_off(offices[1].record)
    for viewer in (anonymous(cast.now), cast.site_officer, cast.by):
        rows = Record.objects.visible_to(viewer).filter(title__icontains="practice")
        expected = {
            kind: set(rows.filter(kind=kind).values_list("ref", flat=True)) for kind in ("office", "organisation")
        }
        counts = {count.kind: count.count for count in search(viewer, "practice").counts}
        assert counts == {kind: len(refs) for kind, refs in expected.items()}
        assert found_on_all_pages(viewer, "office") == sorted(expected["office"])
        assert found_on_all_pages(viewer) == sorted(expected["office"] | expected["organisation"])


def found_on_all_pages(viewer: Viewer, kind: str = "") -> list[str]:
    pages = range(1, search(viewer, "practice", kind).pages + 1)
    return sorted(item.ref for page in pages for item in search(viewer, "practice", kind, page).items)


def test_a_change_is_hidden_with_its_organisations(cast: Cast) -> None:
    old = body("Old Bureau", cast.now)
    plan = c.ChangePlan("renamed", cast.now.date(), (old,), (c.Successor(organisation=old),), name="New Bureau")
    made = c.record_change(by=cast.by, plan=plan, now=cast.now)
    viewer = anonymous(cast.now)
    assert access_record(viewer, made.record.ref) == made.record
    seal_off(old.record)
    with pytest.raises(Http404):
        access_record(viewer, made.record.ref)


def held(cast: Cast) -> tuple[Record, Record]:
    """A public office, and the page of a person who holds it."""
    person = somebody("Ada Holder", cast.now)
    c.start_tenure(by=cast.by, office=cast.cio, person=person, facts=c.TenureFacts(), now=cast.now)
    return cast.cio.record, Record.objects.get(profile__person=person)


def told(viewer: Viewer, record: Record) -> set[str]:
    said = happenings(viewer, history(viewer, record))
    return {value.after or "" for happening in said for value in happening.values}


def test_a_value_that_names_a_hidden_record_is_left_out_of_the_history(cast: Cast) -> None:
    office, holder = held(cast)
    viewer = anonymous(cast.now)
    assert holder.ref in told(viewer, office)
    seal_off(holder)
    assert holder.ref not in told(viewer, office)
    assert cast.health.record.ref in told(viewer, office)
    assert holder.ref not in told(cast.health_officer, office)
    assert holder.ref in told(cast.by, office)


def test_the_published_journal_gives_only_the_digest_of_such_a_value(cast: Cast) -> None:
    office, holder = held(cast)
    seal(cast.now)

    def values() -> str:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            publish.add_to(archive, anonymous(cast.now))
        with zipfile.ZipFile(packed) as archive:
            return next(archive.read(name).decode() for name in archive.namelist() if "values" in name)

    before = values()
    assert json.dumps(holder.ref).replace('"', '""') in before
    seal_off(holder)
    after = values()
    assert holder.ref not in after
    assert len(after.splitlines()) <= len(before.splitlines())
    value = office.entries.latest("pk").values.get(after=holder.ref)
    assert value.digest in after
    assert value.salt not in after


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("ORG-2026-004", {"ORG-2026-004"}),
        ('["ORG-2026-004", "PER-2026-1200"]', {"ORG-2026-004", "PER-2026-1200"}),
        ('[["ORG-2026-004", "its part"]]', {"ORG-2026-004"}),
        ("A sentence about ORG-2026-004.", set()),
        ("ORG-2026", set()),
        (None, set()),
    ],
)
def test_refs_in(text: str | None, refs: set[str]) -> None:
    assert refs_in(text) == refs


@pytest.mark.parametrize("over", [False, True])
def test_who_was_shut_out_is_not_told_of_what(cast: Cast, over: bool) -> None:
    """Neither by the exception nor by its entry in the journal, now or when it has ended."""
    person = Person.objects.create_user("shut.out@example.org", "correct horse battery 9", name="Fictitious Shut Out")
    secret = body("Sealed Bureau", cast.now).record
    seal_off(secret)
    row = grant_access(by=cast.by, person=person, record=secret, allow=False, reason="Test.", now=cast.now)
    later = cast.now + timedelta(days=1)
    if over:
        AccessRow.objects.filter(pk=row.pk).update(starts_at=cast.now - timedelta(days=2), ends_at=cast.now)
    found = held_about(viewer_for(person, later), person)
    assert secret.ref not in json.dumps(found, default=str)
    verbs = [entry["verb"] for entry in found["journal"][0]["about"]]
    assert any(verb.startswith("access.") for verb in verbs)

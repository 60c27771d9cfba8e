"""The 27 holes that our peers have had (research/reliability-security-standards.md, 1.1), each a test that names it.

Here are those of access: who may read, who is told. The ways of writing are in test_peer_holes_forms.py, what a
hostile text or file may do in test_peer_holes_content.py, what is asked of every answer in test_doors.py; more stand
with their app (`grep -rn hole_` finds all).
Not yet ours:

    21  indico CVE-2026-33046, LaTeX reads files: Convenor makes no PDF yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import transaction

from convenor.core.accounts.commands import deactivate_person
from convenor.core.accounts.commands.links import use_link
from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.exchange.declare import Resource, resources
from convenor.core.journal import commands as journal
from convenor.core.notify.commands import tell_followers
from convenor.core.notify.models import Message
from convenor.core.notify.queries import held_back, may_hear
from convenor.core.records.commands import show_to
from convenor.core.records.registry import registry
from convenor.core.records.rules import SEALED, Refused
from convenor.domain.groups.commands.appointments import Term, appoint
from convenor.domain.groups.commands.places import SeatFacts, add_seat
from convenor.web.cli import export
from tests.laws.source import ROOT
from tests.specimens import SIDE
from tests.sweeps.addresses import doors
from tests.sweeps.asking import ask, undone
from tests.sweeps.crawling import crawl
from tests.sweeps.html import read
from tests.sweeps.markers import unpacked
from tests.sweeps.providers import PROVIDERS
from tests.world import HIDDEN, World

pytestmark = pytest.mark.django_db

NOT_YET: Final = {21: "Convenor makes no PDF yet."}


def test_all_27_holes_are_accounted_for() -> None:
    files = [*ROOT.glob("src/**/tests/*.py"), *ROOT.glob("tests/**/*.py")]
    named = {int(number) for path in files for number in holes_in(path)}
    assert named | set(NOT_YET) == set(range(1, 28))
    assert named & set(NOT_YET) == set()


def holes_in(path: Path) -> Iterator[str]:
    """The numbers in the names of a file's tests: test_hole_15_and_17_… names two."""
    for name in re.findall(r"def (test_hole_\w+)", path.read_text(encoding="utf-8")):
        yield from re.findall(r"(?:hole|and)_(\d+)", name)


# --- reading -----------------------------------------------------------------------------------------------------

API: Final = "/api/v1"


def api_rows(world: World, role: str, resource: Resource) -> list[Mapping[str, Any]]:
    """Every row of the API's list, page by page."""
    rows: list[Mapping[str, Any]] = []
    url = f"{API}/{resource.name}/?limit=20"
    while url:
        answer = world.client(role).get(url)
        assert answer.status_code == 200, answer.content[:300]
        rows += answer.json()["items"]
        url = answer.json().get("next") or ""
    return rows


def shown_in_lists(world: World, role: str, kind: str) -> set[str]:
    """Addresses of this kind's pages that its register links to, on all its pages."""
    every = {registry.kind(kind).url(row) for row in apps.get_model(registry.kind(kind).model)._base_manager.all()}
    start = registry.kind(kind).list_url
    pages = [start, *(f"{start}?page={number}" for number in range(2, 9))]
    found: set[str] = set()
    for answer in crawl(world.client(role), pages, follow=False):
        found |= set(read(answer.text).links(start)) & every
    return found


@pytest.mark.slow
@pytest.mark.parametrize("role", ["stranger", "person", "member", "officer", "foreign_officer"])
def test_hole_1_the_api_lists_what_the_pages_list(world: World, role: str) -> None:
    """decidim CVE-2026-40870: an API root that read any record, whoever asked."""
    for resource in resources.values():
        if resource.kind in registry.kinds and resource.key:
            by_api = {row["url"].removeprefix("http://127.0.0.1:8000") for row in api_rows(world, role, resource)}
            visible = {registry.kind(resource.kind).url(row) for row in resource.queryset(world.viewer(role)).live()}
            assert by_api == visible, resource.name
            assert shown_in_lists(world, role, resource.kind) <= visible, resource.name


@pytest.mark.parametrize("role", ["stranger", "person", "member", "foreign_officer", "inactive"])
def test_hole_4_anothers_upload_is_not_there(world: World, role: str) -> None:
    """pretix CVE-2026-9712: anybody's temporary file by its id. By every address that takes the id."""
    for door in doors(world, PROVIDERS):
        if door.specimen == "of the officer":
            for method in ("GET", "POST"):
                with undone():
                    answer = ask(world.client(role), method, door.url, None if method == "GET" else {})
                assert answer.word in {"404", "405", "in", "403"}, (door.url, answer.word)
                assert not answer.writes


def test_hole_4_another_officer_of_the_site_has_no_claim_either(world: World) -> None:
    token = world.extras["batch of administrator"].token
    urls = [door.url for door in doors(world, PROVIDERS) if door.specimen == "of the administrator"]
    assert urls
    for url in urls:
        assert token in url
        assert ask(world.client("officer"), "GET", url).status in {404, 405}


@pytest.mark.slow
def test_hole_6_the_public_export_holds_nothing_private(world: World, tmp_path: Path) -> None:
    """zulip CVE-2022-31134: attachments of private messages in the “public” export. Names, words and files."""
    path = tmp_path / "public.zip"
    export.make(path, datetime.now(UTC))
    text = b"\n".join(unpacked(path.read_bytes())).decode("utf-8", "replace")
    hidden = [world.row(kind, specimen).record for kind in registry.kinds for specimen in HIDDEN]
    assert [record.title for record in hidden if record.title in text or record.ref in text] == []
    assert [specimen for specimen in HIDDEN if f"{specimen}.txt" in text] == []
    assert "public.txt" in text


def test_hole_7_who_joins_later_does_not_read_what_was_before(world: World) -> None:
    """zulip CVE-2022-31017: content of before one's time, by an edit event. Page, search, API, feed and mail."""
    newcomer = Person.objects.create_user("newcomer@cast.example", "correct horse battery 9", name="Imaginary Newcomer")
    council, record = world.extras["council of ours"], world.row("group", "audience").record
    long_ago = world.now - timedelta(days=300)
    type(record).objects.filter(pk=record.pk).update(published_at=long_ago)
    facts = SeatFacts("Seat of the newcomer", "individual", world.today, constituency=SIDE)
    seat = add_seat(by=world.by, group=council, facts=facts, now=world.now)
    appoint(by=world.by, seat=seat, person=newcomer, term=Term(world.today), now=world.now)
    viewer, old = viewer_for(newcomer, world.now), world.viewer("member")
    shown = type(record).objects
    assert shown.visible_to(old).filter(pk=record.pk).exists()
    assert not shown.visible_to(viewer).filter(pk=record.pk).exists()
    assert [membership.audience_id for membership in viewer.memberships] == [world.audiences["ours"].pk]
    entry = record.entries.latest("pk")
    assert not may_hear(newcomer.pk, entry, world.now)


# --- changing ----------------------------------------------------------------------------------------------------


def test_hole_8_a_link_works_for_one_thing_once(world: World) -> None:
    """zulip CVE-2022-21706: an invitation of one realm used in another."""
    token = world.extras["token"]
    use_link(token=token, choice="accept", now=world.now)
    with pytest.raises(Refused):
        use_link(token=token, choice="accept", now=world.now)


@pytest.mark.slow
@pytest.mark.parametrize("role", ["stranger", "person", "member", "foreign_officer"])
def test_hole_12_fields_for_officers_go_to_officers_only(world: World, role: str) -> None:
    """wagtail GHSA-w2v8-php4-p8hc: a permission per field that one door forgot. Lists, details, every format."""
    for resource in resources.values():
        private = {field.name for field in resource.fields if not field.public}
        shown = {name for row in api_rows(world, role, resource) for name in row}
        assert shown & private == set(), resource.name
        for ending in ("csv", "json"):
            text = ask(world.client(role), "GET", f"{API}/{resource.name}.{ending}").text
            assert [name for name in private if f'"{name}"' in text or f",{name}," in text] == []


def test_hole_14_who_may_not_open_the_page_is_not_told(world: World) -> None:
    """wagtail GHSA-xqxm-2rpm-3889: notices to the wrong people. Asked when queued, and again when sent."""
    record = world.row("group").record
    before = Message.objects.count()
    with transaction.atomic():
        entry = journal.write(by=world.by, verb="group.edited", record=record, now=world.now)
    tell_followers(entry, world.now)
    waiting = list(Message.objects.order_by("pk")[before:])
    assert {message.person.name for message in waiting if message.person} >= {"Imaginary Person", "Imaginary Member"}
    assert [held_back(message, world.now) for message in waiting] == [""] * len(waiting)
    with transaction.atomic():
        show_to(record, now=world.now, visibility=SEALED)
    assert {held_back(message, world.now) for message in waiting} == {"No longer allowed."}


def test_hole_14_followers_of_what_is_hidden_hear_nothing(world: World) -> None:
    """Those who followed while they could, and cannot any more."""
    record = world.row("group", "audience").record
    with transaction.atomic():
        entry = journal.write(by=world.by, verb="group.edited", record=record, now=world.now)
    tell_followers(entry, world.now)
    told = Message.objects.filter(entry=entry).values_list("person__name", flat=True)
    assert set(told) == {"Imaginary Member"}


def test_hole_26_who_was_shut_out_is_out_at_once(world: World) -> None:
    """zulip CVE-2016-4427: deactivated, and still reading. A session that was open is dead at the next request."""
    client = world.fresh_client("member")
    assert ask(client, "GET", "/my-work/").status == 200
    deactivate_person(by=world.by, person=world.people["member"], reason="Left.", now=world.now)
    answer = ask(client, "GET", "/my-work/")
    assert answer.word == "in"
    for door in doors(world, PROVIDERS):
        if door.shown_as == "audience":
            assert ask(client, "GET", door.url).status >= 300

"""Nothing that is not public appears anywhere public: a marker in every text and file, and a crawl for all of them.

Standing ASVS 5.0 8.2.2, 8.2.3, 14.2.6; the holes of decidim (CVE-2026-40870), zulip (CVE-2022-31134) and others.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from convenor.core.records.registry import registry
from convenor.core.records.rules import anonymous
from convenor.core.search.commands import index_all
from convenor.domain.groups.models import Group
from tests.sweeps.addresses import doors
from tests.sweeps.asking import Answer, ask, undone
from tests.sweeps.crawling import crawl
from tests.sweeps.markers import Place, Planted, plant, text_fields, texts_of, unlisted, unplaced
from tests.sweeps.marking_rules import FREE, KEPT, ROWLESS, SOUGHT, THIRD_PARTY
from tests.sweeps.providers import PROVIDERS
from tests.world import World

pytestmark = pytest.mark.django_db
OUTSIDERS = ("stranger", "former_member")
"""Signed out; and signed in, with no duty and no seat, but one that ended: who never had one may read no more."""


@pytest.fixture(scope="module")
def planted(world: World, apart: None) -> Iterator[Planted]:
    """The world with its markers, and the index built anew over them."""
    found = plant(anonymous(world.now))
    index_all()
    with world.as_written():
        yield found


def test_every_model_says_what_is_public() -> None:
    found = unlisted()
    assert found == [], f"{found}: list their public fields in the registry (records.registry.add_public_fields)."


def test_who_may_read_a_row_is_known_of_every_model_with_public_fields() -> None:
    found = unplaced()
    assert found == [], f"{found}: say in tests/sweeps/marking_rules.py which of their rows strangers may read."


def test_the_lists_name_what_is_there() -> None:
    fields = {f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in text_fields(model)}
    models = {model._meta.label for model in apps.get_models()}
    assert {*KEPT, *SOUGHT} - fields == set()
    assert set(KEPT) & set(SOUGHT) == set()
    assert {*FREE, *THIRD_PARTY, *ROWLESS, *registry.public_fields} - models == set()


def test_every_model_has_a_row(world: World) -> None:
    empty = {model._meta.label for model in apps.get_models() if not model._base_manager.exists()}
    assert empty - set(ROWLESS) == set(), "Make a row of each in tests/sundries.py, so that its texts are looked for."


def test_every_text_took_a_marker(planted: Planted) -> None:
    rowless = {name for name in planted.unplanted if name.rpartition(".")[0] in ROWLESS}
    assert planted.unplanted - rowless == set()


@pytest.mark.slow
@pytest.mark.parametrize("role", OUTSIDERS)
def test_nothing_hidden_is_read_by_outsiders(world: World, planted: Planted, role: str) -> None:
    """Every address with every specimen, and every link from there: lists, filters, feeds, downloads, exports."""
    start = [door.url for door in doors(world, PROVIDERS)]
    leaks = leaks_in(crawl(world.client(role), start), planted, reader_key(world, role))
    assert not leaks, told(leaks)


@pytest.mark.slow
@pytest.mark.parametrize("role", OUTSIDERS)
def test_nothing_hidden_is_told_by_what_is_refused(world: World, planted: Planted, role: str) -> None:
    """Empty and broken requests: error pages, error summaries, refusals."""
    leaks = leaks_in(broken_requests(world, role), planted, reader_key(world, role))
    assert not leaks, told(leaks)


def broken_requests(world: World, role: str) -> Iterator[Answer]:
    client = world.client(role)
    for door in doors(world, PROVIDERS):
        for method, data in (("POST", {"page": "x", "name": "\U0001f600"}), ("DELETE", None)):
            with undone():
                yield ask(client, method, door.url, data)
        with undone():
            yield ask(client, "GET", f"{door.url}?page=x&sort=-password&after=%00&format=xml")
    yield ask(client, "GET", "/", headers={"host": "evil.example"})


@pytest.mark.slow
def test_searching_for_what_is_hidden_is_like_searching_for_nothing(world: World, planted: Planted) -> None:
    """Not even whether it is there: every marker of a title or a text finds what a word nobody wrote finds."""
    client, told = world.client("stranger"), []
    for template in ("/search/?q={}", *filtered_lists(world)):
        nothing = ask(client, "GET", template.format("zqzzzzjx"))
        for marker, place in sampled(planted):
            found = ask(client, "GET", template.format(marker))
            if found.neutral(marker) != nothing.neutral("zqzzzzjx"):
                told.append((template, str(place)))
    assert told == []


def filtered_lists(world: World) -> list[str]:
    """Every list with a search box, as an address with a place for the words."""
    pages = [
        ask(world.client("stranger"), "GET", url) for url in sorted({kind.list_url for kind in registry.kinds.values()})
    ]
    return [f"{page.url}?q={{}}" for page in pages if page.status == 200 and 'name="q"' in page.text]


def sampled(planted: Planted) -> list[tuple[str, Place]]:
    """One marker of each field: every field once is enough, every row would take hours."""
    first: dict[str, tuple[str, Place]] = {}
    for marker, place in planted.markers.items():
        first.setdefault(f"{place.model}.{place.field}", (marker, place))
    return list(first.values())


def test_a_leak_on_purpose_is_found(world: World, planted: Planted) -> None:
    """The crawl is not blind: a page with a sealed title, and a field that should not be listed, are caught."""
    with override_settings(ROOT_URLCONF=__name__):
        leaks = leaks_in(crawl(world.client("stranger"), ["/leak/"]), planted, 0)
    group = world.row("group", "sealed")
    assert set(leaks) == {f"groups.Group.name of {group.pk}", f"records.Record.title of {group.record_id}"}


def _leak(request: HttpRequest) -> HttpResponse:
    group = Group.objects.filter(record__visibility="sealed", name__startswith="zq").earliest("pk")
    return HttpResponse(f"<p>{group.name}</p><p title='{group.record.title}'>")


urlpatterns = [path("leak/", _leak)]


def leaks_in(answers: Iterator[Answer], planted: Planted, reader: int) -> dict[str, str]:
    """What was read that should not have been, and one address where it was."""
    leaks: dict[str, str] = {}
    for answer in answers:
        for place in planted.found(texts_of(answer), asked=answer.url, reader=reader):
            leaks.setdefault(str(place), answer.url)
    return leaks


def told(leaks: dict[str, str]) -> str:
    """All of them, one a line: which text of which row, and where it was read."""
    return "\n".join(["Read by who should not:", *sorted(f"{place} at {url}" for place, url in leaks.items())])


def reader_key(world: World, role: str) -> int:
    person = world.person(role)
    return person.pk if person else 0

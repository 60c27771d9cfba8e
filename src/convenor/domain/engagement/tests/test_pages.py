"""The screens of models: who sees them, what they say, how many queries they cost."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pytest
import yaml
from django.db import transaction
from django.test import Client
from django.utils.html import escape

from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.core.records.registry import Panel
from convenor.core.records.rules import SEALED, Viewer
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.living import living
from convenor.domain.engagement.models import EngagementModel, ModelVersion
from convenor.domain.engagement.rules import RULES, sentences
from convenor.domain.engagement.rules.poster import FULL
from convenor.domain.engagement.rules.reading import parse
from convenor.domain.engagement.rules.schema import schema_text
from convenor.domain.engagement.rules.writing import as_data
from convenor.domain.engagement.tests.conftest import FIRST_DAY, Load

pytestmark = pytest.mark.slow

LATER = date(2026, 9, 1)
FUTURE = date(2090, 1, 1)
PAGES = [
    "/engagement/",
    "/engagement/dsp/",
    "/engagement/dsp/?view=table",
    "/engagement/dsp/focus-group/",
    "/engagement/dsp/versions/1/",
]
FILES = ["/engagement/dsp.yaml", "/engagement/dsp.json", "/engagement/dsp.svg", "/engagement/dsp/versions/1.yaml"]
OF_A_MODEL = [*PAGES[1:], *FILES]

Queries = Callable[[int], Any]


@pytest.fixture(autouse=True)
def no_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """The groups app stands above; what it would answer is given here."""
    monkeypatch.setattr(living, "counts", lambda *_asked: {})
    monkeypatch.setattr(living, "panels", lambda *_asked: ())
    monkeypatch.setattr(living, "list_url", lambda model, kind: f"/groups/?model={model}&type={kind}")


@pytest.fixture
def dsp(load: Load) -> ModelVersion:
    return load("dsp")


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def words_of(html: str) -> str:
    """The text of a page, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("url", [*PAGES, *FILES, "/engagement/schema.json"])
def test_strangers_read_every_page_and_file(dsp: ModelVersion, client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200
    assert response.convenor_public is True  # type: ignore[attr-defined]


@pytest.mark.parametrize("url", OF_A_MODEL)
def test_a_sealed_model_is_nowhere(dsp: ModelVersion, client: Client, now: datetime, url: str) -> None:
    with transaction.atomic():
        records.show_to(dsp.model.record, now=now, visibility=SEALED)
    assert client.get(url).status_code == 404
    assert "Digital service provider" not in page(client, "/engagement/")


def test_a_withdrawn_model_leaves_the_list_and_keeps_its_page(dsp: ModelVersion, client: Client) -> None:
    with transaction.atomic():
        records.withdraw(dsp.model.record)
    assert "Digital service provider" not in page(client, "/engagement/")
    assert client.get("/engagement/dsp/").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/engagement/none/",
        "/engagement/none.yaml",
        "/engagement/none.svg",
        "/engagement/dsp/no-such-type/",
        "/engagement/dsp/versions/9/",
        "/engagement/dsp/versions/9.yaml",
        "/engagement/none/load/",
    ],
)
def test_what_is_not_there_is_not_found(dsp: ModelVersion, client: Client, url: str) -> None:
    assert client.get(url).status_code == 404


def test_the_list_without_models_says_what_belongs_there(client: Client, db: None) -> None:
    assert "No engagement model yet" in page(client, "/engagement/")


def test_the_list_draws_every_model_and_names_every_type(load: Load, client: Client) -> None:
    values = [levels for slug in ("dsp", "digital-agency") for levels in parse(load(slug).yaml).require().levels]
    html = page(client, "/engagement/")
    assert html.count("poster--small") == 2
    for level in values:
        assert escape(level.name) in html
        assert all(escape(rules.name) in html for rules in level.types)


def test_the_poster_page_says_every_rule_of_every_type(dsp: ModelVersion, client: Client) -> None:
    html = page(client, "/engagement/dsp/")
    for rules in parse(dsp.yaml).require().types():
        for sentence in sentences(rules):
            assert f"<li>{escape(sentence.text)}</li>" in html


def test_drawing_and_list_say_the_same(dsp: ModelVersion, client: Client) -> None:
    """The list that stands in at 320 px, and for screen readers there, has every word of the drawing."""
    html = page(client, "/engagement/dsp/")
    svg = html[html.index('<svg class="poster"') : html.index("</svg>", html.index('<svg class="poster"'))]
    listed = words_of(html[(at := html.index('<ol class="model-list">')) : html.index("</ol>", at)])
    drawn = [
        " ".join(words_of(text).split())
        for text in re.findall(
            r"<text class=\"poster__(?:level|motto|aim|name|purpose|note)\".*?</text>", svg, re.DOTALL
        )
    ]
    assert len(drawn) > 30
    assert [text for text in drawn if text not in listed] == []


def test_cards_lead_to_types_and_to_their_groups(
    dsp: ModelVersion, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counts(viewer: Viewer, types: Sequence[int]) -> Mapping[int, int]:
        return dict(zip(sorted(types), [3, 1, *[0] * len(types)], strict=False))

    monkeypatch.setattr(living, "counts", counts)
    html = page(client, "/engagement/dsp/")
    assert 'href="/engagement/dsp/focus-group/"' in html
    assert html.count("3 groups") == html.count("1 group<") == 2
    assert 'href="/groups/?model=dsp&amp;type=strategic-working-group"' in html
    assert "No group yet" in html


def test_the_table_has_every_rule_and_every_type(load: Load, client: Client) -> None:
    for slug in ("dsp", "digital-agency"):
        load(slug)
        html = page(client, f"/engagement/{slug}/?view=table")
        assert all(escape(str(rule.label)) in html for rule in RULES)
        assert all(escape(rules.name) in html for rules in parse(load(slug).yaml).require().types())


def test_another_word_for_the_view_shows_the_poster(dsp: ModelVersion, client: Client) -> None:
    assert 'class="poster"' in page(client, "/engagement/dsp/?view=nonsense")


def test_a_type_says_its_rules_and_where_it_sits(dsp: ModelVersion, client: Client) -> None:
    html = page(client, "/engagement/dsp/focus-group/")
    rules = parse(dsp.yaml).require().type("focus-group")
    assert rules is not None
    assert all(escape(sentence.text) in html for sentence in sentences(rules))
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", html))
    assert words_of(facts["Sets up"]) == "Micro Focus Group"
    consulted = page(client, "/engagement/dsp/dsp-architecture-reference-group/")
    assert "Is consulted by" in consulted
    assert "Initiative Technical Committee" in consulted


def test_a_type_shows_the_panels_of_its_groups(
    dsp: ModelVersion, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = Panel("Its groups", "kit/components/fact_list.html", {}, "groups")
    monkeypatch.setattr(living, "panels", lambda *_asked: [panel])
    html = page(client, "/engagement/dsp/focus-group/")
    assert "All Focus Groups" not in html
    monkeypatch.setattr(living, "panels", lambda *_asked: ())
    assert "All Focus Groups" in page(client, "/engagement/dsp/focus-group/")


def test_a_type_shows_its_rules_over_time(load: Load, client: Client) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    load("dsp", ("maximum: 12", "maximum: 10"), ("months: 3", "months: 2"), on=date(2026, 10, 1))
    focus = page(client, "/engagement/dsp/focus-group/")
    over_time = words_of(focus[focus.index('id="over-time"') :])
    assert "Version 2" in over_time
    assert "Version 3" not in over_time  # nothing of this type was changed by it
    assert "up to 12 organisations" in over_time
    assert "up to 10 organisations" in over_time


def test_a_type_that_is_gone_says_so(load: Load, client: Client, shipped: Callable[[str], str]) -> None:
    load("dsp")
    text = shipped("dsp")
    gone = text[text.index("      - type: micro-focus-group") : text.index("  - level: informative")]
    load("dsp", (gone, ""), on=LATER)
    assert "No longer in force" in page(client, "/engagement/dsp/micro-focus-group/")
    assert "Micro Focus Group" not in page(client, "/engagement/dsp/")


def test_a_version_says_what_it_changed(load: Load, client: Client) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    html = page(client, "/engagement/dsp/versions/2/")
    assert "Constituencies: the rule is different." in html
    assert "up to 12 organisations" in re.findall(r"<del>(.*?)</del>", html)[0]
    assert "up to 10 organisations" in re.findall(r"<ins>(.*?)</ins>", html)[0]
    assert "This is the first version that is kept here." in page(client, "/engagement/dsp/versions/1/")


def test_one_rule_changed_changes_poster_list_sentence_table_and_type(load: Load, client: Client) -> None:
    urls = ["/engagement/dsp/", "/engagement/dsp/?view=table", "/engagement/dsp/focus-group/"]
    load("dsp")
    before = [words_of(page(client, url)) for url in urls]
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    after = [words_of(page(client, url)) for url in urls]
    for old, new in zip(before, after, strict=True):
        assert "up to 12 organisations" in old
        assert "up to 10 organisations" in new
    assert "up to 12 organisations" not in after[0] + after[1]
    assert before[0].count("up to 12 organisations") == after[0].count("up to 10 organisations") == 4


def test_a_version_of_the_future_is_not_shown_yet(load: Load, client: Client) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=FUTURE)
    response = client.get("/engagement/dsp/")
    html = response.content.decode()
    assert "up to 12 organisations" in html
    assert "up to 10 organisations" not in html
    assert response.convenor_fresh_until.date() <= FUTURE  # type: ignore[attr-defined]
    assert "In force from" in page(client, "/engagement/dsp/versions/2/")


def test_a_model_that_begins_later_says_so(load: Load, client: Client) -> None:
    load("dsp", on=FUTURE)
    assert "In force from" in words_of(page(client, "/engagement/dsp/"))
    assert "Not in force yet" in page(client, "/engagement/dsp/focus-group/")


def test_the_yaml_is_what_was_loaded(load: Load, client: Client, shipped: Callable[[str], str]) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    assert client.get("/engagement/dsp.yaml").content.decode() == shipped("dsp").replace("maximum: 12", "maximum: 10")
    assert client.get("/engagement/dsp/versions/1.yaml").content.decode() == shipped("dsp")
    response = client.get("/engagement/dsp.yaml")
    assert response.headers["Content-Disposition"] == 'attachment; filename="dsp.yaml"'
    assert response.headers["Content-Type"] == "application/yaml; charset=utf-8"


def test_the_json_is_the_model_with_its_version(dsp: ModelVersion, client: Client) -> None:
    data = json.loads(client.get("/engagement/dsp.json").content)
    about = {"ref": dsp.model.record.ref, "version": 1, "in_force_from": "2026-07-01", "in_force_to": None}
    assert data == about | {"digest": dsp.digest} | as_data(parse(dsp.yaml).require())


def test_the_svg_stands_alone(dsp: ModelVersion, client: Client) -> None:
    response = client.get("/engagement/dsp.svg")
    assert response.headers["Content-Disposition"] == 'attachment; filename="dsp.svg"'
    root = ET.fromstring(response.content)  # noqa: S314 - our own
    names = {element.tag.split("}")[1] for element in root.iter()}
    assert {"title", "desc", "style", "path", "text"} <= names
    assert not {"script", "foreignObject", "image", "use", "a"} & names
    words = " ".join("".join(root.itertext()).split())
    assert "version 1, in force from 1 July 2026" in words
    assert "An Initiative Technical Committee consults the DSP Architecture Reference Group." in words


def test_the_schema_is_published(client: Client, db: None) -> None:
    assert client.get("/engagement/schema.json").content.decode() == schema_text()


def test_text_of_a_model_is_escaped_everywhere(load: Load, client: Client) -> None:
    evil = "<script>alert(1)</script>"
    load("dsp", ("motto: Guiding our direction", f'motto: "{evil}"'), ("name: Focus Group", f'name: "{evil}"'))
    for url in (*PAGES, "/engagement/dsp.svg"):
        assert "<script>alert" not in client.get(url).content.decode()


def test_nothing_is_styled_or_scripted_in_line(load: Load, client: Client) -> None:
    load("dsp")
    for url in PAGES:
        main = page(client, url).split("<main", 1)[1]
        assert " style=" not in main
        assert "<style" not in main
        assert "<script" not in main


MOST_QUERIES = {
    "/engagement/": 8,
    "/engagement/dsp/": 8,
    "/engagement/dsp/?view=table": 8,
    "/engagement/dsp/focus-group/": 7,
    "/engagement/dsp/versions/2/": 9,
    "/engagement/dsp.yaml": 4,
    "/engagement/dsp.json": 7,
    "/engagement/dsp.svg": 7,
}


def test_pages_cost_the_same_with_ten_times_the_rows(
    load: Load, client: Client, django_assert_max_num_queries: Queries, by_system: Viewer, now: datetime
) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    few = {}
    for url, most in MOST_QUERIES.items():
        with django_assert_max_num_queries(most) as counted:
            assert client.get(url).status_code == 200
        few[url] = len(counted.captured_queries)
    ten_times(by_system, now, ModelVersion.objects.get(number=1).yaml)
    for url, most in few.items():
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


def ten_times(by: Viewer, now: datetime, text: str) -> None:
    """Ten more models, ten more versions of this one, ten more types in the newest."""
    for number in range(10):
        other = text.replace("model: dsp", f"model: dsp-{number}")
        load_model(by=by, text=other, now=now, in_force_from=FIRST_DAY)
        more = "".join(
            f"      - type: more-{each}\n        name: More {each}\n        purpose: More.\n"
            "        parents: {types: [focus-group]}\n        consults: [focus-group]\n"
            for each in range(number + 1)
        )
        day = date(2026, 9, 2 + number)
        load_model(by=by, text=text + more, now=now, in_force_from=day)


def test_every_drawn_size_is_in_the_drawing(dsp: ModelVersion, client: Client) -> None:
    """Sizes come from the geometry, not from the style sheet: what was measured is what is set."""
    html = page(client, "/engagement/dsp/")
    for role in ("name", "purpose", "note", "strip", "level", "motto", "aim"):
        size = f"{FULL.styles[role].size:g}"
        assert f'<text class="poster__{role}" font-size="{size}">' in html


def test_the_owner_is_named_not_more(
    load: Load, client: Client, owners: dict[str, Organisation], now: datetime
) -> None:
    """The name of a model's owner stands on its page; nothing else of the owner does."""
    Organisation.objects.filter(pk=owners["dsp"].pk).update(summary="A summary that stays where it is.")
    load("dsp")
    assert owners["dsp"].name in page(client, "/engagement/dsp/")
    for url in PAGES:
        assert "A summary that stays where it is." not in page(client, url)


@pytest.mark.parametrize("url", [*PAGES, "/", "/history/MOD-2026-001/", "/updates/", "/api/v1/engagement-models/"])
def test_an_owner_who_is_not_shown_is_not_named(
    load: Load, client: Client, owners: dict[str, Organisation], url: str
) -> None:
    """By name, code or ref, on pages, files and in the history."""
    owner = owners["digital-agency"]
    load("dsp", ("owner: Australian Taxation Office", f"owner: {owner.slug}"))
    Record.objects.filter(pk=owner.record_id).update(visibility="sealed")
    text = page(client, url)
    assert [word for word in (owner.name, owner.slug, owner.record.ref) if word in text] == []


def test_the_text_of_a_model_without_its_owner_says_the_same(
    load: Load, client: Client, owners: dict[str, Organisation]
) -> None:
    load("dsp")
    Record.objects.filter(pk=owners["dsp"].record_id).update(visibility="sealed")
    said = yaml.safe_load(page(client, "/engagement/dsp.yaml"))
    whole = yaml.safe_load(EngagementModel.objects.get().versions.get().yaml)
    assert set(whole) - set(said) == {"owner"}
    assert {level["level"] for level in said["levels"]} == {level["level"] for level in whole["levels"]}

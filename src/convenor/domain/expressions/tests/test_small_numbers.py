"""No public output of a call tells what one of few people answered; who took part gets all that a check needs."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from convenor.domain.expressions.commands.calls import set_questions
from convenor.domain.expressions.commands.expressing import way_back
from convenor.domain.expressions.models import Call, Draw, Option
from convenor.domain.expressions.queries.results import published
from convenor.domain.expressions.rules import small
from convenor.domain.expressions.rules.calls import OptionFacts, QuestionFacts
from convenor.domain.expressions.rules.selection import Inputs, Panel, Quota
from convenor.domain.expressions.tests.test_screens import browser, page
from convenor.domain.expressions.tests.test_selection import PROGRAM, crowd
from convenor.domain.expressions.tests.world import CallWorld

pytestmark = pytest.mark.slow

REFERENCE = re.compile(r"\b[2-9B-Z]{4}-[2-9B-Z]{4}-[2-9B-Z]{4}\b")


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 6).map(lambda n: Fraction(n, 6)), max_size=40))
def test_every_row_of_chances_counts_five_and_all_are_counted(chances: dict[str, Fraction]) -> None:
    rows = small.merged(chances)
    assert all(row.people >= small.FEWEST for row in rows)
    assert sum(row.people for row in rows) == (len(chances) if len(chances) >= small.FEWEST else 0)
    exact = Counter(chances.values())
    for row in rows:
        if row.low is not None and row.low == row.high:
            assert exact[row.low] == row.people
    for bound in {bound for row in rows for bound in (row.low, row.high) if bound is not None}:
        assert exact[bound] >= small.FEWEST


def test_a_chance_of_few_is_told_only_as_lying_beyond_that_of_many() -> None:
    chances = {f"r{n}": Fraction(1, 4) for n in range(6)} | {"few": Fraction(1)} | {"r9": Fraction(1, 8)}
    assert [(row.people, row.low, row.high) for row in small.merged(chances)] == [(8, None, None)]
    chances |= {f"s{n}": Fraction(1, 16) for n in range(5)}
    assert [(row.people, row.low, row.high) for row in small.merged(chances)] == [
        (7, Fraction(1, 16), None),
        (6, None, Fraction(1, 4)),
    ]


def test_a_number_from_which_that_of_few_follows_is_not_told_either() -> None:
    quotas = (Quota("size:small", "Small", 1), Quota("size:large", "Large", None, 3), Quota("state:east", "East", 1))
    entrants = crowd(*["size:small+state:east"] * 4, *["size:large+state:east"] * 6, *["size:large"] * 5)
    assert small.countable(Inputs("lottery", Panel(4, quotas), tuple(entrants))) == {"state:east"}
    more = crowd("size:small", start=20)
    assert "size:small" in small.countable(Inputs("lottery", Panel(4, quotas), (*entrants, *more)))
    rest = crowd("", start=30)  # one who is neither small nor large would follow from the other two
    assert "size:small" not in small.countable(Inputs("lottery", Panel(4, quotas), (*entrants, *more, *rest)))


def test_kinds_are_what_bounded_answers_tell_apart() -> None:
    free = QuestionFacts("free", "Free?", (OptionFacts("a"), OptionFacts("b")))
    bounded = QuestionFacts("size", "Size?", (OptionFacts("s", 1), OptionFacts("m"), OptionFacts("l")))
    both = QuestionFacts("side", "Side?", (OptionFacts("e", 1), OptionFacts("w", None, 3)))
    assert [small.told_apart(some) for some in ([], [free], [bounded], [bounded, both])] == [1, 1, 2, 4]
    assert small.likely_small(4, 1)
    assert not small.likely_small(4, 2)
    assert not small.likely_small(1, 1)


@pytest.fixture
def few(present: CallWorld) -> CallWorld:
    """Seven in all, of which four are small and three large: both are few."""
    present.publish()
    present.send_many(7)
    present.begin_assessment()
    present.select()
    return present


@pytest.fixture
def many(present: CallWorld) -> CallWorld:
    """Five of each."""
    present.publish()
    present.send_many(10)
    present.begin_assessment()
    present.select()
    return present


def outputs(world: CallWorld) -> dict[str, str]:
    """What everybody can read of a call, by every door."""
    client, slug, ref = Client(), world.call.slug, world.call.record.ref
    addresses = (
        f"/calls/{slug}/", "/calls/", "/calls/feed.atom", f"/calls/{slug}/selection/1/",
        f"/calls/{slug}/selection/1/file.json", f"/api/v1/calls/{slug}/", "/api/v1/calls.csv", "/api/v1/calls.jsonld",
        f"/history/{ref}/", f"/history/{ref}/feed.atom", "/updates/", f"/groups/{world.group.slug}/", "/",
    )  # fmt: skip
    found = {url: client.get(url) for url in addresses}
    return {url: b"".join(answer).decode() for url, answer in found.items() if answer.status_code == 200}


@pytest.mark.django_db
def test_nothing_public_tells_what_few_answered(few: CallWorld) -> None:
    found = outputs(few)
    assert len(found) >= 11
    file = json.loads(found[f"/calls/{few.call.slug}/selection/1/file.json"])
    assert (file["inputs"], file["chances"]) == ("", "")
    assert "fewer than five" in file["withheld"]
    assert file["inputs_sha256"] == hashlib.sha256(Draw.objects.get().inputs.encode()).hexdigest()
    for url, body in found.items():
        assert "size:small" not in body, url
        if not url.endswith("file.json"):
            assert not REFERENCE.search(body), url
    told = published(Draw.objects.get())
    assert {row.number for row in told.balance} == {None}
    assert [(row.people, row.chance) for row in told.chances] == [(7, told.smallest)]  # the same for all seven


@pytest.mark.django_db
def test_where_five_share_every_answer_anybody_can_check(many: CallWorld) -> None:
    file = json.loads(outputs(many)[f"/calls/{many.call.slug}/selection/1/file.json"])
    assert (file["withheld"], "size:small" in file["inputs"]) == ("", True)
    told = published(Draw.objects.get())
    assert None not in {row.number for row in told.balance}
    assert sum(row.people for row in told.chances) == 10
    assert told.smallest


@pytest.mark.django_db
def test_who_took_part_gets_the_whole_file_and_the_program_is_content(few: CallWorld, tmp_path: Path) -> None:
    url = "/calls/" + way_back(few.made[0], datetime.now(UTC)).partition("/calls/")[2]
    assert f"{url}selection.json" in Client().get(url).content.decode()
    answer = Client().get(f"{url}selection.json")
    assert answer.headers["Cache-Control"] == "private, no-store"
    whole = tmp_path / "whole.json"
    whole.write_bytes(answer.content)
    run = [sys.executable, str(PROGRAM)]
    checked = subprocess.run([*run, str(whole), few.made[0].reference], capture_output=True, text=True, check=True)
    assert "NO" not in checked.stdout
    assert "your chance was" in checked.stdout
    less = tmp_path / "less.json"
    less.write_text(page(Client(), "result-file", few.call.slug, 1))
    told = subprocess.run([*run, str(less)], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "withheld" in told.stderr
    officer = browser(few.groups.officer())
    assert "size:small" in page(officer, "whole-file", few.call.slug)
    for client, name, status in (
        (Client(), "whole-file", 302), (browser(few.somebody()), "whole-file", 403),
        (browser(few.somebody()), "mine-file", 404), (Client(), "mine-file", 302),
    ):  # fmt: skip
        page(client, name, few.call.slug, status=status)
    assert Client().get("/calls/mine/wrong/selection.json").status_code == 404


@pytest.mark.django_db
def test_who_took_no_part_or_waits_for_the_draw_gets_no_file(few: CallWorld) -> None:
    url = "/calls/" + way_back(few.made[0], datetime.now(UTC)).partition("/calls/")[2] + "selection.json"
    Draw.objects.update(drawn_at=None)
    assert Client().get(url).status_code == 404
    Draw.objects.update(drawn_at=few.closed, inputs=Draw.objects.get().inputs.replace(few.made[0].reference, "OTHER"))
    assert Client().get(url).status_code == 404


@pytest.mark.django_db
def test_who_is_asked_is_told_and_the_officer_is_warned(present: CallWorld) -> None:
    client, slug = browser(present.groups.officer()), present.call.slug
    assert "Small numbers" not in page(client, "call", slug)
    rows = [QuestionFacts(f"q{n}", f"Question {n}?", (OptionFacts("a", 0), OptionFacts("b", 0))) for n in range(4)]
    set_questions(by=present.by, call=present.call, rows=rows, now=present.now)
    for route in ("call", "publish"):
        assert "The balance rules tell 16 kinds of people apart. Five of each would be 80" in page(client, route, slug)
    present.publish()
    told = page(Client(), "call", slug)
    assert "to everybody where at least five people share them all" in told
    assert "The balance rules tell" not in told
    Option.objects.update(minimum=None, maximum=None)
    assert "at least five people share" not in page(Client(), "call", slug)
    assert Call.objects.get(pk=present.call.pk).state == "published"


@pytest.mark.django_db
def test_the_officer_sees_before_freezing_that_kinds_are_small(present: CallWorld) -> None:
    present.publish()
    present.send_many(7)
    present.begin_assessment()
    client = browser(present.groups.officer())
    assert "Some kinds are of fewer than five people" in page(client, "selection", present.call.slug)
    present.select()
    told = page(client, "selection", present.call.slug)
    assert "Not for everybody" in told
    assert "kept" not in told.partition("The balance")[2].partition("The chances")[0]  # the officer reads the numbers

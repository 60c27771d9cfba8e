"""The drawn poster: nothing overlaps, nothing leaves its box, no arrow crosses a card or a word. Whatever the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convenor.domain.engagement.rules import LevelValue, ModelValue, Named, TypeRulesValue
from convenor.domain.engagement.rules.poster import FULL, SMALL, Arrow, Box, Poster, Text, description, draw
from convenor.domain.engagement.rules.poster.glyphs import BOLD, REGULAR, SERIF, width_of
from convenor.domain.engagement.rules.poster.layout import PAPER, Sizes, draw_for_paper
from convenor.domain.engagement.rules.poster.nets import Net, nets_of
from convenor.domain.engagement.rules.poster.text import Piece, Style, wrap
from convenor.domain.engagement.rules.reading import parse
from convenor.domain.engagement.tests.strategies import drawn_models

HAIR = 0.11
"""Coordinates are rounded to a tenth."""

LAW = settings(max_examples=40)
both_sizes = pytest.mark.parametrize("sizes", [FULL, SMALL], ids=["full", "small"])


@pytest.fixture
def dsp(shipped: Callable[[str], str]) -> ModelValue:
    return parse(shipped("dsp")).require()


def cards(poster: Poster) -> dict[str, Box]:
    return {card.slug: card.box for band in poster.bands for card in band.cards}


def text_boxes(texts: tuple[Text, ...], sizes: Sizes) -> Iterator[Box]:
    """The box each line needs, by the widths it was set with."""
    for text in texts:
        style = sizes.styles[text.role]
        for y, line in zip(text.ys, text.lines, strict=True):
            width = width_of(line, style.face, style.size)
            yield Box(text.x, y - style.size * 0.76, width, style.size)


def crosses(arrow: Arrow, box: Box) -> bool:
    """Whether a straight piece of the arrow runs through the inside of the box."""
    for (x1, y1), (x2, y2) in arrow.lines:
        across = min(x1, x2) < box.right - HAIR and max(x1, x2) > box.x + HAIR
        down = min(y1, y2) < box.bottom - HAIR and max(y1, y2) > box.y + HAIR
        if across and down:
            return True
    return False


def lawful(poster: Poster, sizes: Sizes) -> None:
    page = Box(0, 0, poster.width, poster.height)
    placed = cards(poster)
    assert not any(one.meets(other) for one, other in combinations(placed.values(), 2))
    for above, below in zip(poster.bands, poster.bands[1:], strict=False):
        assert above.area.bottom + sizes.between == pytest.approx(below.area.y, abs=HAIR)
    for band in poster.bands:
        assert page.holds(band.area)
        assert not band.label.meets(band.area)
        assert all(band.label.holds(box) for box in text_boxes(band.texts, sizes))
        for card in band.cards:
            assert band.area.holds(card.box)
            boxes = list(text_boxes(card.texts, sizes))
            assert all(card.box.holds(box) for box in boxes)
            assert not any(one.meets(other) for one, other in combinations(boxes, 2))
            if sizes.count:
                number = Box(card.count[0] - sizes.count + 8, card.count[1] - 11, sizes.count - 8, 13)
                assert not any(number.meets(box) for box in boxes)
    obstacles = placed | {band.slug: band.label for band in poster.bands}
    crossed = [(arrow, slug) for arrow in poster.arrows for slug, box in obstacles.items() if crosses(arrow, box)]
    assert crossed == []
    for arrow in poster.arrows:
        assert all(0 <= x <= poster.width and 0 <= y <= poster.height for line in arrow.lines for x, y in line)


def nets(model: ModelValue, poster: Poster) -> list[Net]:
    """The nets of the rows as they were drawn."""
    tops = sorted({box.y for box in cards(poster).values()})
    found = {rules.slug: rules for rules in model.types()}
    return nets_of([[found[slug] for slug, box in cards(poster).items() if box.y == top] for top in tops])


@pytest.mark.slow
@both_sizes
@LAW
@given(model=drawn_models())
def test_nothing_overlaps_whatever_the_model(sizes: Sizes, model: ModelValue) -> None:
    lawful(draw(model, sizes), sizes)


@pytest.mark.slow
@LAW
@given(model=drawn_models())
def test_every_join_is_drawn_and_ends_where_it_should(model: ModelValue) -> None:
    poster = draw(model)
    drawn = {
        (arrow.kind, tail, tip) for arrow in poster.arrows for tail in arrow.tails for tip in arrow.tips if tail != tip
    }
    stated = {("parents", other.slug, rules.slug) for rules in model.types() for other in rules.parent_types}
    stated |= {("consults", rules.slug, other.slug) for rules in model.types() for other in rules.consults}
    assert drawn == {join for join in stated if join[1] != join[2]}
    for arrow in poster.arrows:
        assert len(arrow.heads) == len(arrow.tips)
        ends = {point for line in arrow.lines for point in line}
        for slug in arrow.tails:
            assert any(touches(point, cards(poster)[slug], 0) for point in ends), slug
        for slug in arrow.tips:
            assert any(touches(point, cards(poster)[slug], 9) for point in ends), slug


def touches(point: tuple[float, float], box: Box, gap: float) -> bool:
    """Whether the point is on the box's edge, or a head's length before it."""
    near = Box(box.x - gap - HAIR, box.y - gap - HAIR, box.width + 2 * (gap + HAIR), box.height + 2 * (gap + HAIR))
    return near.holds(Box(*point, 0, 0))


@pytest.mark.parametrize("slug", ["dsp", "digital-agency"])
@both_sizes
def test_shipped_models_are_drawn_lawfully(shipped: Callable[[str], str], slug: str, sizes: Sizes) -> None:
    lawful(draw(parse(shipped(slug)).require(), sizes), sizes)


@pytest.mark.parametrize("slug", ["dsp", "digital-agency"])
def test_nothing_is_cut_from_the_shipped_models(shipped: Callable[[str], str], slug: str) -> None:
    poster = draw(parse(shipped(slug)).require())
    texts = [text for band in poster.bands for card in band.cards for text in (*band.texts, *card.texts)]
    assert not any(text.cut for text in texts)


@pytest.mark.parametrize("slug", ["dsp", "digital-agency"])
def test_for_paper_the_poster_has_the_shape_of_a_sheet(shipped: Callable[[str], str], slug: str) -> None:
    poster = draw_for_paper(parse(shipped(slug)).require())
    assert poster.width / poster.height == pytest.approx(PAPER, rel=0.06)


def test_the_same_model_gives_the_same_drawing(dsp: ModelValue) -> None:
    assert draw(dsp) == draw(dsp)


def test_the_dsp_poster_says_what_the_seed_says(dsp: ModelValue) -> None:
    """Four bands with their mottos; the arrows of seed 003."""
    poster = draw(dsp)
    assert [(band.name, band.motto) for band in poster.bands] == [
        ("Strategic", "Guiding our direction"),
        ("Operational", "Co-designing our solutions"),
        ("Tactical", "Solving problems together"),
        ("Informative", "Staying connected"),
    ]
    assert {(arrow.kind, arrow.tails, arrow.tips) for arrow in poster.arrows} == {
        (
            "parents",
            frozenset({"initiative-working-group", "initiative-technical-committee"}),
            frozenset({"focus-group", "micro-focus-group"}),
        ),
        ("parents", frozenset({"focus-group"}), frozenset({"micro-focus-group"})),
        ("consults", frozenset({"initiative-technical-committee"}), frozenset({"dsp-architecture-reference-group"})),
    }
    assert [key.kind for key in poster.legend] == ["consults", "parents"]


def test_cards_that_stand_over_each_other_are_joined_straight(dsp: ModelValue) -> None:
    (consults,) = [arrow for arrow in draw(dsp).arrows if arrow.kind == "consults"]
    assert len(consults.lines) == 1
    ((x1, _), (x2, _)) = consults.lines[0]
    assert x1 == x2


def test_one_rule_changed_changes_the_poster(dsp: ModelValue, shipped: Callable[[str], str]) -> None:
    other = parse(shipped("dsp").replace("maximum: 12", "maximum: 10")).require()

    def strip(model: ModelValue) -> str:
        card = next(card for band in draw(model).bands for card in band.cards if card.slug == "focus-group")
        return " ".join(line for text in card.texts if text.role == "strip" for line in text.lines)

    assert "up to 12 organisations" in strip(dsp)
    assert "up to 10 organisations" in strip(other)


def kind(slug: str, *parents: str, consults: tuple[str, ...] = ()) -> TypeRulesValue:
    return TypeRulesValue(
        slug, slug.title(), f"{slug.title()}s", "For something.",
        parent_types=tuple(Named(each, each.title()) for each in parents),
        consults=tuple(Named(each, each.title()) for each in consults),
    )  # fmt: skip


def model_of(*rows: tuple[TypeRulesValue, ...]) -> ModelValue:
    levels = tuple(LevelValue(f"l{n}", f"Level {n}", "strategic", types=row) for n, row in enumerate(rows))
    return replace(ModelValue("m", "Model", "Owner"), levels=levels)


def test_a_join_over_a_row_goes_by_a_lane_at_the_right() -> None:
    model = model_of((kind("a"), kind("b")), (kind("c"), kind("d")), (kind("e", "a"),))
    poster = draw(model)
    lawful(poster, FULL)
    (arrow,) = poster.arrows
    right = max(box.right for box in cards(poster).values())
    assert max(x for line in arrow.lines for x, _y in line) > right


def test_neighbours_are_joined_straight_through_the_gap() -> None:
    poster = draw(model_of((kind("a"), kind("b", "a", consults=("a",)))))
    lawful(poster, FULL)
    assert [len(arrow.lines) for arrow in poster.arrows] == [1, 1]
    assert len({arrow.lines[0][0][1] for arrow in poster.arrows}) == 2


def test_those_of_one_row_that_are_no_neighbours_are_joined_over_the_row() -> None:
    poster = draw(model_of((kind("a"), kind("b"), kind("c", "a"))))
    lawful(poster, FULL)
    (arrow,) = poster.arrows
    assert min(y for line in arrow.lines for _x, y in line) < cards(poster)["b"].y


def test_types_with_the_same_parents_share_one_arrow() -> None:
    poster = draw(model_of((kind("a"), kind("b")), (kind("c", "a", "b"), kind("d", "a", "b"))))
    (arrow,) = poster.arrows
    assert arrow.tails == {"a", "b"}
    assert arrow.tips == {"c", "d"}
    assert len(arrow.dots) == 2


def test_a_type_that_is_its_own_parent_is_told_not_drawn() -> None:
    model = model_of((kind("a", "a"),))
    assert draw(model).arrows == ()
    assert "A is set up from an A" in description(model)


def test_many_types_stand_in_even_rows() -> None:
    poster = draw(model_of(tuple(kind(f"t{n}") for n in range(6))))
    lawful(poster, FULL)
    ys = [box.y for box in cards(poster).values()]
    assert sorted(ys.count(y) for y in set(ys)) == [3, 3]


def test_a_level_without_types_keeps_its_band() -> None:
    poster = draw(model_of((kind("a"),), (), (kind("b", "a"),)))
    lawful(poster, FULL)
    assert poster.bands[1].cards == ()
    assert poster.bands[1].area.height > 40


STYLE = Style(REGULAR, 13, 17, 3)


@settings(max_examples=200)
@given(st.text(min_size=1, max_size=120), st.integers(40, 300))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, width: int) -> None:
    lines = wrap(text, STYLE, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(line, REGULAR, 13) <= width or len(line) == 1 for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    lines, was_cut = Piece("note", ("word " * 200,)).lines(STYLE, 120)
    assert (len(lines), was_cut) == (3, True)
    assert lines[-1].endswith("…")
    assert width_of(lines[-1], REGULAR, 13) <= 120


def test_widths_are_those_of_the_fonts() -> None:
    assert width_of("Digital", REGULAR, 1000) == pytest.approx((722 + 222 + 556 + 222 + 278 + 556 + 222) * 1.06)
    assert width_of("é", REGULAR, 1000) == width_of("e", REGULAR, 1000)
    assert width_of("漢", REGULAR, 1000) > 1000
    assert width_of("e\u0301", BOLD, 1000) == width_of("e", BOLD, 1000)
    assert width_of("mmm", SERIF, 10) > width_of("iii", SERIF, 10)


def test_the_description_tells_the_poster_in_words(dsp: ModelValue) -> None:
    said = description(dsp)
    assert said.startswith(
        "Strategic (Guiding our direction): Strategic Working Group and DSP Architecture Reference Group."
    )
    assert "An Initiative Technical Committee consults the DSP Architecture Reference Group." in said
    assert "A Focus Group is set up from an Initiative Working Group or an Initiative Technical Committee." in said

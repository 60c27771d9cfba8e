"""Random engagement models that the schema and the semantic checks allow: every rule, in any combination."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from convenor.domain.engagement.rules import (
    ConstituencyValue,
    LevelValue,
    ModelValue,
    Named,
    NamedPlaceValue,
    OrganisationKindValue,
    Role,
    SegmentValue,
    TypeRulesValue,
    Vocabulary,
)
from convenor.domain.engagement.rules.values import (
    CHAIRINGS,
    COLOURS,
    FORMATIONS,
    LEFT_OPEN,
    LIFESPANS,
    OUTPUTS,
    PUBLICATIONS,
    SECTORS,
    VACANCY_WAYS,
)

LETTERS = "abcdefghij XYZ “”é漢…-:#'\"&*!,.%@`{}[]|>0123456789"
WORDS = [
    "group", "of", "Digital", "service", "providers", "a", "the", "direction", "systemwide-technical-issues", "no",
    "yes", "null", "12:30", "2026-01-01", "1e3", "0x10", "~", "co-design", "Überraschung", "Donaudampfschifffahrt" * 3,
]  # fmt: skip


def line(most: int) -> st.SearchStrategy[str]:
    """One line that a key may hold: stripped, not empty."""
    free = st.text(LETTERS, min_size=1, max_size=most).map(lambda text: " ".join(text.split()))
    spoken = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(lambda words: " ".join(words)[:most].strip())
    return st.one_of(free, spoken).filter(bool)


def prose(most: int = 400) -> st.SearchStrategy[str]:
    return st.lists(line(120), min_size=1, max_size=6).map(lambda lines: " ".join(lines)[:most].strip()).filter(bool)


def slug(prefix: str, number: int) -> str:
    return f"{prefix}-{number}"


def number(most: int = 600) -> st.SearchStrategy[int | None]:
    return st.one_of(st.none(), st.integers(1, most))


def span(draw: st.DrawFn) -> tuple[int | None, int | None]:
    least, most = draw(st.one_of(st.none(), st.integers(0, 40))), draw(number(60))
    return (least, most) if least is None or most is None or least <= most else (most, least)


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    return Vocabulary(
        tuple(Role(slug("role", n), draw(line(40))) for n in range(draw(st.integers(0, 3)))),
        tuple(
            OrganisationKindValue(slug("kind", n), draw(line(40)), draw(line(40)), draw(st.sampled_from(SECTORS)))
            for n in range(draw(st.integers(0, 3)))
        ),
        tuple(
            SegmentValue(slug("segment", n), draw(line(40)), draw(st.one_of(st.just(""), line(80))))
            for n in range(draw(st.integers(0, 3)))
        ),
    )


def casual_vacancies() -> st.SearchStrategy[tuple[str, ...]]:
    """Ways to fill a seat, or that it is left open, which stands alone."""
    ways = st.lists(st.sampled_from([way for way in VACANCY_WAYS if way != LEFT_OPEN]), unique=True).map(tuple)
    return st.one_of(ways, st.just((LEFT_OPEN,)))


def some(draw: st.DrawFn, things: tuple[Named, ...]) -> tuple[Named, ...]:
    return tuple(draw(st.lists(st.sampled_from(things), unique=True, max_size=4))) if things else ()


@st.composite
def sides(draw: st.DrawFn, chairs: bool) -> tuple[ConstituencyValue, ...]:
    found = []
    for n in range(draw(st.integers(0, 3))):
        least, most = span(draw)
        counts = draw(st.sampled_from(("persons", "organisations")))
        chair = chairs and draw(st.booleans())
        found.append(ConstituencyValue(slug("side", n), draw(line(60)), least, most, counts, chair))
    return tuple(found)


@st.composite
def type_rules(draw: st.DrawFn, code: str, name: str, level: str, words: Vocabulary) -> TypeRulesValue:
    """One type with no references to other types yet."""
    chairing = draw(st.sampled_from(("", *CHAIRINGS)))
    table = draw(sides(chairing in {"chair", "co-chairs"}))
    eligible = draw(st.sampled_from(("", *(side.slug for side in table))))
    least, most = span(draw)
    delivers = draw(st.booleans())
    return TypeRulesValue(
        slug=code,
        level=level,
        name=name,
        name_plural=draw(line(60)),
        purpose=draw(prose()),
        membership=draw(st.one_of(st.just(""), prose(200))),
        examples=draw(st.one_of(st.just(""), line(100))),
        only_one=draw(st.booleans()),
        lifespan=draw(st.sampled_from(("", *LIFESPANS))),
        formation=draw(st.sampled_from(("", *FORMATIONS))),
        total_minimum=least,
        total_maximum=most,
        total_counts=draw(st.sampled_from(("persons", "organisations")))
        if (least, most) != (None, None)
        else "persons",
        constituencies=table,
        one_seat_per_organisation=draw(st.booleans()),
        eligible_roles=some(draw, tuple(Named(each.slug, each.name) for each in words.roles)),
        eligible_kinds=some(draw, tuple(Named(each.slug, each.name, each.plural) for each in words.kinds)),
        eligible_constituency=eligible,
        segments=some(draw, tuple(Named(each.slug, each.name) for each in words.segments)),
        segments_minimum=draw(number(20)),
        named_places=draw(places(table, most)),
        must_deliver=delivers,
        closes_on_delivery=delivers and draw(st.booleans()),
        chairing=chairing,
        casual_vacancies=draw(casual_vacancies()),
        outputs=tuple(draw(st.lists(st.sampled_from(OUTPUTS), unique=True))),
        publishes=draw(st.sampled_from(("", *PUBLICATIONS))),
        highest_marking=draw(st.one_of(st.just(""), line(30))),
        review_months=draw(number()),
        sunset_months=draw(number()),
        longest_gap_months=draw(number()),
        term_months=draw(number()),
        draft_minutes_days=draw(number(200)),
        outcomes_published_days=draw(number(200)),
        **draw(cadences()),
        **draw(quorums()),
        **draw(clocks()),
    )


@st.composite
def places(draw: st.DrawFn, table: tuple[ConstituencyValue, ...], most: int | None) -> tuple[NamedPlaceValue, ...]:
    """At most as many as every cap allows; each on a side where there are sides."""
    room = min([3, *(cap for cap in (most, *(side.maximum for side in table)) if cap is not None)])
    many = draw(st.integers(0, room))
    return tuple(
        NamedPlaceValue(
            draw(line(60)),
            draw(st.one_of(st.just(""), line(60))),
            draw(st.sampled_from([side.slug for side in table])) if table else "",
        )
        for _ in range(many)
    )


def cadences() -> st.SearchStrategy[dict[str, Any]]:
    slack = st.integers(0, 30)
    return st.one_of(
        st.just({}),
        st.just({"cadence_as_required": True}),
        st.builds(lambda n, days: {"cadence_months": n, "cadence_tolerance_days": days}, st.integers(1, 24), slack),
        st.builds(lambda n, days: {"cadence_weeks": n, "cadence_tolerance_days": days}, st.integers(1, 52), slack),
    )


def quorums() -> st.SearchStrategy[dict[str, Any]]:
    def made(of: str, share: dict[str, int], chair: bool, proxy: bool) -> dict[str, Any]:
        return {"quorum_of": of, **share, "quorum_includes_chair": chair, "proxy_counts": proxy}

    share = st.one_of(
        st.builds(lambda n: {"quorum_number": n}, st.integers(1, 20)),
        st.builds(lambda n: {"quorum_percent": n}, st.integers(1, 100)),
    )
    stated = st.builds(made, st.sampled_from(("filled", "all")), share, st.booleans(), st.booleans())
    return st.one_of(st.just({}), st.just({"quorum_of": "none"}), stated)


def clocks() -> st.SearchStrategy[dict[str, Any]]:
    keys = ("call_for_items_days", "papers_due_days", "papers_out_days")

    def made(days: list[int], keep: list[bool]) -> dict[str, Any]:
        ordered = zip(keys, sorted(days, reverse=True), keep, strict=True)
        return {key: day for key, day, kept in ordered if kept}

    days = st.lists(st.integers(0, 60), min_size=3, max_size=3)
    return st.builds(made, days, st.lists(st.booleans(), min_size=3, max_size=3))


@st.composite
def models(draw: st.DrawFn, most_types: int = 6) -> ModelValue:
    """A whole model: up to five levels, types with references to each other, and their own vocabulary."""
    words = draw(vocabularies())
    levels, number_of_types = [], 0
    for at in range(draw(st.integers(1, 5))):
        many = draw(st.integers(0, most_types))
        code = slug("level", at)
        types = []
        for each in range(many):
            name = f"{draw(line(60))} {number_of_types + each}"[-110:].strip()
            types.append(draw(type_rules(slug("type", number_of_types + each), name, code, words)))
        number_of_types += many
        levels.append(
            LevelValue(
                code,
                draw(line(60)),
                draw(st.sampled_from(COLOURS)),
                draw(st.one_of(st.just(""), line(80))),
                draw(st.one_of(st.just(""), prose())),
                tuple(types),
            )
        )
    return replace(
        ModelValue("model-x", draw(line(80)), draw(line(80))),
        summary=draw(st.one_of(st.just(""), prose())),
        source=draw(st.one_of(st.just(""), prose())),
        vocabulary=words,
        levels=tuple(_joined(draw, tuple(levels))),
    )


@st.composite
def drawn_models(draw: st.DrawFn) -> ModelValue:
    """Models with what a poster shows only: words of any length, and joins between any types."""
    words = st.one_of(st.just(""), line(60), st.sampled_from([" ".join(WORDS[:9]) * 4, "Donaudampfschifffahrt" * 6]))
    levels, number_of_types = [], 0
    for at in range(draw(st.integers(1, 5))):
        many = draw(st.integers(0, 9))
        types = tuple(
            TypeRulesValue(
                slug("type", number_of_types + each),
                draw(line(100)),
                "",
                draw(words),
                membership=draw(words),
                examples=draw(words),
                chairing=draw(st.sampled_from(("", "chair"))),
                cadence_as_required=draw(st.booleans()),
                formation=draw(st.sampled_from(("", "open"))),
                total_maximum=draw(number(60)),
            )
            for each in range(many)
        )
        number_of_types += many
        colour = draw(st.sampled_from(COLOURS))
        levels.append(LevelValue(slug("level", at), draw(line(60)), colour, draw(words), draw(words), types))
    named = [Named(rules.slug, rules.name) for level in levels for rules in level.types]
    return replace(
        ModelValue("model-x", "Model", "Owner"),
        levels=tuple(
            replace(level, types=tuple(_drawn_joins(draw, rules, tuple(named)) for rules in level.types))
            for level in levels
        ),
    )


def _drawn_joins(draw: st.DrawFn, rules: TypeRulesValue, named: tuple[Named, ...]) -> TypeRulesValue:
    consults = tuple(each for each in some(draw, named) if each.slug != rules.slug)
    return replace(rules, parent_types=some(draw, named), consults=consults)


def _joined(draw: st.DrawFn, levels: tuple[LevelValue, ...]) -> list[LevelValue]:
    """The same with types that refer to each other. Required parents stand earlier, so no circle can arise."""
    named = [
        Named(rules.slug, rules.name, rules.name_plural, rules.only_one) for level in levels for rules in level.types
    ]
    order = {each.slug: at for at, each in enumerate(named)}
    return [
        replace(level, types=tuple(_with_joins(draw, rules, named, order) for rules in level.types)) for level in levels
    ]


def _with_joins(draw: st.DrawFn, rules: TypeRulesValue, named: list[Named], order: dict[str, int]) -> TypeRulesValue:
    earlier = tuple(named[: order[rules.slug]])
    others = tuple(each for each in named if each.slug != rules.slug)
    parents = some(draw, earlier)
    consults = some(draw, others)
    required = draw(st.booleans())
    return replace(
        rules,
        parent_types=parents,
        parent_required=required,
        parent_approval=(required or bool(parents)) and draw(st.booleans()),
        consults=consults,
        consults_about=draw(st.one_of(st.just(""), line(60))) if consults else "",
        refers_to=some(draw, tuple(named)),
    )

"""The tokens keep the contrast that WCAG 2.2 AA asks for, in both themes."""

from __future__ import annotations

import re

import pytest

from convenor.kit.contrast import STYLESHEET, own_tokens, pairs, ratio, tokens

CSS = STYLESHEET.read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("colour", "ground", "need"), pairs())
def test_every_pair_is_readable(theme: str, colour: str, ground: str, need: float) -> None:
    colours = own_tokens()[theme]
    assert ratio(colours[colour], colours[ground]) >= need


def test_ratio_of_black_on_white_is_21() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#777777") == 1


def test_the_two_ways_into_the_dark_theme_agree() -> None:
    by_system = re.search(r":root:not\(\[data-theme=light\]\) \{([^}]*)\}", CSS)
    by_hand = re.search(r"^:root\[data-theme=dark\] \{([^}]*)\}", CSS, re.MULTILINE)
    assert by_system
    assert by_hand
    assert by_system[1].split() == by_hand[1].split()


def test_every_colour_token_has_a_dark_twin_and_a_system_colour() -> None:
    light = set(tokens(CSS)["light"])
    by_hand = re.search(r"^:root\[data-theme=dark\] \{([^}]*)\}", CSS, re.MULTILINE)
    forced = re.search(r":root:root:root \{([^}]*)\}", CSS)
    assert by_hand
    assert forced
    for block in (by_hand[1], forced[1]):
        assert light <= set(re.findall(r"--([a-z0-9-]+):", block))


def test_every_token_used_is_declared() -> None:
    declared = set(re.findall(r"--([a-z0-9-]+):", CSS))
    assert set(re.findall(r"var\(--([a-z0-9-]+)", CSS)) <= declared


def test_the_stylesheet_stays_small() -> None:
    assert len(CSS.encode()) <= 45_000


def test_the_stylesheet_loads_nothing_from_elsewhere() -> None:
    assert not re.search(r"@import|url\(|https?:", CSS)

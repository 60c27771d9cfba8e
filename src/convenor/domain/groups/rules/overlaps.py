"""Which groups are much alike: the same people, organisations or offices, or the same subject. Pure; no ORM.

Two sets are held against each other by how much of the smaller one lies in the larger (containment), and by how much
of all they have they share (Jaccard). Subjects are compared by the words of name and purpose, rare ones counting more
(tf-idf, cosine). Pairs are found through an inverted index, so that time grows with what is shared, not with the
square of the groups.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from itertools import combinations
from typing import Final

from convenor.kit.structs import struct

WORD: Final = re.compile(r"[a-z]{4,}")
_COMMON: Final = (
    "about above across advice advise advises after agencies agency also among another around because been before "
    "being between both bring brings committee communities community council could development discuss each "
    "ensure every first focus forum from give gives government group groups have help helps here holds into "
    "issues know make makes many matters meet meeting meetings members more most much must need needs only other "
    "others over panel people provide provides purpose reference same share shares should some such support "
    "supports team technical than that their them then there these they this those through under upon very want "
    "well were what when where which while will with within work working works would year years your"
)
COMMON: Final = frozenset(_COMMON.split())
"""Words that say nothing of a subject: English, and what every group says of itself."""
TOO_COMMON: Final = 60
"""A word, person or organisation that more groups than this share leads to no pair by itself; it still counts once
another has. It bounds the work: a pair that has nothing rarer in common is no near duplicate."""

Pair = tuple[int, int]


@struct
class Shared:
    """How much two sets have in common."""

    both: int
    first: int
    second: int

    @property
    def contained(self) -> float:
        """How much of the smaller one lies in the larger."""
        return self.both / min(self.first, self.second) if self.first and self.second else 0.0

    @property
    def jaccard(self) -> float:
        """How much of all they have they share."""
        return self.both / (self.first + self.second - self.both) if self.both else 0.0

    @property
    def percent(self) -> int:
        """The larger of the two, which is containment, in whole percent."""
        return round(100 * self.contained)


def shared(first: frozenset[Hashable], second: frozenset[Hashable]) -> Shared:
    """The two sets held against each other."""
    return Shared(len(first & second), len(first), len(second))


def overlapping(
    sets: Mapping[int, frozenset[Hashable]], least: int, jaccard: float, contained: float
) -> dict[Pair, Shared]:
    """The pairs that share `least` at least, and of those enough: this Jaccard, or this containment."""
    found = {}
    for pair in _candidates(sets):
        held = shared(sets[pair[0]], sets[pair[1]])
        if held.both >= least and (held.jaccard >= jaccard or held.contained >= contained):
            found[pair] = held
    return found


def _candidates(sets: Mapping[int, Iterable[Hashable]]) -> set[Pair]:
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for key, members in sets.items():
        for member in members:
            holders[member].append(key)
    return {pair for keys in holders.values() if 1 < len(keys) <= TOO_COMMON for pair in combinations(sorted(keys), 2)}


def words_of(text: str) -> Counter[str]:
    """The words of a text that may say what it is about, plurals as singulars."""
    found = (word.removesuffix("s") if not word.endswith("ss") else word for word in WORD.findall(text.casefold()))
    return Counter(word for word in found if word not in COMMON and f"{word}s" not in COMMON and len(word) > 3)


def alike(texts: Mapping[int, Counter[str]], least: float, words: int = 3) -> dict[Pair, float]:
    """The pairs whose words are alike (cosine of tf-idf, 0 to 1), with so many words in common at least."""
    vectors = _vectors(texts)
    found = {}
    for first, second in _candidates({key: set(vector) for key, vector in vectors.items()}):
        one, other = vectors[first], vectors[second]
        both = one.keys() & other.keys()
        if len(both) >= words:
            close = sum(one[word] * other[word] for word in both)
            if close >= least:
                found[first, second] = min(close, 1.0)
    return found


def _vectors(texts: Mapping[int, Counter[str]]) -> dict[int, dict[str, float]]:
    """Each text as weights of its words, of length one."""
    seen = Counter(word for counted in texts.values() for word in counted)
    found = {}
    for key, counted in texts.items():
        weights = {word: (1 + math.log(n)) * math.log(1 + len(texts) / seen[word]) for word, n in counted.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        found[key] = {word: weight / length for word, weight in weights.items()}
    return found


def common_words(first: str, second: str, most: int = 6) -> list[str]:
    """Words that both texts have, those said most first."""
    one, other = words_of(first), words_of(second)
    both = sorted(one.keys() & other.keys(), key=lambda word: (-min(one[word], other[word]), -len(word), word))
    return both[:most]

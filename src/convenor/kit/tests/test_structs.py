"""Structs behave as frozen dataclasses of the standard library do, but that mypy is who refuses a change."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pytest

from convenor.kit.structs import struct


@struct
class Term:
    """Two parts, and one that equality leaves out."""

    name: str
    years: int = 3
    seen: list[int] = field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StandardTerm:
    """The same, as the standard library makes it."""

    name: str
    years: int = 3
    seen: list[int] = field(default_factory=list, compare=False, repr=False)


@struct
class Other(Term):
    """The same parts, and another struct all the same."""


@struct
class Empty:
    """No parts."""


@struct(slots=False)
class Counted:
    """Keeps what it has worked out."""

    number: int

    @cached_property
    def twice(self) -> int:
        return self.number * 2


@struct
class Loose:  # noqa: PLW1641 - struct gives the hash, as dataclass would
    """Says itself when it is equal."""

    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Loose)


GIVEN = [("chair",), ("chair", 4), ("deputy", 3, [1])]


@pytest.mark.parametrize("given", GIVEN)
def test_it_is_what_the_standard_library_would_make(given: tuple[object, ...]) -> None:
    ours, theirs = Term(*given), StandardTerm(*given)  # type: ignore[arg-type]
    assert asdict(ours) == asdict(theirs)
    assert repr(ours) == repr(theirs).replace("StandardTerm", "Term")
    assert hash(ours) == hash(theirs)
    assert not hasattr(ours, "__dict__")
    assert Term.__match_args__ == StandardTerm.__match_args__
    for other in GIVEN:
        assert (ours == Term(*other)) == (theirs == StandardTerm(*other))  # type: ignore[arg-type]
    assert replace(ours, years=9) == Term(ours.name, 9)
    assert pickle.loads(pickle.dumps(ours)) == copy.deepcopy(ours) == ours  # noqa: S301 - our own


def test_equality_asks_for_the_same_class_and_the_same_parts() -> None:
    assert Term("chair", seen=[1]) == Term("chair", seen=[2])
    assert Term("chair") != Other("chair")
    assert Term("chair").__eq__(("chair", 3)) is NotImplemented
    assert {Empty(), Empty()} == {Empty()}
    assert {Term("chair"), Term("chair"), Term("deputy")} == {Term("deputy"), Term("chair")}


def test_what_a_class_says_itself_stands() -> None:
    assert Loose("a") == Loose("b")
    assert hash(Loose("a")) != hash(Loose("b"))
    assert Counted(2).twice == 4


CHANGED = """
from convenor.kit.structs import struct

@struct
class Term:
    name: str

Term("chair").name = "deputy"
"""


@pytest.mark.slow
def test_mypy_refuses_whoever_changes_one(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(CHANGED)
    command = [sys.executable, "-m", "mypy", "--no-incremental", "--follow-imports=silent", str(planted)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 'Property "name" defined in "Term" is read-only' in found.stdout

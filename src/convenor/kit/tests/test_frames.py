"""Room for frames: the call is what it was, and what it calls maps no memory again and again."""

from __future__ import annotations

import subprocess
import sys
import sysconfig

import pytest

from convenor.kit.frames import ROOM, with_room

EDGE = """
import sys
from resource import RUSAGE_SELF, getrusage
from convenor.kit.frames import with_room

def shallow():
    return None

shallow.__code__ = shallow.__code__.replace(co_stacksize=100)

def at(depth):
    if depth:
        return at(depth - 1)
    before = getrusage(RUSAGE_SELF).ru_minflt
    for _ in range(2000):
        shallow()
    return getrusage(RUSAGE_SELF).ru_minflt - before

def most():
    return max(at(depth) for depth in range(400))

print(most(), with_room(most))
"""
"""How many pages of memory a loop of calls touches anew, at the depth where that is most."""


def test_the_call_is_what_it_was() -> None:
    assert with_room(divmod, 7, 2) == (3, 1)
    assert with_room(dict, a=1) == {"a": 1}
    with pytest.raises(ZeroDivisionError):
        with_room(divmod, 1, 0)
    assert with_room.__code__.co_stacksize == ROOM


@pytest.mark.slow
def test_a_loop_at_the_edge_of_a_chunk_maps_nothing_anew() -> None:
    if not sysconfig.get_platform().startswith("linux"):
        pytest.skip("It is Linux whose page faults are counted.")
    done = subprocess.run([sys.executable, "-c", EDGE], capture_output=True, text=True, check=True)
    plain, roomy = map(int, done.stdout.split())
    assert plain > 1000, "This Python keeps its chunks: nothing needs the room any more."
    assert roomy < 100

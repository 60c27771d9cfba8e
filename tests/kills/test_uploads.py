"""A worker killed again and again in the middle of an upload of several lists: nothing twice, nothing lost."""

from __future__ import annotations

import signal

from tests.kills.site import Site

KILLS = 5
PEOPLE, GROUPS, SEATS = 30, 6, 90  # as in tests.kills.lists
ALL = PEOPLE + GROUPS + SEATS


def killed(site: Site, chunks: int) -> None:
    """A worker of lists that gets SIGKILL when it has done so many chunks, in the middle of the next."""
    process = site.start("tests.kills.actors", "work_on_lists")
    assert process.stdout is not None
    for _ in range(chunks + 1):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    process.stdout.close()


def test_a_killed_upload_of_several_lists_is_loaded_and_taken_back_once(site: Site) -> None:
    site.act("prepare_lists")
    before = site.act("lists_state")
    seen: list[int] = []
    for number in range(KILLS):
        killed(site, 2 + number)
        state = site.act("lists_state")
        assert state["state"] == "running"
        seen.append(state["rows"]["created"])
        assert state["seats"] == state["appointments"] == state["verbs"]["group.seat-added"]
    assert seen == sorted(set(seen))  # each went on where the last was cut off
    assert 0 < seen[0] < seen[-1] < ALL
    done = site.act("work_on_lists")
    assert (done["state"], done["rows"]) == ("done", {"created": ALL})
    assert done["seats"] == done["places"] == done["appointments"] == SEATS
    assert done["live"] == done["different"] == PEOPLE + GROUPS + before["live"]
    assert done["verbs"] == {
        "group.created": GROUPS, "group.seat-added": SEATS, "group.person-appointed": SEATS,
        "group.chair-started": GROUPS, "group.seat-struck": 0,
    }  # fmt: skip
    site.act("take_lists_back")
    for number in range(KILLS):
        killed(site, 2 + number)
        state = site.act("lists_state")
        assert state["state"] == "undoing"
        assert state["verbs"]["group.seat-struck"] == SEATS - state["seats"]
    undone = site.act("work_on_lists")
    assert (undone["state"], undone["rows"]) == ("undone", {"undone": ALL})
    assert (undone["seats"], undone["appointments"], undone["chairings"]) == (0, 0, 0)
    assert undone["live"] == before["live"]
    assert undone["verbs"]["group.seat-struck"] == SEATS
    assert "The journal is sound." in site.convenor("verify")

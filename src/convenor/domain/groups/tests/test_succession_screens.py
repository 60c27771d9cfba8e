"""Merging and splitting on the screens: first what follows, then the button."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.test_task_forms import day
from convenor.domain.groups.tests.world import World

pytestmark = pytest.mark.slow


def seated(world: World, name: str, person: str) -> Group:
    group = world.group("council", name=name)
    world.appoint(world.seat(group, f"Seat of {person}", constituency="agency"), person)
    return group


def test_merging_says_what_follows_before_anything_happens(present: World) -> None:
    first, second = seated(present, "First council", "Ada A"), seated(present, "Second council", "Cy C")
    officer, where = signed_in(present, "secretariat"), f"/groups/{first.slug}/merge/"
    assert officer.get(where).status_code == 200
    given = {
        "others": "Second council", "target": "new", "new_name": "Whole council", "new_purpose": "All of it.",
        "new_type": str(first.type_id), "reason": "They do the same.", "people": "on",
        **day("on", localdate(present.now)),
    }  # fmt: skip
    wrong = officer.post(where, {**given, "others": "Nobody's council", "new_name": ""}).content.decode()
    assert "No group here is called" in wrong
    assert "A new group has a name and a purpose." in wrong
    assert "Name the group they go on as." in officer.post(where, {**given, "target": "other"}).content.decode()
    page = officer.post(where, given).content.decode()
    assert "First council closes." in page
    assert "There is no way back" in page
    assert "Nobody chairs Whole council then: say who does." in page
    assert "Seat of Ada A: Ada A is appointed." in page
    assert not Group.objects.filter(name="Whole council").exists()
    seats = {f"seat_{seat.pk}": "0" for seat in Seat.objects.filter(group=first)}
    placed = {
        **given,
        "placed": "yes",
        **seats,
        **{f"seat_{seat.pk}": "" for seat in Seat.objects.filter(group=second)},
    }
    assert "Cy C is appointed" not in officer.post(where, placed).content.decode()
    assert "See what follows" in officer.post(where, {**placed, "back": "yes"}).content.decode()
    done = officer.post(where, {**placed, "confirm": "yes"})
    assert done.status_code == 302
    made = Group.objects.get(name="Whole council")
    assert Seat.objects.filter(group=made).count() == 1
    old = Client().get(f"/groups/{first.slug}/").content.decode()
    assert "What became of it" in old
    assert "Whole council" in old
    assert "It became part of another group." in old
    assert "It came from" in Client().get(f"/groups/{made.slug}/").content.decode()
    assert Client().get(f"/r/{second.record.ref}").status_code == 302


def test_who_chairs_and_acts_is_said_before_and_after(present: World) -> None:
    group, today = seated(present, "Whole council", "Ada A"), localdate(present.now)
    seat = Seat.objects.get(group=group)
    present.chair(seat, "co-chair")
    present.appoint(
        seat, "Ann Acting", today - timedelta(days=3), today + timedelta(days=3), acting=True, reason="Leave."
    )
    present.group("council", name="Other council")
    officer, where = signed_in(present, "secretariat"), f"/groups/{group.slug}/merge/"
    given = {"others": "", "target": "other", "into": "Other council", "reason": "One.", "people": "on",
             "chairs": "on", **day("on", today)}  # fmt: skip
    page = officer.post(where, given).content.decode()
    assert "Seat of Ada A goes on as co-chair, of Other council." in page
    assert "Seat of Ada A: Ann Acting goes on acting." in page
    left = officer.post(where, {key: value for key, value in given.items() if key != "chairs"}).content.decode()
    assert "goes on as co-chair" not in left
    done = officer.post(where, {**given, "placed": "yes", f"seat_{seat.pk}": "0", "confirm": "yes"})
    assert done.status_code == 302
    assert "Ann Acting" in Client().get("/groups/other-council/").content.decode()


def test_splitting_places_each_seat(present: World) -> None:
    group = seated(present, "Whole council", "Ada A")
    officer, where = signed_in(present, "secretariat"), f"/groups/{group.slug}/split/"
    assert officer.get(where).status_code == 200
    given = {"reason": "Too much.", "people": "on", **day("on", localdate(present.now))}
    for number, name in enumerate(("Left", "Right"), 1):
        given |= {f"name_{number}": name, f"purpose_{number}": "Half.", f"type_{number}": str(group.type_id)}
    page = officer.post(where, given).content.decode()
    assert "Left goes on" in page
    seat = Seat.objects.get(group=group)
    placed = {**given, "placed": "yes", f"seat_{seat.pk}": "1", "confirm": "yes"}
    assert officer.post(where, placed).status_code == 302
    assert Seat.objects.get(group__name="Right").title == "Seat of Ada A"
    assert officer.get(where).status_code in {200, 404}


def test_what_the_rules_refuse_is_said_and_nothing_is_lost(present: World) -> None:
    first, second = present.group("task-group", name="Errand one"), present.group("task-group", name="Errand two")
    for group in (first, second):
        for number in range(2):
            present.seat(group, f"{group.name} seat {number}")
    officer, where = signed_in(present, "secretariat"), f"/groups/{first.slug}/merge/"
    given = {
        "others": "", "target": "other", "into": "Errand two", "reason": "One is enough.", "people": "on",
        **day("on", localdate(present.now)),
    }  # fmt: skip
    assert "Name the other group" in officer.post(where, {**given, "target": "this"}).content.decode()
    page = officer.post(where, given).content.decode()
    assert "places for up to 3 people" in page
    assert "Do it now" not in page
    assert "One is enough." in page

"""Deliveries and renewals on the screens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from convenor.domain.groups.commands.deliveries import DeliveryFacts, record_delivery
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.test_task_forms import day
from convenor.domain.groups.tests.world import World

pytestmark = pytest.mark.slow


def test_the_page_of_a_delivery_quotes_the_rule_and_closes(present: World) -> None:
    group = present.group("errand-group", deliverable="A report.")
    officer, today = signed_in(present, "secretariat"), present.now.date()
    where = f"/groups/{group.slug}/deliveries/add/"
    assert "An Errand Group closes when it has delivered." in officer.get(where).content.decode()
    given = {"what": "The report itself.", "link": "https://practice.example/r", "completes": "on", **day("on", today)}
    assert officer.post(where, {**given, "what": ""}).status_code == 200
    assert officer.post(where, given).status_code == 302
    page = Client().get(f"/groups/{group.slug}/").content.decode()
    assert "The report itself." in page
    assert "This group is closed" in page
    assert "It delivered what it was to deliver." in page


def test_a_delivery_is_taken_out_on_its_page(present: World) -> None:
    group = present.focus_group()
    row = record_delivery(by=present.by, group=group, facts=DeliveryFacts("X.", present.now.date()), now=present.now)
    officer = signed_in(present, "secretariat")
    where = f"/groups/{group.slug}/deliveries/{row.pk}/strike/"
    assert officer.get(where).status_code == 200
    assert officer.post(where, {"reason": "Wrong."}).status_code == 302
    assert officer.get(where).status_code == 404


def test_a_group_past_its_day_says_so_and_the_desk_offers_both(present: World) -> None:
    group = present.group("council", sunset_on=present.now.date() - timedelta(days=2))
    assert "Its time is over" in Client().get(f"/groups/{group.slug}/").content.decode()
    officer = signed_in(present, "secretariat")
    assert f"/groups/{group.slug}/sunset/" in officer.get("/desk/").content.decode()
    where = f"/groups/{group.slug}/sunset/"
    assert f"/groups/{group.slug}/close/" in officer.get(where).content.decode()
    until = present.now.date() + timedelta(days=99)
    assert officer.post(where, {"reason": " ", **day("until", until)}).status_code == 200
    assert officer.post(where, {"reason": "More to do.", **day("until", until)}).status_code == 302
    assert "Its time is over" not in Client().get(f"/groups/{group.slug}/").content.decode()

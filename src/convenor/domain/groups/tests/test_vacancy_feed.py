"""The feed of vacant seats: the newest first, as the page is asked, and nobody named."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.test import Client

from convenor.domain.groups.tests.test_casual_vacancies import LEFT, UNTIL, vacancy
from convenor.domain.groups.tests.world import START, World
from convenor.kit.dates import say_day

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client: Client, query: str = "") -> list[tuple[str, str, str]]:
    """Title, summary and id of each."""
    feed = ET.fromstring(client.get(f"/groups/vacancies/feed.atom{query}").content)  # noqa: S314 - our own answer
    found = feed.findall(f"{ATOM}entry")
    return [(*(each.findtext(f"{ATOM}{name}") or "" for name in ("title", "summary", "id")),) for each in found]  # type: ignore[misc]


def test_the_newest_first_and_as_the_page_is_asked(present: World, client: Client) -> None:
    seat = vacancy(present)
    later = present.seat(seat.group, "Later seat")
    present.appoint(later, "Cy Later", START, LEFT + timedelta(days=9))
    never = present.seat(present.group("council", name="Council of feeds"), "Never held", constituency="agency")
    found = entries(client)
    titles = [title for title, _said, _key in found]
    assert titles.index("Later seat in Task group") < titles.index("Seat in Task group")
    assert f"{never.title} in Council of feeds" in titles
    told = {title: (said, key) for title, said, key in found}
    said, key = told["Seat in Task group"]
    since = LEFT + timedelta(days=1)
    assert said == f"Vacant since {say_day(since)}. Casual vacancy: the term runs until {say_day(UNTIL)}."
    assert key.endswith(f"#vacant-{since}")
    assert "Bea Field" not in str(found)
    assert [title for title, _said, _key in entries(client, "?casual=yes")] == ["Seat in Task group"]
    assert {title.partition(" in ")[2] for title, _said, _key in entries(client, f"?group={never.group.slug}")} == {
        "Council of feeds"
    }


def test_the_page_leads_to_the_feed_of_the_same_seats(present: World, client: Client) -> None:
    seat = vacancy(present)
    page = client.get(f"/groups/vacancies/?group={seat.group.slug}").content.decode()
    address = f"/groups/vacancies/feed.atom?group={seat.group.slug}"
    assert f'<link rel="alternate" type="application/atom+xml" href="{address}"' in page
    assert client.get(address)["Content-Type"].startswith("application/atom+xml")

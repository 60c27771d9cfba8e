"""The pages of a call for an officer or assessor who has a stake in it: they say so, and show nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.domain.expressions.commands.expressing import way_back
from convenor.domain.expressions.models import Expression
from convenor.domain.expressions.queries.tasks import to_do
from convenor.domain.expressions.tests.test_screens import browser, close, live, page, send
from convenor.domain.expressions.tests.test_stakes import APPLIED, COULD_READ, applies, named_after_applying
from convenor.domain.expressions.tests.world import CallWorld
from convenor.domain.groups.tests.test_task_forms import day

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
__all__ = ["live"]


def test_the_pages_say_so_and_show_nothing_of_the_others(live: CallWorld) -> None:
    applicant, (_viewer, assessor) = live.somebody(), live.assessor()
    person = Person.objects.get(name=applicant.name)
    other = send(live, 1)
    client, slug = browser(applicant), live.call.slug
    applies(live, applicant, datetime.now(UTC))
    live.on_duty(applicant, live.now - timedelta(days=9))
    close(live, "assessing")
    cache.clear()
    seen = {}
    key = live.call.criteria.earliest("order").pk
    for route, args in (
        ("work", ()), ("selection", ()), ("offers", ()), ("set-aside", ()), ("assessor-add", ()), ("late", ()),
        ("assessment", ()), ("finish", ()), ("prolong", ()), ("withdraw", ()), ("one", (other.reference,)),
        ("one-rule-out", (other.reference,)), ("one-organisation", (other.reference,)),
        ("moderate", (other.reference, key)), ("assessor-end", (assessor.pk,)),
    ):  # fmt: skip
        seen[route] = page(client, route, slug, *args, status=403)
    for route in ("freeze", "draw"):
        seen[route] = page(client, route, slug, status=403, go="1")
    for route, body in seen.items():
        assert APPLIED in body, route
        assert "Applicant 1" not in body, route
    told = page(client, "call", slug)
    assert APPLIED in told  # the greyed button says why
    assert live.call not in to_do(viewer_for(person, datetime.now(UTC)))
    page(browser(live.somebody("Asha Assessor")), "to-assess", slug)


def test_who_may_read_what_is_sent_in_is_told_before_they_begin_and_at_their_mailed_address(live: CallWorld) -> None:
    officer, slug = live.groups.officer(), live.call.slug
    person, other = Person.objects.get(name=officer.name), send(live, 1)
    client = browser(officer)
    assert "Applicant 1" in page(client, "work", slug)
    for answer in (client.get(f"/calls/{slug}/express/", follow=True),
                   client.post(f"/calls/{slug}/express/", {"name": "Me"}, follow=True)):  # fmt: skip
        assert COULD_READ in answer.content.decode()
    assert Expression.objects.count() == 1
    unproved = {"state": "draft", "confirmed_at": None, "submitted_at": None}
    Expression.objects.filter(pk=other.pk).update(email=person.email, **unproved)
    token = way_back(other, datetime.now(UTC)).rstrip("/").rsplit("/", 1)[1]
    assert COULD_READ in Client().get(f"/calls/mine/{token}/?form=1").content.decode()
    refused = Client().post(f"/calls/mine/{token}/", {"act": "save"})
    assert refused.status_code == 409
    assert COULD_READ in refused.content.decode()
    until = day("until", timezone.localdate() + timedelta(days=2))
    late = {"name": "Me", "email": person.email or "", "reason": "Our fault", **until}
    told = browser(live.groups.officer()).post(f"/calls/{slug}/run/late/", late).content.decode()
    assert "Their duty lets them read what is sent in to this call" in told


def test_an_officer_named_to_assess_who_applied_is_told_on_the_page_too(live: CallWorld) -> None:
    viewer, _assessor = named_after_applying(live, datetime.now(UTC))
    close(live, "assessing")
    client, slug = browser(viewer), live.call.slug
    assert APPLIED in page(client, "to-assess", slug, status=403)
    assert "Open what you assess" not in page(client, "call", slug)
    assert "applied since" in page(browser(live.groups.officer()), "work", slug)


def test_an_officer_declares_an_interest_on_the_page_and_another_lifts_it(live: CallWorld) -> None:
    officer, slug = live.groups.officer(), live.call.slug
    client, other = browser(officer), browser(live.groups.officer())
    send(live, 1)
    assert "Declare an interest" in page(client, "call", slug)
    refused = client.post(f"/calls/{slug}/run/interest/", {"note": ""})
    assert "What the interest is" in refused.content.decode()
    assert not live.call.interests.exists()
    told = client.post(f"/calls/{slug}/run/interest/", {"note": "My sister applies."}, follow=True)
    assert "The call is closed to you" in told.content.decode()
    assert "You declared an interest in this call" in page(client, "work", slug, status=403)
    seen = page(other, "work", slug)
    assert "My sister applies." in seen
    key = live.call.interests.get().pk
    assert "may run and decide this call again" in page(other, "interest-lift", slug, key)
    other.post(f"/calls/{slug}/run/interests/{key}/lift/")
    assert "Applicant 1" in page(client, "work", slug)


def test_who_assesses_is_told_before_they_begin_and_at_their_mailed_address(live: CallWorld) -> None:
    viewer, assessor = live.assessor()
    slug = live.call.slug
    part = "You assess this call, or had a part in deciding it"
    assert part in browser(viewer).get(f"/calls/{slug}/express/", follow=True).content.decode()
    begun = send(live, 1)
    Expression.objects.filter(pk=begun.pk).update(email=assessor.person.email)
    token = way_back(begun, datetime.now(UTC)).rstrip("/").rsplit("/", 1)[1]
    answer = Client().get(f"/calls/mine/{token}/?form=1")
    assert part in answer.content.decode()
    assert "Change" not in page(Client(), "by-link", token).replace("What changed", "")
    assert Client().post(f"/calls/mine/{token}/", {"act": "save"}).status_code == 409

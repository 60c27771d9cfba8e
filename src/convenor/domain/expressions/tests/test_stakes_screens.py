"""The pages of a call for an officer or assessor who has a stake in it: they say so, and show nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.domain.expressions.queries.tasks import to_do
from convenor.domain.expressions.tests.test_screens import browser, close, live, page, send
from convenor.domain.expressions.tests.test_stakes import APPLIED, applies
from convenor.domain.expressions.tests.world import CallWorld

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
__all__ = ["live"]


def test_the_pages_say_so_and_show_nothing_of_the_others(live: CallWorld) -> None:
    officer, (_viewer, assessor) = live.groups.officer(), live.assessor()
    person = Person.objects.get(name=officer.name)
    other = send(live, 1)
    client, slug = browser(officer), live.call.slug
    assert "You step aside from this call" in page(client, "begin", slug)
    assert live.call in to_do(viewer_for(person, datetime.now(UTC)))
    applies(live, officer, datetime.now(UTC))
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


def test_an_officer_named_to_assess_who_applied_is_told_on_the_page_too(live: CallWorld) -> None:
    viewer, _assessor = live.assessor()
    applies(live, viewer, datetime.now(UTC))
    close(live, "assessing")
    client, slug = browser(viewer), live.call.slug
    assert APPLIED in page(client, "to-assess", slug, status=403)
    assert "Open what you assess" not in page(client, "call", slug)
    assert "applied since" in page(browser(live.groups.officer()), "work", slug)

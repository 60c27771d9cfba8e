"""A caretaker period and calls: publishing, results with their offers, later offers wait; answers to offers do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from convenor.core.accounts.models import Duty
from convenor.core.journal.models import Value
from convenor.core.records import caretaker
from convenor.core.records.commands.caretaker import begin_caretaker
from convenor.core.records.rules import CaretakerFacts, Refused
from convenor.domain.expressions.commands.offering import accept_offer, decline_offer, make_offers, offer_next
from convenor.domain.expressions.models import Offer
from convenor.domain.expressions.tests.world import CallWorld
from convenor.domain.groups.tests.test_screens import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "The advice is due before the day of the election."


def begin(world: CallWorld, now: datetime) -> None:
    begin_caretaker(by=world.by, facts=CaretakerFacts(localdate(now), None, "An election is to be held."), now=now)


def waits(act: Callable[[], Any]) -> Any:
    """Refused without a reason; done with one, which the history keeps."""
    with pytest.raises(Refused) as no:
        act()
    assert {breach.code for breach in no.value.breaches} == {"caretaker"}
    with caretaker.overriding(WHY):
        made = act()
    assert WHY in Value.objects.filter(field="caretaker_reason").values_list("after", flat=True)
    return made


def test_a_call_is_not_published_without_a_reason(present: CallWorld) -> None:
    begin(present, present.now)
    assert waits(present.publish).state == "published"


def test_results_and_offers_wait_and_answers_do_not(present: CallWorld) -> None:
    present.publish()
    present.send_many(7)
    present.begin_assessment()
    present.select()
    at = present.closed
    begin(present, at)
    offers: list[Offer] = waits(lambda: make_offers(by=present.by, call=present.call, days=5, now=at))
    decline_offer(by=present.holder(offers[0].expression), offer=offers[0], now=at)
    done = accept_offer(by=present.holder(offers[1].expression), offer=offers[1], now=at)
    assert done.state == "accepted"
    assert Value.objects.filter(field="caretaker_reason", after__startswith="They accepted a place").exists()
    waits(lambda: offer_next(by=present.by, call=present.call, days=5, now=at))


def test_the_page_that_publishes_asks_and_keeps_the_answer(present: CallWorld) -> None:
    officer: Client = signed_in(present.groups, Duty.SECRETARIAT)
    url = f"/calls/{present.call.slug}/publish/"
    assert "caretaker_reason" not in officer.get(url).content.decode()
    begin(present, present.now)
    assert "caretaker_reason" in officer.get(url).content.decode()
    page = officer.post(url, {"caretaker_reason": ""}).content.decode()
    assert "A caretaker period has begun on" in page
    assert 'name="caretaker_reason"' in page
    assert officer.post(url, {"caretaker_reason": WHY}).status_code == 302
    assert WHY in Value.objects.filter(field="caretaker_reason").values_list("after", flat=True)

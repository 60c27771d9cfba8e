from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from convenor.core.records import commands, queries
from convenor.core.records.models import Audience, Record
from convenor.core.records.rules import AUDIENCE, PUBLIC, SEALED, DutyHeld, Membership, Viewer, anonymous

pytestmark = pytest.mark.django_db


def make(now: datetime, title: str, visibility: str = PUBLIC, audience: Audience | None = None) -> Record:
    with transaction.atomic():
        return commands.create_record(
            kind="organisation", title=title, now=now, visibility=visibility, audience=audience
        )


def titles(viewer: Viewer) -> set[str]:
    return set(Record.objects.visible_to(viewer).values_list("title", flat=True))


@pytest.fixture
def three(now: datetime) -> dict[str, Record]:
    members = commands.audience("group:1:members", "Members")
    return {
        "public": make(now, "public"),
        "audience": make(now, "audience", AUDIENCE, members),
        "sealed": make(now, "sealed", SEALED),
    }


def test_anybody_sees_what_is_public(three: dict[str, Record], now: datetime) -> None:
    assert titles(anonymous(now)) == {"public"}


def test_a_member_sees_what_their_audience_was_shown_since_they_joined(three: dict[str, Record], now: datetime) -> None:
    key = three["audience"].audience_id
    assert key is not None
    before = Viewer(now=now, person_id=1, memberships=(Membership(key, now - timedelta(days=1)),))
    after = Viewer(now=now, person_id=1, memberships=(Membership(key, now + timedelta(seconds=1)),))
    assert titles(before) == {"public", "audience"}
    assert titles(after) == {"public"}


def test_a_denial_beats_everything(three: dict[str, Record], now: datetime) -> None:
    viewer = Viewer(
        now=now, person_id=1, allowed=frozenset([three["sealed"].pk]), denied=frozenset([three["public"].pk])
    )
    assert titles(viewer) == {"sealed"}


def test_the_site_secretariat_reads_all_but_sealed(three: dict[str, Record], now: datetime) -> None:
    viewer = Viewer(now=now, person_id=1, duties=frozenset([DutyHeld("secretariat")]))
    assert titles(viewer) == {"public", "audience"}


def test_a_duty_over_one_record_reads_no_audiences(three: dict[str, Record], now: datetime) -> None:
    viewer = Viewer(now=now, person_id=1, duties=frozenset([DutyHeld("secretariat", three["public"].pk)]))
    assert titles(viewer) == {"public"}


def test_publishing_gives_a_numbered_ref_and_the_old_one_still_leads_there(now: datetime) -> None:
    sealed = make(now, "sealed", SEALED)
    old = sealed.ref
    assert not commands.is_numbered(old)
    with transaction.atomic():
        commands.show_to(sealed, now=now, visibility=PUBLIC)
    assert sealed.ref == f"ORG-{now.year}-001"
    assert queries.access_record(anonymous(now), old) == sealed

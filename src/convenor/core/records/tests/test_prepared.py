"""What is prepared for all who read alike says to each what the query itself says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from convenor.core.records.models import Audience, Record
from convenor.core.records.prepared import PreparedFor, reads_as
from convenor.core.records.rules import DutyHeld, Membership, Viewer, anonymous, system

pytestmark = pytest.mark.django_db


def called(viewer: Viewer, title: Any) -> QuerySet[Record]:
    return Record.objects.visible_to(viewer).filter(title=title).order_by("pk")


@pytest.fixture
def rows(now: datetime) -> list[Record]:
    audience = Audience.objects.create(key="some", label="Some")
    made = []
    for number, (visibility, to) in enumerate([("public", None), ("audience", audience), ("sealed", None)]):
        made.append(
            Record.objects.create(
                kind="group", ref=f"G-{number}", title="Same", visibility=visibility, audience=to,
                published_at=now, created_at=now,
                withheld_reason="" if visibility == "public" else "It is not for all.",
            )
        )  # fmt: skip
    return made


def test_each_reads_what_the_query_itself_gives(rows: list[Record], now: datetime) -> None:
    public, some, sealed = (row.pk for row in rows)
    nobody = anonymous(now)
    member = replace(nobody, person_id=1, memberships=(Membership(rows[1].audience_id or 0, None),))
    later = replace(nobody, person_id=2, memberships=(Membership(rows[1].audience_id or 0, now + timedelta(days=1)),))
    officer = replace(nobody, person_id=3, duties=frozenset({DutyHeld("secretariat", None)}))
    barred = replace(officer, denied=frozenset({public}))
    let_in = replace(nobody, person_id=4, allowed=frozenset({sealed}))
    prepared = PreparedFor(called)
    wanted = [
        (nobody, "public", [public]),
        (member, "", [public, some]),
        (later, "", [public]),
        (officer, "every audience", [public, some]),
        (barred, "", [some]),
        (let_in, "", [public, sealed]),
        (replace(nobody, person_id=5, name="Another"), "public", [public]),
        (system(now), "system", [public, some, sealed]),
    ]
    for _again in range(2):  # the second time with what was prepared
        for viewer, who, keys in wanted:
            assert reads_as(viewer) == who
            assert [row.pk for row in prepared.rows(viewer, title="Same")] == keys
            assert prepared.rows(viewer, title="Another") == []

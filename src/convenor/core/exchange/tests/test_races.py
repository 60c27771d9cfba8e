"""Two workers at once: on two uploads of one file, and on one upload."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from convenor.core.exchange.commands import advance, check_upload, confirm
from convenor.core.exchange.models import ImportBatch, Origin
from convenor.core.exchange.queries import outcomes
from convenor.core.exchange.tests.samples import NOTES, rows_per_chunk
from convenor.core.records.models import Record
from convenor.core.records.rules import Viewer
from tests.at_once import at_once

ROWS = 12


def confirmed(by: Viewer) -> ImportBatch:
    content = "id,title\n" + "".join(f"{number},Note {number}\n" for number in range(ROWS))
    batch = check_upload(
        by=by, resource=NOTES, source="register", filename="n.csv", content=content.encode(), now=by.now
    )
    return confirm(by=by, batch=batch, without_bad=False, now=by.now)


def run_at_once(batches: list[ImportBatch], by: Viewer) -> list[BaseException]:
    return at_once(*(partial(advance, batch=batch, now=by.now, seconds=60) for batch in batches))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", [True, False])
def test_nothing_is_made_twice(by_system: Viewer, monkeypatch: pytest.MonkeyPatch, shared: bool) -> None:
    rows_per_chunk(3, monkeypatch)
    first = confirmed(by_system)
    second = first if shared else confirmed(by_system)
    assert run_at_once([first, second], by_system) == []
    titles = Counter(Record.objects.filter(kind="note").values_list("title", flat=True))
    assert titles == {f"Note {number}": 1 for number in range(ROWS)}
    assert Origin.objects.exclude(record=None).count() == ROWS
    together = Counter(outcomes(first)) + (Counter() if shared else Counter(outcomes(second)))
    assert together["created"] == ROWS
    assert together["unchanged"] == (0 if shared else ROWS)

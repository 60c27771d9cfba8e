"""Eight load at once. Run as a script on the database of DATABASE_URL; prints what came of it as JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import django

from tests.at_once import race

RACERS = 8
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def main() -> None:
    """All load the same first version; then each loads a second version of its own, seen against the first."""
    django.setup()
    from convenor.core.records.rules import system
    from convenor.domain.engagement.commands import load_model
    from convenor.domain.engagement.models import ModelVersion
    from convenor.domain.engagement.tests.conftest import SEEDS, organisation

    organisation("Australian Taxation Office", "ato", NOW)
    text = Path(SEEDS / "dsp.yaml").read_text(encoding="utf-8")
    load = partial(load_model, by=system(NOW), now=NOW)
    first = race([partial(load, text=text, in_force_from=date(2026, 1, 1))] * RACERS)
    others = [text.replace("maximum: 12", f"maximum: {20 + n}") for n in range(RACERS)]
    second = race([partial(load, text=other, in_force_from=date(2026, 7, 1), expected=2) for other in others])
    versions = list(ModelVersion.objects.order_by("number").values_list("number", flat=True))
    print(json.dumps({"first": first, "second": second, "versions": versions}))


if __name__ == "__main__":
    main()

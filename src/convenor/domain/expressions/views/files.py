"""The file by which a selection is drawn again: whole for who took part and who runs it, for others where it may."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.utils.translation import gettext as _

from convenor.domain.expressions.models import Call, Draw, RuleAside


def selection_file(call: Call, draw: Draw, *, whole: bool) -> HttpResponse:
    """Inputs, chances, seed, outcome, by private references; without `whole`, of the first two the digests only."""
    told = {
        "call": call.record.ref,
        "selection": draw.number,
        "method": draw.method,
        "frozen_at": draw.frozen_at,
        "inputs_sha256": draw.digest,
        "inputs": draw.inputs if whole else "",
        "chances_sha256": draw.distribution_digest,
        "chances": draw.distribution if whole else "",
        "withheld": "" if whole else withheld(),
        "seal_number": draw.seal_number,
        "seal_hash": draw.seal_hash,
        "secret": draw.secret,
        "seed": draw.seed,
        "seed_is": "SHA-256 of <secret>/<seal_hash>",
        "drawn_at": draw.drawn_at,
        "chosen": draw.chosen,
        "reserve": draw.reserve,
        "set_aside": draw.replaced_reason,
        "rules_set_aside": [
            {"rule": each.label, "key": each.rule, "at": each.at, "reason": each.reason}
            for each in RuleAside.objects.filter(draw=draw).order_by("at", "pk")
        ],
    }
    body = json.dumps(told, indent=1, default=lambda value: value.isoformat(), ensure_ascii=False)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{call.record.ref}-selection-{draw.number}.json"'
    return response


def withheld() -> str:
    """Why not everybody gets the whole of it."""
    return _(
        "Inputs and chances are withheld here: fewer than five people share some of the answers in them, and could be "
        "found by those who know them. Everybody who took part gets the whole file on their own page."
    )

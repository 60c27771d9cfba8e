"""Selecting: inputs are frozen and sealed first; only then is a lottery's seed drawn. A redraw says why, in public."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from convenor.core.journal.commands import seal
from convenor.core.journal.models import ChainLink, Entry, Seal
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import steps
from convenor.domain.expressions.models import Call, Draw, Expression, Offer
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.rules import calls
from convenor.domain.expressions.rules import selection as rules
from convenor.domain.groups.rules.terms import reason_needed

FROZEN = "call.selection-frozen"


def freeze_selection(*, by: Viewer, call: Call, now: datetime, despite: bool = False) -> Draw:
    """Fix everything the selection looks at, and write its digest into the public journal.

    Refused with the sentences of the rules that block, where no selection could keep them. `despite`: it is known
    that the rules leave some without any chance; refused where it is not.
    """
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(call.state, calls.ASSESSING))
        if facts.current_draw(call) is not None:
            refuse_if([Breach("frozen-already", _("The inputs are frozen already."))])
        refuse_if(_unready(call))
        panel, entrants = facts.panel_of(call), facts.entrants_of(call)
        refuse_if(rules.blocking(panel, entrants))
        frozen = rules.freeze(panel, entrants, call.method)
        spread = _chances(frozen) if call.method == rules.LOTTERY else None
        refuse_if([] if despite or spread is None else rules.chanceless(spread))
        last = Draw.objects.filter(call=call).aggregate(last=Max("number"))["last"] or 0
        draw = Draw.objects.create(
            call=call,
            number=last + 1,
            method=call.method,
            inputs=frozen.text,
            digest=frozen.digest,
            distribution=spread.text if spread else "",
            distribution_digest=spread.digest if spread else "",
            frozen_at=now,
        )
        told = {
            "selection": draw.number, "method": call.method, "entrants": len(entrants), "seats": panel.seats,
            "inputs_digest": draw.digest, "chances_digest": draw.distribution_digest,
        }  # fmt: skip
        steps.note(by, FROZEN, call.record, now, steps.all_new(told))
        return draw


def draw_selection(*, by: Viewer, call: Call, now: datetime) -> Draw:
    """Draw the lots (or rank), once, from what was frozen and sealed before.

    The seed is the SHA-256 of 256 random bits and of the hash of a seal that covers the freeze: nobody could know it
    when the inputs were fixed, and nobody can fix inputs afterwards.
    """
    permissions.may_edit_call(by, call).require()
    over = _sealed_over(call, now)
    with transaction.atomic():
        call = steps.opened(by, call)
        draw = Draw.objects.select_for_update().filter(call=call, replaced_at=None).first()
        if draw is None:
            raise Refused([Breach("freeze-first", _("Freeze the inputs first."))])
        if draw.drawn_at is not None:
            refuse_if([Breach("drawn-already", _("The selection has been made: there is one draw a call."))])
        draw.secret, draw.seal_number, draw.seal_hash = secrets.token_hex(32), over.number, over.hash
        draw.seed = seed_of(draw.secret, draw.seal_hash)
        draw.chosen, draw.reserve = _drawn(draw)
        draw.drawn_at = now
        draw.save()
        _place(call, draw)
        changes = steps.state_change(call, calls.SELECTED)
        told = {"selection": draw.number, "seed": draw.seed, "secret": draw.secret, "seal": draw.seal_number,
                "chosen": len(draw.chosen), "reserve": len(draw.reserve)}  # fmt: skip
        steps.note(by, "call.selection-drawn", call.record, now, {**changes, **steps.all_new(told)})
        return draw


def set_aside_selection(*, by: Viewer, call: Call, reason: str, now: datetime) -> Call:
    """Set a selection aside, with a public reason, so that another can be frozen. The first is kept for all to see."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(call.state, calls.ASSESSING, calls.SELECTED))
        draw = facts.current_draw(call)
        if draw is None:
            raise Refused([Breach("nothing-drawn", _("There is no selection to set aside."))])
        refuse_if(reason_needed(reason, _("Say why, in public.")))
        if Offer.objects.filter(call=call).exists():
            text = _("Offers have been made from it: it stands.")
            refuse_if([Breach("offers-made", text)])
        draw.replaced_at, draw.replaced_reason = now, reason.strip()[:300]
        draw.save(update_fields=["replaced_at", "replaced_reason"])
        Expression.objects.filter(call=call).update(standing=Expression.Standing.WAITING, place=None)
        changes = steps.state_change(call, calls.ASSESSING)
        told = steps.all_new({"selection": draw.number})
        steps.note(by, "call.selection-set-aside", call.record, now, {**changes, **told}, reason)
        return call


def seed_of(secret: str, seal_hash: str) -> str:
    """SHA-256 of "<secret>/<hash of the seal>", in hexadecimal digits."""
    return hashlib.sha256(f"{secret}/{seal_hash}".encode()).hexdigest()


def _chances(frozen: rules.Frozen) -> rules.Lottery:
    try:
        return rules.chances(frozen)
    except rules.Impossible as impossible:
        raise Refused(impossible.breaches) from impossible


def _unready(call: Call) -> list[Breach]:
    """Where scores count, everybody who takes part has one."""
    if call.method != calls.RANKED and not call.pass_mark:
        return []
    rows = [each for each in facts.standings(call) if not each.expression.ruled_out]
    open_rows = [each for each in rows if each.total is None or not each.all_scored]
    if not open_rows:
        return []
    references = ", ".join(each.expression.reference for each in open_rows[:5])
    text = _(
        "%(n)d are not scored by everybody who opened them: %(which)s. Score them, or rule them out with a reason."
    )
    return [Breach("not-all-scored", text % {"n": len(open_rows), "which": references})]


def _sealed_over(call: Call, now: datetime) -> Seal:
    """A seal that covers the freeze, made now where there is none yet."""
    draw = facts.current_draw(call)
    if draw is None:
        raise Refused([Breach("freeze-first", _("Freeze the inputs first."))])
    entry = Entry.objects.filter(record=call.record_id, verb=FROZEN).order_by("-pk").first()
    link = ChainLink.objects.filter(entry=entry).first()
    while entry is not None and link is None and seal(now, whole=True) is not None:
        link = ChainLink.objects.filter(entry=entry).first()
    over = Seal.objects.filter(number__gte=link.number).order_by("number").first() if link is not None else None
    if over is None:
        raise Refused([Breach("not-sealed", _("The freeze is not sealed yet. Try again in a minute."))])
    return over


def _drawn(draw: Draw) -> tuple[list[str], list[str]]:
    """Who is chosen and who is in reserve, in order, by references."""
    frozen = facts.frozen_of(draw)
    if draw.method == rules.LOTTERY:
        drawn = rules.draw(frozen, draw.seed, rules.read_lottery(draw.distribution))
        return list(drawn.chosen), list(drawn.reserve)
    ranking = rules.rank(frozen, draw.seed)
    return list(ranking.chosen), list(ranking.reserve)


def _place(call: Call, draw: Draw) -> None:
    """Write on each expression what became of it."""
    rows = {each.reference: each for each in Expression.objects.filter(call=call)}
    _stand(rows, draw.chosen, Expression.Standing.CHOSEN)
    _stand(rows, draw.reserve, Expression.Standing.RESERVE)
    placed = {*draw.chosen, *draw.reserve}
    for reference, row in rows.items():
        if reference not in placed and row.state == Expression.State.SUBMITTED:
            row.standing, row.place = Expression.Standing.NOT_CHOSEN, None
    Expression.objects.bulk_update(rows.values(), ["standing", "place"])


def _stand(rows: dict[str, Expression], references: Sequence[str], standing: str) -> None:
    for place, reference in enumerate(references, start=1):
        rows[reference].standing, rows[reference].place = standing, place

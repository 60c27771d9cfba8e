"""What the worker does for uploads."""

from __future__ import annotations

from datetime import datetime

from convenor.core.exchange.commands import check_again, run_chunk
from convenor.core.exchange.queries import moving_batch, unread_batch


def next_chunk(now: datetime) -> bool:
    """Load, or take back, the next few rows of the upload that waits longest; False when none does.

    One whose check was cut off is checked again when nothing else waits, so that none that fails holds up the others.
    """
    if (batch := moving_batch()) is not None:
        run_chunk(batch_id=batch.pk, now=now)
        return True
    if (cut_off := unread_batch(now)) is not None:
        check_again(batch=cut_off, now=now)
        return True
    return False

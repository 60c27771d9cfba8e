"""Doing what a program asks, once under each key it names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from convenor.core.exchange import rules
from convenor.core.exchange.acts import Act, Call
from convenor.core.exchange.models import ActAnswer
from convenor.core.exchange.present import absolute
from convenor.core.records.models import Record
from convenor.core.records.rules import Breach, Refused
from convenor.kit.structs import struct


@struct
class Once:
    """Under which key somebody has something done, and what: the digest of the address and the body."""

    person_id: int
    key: str
    digest: str

    @property
    def key_hash(self) -> str:
        return hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()


@struct
class Answer:
    """What the program is told; `again`: it was told that before, and nothing was done now."""

    status: int
    body: str
    again: bool = False


def answered(once: Once, now: datetime) -> Answer | None:
    """What was answered under this key before; Refused when it was sent with something else."""
    kept = ActAnswer.objects.filter(person=once.person_id, key_hash=once.key_hash, at__gt=now - rules.ANSWER_KEPT)
    found = kept.first()
    if found is None:
        return None
    if found.digest != once.digest:
        text = _("This Idempotency-Key was used for something else within the last day. Use a new one for each act.")
        raise Refused([Breach("key-reused", text, "Idempotency-Key")])
    return Answer(found.status, found.body, again=True)


def do_act(act: Act, call: Call, once: Once | None) -> Answer:
    """Do it, and keep the answer with it: both or neither. Two who ask at once under one key get one answer."""
    if once is None:
        with transaction.atomic():
            return _perform(act, call)
    return _do_once(once, call.now, lambda: _perform(act, call))


def _do_once(once: Once, now: datetime, perform: Callable[[], Answer]) -> Answer:
    with transaction.atomic():
        mine = ActAnswer.objects.filter(person=once.person_id, key_hash=once.key_hash)
        mine.filter(at__lte=now - rules.ANSWER_KEPT).delete()
        before = answered(once, now)
        if before is not None:
            return before
        kept = ActAnswer(person_id=once.person_id, key_hash=once.key_hash, digest=once.digest, at=now)
        try:
            with transaction.atomic():
                kept.save()
        except IntegrityError:
            other = answered(once, now)
            if other is None:
                raise
            return other
        answer = perform()
        kept.status, kept.body = answer.status, answer.body
        kept.save(update_fields=["status", "body"])
        return answer


def _perform(act: Act, call: Call) -> Answer:
    done = act.perform(call)
    said = {"act": act.operation, **_named(done.record), **done.more}
    return Answer(201 if act.makes else 200, json.dumps(said, ensure_ascii=False))


def _named(record: Record | None) -> dict[str, str]:
    return {"ref": record.ref, "url": absolute(f"/r/{record.ref}")} if record else {}


def forget_answers(now: datetime) -> None:
    """Forget answers that are older than rules.ANSWER_KEPT."""
    ActAnswer.objects.filter(at__lte=now - rules.ANSWER_KEPT).delete()

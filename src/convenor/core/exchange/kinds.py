"""Nothing of an upload or of a program's answer is public; the worker goes on with what is under way, and forgets."""

from __future__ import annotations

from convenor.core.clock.schedules import Job, daily, register_round
from convenor.core.clock.schedules import register as register_job
from convenor.core.exchange.commands import forget_answers, tidy
from convenor.core.exchange.declare import add_list
from convenor.core.exchange.jobs import next_chunk
from convenor.core.exchange.several import resource_of_several
from convenor.core.records.registry import registry


def register() -> None:
    for model in ("ImportBatch", "ImportFile", "ImportRow", "Origin", "KeptMapping", "ActAnswer"):
        registry.add_public_fields(f"exchange.{model}")
    add_list(resource_of_several())
    register_round("exchange.uploads", next_chunk)
    register_job(Job("exchange.tidy", daily(4, 15), tidy))
    register_job(Job("exchange.forget-answers", daily(4, 25), forget_answers))

"""Every job of the product, run under a disposal freeze of every kind: nothing is lost; after the lift it goes.

No list of purging jobs: all that are registered are run, five years ahead, over a world in which everything is due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import F, Model
from django.utils.timezone import localdate

from convenor.core.accounts.commands import erase_person
from convenor.core.clock.schedules import jobs
from convenor.core.exchange.models import ImportBatch
from convenor.core.journal.commands import erase_values
from convenor.core.journal.models import Entry
from convenor.core.notify.models import Message
from convenor.core.records.commands.freezes import lift_freeze, set_freezes
from convenor.core.records.models import Freeze
from convenor.core.records.registry import registry
from convenor.core.records.rules import FreezeFacts, Frozen
from convenor.domain.expressions.commands.assessing import lift_declaration
from convenor.domain.expressions.models import Call, Declaration, Expression
from convenor.domain.groups.commands.joining import withdraw_request
from convenor.domain.groups.commands.tor import discard_draft
from convenor.domain.groups.models import GroupMail, JoinInvitation, JoinRequest, TermsOfReference
from tests.world import World

pytestmark = pytest.mark.django_db

TECHNICAL: Final[dict[str, str]] = {
    "accounts.SignedLink": "tokens of signed links",
    "accounts.ApiToken": "tokens of the API",
    "accounts.SharedCache": "counters",
    "journal.OutboxItem": "leases",
    "journal.ScheduledRun": "leases",
    "journal.Heartbeat": "leases",
    "exchange.ActAnswer": "answers kept a day for a repeat",
    "expressions.ReturnLink": "tokens of signed links",
    "groups.Overlap": "computed anew each night",
    "groups.PlaceWatch": "a subscription, ended when it was served",
    "search.Document": "the index",
}
"""Models whose rows may go whatever is frozen."""

LATER: Final = timedelta(days=5 * 366)
PURGED: Final = (
    "notify.Message", "expressions.Expression", "groups.JoinRequest", "groups.JoinInvitation", "groups.GroupMail",
    "exchange.ImportFile", "expressions.Offer", "expressions.Score",
)  # fmt: skip
"""What the jobs do destroy when its day has come: proof that the world holds something to destroy."""

Held = Mapping[tuple[str, Any], frozenset[str]]
"""(model, key) → its fields that hold something."""


def held() -> Held:
    """Every row of ours that is no technical one."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("convenor.")]
    return {
        (model._meta.label, row.pk): filled(row)
        for model in ours
        if model._meta.label not in TECHNICAL
        for row in model._default_manager.all()
    }


def filled(row: Model) -> frozenset[str]:
    """The texts and files of a row that are not empty."""
    kinds = ("CharField", "TextField", "JSONField", "BinaryField", "EmailField")
    texts = [field.attname for field in row._meta.concrete_fields if field.get_internal_type() in kinds]
    return frozenset(name for name in texts if getattr(row, name))


def lost(before: Held) -> set[str]:
    """The models of which rows are gone, or texts were emptied, since."""
    after = held()
    return {key[0] for key, texts in before.items() if key not in after or not texts <= after[key]}


def all_due(now: datetime) -> None:
    """Whatever has a day: it has come."""
    Message.objects.update(done_at=now, sent_at=now, text="Kept.", bounced_at=None)
    Message.objects.filter(pk=Message.objects.earliest("pk").pk).update(failed_at=now)
    long_ago = localdate(now) - timedelta(days=1)
    for model in (JoinRequest, JoinInvitation, GroupMail):
        model.objects.update(purge_on=long_ago)
    Call.objects.filter(purged_at=None).update(purge_on=F("outcome_by") + timedelta(days=1))
    ImportBatch.objects.filter(state__in=("running", "undoing", "reading")).update(state="done")
    JoinInvitation.objects.update(state="declined")
    drafts = Expression.objects.filter(state="draft")
    drafts.update(confirmed_at=None, late_until=None)


def freeze_all(world: World, now: datetime) -> None:
    for freeze in Freeze.objects.filter(lifted_at=None):
        lift_freeze(by=world.by, freeze=freeze, reason="To set all at once.", now=now)
    kinds = tuple(sorted(registry.kinds))
    set_freezes(by=world.by, facts=FreezeFacts(kinds, localdate(now), "An inquiry.", "RN 1/2026"), now=now)


@pytest.mark.parametrize("name", sorted(jobs))
def test_no_job_destroys_what_is_frozen(world: World, name: str) -> None:
    all_due(world.now)
    freeze_all(world, world.now)
    before = held()
    jobs[name].run(world.now + LATER)
    assert lost(before) == set()


def test_after_the_lift_purges_go_on_by_themselves(world: World) -> None:
    all_due(world.now)
    freeze_all(world, world.now)
    for freeze in Freeze.objects.filter(lifted_at=None):
        lift_freeze(by=world.by, freeze=freeze, reason="The inquiry has reported.", now=world.now)
    before = held()
    for job in jobs.values():
        job.run(world.now + LATER)
    assert set(PURGED) - lost(before) == set()


def test_a_freeze_that_has_not_begun_holds_nothing(world: World) -> None:
    all_due(world.now)
    set_freezes(
        by=world.by,
        facts=FreezeFacts(("group",), localdate(world.now + 2 * LATER), "An inquiry.", "RN 1/2026"),
        now=world.now,
    )
    before = held()
    jobs["groups.purge"].run(world.now + LATER)
    assert "groups.JoinRequest" in lost(before)


def freeze_one(world: World, kind: str) -> None:
    facts = FreezeFacts((kind,), localdate(world.now), "An inquiry.", "RN 1/2026")
    set_freezes(by=world.by, facts=facts, now=world.now)


def refused(act: Callable[[], object]) -> str:
    """What an act is told that a freeze forbids; nothing is lost by it."""
    before = held()
    with pytest.raises(Frozen) as no, transaction.atomic():
        act()
    assert lost(before) == set()
    return str(no.value)


@pytest.mark.parametrize(
    ("role", "kind"),
    [("person", "call"), ("member", "person"), ("member", "group"), ("person", "group")],
    ids=["sent something in", "has a page", "sits somewhere", "is shut out of one, with a reason"],
)
def test_erasing_a_person_is_refused_in_words(world: World, role: str, kind: str) -> None:
    def erase() -> None:
        erase_person(
            by=world.by, person=world.people[role], authority="They asked.", now=world.now + timedelta(minutes=1)
        )

    freeze_one(world, kind)
    assert "disposal freeze" in refused(erase)
    lift_freeze(by=world.by, freeze=Freeze.objects.get(kind=kind), reason="Over.", now=world.now)
    erase()


def test_a_freeze_of_something_else_holds_up_no_erasure(world: World) -> None:
    freeze_one(world, "engagement-model")
    erase_person(
        by=world.by, person=world.people["member"], authority="They asked.", now=world.now + timedelta(minutes=1)
    )


def test_erasing_what_the_history_says_is_refused(world: World) -> None:
    freeze_one(world, "group")
    entry = Entry.objects.filter(record=world.row("group").record).earliest("pk")
    fields = list(entry.values.values_list("field", flat=True))
    refused(lambda: erase_values(by=world.by, entry=entry, fields=fields, authority="APP 11.2", now=world.now))


def test_a_request_taken_back_is_kept_until_the_lift(world: World) -> None:
    freeze_one(world, "group")
    asked = JoinRequest.objects.filter(state="waiting").earliest("pk")
    withdraw_request(by=world.by, request=asked, now=world.now)
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    jobs["groups.purge"].run(world.now + LATER)
    assert JoinRequest.objects.filter(pk=asked.pk).exists()
    lift_freeze(by=world.by, freeze=Freeze.objects.get(kind="group"), reason="Over.", now=world.now)
    jobs["groups.purge"].run(world.now + LATER)
    assert not JoinRequest.objects.filter(pk=asked.pk).exists()


def test_a_draft_is_not_thrown_away(world: World) -> None:
    freeze_one(world, "group")
    draft = TermsOfReference.objects.filter(endorsed_on=None, group__record__state="live").earliest("pk")
    refused(lambda: discard_draft(by=world.by, version=draft, reason="No longer wanted.", now=world.now))


def test_a_declared_interest_is_not_taken_out(world: World) -> None:
    freeze_one(world, "call")
    declared = Declaration.objects.filter(expression__call=world.row("call")).earliest("pk")
    Call.objects.filter(pk=declared.expression.call_id).update(state="assessing")
    refused(lambda: lift_declaration(by=world.by, declaration=declared, now=world.now))

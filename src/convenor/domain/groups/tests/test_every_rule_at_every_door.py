"""Every rule of the rule book that groups are held to is broken here by a specimen, through every door.

The list is generated from RULES: a new rule fails until it has a specimen, or says in `held` that something else holds
it, and stands in HELD_ELSEWHERE by name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import field
from datetime import date, timedelta
from typing import Any, Final

import pytest
from django.test import Client
from django.utils import timezone

from convenor.core.accounts.models import Duty
from convenor.core.exchange.commands import advance, check_upload, confirm
from convenor.core.exchange.resources import resources
from convenor.core.records.rules import Refused
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.models import GroupType
from convenor.domain.engagement.queries import effective_rules as rules_of_type
from convenor.domain.engagement.queries.loading import plan_load
from convenor.domain.engagement.rules import RULES, said
from convenor.domain.engagement.rules.overriding import stated
from convenor.domain.engagement.rules.reading import parse
from convenor.domain.engagement.rules.rulebook import rule_of
from convenor.domain.groups.commands.appointments import end_appointment
from convenor.domain.groups.commands.groups import GroupFacts, edit_group
from convenor.domain.groups.commands.overrides import add_override
from convenor.domain.groups.commands.parents import ParentFacts, end_parent, set_parent
from convenor.domain.groups.commands.showing import restore_group, withdraw_group
from convenor.domain.groups.models import Appointment, Chairing, ChairRole, Group, Parent, Seat
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.test_task_forms import SEAT, day, new_group
from convenor.domain.groups.tests.world import MODEL, START, World
from convenor.kit.structs import struct

pytestmark = pytest.mark.slow

TODAY = timezone.localdate()
ONCE, LATER = date(2020, 1, 1), date(2020, 1, 2)

HELD_ELSEWHERE: Final = {
    "consults": "drawn on the poster",
    "refers_to": "when an outcome is recorded",
    "formation": "when a seat is added or changed",
    "cadence": "when it meets",
    "longest_gap": "when it meets",
    "quorum": "when it meets",
    "proxy_counts": "when it meets",
    "call_for_items": "when it meets",
    "papers_due": "when it meets",
    "papers_out": "when it meets",
    "draft_minutes": "when it meets",
    "outcomes_published": "when it meets",
    "outputs": "when an outcome is recorded",
    "publishes": "when an outcome is recorded",
    "highest_marking": "when it meets",
}
"""Rules that other contexts hold (meetings, outcomes), or other tests (joining), with what `held` says of them."""

SHOWN: Final = {
    "segments": "shown as missing until it is met",
    "segments_minimum": "shown as missing until it is met",
    "named_places": "shown as missing until it is met",
    "closes_on_delivery": "when its delivery is recorded",
    "review": "as a deadline",
    "sunset": "as a deadline",
}
"""Rules that refuse nothing: they are shown, promised or carried out."""


@struct(slots=False)
class Specimen:
    """A rule as a type of the model states it, and what breaks it. before: what stands already."""

    yaml: str
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    bare: str = ""
    """What the type states where the rule itself is not stated yet: an approval needs a parent to give it."""


ASKED_AT_ONCE: Final = {"parents", "parent_approval", "must_deliver", "casual_vacancies"}
"""Rules whose form asks for what they need, before the command is reached."""

SIDES = "seats: {constituencies: [{constituency: a-side, name: A side, maximum: 1}]}"
SPECIMENS: Final[dict[str, Specimen]] = {
    "only_one": Specimen("only_one: true", "group", before={}),
    "lifespan": Specimen("lifespan: initiative", "group"),
    "parents": Specimen("parents: {required: true}", "group"),
    "parent_approval": Specimen("parents: {types: [practice-council], approval: true}", "group", {"parent": True},
                                bare="parents: {types: [practice-council]}"),
    "must_deliver": Specimen("delivers: {required: true}", "group"),
    "size": Specimen("seats: {maximum: 1}", "seat", before={}),
    "constituencies": Specimen(SIDES, "seat", {"constituency": "a-side"}, before={"constituency": "a-side"}),
    "one_seat": Specimen("seats: {one_per_organisation: true}", "seat", {"organisation": True},
                         before={"organisation": True}),
    "eligible_roles": Specimen("seats: {eligible: {roles: [practice-cio]}}", "seat"),
    "eligible_kinds": Specimen("seats: {eligible: {kinds: [practice-company]}}", "seat", {"organisation": True}),
    "chairing": Specimen("chairing: none", "chair"),
    "term": Specimen("term_months: 12", "term"),
    "casual_vacancies": Specimen("casual_vacancies: [reserve-list]", "vacancy"),
}  # fmt: skip

by_rule = pytest.mark.parametrize("key", [key for key, each in SPECIMENS.items()])


def text(rule: str = "") -> str:
    """The practice model with one type more."""
    lines = ["      - type: practice-trial", "        name: Trial Group", "        purpose: To try."]
    return MODEL.rstrip() + "\n" + "\n".join([*lines, *([f"        {rule}"] if rule else [])]) + "\n"


class Trial:
    """A world in which one type states one rule, with what stands before somebody tries to break it."""

    def __init__(self, world: World, key: str, *, bare: bool = False) -> None:
        self.world, self.key, self.specimen = world, key, SPECIMENS[key]
        load_model(
            by=world.by,
            text=text(self.specimen.bare if bare else self.specimen.yaml),
            now=world.now,
            in_force_from=LATER,
        )
        self.type = GroupType.objects.get(slug="practice-trial")
        self.council = world.group("council", name="Trial council")
        self.body: Organisation = world.department("Trial department")
        rules = rules_of_type(self.type, TODAY)
        assert rules is not None
        self.sentence = said(rules, key)
        self.group: Group | None = None
        if self.specimen.kind != "group" or self.specimen.before is not None or bare:
            self.group = self.make_group("Trial group one", good=True)
        if self.specimen.kind in {"chair", "term", "vacancy"}:
            self.sit("Trial seat", {})
        if self.specimen.kind == "vacancy":  # somebody left long before their term ended
            term = self.world.appoint(self.seat, "Bea Field", START, TODAY + timedelta(days=300))
            end_appointment(
                by=world.by, appointment=term, on=TODAY - timedelta(days=40), now=world.now, reason="Moved."
            )
        elif self.specimen.kind == "seat" and self.specimen.before is not None:
            stands = dict(self.specimen.before)
            if bare:
                stands.pop("constituency", None)  # the type has no sides yet
            self.sit("Trial seat", stands)

    def make_group(self, name: str, *, good: bool = False) -> Group:
        """A group of the trial type; `good`: with what no rule refuses."""
        given: dict[str, Any] = {"name": name, "purpose": "To try.", "host": self.world.host, "type": self.type}
        if self.specimen.facts.get("parent") and not good:
            given["under"] = [ParentFacts(self.council)]
        return self.world.group("council", **given)

    def sit(self, title: str, facts: Mapping[str, Any]) -> Seat:
        assert self.group is not None
        found = {name: value for name, value in facts.items() if name != "organisation"}
        if facts.get("organisation"):
            found["organisation"] = self.body
        return self.world.seat(self.group, title, **found)

    @property
    def seat(self) -> Seat:
        return Seat.objects.select_related("group").get(group=self.group, number=1)

    def counted(self) -> tuple[int, ...]:
        """What there is: no refused attempt may add to it."""
        return tuple(each.objects.count() for each in (Group, Seat, Chairing, Appointment))


def by_command(trial: Trial) -> None:
    kind, world = trial.specimen.kind, trial.world
    if kind == "group":
        trial.make_group("Trial group two")
    elif kind == "seat":
        trial.sit("Trial seat two", trial.specimen.facts)
    elif kind == "chair":
        world.chair(trial.seat, "chair")
    elif kind == "vacancy":
        world.appoint(trial.seat, "Ada Marsh", TODAY, TODAY + timedelta(days=200))
    else:
        world.appoint(trial.seat, "Ada Marsh", START, START + timedelta(days=900))


@by_rule
def test_by_the_command(present: World, key: str) -> None:
    trial = Trial(present, key)
    before = trial.counted()
    with pytest.raises(Refused) as caught:
        by_command(trial)
    assert f"engagement.{key}" in {breach.code for breach in caught.value.breaches}
    assert any(breach.text.startswith(trial.sentence) for breach in caught.value.breaches)
    assert trial.counted() == before


def posted(trial: Trial) -> tuple[str, dict[str, Any]]:
    """The address of the form and what somebody enters there."""
    kind, facts = trial.specimen.kind, trial.specimen.facts
    if kind == "group":
        parent = "Trial council" if facts.get("parent") else ""
        given = new_group(name="Trial group two", parent=parent, deliverable="", **day("approved_on", None))
        return "/groups/add/?model=practice&type=practice-trial", given
    assert trial.group is not None
    home = f"/groups/{trial.group.slug}/seats/"
    if kind == "seat":
        basis = "organisation" if facts.get("organisation") else "individual"
        days = {**day("starts_on", START), **day("ends_on", None)}
        given = {**SEAT, **days, "title": "Trial seat two", "organisation": trial.body.name, **facts}
        given["organisation"] = trial.body.name
        return f"{home}add/?basis={basis}", given
    if kind == "chair":
        role = ChairRole.objects.get(slug="chair").pk
        return f"{home}1/chair/", {"role": role, **day("starts_on", START), **day("ends_on", None), "reason": ""}
    if kind == "vacancy":
        days = {**day("starts_on", TODAY), **day("ends_on", TODAY + timedelta(days=200)), "length": "other"}
        return f"{home}1/appoint/", {"who": "Ada Marsh", "published": "on", **days}
    days = {**day("starts_on", START), **day("ends_on", START + timedelta(days=900))}
    return f"{home}1/appoint/", {"who": "Ada Marsh", "published": "on", **days}


@by_rule
def test_by_the_form(present: World, key: str) -> None:
    trial = Trial(present, key)
    officer: Client = signed_in(present, Duty.SECRETARIAT)
    before = trial.counted()
    address, given = posted(trial)
    answer = officer.post(address, given)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    told = " ".join(str(error) for errors in answer.context["form"].errors.values() for error in errors)
    assert trial.sentence in told or (
        key in ASKED_AT_ONCE and ("Fill in" in told or "Enter a date" in told or "hoose" in told)
    )
    assert trial.counted() == before


def row(trial: Trial) -> tuple[str, dict[str, str]]:
    """The resource and the line of an upload."""
    kind, facts = trial.specimen.kind, trial.specimen.facts
    if kind == "group":
        line = {"id": "1", "name": "Trial group two", "model": "practice", "type": "practice-trial",
                "host": trial.world.host.name, "purpose": "To try.", "started_on": START.isoformat()}  # fmt: skip
        return "groups", {**line, **({"parent": "Trial council"} if facts.get("parent") else {})}
    assert trial.group is not None
    line = {"id": "1", "group": trial.group.name, "starts_on": START.isoformat(), "basis": "individual"}
    if kind == "seat":
        line |= {"title": "Trial seat two", "constituency": facts.get("constituency", "")}
        return "seats", {**line, **({"basis": "organisation", "organisation": trial.body.name}
                                    if facts.get("organisation") else {})}  # fmt: skip
    line |= {"title": "Trial seat"}
    if kind == "chair":
        return "seats", {**line, "chairs_as": "chair", "chair_from": START.isoformat()}
    first, last = (START, START + timedelta(days=900)) if kind == "term" else (TODAY, TODAY + timedelta(days=200))
    days = {"person_from": first.isoformat(), "person_to": last.isoformat()}
    return "seats", {**line, "person": "Ada Marsh", **days}


@by_rule
def test_by_an_upload(present: World, key: str) -> None:
    trial = Trial(present, key)
    before = trial.counted()
    resource, line = row(trial)
    sheet = io.StringIO()
    csv.writer(sheet).writerows([list(line), list(line.values())])
    batch = check_upload(by=present.officer(), resource=resources[resource], source="a list", filename="up.csv",
                         content=sheet.getvalue().encode(), now=present.now)  # fmt: skip
    found = batch.rows.get()
    if found.outcome != "bad":
        confirm(by=present.officer(), batch=batch, without_bad=True, now=present.now)
        advance(batch=batch, now=present.now, seconds=20)
        found.refresh_from_db()
    assert found.outcome in {"bad", "failed"}
    assert trial.sentence in f"{found.error} {found.faults}"
    assert trial.counted() == before


def by_override(trial: Trial) -> None:
    """What the group may no longer do once the rule is its own."""
    world, group = trial.world, trial.group
    assert group is not None
    facts = GroupFacts(group.name, group.purpose, group.host, group.type, started_on=group.started_on)
    if trial.key == "only_one":
        trial.make_group("Trial group two", good=True)
        withdraw_group(by=world.by, group=group, reason="To try.", now=world.now)
        restore_group(by=world.by, group=group, reason="To try.", now=world.now)
    elif trial.key == "parents":
        end_parent(by=world.by, link=Parent.objects.get(group=group), on=TODAY, now=world.now)
    elif trial.key == "parent_approval":
        link = ParentFacts(world.group("council", name="Second council"))
        set_parent(by=world.by, group=group, link=link, starts_on=TODAY, now=world.now)
    elif trial.specimen.kind == "group":
        edit_group(by=world.by, group=group, facts=facts, now=world.now)
    else:
        by_command(trial)


@by_rule
def test_by_an_override(present: World, key: str) -> None:
    trial = Trial(present, key, bare=True)
    if trial.specimen.kind == "seat" and key == "constituencies":
        Seat.objects.update(constituency="a-side")
    if key in {"parents", "parent_approval"}:
        assert trial.group is not None
        link = ParentFacts(trial.council, approved_on=START)
        set_parent(by=present.by, group=trial.group, link=link, starts_on=START, now=present.now)
    rules = parse(text(trial.specimen.yaml)).require().type("practice-trial")
    assert rules is not None
    values = {name: value for name, value in stated(rules, rule_of(key)).items() if value not in (None, "", [], False)}
    facts = OverrideFacts(key, values, START, None, "It is asked for.", "Board")
    assert trial.group is not None
    add_override(by=present.by, group=trial.group, facts=facts, now=present.now)
    with pytest.raises(Refused) as caught:
        by_override(trial)
    assert f"engagement.{key}" in {breach.code for breach in caught.value.breaches}
    assert any("because it is asked for." in breach.text for breach in caught.value.breaches)


BROKEN_BY_LOADING: Final = {"parents", "one_seat", "eligible_roles", "eligible_kinds", "chairing", "parent_approval"}
CAPS: Final = {"size", "constituencies"}


@by_rule
def test_by_loading_a_version(present: World, key: str) -> None:
    """A group that stands is told of, with the rule it would break; caps below what is occupied refuse the load."""
    trial = Trial(present, key, bare=True)
    if trial.specimen.kind in {"seat", "chair"}:
        by_command_bare(trial)
    if key == "parent_approval":
        assert trial.group is not None
        link = ParentFacts(trial.council)
        set_parent(by=present.by, group=trial.group, link=link, starts_on=START, now=present.now)
    wanted = text(trial.specimen.yaml)
    plan = plan_load(present.by, wanted, TODAY)
    effect = next(each for each in plan.effects if each.name == "Trial group one")
    assert key in {row.rule for row in effect.changed}
    codes = {breach.code for breach in effect.caps}, {breach.code for breach in effect.broken}
    assert (f"engagement.{key}" in codes[0]) == (key in CAPS)
    assert (f"engagement.{key}" in codes[1]) == (key in BROKEN_BY_LOADING)
    if key in CAPS | BROKEN_BY_LOADING:
        with pytest.raises(Refused):
            load_model(by=present.by, text=wanted, now=present.now, in_force_from=TODAY)


def by_command_bare(trial: Trial) -> None:
    """The same attempt where no rule stands against it; a side of the table is put there past the commands."""
    facts = dict(trial.specimen.facts)
    side = facts.pop("constituency", "")
    if trial.specimen.kind == "chair":
        trial.world.chair(trial.seat, "chair")
        return
    trial.sit("Trial seat two", facts)
    if side:
        Seat.objects.update(constituency=side)


# the list itself


def test_every_rule_has_a_specimen_or_says_who_holds_it() -> None:
    lists = (set(SPECIMENS), set(HELD_ELSEWHERE), set(SHOWN))
    assert set().union(*lists) == {rule.key for rule in RULES}
    assert sum(map(len, lists)) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=[rule.key for rule in RULES])
def test_what_the_rule_says_of_where_it_is_held_is_true(rule: Any) -> None:
    other = {**HELD_ELSEWHERE, **SHOWN}.get(rule.key)
    if other is not None:
        assert str(rule.held) == other
    else:
        assert str(rule.held) not in {"when it meets", "when an outcome is recorded", "drawn on the poster"}

"""Loading a model: dated versions, the same text once, who may, and one rule changed changes everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist

from convenor.core.clock.models import Calendar
from convenor.core.journal.models import Entry, Value
from convenor.core.records.rules import DutyHeld, NotAllowed, Refused, Viewer, anonymous
from convenor.domain.directory.models import Organisation, RoleClass
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.living import LivingGroup, living
from convenor.domain.engagement.models import EngagementModel, GroupType, ModelVersion
from convenor.domain.engagement.queries import effective_rules, effective_rules_of, levels_of
from convenor.domain.engagement.queries.loading import plan_load
from convenor.domain.engagement.rules import Composition, SeatValue, check_new_seat, said
from convenor.domain.engagement.rules.reading import parse
from convenor.domain.engagement.tests.conftest import FIRST_DAY, Load, organisation

LATER = date(2026, 9, 1)


def focus_group() -> GroupType:
    return GroupType.objects.get(slug="focus-group")


@pytest.mark.parametrize("slug", ["dsp", "digital-agency"])
def test_tables_say_what_the_yaml_says(load: Load, shipped: Callable[[str], str], slug: str) -> None:
    version = load(slug)
    value = parse(shipped(slug)).require()
    assert levels_of(version) == value.levels
    assert version.yaml == shipped(slug)


def test_a_model_is_a_public_record_with_its_first_version(load: Load, owners: dict[str, Organisation]) -> None:
    version = load("dsp")
    model = version.model
    assert (model.name, model.owner, version.number) == (
        "Digital service provider engagement model", owners["dsp"], 1
    )  # fmt: skip
    assert model.record.ref == "MOD-2026-001"
    assert model.record.is_public
    assert (version.in_force_from, version.in_force_to) == (FIRST_DAY, None)


def test_effective_rules_follow_the_day(load: Load) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    found = [
        effective_rules(focus_group(), day)
        for day in (FIRST_DAY - timedelta(1), FIRST_DAY, LATER - timedelta(1), LATER)
    ]
    caps = [rules and rules.constituencies[0].maximum for rules in found]
    assert caps == [None, 12, 12, 10]


def test_effective_rules_of_many_types_cost_as_much_as_of_one(
    load: Load, django_assert_num_queries: Callable[..., object]
) -> None:
    load("dsp")
    types = list(GroupType.objects.all())
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        many = effective_rules_of(types, LATER)
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        one = effective_rules(types[0], LATER)
    assert len(many) == len(types) == 8
    assert many[types[0].pk] == one


def test_a_new_version_closes_the_one_before_on_the_day_before(load: Load) -> None:
    first = load("dsp")
    second = load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    first.refresh_from_db()
    assert first.in_force_to == date(2026, 8, 31)
    assert (second.number, second.in_force_from, second.in_force_to) == (2, LATER, None)


def test_the_same_rules_load_once_however_they_are_laid_out(load: Load) -> None:
    first = load("dsp")
    again = load("dsp", ("# The Australian", "# Another comment: the Australian"), on=LATER)
    assert again == first
    assert ModelVersion.objects.count() == 1
    assert Entry.objects.filter(verb="engagement-model.loaded").count() == 1


def test_a_version_does_not_begin_before_the_one_it_follows(load: Load) -> None:
    load("dsp")
    with pytest.raises(Refused) as refused:
        load("dsp", ("maximum: 12", "maximum: 10"), on=FIRST_DAY)
    assert str(refused.value) == "Version 1 is in force from 1 July 2026; a new version begins on a later day."
    assert refused.value.breaches[0].field == "in_force_from"
    assert ModelVersion.objects.count() == 1


def test_a_version_promised_to_another_text_is_refused(
    load: Load, by_system: Viewer, now: datetime, shipped: Callable[[str], str]
) -> None:
    load("dsp")
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    with pytest.raises(Refused, match="Another version was loaded meanwhile"):
        load_model(by=by_system, text=text, now=now, in_force_from=LATER, expected=1)
    assert load_model(by=by_system, text=text, now=now, in_force_from=LATER, expected=2).number == 2


def test_the_journal_says_what_changed_in_sentences(load: Load) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    entry = Entry.objects.filter(verb="engagement-model.loaded").order_by("-pk").first()
    assert entry is not None
    values = {value.field: (value.before, value.after, value.public) for value in Value.objects.filter(entry=entry)}
    assert values == {
        "owner": (None, EngagementModel.objects.get().owner.record.ref, True),
        "version": ("1", "2", True),
        "in_force_from": ("2026-07-01", "2026-09-01", True),
        "differences": (None, "Focus Group: Constituencies: the rule is different.", True),
    }


def test_one_rule_changed_changes_sentence_and_enforcement(load: Load) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    eleven = Composition(tuple(SeatValue("providers", number) for number in range(10)))
    before, after = effective_rules(focus_group(), FIRST_DAY), effective_rules(focus_group(), LATER)
    assert before is not None
    assert after is not None
    assert "up to 10 organisations" in said(after, "constituencies")
    assert check_new_seat(before, eleven, SeatValue("providers", 99)) == []
    (breach,) = check_new_seat(after, eleven, SeatValue("providers", 99))
    assert breach.text == (
        "A Focus Group has places for up to 10 organisations under “Digital service providers”. "
        "This would make it 11 organisations."
    )


@pytest.mark.parametrize("over", ["site", "owner", "model"])
@pytest.mark.parametrize("duty", ["administrator", "secretariat"])
def test_officers_may_load(load: Load, shipped: Callable[[str], str], now: datetime, over: str, duty: str) -> None:
    model = load("dsp").model
    places = {"site": None, "owner": model.owner.record_id, "model": model.record_id}
    officer = replace(anonymous(now), duties=frozenset({DutyHeld(duty, places[over])}))
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    assert load_model(by=officer, text=text, now=now, in_force_from=LATER).number == 2


def test_strangers_and_officers_of_others_may_not(
    load: Load, owners: dict[str, Organisation], shipped: Callable[[str], str], now: datetime
) -> None:
    load("dsp")
    other = DutyHeld("secretariat", owners["digital-agency"].record_id)
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    for viewer in (anonymous(now), replace(anonymous(now), duties=frozenset({other}))):
        with pytest.raises(NotAllowed) as refused:
            load_model(by=viewer, text=text, now=now, in_force_from=LATER)
        assert str(refused.value) == "Only officers of Australian Taxation Office can load its engagement model."
    assert ModelVersion.objects.count() == 1


def test_a_model_does_not_change_hands_without_its_owner(
    load: Load, owners: dict[str, Organisation], shipped: Callable[[str], str], now: datetime
) -> None:
    """An officer of another body cannot take a model over by naming that body as its owner."""
    load("dsp")
    taker = replace(anonymous(now), duties=frozenset({DutyHeld("secretariat", owners["digital-agency"].record_id)}))
    text = shipped("dsp").replace("owner: Australian Taxation Office", "owner: Digital Transformation Agency")
    with pytest.raises(NotAllowed) as refused:
        load_model(by=taker, text=text, now=now, in_force_from=LATER)
    assert str(refused.value) == ("Only officers of its owner can load a new version of this model.")


def test_an_unknown_owner_is_named_with_its_line(
    owners: dict[str, Organisation], shipped: Callable[[str], str], by_system: Viewer, now: datetime
) -> None:
    text = shipped("dsp").replace("owner: Australian Taxation Office", "owner: Nobody At All")
    with pytest.raises(Refused) as refused:
        load_model(by=by_system, text=text, now=now, in_force_from=LATER)
    assert str(refused.value) == "Line 7: There is no organisation “Nobody At All” in the directory; add it first."
    assert not EngagementModel.objects.exists()


def test_an_unknown_calendar_is_named_with_its_line(
    owners: dict[str, Organisation], shipped: Callable[[str], str], by_system: Viewer, now: datetime
) -> None:
    text = shipped("dsp").replace("summary: >-", "calendar: moon\nsummary: >-", 1)
    with pytest.raises(Refused) as refused:
        load_model(by=by_system, text=text, now=now, in_force_from=LATER)
    assert str(refused.value) == "Line 8: There is no calendar “moon”."


def test_declared_words_are_added_and_those_there_stay_as_they_are(load: Load) -> None:
    RoleClass.objects.create(slug="chief-information-officer", name="CIO")
    version = load("digital-agency")
    names = {role.slug: role.name for role in RoleClass.objects.all()}
    assert names == {
        "chief-information-officer": "CIO",
        "deputy-secretary": "Deputy Secretary",
        "program-office-head": "Head of program office",
    }
    digital_10 = levels_of(version)[0].types[0]
    assert said(digital_10, "eligible_roles") == "Only a CIO or a Deputy Secretary may sit in the Digital 10."


def test_nothing_is_half_loaded(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    from convenor.domain.engagement.commands import rows

    def fails(*args: object) -> None:
        raise ObjectDoesNotExist

    monkeypatch.setattr(rows, "_places", fails)
    with pytest.raises(ObjectDoesNotExist):
        load("dsp")
    assert not EngagementModel.objects.exists()
    assert not GroupType.objects.exists()


def test_a_type_that_is_gone_has_no_rules_from_that_day(load: Load, shipped: Callable[[str], str]) -> None:
    load("dsp")
    text = shipped("dsp")
    gone = text[text.index("      - type: micro-focus-group") : text.index("  - level: informative")]
    load("dsp", (gone, ""), on=LATER)
    micro = GroupType.objects.get(slug="micro-focus-group")
    assert effective_rules(micro, LATER) is None
    assert effective_rules(micro, FIRST_DAY) is not None


def test_a_renamed_model_keeps_its_address_and_says_its_new_name(load: Load) -> None:
    load("dsp")
    model = load("dsp", ("name: Digital service provider engagement model", "name: The DSP model"), on=LATER).model
    model.refresh_from_db()
    assert (model.slug, model.name, model.record.title) == ("dsp", "The DSP model", "The DSP model")


def test_segments_referrals_and_the_calendar_are_kept(load: Load) -> None:
    Calendar.objects.create(
        slug="canberra", name="Canberra", zone="Australia/Sydney", known_from=FIRST_DAY, known_to=LATER
    )
    version = load(
        "dsp",
        (
            "summary: >-",
            "calendar: canberra\nvocabulary:\n  segments: [{segment: payroll, name: Payroll}]\nsummary: >-",
        ),
        ("segments_minimum: 2\n        chairing", "segments: [payroll]\n        chairing"),
        ("delivers:", "refers_to: [initiative-working-group]\n        delivers:"),
    )
    strategic, _reference = levels_of(version)[0].types
    assert [segment.name for segment in strategic.segments] == ["Payroll"]
    focus = levels_of(version)[2].types[0]
    assert [other.slug for other in focus.refers_to] == ["initiative-working-group"]
    assert (version.model.calendar and version.model.calendar.slug) == "canberra"


def test_an_owner_whose_name_two_bodies_bear_is_not_guessed(
    owners: dict[str, Organisation], shipped: Callable[[str], str], by_system: Viewer, now: datetime
) -> None:
    other = organisation("Australian Taxation Office", "another-taxation-office", now)
    with pytest.raises(Refused, match="There is no organisation"):
        load_model(by=by_system, text=shipped("dsp"), now=now, in_force_from=LATER)
    text = shipped("dsp").replace("owner: Australian Taxation Office", "owner: another-taxation-office")
    assert load_model(by=by_system, text=text, now=now, in_force_from=LATER).model.owner == other


def test_a_living_group_of_a_type_that_goes_is_told(
    load: Load, shipped: Callable[[str], str], by_system: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    load("dsp")
    micro = GroupType.objects.get(slug="micro-focus-group")
    group = LivingGroup(micro.pk, "Messages group", "/groups/messages/", Composition())
    monkeypatch.setattr(living, "groups", lambda *_asked: [group])
    text = shipped("dsp")
    gone = text[text.index("      - type: micro-focus-group") : text.index("  - level: informative")]
    (broken,) = plan_load(by_system, text.replace(gone, ""), LATER).broken
    assert (broken.name, [breach.text for breach in broken.breaches]) == (
        "Messages group", ["The model no longer has its type."]
    )  # fmt: skip

"""The editor of a next version: typed fields for every rule, nothing lost, nothing written over unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.journal.models import Entry
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.commands.drafts import drop_draft, save_draft, start_draft, take_up_draft, use_draft
from convenor.domain.engagement.forms.drafts import RULE_FIELDS
from convenor.domain.engagement.forms.rulefields import LABELS
from convenor.domain.engagement.models import DraftSave, EngagementModel, ModelDraft, ModelVersion
from convenor.domain.engagement.queries.drafts import last_save
from convenor.domain.engagement.rules import RULES, ModelValue, TypeRulesValue, drafting
from convenor.domain.engagement.rules.drafting import changed, read_draft
from convenor.domain.engagement.rules.overriding import as_json
from convenor.domain.engagement.rules.reading import parse
from convenor.domain.engagement.rules.values import Vocabulary
from convenor.domain.engagement.rules.writing import dump
from convenor.domain.engagement.tests.conftest import Load
from convenor.domain.engagement.tests.strategies import models

pytestmark = pytest.mark.slow

NOTHING = Vocabulary()
DAY = {"in_force_from_day": "1", "in_force_from_month": "1", "in_force_from_year": "2030"}


# the steps, without a database


@settings(max_examples=15)
@given(models(most_types=3))
def test_every_type_saved_as_it_is_changes_nothing(value: ModelValue) -> None:
    text = dump(value)
    draft = read_draft(text, NOTHING)
    assert draft.value == parse(text).value
    for rules in value.types():
        words = {"name": rules.name, "plural": rules.name_plural, "purpose": rules.purpose,
                 "membership": rules.membership, "examples": rules.examples}  # fmt: skip
        values = {name: as_json(rules, name) for name in RULE_FIELDS}
        assert changed(draft, drafting.set_type(rules.slug, rules.level, words, values)) == text


def test_every_rule_has_a_typed_field_with_a_label() -> None:
    assert set(RULE_FIELDS) == {name for rule in RULES for name in rule.fields} == set(LABELS)
    assert set(RULE_FIELDS) < {field.name for field in fields(TypeRulesValue)}


TEXT = """format: engagement-model/1
model: small
name: Small model
owner: Somebody
levels:
  - level: top
    name: Top
    colour: strategic
    types:
      - type: board
        name: Board
        purpose: To steer.
      - type: panel
        name: Panel
        purpose: To advise.
        consults: [board]
  - level: low
    name: Low
    colour: tactical
"""
NEW_WORDS = {"name": "Steering board", "plural": "Steering boards", "purpose": "To steer."}
STEPS: list[tuple[Any, str]] = [
    (drafting.move_type("panel", -1), "Top: panel board | Low:"),
    (drafting.move_type("board", -1), "Top: board panel | Low:"),
    (drafting.move_level("low", -1), "Low: | Top: board panel"),
    (drafting.add_level("mid", "Mid"), "Top: board panel | Low: | Mid:"),
    (drafting.remove_level("low"), "Top: board panel"),
    (drafting.add_type("low", "forum", "Forum", "To talk."), "Top: board panel | Low: forum"),
    (drafting.remove_type("board"), "Top: panel | Low:"),
    (drafting.set_level("top", {"name": "Upper", "motto": "Onward"}), "Upper: board panel | Low:"),
    (drafting.set_type("board", "low", NEW_WORDS, {"total_maximum": 5}), "Top: panel | Low: board"),
]


@pytest.mark.parametrize(("step", "shape"), STEPS, ids=[each[1] for each in STEPS])
def test_a_step_changes_what_it_says(step: Any, shape: str) -> None:
    value = read_draft(changed(read_draft(TEXT, NOTHING), step), NOTHING).value
    assert value is not None
    found = [f"{level.name}: {' '.join(rules.slug for rules in level.types)}".strip() for level in value.levels]
    assert " | ".join(found) == shape


def test_what_is_wrong_is_told_and_kept() -> None:
    draft = read_draft(changed(read_draft(TEXT, NOTHING), drafting.remove_type("board")), NOTHING)
    assert [problem.text for problem in draft.problems] == ["There is no type “board” in this model."]
    assert draft.value is not None
    assert read_draft("not: [yaml", NOTHING).data is None


REFUSED: list[tuple[Any, str]] = [
    (drafting.add_type("top", "board", "Board", "Again."), "“board” is used already."),
    (drafting.add_level("top", "Top"), "“top” is used already."),
    (drafting.remove_level("top"), "Move or remove its types first."),
    (drafting.remove_type("nobody"), "That type is no longer in the draft."),
    (drafting.set_level("nobody", {}), "That level is no longer in the draft."),
    (drafting.set_type("board", "top", {}, {"total_maximum": "ten"}),
     "“maximum” must be a whole number; it is “ten”."),
]  # fmt: skip


@pytest.mark.parametrize(("step", "text"), REFUSED, ids=[each[1] for each in REFUSED])
def test_a_step_that_cannot_be_is_refused(step: Any, text: str) -> None:
    with pytest.raises(Refused, match=text[:20]):
        changed(read_draft(TEXT, NOTHING), step)


# the commands


@pytest.fixture
def model(load: Load) -> EngagementModel:
    return load("dsp").model


@pytest.fixture
def draft(model: EngagementModel, by_system: Viewer, now: datetime) -> ModelDraft:
    return start_draft(by=by_system, model=model, name="Smaller groups", now=now)


def test_a_draft_begins_with_the_text_in_force(draft: ModelDraft, model: EngagementModel) -> None:
    assert last_save(draft).yaml == model.versions.get().yaml
    assert (draft.number, draft.state, draft.based_on.number) == (1, "open", 1)


def test_every_save_is_kept_and_the_same_text_saves_nothing(
    draft: ModelDraft, by_system: Viewer, now: datetime
) -> None:
    one = save_draft(by=by_system, draft=draft, text="anything: at all\n", expected=1, now=now)
    assert save_draft(by=by_system, draft=draft, text="anything: at all\n", expected=2, now=now) == one
    assert list(DraftSave.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_who_saves_second_is_told_and_nothing_is_written_over(
    draft: ModelDraft, by_system: Viewer, now: datetime
) -> None:
    save_draft(by=by_system, draft=draft, text="one: 1\n", expected=1, now=now)
    with pytest.raises(Refused, match="Somebody saved this draft meanwhile"):
        save_draft(by=by_system, draft=draft, text="two: 2\n", expected=1, now=now)
    assert last_save(draft).yaml == "one: 1\n"


def test_a_dropped_draft_takes_no_saves_until_it_is_taken_up(
    draft: ModelDraft, by_system: Viewer, now: datetime
) -> None:
    drop_draft(by=by_system, draft=draft, now=now)
    with pytest.raises(Refused, match="no longer open"):
        save_draft(by=by_system, draft=draft, text="one: 1\n", expected=1, now=now)
    take_up_draft(by=by_system, draft=draft, now=now)
    save_draft(by=by_system, draft=draft, text="one: 1\n", expected=1, now=now)
    with pytest.raises(Refused):
        take_up_draft(by=by_system, draft=draft, now=now)


def test_a_draft_comes_into_force_as_any_text_is_loaded(
    draft: ModelDraft, model: EngagementModel, by_system: Viewer, now: datetime
) -> None:
    text = last_save(draft).yaml.replace("maximum: 12", "maximum: 10")
    save_draft(by=by_system, draft=draft, text=text, expected=1, now=now)
    given: dict[str, Any] = {"by": by_system, "draft": draft, "in_force_from": date(2030, 1, 1), "now": now}
    with pytest.raises(Refused, match="meanwhile"):
        use_draft(**given, expected=1, version=2)
    made = use_draft(**given, expected=2, version=2)
    draft.refresh_from_db()
    assert (made.number, made.yaml, draft.state, draft.became) == (2, text, "used", made)
    with pytest.raises(Refused, match="no longer open"):
        use_draft(**given, expected=2, version=3)


def test_only_those_who_may_load_the_model_touch_its_drafts(
    draft: ModelDraft, model: EngagementModel, now: datetime
) -> None:
    nobody = anonymous(now)
    for work in (
        lambda: start_draft(by=nobody, model=model, name="Mine", now=now),
        lambda: save_draft(by=nobody, draft=draft, text="", expected=1, now=now),
        lambda: drop_draft(by=nobody, draft=draft, now=now),
        lambda: take_up_draft(by=nobody, draft=draft, now=now),
        lambda: use_draft(by=nobody, draft=draft, expected=1, in_force_from=date(2030, 1, 1), now=now, version=2),
    ):
        with pytest.raises(NotAllowed):
            work()


def test_the_public_history_of_a_model_says_nothing_of_drafts(draft: ModelDraft, model: EngagementModel) -> None:
    assert not Entry.objects.filter(record=model.record, verb__contains="draft").exists()
    assert Entry.objects.get(verb="engagement-model.draft-started").record is None


# the screens


@pytest.fixture
def officer(client: Client, now: datetime, owners: dict[str, Organisation]) -> Client:
    person = Person.objects.create_user("officer@engagement.example", name="Fictitious Officer")
    DutyAssignment.objects.create(person=person, duty="secretariat", starts_at=now - timedelta(days=900))
    client.force_login(person)
    return client


def url(rest: str = "") -> str:
    return f"/engagement/dsp/drafts/1/{rest}"


def typed(form: Any) -> dict[str, str]:
    """What a browser would send of a form as it is shown."""
    data: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for at, row in enumerate(value):
                data |= {f"{field.name}-{at}-{key}": said for key, said in row.items()}
        elif value not in (None, "", False, []):
            data[field.name] = value
    return data


def test_an_officer_works_from_the_models_page_to_a_version_in_force(
    officer: Client, model: EngagementModel, shipped: Callable[[str], str]
) -> None:
    assert "/engagement/dsp/drafts/" in officer.get("/engagement/dsp/").content.decode()
    assert officer.post("/engagement/dsp/drafts/", {"name": "Smaller focus groups"}).headers["Location"] == url()
    page = officer.get(url("types/focus-group/"))
    assert "up to 12 organisations" in page.content.decode()
    data = typed(page.context["form"]) | {"constituencies-0-maximum": "8", "term_months": "24"}
    assert officer.post(url("types/focus-group/"), data).headers["Location"] == url("types/focus-group/")
    html = officer.get(url("types/focus-group/")).content.decode()
    assert "up to 8 organisations" in html
    assert "Nobody is appointed to a Focus Group for more than 24 months at a time." in html
    overview = officer.get(url()).content.decode()
    assert "What it would change" in overview
    assert "<svg" in overview
    looked = officer.post(url("use/"), {"save": "2", **DAY}).content.decode()
    assert "Version 2 would change this" in looked
    done = officer.post(url("use/"), {"save": "2", "version": "2", "confirm": "yes", **DAY})
    assert done.headers["Location"] == "/engagement/dsp/"
    version = ModelVersion.objects.get(number=2)
    assert parse(version.yaml).require().type("focus-group").term_months == 24  # type: ignore[union-attr]
    assert "became version 2" in officer.get(url()).content.decode()


def test_a_form_that_was_overtaken_keeps_what_was_entered_and_says_what_changed(
    officer: Client, draft: ModelDraft, by_system: Viewer, now: datetime
) -> None:
    form = officer.get(url("types/focus-group/")).context["form"]
    theirs = last_save(draft).yaml.replace("maximum: 12", "maximum: 10")
    save_draft(by=by_system, draft=draft, text=theirs, expected=1, now=now)
    data = typed(form) | {"purpose": "A purpose that took an hour to write."}
    html = officer.post(url("types/focus-group/"), data)
    text = html.content.decode()
    assert html.status_code == 422
    assert "Somebody saved this draft meanwhile" in text
    assert "A purpose that took an hour to write." in text
    assert "up to 10 organisations" in text
    assert 'name="save" value="2"' in text
    assert officer.post(url("types/focus-group/"), data | {"save": "2"}).status_code == 302
    assert DraftSave.objects.count() == 3


def test_types_and_levels_are_added_moved_and_removed(officer: Client, draft: ModelDraft) -> None:
    assert officer.post(url("levels/"), {"save": "1", "name": "Trial level"}).status_code == 302
    given = {"save": "2", "name": "Trial group", "purpose": "To try.", "level": "trial-level"}
    assert officer.post(url("types/"), given).status_code == 302
    for number, step in enumerate(("level-up trial-level", "type-remove trial-group", "level-remove trial-level"), 3):
        assert officer.post(url(), {"save": str(number), "step": step}).status_code == 302
    assert "trial" not in last_save(draft).yaml
    assert "Somebody saved" in officer.post(url(), {"save": "1", "step": "type-up focus-group"}).content.decode()
    assert officer.post(url(), {"save": "6", "step": "burn all"}).status_code == 404


def test_a_level_and_the_models_own_words_are_edited(officer: Client, draft: ModelDraft) -> None:
    data = typed(officer.get(url("levels/tactical/")).context["form"]) | {"motto": "One problem at a time"}
    assert officer.post(url("levels/tactical/"), data).status_code == 302
    data = typed(officer.get(url("model/")).context["form"]) | {
        "segments-0-segment": "payroll",
        "segments-0-name": "Pay",
    }
    assert officer.post(url("model/"), data).status_code == 302
    text = last_save(draft).yaml
    assert "motto: One problem at a time" in text
    assert "segment: payroll" in text


def test_a_wrong_field_is_told_at_the_field(officer: Client, draft: ModelDraft) -> None:
    data = typed(officer.get(url("types/focus-group/")).context["form"]) | {"constituencies-0-maximum": "many"}
    answer = officer.post(url("types/focus-group/"), data)
    assert answer.status_code == 422
    assert "“maximum” must be a whole number; it is “many”." in answer.content.decode()
    assert DraftSave.objects.count() == 1


def test_a_text_with_faults_is_kept_and_its_lines_are_named(officer: Client, draft: ModelDraft) -> None:
    text = last_save(draft).yaml.replace("colour: strategic", "colour: mauve")
    assert officer.post(url("text/"), {"save": "1", "yaml": text}).headers["Location"] == url()
    overview = officer.get(url()).content.decode()
    assert "To mend before it can come into force" in overview
    assert "Put it in force" not in overview
    assert "it is “mauve”" in officer.get(url("text/")).content.decode()
    assert officer.get(url("types/focus-group/")).status_code == 404
    assert "mauve" in officer.post(url("use/"), {"save": "2", **DAY}).content.decode()
    assert officer.get("/engagement/dsp/drafts/1.yaml").content.decode() == text
    assert "mauve" not in officer.get("/engagement/dsp/drafts/1.yaml?save=1").content.decode()


def test_a_draft_is_dropped_and_taken_up(officer: Client, draft: ModelDraft) -> None:
    assert officer.get(url("drop/")).status_code == 200
    officer.post(url("drop/"))
    assert ModelDraft.objects.get().state == "dropped"
    assert "Take it up again" in officer.get(url()).content.decode()
    officer.post(url("drop/"))
    assert ModelDraft.objects.get().state == "open"


def test_strangers_see_no_drafts(client: Client, draft: ModelDraft) -> None:
    for path in ("/engagement/dsp/drafts/", url(), url("text/"), url("use/"), "/engagement/dsp/drafts/1.yaml"):
        assert client.get(path).status_code in {302, 403}, path


def test_the_editor_asks_little(officer: Client, draft: ModelDraft) -> None:
    for path in (url(), url("types/focus-group/"), "/engagement/dsp/drafts/"):
        officer.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(path).status_code == 200
        assert len(queries) <= 15, path

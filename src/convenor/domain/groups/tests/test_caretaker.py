"""A caretaker period at every door of groups: who is appointed, who chairs, what is set up waits, or says why not."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from convenor.core.accounts.models import Duty, Person
from convenor.core.exchange.commands import advance, check_upload, confirm
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.resources import resources
from convenor.core.journal.models import Value
from convenor.core.records import caretaker
from convenor.core.records.commands.caretaker import begin_caretaker
from convenor.core.records.rules import CaretakerFacts, Refused, Viewer
from convenor.domain.groups.commands.lives import close_group, move_group, reopen_group
from convenor.domain.groups.commands.terms import reappoint
from convenor.domain.groups.models import Appointment, Chairing, Group, Seat
from convenor.domain.groups.rules.caretaker import goes_to_work, sets_up
from convenor.domain.groups.tests.acting import program_of, told
from convenor.domain.groups.tests.test_screens import Furnished, furnish, signed_in
from convenor.domain.groups.tests.test_task_forms import FOCUS, day, new_group, term
from convenor.domain.groups.tests.world import START, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TODAY = timezone.localdate()
BEFORE, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=90)
WHY = "The board has no quorum without them."
SENTENCE = "A caretaker period has begun on"


@pytest.fixture
def found(present: World) -> Furnished:
    """The usual group, from before the period."""
    return furnish(present)


def begin(world: World) -> None:
    begin_caretaker(by=world.by, facts=CaretakerFacts(TODAY, None, "An election is to be held."), now=world.now)


def reasons() -> list[str | None]:
    return list(Value.objects.filter(field="caretaker_reason").order_by("pk").values_list("after", flat=True))


def waits(act: Callable[[], Any]) -> None:
    """It is refused while nobody says why it cannot wait, and done, with the reason in the history, when they do."""
    with pytest.raises(Refused) as no:
        act()
    assert {breach.code for breach in no.value.breaches} == {"caretaker"}
    before = len(reasons())
    with caretaker.overriding(WHY):
        act()
    assert set(reasons()[before:]) == {WHY}


def test_appointing_and_chairing_wait(found: Furnished, present: World) -> None:
    seat = present.seat(found.group, "Member", constituency="agency")
    begin(present)
    waits(lambda: present.appoint(seat, "Cy Holt", TODAY, LATER))
    waits(lambda: reappoint(by=present.by, appointment=found.term, now=present.now))
    Chairing.objects.all().delete()
    waits(lambda: present.chair(seat, "facilitator" if "facilitator" in present.roles else "chair", TODAY))


def test_setting_up_starting_and_reopening_wait(found: Furnished, present: World) -> None:
    proposed = present.group(name="Proposed council", state="proposed", started_on=None)
    begin(present)
    waits(lambda: present.working_group("Second group", started_on=TODAY))
    waits(lambda: move_group(by=present.by, group=proposed, to="active", now=present.now))
    close_group(by=present.by, group=proposed, on=BEFORE, reason="Done.", now=present.now)
    more: dict[str, Any] = {"on": TODAY, "reason": "Needed again.", "with_seats": False}
    waits(lambda: reopen_group(by=present.by, group=proposed, now=present.now, **more))
    assert found.group.state == "active"


def test_what_was_before_and_what_people_do_themselves_goes_on(found: Furnished, present: World) -> None:
    seat = present.seat(found.group, "Member", constituency="agency")
    begin(present)
    present.appoint(seat, "Cy Holt", BEFORE, LATER)
    present.group(name="An old council", started_on=START)
    present.group(None, name="Somebody else's group", started_on=TODAY)
    present.group(name="A proposal", state="proposed", started_on=None)
    assert reasons() == []


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({"state": (None, "active"), "is_ours": (None, True), "started_on": (None, TODAY)}, True),
        ({"state": (None, "recruiting"), "is_ours": (None, True), "started_on": (None, None)}, True),
        ({"state": (None, "proposed"), "is_ours": (None, True)}, False),
        ({"state": (None, "active"), "is_ours": (None, False), "started_on": (None, TODAY)}, False),
        ({"state": (None, "active"), "is_ours": (None, True), "started_on": (None, BEFORE)}, False),
    ],
)
def test_which_new_groups_wait(changes: dict[str, tuple[Any, Any]], held: bool) -> None:
    assert sets_up(changes, TODAY) is held


def test_only_the_first_start_of_a_group_waits() -> None:
    assert goes_to_work({"state": ("recruiting", "active"), "started_on": (None, TODAY)}, TODAY)
    assert not goes_to_work({"state": ("dormant", "active")}, TODAY)
    assert not goes_to_work({"state": ("recruiting", "active"), "started_on": (None, BEFORE)}, TODAY)


def test_the_form_asks_only_then_and_keeps_what_was_entered(found: Furnished, present: World) -> None:
    officer: Client = signed_in(present, Duty.SECRETARIAT)
    seat = present.seat(found.group, "Member", constituency="agency")
    url = f"/groups/{found.group.slug}/seats/{seat.number}/appoint/"
    assert "caretaker_reason" not in officer.get(url).content.decode()
    begin(present)
    assert "Why it cannot wait until the caretaker period is over" in officer.get(url).content.decode()
    page = officer.post(url, term(who="Cy Holt")).content.decode()
    assert SENTENCE in page
    assert "Cy Holt" in page
    assert not Appointment.objects.filter(seat=seat).exists()
    assert officer.post(url, term(who="Cy Holt", caretaker_reason=WHY)).status_code == 302
    assert set(reasons()) == {WHY}
    assert caretaker.reason_given() == ""


@pytest.mark.parametrize("name", ["chair", "move", "reappoint", "merge"])
def test_every_such_form_asks(found: Furnished, present: World, name: str) -> None:
    begin(present)
    officer: Client = signed_in(present, Duty.SECRETARIAT)
    address = {
        "chair": f"seats/{found.seat.number}/chair/", "move": "state/", "merge": "merge/",
        "reappoint": f"appointments/{found.term.pk}/reappoint/",
    }[name]  # fmt: skip
    assert 'name="caretaker_reason"' in officer.get(f"/groups/{found.group.slug}/{address}").content.decode()


def test_the_second_step_of_a_split_asks_where_it_refuses(found: Furnished, present: World) -> None:
    begin(present)
    officer: Client = signed_in(present, Duty.SECRETARIAT)
    url = f"/groups/{found.group.slug}/split/"
    parts = {f"{what}_{number}": f"{what} {number}" for what in ("name", "purpose") for number in (1, 2)}
    given = {**parts, "reason": "Too large.", **day("on", TODAY)}
    page = officer.post(url, {**given, "caretaker_reason": ""}).content.decode()
    assert SENTENCE in page
    assert page.count('name="caretaker_reason"') == 1
    kept = officer.post(url, {**given, "caretaker_reason": WHY}).content.decode()
    assert SENTENCE not in kept
    assert f'name="caretaker_reason" value="{WHY}"' in kept
    seats = {f"seat_{seat.pk}": "0" for seat in Seat.objects.filter(group=found.group)}
    done = officer.post(url, {**given, "placed": "yes", **seats, "caretaker_reason": WHY, "confirm": "yes"})
    assert done.status_code == 302
    assert set(reasons()) == {WHY}


def test_setting_up_by_the_form(found: Furnished, present: World) -> None:
    begin(present)
    officer: Client = signed_in(present, Duty.SECRETARIAT)
    given = new_group(**day("started_on", TODAY))
    assert SENTENCE in officer.post(FOCUS, given).content.decode()
    assert officer.post(FOCUS, {**given, "caretaker_reason": WHY}).status_code == 302
    assert set(reasons()) == {WHY}
    edit = officer.get(f"/groups/{found.group.slug}/edit/").content.decode()
    assert "caretaker_reason" not in edit


def test_the_api(found: Furnished, present: World) -> None:
    seat = present.seat(found.group, "Member", constituency="agency")
    begin(present)
    program = program_of(Person.objects.get(pk=present.officer().person_id or 0))
    address = f"groups/{found.group.slug}/seats/{seat.number}/appoint/"
    body = {"person": "Cy Holt", "starts_on": TODAY.isoformat(), "ends_on": LATER.isoformat()}
    answer = program.act(address, body)
    assert answer.status_code == 422
    assert [(code, place) for code, _text, place in told(answer)] == [("caretaker", "caretaker_reason")]
    assert program.act(address, {**body, "caretaker_reason": WHY}).status_code == 201
    assert set(reasons()) == {WHY}


def sheet(group: Group, starts_on: date) -> bytes:
    line = {
        "id": "1", "group": group.name, "title": "Member", "basis": "individual", "constituency": "agency",
        "starts_on": START.isoformat(), "person": "Ada Marsh", "person_from": starts_on.isoformat(),
        "person_to": (TODAY + timedelta(days=90)).isoformat(),
    }  # fmt: skip
    text = io.StringIO()
    csv.writer(text).writerows([list(line), list(line.values())])
    return text.getvalue().encode()


def load(world: World, by: Viewer, content: bytes) -> ImportBatch:
    given: dict[str, Any] = {"source": "a list", "filename": "up.csv", "content": content, "now": world.now}
    batch = check_upload(by=by, resource=resources["seats"], **given)
    if not batch.rows.filter(outcome="bad").exists():
        confirm(by=by, batch=batch, without_bad=False, now=world.now)
        advance(batch=batch, now=world.now, seconds=20)
    return batch


def test_an_upload(found: Furnished, present: World) -> None:
    begin(present)
    by = present.officer()
    before = Seat.objects.count()
    row = load(present, by, sheet(found.group, TODAY)).rows.get()
    assert SENTENCE in f"{row.error} {row.faults}"
    assert Seat.objects.count() == before
    with caretaker.overriding(WHY):
        batch = check_upload(
            by=by, resource=resources["seats"], source="a list", filename="up.csv", content=sheet(found.group, TODAY),
            now=present.now,
        )  # fmt: skip
    confirm(by=by, batch=batch, without_bad=False, now=present.now)
    advance(batch=batch, now=present.now, seconds=20)  # by the worker: nobody is there to say why
    assert batch.rows.get().outcome == "created"
    assert set(reasons()) == {WHY}


def test_an_upload_of_what_was_before(found: Furnished, present: World) -> None:
    begin(present)
    assert load(present, present.officer(), sheet(found.group, BEFORE)).rows.get().outcome == "created"


def test_the_page_of_an_upload_asks(present: World) -> None:
    officer: Client = signed_in(present, Duty.SECRETARIAT)
    assert "caretaker_reason" not in officer.get("/uploads/new/seats/").content.decode()
    begin(present)
    assert "caretaker_reason" in officer.get("/uploads/new/seats/").content.decode()

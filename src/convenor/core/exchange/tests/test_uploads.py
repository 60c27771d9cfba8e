"""Uploads: dry run, load, load again, kill and resume, take back."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.exchange import jobs, queries, rules
from convenor.core.exchange.commands import advance, check_upload, confirm, loading, run_chunk, undo, uploads
from convenor.core.exchange.models import ImportBatch, Origin
from convenor.core.exchange.tests.samples import NOTES, SERIES, rename_note, rows_per_chunk
from convenor.core.journal.models import Entry
from convenor.core.records.models import Record
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous

pytestmark = pytest.mark.django_db

TWO = b"id,title\nA,Alpha\nB,Beta\n"


def upload(by: Viewer, content: bytes, **more: Any) -> ImportBatch:
    given: dict[str, Any] = {"source": "the register", "filename": "notes.csv", "now": by.now, "resource": NOTES} | more
    return check_upload(by=by, content=content, **given)


def load(by: Viewer, content: bytes, **more: Any) -> ImportBatch:
    batch = confirm(by=by, batch=upload(by, content, **more), without_bad=True, now=by.now)
    return advance(batch=batch, now=more.get("now", by.now), seconds=60)


def titles() -> Counter[tuple[str, str]]:
    return Counter(Record.objects.filter(kind="note").values_list("title", "state"))


def outcomes(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in queries.outcomes(batch).items() if number}


def test_a_dry_run_names_every_bad_row_and_loads_nothing(officer: Viewer) -> None:
    batch = upload(
        officer,
        b"id,title,due,mood,themes\n"
        b"A,Alpha,2026-11-24,Glad of it,TAX; superannuation\n"
        b",Beta,,,\n"
        b"C,Gamma,soon,,\n"
        b"A,Delta,,,\n"
        b"E,,,angry,tax; work\n"
        b"F,forbidden,,,\n",
    )
    rows = {row.number: (row.outcome, row.faults) for row in batch.rows.all()}
    assert rows == {
        2: ("waiting", []),
        3: ("bad", [["id", "“Number in the register” must be filled."]]),
        4: ("bad", [["due", "“soon” is not a day: write 2026-11-24."]]),
        5: ("bad", [["id", "“A” stands in row 2 already."]]),
        6: (
            "bad",
            [
                ["title", "“Title” must be filled."],
                ["mood", "“angry” is not one of: glad, sad."],
                ["themes", "“work” is not one of: tax, super."],
            ],
        ),
        7: ("bad", [["title", "No note may be called so."]]),
    }
    assert batch.rows.get(number=2).data["themes"] == "tax; super"
    assert batch.notes == ["Loading it would make 1 new, change 0 and leave 0 as they are."]
    assert bytes(batch.file.content).startswith(b"id,title,due")
    assert not Record.objects.filter(kind="note").exists()
    assert not Origin.objects.exists()
    assert [entry.verb for entry in Entry.objects.all()] == ["upload.checked"]


def test_bad_rows_are_left_out_only_when_that_is_said(officer: Viewer) -> None:
    batch = upload(officer, b"id,title\nA,Alpha\n,Beta\n")
    with pytest.raises(Refused) as refused:
        confirm(by=officer, batch=batch, without_bad=False, now=officer.now)
    assert [breach.code for breach in refused.value.breaches] == ["batch-bad-rows"]
    batch = confirm(by=officer, batch=batch, without_bad=True, now=officer.now)
    assert advance(batch=batch, now=officer.now, seconds=60).state == "done"
    assert titles() == {("Alpha", "live"): 1}


def test_loading_goes_through_the_command_and_the_journal(officer: Viewer) -> None:
    batch = load(officer, TWO)
    assert outcomes(batch) == {"created": 2}
    verbs = list(Entry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["upload.checked", "upload.confirmed", "note.created", "note.created", "upload.loaded"]
    reasons = Entry.objects.filter(verb="note.created").values_list("values__after", flat=True)
    assert "Loaded from the register, row 2 of notes.csv." in set(reasons)
    loaded = Entry.objects.get(verb="upload.loaded")
    assert dict(loaded.values.values_list("field", "after"))["rows"] == '{"created": 2}'


def test_the_second_load_changes_nothing(officer: Viewer) -> None:
    load(officer, TWO)
    entries = Entry.objects.filter(record__isnull=False).count()
    again = load(officer, b"title;id\nBeta;B\nAlpha;A\n")
    assert outcomes(again) == {"unchanged": 2}
    assert titles() == {("Alpha", "live"): 1, ("Beta", "live"): 1}
    assert Entry.objects.filter(record__isnull=False).count() == entries


def test_what_the_source_changed_is_changed_here(officer: Viewer) -> None:
    load(officer, TWO)
    again = load(officer, b"id,title\nA,Alpha 2\nB,Beta\nC,Gamma\n")
    assert outcomes(again) == {"created": 1, "changed": 1, "unchanged": 1}
    assert titles() == {("Alpha 2", "live"): 1, ("Beta", "live"): 1, ("Gamma", "live"): 1}
    other = load(officer, b"id,title\nA,Alpha of another register\n", source="another")
    assert outcomes(other) == {"created": 1}


@pytest.mark.slow
def test_a_killed_load_goes_on_where_it_stopped(officer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "id,title\n" + "".join(f"{number},Note {number}\n" for number in range(24))
    batch = upload(officer, content.encode())
    confirm(by=officer, batch=batch, without_bad=False, now=officer.now)
    rows_per_chunk(10, monkeypatch)
    assert run_chunk(batch_id=batch.pk, now=officer.now)
    calls = []

    real = loading._try_row

    def dies(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 5:
            raise SystemExit
        real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(loading, "_try_row", dies)
        with pytest.raises(SystemExit):
            run_chunk(batch_id=batch.pk, now=officer.now)
    assert outcomes(batch) == {"created": 10, "waiting": 14}
    done = advance(batch=batch, now=officer.now + timedelta(minutes=1), seconds=60)
    assert (done.state, outcomes(done)) == ("done", {"created": 24})
    assert set(titles().values()) == {1}
    assert len(done.moments) == 2


def test_a_load_is_taken_back(officer: Viewer) -> None:
    load(officer, TWO)
    second = load(officer, b"id,title\nA,Alpha 2\nB,Beta\nC,Gamma\n", now=officer.now + timedelta(hours=1))
    later = officer.now + timedelta(hours=2)
    batch = advance(batch=undo(by=officer, batch=second, now=later), now=later, seconds=60)
    assert (batch.state, outcomes(batch)) == ("undone", {"undone": 2, "unchanged": 1})
    assert titles() == {("Alpha", "live"): 1, ("Beta", "live"): 1, ("Gamma", "withdrawn"): 1}
    assert Entry.objects.filter(verb="upload.undone").count() == 1
    again = load(officer, b"id,title\nA,Alpha\nB,Beta\nC,Gamma\n")
    assert outcomes(again) == {"unchanged": 2, "changed": 1}
    assert titles() == {("Alpha", "live"): 1, ("Beta", "live"): 1, ("Gamma", "live"): 1}
    with pytest.raises(Refused):
        undo(by=officer, batch=batch, now=later)


def test_taking_back_is_refused_naming_what_was_touched(officer: Viewer, by_system: Viewer) -> None:
    batch = load(officer, TWO)
    later = officer.now + timedelta(hours=1)
    rename_note(Record.objects.get(title="Beta"), "Beta, corrected", by_system, later)
    with pytest.raises(Refused) as refused:
        undo(by=officer, batch=batch, now=later)
    assert [breach.text for breach in refused.value.breaches] == [
        "It cannot be taken back, because some of it was changed since: Beta, corrected."
    ]
    batch.refresh_from_db()
    assert batch.state == "done"


def test_what_is_touched_while_it_is_taken_back_stays(officer: Viewer, by_system: Viewer) -> None:
    batch = load(officer, TWO)
    later = officer.now + timedelta(hours=1)
    batch = undo(by=officer, batch=batch, now=later)
    rename_note(Record.objects.get(title="Beta"), "Beta, corrected", by_system, later)
    batch = advance(batch=batch, now=later, seconds=60)
    assert (batch.state, outcomes(batch)) == ("undone", {"undone": 1, "created": 1})
    assert "changed since: Beta, corrected" in batch.rows.get(outcome="created").error
    assert titles() == {("Alpha", "withdrawn"): 1, ("Beta, corrected", "live"): 1}


def test_a_load_that_changed_nothing_has_nothing_to_take_back(officer: Viewer) -> None:
    load(officer, TWO)
    with pytest.raises(Refused, match="nothing to take back"):
        undo(by=officer, batch=load(officer, TWO), now=officer.now)


def test_only_who_may_loads(officer: Viewer, now: datetime) -> None:
    """Peer hole 9: the same permission behind every door."""
    stranger = anonymous(now)
    with pytest.raises(NotAllowed, match="Only secretariat officers load notes"):
        upload(stranger, TWO)
    with pytest.raises(NotAllowed, match="cannot be loaded from a file"):
        upload(officer, TWO, resource=SERIES)
    batch = upload(officer, TWO)
    with pytest.raises(NotAllowed):
        confirm(by=stranger, batch=batch, without_bad=False, now=now)
    with pytest.raises(NotAllowed):
        undo(by=stranger, batch=batch, now=now)


def test_who_lost_the_duty_meanwhile_loads_nothing(officer: Viewer, officer_person: Person, now: datetime) -> None:
    batch = confirm(by=officer, batch=upload(officer, TWO), without_bad=False, now=now)
    DutyAssignment.objects.filter(person=officer_person).update(ends_at=now + timedelta(minutes=1))
    batch = advance(batch=batch, now=now + timedelta(minutes=2), seconds=60)
    assert outcomes(batch) == {"failed": 2}
    assert not Record.objects.filter(kind="note").exists()


def test_an_upload_is_its_makers_alone(officer: Viewer, now: datetime) -> None:
    """Peer holes 4 and 5: an address one cannot guess, and the owner is asked again."""
    batch = upload(officer, TWO)
    assert len(batch.token) == 32
    assert queries.access_batch(officer, batch.token) == batch
    other = Person.objects.create_user("other@example.org", name="Other Officer (fictitious)")
    DutyAssignment.objects.create(person=other, duty="secretariat", starts_at=now)
    for viewer in (anonymous(now), viewer_for(other, now)):
        with pytest.raises(Http404):
            queries.access_batch(viewer, batch.token)
        assert batch not in queries.batches_of(viewer)
    with pytest.raises(Http404):
        queries.access_batch(anonymous(now), "0" * 32)


def test_the_system_may_load_too(by_system: Viewer) -> None:
    assert outcomes(load(by_system, TWO)) == {"created": 2}


def test_a_source_must_be_named(officer: Viewer) -> None:
    with pytest.raises(Refused) as refused:
        upload(officer, TWO, source="  ")
    assert [breach.field for breach in refused.value.breaches] == ["source"]


def test_two_runners_take_turns(officer: Viewer) -> None:
    batch = confirm(by=officer, batch=upload(officer, TWO), without_bad=False, now=officer.now)
    assert not run_chunk(batch_id=batch.pk, now=officer.now)
    assert not run_chunk(batch_id=batch.pk, now=officer.now)
    assert titles() == {("Alpha", "live"): 1, ("Beta", "live"): 1}


def test_a_long_dry_run_says_how_far_the_rules_were_asked(officer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "REHEARSAL_SECONDS", -1.0)
    batch = upload(officer, b"id,title\nA,Alpha\nB,forbidden\n")
    assert batch.notes[-1].startswith("All rows were checked; the rules were tried on the first 1.")
    assert outcomes(load(officer, b"id,title\nA,Alpha\nB,forbidden\n")) == {"created": 1, "failed": 1}


def test_what_the_database_refuses_is_a_sentence(officer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def clashes(*_given: Any, **_named: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(loading, "_load_row", clashes)
    batch = upload(officer, TWO)
    assert [row.error for row in batch.rows.all()] == [loading.CLASH, loading.CLASH]
    assert not Record.objects.filter(kind="note").exists()


def test_administrators_see_and_take_back_what_others_loaded(officer: Viewer, now: datetime) -> None:
    batch = load(officer, TWO)
    person = Person.objects.create_user("admin@example.org", name="Ada Administrator (fictitious)")
    DutyAssignment.objects.create(person=person, duty="administrator", starts_at=now)
    admin = viewer_for(person, now)
    assert list(queries.batches_of(admin)) == [batch]
    later = now + timedelta(hours=1)
    batch = advance(
        batch=undo(by=admin, batch=queries.access_batch(admin, batch.token), now=later), now=later, seconds=9
    )
    assert outcomes(batch) == {"undone": 2}
    assert {entry.actor_id for entry in Entry.objects.filter(verb="note.taken-back")} == {person.pk}


def kept_two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Seven rows, of which a transaction stores two."""
    monkeypatch.setattr(uploads, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(uploads, "CHUNK_SECONDS", 0.0)
    monkeypatch.setattr(loading, "BREATH", 0.0)
    return b"id,title\n" + b"".join(b"%d,Note %d\n" % (number, number) for number in range(7))


def cut_off(by: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check whose process ends after the first transaction."""
    content = kept_two_at_a_time(monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(uploads, "breathe", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            upload(by, content)


def test_checked_rows_are_stored_a_few_at_a_time(officer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    content = kept_two_at_a_time(monkeypatch)
    with CaptureQueriesContext(connection) as asked:
        batch = upload(officer, content)
    inserts = [said["sql"] for said in asked if said["sql"].startswith('INSERT INTO "exchange_importrow"')]
    assert len(inserts) == 4
    assert batch.state == ImportBatch.objects.get().state == "checked"
    assert list(batch.rows.order_by("number").values_list("number", flat=True)) == list(range(2, 9))
    assert Counter(Entry.objects.values_list("verb", flat=True)) == {"upload.checked": 1}


def test_a_check_that_fails_again_and_again_holds_up_no_other_upload(
    officer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(officer, monkeypatch)
    ImportBatch.objects.get().file.delete()
    other = confirm(by=officer, batch=upload(officer, b"id,title\n1,One\n"), without_bad=True, now=officer.now)
    assert jobs.next_chunk(officer.now + timedelta(days=1))
    other.refresh_from_db()
    assert other.state == "done"


def test_a_check_that_was_cut_off_is_done_again_by_the_worker(officer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(officer, monkeypatch)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.rows.count()) == ("reading", 2)
    with pytest.raises(Refused) as refused:
        confirm(by=officer, batch=batch, without_bad=True, now=officer.now)
    assert [breach.text for breach in refused.value.breaches] == [
        "This upload is still being checked. Try again in a minute."
    ]
    assert not jobs.next_chunk(officer.now + rules.CHECK_ENDS)
    assert jobs.next_chunk(officer.now + rules.CHECK_ENDS + timedelta(seconds=1))
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), outcomes(batch)) == ("checked", 7, {"waiting": 7})
    batch = advance(
        batch=confirm(by=officer, batch=batch, without_bad=False, now=officer.now), now=officer.now, seconds=60
    )
    assert titles() == {(f"Note {number}", "live"): 1 for number in range(7)}


def test_a_check_that_may_not_be_done_again_says_why(officer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(officer, monkeypatch)
    DutyAssignment.objects.all().delete()
    jobs.next_chunk(officer.now + timedelta(hours=1))
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.rows.count()) == ("checked", 0)
    assert [note for note in batch.notes if "load" in note] == batch.notes != []

"""The commands of the runner, on the tests' own database."""

from __future__ import annotations

import csv
import io
import threading
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from openpyxl import Workbook
from pytest_django import Settings

from convenor.__main__ import COMMANDS
from convenor.__main__ import main as run
from convenor.core.clock.models import Calendar
from convenor.core.exchange.models import ImportBatch
from convenor.core.files import commands as files
from convenor.core.journal import commands as journal
from convenor.core.journal import jobs
from convenor.core.journal.models import Entry, Heartbeat, Seal
from convenor.core.notify import commands as notify
from convenor.core.records.rules import SEALED, Refused, Viewer
from convenor.domain.directory.models import Organisation, OrganisationKind
from convenor.domain.engagement.models import ModelVersion
from convenor.domain.groups.models import ChairRole, SeatRole
from convenor.web.cli import backup, databases, export, load, restore, verify
from convenor.web.cli.faults import Trouble
from convenor.web.cli.rounds import Worker
from convenor.web.first_words import load_first_words
from tests.things import make_thing, note

SEEDS = Path(load.__file__).parents[2] / "domain" / "engagement" / "seeds"
NEEDS_DATABASE = {"administrator", "load", "export", "backup", "restore", "verify"}

Said = pytest.CaptureFixture[str]


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.DATA, settings.FILES_ROOT, settings.MAIL_FOLDER = tmp_path, tmp_path / "files", tmp_path / "mail"
    return tmp_path


def test_usage_lists_every_command(capsys: Said) -> None:
    assert run([]) == run(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in COMMANDS)


def test_an_unknown_command_is_a_sentence(capsys: Said) -> None:
    assert run(["dmeo"]) == 2
    assert capsys.readouterr().err == "There is no command “dmeo”. Say ./convenor --help to see them all.\n"


@pytest.mark.django_db
@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str, capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        run([name, "--help"])
    assert ended.value.code == 0
    assert f"./convenor {name}" in capsys.readouterr().out


@pytest.mark.django_db
def test_verify_says_how_it_stands(now: datetime, capsys: Said, tmp_path: Path) -> None:
    note(now, "thing.made")
    seal = journal.seal(now)
    assert seal
    kept = tmp_path / "kept.txt"
    kept.write_text(f"{seal.number} {seal.hash}\n")
    assert verify.main(["--seals", str(kept)]) == 0
    assert "The journal is sound." in capsys.readouterr().out
    kept.write_text(f"99 {seal.hash}\n")
    assert verify.main(["--seals", str(kept)]) == 1
    assert "covers 99 entries, and the chain ends at 1." in capsys.readouterr().out
    kept.write_text("no seal")
    with pytest.raises(Trouble, match=r"Line 1 of .*kept\.txt is not a seal"):
        verify.main(["--seals", str(kept)])


@pytest.mark.django_db
def test_an_export_holds_what_is_public_and_proves_itself(
    now: datetime, by_system: Viewer, folder: Path, capsys: Said
) -> None:
    for visibility, title in (("public", "Open"), (SEALED, "CANARY")):
        received = files.receive(ContentFile(title.encode(), f"{title}.txt"))
        with transaction.atomic():
            record = make_thing(now, title, visibility)
            files.store_file(by=by_system, record=record, title=title, received=received, now=now)
            journal.write(
                by=by_system, verb="thing.made", record=record, now=now, changes={"t": (None, title)}, public="t"
            )
    assert export.main([str(folder / "public.zip")]) == 0
    with zipfile.ZipFile(folder / "public.zip") as archive:
        everything = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "CANARY" not in "".join([*everything, *everything.values()])
    [listed] = csv.DictReader(io.StringIO(everything["files.csv"]))
    assert everything[listed["path"]] == "Open"
    assert set(everything) == {line.split("  ")[1] for line in everything["SHA256SUMS"].splitlines()} | {"SHA256SUMS"}
    assert any(name.startswith("data/") and name.endswith(".schema.json") for name in everything)
    assert verify.main([str(folder / "public.zip")]) == 0


@pytest.mark.django_db(transaction=True)
def test_a_backup_comes_back_over_what_was_done_since(
    now: datetime, by_system: Viewer, folder: Path, capsys: Said
) -> None:
    note(now, "thing.made")
    journal.seal(now)
    jobs.publish_seals(now)
    received = files.receive(ContentFile(b"words", "a.txt"))
    with transaction.atomic():
        files.store_file(by=by_system, record=make_thing(now), title="A", received=received, now=now)
    assert backup.main([str(folder / "site.tar.gz")]) == 0
    note(now, "thing.changed")
    files.path_of(received.stored_name).unlink()
    with pytest.raises(Trouble, match="There is a site here already"):
        restore.main([str(folder / "site.tar.gz")])
    jobs.beat("one", now, datetime.now(now.tzinfo))
    with pytest.raises(Trouble, match="A worker is running"):
        restore.main([str(folder / "site.tar.gz"), "--force"])
    Heartbeat.objects.all().delete()
    assert restore.main([str(folder / "site.tar.gz"), "--force"]) == 0
    assert [entry.verb for entry in Entry.objects.all()] == ["thing.made"]
    assert files.path_of(received.stored_name).read_bytes() == b"words"
    assert (folder / "seals.txt").read_text().startswith(f"1 {Seal.objects.get().hash} ")
    assert "The journal is sound." in capsys.readouterr().out


@pytest.mark.django_db
def test_a_backup_of_another_version_or_database_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "site.tar.gz"
    backup.make(path)
    monkeypatch.setattr(restore, "__version__", "0.0.9")
    with pytest.raises(Trouble, match=r"from Convenor 0\.1\.0, newer than this one \(0\.0\.9\)"):
        restore.put_back(path, force=True)
    monkeypatch.undo()
    monkeypatch.setattr(connection, "vendor", "another")
    monkeypatch.setattr("convenor.web.cli.databases.bring_back", lambda _source: None)
    with pytest.raises(Trouble, match="names a another one"):
        restore.put_back(path, force=True)


def test_a_backup_that_is_not_there_is_a_sentence(folder: Path) -> None:
    with pytest.raises(Trouble, match="There is no file"):
        restore.main([str(folder / "none.tar.gz")])


@pytest.mark.slow  # the whole story, since a model belongs to an organisation of it
@pytest.mark.django_db
def test_a_model_is_loaded_once(by_system: Viewer, now: datetime, capsys: Said) -> None:
    from convenor.web.demo import story

    story.load(now)
    versions = ModelVersion.objects.count()
    assert load.main([str(SEEDS / "dsp.yaml")]) == 0
    assert ModelVersion.objects.count() == versions
    assert "is in force from" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("model.txt", b"", "is not a kind of file that can be loaded"),
        ("model.yaml", b"\xff\xfe", "is not text in UTF-8"),
        ("table.csv", b"a,b\n", "Say what the rows are: --resource"),
    ],
)
def test_what_cannot_be_loaded_is_a_sentence(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Trouble, match=says):
        load.main([str(tmp_path / name)])


TABLE = "id,name,kind\n1,Example Payroll Pty Ltd,company\n2,,company\n"


@pytest.mark.django_db
def test_a_table_is_checked_whole_before_any_row_is_loaded(now: datetime, tmp_path: Path, capsys: Said) -> None:
    from convenor.domain.directory.commands.vocabulary import load_vocabulary

    load_vocabulary(now)
    path = tmp_path / "organisations.csv"
    path.write_text(TABLE)
    to = ["--resource", "organisations", "--source", "Register"]
    before = Organisation.objects.count()
    assert load.main([str(path), *to, "--dry-run"]) == 1
    assert load.main([str(path), *to]) == 1
    said = capsys.readouterr().out
    assert "Row 3, name:" in said
    assert "Nothing was loaded: mend these rows, or say --without-bad." in said
    assert Organisation.objects.count() == before
    assert load.main([str(path), *to, "--without-bad"]) == 0
    assert "1 created" in capsys.readouterr().out
    assert Organisation.objects.count() == before + 1
    assert ImportBatch.objects.latest("id").state == ImportBatch.State.DONE


@pytest.mark.django_db
def test_a_sheet_is_named_and_a_mapping_says_what_is_the_same_in_every_row(
    now: datetime, tmp_path: Path, capsys: Said
) -> None:
    from convenor.domain.directory.commands.vocabulary import load_vocabulary

    load_vocabulary(now)
    book = Workbook(write_only=True)
    for title, rows in {
        "Agencies": [["id", "name", "kind"], ["1", "Example Agency", "company"]],
        "Firms": [["No", "Firm"], ["7", "Example Payroll Pty Ltd"]],
    }.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path := tmp_path / "register.xlsx")
    plain = [str(path), "--resource", "organisations", "--source", "Register", "--dry-run"]
    assert load.main(plain) == 0
    assert "Read from the sheet “Agencies”. There are rows in “Firms” too." in capsys.readouterr().out
    with pytest.raises(Refused, match=r"no sheet “Firm”\. Its sheets are “Agencies” and “Firms”"):
        load.main([*plain, "--sheet", "Firm"])
    with pytest.raises(Refused, match="The file has no column “name” and “kind”"):
        load.main([*plain, "--sheet", "Firms"])
    with pytest.raises(Trouble, match=r"model.yaml has no sheets to choose from"):
        load.main([str(tmp_path / "model.yaml"), "--sheet", "Firms"])
    made = tmp_path / "mapping.yaml"
    made.write_text(
        "format: convenor-mapping/1\nfiles: {rows: {pattern: '*.xlsx', sheet: Firms}}\n"
        "lists:\n  - list: organisations\n"
        "    rows: rows[]\n    set: {id: '{No}', name: {column: Firm}, kind: {value: company}}\n"
    )
    assert load.main([str(path), "--mapping", str(made)]) == 0
    assert "1 created" in capsys.readouterr().out
    assert Organisation.objects.get(name="Example Payroll Pty Ltd").kind.name == "Company"
    with pytest.raises(Refused, match="no sheet “Firm”"):
        load.main([str(path), "--mapping", str(made), "--sheet", "Firm"])


@pytest.mark.django_db
def test_a_new_site_has_its_words_before_anything_is_loaded(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "is_empty", lambda: True)
    path = tmp_path / "organisations.csv"
    path.write_text("id,name,kind\n1,Example Payroll Pty Ltd,company\n")
    assert load.main([str(path), "--resource", "organisations"]) == 0
    assert "1 created" in capsys.readouterr().out
    assert Calendar.objects.filter(slug="act").exists()
    assert OrganisationKind.objects.filter(name="Company").exists()
    assert ChairRole.objects.filter(slug="chair").exists()
    assert set(SeatRole.DefaultFor.values) <= set(SeatRole.objects.values_list("default_for", flat=True))


@pytest.mark.django_db
def test_words_that_the_site_changed_stay_so_at_the_next_start(now: datetime) -> None:
    assert load_first_words(now) > 0
    SeatRole.objects.filter(slug="member").update(name="Fellow")
    entries = Entry.objects.count()
    assert load_first_words(now) == 0
    assert SeatRole.objects.get(slug="member").name == "Fellow"
    assert Entry.objects.count() == entries


@pytest.mark.django_db
def test_one_round_of_the_worker_does_everything_that_waits(now: datetime, folder: Path) -> None:
    note(now, "thing.made")
    notify.queue(
        to="a@convenor.example",
        subject="Hello",
        template="due",
        context={"late": 1, "soon": 0, "desk": "/"},
        now=datetime.now(now.tzinfo),
    )
    worker = Worker(threading.Event())
    assert worker.run_once() == 0
    assert len(list((folder / "mail").iterdir())) == 1
    assert Seal.objects.count() == 1
    assert not Heartbeat.objects.exists()

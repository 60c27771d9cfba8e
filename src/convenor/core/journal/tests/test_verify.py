from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.journal import commands, publish, rules, verify
from convenor.core.journal.models import ChainLink, Entry, Seal, Value
from convenor.core.journal.rules import Sealed
from convenor.core.records.rules import SEALED, Viewer, anonymous
from tests.tampering import untied
from tests.things import make_thing, note

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(now: datetime) -> list[Sealed]:
    """Seven entries in two seals, one not sealed yet, and the first seal kept elsewhere."""
    secret = make_thing(now, visibility=SEALED)
    note(now, "thing.made", changes={"title": (None, "CANARY")}, public=["title"], record=secret)
    for number in range(3):
        changes = {"title": (None, f"Title {number}"), "phone": (None, "CANARY")}
        note(now, "thing.made", changes=changes, public=["title"])
    first = commands.seal(now)
    for _ in range(3):
        note(now + timedelta(minutes=1), "thing.changed")
    commands.seal(now + timedelta(minutes=1))
    note(now + timedelta(minutes=2), "thing.changed")
    assert first
    return [Sealed(first.number, first.hash, "the copy")]


def forced(table: str, setting: str, where: str, *params: int | str) -> None:
    untied(f"UPDATE journal_{table} SET {setting} WHERE {where}", *params)  # noqa: S608 - all from here


def rewritten(seal_too: bool) -> None:
    """The second entry altered, with its digest, the whole chain and, if asked, our own seals made to fit."""
    second = ChainLink.objects.get(number=2).entry
    untied("UPDATE journal_entry SET verb = 'thing.forged' WHERE id = %s", second.pk)
    second.refresh_from_db()
    digest = rules.entry_digest(
        public_nonce=rules.public_nonce(second.nonce),
        verb=second.verb,
        record_id=second.record_id,
        who=rules.who(second.nonce, second.actor_id, second.on_behalf_of_id),
        at=rules.instant(second.at),
        values=second.values.values_list("digest", flat=True),
    )
    forced("entry", "digest = %s", "id = %s", digest, second.pk)
    previous = rules.GENESIS
    for link in ChainLink.objects.select_related("entry").order_by("number"):
        previous = rules.link_hash(previous, link.number, link.entry.digest)
        forced("chainlink", "hash = %s", "number = %s", previous, link.number)
        if seal_too:
            forced("seal", "hash = %s", "number = %s", previous, link.number)


def cut(seal_too: bool) -> None:
    untied("DELETE FROM journal_chainlink WHERE number > 4")
    if seal_too:
        untied("DELETE FROM journal_seal WHERE number > 4")


def swapped() -> None:
    second, third = (ChainLink.objects.get(number=number).entry_id for number in (2, 3))
    free = Entry.objects.latest("id").pk  # the one that is not sealed yet
    for number, entry in ((2, free), (3, second), (2, third)):
        forced("chainlink", "entry_id = %s", "number = %s", entry, number)


def slipped_in() -> None:
    free = Entry.objects.latest("id")
    ChainLink.objects.create(number=8, entry=free, hash="f" * 64)


TAMPERINGS: dict[str, tuple[Callable[[], None], str]] = {
    "a verb altered": (
        lambda: untied("UPDATE journal_entry SET verb = 'thing.forged' WHERE id = (SELECT min(id) FROM journal_entry)"),
        "was altered",
    ),
    "a time altered": (
        lambda: untied("UPDATE journal_entry SET at = '2020-01-01 00:00:00' WHERE verb = 'thing.made'"),
        "was altered",
    ),
    "a value altered": (
        lambda: untied("UPDATE journal_value SET after = 'forged' WHERE field = 'phone'"),
        "The value “phone” of the entry",
    ),
    "a link removed": (lambda: untied("DELETE FROM journal_chainlink WHERE number = 3"), "Entry 3 is missing"),
    "two entries changed places": (swapped, "does not follow"),
    "an entry slipped in": (slipped_in, "Entry 8 does not follow"),
    "the chain rewritten": (lambda: rewritten(seal_too=False), "is not the one that the seal sealed"),
    "the tail cut": (lambda: cut(seal_too=False), "covers 7 entries, and the chain ends at 4"),
    "erased without a record": (
        lambda: untied("UPDATE journal_value SET after = NULL, salt = '', erased_at = '2026-01-01 00:00:00'"),
        "was erased without a record",
    ),
}


def test_a_sound_journal(kept: list[Sealed]) -> None:
    report = verify.check_database(kept)
    assert report.faults == []
    assert (report.checked, report.unsealed, report.seals, report.erased) == (7, 1, 3, 0)
    assert report.lines()[2:] == ["1 entries are not sealed yet.", "The journal is sound."]


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(kept: list[Sealed], name: str) -> None:
    act, says = TAMPERINGS[name]
    act()
    report = verify.check_database(kept)
    assert not report.sound
    assert any(says in fault.text for fault in report.faults), report.lines()


@pytest.mark.parametrize("act", [rewritten, cut])
def test_what_is_made_to_fit_within_shows_against_a_seal_kept_elsewhere(
    kept: list[Sealed], now: datetime, act: Callable[[bool], None]
) -> None:
    last = Seal.objects.latest("number")
    elsewhere = [*kept, Sealed(last.number, last.hash, "the copy")]
    act(True)
    assert verify.check_database().sound
    assert not verify.check_database(elsewhere).sound


def test_an_old_entry_outside_the_chain_was_slipped_in(kept: list[Sealed], now: datetime) -> None:
    entry = Entry.objects.create(
        id=-1, verb="thing.forged", at=now - timedelta(days=9), nonce="n", digest=rules.GENESIS
    )
    report = verify.check_database()
    assert [fault.text for fault in report.faults if fault.number is None] == [
        f"The entry with id {entry.pk} (thing.forged) is not in the chain, and later ones are."
    ]


def test_erased_values_leave_it_sound(kept: list[Sealed], now: datetime, by_system: Viewer, tmp_path: Path) -> None:
    entry = Value.objects.filter(field="phone").earliest("id").entry
    commands.erase_values(by=by_system, entry=entry, fields=["phone", "title"], authority="Authority 1", now=now)
    report = verify.check_database(kept)
    assert (report.sound, report.erased) == (True, 2)
    exported = verify.check_export(export(now, tmp_path), kept)
    assert (exported.sound, exported.erased) == (True, 2)
    Value.objects.filter(entry=entry, field="phone").update(after="put back")
    assert any("put back" in fault.text for fault in verify.check_database(kept).faults)


def export(now: datetime, folder: Path) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        publish.add_to(archive, anonymous(now))
    return path


def test_a_public_export_proves_itself_and_gives_nothing_away(
    kept: list[Sealed], now: datetime, tmp_path: Path
) -> None:
    path = export(now, tmp_path)
    report = verify.check_export(path, kept)
    assert (report.sound, report.checked, report.head) == (True, 7, Seal.objects.latest("number").hash)
    with zipfile.ZipFile(path) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "CANARY" not in text
    assert "phone" not in text
    assert "Title 2" in text


@pytest.mark.parametrize(
    ("member", "old", "new", "says"),
    [
        (verify.ENTRIES, "thing.made", "thing.forged", "was altered"),
        (verify.VALUES, "Title 1", "Title 9", "The value “title” of entry 3 was altered"),
        (verify.CHAIN, "\n3,", "\n33,", "Entry 3 is missing"),
        (verify.SEALS, "\n7 ", "\n8 ", "covers 8 entries, and the chain ends at 7"),
    ],
)
def test_an_export_that_was_tampered_with(
    kept: list[Sealed], now: datetime, tmp_path: Path, member: str, old: str, new: str, says: str
) -> None:
    path = export(now, tmp_path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert old in files[member]
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text.replace(old, new) if name == member else text)
    report = verify.check_export(path, kept)
    assert any(says in fault.text for fault in report.faults), report.lines()


@pytest.mark.parametrize("content", [b"not a zip", b""])
def test_a_file_that_is_no_export_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not a public export"):
        verify.check_export(path)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    path.write_bytes(empty.getvalue())
    with pytest.raises(ValueError, match="is not a public export"):
        verify.check_export(path)


def test_a_line_that_is_no_seal_is_named() -> None:
    with pytest.raises(ValueError, match=r"Line 2 of kept\.txt is not a seal"):
        rules.parse_seals(f"1 {'a' * 64} x\nhello\n", "kept.txt")
    assert rules.parse_seals("# ours\n\n", "kept.txt") == []


digests = st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), min_size=1, max_size=12, unique=True)


@given(digests, st.data())
def test_any_one_change_to_a_chain_is_found(entries: list[str], data: st.DataObject) -> None:
    links: list[tuple[int, str, str]] = []
    for number, entry in enumerate(entries, 1):
        links.append((number, entry, rules.link_hash(links[-1][2] if links else rules.GENESIS, number, entry)))
    seals = [Sealed(len(links), links[-1][2])]
    assert list(rules.check_chain(links, seals)) == []
    place = data.draw(st.integers(0, len(links) - 1))
    number, entry, found = links[place]
    changed = data.draw(
        st.sampled_from(
            [
                [*links[:place], *links[place + 1 :]],
                [*links[:place], (number, "0" * 63 + "x", found), *links[place + 1 :]],
                [*links[:place], (number, entry, "0" * 63 + "x"), *links[place + 1 :]],
                [*links[:place], links[place], *links[place:]],
            ]
        )
    )
    assert list(rules.check_chain(changed, seals)) != []

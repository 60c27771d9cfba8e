"""Peer holes 5, 10, 11 and 13: the ways by which something is written. See test_peer_holes.py.

OWASP ASVS 5.0: 2.2.1, 8.2.1, 8.2.3, 15.3.3.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import models, transaction

from convenor.core.exchange.commands import check_upload
from convenor.core.exchange.declare import Resource, resources
from convenor.core.exchange.models import ImportBatch, Origin
from convenor.core.records.rules import Refused
from tests.sweeps.asking import ask, undone
from tests.sweeps.forms import Filled, forms_for, send
from tests.world import HIDDEN, World

pytestmark = pytest.mark.django_db


def upload(
    world: World, role: str, resource: Resource, *rows: Mapping[str, str], source: str = "A list"
) -> ImportBatch:
    """A dry run of these rows, as this role would upload them."""
    return check_upload(
        by=world.viewer(role),
        resource=resource,
        source=source,
        filename="rows.csv",
        content=table(*rows),
        now=world.now,
    )


def table(*rows: Mapping[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_hole_5_addresses_of_uploads_cannot_be_guessed_or_meet(world: World) -> None:
    """pretix CVE-2025-65017: ids that collided gave one's data to another. 128 random bits, and the owner is asked."""
    rows = {"id": "1", "name": "Bureau of Tests", "kind": "government-agency"}
    made = [upload(world, "officer", resources["organisations"], rows) for _ in range(5)]
    tokens = {batch.token for batch in made}
    assert len(tokens) == 5
    assert all(len(token) == 32 and int(token, 16) for token in tokens)
    for batch in made:
        assert ask(world.client("foreign_officer"), "GET", f"/uploads/{batch.token}/").status == 404
        assert ask(world.client("officer"), "GET", f"/uploads/{batch.token}/").status == 200


# --- 10: what is checked when a thing is made is checked when it is changed ---------------------------------------

BAD: Final = {
    "too long": "x" * 401,
    "NUL": "a\x00b",
    "control": "a\x07b",
    "script address": "javascript:xq(1)",
    "no ABN": "12345678901",
    "blanks": " \u00a0 ",
    "no day": "31 February",
    "empty": "",
    "two lines": "one\ntwo",
}


@dataclass(frozen=True)
class Pair:
    """The form that makes a thing and the one that changes it."""

    create: Filled
    edit: Filled

    @property
    def shared(self) -> list[str]:
        typed = {control.name for control in self.create.typed}
        return [control.name for control in self.edit.typed if control.name in typed and control.kind != "password"]

    @property
    def whole(self) -> dict[str, Any]:
        """What makes another thing like the one that is edited."""
        shown = set(self.create.form.names)
        wanted: dict[str, Any] = {name: values for name, values in self.edit.data.items() if name in shown}
        named: dict[str, Any] = {name: f"{self.edit.data[name][0]} again" for name in NAMES if name in wanted}
        return {**wanted, **named, **dict.fromkeys(ONCE & set(wanted), "")}

    def __str__(self) -> str:
        return f"{self.create.door.route.name} and {self.edit.door.route.name}"


NAMES: Final = ("name", "title", "subject")
ONCE: Final = {"abn"}
"""What no second thing may have."""


def pairs(world: World) -> list[Pair]:
    """Each form named …edit with the form of its app that shares most fields and makes such a thing."""
    every = forms_for(world, "administrator")
    makers = [
        filled for filled in every if any(word in filled.door.route.name for word in ("add", "create", "appoint"))
    ]
    found = []
    for edit in every:
        if edit.door.route.name.endswith(("edit", "correct")):
            close = [make for make in makers if likeness(make, edit) >= 0.6]
            found += [Pair(max(close, key=lambda make: likeness(make, edit)), edit)] if close else []
    return found


def likeness(make: Filled, edit: Filled) -> float:
    """How many of the edited fields the other form has too; nothing across apps."""
    if make.door.route.name.partition(":")[0] != edit.door.route.name.partition(":")[0]:
        return 0.0
    wanted = {control.name for control in edit.typed}
    return len(wanted & set(make.form.names)) / len(wanted) if wanted else 0.0


def accepted(world: World, filled: Filled, data: Mapping[str, Any]) -> bool:
    with undone():
        return send(world.client("administrator"), filled, data).status in {302, 303}


@pytest.mark.slow
def test_hole_10_what_is_checked_on_creating_is_checked_on_editing(world: World) -> None:
    """zulip CVE-2025-47930: a rule of the way in, forgotten on that of change. Field by field, bad value by value."""
    differing, compared = {}, 0
    for pair in pairs(world):
        whole = pair.whole
        if not accepted(world, pair.create, whole) or not accepted(world, pair.edit, {}):
            continue
        for name in pair.shared:
            for what, value in BAD.items():
                made = accepted(world, pair.create, {**whole, name: value})
                changed = accepted(world, pair.edit, {name: value, "reason": "Test."})
                compared += 1
                if changed and not made:
                    differing[f"{pair}: {name}, {what}"] = "refused when made, accepted when changed"
    assert differing == {}
    assert compared > 100


@pytest.mark.slow
def test_hole_10_what_the_forms_refuse_the_upload_refuses(world: World) -> None:
    """The same by a spreadsheet: nothing is loaded that the form would not take."""
    differing, compared = {}, 0
    for pair in pairs(world):
        resource = importing(pair)
        if resource is None or not accepted(world, pair.create, pair.whole):
            continue
        row = row_like(pair, resource)
        if not loads(world, resource, row):
            differing[resource.name] = (
                f"not even a good row loads: {list(faults_of(world, 'administrator', resource, row, 'A list'))}"
            )
        for name in set(pair.shared) & set(row):
            for what, value in BAD.items():
                compared += 1
                by_form = accepted(world, pair.create, {**pair.whole, name: value})
                if not by_form and loads(world, resource, {**row, name: value}):
                    differing[f"{resource.name}: {name}, {what}"] = "refused by the form, loaded from a file"
    assert differing == {}
    assert compared > 30


def importing(pair: Pair) -> Resource | None:
    """The resource whose upload makes what the form changes: directory:office-edit changes offices."""
    changed = pair.edit.door.route.name.partition(":")[2].removesuffix("-edit")
    found = resources.get(f"{changed}s")
    return found if found and found.importer else None


def row_like(pair: Pair, resource: Resource) -> dict[str, str]:
    """A row with what stands in the form; words of a vocabulary and names of others as the upload writes them."""
    assert resource.importer is not None
    columns = {column.name: column for column in resource.importer.columns}
    given = {name: str(values[0] if isinstance(values, list) else values) for name, values in pair.whole.items()}
    row = {name: column.example for name, column in columns.items() if column.required}
    row |= {name: text for name, text in given.items() if name in columns and not columns[name].choices}
    words = {"kind": "government-agency", "organisation": "Agency that is ours"}
    row |= {name: word for name, word in words.items() if name in columns}
    return row | {resource.importer.source_id: "row 1"}


def loads(world: World, resource: Resource, row: Mapping[str, str]) -> bool:
    """Whether the dry run of this row finds nothing wrong."""
    try:
        with transaction.atomic():
            batch = upload(world, "administrator", resource, row)
            good = not batch.rows.exclude(faults=[]).exists()
            transaction.set_rollback(True)
    except Refused:
        return False
    return good


# --- 11: fields that no form shows ---------------------------------------------------------------------------------

RUNNING: Final = (models.DateTimeField, models.BinaryField)
UNSEEN: Final = frozenset({"sessions.Session", "accounts.SharedCache", "usersessions.UserSession"})
RANDOM: Final = frozenset({"mfa.Authenticator.data"})
"""The seed of recovery codes."""


def rows_of(tables: Iterable[str]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables, but what differs from one run to the next: keys, times, random texts."""
    found = {}
    for model in apps.get_models():
        if model._meta.db_table in tables and model._meta.label not in UNSEEN and model._meta.app_label != "journal":
            columns = [
                field.attname
                for field in model._meta.concrete_fields
                if not field.primary_key
                and not isinstance(field, RUNNING)
                and not field.unique
                and str(field) not in RANDOM
            ]
            found[model._meta.label] = sorted(model._base_manager.values_list(*columns), key=repr) if columns else []
    return found


def hostile_extras(filled: Filled) -> dict[str, str]:
    """Every field of every model that the form does not show, with a value somebody would like to see there."""
    shown = set(filled.form.names)
    extras = {"is_superuser": "on", "is_staff": "on", "by": "1", "viewer": "1", "duties": "administrator"}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            for name in (column.name, column.attname):
                if name not in shown and f"{name}_0" not in shown:
                    extras[name] = value_for(column)
    return extras


def value_for(column: Any) -> str:
    if column.choices:
        return str(list(dict(column.flatchoices))[-1])
    if isinstance(column, models.DateField):
        return "2001-01-01"
    return "1" if column.is_relation or isinstance(column, models.IntegerField | models.BooleanField) else "hostile"


@pytest.mark.slow
@pytest.mark.parametrize("role", ["administrator", "member", "stranger"])
def test_hole_11_no_form_takes_a_field_it_does_not_show(world: World, role: str) -> None:
    """zulip CVE-2022-31168: a role given by a field nobody expected. With and without the extras: the same rows.

    (Of the tables that were written to; another table written to because of an extra is a difference too.)
    """
    differing, sent = {}, 0
    for filled in forms_for(world, role):
        results = []
        for extras in ({}, hostile_extras(filled)):
            with undone():
                answer = send(world.client(role), filled, extras)
                results.append((answer.word, rows_of(answer.writes)))
        sent += 1
        (word, plain), (other_word, laden) = results
        if (word, plain) != (other_word, laden):
            differing[str(filled)] = (word, other_word, [name for name in plain if plain[name] != laden[name]])
    assert differing == {}
    assert sent > 2


# --- 13: what many at once tell ---------------------------------------------------------------------------------------


def faults_of(world: World, role: str, resource: Resource, row: Mapping[str, str], source: str) -> Iterator[str]:
    try:
        batch = upload(world, role, resource, row, source=source)
    except Refused as refused:
        yield str(refused)
        return
    yield from (text for found in batch.rows.all() for _, text in found.faults)


@pytest.mark.parametrize("specimen", HIDDEN[:2])
def test_hole_13_a_dry_run_tells_nothing_of_what_is_hidden(world: World, specimen: str) -> None:
    """wagtail GHSA-fc75-58r8-rm3h: a bulk view that named people. Rows that point at something hidden, as another
    agency's officer uploads them: the same answer as for something that is not there, and no name in it."""
    hidden = world.row("organisation", specimen)
    for said in (hidden.name, hidden.record.ref, hidden.slug):
        answers = []
        for text in (said, "No Such Body"):
            row = {"id": "1", "name": "Bureau of Tests", "kind": "government-agency", "part_of": text}
            found = list(faults_of(world, "foreign_officer", resources["organisations"], row, "A list"))
            answers.append([fault.replace(text, "…") for fault in found])
        assert answers[0] == answers[1], said


@pytest.mark.parametrize("specimen", HIDDEN[:2])
def test_hole_13_the_id_of_anothers_row_opens_nothing(world: World, specimen: str) -> None:
    """A row of a register that somebody else loaded, by its source and id, which may be guessed."""
    hidden = world.row("organisation", specimen)
    Origin.objects.create(resource="organisations", source="Their list", source_id="7", record=hidden.record)
    row = {"id": "7", "name": "Bureau of Tests", "kind": "government-agency"}
    told = " ".join(faults_of(world, "foreign_officer", resources["organisations"], row, "Their list"))
    assert hidden.name not in told
    assert hidden.record.ref not in told

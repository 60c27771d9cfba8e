"""Peer holes 15 to 25: what a hostile text, file, address or query may do. See test_peer_holes.py.

OWASP ASVS 5.0: 1.2.1 to 1.2.4, 1.2.10, 1.3.1, 5.4.1.
"""

from __future__ import annotations

import ast
import csv
import io
import re
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client

from convenor.core.files.commands import receive, store_file
from convenor.core.notify.commands import queue
from convenor.core.notify.models import Message
from convenor.core.records.rules import Refused
from convenor.core.search.commands import index_all
from convenor.web.cli import export
from tests.laws.source import SRC, modules, tree
from tests.sweeps import poison
from tests.sweeps.addresses import ALONE, doors
from tests.sweeps.asking import Answer, ask, undone
from tests.sweeps.crawling import crawl
from tests.sweeps.forms import forms_for, send
from tests.sweeps.providers import PROVIDERS
from tests.sweeps.redirecting import BYPASSES, stays_here
from tests.world import World

pytestmark = pytest.mark.django_db


def poisoned_pages(world: World, role: str, write: poison.Write) -> Iterator[Answer]:
    assert poison.poison(write) > 200
    index_all()
    with world.as_written():
        yield from crawl(world.client(role), [door.url for door in doors(world, PROVIDERS)])


def is_page(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["stranger", "officer", "administrator"])
def test_hole_15_and_17_no_text_acts_on_any_page(world: World, role: str) -> None:
    """decidim CVE-2026-23891 (a name), CVE-2024-41673 and wagtail CVE-2020-11001 (the page that compares versions).

    A polyglot in every text of every row, histories included, then every page the role can reach.
    """
    acts, faults, pages = {}, {}, 0
    for answer in poisoned_pages(world, role, poison.polyglot):
        if answer.status >= 500 and answer.url != "/readyz":
            faults[answer.url] = answer.fault
        if is_page(answer):
            pages += 1
            found = poison.acting(answer.text)
            if found:
                acts[answer.url] = found
        if answer.status == 200 and answer.headers.get("content-type", "").split(";")[0].endswith(("/xml", "+xml")):
            ET.fromstring(answer.body)  # noqa: S314 - our own; well-formed: nothing broke out of its element
    assert (acts, faults) == ({}, {})
    assert pages > 50


@pytest.mark.slow
def test_hole_18_no_text_acts_in_a_confirmation_or_a_message(world: World) -> None:
    """indico CVE-2023-37901: the name of a thing in the question whether to delete it, and in “Saved”."""
    poison.poison(poison.polyglot)
    client, acts = world.client("administrator"), {}
    for filled in forms_for(world, "administrator"):
        with undone():
            answer = send(client, filled)
            pages = [answer, *([ask(client, "GET", answer.where)] if answer.where.startswith("/") else [])]
        found = [what for page in pages if is_page(page) for what in poison.acting(page.text)]
        if found:
            acts[str(filled)] = found
    assert acts == {}


def test_hole_15_no_text_acts_in_a_mail(world: World) -> None:
    """The same in the HTML part of a mail to followers; and a line break in a title is no new header."""
    group = world.row("group")
    group.record.title = f"{poison.LONG}\r\nBcc: everybody@c.example"
    group.record.save()
    queue(
        to=world.people["person"],
        subject=f"{group.record.title}: changed",
        template="moved",
        context={"record": group.record, "what": poison.LONG, "address": "http://testserver/"},
        record=group.record,
        now=world.now,
    )
    message = Message.objects.latest("pk")
    assert poison.acting(message.html) == []
    assert "\n" not in message.subject
    assert "\r" not in message.subject
    assert mail.outbox == []


@pytest.mark.parametrize(
    "name", ["a.html", "a.svg", "a.xml", "a.mht", "a.xhtml", "a.js", "a.swf", "a.htm", "a.pdf.html"]
)
def test_hole_16_active_files_are_not_taken(name: str) -> None:
    """indico CVE-2026-25739: script in uploaded material. By name, and by content under a harmless name."""
    with pytest.raises(Refused):
        receive(ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg' onload='xq()'/>", name))


@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.docx", "a.jpg"])
def test_hole_16_content_is_what_the_name_says(name: str) -> None:
    with pytest.raises(Refused):
        receive(ContentFile(b"<html><script>xq()</script></html>", name))


def test_hole_16_what_is_served_is_inert(world: World) -> None:
    """Even a text that a browser might take for a page comes as a download, in a sandbox, without sniffing."""
    received = receive(ContentFile(b"<html><script>xq()</script></html>", "page.txt"))
    version = store_file(by=world.by, record=world.row("group").record, title="x", received=received, now=world.now)
    answer = ask(world.client("stranger"), "GET", f"/files/{version.pk}/page.txt")
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["stranger", "officer"])
def test_hole_19_no_parameter_sends_anybody_away(world: World, role: str) -> None:
    """indico CVE-2024-45399, zulip CVE-2019-19775, decidim CVE-2023-32693: every page, every name for a way back.

    One address elsewhere: none of these may be followed at all. The one that is gets every way round, below.
    """
    names = ("next", "back", "return", "return_to", "redirect", "redirect_to", "url", "to", "continue", "goto")
    gone: dict[str, str] = {}
    for door in doors(world, PROVIDERS):
        if door.shown_as in {"public", ALONE}:
            for answer in asked_twice(world.client(role), door.url, dict.fromkeys(names, BYPASSES[0])):
                if answer.where and not stays_here(answer.where):
                    gone[answer.url] = answer.where
    assert gone == {}


def asked_twice(client: Client, url: str, data: dict[str, str]) -> Iterator[Answer]:
    """Read with these parameters in the address, and sent with them in a form."""
    with undone():
        yield ask(client, "GET", f"{url}?{urlencode(data)}")
    with undone():
        yield ask(client, "POST", url, data, headers={"referer": data["next"].strip()})


@pytest.mark.parametrize("bypass", BYPASSES)
def test_hole_19_signing_in_leads_home(world: World, bypass: str) -> None:
    """Thirty ways around the check, on the one parameter that is followed."""
    client = world.fresh_client("person")
    answer = ask(client, "GET", f"/account/login/?next={quote(bypass)}")
    assert stays_here(answer.where)
    assert answer.where


def test_hole_20_nothing_fetches_an_address_that_somebody_gave() -> None:
    """indico CVE-2026-107394, eventschedule CVE-2026-55190: no code of ours opens an address, but for its own server.

    Sign-in by an outside provider goes to the addresses in the settings only.
    """
    found = {path.relative_to(SRC).as_posix() for path in modules() if imported(path) & FETCHING}
    assert {path for path in found if not path.startswith("web/cli/")} == set()


FETCHING = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "ftplib", "socket", "urllib3"}


def imported(path: Path) -> set[str]:
    """The modules that a file imports."""
    nodes = list(ast.walk(tree(path)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_hole_22_an_export_writes_beneath_itself_only(world: World, tmp_path: Path) -> None:
    """pretalx CVE-2023-28459: a name that climbs out of the folder, in the one place where files are packed."""
    for name in ("../../evil.txt", "..\\..\\evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:\\evil.txt"):
        received = receive(ContentFile(b"words", name))
        store_file(by=world.by, record=world.row("group").record, title=name, received=received, now=world.now)
        assert received.original_name == "evil.txt" or "/" not in received.original_name
    path = tmp_path / "public.zip"
    export.make(path, datetime.now(UTC))
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
    assert [name for name in names if name.startswith("/") or ".." in name.split("/") or "\\" in name] == []
    assert sum(name.endswith("evil.txt") for name in names) == 5


SORTS = ("person__password", "-password", "record__pk; DROP TABLE x", "(SELECT 1)", "name'--", "pk,password", "?", "-")


@pytest.mark.parametrize("sort", SORTS)
def test_hole_23_only_listed_columns_sort(world: World, sort: str) -> None:
    """decidim CVE-2026-45376: ORDER BY from the address. Whatever is asked, no word of it reaches the SQL."""
    query = "&".join(f"{name}={quote(sort)}" for name in ("sort", "order", "order_by", "o"))
    reached, faults = [], {}
    for door in doors(world, PROVIDERS):
        if door.shown_as not in {"public", ALONE}:
            continue
        statements: list[str] = []
        with undone(), connection.execute_wrapper(noting(statements)):
            answer = ask(world.client("officer"), "GET", f"{door.url}?{query}")
        if any(ordered_by(statement, sort) for statement in statements):
            reached.append(answer.url)
        if answer.status >= 500 and door.url != "/readyz":
            faults[answer.url] = answer.fault
    assert (reached, faults) == ([], {})


def noting(statements: list[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    return note


def ordered_by(statement: str, sort: str) -> bool:
    """Whether what was asked stands in the ORDER BY of a statement, or random order does."""
    order = statement.partition("ORDER BY")[2].lower()
    return bool(order) and (
        "password" in order or "drop" in order or "rand" in order or ("select 1" in order and "1" in sort)
    )


HOSTILE = {
    "one long word": "a" * 100_000,
    "many words": "ab " * 33_000,
    "brackets": "(" * 100_000,
    "quotes": '"' * 100_000,
    "operators": "a OR " * 20_000,
    "negations": "-" * 100_000,
    "stars": "a* " * 33_000,
    "nested": '"a ' * 30_000,
    "accents": "é\u0301" * 50_000,
    "columns": "title:a " * 12_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hole_24_a_hostile_query_is_no_burden(world: World, name: str) -> None:
    """wagtail GHSA-jmp3-39vp-fwg8: 100 kB of query, on search and on every list, in a fraction of a second."""
    client = world.client("stranger")
    for url in ("/search/", "/groups/", "/organisations/"):
        ask(client, "GET", f"{url}?q=word")
        began = time.thread_time()  # of this thread's processor: SQLite asks in it, and others do not count
        answer = ask(client, "GET", f"{url}?q={quote(HOSTILE[name])}")
        took = time.thread_time() - began
        assert answer.status < 500, answer.fault
        assert took < 1.0, f"{url}: {took:.2f} s"  # 0.2 s, with room for a slower machine


@pytest.mark.slow
def test_hole_24_a_large_upload_does_not_fill_the_memory(settings: Any) -> None:
    """wagtail GHSA-33pv-vcgh-jfg9: 200 MB come in and 50 MB of memory are enough."""
    settings.FILES_MAX_BYTES = 2**30
    tracemalloc.start()
    received = receive(Flood("flood.txt", 200))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert received.size == 200 * 2**20
    assert peak < 50 * 2**20


class Flood:
    """An upload that is never whole in memory."""

    def __init__(self, name: str, megabytes: int) -> None:
        self.name = name
        self.megabytes = megabytes

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:  # noqa: ARG002 - Django's signature
        for _ in range(self.megabytes):
            yield b"x" * 2**20


@pytest.mark.slow
def test_hole_25_no_cell_of_a_table_is_a_formula(world: World) -> None:
    """Ghost GHSA-xgwh-cgv9-783v, ActiveAdmin GHSA-xhvv-3jww-c487: every CSV and XLSX an officer can download."""
    live, tables = {}, 0
    for answer in poisoned_pages(world, "officer", poison.formula):
        found = [cell for cell in cells_of(answer) if dangerous(cell)]
        tables += any(True for _ in cells_of(answer))
        if found:
            live[answer.url] = found[:3]
    assert live == {}
    assert tables > 5


def cells_of(answer: Answer) -> Iterator[str]:
    kind = answer.headers.get("content-type", "")
    if answer.status != 200:
        return
    if kind.startswith("text/csv"):
        yield from (cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row)
    elif "spreadsheetml" in kind:
        for sheet in openpyxl.load_workbook(io.BytesIO(answer.body)).worksheets:
            for row in sheet.iter_rows():
                yield from ("=" if cell.data_type == "f" else str(cell.value or "") for cell in row)


def dangerous(cell: str) -> bool:
    return cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not re.fullmatch(r"[+-]?\d+(\.\d+)?", cell)

"""Rubbish in every form of the product: a sentence, never a fault, and nothing that was entered is lost.

ASVS 5.0 2.2.1, 16.5.1; issue 2: "Bad input of every kind: a sentence with the place; nothing entered is lost".
"""

from __future__ import annotations

import re
from collections import deque
from typing import Final

import pytest

from tests.sweeps.addresses import ALONE, doors
from tests.sweeps.asking import Answer, ask, undone
from tests.sweeps.forms import CSRF, Filled, forms_for, send
from tests.sweeps.html import Control, Form, read
from tests.sweeps.providers import PROVIDERS
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

RUBBISH: Final = {
    "control characters": "\x01\x02\x08\x1b[31m\x7f\x9f",
    "a NUL": "before\x00after",
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿🇦🇺" * 20,
    "right to left": "\u202eabc\u2066\u05d0\u0627\u200f",
    "beyond the planes": "\U0010ffff\ufffe\ufeff" * 50,
    "many marks": "e" + "\u0301" * 3000,
    "not a number": "1e999999",
    "below zero": "-1",
    "too large": "9" * 40,
    "no day": "31 February 0000",
    "markup": "<b>\"'&amp;</b>{{ 7 }}{% now %}",
    "SQL": "'; DROP TABLE records_record; --",
    "only blanks": " \u00a0\u2003\u3000",
    "a long word": "x" * 10_001,
    "only commas": "a," * 3000,
}
KEPT_BY: Final = frozenset({200, 400, 409, 422})
"""Answers that show the form again."""
LET_GO: Final = frozenset({"password", "hidden"})


@pytest.fixture(scope="module")
def every_form(world: World) -> list[Filled]:
    found = forms_for(world, "administrator") + forms_for(world, "stranger")
    assert len(found) > 40, "Where have all the forms gone?"
    return found


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_in_every_field(world: World, every_form: list[Filled], name: str) -> None:
    faults: dict[str, object] = {}
    for filled in every_form:
        text = RUBBISH[name]
        rubbish = {control.name: text for control in filled.typed} | wrong_choices(filled)
        with undone():
            answer = send(world.client(filled.role), filled, rubbish, **dict.fromkeys(filled.uploads, text.encode()))
        fault = answer.fault or lost(answer, filled, rubbish)
        if fault:
            faults[f"{filled} {answer.status}"] = fault
    assert faults == {}


def test_a_megabyte_in_one_field(world: World, every_form: list[Filled]) -> None:
    """A megabyte in the first field, and in all others more than a database looks for."""
    faults: dict[str, object] = {}
    for filled in every_form:
        long = {control.name: "m" * (60_000 if number else 2**20) for number, control in enumerate(filled.typed)}
        with undone():
            answer = send(world.client(filled.role), filled, long, **dict.fromkeys(filled.uploads))
        fault = answer.fault or lost(answer, filled, long) or taken(answer, filled)
        if fault:
            faults[f"{filled} {answer.status}"] = str(fault)[:300]
    assert faults == {}


@pytest.mark.parametrize(
    "body",
    [
        b"name=%ff%fe&q=%00",
        b"\xff\xfe\x00",
        b"a" * 5000,
        b"&".join(b"f%d=1" % i for i in range(2000)),
        b"x=" + b"y" * 3_000_000,
    ],
    ids=["no UTF-8", "raw bytes", "no fields", "2000 fields", "3 MB"],
)
def test_broken_bodies(world: World, every_form: list[Filled], body: bytes) -> None:
    faults = {}
    for filled in every_form:
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data"):
            with undone():
                answer = ask(world.client(filled.role), "POST", filled.action, headers={}, body=body, content_type=kind)
            if answer.status >= 500:
                faults[f"{filled} {kind}"] = answer.fault
    assert faults == {}


LIST: Final = re.compile(r"/(api/v1/)?[a-z-]+/")
"""Pages right under the root, and lists of the API in JSON: its other forms are asked for with the same filters."""
QUERIES: Final = (
    "page=0",
    "page=-1",
    "page=9e9",
    "page=%00",
    "q=%ff",
    "q=%00",
    f"q={'m' * 16_000}",
    f"q={'a+' * 2000}",
    "sort=%00",
    "after=x",
    "format=x",
    "on=0000",
)


def test_broken_queries_on_every_page(world: World, every_form: list[Filled]) -> None:
    """Filters, pages and cursors that are none: each by itself where a page looks at its query, else all at once."""
    faults = {}
    pages = {filled.door.url for filled in every_form}
    lists = {door.url for door in doors(world, PROVIDERS) if door.specimen == ALONE and LIST.fullmatch(door.url)}
    for url in sorted(pages | lists):
        for role in ("stranger", "administrator"):
            for query in QUERIES if reads_its_query(world, role, url) else ("&".join(QUERIES),):
                with undone():
                    answer = ask(world.client(role), "GET", f"{url}?{query}")
                if answer.status >= 500:
                    faults[f"{url}?{query[:60]}"] = answer.fault
    assert faults == {}


def reads_its_query(world: World, role: str, url: str) -> bool:
    """Whether anything looked at the query while this page was made: Django parses it when first asked."""
    with undone():
        response = world.client(role).get(url)
        if response.streaming:
            deque(response, maxlen=0)
    return "GET" in vars(response.wsgi_request)


def wrong_choices(filled: Filled) -> dict[str, str]:
    """A choice that is none for every list and every set of radio buttons."""
    kinds = {"select", "radio", "checkbox"}
    return {
        control.name: "no-such-choice" for control in filled.form.controls if control.kind in kinds and control.name
    }


def lost(answer: Answer, filled: Filled, sent: dict[str, str]) -> object:
    """What was typed and is no longer there, where the form was refused; nothing where it was accepted."""
    if answer.status in {302, 303, 403, 404, 405, 410, 413, 429} or (answer.status == 200 and not filled.typed):
        return None
    if answer.status not in KEPT_BY:
        return "an answer nobody expects"
    shown = shown_again(answer, filled)
    if not shown:
        return "the form is not there any more"
    said = {name for name, value in sent.items() if value.strip()}  # a line of a list that is all blank is no line
    typed = {control.name for control in filled.typed if control.kind not in LET_GO and control.name in said}
    return {name: control_text(shown.get(name)) for name in typed if not kept(shown.get(name), sent[name])}


def taken(answer: Answer, filled: Filled) -> str:
    """Every field has an end: what is longer is never stored."""
    return "it was taken" if filled.typed and answer.status in {302, 303} and answer.writes else ""


def shown_again(answer: Answer, filled: Filled) -> dict[str, Control]:
    """The fields of the form that stands on the page now, where the one that was sent stood.

    The token is on every form, that of the sign-out button too, and so tells none from another.
    """
    wanted = names_of(filled.form)
    forms = [form for form in read(answer.text).forms if form.method == "post"]
    found = max(forms, key=lambda form: len(names_of(form) & wanted), default=None)
    if found is None or len(names_of(found) & wanted) * 2 < len(wanted):
        return {}
    return {control.name: control for control in found.controls}


def names_of(form: Form) -> set[str]:
    return set(form.names) - {CSRF}


def kept(control: Control | None, text: str) -> bool:
    return control is not None and (control.values[:1] or [""])[0] == text


def control_text(control: Control | None) -> str:
    return "(not there)" if control is None else repr((control.values[:1] or [""])[0][:60])


def test_a_fault_would_be_seen() -> None:
    """The check is not blind: an answer that forgets what was typed is told from one that keeps it."""
    token = f"<input type=hidden name={CSRF} value=x>"
    page = f"<form method=post>{token}</form><form method=post>{token}<textarea name=about>{{}}</textarea></form>"
    form = read(page.format("")).forms[1]
    filled = Filled(door=None, form=form, role="stranger")  # type: ignore[arg-type]
    forgetful = Answer(200, {}, page.format("").encode(), "/")
    faithful = Answer(200, {}, page.format("&lt;x").encode(), "/")
    gone = Answer(200, {}, page.partition("<textarea")[0].encode(), "/")
    assert lost(forgetful, filled, {"about": "<x"}) == {"about": "''"}
    assert not lost(faithful, filled, {"about": "<x"})
    assert lost(gone, filled, {"about": "<x"}) == "the form is not there any more"

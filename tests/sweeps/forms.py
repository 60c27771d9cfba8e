"""Every form of the product as an administrator meets it, and what a browser would send with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.sweeps.addresses import ABSENT, Door, doors
from tests.sweeps.asking import Answer, ask, undone
from tests.sweeps.html import Control, Form, read
from tests.sweeps.providers import PROVIDERS
from tests.world import World

CSRF = "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Filled:
    """A form on a page, where it is sent, and what stands in it at first."""

    door: Door
    form: Form
    role: str
    """Who was shown it, and sends it."""

    @property
    def action(self) -> str:
        return urljoin(self.door.url, self.form.action or self.door.url)

    @property
    def data(self) -> dict[str, list[str]]:
        return {name: values for name, values in self.form.sent().items() if name != CSRF}

    @property
    def typed(self) -> list[Control]:
        """The fields that somebody types into."""
        return [control for control in self.form.controls if control.typed and control.name]

    @property
    def uploads(self) -> list[str]:
        return [control.name for control in self.form.controls if control.kind == "file"]

    def __str__(self) -> str:
        return f"{self.door.url} → {self.action}"


def forms_for(world: World, role: str, specimens: Iterable[str] = ()) -> list[Filled]:
    """The POST forms on every page this role can open, one specimen of each route unless more are named."""
    found: list[Filled] = []
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    client = world.client(role)
    for door in openings(world, tuple(specimens)):
        with undone():
            page = ask(client, "GET", door.url)
        if page.status == 200 and "html" in page.headers.get("content-type", ""):
            for form in read(page.text).forms:
                key = (door.route.key, form.action, tuple(form.names))
                if form.method == "post" and key not in seen:
                    seen.add(key)
                    found.append(Filled(door, form, role))
    return found


def openings(world: World, specimens: tuple[str, ...]) -> list[Door]:
    """The first door of every route; and those of the named specimens."""
    found: dict[object, Door] = {}
    for door in doors(world, PROVIDERS):
        if door.shown_as in specimens:
            found[door.key] = door
        elif door.shown_as != ABSENT:
            found.setdefault(door.route, door)
    return list(found.values())


def send(client: Client, filled: Filled, changes: Mapping[str, Any] | None = None, **files: bytes | None) -> Answer:
    """Send a form as it stands, with some fields changed. Not undone: the caller does that where it must.

    files: the content of each file by the field's name; None chooses no file, as a browser sends it.
    """
    data: dict[str, Any] = {**filled.data, **(changes or {})}
    for name in filled.uploads:
        content = files.get(name, b"a,b\n1,2\n")
        if content is not None:
            data[name] = SimpleUploadedFile(f"{name}.csv", content, "text/csv")
    return ask(client, "POST", filled.action, data, headers={"referer": f"http://testserver{filled.door.url}"})

"""The declaration of an act: something a person may have done to a row, offered to programs as a POST of the API.

An app declares its acts beside its resources and adds them from `AppConfig.ready()`:

    move = Act(
        name="move",
        resource="groups",
        path="groups/<slug:key>/state/",
        label="Move a group to its next state",
        description="The first time it becomes active is when it started.",
        row=lambda viewer, places: access_group(viewer, places["key"]),
        may=may_edit_group,
        inputs=(
            Input("state", "State", "text", "Where it goes.", required=True, choices=STATES, example="active"),
            Input("on", "On", "date", "The day; today when left out."),
        ),
        perform=lambda call: Done(
            move_group(by=call.by, group=call.row, to=call["state"], on=call.get("on"), now=call.now).record
        ),
    )
    add_act(move)

From that come the address (POST /api/v1/groups/<key>/state/), its description in OpenAPI with JSON Schema, its part of
the data pages and of docs/reference/acts.md. `perform` calls a command and nothing else: the command asks the
permission again, holds the rules and writes the journal, so that every door refuses in the same words
(docs/adr/0008-acts.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Final, Literal

from django.db import models

from convenor.core.exchange.declare import NAME, RESOURCE_NAME, Choices
from convenor.core.records import caretaker
from convenor.core.records.models import Record
from convenor.core.records.rules import Verdict, Viewer
from convenor.kit.structs import struct

InputType = Literal["text", "texts", "integer", "boolean", "date", "datetime", "row"]
"""`row`: a row of the site, by what the forms take too: a name, a reference, a code."""
Finder = Callable[[Viewer, str], Sequence[models.Model]]
"""The rows that a viewer means by what was said: none, the one, or several to choose from. Ends with visible_to."""
PLACE: Final = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@struct
class Input:
    """One field of an act's body.

    required: must be sent. Any other may be left out, or be null, which says that there is none.
    most: letters of a text, items of a list, or the largest whole number. least: the smallest one.
    choices: the words that a text, or each of `texts`, may be.
    find: what a `row` is looked up with.
    """

    name: str
    label: str
    type: InputType
    description: str
    required: bool = False
    example: Any = None
    choices: Choices = None
    most: int = 300
    least: int = 0
    find: Finder | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a field name: small letters, digits and _.")
        if (self.type == "row") != (self.find is not None):
            raise ValueError(f"{self.name}: a row is looked up with `find`, and nothing else is.")


CANNOT_WAIT: Final = Input(
    caretaker.FIELD,
    "Why it cannot wait",
    "text",
    "In a caretaker period only: without a reason it is refused then.",
    most=caretaker.LONGEST,
)
"""A field of each act that waits in a caretaker period. The door takes it out: no command is given it."""


@struct
class Output:
    """One thing an act's answer says, beside the record's `ref` and `url`: the number of a new seat, say."""

    name: str
    type: Literal["text", "integer"]
    description: str


@struct
class Call:
    """Who has it done, to which row, with what, when. `given` holds only what was sent, already read."""

    by: Viewer
    row: Any
    given: Mapping[str, Any]
    now: datetime

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def get(self, name: str, default: Any = None) -> Any:
        """What was sent, or `default` where it was left out or null."""
        value = self.given.get(name)
        return default if value is None else value


@struct
class Done:
    """What was done: the record whose history tells of it, and what the act's outputs say. None: see `of_record`."""

    record: Record | None
    more: Mapping[str, Any] = field(default_factory=dict)


@struct
class Act:
    """Something that can be done.

    name: with the resource it makes the operation's id: `groups-move`.
    resource: the list that it is documented with.
    path: below /api/v1/, with places as in Django's own paths: the address of the form that does the same.
    row: the row it acts on, from the viewer and the places of the address; Http404 for what one may not know of.
         None where it makes something that nothing stands over.
    may: asked of the viewer and that row before anything is read; the command asks again.
    makes: True where it makes something: answered with 201.
    of_record: False where what it changes is no record (a word that all share), so that the answer names none.
    """

    name: str
    resource: str
    path: str
    label: str
    description: str
    row: Callable[[Viewer, Mapping[str, Any]], Any]
    may: Callable[[Viewer, Any], Verdict]
    perform: Callable[[Call], Done]
    inputs: Sequence[Input] = ()
    outputs: Sequence[Output] = ()
    makes: bool = False
    of_record: bool = True

    def __post_init__(self) -> None:
        if not RESOURCE_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not the name of an act: small letters, digits and -.")
        if not self.path.endswith("/"):
            raise ValueError(f"The path of {self.operation} ends with a slash.")
        names = [item.name for item in self.inputs]
        if len(set(names)) != len(names):
            raise ValueError(f"The act {self.operation} has two fields of one name.")

    @property
    def operation(self) -> str:
        """What it is called among all acts."""
        return f"{self.resource}-{self.name}"

    @property
    def address(self) -> str:
        """Its address as people and OpenAPI write it: /api/v1/groups/{key}/state/."""
        return "/api/v1/" + PLACE.sub(r"{\g<name>}", self.path)

    def places(self) -> dict[str, str]:
        """The places of its address: name → "integer" or "string"."""
        found = PLACE.finditer(self.path)
        return {at["name"]: "integer" if at["kind"] == "int" else "string" for at in found}


acts: dict[str, Act] = {}
"""Every act by its operation, in the order the apps added them."""


def add_act(act: Act) -> Act:
    """Register an act; from AppConfig.ready of the app it belongs to."""
    if act.operation in acts:
        raise ValueError(f"The act {act.operation} is registered twice.")
    acts[act.operation] = act
    return act


def acts_of(resource: str) -> list[Act]:
    """What can be done to rows of a resource."""
    return [act for act in acts.values() if act.resource == resource]

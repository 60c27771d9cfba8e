"""What a signed link may be for. Apps register theirs from AppConfig.ready() (in their kinds.py).

purposes.register(Purpose(
    slug="confirm-appointment",
    describe=...,   # the page a GET shows: what the button will do. Writes nothing.
    perform=...,    # what the button does: calls one command, in the transaction that uses the link up
    letter=...,     # the e-mail that carries the link
))

A purpose whose button needs words with it (a reason, a report) also gives `form` and `perform_form`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase

from convenor.core.accounts.models import SignedLink
from convenor.kit.parts import Fact
from convenor.kit.structs import struct


@struct
class Choice:
    """A button. Its value reaches `perform`."""

    value: str
    label: str
    style: str = "primary"


@struct
class Description:
    """What the page of a link says before anything happens. `until`: where what it asks ends before the link does."""

    title: str
    text: str
    choices: Sequence[Choice]
    facts: Sequence[Fact] = ()
    until: datetime | None = None


@struct
class Outcome:
    """What the page says afterwards, and where one may go from there."""

    title: str
    text: str
    url: str = ""
    url_label: str = ""


@struct
class Letter:
    """An e-mail in plain text."""

    subject: str
    text: str


@struct
class Purpose:
    """One thing signed links may be for.

    describe(link): raises Refused when there is nothing (more) to do; must not write.
    perform(link, now, choice): calls one command as `queries.viewer_of(link, now)`; `choice` is the value of the
        button. Refused leaves the link unused and shows the sentences.
    letter(link, address): the e-mail; also used when the reader of an expired link asks for a new one.
    follows_email: the link dies when the person's e-mail address changes.
    welcome(request, link): answers in place of the outcome page (only sign-in needs it).
    form(link, data): what is filled in above the buttons; `data` is what was sent, None where it is only shown.
    perform_form(link, now, choice, form): in place of `perform`, with the form, which is good.
    """

    slug: str
    describe: Callable[[SignedLink], Description]
    perform: Callable[[SignedLink, datetime, str], Outcome]
    letter: Callable[[SignedLink, str], Letter]
    lifetime: timedelta = timedelta(days=14)
    renewable: bool = True
    follows_email: bool = True
    welcome: Callable[[HttpRequest, SignedLink], HttpResponseBase] | None = None
    form: Callable[[SignedLink, Any], forms.Form] | None = None
    perform_form: Callable[[SignedLink, datetime, str, Any], Outcome] | None = None


purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Make a purpose known. Twice the same slug is a mistake in the code."""
    if purpose.slug in purposes:
        raise ValueError(f"The link purpose {purpose.slug} is registered twice.")
    purposes[purpose.slug] = purpose

"""Atom (RFC 4287), written with the standard library's XML so that nothing can break out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from xml.etree import ElementTree as ET

from django.conf import settings
from django.http import HttpResponse

from convenor.core.journal.queries import Happening
from convenor.core.journal.rules import instant
from convenor.kit.http import Request
from convenor.web.site.words import in_words, record_address, value_in_words

LENGTH: Final = 50
ATOM: Final = "http://www.w3.org/2005/Atom"
CONTROLS: Final = {code: None for code in range(32) if code not in (9, 10, 13)}


def atom(request: Request, title: str, happenings: Sequence[Happening]) -> HttpResponse:
    """A feed of these happenings; its id is the page's own address."""
    ET.register_namespace("", ATOM)
    address = settings.SITE_URL + request.path
    feed = ET.Element(f"{{{ATOM}}}feed")
    _text(feed, "id", address)
    _text(feed, "title", f"{title} · {settings.SITE_NAME}")
    _text(feed, "updated", _updated(happenings, request.now))
    ET.SubElement(feed, f"{{{ATOM}}}link", rel="self", href=address)
    for happening in happenings:
        _entry(feed, happening)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


def _entry(feed: ET.Element, happening: Happening) -> None:
    record = happening.record
    entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
    _text(entry, "id", f"{settings.SITE_URL}/entries/{happening.entry_id}")
    _text(entry, "title", f"{in_words(happening.verb)}: {record.title if record else ''}")
    _text(entry, "updated", instant(happening.at))
    _text(ET.SubElement(entry, f"{{{ATOM}}}author"), "name", settings.SITE_NAME)
    if record:
        ET.SubElement(entry, f"{{{ATOM}}}link", href=settings.SITE_URL + record_address(record))
    _text(entry, "summary", "; ".join(value_in_words(value) for value in happening.values) or in_words(happening.verb))


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = text.translate(CONTROLS)


def _updated(happenings: Sequence[Happening], now: datetime) -> str:
    return instant(happenings[0].at if happenings else now.replace(hour=0, minute=0, second=0, microsecond=0))

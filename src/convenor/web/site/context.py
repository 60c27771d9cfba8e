"""What every page's frame needs: the site's name, where one can go, who is here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from convenor.core.records import caretaker
from convenor.core.records.rules import CaretakerFacts
from convenor.kit.parts import Link
from convenor.web.cache import FRESH_COOKIE, KEPT_UNDER

NAVIGATION = (
    ("engagement:models", _("How we engage")),
    ("groups:list", _("Groups")),
    ("directory:organisations", _("Organisations")),
    ("site:data", _("Data & API")),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor of kit/base.html. Asks the database nothing for a stranger."""
    path = request.path
    return {
        "site": {"name": settings.SITE_NAME, "demo": settings.DEMO, "url": settings.SITE_URL},
        "nav": SimpleLazyObject(lambda: _navigation(path)),
        "footer_links": SimpleLazyObject(_footer),
        "viewer": getattr(request, "viewer", None),
        "caretaker": SimpleLazyObject(lambda: _caretaker(request)),
        "account_links": SimpleLazyObject(lambda: _account_links(request)),
        "sign_in_url": reverse("account_login"),
        "sign_out_url": reverse("account_logout"),
    }


def _caretaker(request: HttpRequest) -> CaretakerFacts | None:
    """The caretaker period that holds: from memory, but for who has just sent a form. None while the database is away,
    since this stands on the page that says so, too."""
    if FRESH_COOKIE in request.COOKIES:
        caretaker.forget()
    try:
        return caretaker.current(getattr(request, "now", None) or datetime.now(UTC), request.META.get(KEPT_UNDER))
    except DatabaseError:
        return None


def _navigation(path: str) -> list[Link]:
    return [_place(reverse(name), label, path) for name, label in NAVIGATION]


def _place(url: str, label: str, path: str) -> Link:
    return Link(label, url, current=path.startswith(url))


def _footer() -> list[Link]:
    return [
        Link(_("Calls"), reverse("expressions:calls")),
        Link(_("Glossary"), reverse("site:glossary")),
        Link(_("Privacy"), reverse("site:privacy")),
        Link(_("Accessibility"), reverse("site:accessibility")),
        Link(_("Contact"), reverse("site:contact")),
        Link(_("What changed"), reverse("site:updates")),
        Link(_("Proof of the record"), reverse("site:seals")),
        Link(_("Data & API"), reverse("site:data")),
    ]


def _account_links(request: HttpRequest) -> list[Link]:
    viewer = request.viewer  # type: ignore[attr-defined]
    links = [Link(_("My work"), reverse("site:my-work"), current=request.path == reverse("site:my-work"))]
    if any(True for _duty in viewer.duties):
        links.append(Link(_("Desk"), reverse("site:desk"), current=request.path == reverse("site:desk")))
    links.append(Link(_("My account"), reverse("accounts:me"), current=False))
    return links

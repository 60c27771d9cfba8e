"""Pages of plain text: glossary, privacy, accessibility, contact, security.txt, robots.txt."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from convenor.kit.http import Request, public
from convenor.web.site.glossary import TERMS


@require_safe
def glossary(request: Request) -> HttpResponse:
    """The field's terms as this site uses them, each with an address of its own (#quorum)."""
    return public(render(request, "site/glossary.html", {"terms": sorted(TERMS, key=lambda term: term.word.lower())}))


@require_safe
def privacy(request: Request) -> HttpResponse:
    return public(render(request, "site/privacy.html"))


@require_safe
def accessibility(request: Request) -> HttpResponse:
    return public(render(request, "site/accessibility.html"))


@require_safe
def contact(request: Request) -> HttpResponse:
    return public(render(request, "site/contact.html", {"email": settings.CONTACT_EMAIL}))


@require_safe
def security_txt(request: Request) -> HttpResponse:
    """RFC 9116. Its Expires is a year from the first of this month, so that it changes monthly, not daily."""
    expires = (request.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=365)).isoformat()
    lines = [
        f"Contact: mailto:{settings.SECURITY_EMAIL}",
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('site:security')}",
    ]
    return public(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))


@require_safe
def robots_txt(_request: Request) -> HttpResponse:
    closed = [reverse("site:desk"), reverse("site:my-work"), reverse("account_login"), reverse("site:search")]
    text = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed)
    return public(HttpResponse(text, content_type="text/plain; charset=utf-8"))

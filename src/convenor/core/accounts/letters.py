"""The e-mails of this app: plain text, by Django's mail API (the outbox takes them from there)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from convenor.core.accounts.purposes import Letter
from convenor.kit.dates import local, say_moment


def send(to: str, letter: Letter) -> None:
    """Hand a letter to the outbox; inside a command's transaction, so that it goes if and only if that holds."""
    EmailMessage(letter.subject, letter.text, to=[to]).send()


def write(template: str, **context: Any) -> Letter:
    """A letter from a template whose first line is the subject."""
    site = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "contact": settings.CONTACT_EMAIL}
    text = render_to_string(f"accounts/letters/{template}.txt", {**site, **context})
    subject, _, body = text.strip().partition("\n")
    return Letter(" ".join(subject.split()), body.strip() + "\n")


def link_address(token: str) -> str:
    """The whole address of a signed link, under the site's own name."""
    return settings.SITE_URL.rstrip("/") + reverse("accounts:link", args=[token])


def moment(at: datetime) -> str:
    """A time in a letter's words, on the site's clock."""
    return say_moment(local(at, timezone.get_default_timezone()))

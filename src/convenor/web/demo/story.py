"""The demonstration's story, told through the product's own commands, so that every rule holds for it too."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from convenor.core.accounts.models import Person
from convenor.core.journal.commands import seal
from convenor.core.records.rules import system
from convenor.core.search.commands import rebuild
from convenor.domain.groups.commands.overlaps import compare_all
from convenor.web.demo import directory, engagement, expressions, groups, joining, lives, people
from convenor.web.demo.people import logins
from convenor.web.demo.telling import Telling
from convenor.web.first_words import load_first_words


def is_loaded() -> bool:
    """Whether the last chapter has been told: the first sign-in exists."""
    return Person.objects.filter(email=logins()[0].email).exists()


def load(now: datetime) -> None:
    """Tell all of it, or nothing: a start that is killed half-way leaves an empty database to begin again on."""
    with transaction.atomic():
        load_first_words(now)
        telling = Telling(by=system(now, "The demonstration"), now=now)
        for chapter in (directory, groups, lives, engagement, people, joining, expressions):
            chapter.tell(telling)
        compare_all(now)
    while seal(now):
        pass
    rebuild()

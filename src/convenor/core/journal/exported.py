"""Whether a file of everything public, made some time ago, still holds nothing that has been taken back since."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from django.db.models import Q

from convenor.core.journal.models import Entry

FILE: Final = "public.zip"
"""Where the site keeps its own, in the data folder."""

TAKING_BACK: Final = ("withdrawn", "withheld", "shown", "erased", "values-erased")
"""What verbs of commands end with that may make something less public than it was."""


def comment(last_entry: int) -> bytes:
    """What the zip remembers: the last entry of the journal when it was begun."""
    return f"entry {last_entry}".encode()


def is_fresh(path: Path) -> bool:
    """Whether the file is there, and nothing was taken back since it was made."""
    try:
        with zipfile.ZipFile(path) as archive:
            word, _, number = archive.comment.decode().partition(" ")
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError):
        return False
    if word != "entry" or not number.isdecimal():
        return False
    endings = Q()
    for verb in TAKING_BACK:
        endings |= Q(verb__endswith=f".{verb}")
    return not Entry.objects.filter(endings, pk__gt=int(number)).exists()

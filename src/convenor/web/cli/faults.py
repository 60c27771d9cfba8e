"""Faults of the surroundings as one sentence each. What is not listed is a fault of ours and keeps its traceback."""

from __future__ import annotations

import errno

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError

from convenor.core.records.rules import Refused
from convenor.kit.environment import BadSetting

WORDS = {
    errno.EACCES: "may not be written",
    errno.EPERM: "may not be written",
    errno.EROFS: "is on a disk that cannot be written",
    errno.ENOSPC: "is on a disk that is full",
    errno.ENOTDIR: "runs through a file where a folder should be",
    errno.ENOENT: "is not there",
    errno.EISDIR: "is a folder",
    errno.EEXIST: "is there already",
}


class Trouble(Exception):
    """Something a person can mend, said in one sentence."""


def sentence_of(fault: BaseException) -> str | None:
    """The sentence for a fault a person can mend, else None."""
    if isinstance(fault, Trouble | BadSetting | Refused):
        return str(fault)
    if isinstance(fault, ImproperlyConfigured):
        return f"A setting cannot be used: {fault}"
    if isinstance(fault, OperationalError | DatabaseError):
        return f"The database cannot be used: {str(fault).strip().splitlines()[0]}"
    if isinstance(fault, OSError) and fault.errno in WORDS:
        return f"{fault.filename or 'A file'} {WORDS[fault.errno]}."
    return None


def say(text: str) -> None:
    """A line on the terminal, at once."""
    print(text, flush=True)  # noqa: T201 - it is what the command is for

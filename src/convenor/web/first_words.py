"""What every site starts with: calendars of holidays, the words of the directory, the roles that seats and chairs have.

Brought in whenever the tables are brought up to date, so that an update of Convenor brings its new words along.
"""

from __future__ import annotations

from datetime import datetime

from convenor.core.clock.commands import calendars_are_current, load_calendars
from convenor.domain.directory.commands.vocabulary import load_vocabulary as load_directory_words
from convenor.domain.groups.commands.vocabulary import load_vocabulary as load_group_words


def load_first_words(now: datetime) -> int:
    """Add what is not there yet; returns how many rows. What the site changed stays as it is."""
    days = 0 if calendars_are_current(now) else load_calendars(now)
    return days + load_directory_words(now) + load_group_words(now)

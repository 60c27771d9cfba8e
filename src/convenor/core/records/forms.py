"""What forms share whose command waits in a caretaker period."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.core.records import caretaker


class Held(forms.Form):
    """Put first among a form's bases: while a caretaker period holds, it asks why this cannot wait.

    The site's middleware hands the answer to the command, so it is no part of `cleaned_data`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if caretaker.current(datetime.now(UTC)) is not None:
            self.fields[caretaker.FIELD] = reason_field()

    def clean(self) -> dict[str, Any]:
        """Without what the command is told in another way."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data.pop(caretaker.FIELD, None)
        return data


class HeldButton(Held):
    """Of a page that asks nothing else."""


def reason_field() -> forms.CharField:
    """Why it cannot wait."""
    return forms.CharField(
        label=_("Why it cannot wait until the caretaker period is over"),
        max_length=caretaker.LONGEST,
        required=False,
        help_text=_("Needed for what begins now: without it, that is refused. Kept in the history."),
    )

"""What an upload asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.core.exchange.reading import MAX_BYTES
from convenor.core.records.rules import Breach


class BreachForm(forms.Form):
    """A form that takes in what a command refused."""

    def add_breaches(self, breaches: Iterable[Breach]) -> None:
        """Put each sentence beside the field it is about."""
        for breach in breaches:
            self.add_error(breach.field if breach.field in self.fields else None, breach.text)


class UploadForm(BreachForm):
    """The file, and which register it comes from."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, XLSX or JSON, up to 10 MB and 20,000 rows. Nothing is loaded before you have seen the check."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json"}),
    )
    source = forms.CharField(
        label=_("Register or list it comes from"),
        help_text=_("Give it the same name each time: a row is known again by this and by its own number there."),
        max_length=120,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it and upload the parts."))
        return file


class LoadForm(BreachForm):
    """Whether the good rows may be loaded without the wrong ones."""

    without_bad = forms.BooleanField(label=_("Load the good rows and leave the wrong ones out"), required=False)


class UndoForm(BreachForm):
    """Nothing but a yes."""

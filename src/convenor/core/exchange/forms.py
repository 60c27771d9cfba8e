"""What an upload asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from django import forms
from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from convenor.core.exchange.declare import Column
from convenor.core.exchange.models import KeptMapping
from convenor.core.exchange.reading import MAX_BYTES
from convenor.core.exchange.sheets import Sheet
from convenor.core.records.forms import Held
from convenor.core.records.rules import Breach

HEADING: Final = 60
SAMPLE: Final = 24
"""Letters of a heading and of a value of it that a choice shows."""
MOST_FILES: Final = 20
"""Files of a register that one upload takes in."""


class BreachForm(forms.Form):
    """A form that takes in what a command refused."""

    def add_breaches(self, breaches: Iterable[Breach]) -> None:
        """Put each sentence beside the field it is about."""
        for breach in breaches:
            self.add_error(breach.field if breach.field in self.fields else None, breach.text)


class UploadForm(Held, BreachForm):
    """The file, and which register it comes from."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, XLSX or JSON, up to 10 MB and 20,000 rows. Columns may have other names: you are then asked which is "
            "which. Nothing is loaded before you have seen the check."
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


class ColumnsForm(BreachForm):
    """For each column of a list: which of the file's it is. What was chosen, or is called alike, is chosen already."""

    def __init__(
        self, columns: Iterable[Column], needed: Iterable[str], sheet: Sheet, keep_as: str, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._headings, must = dict(enumerate(sheet.headings)), set(needed)
        choices = [(str(at), _shown(sheet, at)) for at in self._headings]
        self._names = {f"column_{column.name}": column.name for column in columns}
        for column in columns:
            self.fields[f"column_{column.name}"] = forms.ChoiceField(
                label=column.label,
                help_text=_said_of(column),
                choices=[("", _("Choose a column") if column.name in must else _("Not in this file")), *choices],
                required=column.name in must,
                error_messages={
                    "required": _("Choose the column that holds “%(label)s”: every row needs it.")
                    % {"label": column.label}
                },
            )
        self.fields["keep_as"] = forms.CharField(
            label=_("Keep this choice as"),
            help_text=_("The next file with the same headings is then read so at once. Empty: for this file only."),
            max_length=120,
            required=False,
            initial=keep_as,
        )
        in_order = sorted(self._names, key=lambda name: not self.fields[name].required)
        must_have = [name for name in in_order if self.fields[name].required]
        self.sections = [
            (_("Every row needs"), must_have),
            (_("If the file has it"), in_order[len(must_have) :]),
            (_("The next time"), ["keep_as"]),
        ]

    def chosen(self) -> dict[str, str]:
        """Our column → heading of theirs, for what is in the file."""
        given = {name: self.cleaned_data.get(key, "") for key, name in self._names.items()}
        return {name: self._headings[int(at)] for name, at in given.items() if at}

    @staticmethod
    def initial_of(chosen: Mapping[str, str], sheet: Sheet) -> dict[str, str]:
        """What `initial` must be for this choice."""
        at = {heading: str(place) for place, heading in enumerate(sheet.headings)}
        return {f"column_{name}": at[heading] for name, heading in chosen.items() if heading in at}

    def add_breaches(self, breaches: Iterable[Breach]) -> None:
        """Each sentence at its select."""
        where = {name: key for key, name in self._names.items()}
        super().add_breaches(Breach(each.code, each.text, where.get(each.field, each.field)) for each in breaches)


def _shown(sheet: Sheet, at: int) -> str:
    """A heading with what stands under it: “Surname: Lee, Bo, Day”."""
    heading = sheet.headings[at]
    said = ", ".join(Truncator(each).chars(SAMPLE) for each in sheet.samples(heading))
    return f"{Truncator(heading).chars(HEADING)}: {said}" if said else Truncator(heading).chars(HEADING)


def _said_of(column: Column) -> str:
    example = _("Such as %(example)s.") % {"example": escape(column.example)} if column.example else ""
    return " ".join(filter(None, (escape(column.description), example)))


class LoadForm(BreachForm):
    """Whether the good rows may be loaded without the wrong ones."""

    without_bad = forms.BooleanField(label=_("Load the good rows and leave the wrong ones out"), required=False)


class ConfirmForm(BreachForm):
    """Nothing but a yes."""


class ManyFilesInput(forms.ClearableFileInput):
    """A field that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, each within the size of one upload."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file as a single one would be."""
        given = data if isinstance(data, list | tuple) else [data]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most %(most)d files.") % {"most": MOST_FILES})
        files = [super(ManyFilesField, self).clean(each, initial) for each in given or [None]]
        if sum(file.size for file in files) > MAX_BYTES:
            raise forms.ValidationError(_("The files are larger than 10 MB together. Split them and upload the parts."))
        return files


class MappedForm(Held, BreachForm):
    """The files of another register, and how they become lists of ours."""

    file = ManyFilesField(
        label=_("Files of the register"),
        help_text=_(
            "YAML, JSON, CSV or XLSX (its first sheet), up to 10 MB together; choose all that the mapping names."
        ),
        widget=ManyFilesInput(attrs={"accept": ".yaml,.yml,.json,.csv,.xlsx"}),
    )
    kept = forms.ChoiceField(label=_("Mapping kept from last time"), required=False)
    mapping_file = forms.FileField(
        label=_("Or a new mapping"),
        help_text=_("A YAML file; it is kept for the next time under the name of the register."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    source = forms.CharField(
        label=_("Register it comes from"),
        help_text=_("Empty: as the mapping says. The same name each time: rows are known again by it."),
        max_length=120,
        required=False,
    )

    def __init__(self, kept: Iterable[KeptMapping], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept = {str(each.pk): each for each in kept}
        choices = [("", _("None")), *((key, f"{each.source} ({each.name})") for key, each in self._kept.items())]
        cast("forms.ChoiceField", self.fields["kept"]).choices = choices
        if not self._kept:
            del self.fields["kept"]
            self.fields["mapping_file"].label = _("Mapping")

    def clean(self) -> dict[str, Any]:
        """One mapping; the register's name goes with the one kept."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        new, kept = given.get("mapping_file"), self._kept.get(given.get("kept", ""))
        if not new and not kept and not self.errors:
            self.add_error("mapping_file", _("Choose the mapping: one that is kept, or a file."))
        if new and new.size > MAX_BYTES:
            self.add_error("mapping_file", _("The mapping is larger than 10 MB."))
        if kept and not given.get("source"):
            given["source"] = kept.source
        return given

    def mapping(self) -> tuple[str, bytes]:
        """The name of the mapping's file and what it holds; a new one counts before one kept."""
        new = self.cleaned_data.get("mapping_file")
        if new:
            return new.name, new.read()
        kept = self._kept[self.cleaned_data["kept"]]
        return kept.name, kept.text.encode()

    def add_breaches(self, breaches: Iterable[Breach]) -> None:
        """What is wrong with the mapping stands at its field."""
        where = {"mapping": "mapping_file"}
        super().add_breaches(Breach(each.code, each.text, where.get(each.field, each.field)) for each in breaches)

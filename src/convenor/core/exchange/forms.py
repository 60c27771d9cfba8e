"""What an upload asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.html import escape, format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from convenor.core.exchange.declare import Column, words
from convenor.core.exchange.models import KeptMapping
from convenor.core.exchange.reading import MAX_BYTES, MAX_CELL
from convenor.core.exchange.rules import Chosen, Wanted
from convenor.core.exchange.sheets import Sheet
from convenor.core.exchange.workbooks import Offered
from convenor.core.records.forms import Held
from convenor.core.records.rules import Breach

HEADING: Final = 60
SAMPLE: Final = 24
"""Letters of a heading and of a value of it that a choice shows."""
HEADINGS: Final = 120
"""Letters of the headings that tell a sheet from the others."""
SAME: Final = "same"
"""In place of a heading: the same for every row."""
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
            "CSV, XLSX or JSON, up to 10 MB and 20,000 rows. Columns may have other names, and a workbook several "
            "sheets: you are then asked which is which. Nothing is loaded before you have seen the check."
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


class SheetForm(BreachForm):
    """Which sheet of a workbook is read."""

    sheet = forms.ChoiceField(
        label=_("Sheet to read"),
        help_text=_("Those that have rows, as they stand in the workbook. Hidden sheets are not read."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the sheet to read."), "invalid_choice": _("Choose the sheet to read.")},
    )

    def __init__(self, sheets: Iterable[Offered], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["sheet"])
        field.choices = [(each.title, _titled(each)) for each in sheets]


class ColumnsForm(BreachForm):
    """For each column of a list: which of the file's it is, or what is the same for every row.

    What was chosen, or is called alike, is chosen already.
    """

    def __init__(
        self, columns: Iterable[Column], wanted: Iterable[Wanted], sheet: Sheet, keep_as: str, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._headings = dict(enumerate(sheet.headings))
        self._columns = {column.name: column for column in columns}
        needed: list[str] = []
        others: list[str] = []
        for each in wanted:
            (needed if each.needed else others).extend(self._add(each, [_shown(sheet, at) for at in self._headings]))
        self.fields["keep_as"] = forms.CharField(
            label=_("Keep this choice as"),
            help_text=_("The next file with the same headings is then read so at once. Empty: for this file only."),
            max_length=120,
            required=False,
            initial=keep_as,
        )
        self.sections = [
            (_("Every row needs"), needed),
            (_("If the file has it"), others),
            (_("The next time"), ["keep_as"]),
        ]

    def _add(self, each: Wanted, headings: Iterable[str]) -> list[str]:
        """The fields for one of our columns. Only what tells the rows apart cannot be the same for all of them."""
        choices: list[tuple[str, Any]] = [("", _("Choose a column") if each.needed else _("Not in this file"))]
        if not each.identifies:
            choices.append((SAME, _("The same for every row")))
            self.fields[f"same_{each.name}"] = _same_for_all(self._columns[each.name])
        self.fields[f"column_{each.name}"] = forms.ChoiceField(
            label=each.label,
            help_text=_said_of(self._columns[each.name]),
            choices=[*choices, *((str(at), text) for at, text in enumerate(headings))],
            required=each.needed,
            error_messages={
                "required": _("Choose the column that holds “%(label)s”: every row needs it.") % {"label": each.label}
            },
        )
        return [f"column_{each.name}", *([] if each.identifies else [f"same_{each.name}"])]

    def clean(self) -> dict[str, Any]:
        """What is the same for every row is chosen and said, or neither."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name, column in self._columns.items():
            key = f"same_{name}"
            chosen, value = given.get(f"column_{name}"), given.get(key)
            if chosen == SAME and not value and key not in self.errors:
                self.add_error(key, _("Write what “%(label)s” is in every row.") % {"label": column.label})
            elif value and chosen is not None and chosen != SAME:
                self.add_error(key, _("Choose “The same for every row” above, or empty this."))
        return given

    def chosen(self) -> Chosen:
        """What was chosen, for what is in the file or the same for every row."""
        given = {name: self.cleaned_data.get(f"column_{name}", "") for name in self._columns}
        columns = {name: self._headings[int(at)] for name, at in given.items() if at and at != SAME}
        same = {name: self.cleaned_data[f"same_{name}"] for name, at in given.items() if at == SAME}
        return Chosen(columns, same)

    @staticmethod
    def initial_of(chosen: Chosen, sheet: Sheet) -> dict[str, str]:
        """What `initial` must be for this choice."""
        at = {heading: str(place) for place, heading in enumerate(sheet.headings)}
        columns = {f"column_{name}": at[heading] for name, heading in chosen.columns.items() if heading in at}
        same = {f"column_{name}": SAME for name in chosen.same}
        return {**columns, **same, **{f"same_{name}": value for name, value in chosen.same.items()}}

    def add_breaches(self, breaches: Iterable[Breach]) -> None:
        """Each sentence at its select, or at the value that is wrong."""
        super().add_breaches(Breach(each.code, each.text, self._place(each.field)) for each in breaches)

    def _place(self, name: str) -> str:
        same = self.cleaned_data.get(f"column_{name}") == SAME
        return f"same_{name}" if same else f"column_{name}" if name in self._columns else name


def _same_for_all(column: Column) -> forms.CharField:
    """What our column is in every row; shown once that is chosen (`.same` in the style sheet)."""
    taken = "; ".join(words(column.choices).values())
    return forms.CharField(
        label=_("“%(label)s” in every row") % {"label": column.label},
        help_text=_("One of: %(words)s.") % {"words": escape(taken)} if taken else "",
        required=False,
        validators=[MaxLengthValidator(MAX_CELL)],
        widget=forms.TextInput(attrs={"class": "same", "placeholder": " "}),
    )


def _titled(sheet: Offered) -> str:
    """A sheet with its first headings, to tell it from the others."""
    headings = Truncator(", ".join(sheet.headings)).chars(HEADINGS)
    return format_html('<strong>{}</strong> <span class="hint">{}</span>', sheet.title, headings)


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
        help_text=_("YAML, JSON, CSV or XLSX, up to 10 MB together; choose all that the mapping names."),
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
    sheet = forms.CharField(
        label=_("Sheet of the workbook"),
        help_text=_("Empty: as the mapping says, or else the first sheet that has rows. Hidden sheets are not read."),
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

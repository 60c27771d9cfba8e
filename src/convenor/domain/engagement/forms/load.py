"""Loading a model: paste the YAML or choose a file, and say from which day."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from convenor.domain.engagement.rules.yamltree import MAX_BYTES
from convenor.kit.forms import DayField


class LoadForm(forms.Form):
    """A chosen file goes before the pasted text, and then stands in its place, so that nothing is lost."""

    keeps_files = True

    file = forms.FileField(
        label=_("Choose a YAML file"),
        required=False,
        help_text=_("Its text then stands below, where you can mend it."),
        widget=forms.FileInput({"accept": ".yaml,.yml,text/yaml,application/yaml"}),
    )
    yaml = forms.CharField(
        label=_("Or paste the YAML"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 24, "spellcheck": "false", "class": "code-input"}),
    )
    in_force_from = DayField(
        label=_("In force from"),
        help_text=_("The version before it ends on the day before."),
    )

    accept = forms.CharField(
        label=_("Why the groups named above may break a rule"),
        required=False,
        max_length=300,
        help_text=_("Everybody reads it in the history of the model."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, first_day: date, text: str = "") -> None:
        """`first_day` and `text` are what stands there at first."""
        super().__init__(data, files, initial={"in_force_from": first_day, "yaml": text})

    def clean(self) -> dict[str, Any]:
        """One text, from the file or the box; the bound data then holds it."""
        cleaned = super().clean() or self.cleaned_data
        upload: UploadedFile[Any] | None = cleaned.get("file")
        text = self._text_of(upload) if upload else cleaned.get("yaml", "")
        cleaned["yaml"] = text.replace("\r\n", "\n")
        if upload and not self.errors:
            data = cast("QueryDict", self.data).copy()
            data["yaml"] = cleaned["yaml"]
            self.data = data
        if not cleaned["yaml"].strip() and "file" not in self.errors:
            self.add_error("yaml", _("Paste the YAML of a model, or choose a file"))
        return cleaned

    def _text_of(self, upload: UploadedFile[Any]) -> str:
        if (upload.size or 0) > MAX_BYTES:
            self.add_error("file", _("The file is larger than %(kb)d kB") % {"kb": MAX_BYTES // 1024})
            return ""
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("The file is not text in UTF-8"))
            return ""

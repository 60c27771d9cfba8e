"""A date typed as day, month and year: three inputs, one value, errors that name exactly what is wrong."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _

from convenor.kit.dates import say_day

PARTS = ("day", "month", "year")


class DayWidget(forms.MultiWidget):
    """Three text inputs in one fieldset. `data-wrong`, set by our bound field, names the parts at fault."""

    template_name = "kit/forms/day.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        digits = {"inputmode": "numeric"}  # not for the month: its name is welcome too
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": forms.TextInput(digits),
            "month": forms.TextInput(),
            "year": forms.TextInput(digits),
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        """A date, as the three things to show."""
        return [value.day, value.month, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context, with label and width for each part and the mark on the wrong ones."""
        given = dict(attrs or {})
        wrong = str(given.pop("data-wrong", "")).split()
        given.pop("aria-invalid", None)
        context = super().get_context(name, value, given)
        labels = (_("Day"), _("Month"), _("Year"))
        for part, label, widget in zip(PARTS, labels, context["widget"]["subwidgets"], strict=True):
            widget["part"], widget["label"] = part, label
            if part in wrong:
                widget["attrs"]["aria-invalid"] = "true"
        return context


class DayField(forms.MultiValueField):
    """A calendar day. Months may be typed as 11, Nov or November. `earliest` and `latest` are days too."""

    widget = DayWidget

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        fields = [forms.CharField(required=False) for _part in PARTS]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> date | None:
        """Three texts as a date; raises a ValidationError whose `parts` parameter names the inputs at fault."""
        if not data_list:
            return None
        typed = [text.strip() for text in data_list]
        _refuse_gaps(typed)
        day = _real_day(typed[0], _month(typed[1]), _year(typed[2]))
        self._refuse_outside(day)
        return day

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another day was typed; `3` and `03` are the same day."""
        try:
            return bool(self.clean(data) != (initial or None))
        except ValidationError:
            return True

    def _refuse_outside(self, day: date) -> None:
        if self.earliest and day < self.earliest:
            raise _wrong(_("The date must be %(day)s or later") % {"day": say_day(self.earliest)}, *PARTS)
        if self.latest and day > self.latest:
            raise _wrong(_("The date must be %(day)s or earlier") % {"day": say_day(self.latest)}, *PARTS)


def _wrong(text: str, *parts: str) -> ValidationError:
    return ValidationError(text, code="day", params={"parts": " ".join(parts)})


def _refuse_gaps(typed: Sequence[str]) -> None:
    names = {"day": _("a day"), "month": _("a month"), "year": _("a year")}
    missing = [part for part, text in zip(PARTS, typed, strict=True) if not text]
    if missing:
        told = _(" and ").join(names[part] for part in missing)
        raise _wrong(_("The date must include %(missing)s") % {"missing": told}, *missing)


def _month(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 12:
        return int(text)
    named = {str(name).casefold(): number for names in (MONTHS, MONTHS_3) for number, name in names.items()}
    number = named.get(text.casefold().rstrip("."))
    if number is None:
        raise _wrong(_("“%(month)s” is not a month: enter 1 to 12, or its name") % {"month": text[:20]}, "month")
    return number


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 4 and int(text)):
        raise _wrong(_("“%(year)s” is not a year: enter four digits, such as 2026") % {"year": text[:20]}, "year")
    return int(text)


def _real_day(text: str, month: int, year: int) -> date:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if 1 <= number <= monthrange(year, month)[1]:
        return date(year, month, number)
    place = f"{MONTHS[month]} {year}" if month == 2 else str(MONTHS[month])  # February depends on the year
    raise _wrong(_("%(day)s is not a day in %(month)s") % {"day": text[:20], "month": place}, "day")

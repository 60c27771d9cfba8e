"""Forms of the call itself: what it says, its criteria, its questions; the register's filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.core.records.forms import Held
from convenor.core.records.rules import Breach
from convenor.domain.directory.forms.base import GetForm, TaskForm, any_choice
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.expressions.commands.calls import CallFacts
from convenor.domain.expressions.models import ZONES, Call
from convenor.domain.expressions.rules.calls import CriterionFacts, OptionFacts, QuestionFacts
from convenor.domain.groups.models import Seat
from convenor.kit.forms import DayField

AREA: Final = forms.Textarea(attrs={"rows": 4})
TIME: Final = forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")
NUMBER: Final = forms.NumberInput(attrs={"class": "short", "min": 0})
EXTRA_ROWS: Final = 3
BOUNDS: Final = "|"

NOTICE: Final = _(
    "We collect your name, e-mail address, organisation and what you write, to choose who sits in this group. The "
    "officers who run the call and the assessors named for it read it; nobody else does. If you are appointed, your "
    "name and organisation are published on the group's page. What is published of the selection carries private "
    "references, never names."
)
DEBRIEF: Final = _(
    "Everybody who applied can read, on their own page, how it was decided, their own scores with the reasons or their "
    "own chance in the lottery, and how many applied."
)


class CallFilterForm(GetForm):
    """What the list of calls is narrowed by."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    when = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[("", _("Open now and soon")), ("open", _("Open now")), ("closed", _("Closed")), ("all", _("All"))],
    )
    group = forms.ChoiceField(label=_("Group"), required=False)
    method = forms.ChoiceField(label=_("How it is decided"), required=False, choices=any_choice(Call.Method.choices))

    def __init__(self, *args: Any, groups: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = any_choice(groups)  # type: ignore[attr-defined]


class CallForm(TaskForm):
    """What a call says."""

    sections = (
        (_("What is asked"), ("title", "asked", "contact")),
        (_("The places"), ("named", "seats", "constituency", "term_starts_on", "term_ends_on", "one_per_organisation")),
        (_("When it is open"), ("opens_on", "opens_time", "closes_on", "closes_time", "zone")),
        (_("How it is decided"), ("method", "pass_mark", "outcome_by", "debrief")),
        (_("What is collected"), ("notice", "purge_on")),
    )

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As people look for it."))
    asked = forms.CharField(
        label=_("What is asked, and of whom"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("What the group does, how much time it takes, whom it needs. Markdown."),
    )
    contact = forms.CharField(label=_("Whom to ask"), max_length=200, help_text=_("A name or team, with an address."))
    named = forms.MultipleChoiceField(
        label=_("Vacant seats it fills"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none to make a new place for each person who accepts."),
    )
    seats = forms.IntegerField(
        label=_("How many places"), min_value=1, max_value=500, widget=NUMBER,
        help_text=_("Where seats are ticked above, their number counts."),
    )  # fmt: skip
    constituency = forms.ChoiceField(label=_("On which side of the table"), required=False)
    term_starts_on = DayField(label=_("Term from"), required=False)
    term_ends_on = DayField(label=_("Term to"), required=False)
    one_per_organisation = forms.BooleanField(label=_("At most one from each organisation"), required=False)
    opens_on = DayField(label=_("Opens on"))
    opens_time = forms.TimeField(label=_("Opens at"), widget=TIME)
    closes_on = DayField(label=_("Closes on"))
    closes_time = forms.TimeField(label=_("Closes at"), widget=TIME)
    zone = forms.ChoiceField(label=_("On the clocks of"), choices=ZONES)
    method = forms.ChoiceField(
        label=_("How it is decided"),
        choices=[
            (Call.Method.RANKED, _("Ranked: the highest scores that keep the balance rules")),
            (Call.Method.LOTTERY, _("Fair lottery: chances as equal as the balance rules allow")),
        ],
        widget=forms.RadioSelect,
    )
    pass_mark = forms.IntegerField(
        label=_("Lowest total, of 100"), min_value=0, max_value=100, widget=NUMBER, initial=0,
        help_text=_("Nobody with less is chosen or drawn. 0 where everybody takes part."),
    )  # fmt: skip
    outcome_by = DayField(label=_("Everybody is told by"), help_text=_("A promise: in public when it is overdue."))
    debrief = forms.CharField(
        label=_("What applicants learn afterwards"), max_length=2000, widget=AREA, required=False, initial=DEBRIEF
    )
    notice = forms.CharField(
        label=_("What is collected, why, and who sees it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        initial=NOTICE,
        help_text=_("Everybody agrees to it before they send in. Ask for no more than you need."),
    )
    purge_on = DayField(label=_("What people sent in is erased after"), help_text=_("Only numbers are left then."))

    def __init__(
        self, *args: Any, vacant: Iterable[Seat] = (), rules: TypeRulesValue | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.vacant = {str(seat.pk): seat for seat in vacant}
        self._offer("named", [(key, seat.title) for key, seat in self.vacant.items()])
        self.fields["seats"].required = not self.vacant
        sides = rules.constituencies if rules else ()
        self._offer("constituency", [(side.slug, side.name) for side in sides])
        if sides:
            self.fields["constituency"].required = True

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def facts(self) -> CallFacts:
        """What was filled in."""
        given = {**self.cleaned_data, "seats": self.cleaned_data.get("seats") or 0}
        named = tuple(self.vacant[key] for key in given.pop("named", ()))
        return CallFacts(**given, named=named)


class ProlongForm(TaskForm):
    """A later close, and why."""

    closes_on = DayField(label=_("Closes on"))
    closes_time = forms.TimeField(label=_("Closes at"), widget=TIME)
    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Everybody reads it.")
    )


class CriterionForm(forms.Form):
    """One row of the list of criteria; without a name it is left out."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    text = forms.CharField(
        label=_("What is looked for"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    weight = forms.IntegerField(label=_("Weight"), min_value=1, max_value=100, initial=1, widget=NUMBER)
    maximum = forms.IntegerField(label=_("Highest score"), min_value=1, max_value=100, initial=5, widget=NUMBER)


class QuestionForm(forms.Form):
    """One closed question; without words it is left out. Answers one a line, with bounds behind: “Large | 2 | 5”."""

    text = forms.CharField(label=_("Question"), max_length=200, required=False)
    family = forms.CharField(
        label=_("Short name"), max_length=40, required=False, help_text=_("One word for it: segment, size, state.")
    )
    options = forms.CharField(
        label=_("Answers, one a line"),
        max_length=6000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Where the balance rules bound an answer, write how many of the places must and may go to it behind it: "
            "“Small | 2 | 6” is at least 2 and at most 6, “Small | 2” at least 2, “Small | | 6” at most 6."
        ),
    )

    def clean_options(self) -> tuple[OptionFacts, ...]:
        """Each line as an answer with its bounds."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        return tuple(_option(line) for line in lines)

    def facts(self) -> QuestionFacts | None:
        """The question, or None for an empty row."""
        given = self.cleaned_data
        if not given.get("text", "").strip() and not given.get("options"):
            return None
        family = slugify(given["family"] or given["text"])[:40].strip("-")
        return QuestionFacts(family, given["text"], given["options"])


def _option(line: str) -> OptionFacts:
    parts = [part.strip() for part in line.split(BOUNDS)]
    if len(parts) > 3:
        raise ValidationError(_t("“%(line)s”: an answer, at least, at most: no more than that.") % {"line": line[:80]})
    numbers = [_number(part, line) for part in parts[1:]] + [None, None]
    return OptionFacts(parts[0][:120], numbers[0], numbers[1])


def _number(text: str, line: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 4:
        raise ValidationError(
            _t("“%(line)s”: “%(text)s” is not a number of places.") % {"line": line[:80], "text": text[:20]}
        )
    return int(text)


if TYPE_CHECKING:
    Rows = forms.BaseFormSet[Any]
else:
    Rows = forms.BaseFormSet  # it cannot be subscripted when the program runs


class RowFormSet(Rows):
    """Rows of one list, saved together; what a rule refuses stands on top."""

    refused: Sequence[Breach] = ()

    def add_breaches(self, breaches: Iterable[Breach]) -> None:
        """Show what a command refused above the rows."""
        for breach in breaches:
            self._non_form_errors.append(breach.text)  # type: ignore[attr-defined]


CriterionFormSet = forms.formset_factory(CriterionForm, formset=RowFormSet, extra=EXTRA_ROWS, max_num=40)
QuestionFormSet = forms.formset_factory(QuestionForm, formset=RowFormSet, extra=2, max_num=20)


def criteria_in(rows: Any) -> list[CriterionFacts]:
    """The rows that have a name."""
    given = [form.cleaned_data for form in rows.forms]
    return [
        CriterionFacts(each["name"], each["text"], each["weight"], each["maximum"])
        for each in given
        if each.get("name", "").strip()
    ]


def questions_in(rows: Any) -> list[QuestionFacts]:
    """The rows that ask something."""
    return [found for form in rows.forms if (found := form.facts()) is not None]


def option_line(option: OptionFacts) -> str:
    """An answer as one writes it."""
    if option.minimum is None and option.maximum is None:
        return option.label
    least = "" if option.minimum is None else str(option.minimum)
    most = "" if option.maximum is None else str(option.maximum)
    return f"{option.label} | {least} | {most}" if most else f"{option.label} | {least}"


class DaysForm(Held, TaskForm):
    """How long there is to answer an offer, and how many more are asked."""

    days = forms.IntegerField(label=_("Working days to answer"), min_value=1, max_value=60, initial=5, widget=NUMBER)
    extra = forms.IntegerField(
        label=_("Offers beyond the places"),
        min_value=0,
        initial=0,
        widget=NUMBER,
        help_text=_("On purpose: to the first of the reserve list too. Places go to the first who accept."),
    )

    def __init__(self, *args: Any, only_days: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only_days:
            del self.fields["extra"]


class LateForm(TaskForm):
    """Whom to let in after the close, until when, why."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    until = DayField(label=_("Until the end of"))
    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the expression, for whoever reviews the call."),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = today

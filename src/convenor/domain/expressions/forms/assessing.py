"""Forms of those who assess, and of the officer who runs a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from convenor.core.records.forms import Held
from convenor.domain.directory.forms.base import PERSON_NAMES, OrganisationField, TaskForm
from convenor.domain.expressions.models import Criterion
from convenor.kit.forms import DayField

AREA = forms.Textarea(attrs={"rows": 3})


class DeclareForm(TaskForm):
    """Whether one has an interest in an expression."""

    conflicted = forms.ChoiceField(
        label=_("Have you an interest in it?"),
        choices=[
            ("no", _("No: I know of nothing that could sway me, or seem to")),
            ("yes", _("Yes: I know the person, work with the organisation, or gain or lose by it")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What the interest is"), max_length=300, required=False, help_text=_("Only the officers read it.")
    )


class InterestForm(TaskForm):
    """What an officer's interest in a whole call is."""

    note = forms.CharField(
        label=_("What the interest is"), max_length=300, help_text=_("Only the officers who run the call read it.")
    )


class ScoreForm(TaskForm):
    """A score and a reason for every criterion."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        self.sections = [(each.name, (f"score_{each.pk}", f"reason_{each.pk}")) for each in criteria]  # type: ignore[misc]
        for each in criteria:
            words = {"most": each.maximum}
            self.fields[f"score_{each.pk}"] = forms.IntegerField(
                label=_t("Score, 0 to %(most)d") % words,
                min_value=0,
                max_value=each.maximum,
                widget=forms.NumberInput(attrs={"class": "short", "min": 0, "max": each.maximum}),
            )
            self.fields[f"reason_{each.pk}"] = forms.CharField(
                label=_t("Why"), max_length=2000, widget=AREA, help_text=_t("The applicant will read it.")
            )

    def given(self) -> Mapping[int, tuple[int | None, str]]:
        """Criterion → score and reason."""
        told = self.cleaned_data
        return {each.pk: (told[f"score_{each.pk}"], told[f"reason_{each.pk}"]) for each in self.criteria}


class ModerateForm(TaskForm):
    """The score that counts, and why."""

    score = forms.DecimalField(
        label=_("Score that counts"), min_value=0, max_digits=5, decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=AREA, help_text=_("The applicant will read it."))


class AssessorForm(TaskForm):
    """Whom to name, and until when."""

    person = forms.CharField(
        label=_("Who"), max_length=300, widget=forms.TextInput(attrs={"list": PERSON_NAMES, "autocomplete": "off"})
    )
    ends_on = DayField(label=_("Until"), required=False, help_text=_("Leave it empty for as long as it takes."))


class OrganisationForm(TaskForm):
    """Which organisation of the directory is meant."""

    organisation = OrganisationField(
        label=_("Organisation"), required=False, help_text=_("As the directory has it. Empty: none of them.")
    )


class RuleOutForm(TaskForm):
    """Why an expression takes no part; empty lets it in."""

    reason = forms.CharField(
        label=_("Why it takes no part"), max_length=300, required=False, widget=AREA,
        help_text=_("The applicant will read it. Leave it empty to let it take part."),
    )  # fmt: skip


class FreezeForm(TaskForm):
    """That it is known how many have no chance; nothing to fill in where everybody has one."""

    despite = forms.BooleanField()

    def __init__(self, *args: Any, never: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["despite"].label = ngettext(
            "I know that %(n)d person who takes part has no chance",
            "I know that %(n)d people who take part have no chance",
            never,
        ) % {"n": never}  # fmt: skip
        if not never:
            del self.fields["despite"]


class SetAsideForm(TaskForm):
    """Why a selection is set aside."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=AREA, help_text=_("Everybody reads it."))


class RuleAsideForm(Held, TaskForm):
    """Which of the rules that block the reserve list is set aside, why, and how long there is to answer the offer."""

    rule = forms.ChoiceField(label=_("Which rule"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), max_length=300, widget=AREA, help_text=_("Everybody reads it."))
    days = forms.IntegerField(
        label=_("Working days to answer"), min_value=1, max_value=60, initial=5,
        widget=forms.NumberInput(attrs={"class": "short", "min": 1}),
    )  # fmt: skip

    def __init__(self, *args: Any, blocking: Mapping[str, str], **kwargs: Any) -> None:
        """`blocking`: the rules that stand in the way, key → words."""
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [(key, said[:1].upper() + said[1:]) for key, said in blocking.items()]  # type: ignore[attr-defined]

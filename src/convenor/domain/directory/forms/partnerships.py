"""Forms of partnerships."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.domain.directory import rules
from convenor.domain.directory.commands import PartnershipFacts, StageFacts
from convenor.domain.directory.commands.partnerships import CHALLENGE_DAYS
from convenor.domain.directory.forms.base import GetForm, OrganisationField, TaskForm, any_choice
from convenor.domain.directory.models import Organisation, Partnership
from convenor.domain.directory.queries import PartnershipFilter
from convenor.kit.forms import DayField


class PartnershipFilterForm(GetForm):
    """What the register is narrowed by."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=any_choice(Partnership.Kind.choices))
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=any_choice(Partnership.Stage.choices))
    organisation = forms.SlugField(required=False, widget=forms.HiddenInput)

    def filter(self) -> PartnershipFilter:
        """The filter the queries take."""
        return PartnershipFilter(**self.asked())


class PartnershipForm(TaskForm):
    """What is recorded of a partnership; its parties stand in a formset of their own."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Partnership.Kind.choices, widget=forms.RadioSelect)
    host = OrganisationField(label=_("Kept by"), help_text=_("The organisation whose officers keep this record."))
    purpose = forms.CharField(label=_("What it is for"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    outcomes = forms.CharField(
        label=_("What came of it"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, partnership: Partnership | None = None, **kwargs: Any) -> None:
        names = ("name", "kind", "host", "purpose", "outcomes")
        initial = {name: getattr(partnership, name) for name in names} if partnership else {}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)

    def facts(self, parties: Sequence[tuple[Organisation, str]]) -> PartnershipFacts:
        """What was entered."""
        given = self.cleaned_data
        return PartnershipFacts(
            name=given["name"],
            host=given["host"],
            kind=given["kind"],
            purpose=given["purpose"],
            outcomes=given["outcomes"],
            parties=tuple(parties),
        )


class PartyForm(TaskForm):
    """One party."""

    organisation = OrganisationField(label=_("Party"), required=False)
    role = forms.CharField(label=_("The part it plays"), max_length=80, required=False)


if TYPE_CHECKING:
    PartyForms = forms.BaseFormSet[PartyForm]
else:
    PartyForms = forms.BaseFormSet


class BasePartyFormSet(PartyForms):
    """The parties; empty lines are left out."""

    def parties(self) -> list[tuple[Organisation, str]]:
        """What was entered."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("organisation")]
        return [(row["organisation"], row["role"]) for row in rows]


PartyFormSet: type[BasePartyFormSet] = forms.formset_factory(  # type: ignore[assignment]  # it keeps the class it is given
    PartyForm, formset=BasePartyFormSet, extra=2, max_num=40, absolute_max=60
)


class StageForm(TaskForm):
    """A stage that has been reached."""

    stage = forms.ChoiceField(label=_("Stage"), widget=forms.RadioSelect)
    on = DayField(label=_("Reached on"))
    note = forms.CharField(
        label=_("What readers should know"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when it ends, or goes back to being explored."),
    )
    challenge_days = forms.IntegerField(
        label=_("Working days in which the named parties may challenge this"),
        min_value=0,
        max_value=60,
        initial=CHALLENGE_DAYS,
        help_text=_("0 when nobody may."),
    )

    def __init__(self, *args: Any, now_at: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = rules.NEXT_STAGES[now_at]
        words = dict(Partnership.Stage.choices)
        self.fields["stage"].choices = [(stage, words[stage]) for stage in allowed]  # type: ignore[attr-defined]
        day = self.fields["on"]
        day.initial = today
        if isinstance(day, DayField):
            day.latest = today

    def facts(self) -> StageFacts:
        """What was entered."""
        given = self.cleaned_data
        return StageFacts(given["stage"], given["on"], given["note"], given["challenge_days"])


class ChallengeForm(TaskForm):
    """What a named party says is wrong."""

    party = forms.ChoiceField(label=_("For which organisation"), widget=forms.RadioSelect)
    challenge = forms.CharField(
        label=_("What is wrong"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It is published here at once, and later with our answer."),
    )

    def __init__(self, *args: Any, parties: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(str(body.pk), body.name) for body in parties]  # type: ignore[attr-defined]
        self.fields["party"].initial = str(parties[0].pk) if parties else None


class AnswerForm(TaskForm):
    """Our answer to a challenge."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It is published under the challenge."),
    )


class InviteForm(TaskForm):
    """Whom to send the link with which a party may challenge the stage."""

    party = forms.ChoiceField(label=_("For which organisation"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, help_text=_("Never published."))

    def __init__(self, *args: Any, parties: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(str(pk), name) for pk, name in parties]  # type: ignore[attr-defined]
        self.fields["party"].initial = str(parties[0][0]) if parties else None


class AgreementForm(TaskForm):
    """A version of the agreement."""

    summary = forms.CharField(
        label=_("What it agrees"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    signed_on = DayField(label=_("Signed on"), required=False)
    file = forms.FileField(label=_("Its text"), required=False, help_text=_("PDF, Word or plain text."))

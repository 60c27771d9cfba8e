"""Forms of machinery-of-government changes: one for each kind of change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.domain.directory import rules
from convenor.domain.directory.commands import ChangePlan, OrganisationFacts, Successor
from convenor.domain.directory.forms.base import OrganisationField, OrganisationsField, TaskForm
from convenor.domain.directory.models import Organisation, OrganisationKind
from convenor.kit.forms import DayField

WHAT_HAPPENED = (
    (rules.RENAMED, _("Renamed: the same body under a new name")),
    (rules.MERGED, _("Merged: it and others became one body")),
    (rules.SPLIT, _("Split: it became several bodies, or gave a part away")),
    (rules.MOVED, _("Moved: it belongs to another portfolio now")),
    (rules.ABOLISHED, _("Abolished: nothing comes after it")),
)


class KindOfChangeForm(forms.Form):
    """The first question: what happened?"""

    kind = forms.ChoiceField(label=_("What happened?"), choices=WHAT_HAPPENED, widget=forms.RadioSelect)


class ChangeForm(TaskForm):
    """When it took effect and where that was announced; each kind adds what it needs."""

    kind: ClassVar[str] = ""

    on = DayField(label=_("It took effect on"))
    note = forms.CharField(
        label=_("What readers should know"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.URLField(
        label=_("Order or announcement"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("Its address on the web."),
    )

    def __init__(self, *args: Any, organisation: Organisation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.order_fields([name for name in self.fields if name not in ("on", "note", "source")])
        day = self.fields["on"]
        if isinstance(day, DayField):
            day.latest = today

    def plan(self) -> ChangePlan:
        """The change as entered; raises KeyError unless the form is valid."""
        given = self.cleaned_data
        return ChangePlan(
            kind=self.kind,
            on=given["on"],
            before=(self.organisation, *self.joined()),
            after=self.successors(),
            name=given.get("name", ""),
            short_name=given.get("short_name", ""),
            parent=given.get("parent"),
            note=given["note"],
            source=given["source"],
        )

    def joined(self) -> tuple[Organisation, ...]:
        """The other organisations before the change."""
        return ()

    def successors(self) -> tuple[Successor, ...]:
        """The organisations after it."""
        return ()


class RenameForm(ChangeForm):
    kind = rules.RENAMED

    name = forms.CharField(label=_("New name"), max_length=200)
    short_name = forms.CharField(label=_("New short name"), max_length=40, required=False)


class MoveForm(ChangeForm):
    kind = rules.MOVED

    parent = OrganisationField(
        label=_("New portfolio"), required=False, help_text=_("Leave it empty when it now belongs to none.")
    )


class AbolishForm(ChangeForm):
    kind = rules.ABOLISHED


class MergeForm(ChangeForm):
    kind = rules.MERGED

    others = OrganisationsField(label=_("Merged with"), help_text=_("One organisation a line."))
    into = OrganisationField(
        label=_("Into an organisation that is here already"),
        required=False,
        help_text=_("One of those above, or another. Leave it empty for a new one."),
    )
    name = forms.CharField(label=_("Or into a new one called"), max_length=200, required=False)
    short_name = forms.CharField(label=_("Short name of the new one"), max_length=40, required=False)
    new_kind = forms.ModelChoiceField(
        OrganisationKind.objects.order_by("order", "name"), label=_("Kind of the new one"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two ways."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(given.get("into")) == bool(given.get("name")) and "into" in given:
            text = _t("Say what they became: one that is here already, or the name of a new one (not both).")
            raise ValidationError({"into": text})
        return given

    def joined(self) -> tuple[Organisation, ...]:
        return tuple(body for body in self.cleaned_data["others"] if body.pk != self.organisation.pk)

    def successors(self) -> tuple[Successor, ...]:
        given = self.cleaned_data
        if given["into"]:
            return (Successor(organisation=given["into"]),)
        return (_new(given["name"], self.organisation, given["short_name"], given["new_kind"]),)

    def plan(self) -> ChangePlan:
        plan = super().plan()
        return ChangePlan(plan.kind, plan.on, plan.before, plan.after, note=plan.note, source=plan.source)


class SplitForm(ChangeForm):
    kind = rules.SPLIT

    goes_on = forms.BooleanField(label=_("It goes on itself, as one of the parts"), required=False)
    names = forms.CharField(
        label=_("New organisations"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One name a line. What else is known of them can be added afterwards."),
    )

    def successors(self) -> tuple[Successor, ...]:
        names = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        new = [_new(name, self.organisation) for name in names]
        return (Successor(organisation=self.organisation), *new) if self.cleaned_data["goes_on"] else tuple(new)


def _new(name: str, like: Organisation, short_name: str = "", kind: OrganisationKind | None = None) -> Successor:
    """A new organisation of the same kind and portfolio, unless told otherwise."""
    facts = OrganisationFacts(name=name, kind=kind or like.kind, short_name=short_name, parent=like.parent)
    return Successor(facts=facts)


FORMS: Sequence[type[ChangeForm]] = (RenameForm, MergeForm, SplitForm, MoveForm, AbolishForm)


def form_for(kind: str) -> type[ChangeForm] | None:
    """The form of a kind of change, or None."""
    return next((form for form in FORMS if form.kind == kind), None)

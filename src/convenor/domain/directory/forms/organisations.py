"""Forms of organisations."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.domain.directory.commands import OrganisationFacts
from convenor.domain.directory.forms.base import GetForm, OrganisationField, TaskForm, any_choice
from convenor.domain.directory.models import Organisation, OrganisationKind, Segment
from convenor.domain.directory.queries import Choices, OrganisationFilter, parent_of
from convenor.domain.directory.rules import format_abn
from convenor.kit.forms import DayField

STANDINGS = (("current", _("Present")), ("ended", _("Ended")), ("all", _("Present and ended")))


class OrganisationFilterForm(GetForm):
    """What the register is narrowed by."""

    q = forms.CharField(label=_("Name or ABN"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    segment = forms.ChoiceField(label=_("Market segment"), required=False)
    portfolio = forms.ChoiceField(label=_("Part of"), required=False)
    standing = forms.ChoiceField(label=_("Which"), required=False, choices=any_choice(STANDINGS[1:], _("Present")))

    def __init__(self, *args: Any, choices: Choices, portfolios: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "kind": choices.kinds,
            "sector": OrganisationKind._meta.get_field("sector").choices or (),
            "segment": choices.segments,
            "portfolio": portfolios,
        }
        for name, found in offered.items():
            self.fields[name].choices = any_choice(found)  # type: ignore[attr-defined]

    def filter(self) -> OrganisationFilter:
        """The filter the queries take."""
        return OrganisationFilter(**self.asked())


class OrganisationForm(TaskForm):
    """Everything that is recorded of an organisation."""

    sections = (
        (_("What it is called"), ("name", "short_name", "kind")),
        (_("Where it belongs"), ("parent", "segments")),
        (_("How it is known"), ("abn", "website", "summary")),
        (_("Since when"), ("established_on", "ended_on")),
        (_("About this change"), ("reason",)),
    )

    name = forms.CharField(label=_("Name"), max_length=200)
    short_name = forms.CharField(
        label=_("Short name"), max_length=40, required=False, help_text=_("As people say it: “Health”, “DTA”.")
    )
    kind = forms.ModelChoiceField(OrganisationKind.objects.order_by("order", "name"), label=_("Kind"))
    parent = OrganisationField(
        label=_("Part of"),
        required=False,
        help_text=_("The portfolio department or body above it. Names are offered while you type."),
    )
    segments = forms.ModelMultipleChoiceField(
        Segment.objects.order_by("name"),
        label=_("Market segments it stands for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    abn = forms.CharField(
        label=_("ABN"), required=False, max_length=20, help_text=_("Eleven digits, such as 51 824 753 556.")
    )
    website = forms.URLField(label=_("Website"), required=False, max_length=300, assume_scheme="https")
    summary = forms.CharField(
        label=_("What it does"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    established_on = DayField(label=_("Established on"), required=False)
    ended_on = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Only for a body that had ended before it was recorded here. Otherwise record a change."),
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Anybody can read it in the history.")
    )

    def __init__(self, *args: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        initial = {**(_initial(organisation) if organisation else {}), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.organisation = organisation
        if organisation is None:
            del self.fields["reason"]
        elif organisation.parent and not parent_of(organisation):
            del self.fields["parent"]  # it stays where it is; its parent is not for this viewer to know

    def facts(self) -> OrganisationFacts:
        """What was entered."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        if "parent" not in self.fields and self.organisation is not None:
            given["parent"] = self.organisation.parent
        return OrganisationFacts(**{**given, "segments": tuple(given["segments"])})


def _initial(organisation: Organisation) -> dict[str, Any]:
    names = ("name", "short_name", "kind", "parent", "website", "summary", "established_on", "ended_on")
    given = {name: getattr(organisation, name) for name in names}
    return {**given, "abn": format_abn(organisation.abn), "segments": list(organisation.segments.all())}


class PlacesForm(TaskForm):
    """Where the offices and bodies of an ending organisation go: one choice each."""

    ABOLISH: ClassVar[str] = "abolish"

    def __init__(
        self,
        *args: Any,
        offices: dict[int, str],
        bodies: dict[int, str],
        places: dict[int, str],
        stay: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        goes = [(str(number), name) for number, name in places.items()]
        for pk, label in offices.items():
            ends = [("", stay)] if stay else [(self.ABOLISH, _("It is abolished"))]
            self.fields[f"office_{pk}"] = forms.ChoiceField(
                label=_("The office %(name)s goes to") % {"name": label}, choices=[*goes, *ends], required=not stay
            )
            if stay:
                self.fields[f"office_{pk}"].initial = ""
        for pk, label in bodies.items():
            self.fields[f"body_{pk}"] = forms.ChoiceField(
                label=_("%(name)s becomes part of") % {"name": label}, choices=goes
            )

    def places(self, prefix: str) -> dict[int, int]:
        """{key: place} of what was told to go somewhere."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name.startswith(f"{prefix}_")}
        return {int(name.partition("_")[2]): int(value) for name, value in chosen.items() if value.isdigit()}

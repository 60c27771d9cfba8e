"""Forms of seats, appointments and chairing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.core.accounts.models import Person
from convenor.core.records.forms import Held
from convenor.domain.directory.forms.base import OrganisationField
from convenor.domain.directory.forms.offices import WhoField
from convenor.domain.directory.models import Office, Segment
from convenor.domain.directory.queries import people_named
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.groups.commands.appointments import Term
from convenor.domain.groups.commands.places import SeatFacts
from convenor.domain.groups.forms.base import GroupTask, group_field, office_field
from convenor.domain.groups.models import Appointment, ChairRole, Seat, SeatRole
from convenor.domain.groups.queries.places import Place
from convenor.domain.groups.rules import rosters
from convenor.kit.dates import say_day
from convenor.kit.forms import DayField

OFFICERS_READ = _("Officers read it in the history.")
ANYBODY_READS = _("Anybody can read it in the history.")


BASES = (
    (rosters.OFFICE, _("Whoever holds an office")),
    (rosters.ORGANISATION, _("Whom an organisation sends")),
    (rosters.SEGMENT, _("Somebody for a segment")),
    (rosters.INDIVIDUAL, _("A person for themselves")),
    (rosters.CHAIR_OF, _("Whoever chairs another group")),
)
"""Who may sit in a seat, as officers choose it."""
ASKED = {
    rosters.OFFICE: ("office",),
    rosters.ORGANISATION: ("organisation",),
    rosters.SEGMENT: ("segment",),
    rosters.INDIVIDUAL: ("organisation",),
    rosters.CHAIR_OF: ("chair_of",),
}
"""What is asked for each basis, beside the title."""


AS_ROLE: dict[str, Any] = {
    "choices": (("", _("As its role says")), ("yes", _("Yes")), ("no", _("No"))),
    "coerce": lambda value: value == "yes",
    "empty_value": None,
    "required": False,
}
"""A choice that follows the seat's role until somebody says otherwise."""


class SeatForm(GroupTask):
    """A place at the table on one basis; of a seat that is there, what may change."""

    sections = (
        (_("What the seat stands on"), ("office", "organisation", "segment", "chair_of", "title")),
        (_("At the table"), ("role", "constituency", "votes", "counts_to_quorum", "order")),
        (_("From when to when"), ("starts_on", "ends_on")),
        (_("This change"), ("reason",)),
    )

    office = office_field(label=_("Office"), help_text=_("Title, comma, organisation."))
    organisation = OrganisationField(label=_("Organisation"))
    segment = forms.ModelChoiceField(Segment.objects.order_by("name"), label=_("Segment"))
    chair_of = group_field(label=_("The other group"))
    title = forms.CharField(
        label=_("Title of the seat"),
        max_length=200,
        required=False,
        help_text=_("Left empty, it is called what it stands for."),
    )
    constituency = forms.ChoiceField(label=_("Side of the table"))
    role = forms.ModelChoiceField(
        SeatRole.objects.order_by("order", "name"),
        label=_("Role"),
        required=False,
        empty_label=None,
        help_text=_("As what somebody sits. Observers and the like do not count under caps."),
    )
    votes = forms.TypedChoiceField(label=_("Votes"), **AS_ROLE)
    counts_to_quorum = forms.TypedChoiceField(label=_("Counts to the quorum"), **AS_ROLE)
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9999, initial=0)
    starts_on = DayField(label=_("Exists since"))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Where it is known already."))
    reason = forms.CharField(label=_("Why"), required=False, max_length=300, help_text=ANYBODY_READS)

    def __init__(
        self,
        *args: Any,
        rules: TypeRulesValue | None,
        basis: str = "",
        seat: Seat | None = None,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.seat, self.basis = seat, seat.basis if seat else basis
        roles = list(SeatRole.objects.order_by("order", "name"))
        self.fields["role"].choices = [(role.pk, role.name) for role in roles]  # type: ignore[attr-defined]
        sides = [(side.slug, side.name) for side in rules.constituencies] if rules else []
        self.fields["constituency"].choices = sides  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today
        for name in self._unwanted(bool(sides)):
            del self.fields[name]
        if seat is not None:
            self.initial.update({name: getattr(seat, name) for name in self.fields if name != "reason"})
            self.initial.update(
                {name: "yes" if getattr(seat, name) else "no" for name in ("votes", "counts_to_quorum")}
            )
        else:
            which = SeatRole.DefaultFor.FOLLOWS if self.basis in rosters.FOLLOWS else SeatRole.DefaultFor.APPOINTED
            self.fields["role"].initial = next((role for role in roles if role.default_for == which), None)
        if seat is None and self.basis == rosters.INDIVIDUAL:
            self._ask_for_person()

    def _unwanted(self, sides: bool) -> list[str]:
        everything = {name for names in ASKED.values() for name in names}
        asked = () if self.seat else ASKED[self.basis]
        found = [*sorted(everything - set(asked)), *(() if sides else ("constituency",))]
        return [*found, "starts_on", "ends_on"] if self.seat else [*found, "reason"]

    def _ask_for_person(self) -> None:
        self.fields["title"].required = True
        self.fields["title"].help_text = ""
        self.fields["organisation"].required = False
        self.fields["organisation"].help_text = _t("Where they come from, if from one.")

    def facts(self) -> SeatFacts:
        """What was entered; of a seat that is there, what it stands on stays."""
        given = {"basis": self.basis, "constituency": "", **self._kept(), **self.cleaned_data}
        given.pop("reason", None)
        return SeatFacts(**given)

    def _kept(self) -> dict[str, Any]:
        names = ("basis", "office", "organisation", "segment", "chair_of", "constituency", "starts_on", "ends_on")
        return {name: getattr(self.seat, name) for name in names} if self.seat else {}


class NamedPlacesForm(GroupTask):
    """Which office sits for each place that the model names and that is not set up yet."""

    starts_on = DayField(label=_("Since"))

    def __init__(self, *args: Any, places: list[Place], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today
        self.places = {f"place_{place.order}": place for place in places if not place.taken and place.offices}
        for name, place in self.places.items():
            several = [("", _t("Not now"))] if len(place.offices) > 1 else []
            self.fields[name] = forms.ChoiceField(
                label=place.named.title,
                required=False,
                choices=[*several, *((str(office.pk), str(office)) for office in place.offices)],
            )

    def chosen(self) -> dict[str, Office]:
        """Title of the place → the office that sits for it."""
        given = self.cleaned_data
        return {
            place.named.title: next(office for office in place.offices if str(office.pk) == given[name])
            for name, place in self.places.items()
            if given.get(name)
        }


class TermForm(GroupTask):
    """From when to when somebody is appointed."""

    starts_on = DayField(label=_("From"), required=False, help_text=_("Leave it empty when it is not known."))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Where the term has an end."))
    acting = forms.BooleanField(
        label=_("Acting"),
        required=False,
        help_text=_("In this group only, in place of the holder or while there is none."),
    )
    instrument = forms.CharField(
        label=_("Appointed by"),
        required=False,
        max_length=200,
        help_text=_("The letter or decision. Anybody can read it."),
    )
    reason = forms.CharField(label=_("Why"), required=False, max_length=300, help_text=OFFICERS_READ)

    def term(self) -> Term:
        """What was entered."""
        given = self.cleaned_data
        return Term(given["starts_on"], given["ends_on"], given["acting"], given["instrument"])


class AppointForm(Held, TermForm):
    """Whom to put in a seat, and for how long."""

    sections = (
        (_("Who"), ("who", "which", "email", "published", "filled_by")),
        (_("From when to when"), ("starts_on", "length", "ends_on", "acting", "instrument")),
        (_("Telling them"), ("ask", "reason")),
    )

    who = WhoField(label=_("Who sits here"), help_text=_("Their name. Somebody who is not here yet is added."))
    which = forms.ChoiceField(label=_("Which of them"), required=False, widget=forms.RadioSelect)
    email = forms.EmailField(
        label=_("E-mail address"), required=False, max_length=254, help_text=_("For somebody new. Never published.")
    )
    published = forms.BooleanField(
        label=_("Publish their name"),
        required=False,
        initial=True,
        help_text=_("With their offices and seats, on a page."),
    )
    ask = forms.BooleanField(
        label=_("Ask them to confirm, by a link in an e-mail"), required=False, help_text=_("They need no account.")
    )

    filled_by = forms.ChoiceField(
        label=_("How the vacancy is filled"),
        widget=forms.RadioSelect,
        choices=Appointment.FilledBy.choices,
        help_text=_("Anybody can read it."),
    )

    length = forms.ChoiceField(
        label=_("How long"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Somebody left before their time: whoever follows usually serves the rest of the term."),
    )

    def __init__(
        self,
        *args: Any,
        follows: bool,
        today: date,
        remainder: date | None = None,
        ways: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today
        self.remainder = remainder
        self._ask_how(ways)
        if remainder is None:
            del self.fields["length"]
        else:
            rest = _t("The rest of the term, until %(day)s") % {"day": say_day(remainder)}
            choices = [("rest", rest), ("other", _t("Until the last day given below, or without one"))]
            self.fields["length"].choices = choices  # type: ignore[attr-defined]
            self.fields["length"].initial = "rest"
        self.fields["acting"].initial = follows
        said = str(self.data.get(self.add_prefix("who"), "")) if self.is_bound else ""
        self.matches = people_named(self.viewer, said)
        if len(self.matches) < 2:
            del self.fields["which"]
        else:
            offered = [(str(person.pk), _say(person)) for person in self.matches]
            self.fields["which"].choices = [*offered, ("new", _t("Somebody else of that name"))]  # type: ignore[attr-defined]

    def _ask_how(self, ways: Sequence[str]) -> None:
        """How a casual vacancy is filled, where the rules of the group say in which ways it may be."""
        if self.remainder is None or not ways:
            del self.fields["filled_by"]
            return
        offered = [(value, label) for value, label in Appointment.FilledBy.choices if value in ways]
        self.fields["filled_by"].choices = offered  # type: ignore[attr-defined]
        self.fields["filled_by"].required = bool(offered)

    def clean(self) -> dict[str, Any]:
        """Where more than one is meant, one is chosen; who is asked by e-mail has an address."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "which" in self.fields and not given.get("which"):
            raise ValidationError({"which": _t("More than one person here is called that: choose one.")})
        person = self.person()
        if given.get("ask") and not (person.email if person else given.get("email")):
            raise ValidationError({"ask": _t("No e-mail address is known: a link cannot be sent.")})
        return given

    def term(self) -> Term:
        """What was entered; the rest of the term that a casual vacancy cut short, where that was chosen."""
        said = super().term()
        return replace(said, ends_on=self.remainder) if self.cleaned_data.get("length") == "rest" else said

    def person(self) -> Person | None:
        """Who is meant; None for somebody new."""
        which = self.cleaned_data.get("which")
        if which:
            return next((person for person in self.matches if str(person.pk) == which), None)
        return self.matches[0] if self.matches else None


def _say(person: Person) -> str:
    profile = getattr(person, "profile", None)
    return f"{person.name} ({profile.record.ref})" if profile else f"{person.name} ({_t('no public page')})"


class CorrectForm(TermForm):
    """What was recorded wrongly of an appointment."""

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        names = ("starts_on", "ends_on", "acting", "instrument")
        super().__init__(*args, initial={name: getattr(appointment, name) for name in names}, **kwargs)
        self.fields["reason"].required = True


class ChairForm(Held, GroupTask):
    """As what a seat chairs, and for how long."""

    role = forms.ModelChoiceField(ChairRole.objects.order_by("order", "name"), label=_("As"), empty_label=None)
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Where it is known already."))
    reason = forms.CharField(label=_("Why"), required=False, max_length=300, help_text=ANYBODY_READS)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today


class ReappointForm(Held, GroupTask):
    """Until when somebody stays."""

    ends_on = DayField(label=_("Last day of the new term"), required=False)

    def __init__(self, *args: Any, until: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = until

"""Forms of open membership: how a group is joined, joining, asking, answering, inviting, leaving."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Breach
from convenor.domain.directory.commands.people import PersonFacts
from convenor.domain.directory.forms.base import OrganisationField, TaskForm
from convenor.domain.directory.queries import people_named
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.groups.commands.joining import Joining
from convenor.domain.groups.forms.base import GroupTask
from convenor.domain.groups.models import Admission
from convenor.domain.groups.queries.joining import Door, needs_organisation, sides_to_choose
from convenor.domain.groups.rules import joining

FULL = "group-full"
NOTE = forms.Textarea(attrs={"rows": 3})


class AdmissionForm(GroupTask):
    """How people come into the group from today on."""

    way = forms.ChoiceField(label=_("How people come in"), widget=forms.RadioSelect)
    side = forms.ChoiceField(label=_("Side of the table they sit on"), required=False)
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Anybody can read it in the history.")
    )

    def __init__(self, *args: Any, rules: TypeRulesValue | None, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = joining.ALLOWED[rules.formation] if rules else (joining.NOBODY,)
        ways = [(str(value), str(label)) for value, label in Admission.Way.choices if value in allowed]
        sides = [(side.slug, side.name) for side in rules.constituencies] if rules else []
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        self.fields["side"].choices = [("", _t("They choose")), *sides]  # type: ignore[attr-defined]
        self.initial.update({"way": door.way, "side": door.side})
        if len(sides) < 2:
            del self.fields["side"]


class ForWhomForm(TaskForm):
    """For oneself, or for somebody one assists."""

    person = forms.ChoiceField(label=_("For whom"), required=False)

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["person"].choices = [(str(row.pk), self._called(row)) for row in people]  # type: ignore[attr-defined]
        if len(people) < 2:
            self.fields["person"].widget = forms.HiddenInput()
            self.fields["person"].initial = str(people[0].pk) if people else ""

    def _called(self, row: Person) -> str:
        return _t("Myself") if row.pk == self.viewer.person_id else row.name

    def whom(self) -> Person:
        """Who is meant; oneself unless said otherwise."""
        said = self.cleaned_data.get("person")
        return next((row for row in self.people if str(row.pk) == said), self.people[0])


class JoinForm(ForWhomForm):
    """As whom somebody joins, or asks to."""

    side = forms.ChoiceField(label=_("Side of the table"))
    organisation = OrganisationField(
        label=_("Where you come from"),
        required=False,
        help_text=_("The organisation you sit for. It stands beside your place, where everybody reads it."),
    )
    note = forms.CharField(
        label=_("Why you would like to join"),
        max_length=1000,
        required=False,
        widget=NOTE,
        help_text=_("Only those who answer read it; it is deleted 90 days after the answer."),
    )
    named = forms.BooleanField(
        label=_("Publish my name in the list of members"),
        required=False,
        help_text=_("Otherwise the list says that somebody sits here, and not who. The secretariat always knows."),
    )

    def __init__(self, *args: Any, rules: TypeRulesValue, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = sides_to_choose(rules, door)
        self.fields["side"].choices = sides  # type: ignore[attr-defined]
        unwanted = {
            "side": not sides,
            "organisation": not needs_organisation(rules),
            "note": door.way != joining.REQUEST,
        }
        for name, gone in unwanted.items():
            if gone:
                del self.fields[name]

    refused_as_full = False

    def add_breaches(self, breaches: Iterable[Breach]) -> None:
        """Full is no mistake of whoever asks: the page says it apart, with what they can do."""
        found = list(breaches)
        self.refused_as_full = any(breach.code == FULL for breach in found)
        super().add_breaches(found)

    def facts(self) -> Joining:
        """What was entered."""
        given = self.cleaned_data
        return Joining(given.get("side", ""), given.get("organisation"), given["named"])


class AnswerForm(GroupTask):
    """Take somebody in, or turn them down and say why."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=(("approve", _("Take them in")), ("decline", _("Turn them down"))),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        widget=NOTE,
        help_text=_("They are told. Needed when you turn somebody down."),
    )


class InviteForm(GroupTask):
    """Whom to invite."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(
        label=_("Name"), max_length=200, required=False, help_text=_("For somebody who is not here yet.")
    )
    side = forms.ChoiceField(label=_("Side of the table"))
    note = forms.CharField(label=_("Note to them"), max_length=1000, required=False, widget=NOTE)

    def __init__(self, *args: Any, rules: TypeRulesValue, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = sides_to_choose(rules, door)
        self.fields["side"].choices = sides  # type: ignore[attr-defined]
        if not sides:
            del self.fields["side"]

    def clean(self) -> dict[str, Any]:
        """Somebody new needs a name."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("email") and not given.get("name") and not isinstance(self.whom(), Person):
            self.add_error("name", _t("Nobody with this address is here yet: give their name."))
        return given

    def whom(self) -> Person | PersonFacts:
        """Who is meant: somebody of this address who is here, or somebody new."""
        given = self.cleaned_data
        found = people_named(self.viewer, given["email"])
        return found[0] if found else PersonFacts(given.get("name", ""), given["email"], published=False)


class RemoveForm(GroupTask):
    """Why somebody's membership ends."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=NOTE, help_text=_("They are told. Officers read it in the history.")
    )

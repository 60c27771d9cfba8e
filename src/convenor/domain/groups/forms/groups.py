"""Forms of groups themselves: the register's filters, setting up, changing, moving on, parents, reviews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.core.records import caretaker
from convenor.core.records.forms import Held
from convenor.domain.directory.forms.base import GetForm, OrganisationField, any_choice
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.groups.commands.groups import GroupFacts
from convenor.domain.groups.commands.initiatives import InitiativeFacts
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.proposals import ProposalFacts
from convenor.domain.groups.forms.base import GroupTask, group_field
from convenor.domain.groups.models import Group, Initiative
from convenor.domain.groups.queries.register import ALL, OPEN, OTHERS, OURS, GroupFilter
from convenor.domain.groups.queries.types import TypeShown
from convenor.domain.groups.rules import states
from convenor.kit.forms import DayField

AREA = forms.Textarea(attrs={"rows": 3})


class GroupFilterForm(GetForm):
    """What the register of groups is narrowed by."""

    q = forms.CharField(label=_("Name or purpose"), required=False, max_length=100)
    model = forms.ChoiceField(label=_("Engagement model"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    host = forms.ChoiceField(label=_("Run by"), required=False)
    initiative = forms.ChoiceField(label=_("Initiative"), required=False)
    organisation = forms.CharField(label=_("Organisation seated"), required=False, max_length=120)
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=any_choice([(OURS, _("Ours")), (OTHERS, _("Of other bodies, in which we sit"))]),
    )

    def __init__(
        self, *args: Any, types: Iterable[TypeShown], hosts: Sequence[Any], initiatives: Sequence[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        shown = list(types)
        words = [(state.value, state.label) for state in Group.State]
        self._offer("model", dict.fromkeys((each.model_slug, each.model_name) for each in shown))
        self._offer("level", dict.fromkeys((each.level_slug, each.level_name) for each in shown))
        self._offer("type", dict.fromkeys((each.slug, each.name) for each in shown))
        self._offer("state", [*words, (ALL, _t("All"))], _t("All but closed"))
        self._offer("host", hosts)
        self._offer("initiative", initiatives)
        if not self.data.get("organisation"):
            self.fields["organisation"].widget = forms.HiddenInput(attrs={"disabled": True})

    def _offer(self, name: str, choices: Iterable[Any], empty: Any = None) -> None:
        self.fields[name].choices = any_choice(choices, empty)  # type: ignore[attr-defined]

    def filter(self) -> GroupFilter:
        """What is asked for and makes sense."""
        return GroupFilter(**{"state": OPEN, **self.asked()})


class GroupForm(Held, GroupTask):
    """What is recorded of a group. Of a type's rules only the fields that they ask for are shown."""

    sections = (
        (_("What it is"), ("name", "acronym", "purpose", "deliverable")),
        (_("Who runs it"), ("host", "initiative", "new_initiative")),
        (_("Its parent"), ("parent", "approved_on", "approval_note")),
        (_("When"), ("state", "started_on", "review_due_on", "sunset_on")),
        (_("The proposal"), ("proposed_by", "proposed_why")),
        (_("Seats and readers"), ("named_seats", "readers")),
        (_("This change"), ("reason",)),
    )

    name = forms.CharField(label=_("Name"), max_length=200)
    acronym = forms.CharField(label=_("Acronym"), max_length=20, required=False)
    purpose = forms.CharField(label=_("Purpose"), max_length=4000, widget=AREA, help_text=_("What it is there for."))
    deliverable = forms.CharField(
        label=_("What it is to deliver"),
        max_length=4000,
        widget=AREA,
        required=False,
        help_text=_("Leave empty if nothing."),
    )
    host = OrganisationField(label=_("Run by"), help_text=_("The organisation that convenes it."))
    initiative = forms.ModelChoiceField(Initiative.objects.none(), label=_("Initiative"), required=False)
    new_initiative = forms.CharField(
        label=_("A new initiative"), max_length=200, required=False, help_text=_("Where it is not in the list yet.")
    )
    parent = group_field(label=_("Stands under"), required=False)
    approved_on = DayField(label=_("Approved by the parent on"), required=False)
    approval_note = forms.CharField(
        label=_("Where the approval is recorded"),
        max_length=300,
        required=False,
        help_text=_("A meeting, an item, a letter."),
    )
    state = forms.ChoiceField(label=_("State"), choices=[(each.value, each.label) for each in Group.State][:4])
    started_on = DayField(label=_("Started on"), required=False, help_text=_("Leave it empty when it is not known."))
    review_due_on = DayField(
        label=_("Review due"), required=False, help_text=_("Left empty, it is set from the rules of the type.")
    )
    sunset_on = DayField(label=_("Ends by"), required=False)
    proposed_by = forms.CharField(
        label=_("Who proposes it"), max_length=200, required=False, help_text=_("For a group that is proposed.")
    )
    proposed_why = forms.CharField(label=_("Why it is needed"), max_length=4000, required=False, widget=AREA)
    named_seats = forms.BooleanField(label=_("Set up the named seats"), required=False, initial=True)
    readers = forms.ChoiceField(
        label=_("Who may read it"),
        choices=[("public", _("Everybody")), ("members", _("Its members and its secretariat"))],
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Anybody can read it in the history.")
    )

    def __init__(
        self,
        *args: Any,
        rules: TypeRulesValue | None,
        initiatives: Any,
        group: Group | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rules, self.group = rules, group
        self.fields["initiative"].queryset = initiatives  # type: ignore[attr-defined]
        for name in self._unwanted(rules, group):
            del self.fields[name]
        if group is not None:
            self.fields.pop(caretaker.FIELD, None)  # it is there already: nothing is set up
        if rules is not None:
            self._ask_as_ruled(rules)

    def _unwanted(self, rules: TypeRulesValue | None, group: Group | None) -> list[str]:
        found = ["reason"] if group is None else ["parent", "approved_on", "approval_note", "state", "readers"]
        if group is not None or rules is None:
            found += ["proposed_by", "proposed_why"]
        if group is not None or rules is None or not rules.named_places:
            found.append("named_seats")
        if group is None and rules is not None and not (rules.parent_required or rules.parent_types):
            found += ["approved_on", "approval_note"]
        return found

    def _ask_as_ruled(self, rules: TypeRulesValue) -> None:
        if "deliverable" in self.fields:
            self.fields["deliverable"].required = rules.must_deliver
            self.fields["deliverable"].help_text = "" if rules.must_deliver else self.fields["deliverable"].help_text
        if "parent" in self.fields:
            self.fields["parent"].required = rules.parent_required
        if "approved_on" in self.fields and rules.parent_approval:
            self.fields["approved_on"].help_text = _t("Leave it empty to propose the group and wait for its answer.")
        if "named_seats" in self.fields:
            number = len(rules.named_places)
            self.fields["named_seats"].label = _t("Set up the %(n)d seats that the model names") % {"n": number}

    def facts(self, group_type: Any, initiative: Initiative | None) -> GroupFacts:
        """What was entered; what the form does not ask for stays as it is."""
        given = {**self._kept(), **self.cleaned_data}
        return GroupFacts(
            name=given["name"],
            purpose=given["purpose"],
            host=given["host"],
            type=group_type,
            is_ours=group_type is not None,
            acronym=given["acronym"],
            initiative=initiative,
            deliverable=given.get("deliverable", ""),
            started_on=given["started_on"],
            review_due_on=given["review_due_on"],
            sunset_on=given["sunset_on"],
        )

    def _kept(self) -> dict[str, Any]:
        return {"deliverable": self.group.deliverable} if self.group else {}

    def under(self) -> list[ParentFacts]:
        """The parent that was named."""
        given = self.cleaned_data
        parent = given.get("parent")
        if parent is None:
            return []
        return [ParentFacts(parent, given.get("approved_on"), given.get("approval_note", ""))]

    def proposal(self) -> ProposalFacts:
        """Who proposes it, and why."""
        given = self.cleaned_data
        return ProposalFacts(given.get("proposed_by", ""), given.get("proposed_why", ""))

    def initiative_facts(self) -> InitiativeFacts | None:
        """An initiative to add first."""
        name = self.cleaned_data.get("new_initiative", "").strip()
        return InitiativeFacts(name) if name else None


class MoveForm(Held, GroupTask):
    """The next state of a group."""

    state = forms.ChoiceField(label=_("Its state from now on"), widget=forms.RadioSelect)
    on = DayField(label=_("Since"), help_text=_("The first time it becomes active, this is when it started."))
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Anybody can read it in the history.")
    )

    def __init__(self, *args: Any, group: Group, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Group.State.choices)
        onward = [(each, labels[each]) for each in states.MOVES[group.state]]
        self.fields["state"].choices = onward  # type: ignore[attr-defined]
        self.fields["state"].initial = onward[0][0] if onward else None
        self.fields["on"].initial = today


class ReopenForm(Held, GroupTask):
    """From when a closed group goes on, and why."""

    on = DayField(label=_("Open again from"))
    with_seats = forms.BooleanField(
        label=_("With the seats it had when it closed"),
        required=False,
        initial=True,
        help_text=_("They begin anew; people with appointments must be appointed again."),
    )
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("Anybody can read it in the history."))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class ReviewForm(GroupTask):
    """When a group is to be reviewed next, and what came of the last review."""

    reviewed_on = DayField(
        label=_("Reviewed on"), required=False, help_text=_("Leave it empty to change the day only.")
    )
    outcome = forms.CharField(label=_("What came of it"), required=False, max_length=1000, widget=AREA)
    due_on = DayField(label=_("Next review due"), required=False, help_text=_("Leave it empty when none is due."))


class ReadersForm(GroupTask):
    """Who may read a group."""

    readers = forms.ChoiceField(
        label=_("Who may read it"),
        widget=forms.RadioSelect,
        choices=[("public", _("Everybody")), ("members", _("Its members and its secretariat"))],
    )
    known = forms.ChoiceField(
        label=_("What others may know, when it is not for everybody"),
        widget=forms.RadioSelect,
        choices=[
            ("nothing", _("Nothing")),
            ("existence", _("That it exists, and why it is withheld")),
            ("title", _("Its name, and why it is withheld")),
        ],
        initial="nothing",
    )
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Where others may know of it, this is what they read.")
    )


class ParentForm(GroupTask):
    """Another parent of a group."""

    parent = group_field(label=_("Stands under"))
    starts_on = DayField(label=_("Since"))
    approved_on = DayField(label=_("Approved by it on"), required=False)
    approval_note = forms.CharField(
        label=_("Where the approval is recorded"),
        max_length=300,
        required=False,
        help_text=_("A meeting, an item, a letter."),
    )

    def __init__(self, *args: Any, today: date, needs_approval: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today
        self.fields["approved_on"].required = needs_approval

    def link(self) -> ParentFacts:
        """What was entered."""
        given = self.cleaned_data
        return ParentFacts(given["parent"], given["approved_on"], given["approval_note"])


class ApprovalForm(GroupTask):
    """When a parent approved a group."""

    approved_on = DayField(label=_("Approved on"))
    note = forms.CharField(
        label=_("Where it is recorded"), max_length=300, required=False, help_text=_("A meeting, an item, a letter.")
    )


class InitiativeForm(GroupTask):
    """What is recorded of an initiative."""

    name = forms.CharField(label=_("Name"), max_length=200)
    summary = forms.CharField(label=_("What it is about"), max_length=4000, required=False, widget=AREA)
    started_on = DayField(label=_("Started on"), required=False)

    def facts(self) -> InitiativeFacts:
        """What was entered."""
        given = self.cleaned_data
        return InitiativeFacts(given["name"], given["summary"], given["started_on"])


class EndInitiativeForm(GroupTask):
    """When and why an initiative ends, what came of it, and which of its groups close with it."""

    on = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Why it ends"), max_length=300, help_text=_("Anybody can read it."))
    outcome = forms.CharField(label=_("What came of it"), max_length=4000, required=False, widget=AREA)
    close = forms.MultipleChoiceField(
        label=_("Groups that close with it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, groups: Sequence[Group], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.fields["close"].choices = [(str(group.pk), group.name) for group in groups]  # type: ignore[attr-defined]
        self.fields["close"].initial = [str(group.pk) for group in groups]
        if not groups:
            del self.fields["close"]

    def clean_close(self) -> list[int]:
        """Keys of groups."""
        return [int(key) for key in self.cleaned_data["close"]]

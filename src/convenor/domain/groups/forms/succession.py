"""Forms of merging and splitting: what ends and what follows; then which seats and groups below go where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.core.records import caretaker
from convenor.core.records.forms import Held
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups.commands.groups import GroupFacts
from convenor.domain.groups.commands.succession import Part, Succession
from convenor.domain.groups.forms.base import GroupTask, group_field
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries.naming import GROUPS, find_groups
from convenor.domain.groups.queries.types import TypeShown
from convenor.kit.forms import DayField

AREA = forms.Textarea(attrs={"rows": 3})
THIS: Final = "this"
OTHER: Final = "other"
NEW: Final = "new"
MOST_PARTS: Final = 4
NOWHERE: Final = ""
SHARED: Final = ("on", "reason", "people", "chairs")


class GroupsField(forms.CharField):
    """Several groups by their names, one a line."""

    viewer: Any = None

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines()]
        return tuple(dict.fromkeys(self._one(line) for line in lines if line))

    def _one(self, said: str) -> Group:
        groups = find_groups(self.viewer, said)
        if len(groups) == 1:
            return groups[0]
        words = _t("More than one group is called “%(said)s”: write its reference.") if groups else ""
        raise ValidationError((words or _t("No group here is called “%(said)s”.")) % {"said": said[:80]})


class SuccessionForm(Held, GroupTask):
    """What merging and splitting share."""

    on = DayField(label=_("From"), help_text=_("The first day of what follows; what ends does so the day before."))
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("Anybody can read it."))
    people = forms.BooleanField(
        label=_("Appoint the same people until their terms end"),
        required=False,
        initial=True,
        help_text=_("Also those who act in a seat."),
    )
    chairs = forms.BooleanField(
        label=_("Whoever chairs goes on chairing"),
        required=False,
        initial=True,
        help_text=_("From the same seats, where the rules of what follows allow it."),
    )

    def __init__(self, *args: Any, group: Group, types: Iterable[TypeShown], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group, self.types = group, {str(each.key): each for each in types}
        self.fields["on"].initial = today
        for field in self.fields.values():
            if isinstance(field, GroupsField):
                field.viewer = self.viewer

    def _type_choices(self) -> list[tuple[str, str]]:
        return [(key, f"{each.model_name}: {each.name}") for key, each in self.types.items()]

    def _facts(self, name: str, purpose: str, key: str) -> GroupFacts:
        """A new group like the one that ends, with a name, a purpose and a type of its own."""
        shown = self.types.get(key)
        found: GroupType | None = shown.row if shown else self.group.type
        return GroupFacts(
            name, purpose, self.group.host, found, initiative=self.group.initiative, deliverable=self.group.deliverable
        )


class MergeForm(SuccessionForm):
    """Which groups become one, and which one."""

    field_order = (
        "others",
        "target",
        "into",
        "new_name",
        "new_purpose",
        "new_type",
        "on",
        "reason",
        "people",
        "chairs",
    )
    others = GroupsField(
        label=_("Merged with"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "list": GROUPS}),
        help_text=_("The names of the other groups, one a line."),
    )
    target = forms.ChoiceField(label=_("They go on as"), widget=forms.RadioSelect)
    into = group_field(label=_("Another group that is there"), required=False)
    new_name = forms.CharField(label=_("Name of the new group"), max_length=200, required=False)
    new_purpose = forms.CharField(label=_("Purpose of the new group"), max_length=4000, required=False, widget=AREA)
    new_type = forms.ChoiceField(label=_("Type of the new group"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.group.name
        self.fields["target"].choices = [  # type: ignore[attr-defined]
            (THIS, _t("%(group)s, which goes on") % {"group": name}),
            (OTHER, _t("Another group that is there")),
            (NEW, _t("A new group")),
        ]
        self.fields["new_type"].choices = self._type_choices()  # type: ignore[attr-defined]
        self.fields["new_type"].initial = str(self.group.type_id)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        target = given.get("target")
        if target == OTHER and not given.get("into") and "into" not in self.errors:
            self.add_error("into", _t("Name the group they go on as."))
        if target == NEW:
            for name in ("new_name", "new_purpose"):
                if not given.get(name, "").strip():
                    self.add_error(name, _t("A new group has a name and a purpose."))
        return given

    def plan(self, seats: Iterable[int] = ()) -> Succession:
        """What was entered; the group whose page this is goes on, or ends with the others."""
        given = self.cleaned_data
        target = given["target"]
        ended = given["others"] if target == THIS else (self.group, *given["others"])
        into = {THIS: self.group, OTHER: given["into"]}.get(target)
        if into is not None:
            ended = tuple(group for group in ended if group.pk != into.pk)
        new = self._facts(given["new_name"], given["new_purpose"], given["new_type"]) if target == NEW else None
        part = Part(into, new, frozenset(seats))
        return Succession(tuple(ended), (part,), given["on"], given["reason"], given["people"], given["chairs"])


class SplitForm(SuccessionForm):
    """Which groups one becomes: two to four new ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_PARTS + 1):
            needed = number <= 2
            words = {"number": number}
            self.fields[f"name_{number}"] = forms.CharField(
                label=_t("Name of group %(number)d") % words, max_length=200, required=needed
            )
            self.fields[f"purpose_{number}"] = forms.CharField(
                label=_t("Purpose of group %(number)d") % words, max_length=4000, required=needed, widget=AREA
            )
            self.fields[f"type_{number}"] = forms.ChoiceField(
                label=_t("Type of group %(number)d") % words,
                choices=self._type_choices(),
                required=False,
                initial=str(self.group.type_id),
            )
        parts = [f"{what}_{number}" for number in range(1, MOST_PARTS + 1) for what in ("name", "purpose", "type")]
        self.order_fields([*parts, *SHARED])

    def names(self) -> list[str]:
        """The names of the groups that follow."""
        given = self.cleaned_data
        return [given[f"name_{n}"] for n in range(1, MOST_PARTS + 1) if given.get(f"name_{n}", "").strip()]

    def plan(self, seats: Sequence[Iterable[int]] = (), children: Sequence[Iterable[int]] = ()) -> Succession:
        """What was entered. seats, children: by part, in the order of the names."""
        given = self.cleaned_data
        parts: list[Part] = []
        for number in range(1, MOST_PARTS + 1):
            if given.get(f"name_{number}", "").strip():
                facts = self._facts(given[f"name_{number}"], given[f"purpose_{number}"], given[f"type_{number}"])
                at = len(parts)
                placed = [frozenset(each[at]) if at < len(each) else frozenset() for each in (seats, children)]
                parts.append(Part(None, facts, placed[0], placed[1]))
        return Succession((self.group,), tuple(parts), given["on"], given["reason"], given["people"], given["chairs"])


class PlacesForm(Held, GroupTask):
    """Where each seat, and each group below, goes. With one group that follows, seats are ticked."""

    def __init__(
        self, *args: Any, seats: Sequence[Seat], children: Sequence[Group], parts: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.seat_rows, self.child_rows, self.parts = seats, children, parts
        choices = [(str(number), name) for number, name in enumerate(parts)]
        for seat in seats:
            label = f"{seat.group.name}: {seat.title}"
            self.fields[f"seat_{seat.pk}"] = forms.ChoiceField(
                label=label, choices=[(NOWHERE, _t("Ends")), *choices], required=False, initial="0"
            )
        for child in children if len(parts) > 1 else ():
            self.fields[f"child_{child.pk}"] = forms.ChoiceField(
                label=_t("%(group)s, which stands under it") % {"group": child.name}, choices=choices, initial="0"
            )
        self.order_fields([name for name in self.fields if name != caretaker.FIELD])

    def seats(self) -> list[list[int]]:
        """Keys of seats by part."""
        return self._by_part("seat", [seat.pk for seat in self.seat_rows])

    def children(self) -> list[list[int]]:
        """Keys of groups by part."""
        return self._by_part("child", [child.pk for child in self.child_rows])

    def _by_part(self, what: str, keys: Iterable[int]) -> list[list[int]]:
        found: list[list[int]] = [[] for _part in self.parts]
        for key in keys:
            place = self.cleaned_data.get(f"{what}_{key}", NOWHERE)
            if place != NOWHERE:
                found[int(place)].append(key)
        return found

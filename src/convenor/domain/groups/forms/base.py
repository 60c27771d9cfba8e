"""Fields of groups' forms that take a name: an office, a group, a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convenor.core.records.rules import Viewer
from convenor.domain.directory.forms.base import TaskForm
from convenor.domain.directory.models import Office
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.naming import GROUPS, OFFICES, find_groups, find_offices
from convenor.kit.forms import DayField

Row = TypeVar("Row", bound=models.Model)


class NamedField(forms.CharField, Generic[Row]):
    """Something by its name or reference; the page offers names while one types."""

    viewer: Viewer | None = None

    def __init__(
        self, *, names: str, find: Callable[[Viewer, str], Sequence[Row]], none: Any, many: Any, **kwargs: Any
    ) -> None:
        self.find, self.none, self.many = find, none, many
        super().__init__(max_length=400, widget=forms.TextInput(attrs={"list": names, "autocomplete": "off"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, models.Model) else value

    def clean(self, value: Any) -> Any:
        """The row that is meant; a ValidationError says why there is none."""
        said = str(super().clean(value)).strip()
        if not said or self.viewer is None:
            return None
        found = self.find(self.viewer, said)
        if not found:
            raise ValidationError(self.none % {"said": said[:80]})
        if len(found) > 1:
            refs = "; ".join(f"{row} ({row.record.ref})" for row in found)  # type: ignore[attr-defined]
            raise ValidationError(self.many % {"said": said[:80], "refs": refs})
        return found[0]


def office_field(**kwargs: Any) -> NamedField[Office]:
    """An office, by its title and organisation."""
    return NamedField(
        names=OFFICES,
        find=find_offices,
        none=gettext_lazy("No office here is called “%(said)s”. Write its title, a comma and its organisation."),
        many=gettext_lazy("More than one office is called “%(said)s”. Enter its reference: %(refs)s."),
        **kwargs,
    )


def group_field(**kwargs: Any) -> NamedField[Group]:
    """A group, by its name or acronym."""
    return NamedField(
        names=GROUPS,
        find=find_groups,
        none=gettext_lazy("No group here is called “%(said)s”."),
        many=gettext_lazy("More than one group is called “%(said)s”. Enter its reference: %(refs)s."),
        **kwargs,
    )


class GroupTask(TaskForm):
    """A task form whose named fields know who asks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, NamedField):
                field.viewer = self.viewer


class DayAndReason(GroupTask):
    """A day and a reason."""

    on = DayField(label=gettext_lazy("Last day"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)

    def __init__(self, *args: Any, today: date, label: str = "", needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.fields["on"].label = label or _("Last day")
        self.fields["reason"].required = needed

"""Forms of people, duties, assistants, exceptions. They parse and label; commands decide and write."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convenor.core.accounts.models import Duty, Person
from convenor.core.records.models import Record
from convenor.core.records.rules import Refused, Viewer
from convenor.kit.forms import DayField


def place_breaches(form: forms.Form, refused: Refused) -> None:
    """Put each sentence of a refusal at the field it is about, or over the form."""
    for breach in refused.breaches:
        form.add_error(breach.field if breach.field in form.fields else None, breach.text)


def start_of(day: date | None) -> datetime | None:
    """The first instant of a day on the site's clock."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def end_of(day: date | None) -> datetime | None:
    """The instant after a day's last, since an end itself is outside."""
    return start_of(day + timedelta(days=1)) if day else None


def _name() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _reason(label: Any = None) -> forms.CharField:
    return forms.CharField(
        label=label or gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Kept in the history, which officers can read."),
    )


class PersonForm(forms.Form):
    """A new person, with or without an address."""

    name = _name()
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Needed for invitations and for links by e-mail."),
    )
    invite = forms.BooleanField(label=gettext_lazy("Invite them to sign in"), required=False)

    def __init__(self, *args: Any, may_invite: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_invite:
            del self.fields["invite"]

    def clean(self) -> dict[str, Any]:
        """An invitation needs an address."""
        data = super().clean() or {}
        if data.get("invite") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter an e-mail address to send the invitation to."))
        return data


class PersonNameForm(forms.Form):
    """What a person is called."""

    name = _name()


class AddressForm(forms.Form):
    """Where a person is reached."""

    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = _reason()


class NothingForm(forms.Form):
    """A button and nothing else."""


class EraseForm(forms.Form):
    """On whose authority."""

    authority = _reason(gettext_lazy("Law or request this is done under"))
    sure = forms.BooleanField(label=gettext_lazy("I know that this cannot be undone"))


class RecordField(forms.CharField):
    """A record by its ref, for what the viewer may read."""

    def __init__(self, viewer: Viewer, **kwargs: Any) -> None:
        self.viewer = viewer
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Record | None:
        """The record, None for nothing typed, or a sentence."""
        ref = super().clean(value).strip().upper()
        if not ref:
            return None
        found = Record.objects.visible_to(self.viewer).filter(ref=ref).first()
        if found is None:
            raise forms.ValidationError(_("There is no record “%(ref)s” that you may read.") % {"ref": ref})
        return found


class DutyForm(forms.Form):
    """A duty, where it holds and for how long."""

    duty = forms.ChoiceField(label=gettext_lazy("Duty"), choices=Duty.choices, widget=forms.RadioSelect)
    starts_on = DayField(label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Now, if left empty."))
    ends_on = DayField(label=gettext_lazy("Last day"), required=False)
    reason = _reason()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["over"] = RecordField(
            viewer,
            label=_("Over one record and all beneath it"),
            required=False,
            help_text=_("Its reference, such as ORG-2026-001. For the whole site, leave this empty."),
        )
        self.order_fields(["duty", "over", "starts_on", "ends_on", "reason"])


class AccessForm(forms.Form):
    """A personal exception."""

    allow = forms.TypedChoiceField(
        label=gettext_lazy("This person"),
        choices=[("yes", gettext_lazy("may read it")), ("no", gettext_lazy("may not read it, whatever else holds"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    starts_on = DayField(label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Now, if left empty."))
    ends_on = DayField(label=gettext_lazy("Last day"), required=False)
    reason = _reason()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record"] = RecordField(
            viewer, label=_("Record"), help_text=_("Its reference, such as GRP-2019-014.")
        )
        self.order_fields(["record", "allow", "starts_on", "ends_on", "reason"])


class AssistantForm(forms.Form):
    """Who assists, found by their e-mail address."""

    assistant = forms.EmailField(label=gettext_lazy("E-mail address of the assistant"), max_length=254)
    may_answer = forms.BooleanField(
        label=gettext_lazy("May also answer for the person assisted"),
        required=False,
        help_text=gettext_lazy("Accept invitations, report on actions. The record says who answered for whom."),
    )
    ends_on = DayField(label=gettext_lazy("Last day"), required=False)

    def clean_assistant(self) -> Person:
        """The person with this address."""
        found = Person.objects.filter(email=self.cleaned_data["assistant"].lower(), is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here has this address. The secretariat can add them."))
        return found


STATES = [
    ("", gettext_lazy("Anybody")),
    ("signs-in", gettext_lazy("Signs in")),
    ("no-sign-in", gettext_lazy("Without a sign-in")),
    ("inactive", gettext_lazy("Inactive")),
    ("erased", gettext_lazy("Erased")),
]
ANY_DUTY = [("", gettext_lazy("Any")), *Duty.choices]


class PeopleFilter(forms.Form):
    """The filters of the register of people."""

    q = forms.CharField(label=gettext_lazy("Name or address"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=STATES)
    duty = forms.ChoiceField(label=gettext_lazy("Duty"), required=False, choices=ANY_DUTY)


class DutyFilter(forms.Form):
    """The filters of the register of duties."""

    q = forms.CharField(label=gettext_lazy("Name or record"), required=False, max_length=100)
    duty = forms.ChoiceField(label=gettext_lazy("Duty"), required=False, choices=ANY_DUTY)
    when = forms.ChoiceField(
        label=gettext_lazy("Time"),
        required=False,
        choices=[
            ("", gettext_lazy("In force now")),
            ("past", gettext_lazy("Ended")),
            ("future", gettext_lazy("Not begun yet")),
            ("all", gettext_lazy("All")),
        ],
    )


class TokenForm(forms.Form):
    """A key to the API: what for, how much, how long."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        help_text=gettext_lazy("Such as “Nightly copy of the rosters”. Only you see it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What it may do"),
        widget=forms.RadioSelect,
        choices=[
            ("read", gettext_lazy("Read what you may read")),
            ("act", gettext_lazy("Read, and do what you may do")),
        ],
        initial="read",
    )
    ends_on = DayField(label=gettext_lazy("Last day"), help_text=gettext_lazy("A year from now at most."))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = today + timedelta(days=90)


class CodeEntryForm(forms.Form):
    """The code from the e-mail."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
    )

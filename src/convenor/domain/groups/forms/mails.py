"""Forms for writing to a group and for who reads its contact list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.domain.groups.commands.mails import LONGEST, MailFacts
from convenor.domain.groups.forms.base import GroupTask
from convenor.domain.groups.models import GroupMail


class WriteForm(GroupTask):
    """What is written, and to whom."""

    to = forms.ChoiceField(label=_("To"))
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Plain text. Each gets a mail of their own, and sees nobody else's address."),
    )

    def __init__(self, *args: Any, sides: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = [(str(value), label) for value, label in GroupMail.To.choices if value != GroupMail.To.SIDE]
        by_side = [(f"{GroupMail.To.SIDE}:{slug}", name) for slug, name in sides]
        self.fields["to"].choices = [*whole, *by_side]  # type: ignore[attr-defined]

    def facts(self) -> MailFacts:
        """What was entered."""
        given = self.cleaned_data
        to, _colon, side = given["to"].partition(":")
        return MailFacts(given["subject"], given["text"], to, side)


class ContactReadersForm(GroupTask):
    """Whether members read each other's addresses."""

    members = forms.BooleanField(
        label=_("Those who sit in it read each other's e-mail addresses"),
        required=False,
        help_text=_("Otherwise only its officers and chairs do. The public never does."),
    )
    reason = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("Anybody can read it in the history.")
    )

"""The form that people fill in, and the one with which they begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.domain.directory.forms.base import TaskForm
from convenor.domain.directory.queries import find_organisations
from convenor.domain.expressions.commands.expressing import LONGEST, Content
from convenor.domain.expressions.models import Criterion, Expression, Question
from convenor.domain.expressions.queries.facts import options_of

AUTO: Final = {"autocomplete": "name"}


class BeginForm(TaskForm):
    """Who you are and where the way back is sent. Signed in, there is nothing to ask."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs=AUTO))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send the address of your own page there. You need no account."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.viewer.signed_in:
            del self.fields["email"]


class ExpressionForm(TaskForm):
    """One well-sectioned page: who, each criterion, each closed question, the collection notice."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs=AUTO))
    organisation = forms.CharField(
        label=_("Your organisation"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=_("Its full name, or its ABN. Leave it empty if you speak for yourself."),
    )
    notice = forms.BooleanField(
        label=_("I have read what is collected about me, why, who sees it and when it is erased"), required=False
    )

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        questions: Sequence[Question],
        expression: Expression,
        sends: bool = True,
        **kwargs: Any,
    ) -> None:
        """`sends`: everything is needed; to save it for later, nothing but a name is."""
        super().__init__(*args, **kwargs)
        self.criteria, self.questions = criteria, questions
        for criterion in criteria:
            self.fields[f"answer_{criterion.pk}"] = forms.CharField(
                label=criterion.name,
                required=sends,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 7}),
                help_text=format_html("{}", criterion.text),
            )
        for question in questions:
            self.fields[f"choice_{question.pk}"] = forms.ChoiceField(
                label=question.text,
                required=sends,
                widget=forms.RadioSelect,
                choices=[(str(option.pk), option.label) for option in options_of(question)],
            )
        self.fields["notice"].required = sends
        if expression.notice_at is not None:
            del self.fields["notice"]
        self.sections = (  # type: ignore[misc]
            (_t("About you"), ("name", "organisation")),
            (_t("What you bring"), [f"answer_{each.pk}" for each in criteria]),
            (_t("For the balance of the group"), [f"choice_{each.pk}" for each in questions]),
            (_t("What is collected"), ["notice"]),
        )

    def content(self) -> Content:
        """What was filled in. An organisation that the directory knows by that name is taken as that one."""
        given = self.cleaned_data
        said = given["organisation"].strip()
        found = find_organisations(self.viewer, said) if said else []
        choices = {each.pk: given[f"choice_{each.pk}"] for each in self.questions}
        return Content(
            name=given["name"],
            organisation=found[0] if len(found) == 1 else None,
            organisation_name="" if len(found) == 1 else said,
            answers={each.pk: given[f"answer_{each.pk}"] for each in self.criteria},
            choices={key: int(value) for key, value in choices.items() if value},
            notice=given.get("notice", False),
        )


def initial_of(expression: Expression) -> dict[str, Any]:
    """What was saved so far."""
    found: dict[str, Any] = {
        "name": expression.name,
        "organisation": expression.organisation.name if expression.organisation else expression.organisation_name,
    }
    found |= {f"answer_{answer.criterion_id}": answer.text for answer in expression.answers.all()}
    found |= {f"choice_{choice.question_id}": str(choice.option_id) for choice in expression.choices.all()}
    return found

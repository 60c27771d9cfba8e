"""Overrides: which rule, what holds instead, for how long and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.core.records.rules import Breach
from convenor.domain.engagement.forms.rulefields import SHARED, Codes, entered, owner, rule_fields
from convenor.domain.engagement.rules import Rule, TypeRulesValue
from convenor.domain.engagement.rules.overriding import as_json
from convenor.domain.groups.forms.base import GroupTask
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.kit.forms import DayField


class OverrideForm(GroupTask):
    """What holds instead of one rule of the model. `rules`: what holds now, or what the corrected row says."""

    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Empty: until it is ended."))
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Everybody reads it beside the rule: “…, because …”.")
    )
    approved_by = forms.CharField(
        label=_("Who approved it"),
        max_length=200,
        help_text=_("A body or an office, and where: “Steering Committee, 3 March 2026, item 4”. Everybody reads it."),
    )
    correction = forms.CharField(
        label=_("Why it is corrected"), max_length=300, help_text=_("It is kept in the history.")
    )

    def __init__(
        self,
        *args: Any,
        rule: Rule,
        rules: TypeRulesValue,
        codes: Codes,
        today: date,
        correcting: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.rule, self.rules = rule, rules
        self.names = [name for name in rule.fields if owner(name) == rule.key or name in SHARED]
        fields = rule_fields(self.names, rules, codes)
        self.fields = {**fields, **self.fields}
        self.fields["starts_on"].initial = self.fields["starts_on"].initial or today
        if not correcting:
            del self.fields["correction"]
        self.sections = [  # type: ignore[misc]  # the fields follow from the rule
            (_("What holds instead"), self.names),
            (_("For how long, and why"), ["starts_on", "ends_on", "reason", "approved_by", "correction"]),
        ]

    def facts(self) -> OverrideFacts:
        """What was entered. A field that other rules read too is stated only where it was changed."""
        given = self.cleaned_data
        values = entered(given, self.names)
        values = {
            name: value
            for name, value in values.items()
            if owner(name) == self.rule.key or value != as_json(self.rules, name)
        }
        return OverrideFacts(
            self.rule.key, values, given["starts_on"], given["ends_on"], given["reason"], given["approved_by"]
        )

    def add_breaches(self, breaches: Any) -> None:
        """At the field they are about; what is about the values as a whole at the first of them."""
        first = self.names[0] if self.names else None
        super().add_breaches(
            Breach(each.code, each.text, first or "") if each.field == "values" else each for each in breaches
        )

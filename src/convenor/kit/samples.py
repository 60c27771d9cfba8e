"""What the gallery shows. Clearly fictitious; not translated, since none of it is the product's own wording."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from convenor.kit import sample_charts
from convenor.kit.forms import DayField
from convenor.kit.parts import Action, Chip, Event, Fact, Link, Ref, Stage, State, Step
from convenor.kit.query import Params
from convenor.kit.structs import struct
from convenor.kit.tables import Column, Sort, Table

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OPEN, LATE, DONE = State("Open", "info"), State("Overdue", "bad"), State("Done", "good")


@struct(slots=False)
class Task:
    """A row of the sample register."""

    ref: str
    title: str
    owner: str
    due: date | None
    size: int
    state: State


class FilterForm(forms.Form):
    """Filters of the sample register."""

    q = forms.CharField(label="Words", required=False)
    status = forms.ChoiceField(label="State", required=False, choices=[("", "Any"), ("open", "Open"), ("done", "Done")])
    level = forms.MultipleChoiceField(
        label="Level",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("1", "Strategic"), ("2", "Operational"), ("3", "Tactical")],
    )


class TaskForm(forms.Form):
    """Every kind of field, in sections."""

    sections = (
        ("The meeting", ["title", "day", "time", "group"]),
        ("How it is held", ["form", "needs", "paper", "notes"]),
        ("Agreement", ["email", "agree"]),
    )

    title = forms.CharField(label="Title of the meeting", help_text="As it will stand in the public calendar.")
    day = DayField(label="Day", help_text="For example 24 11 2026, or 24 Nov 2026.")
    time = forms.TimeField(
        label="Starts at",
        help_text="On the group’s own clock, such as 10:00.",
        widget=forms.TimeInput(attrs={"size": "10"}),
    )
    group = forms.ChoiceField(label="Group", choices=[("", "Choose a group"), ("a", "Ledger Reference Group")])
    form = forms.ChoiceField(
        label="Form",
        widget=forms.RadioSelect,
        choices=[("room", "In a room"), ("call", "By video"), ("both", "Both")],
    )
    needs = forms.MultipleChoiceField(
        label="What the room needs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("loop", "Hearing loop"), ("auslan", "Auslan interpreter"), ("step", "Step-free way in")],
    )
    paper = forms.FileField(label="Paper", required=False, help_text="PDF or Word, at most 20 MB.")
    notes = forms.CharField(label="Notes for members", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    email = forms.EmailField(
        label="Your e-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"}), required=False
    )
    agree = forms.BooleanField(label="The chair has agreed to this date")
    came_from = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """One fault of the form as a whole, to show where it stands."""
        raise forms.ValidationError("The group already meets in this week: choose another week, or change that meeting")


def swatch(token: str) -> SafeString:
    """A colour as a small square and its name; the colour is an SVG attribute, since inline style is not allowed."""
    drawn = '<span class="cluster"><svg class="swatch" width="32" height="20" aria-hidden="true"><rect width="32" height="20" rx="2" fill="var(--{})"/></svg> {}</span>'  # noqa: E501
    return format_html(drawn, token, token)


def actions() -> list[Task]:
    """Twenty actions, some late, one without a date."""
    titles = (
        "Publish the second edition of the ledger exchange profile",
        "Ask providers which message versions they still send",
        "Report on cut-over rehearsals",
        "Draft terms for the conformance focus group",
        "Return the privacy advice to the reference group",
    )
    owners = ("Department of Examples", "Mira Sample, co-chair", "Fictional Software Ltd", "Secretariat")
    states = (LATE, OPEN, OPEN, DONE)
    return [
        Task(
            f"ACT-2026-{number:03}",
            titles[number % len(titles)],
            owners[number % len(owners)],
            None if number == 3 else date(2026, 11, 3) + timedelta(days=number * 9),
            number * 613 % 4_000,
            states[number % len(states)],
        )
        for number in range(1, 21)
    ]


def action_table(rows: Sequence[Task], sort: Sort, asked: Params) -> Table[Task]:
    """The declaration of the sample register."""
    return Table(
        columns=[
            Column[Task]("title", "Action", "title", sort="title", priority=1, link=lambda task: f"#{task.ref}"),
            Column[Task]("owner", "Owner", "owner"),
            Column[Task]("due", "Due", "due", sort="due"),
            Column[Task]("state", "State", "state"),
            Column[Task]("size", "Hours", "size", sort="size", numeric=True),
            Column[Task]("ref", "Reference", lambda task: Ref(task.ref), priority=3),
        ],
        rows=rows,
        caption="Actions of the Ledger Reference Group",
        sort=sort,
        asked=asked,
        actions=lambda task: [Action("Update", f"#update-{task.ref}")],
    )


def everything() -> dict[str, Any]:
    """All that the template draws."""
    form = TaskForm(
        {"title": "Reference Group 14", "day_day": "31", "day_month": "6", "day_year": "2026", "time": "25"}
    )
    return {
        "now": NOW,
        "meeting_start": datetime(2026, 11, 23, 23, 0, tzinfo=UTC),
        "meeting_end": datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
        "a_day": date(2026, 12, 18),
        "form_wrong": form,
        "form_fresh": TaskForm(prefix="fresh", initial={"day": date(2026, 11, 24)}),
        "chip_list": [Chip("State", "Open", "#"), Chip("Level", "Operational", "#")],
        "downloads": [Link("CSV", "#csv"), Link("JSON", "#json"), Link("Atom", "#atom")],
        "states": [DONE, State("Due this week", "watch"), LATE, OPEN, State("Draft"), State("Sealed", "withheld")],
        "levels": ["Strategic", "Operational", "Tactical", "Informative", "Fifth", "Sixth"],
        "head_state": State("Active", "good"),
        "head_actions": [
            Action("Publish minutes", "#publish", "primary"),
            Action("Cancel meeting", "#cancel", "warning", refused="The meeting has begun"),
        ],
        "facts": _facts(),
        "tab_links": [
            Link("Upcoming", "#up", current=True, count=4),
            Link("Past", "#past", count=1_204),
            Link("Out of session", "#out"),
        ],
        "stages": _stages(),
        "events": _events(),
        "steps": _steps(),
        "desk_keys": [("j", "next row"), ("k", "row before"), ("Enter", "open the row"), ("?", "show these keys")],
        **sample_charts.everything(),
        "markdown_text": _MARKDOWN,
    }


def _facts() -> list[Fact]:
    return [
        Fact("Level", State("Operational", "level-2")),
        Fact("Meets", "Quarterly", note="last kept Tue 8 Sep 2026"),
        Fact("Chair", "Mira Sample", url="#chair", note="Department of Examples"),
        Fact("Seats", "11 of 12 filled"),
        Fact("Set up", date(2024, 2, 5)),
        Fact("Sunset", None),
    ]


def _stages() -> list[Stage]:
    return [
        Stage("Proposed", "done", date(2026, 3, 2)),
        Stage("Recruiting", "done", date(2026, 4, 20)),
        Stage("Active", "current", date(2026, 6, 1), note="until its deliverable is accepted"),
        Stage("Dormant", "skipped"),
        Stage("Closed", "next"),
    ]


def _events() -> list[Event]:
    return [
        Event(datetime(2026, 11, 20, 4, 5, tzinfo=UTC), "Minutes confirmed", "Mira Sample, chair", tone="good"),
        Event(
            datetime(2026, 11, 12, 22, 30, tzinfo=UTC),
            "Correction to item 4",
            "Secretariat",
            "The vote was 7 to 2, not 7 to 1. The earlier text stays readable.",
            "#correction",
        ),
        Event(date(2026, 11, 9), "Minutes late by 3 working days", tone="bad"),
        Event(date(2026, 10, 27), "Meeting held", "14 present"),
    ]


def _steps() -> list[Step | list[Step]]:
    return [
        Step("Submission", "Please keep the old message version for a year", "SUB-2026-118", "#1", date(2026, 2, 3)),
        Step("Meeting item", "Transition of message versions", "MTG-2026-014", "#2", date(2026, 3, 16), gap="41 days"),
        [
            Step(
                "Recommendation", "Run both versions for twelve months", "REC-2026-009", "#3", gap="same day", here=True
            ),
            Step("Recommendation", hidden="It names a provider’s commercial terms"),
        ],
        Step(
            "Decision",
            "Accepted in part",
            "DEC-2026-021",
            "#4",
            date(2026, 5, 12),
            State("In part", "watch"),
            "57 days",
        ),
        Step(
            "Milestone",
            "Both versions accepted until March 2027",
            "MS-2.3.4",
            "#5",
            date(2026, 7, 1),
            State("On track", "good"),
            "50 days",
            end=True,
        ),
    ]


_MARKDOWN = """# Purpose

The group advises on **system-wide** technical strategy and meets *quarterly*. It was set up by the
[Strategic Working Group](https://example.org/swg).

1. It reviews each proposal within 20 working days.
2. It publishes its advice, or says why it cannot.

> Nothing about us without us.

| Version | From | Until |
|---|---|---|
| 3.1 | Jan 2025 | Mar 2027 |
| 4.0 | Jul 2026 | open |

<script>alert(1)</script>
"""

"""How forms are drawn, and the summary of what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from convenor.kit.forms import DayField, errors_of, sections_of
from convenor.kit.tests.drawing import HOSTILE, draw


class TaskForm(forms.Form):
    sections = [("The meeting", ["title", "day"]), ("Those who come", ["kind", "gone"])]  # noqa: RUF012

    title = forms.CharField(help_text="As the public sees it")
    day = DayField()
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "Room"), ("b", "Video")])
    needs = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, choices=[("x", "Loop"), ("y", "Auslan")]
    )
    paper = forms.FileField(required=False)
    agree = forms.BooleanField(label="The chair agrees")
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("The room is taken")


DATA = {"title": "", "day_day": "31", "day_month": "6", "day_year": "2026", "needs": ["x"]}


def test_summary_leads_to_every_field_in_page_order() -> None:
    wrong = errors_of([TaskForm(DATA)])
    assert [(line.text, line.target) for line in wrong] == [
        ("The room is taken", "form-errors"),
        ("Fill in “Token”", "form-errors"),
        ("Fill in “Title”", "id_title"),
        ("31 is not a day in June", "id_day_0"),
        ("Choose an answer to “Kind”", "id_kind_0"),
        ("Tick “The chair agrees” to go on", "id_agree"),
    ]


def test_every_target_of_the_summary_is_on_the_page() -> None:
    form = TaskForm(DATA)
    html = draw("{% error_summary form %}{{ form }}", form=form)
    for line in errors_of([form]):
        assert f'href="#{line.target}"' in html
        assert f'id="{line.target}"' in html


class KeepingForm(TaskForm):
    keeps_files = True


@pytest.mark.parametrize(
    ("form", "files", "said"),
    [
        (TaskForm, {}, "Nothing you entered is lost."),
        (TaskForm, {"paper": SimpleUploadedFile("a.pdf", b"%PDF")}, "only the file must be chosen again"),
        (KeepingForm, {"paper": SimpleUploadedFile("a.pdf", b"%PDF")}, "Nothing you entered is lost."),
    ],
)
def test_the_summary_says_what_a_browser_does_not_keep(form: type[TaskForm], files: Any, said: str) -> None:
    assert said in draw("{% error_summary form %}", form=form(DATA, files))


def test_no_summary_when_all_is_well_or_nothing_was_sent() -> None:
    assert draw("{% error_summary form none %}", form=TaskForm(), none=None).strip() == ""


def test_summary_of_formsets_and_several_forms() -> None:
    rows = forms.formset_factory(TaskForm, extra=1)
    sent = rows({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": "x"})
    targets = {line.target for line in errors_of([sent, TaskForm(DATA)])}
    assert {"id_form-0-day_0", "id_day_0"} <= targets


def test_own_wording_of_a_field_wins() -> None:
    class Own(forms.Form):
        name = forms.CharField(error_messages={"required": "Say who you are"})

    assert errors_of([Own({})])[0].text == "Say who you are"


def test_hint_and_error_are_tied_to_the_input() -> None:
    html = TaskForm(DATA)["title"].as_field_group()
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_title_helptext">As the public sees it' in html
    assert 'id="id_title_error"' in html


def test_groups_have_fieldset_and_legend_and_no_stray_state() -> None:
    html = TaskForm(DATA)["kind"].as_field_group()
    assert '<fieldset aria-describedby="id_kind_error">' in html
    assert '<legend class="label">Kind' in html
    assert "aria-invalid" not in html
    assert html.count("<label for=") == 2


def test_optional_is_said_in_words_and_required_is_not() -> None:
    form = TaskForm()
    assert "(optional)" in form["needs"].as_field_group()
    assert "(optional)" not in form["title"].as_field_group()


def test_sections_hold_their_fields_and_nothing_is_lost() -> None:
    drawn = [(section.title, [field.name for field in section.fields]) for section in sections_of(TaskForm())]
    assert drawn == [
        ("The meeting", ["title", "day"]),
        ("Those who come", ["kind"]),
        ("", ["needs", "paper", "agree"]),
    ]
    html = str(TaskForm())
    assert '<h2 class="form-section__title" id="part-the-meeting">' in html
    assert html.count('type="hidden"') == 1


def test_two_forms_on_a_page_share_no_id() -> None:
    ids = [section.id for prefix in ("a", "b") for section in sections_of(TaskForm(prefix=prefix))]
    assert len(ids) == len(set(ids))


def test_every_value_stays_on_error_and_is_escaped() -> None:
    html = str(TaskForm({**DATA, "title": HOSTILE}))
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert 'value="x" id="id_needs_0" checked' in html
    assert 'value="31"' in html


def test_a_form_without_sections_and_any_plain_django_form_is_drawn() -> None:
    class Plain(forms.Form):
        name = forms.CharField()

    assert '<label class="label" for="id_name">' in str(Plain())


def page(template: str, **context: Any) -> str:
    request = RequestFactory().get("/")
    return str(engines["django"].get_template(template).render({**context}, request))


def test_form_page_says_error_in_the_title_and_keeps_files_possible() -> None:
    html = page(
        "kit/form_page.html", title="Plan a meeting", lede="One page.", form=TaskForm(DATA), cancel_url="/back/"
    )
    assert "<title>Error: Plan a meeting ·" in html
    assert 'enctype="multipart/form-data"' in html
    assert "novalidate" in html
    assert "csrfmiddlewaretoken" in html
    assert 'href="/back/"' in html
    fresh = page("kit/form_page.html", title="Plan a meeting", form=TaskForm())
    assert "<title>Plan a meeting ·" in fresh


def test_confirm_page_lists_what_will_happen() -> None:
    html = page(
        "kit/confirm_page.html",
        title="Withdraw this record?",
        consequences=["It stays readable, marked as withdrawn", HOSTILE],
        submit_label="Withdraw record",
        submit_style="warning",
        cancel_url="/back/",
    )
    assert "It stays readable" in html
    assert "button--warning" in html
    assert 'method="post"' in html
    assert "<script>alert" not in html


def test_an_uploaded_file_is_taken() -> None:
    class Upload(forms.Form):
        paper = forms.FileField()

    assert Upload({}, MultiValueDict({"paper": [SimpleUploadedFile("a.txt", b"x")]})).is_valid()
    assert errors_of([Upload({})])[0].text == "Choose a file for “Paper”"

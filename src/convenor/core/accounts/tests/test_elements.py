"""What pages of the sign-in library that we have not written ourselves are built from: each keeps what it is given."""

from __future__ import annotations

from pathlib import Path

import pytest
from django import forms
from django.template import Context, Origin, Template

FOLDER = Path(__file__).parent.parent / "templates" / "allauth" / "elements"
ELEMENTS = sorted(path.stem for path in FOLDER.glob("*.html"))
SLOTS = ("message", "title", "body", "summary", "label", "help_text", "actions")
WORDLESS = {"hr", "img", "fields", "provider", "field"}
"""Told by their attributes, if at all."""


class Words(forms.Form):
    word = forms.CharField()


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_keeps_what_it_is_given(name: str) -> None:
    slots = "".join(f"{{% slot {slot} %}}in {slot}{{% endslot %}}" for slot in SLOTS)
    given = 'form=form src="/pic.svg" alt="A code" href="/there/" name="Words" type="text" id="id_word" method="post"'
    source = f"{{% load allauth %}}{{% element {name} {given} %}}{slots}Words{{% endelement %}}"
    origin = Origin("sample.html", template_name="sample.html")  # the library reads the name
    drawn = Template(source, origin=origin).render(Context({"form": Words()}))
    assert "{%" not in drawn
    if name not in WORDLESS:
        assert "Words" in drawn or any(f"in {slot}" in drawn for slot in SLOTS)
    if name == "img":
        assert 'src="/pic.svg"' in drawn
        assert 'alt="A code"' in drawn
    if name == "provider":
        assert 'href="/there/"' in drawn
    if name in {"field", "fields"}:
        assert "<input" in drawn

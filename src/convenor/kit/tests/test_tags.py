"""Every tag draws what it says and lets no text in as markup."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory

from convenor.kit.parts import Action, Anchor, Chip, Event, Fact, Link, Stage, State, Step
from convenor.kit.tests.drawing import HOSTILE, draw

H = HOSTILE
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "tag": ("{% tag h %}", {}),
    "tag tone": ("{% tag 'x' h %}", {}),
    "button link": ("{% button h href=h %}", {}),
    "button": ("{% button h name=h value=h id=h %}", {}),
    "button refused": ("{% button h refused=h %}", {}),
    "seat": ("{% seat_chip h person=h organisation=h note=h url=h %}", {}),
    "breadcrumbs": ("{% breadcrumbs v %}", {"v": [Link(H, H), Link(H, "")]}),
    "facts": ("{% fact_list v %}", {"v": [Fact(H, H, H, H)]}),
    "contents": ("{% contents v title=h %}", {"v": [Anchor(H, H)]}),
    "tabs": ("{% tabs v label=h %}", {"v": [Link(H, H, count=2)]}),
    "bar": ("{% register_bar h chips=c sorts=v downloads=v clear_url=h %}", {"c": [Chip(H, H, H)], "v": [Link(H, H)]}),
    "stat": ("{% stat_tile h h change=h tone=h unit=h fresh=h url=h note=h %}", {}),
    "history": ("{% history v %}", {"v": [Event(date(2026, 1, 1), H, H, H, H, H)]}),
    "stepper": ("{% stepper v label=h %}", {"v": [Stage(H, "done", None, H, H)]}),
    "line": ("{% line v label=h %}", {"v": [Step(H, H, H, H, gap=H), Step(H, hidden=H), [Step(H, H, gap=H)]]}),
    "meter": ("{% meter h 1 2 words=h %}", {}),
    "desk": ("{% desk_help v %}", {"v": [(H, H)]}),
    "head": (
        "{% record_head h ref=h kind=h state=s level=h follow=h actions=a %}{{ h }}{% endrecord_head %}",
        {"s": State(H, H), "a": [Action(H, H, H, H), Action(H, H, H)]},
    ),
    "section": ("{% section h id=h more=h more_label=h %}{{ h }}{% endsection %}", {}),
    "card": ("{% card h href=h kicker=h state=s level=h %}{{ h }}{% endcard %}", {"s": State(H, H)}),
    "notice": ("{% notice h title=h %}{{ h }}{% endnotice %}", {}),
    "withheld": ("{% withheld reason=h %}{{ h }}{% endwithheld %}", {}),
    "empty": ("{% empty_state h href=h label=h %}{{ h }}{% endempty_state %}", {}),
    "disclosure": ("{% disclosure h %}{{ h }}{% enddisclosure %}", {}),
    "show": ("{{ v|show }}{{ h|show }}", {"v": [H, (H,), State(H, H), Link(H, H)]}),
    "markdown": ("{{ h|markdown }}", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_hostile_text_stays_text(name: str) -> None:
    source, context = CASES[name]
    html = draw(source, h=H, **context)
    assert "<script" not in html
    assert not re.search(r"<[^>]*\sonload=", re.sub(r'"[^"]*"', '""', html))
    assert "alert(" in html or name == "tag tone"


def test_blocks_keep_the_markup_of_their_template() -> None:
    html = draw("{% card 'Title' %}<p><b>{{ word }}</b></p>{% endcard %}", word="a & b")
    assert "<p><b>a &amp; b</b></p>" in html


def test_a_state_is_a_shape_and_a_word() -> None:
    html = draw("{% tag state %}", state=State("Overdue", "bad"))
    assert 'class="tag tag--bad"' in html
    assert "<svg" in html
    assert "<span>Overdue</span>" in html


def test_levels_share_a_shape_and_have_their_own_class() -> None:
    one, two = draw("{% tag 'A' 'level-1' %}"), draw("{% tag 'A' 'level-2' %}")
    assert one.replace("level-1", "level-2") == two != draw("{% tag 'A' 'neutral' %}")


def test_a_refused_button_says_why_and_leads_nowhere() -> None:
    html = draw("{% button 'Publish minutes' href='/publish' refused='The chair has not cleared them' %}")
    assert 'aria-disabled="true"' in html
    assert 'type="button"' in html
    assert "The chair has not cleared them" in html
    assert 'href="/publish"' not in html


@pytest.mark.parametrize(("number", "folded"), [(0, 0), (5, 0), (6, 0), (7, 2), (14, 9)])
def test_a_head_shows_five_actions_and_folds_the_others(number: int, folded: int) -> None:
    actions = [Action(f"Act {each}", f"/{each}") for each in range(number)]
    html = draw("{% record_head 'Title' actions=actions %}{% endrecord_head %}", actions=actions)
    beside, _, fold = html.partition("<details")
    assert fold.count("href=") == folded
    assert beside.count("href=") == number - folded


def test_button_is_a_link_or_a_submit() -> None:
    assert draw("{% button 'Save' %}").strip() == '<button type="submit" class="button button--primary">Save</button>'
    assert (
        draw("{% button 'Go' href='/x' style='quiet' %}")
        .strip()
        .startswith('<a class="button button--quiet" href="/x"')
    )


def test_section_has_an_anchor_and_names_its_region() -> None:
    html = draw("{% section 'Who sits' count=12 more='/seats/' %}x{% endsection %}")
    assert 'aria-labelledby="who-sits"' in html
    assert '<h2 class="section__title" id="who-sits"' in html
    assert '<span class="count">12</span>' in html
    assert 'href="/seats/"' in html


def test_vacant_seat_says_so() -> None:
    assert "Vacant" in draw("{% seat_chip 'Chair' %}")
    assert "Vacant" not in draw("{% seat_chip 'Chair' person='Jo' %}")


def test_tile_without_a_value_is_not_measured_and_never_zero() -> None:
    html = draw("{% stat_tile 'Take-up' None %}")
    assert "Not measured" in html
    assert ">0" not in html
    assert "Not measured" not in draw("{% stat_tile 'Take-up' 0 %}")


def test_meter_marks_the_need_and_says_whether_it_is_met() -> None:
    html = draw("{% meter 'Quorum' 4 12 need=6 %}")
    assert "4 of 12" in html
    assert 'width="33.33%"' in html
    assert 'x1="50.00%"' in html
    assert "tone--watch" in html
    assert "tone--good" in draw("{% meter 'Quorum' 6 12 need=6 %}")
    assert 'width="0.00%"' in draw("{% meter 'Quorum' 0 0 need=0 %}")


def test_withheld_without_words_still_says_that_it_exists() -> None:
    html = draw("{% withheld reason='it is before Cabinet' %}{% endwithheld %}")
    assert "This exists but is withheld" in html
    assert "Withheld because it is before Cabinet" in html


def test_the_line_branches_hides_and_marks_its_ends() -> None:
    steps = [
        Step("Submission", "A"),
        [Step("Advice", "B", gap="41 days"), Step("Advice", hidden="commercial")],
        Step("Measure", "C", end=True),
    ]
    html = draw("{% line steps %}", steps=steps)
    assert html.count("line__stop") == 3
    assert html.count("step--hidden") == 1
    assert "commercial" in html
    assert "41 days" in html
    assert "step--end" in html
    assert "line--long" in draw("{% line steps %}", steps=steps * 3)


def test_breadcrumbs_end_with_the_page_itself() -> None:
    html = draw("{% breadcrumbs v %}", v=[Link("Home", "/"), Link("Groups", "/groups/")])
    assert '<a href="/">Home</a>' in html
    assert '<span aria-current="page">Groups</span>' in html


def test_components_take_dicts_too() -> None:
    assert "<dt>Level</dt>" in draw("{% fact_list v %}", v=[{"label": "Level", "value": 3}])


def test_page_frame_has_its_parts() -> None:
    request = RequestFactory().get("/groups/")
    html = _frame(request)
    for part in (
        'class="skip" href="#main"',
        'role="search"',
        '<main id="main" tabindex="-1">',
        'aria-label="Main"',
        "<footer",
    ):
        assert part in html
    assert 'aria-current="page">Groups</a>' in html
    assert 'lang="en-au"' in html


def _frame(request: object) -> str:
    template = engines["django"].from_string("{% extends 'kit/base.html' %}{% block content %}Here{% endblock %}")
    nav = [Link("Groups", "/groups/", current=True), Link("Meetings", "/meetings/")]
    return str(template.render({"request": request, "nav": nav, "title": "Groups", "site": {"name": "Ours"}}))


def test_account_corner_signs_in_or_out() -> None:
    stranger = draw("{% include 'kit/account.html' %}")
    known = draw(
        "{% include 'kit/account.html' %}", viewer={"name": "Jo"}, account_links=[Link("Desk", "/desk/", count=3)]
    )
    assert "Sign in" in stranger
    assert "<form" not in stranger
    assert 'method="post"' in known
    assert "Desk" in known
    assert "Sign in" not in known

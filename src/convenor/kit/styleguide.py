"""The gallery: every component in all its states, at /styleguide/. The axe run walks it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from convenor.kit import samples
from convenor.kit.contrast import LEVELS, SHAPE_NEED, SHAPES, WORDS, own_tokens, ratio
from convenor.kit.paging import page_of, sort_key
from convenor.kit.parts import Anchor, Link
from convenor.kit.query import chips_of, with_params
from convenor.kit.tables import Column, Table

PARTS = (
    ("ground", _("Ground and type")),
    ("states", _("States")),
    ("heads", _("Record head")),
    ("line", _("The line")),
    ("front", _("Columns and entries")),
    ("cards", _("Cards and bands")),
    ("notices", _("Notices and empty states")),
    ("facts", _("Facts, seats, tabs")),
    ("registers", _("Registers and tables")),
    ("numbers", _("Numbers")),
    ("charts", _("Charts")),
    ("time", _("Dates, stages, history")),
    ("buttons", _("Buttons")),
    ("forms", _("Forms")),
    ("desk", _("Desk")),
    ("prose", _("Prose")),
)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the kit. `?theme=light|dark` overrides the system's choice here only."""
    asked = request.GET.get("theme")
    context: dict[str, Any] = {
        "title": _("Style guide"),
        "theme": asked if asked in {"light", "dark"} else "",
        "themes": [Link(name.title(), f"?theme={name}", asked == name) for name in ("light", "dark")],
        "crumbs": [Link(_("Home"), "/"), Link(_("Style guide"), "")],
        "anchors": [Anchor(key, str(label)) for key, label in PARTS],
        "tokens": _token_table(),
        **_register(request),
        **samples.everything(),
    }
    return render(request, "kit/styleguide.html", context)


def _token_table() -> Table[str]:
    themes = own_tokens()

    def colour(theme: str, name: str) -> str:
        return themes[theme][name]

    def least(theme: str, name: str) -> float:
        grounds = ("paper", "surface", "wash")
        return round(min(ratio(themes[theme][name], themes[theme][ground]) for ground in grounds), 1)

    columns = [
        Column[str]("token", _("Token"), samples.swatch),
        Column[str]("light", _("Light"), lambda name: colour("light", name)),
        Column[str]("dark", _("Dark"), lambda name: colour("dark", name)),
        Column[str]("least-light", _("Least contrast, light"), lambda name: least("light", name), numeric=True),
        Column[str]("least-dark", _("Least contrast, dark"), lambda name: least("dark", name), numeric=True),
        Column[str]("need", _("Needed"), lambda name: SHAPE_NEED if name in SHAPES else 4.5, numeric=True),
    ]
    return Table(columns, [*WORDS, *SHAPES, *LEVELS], _("Colours of words and shapes, against paper, surface and wash"))


def _register(request: HttpRequest) -> dict[str, Any]:
    sort = sort_key(request, {"title": "title", "due": "due", "size": "size"}, "due")
    page = page_of(samples.actions(), request, 6)
    form = samples.FilterForm(request.GET or {"status": "open", "q": "ledger"})
    query = request.GET or {"status": "open", "q": "ledger"}
    return {
        "page": page,
        "asked": request.GET,
        "table": samples.action_table(page.rows, sort, request),
        "filter_form": form,
        "chips": chips_of(form, query),
        "sorts": [
            Link(label, with_params(request, sort=key, page=None), str(sort) == key)
            for key, label in (("due", _("Due date")), ("title", _("Title")), ("-size", _("Largest first")))
        ],
    }

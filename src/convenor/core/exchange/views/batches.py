"""One upload: what the check found, loading it, how far it is, what became of it, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convenor.core.exchange import commands, queries
from convenor.core.exchange.columns import chosen_in
from convenor.core.exchange.declare import lists, loadable, resources
from convenor.core.exchange.forms import ConfirmForm, LoadForm
from convenor.core.exchange.models import ImportBatch, ImportRow
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.views.words import OUTCOMES, left_of, outcome_of, sentence_of, state_of
from convenor.core.records.rules import NotAllowed, Refused
from convenor.kit.http import Request
from convenor.kit.parts import Fact, Link
from convenor.kit.query import with_params
from convenor.kit.tables import Column, Table, page_of

SECONDS: Final = 2.0
"""How long one request loads before it shows how far it is; the worker goes on by itself."""


@require_safe
def batch(request: Request, token: str) -> HttpResponse:
    """Where one upload stands, with its rows."""
    return _shown(request, _access(request, token), LoadForm())


@require_POST
def load(request: Request, token: str) -> HttpResponse:
    """Load what the check let through."""
    found, form = _access(request, token), LoadForm(request.POST)
    form.full_clean()
    try:
        commands.confirm(by=request.viewer, batch=found, without_bad=form.cleaned_data["without_bad"], now=request.now)
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_breaches(refused.breaches)
        return _shown(request, found, form, status=409)
    commands.advance(batch=found, now=request.now, seconds=SECONDS)
    return redirect("exchange:batch", token=token)


@require_POST
def go_on(request: Request, token: str) -> HttpResponse:
    """Go on with what is under way, for those who would not wait for the worker."""
    commands.advance(batch=_access(request, token), now=request.now, seconds=SECONDS)
    return redirect("exchange:batch", token=token)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: Request, token: str) -> HttpResponse:
    """Ask, then take back everything the upload made, while nobody has touched it."""
    found, form = _access(request, token), ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _taken_back(request, found, form):
        return redirect("exchange:batch", token=token)
    context = {
        "form": form,
        "title": _("Take back %(file)s") % {"file": found.filename},
        "consequences": _consequences(found),
        "submit_label": _("Take it back"),
        "submit_style": "warning",
        "cancel_url": reverse("exchange:batch", args=[token]),
        "crumbs": _crumbs(found),
    }
    return render(request, "kit/confirm_page.html", context, status=409 if form.errors else 200)


def _access(request: Request, token: str) -> ImportBatch:
    found = queries.access_batch(request.viewer, token)
    if found.resource not in resources and found.resource not in lists:
        raise Http404
    return found


def _taken_back(request: Request, found: ImportBatch, form: ConfirmForm) -> bool:
    try:
        commands.undo(by=request.viewer, batch=found, now=request.now)
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_breaches(refused.breaches)
        return False
    if commands.advance(batch=found, now=request.now, seconds=SECONDS).state == ImportBatch.State.UNDONE:
        messages.success(request, _("The upload was taken back."))
    return True


def _consequences(found: ImportBatch) -> list[str]:
    counts = queries.outcomes(found)
    made, changed = counts["created"], counts["changed"]
    said = [
        ngettext("%(n)d thing that it made is withdrawn.", "%(n)d things that it made are withdrawn.", made),
        ngettext("%(n)d thing is as it was before.", "%(n)d things are as they were before.", changed),
    ]
    numbered = zip(said, (made, changed), strict=True)
    return [text % {"n": number} for text, number in numbered if number] + [_("The history keeps both steps.")]


def _shown(request: Request, found: ImportBatch, form: LoadForm, status: int = 200) -> HttpResponse:
    counts = queries.outcomes(found)
    chosen = request.GET.get("show", "")
    rows = found.rows.select_related("record").order_by("number")
    page = page_of(rows.filter(outcome=chosen) if chosen in counts else _worst_first(rows, found), request)
    context = {
        "batch": found,
        "counts": counts,
        "facts": _facts(found),
        "form": form,
        "done": sum(counts.values()) - left_of(found, counts),
        "made": counts["created"] + counts["changed"],
        "page": page,
        "rows": sum(counts.values()),
        "sentence": sentence_of(found, counts),
        "state": state_of(found),
        "table": _table(found, page.rows, request),
        "tabs": _tabs(request, counts, chosen),
        "title": found.filename,
        "resource": loadable(found.resource),
        "wrong_values": [f"{_label(found, column)}: {text}" for column, text in found.wrong_values],
        "own_headings": found.resource != SEVERAL and not found.filename.lower().endswith(".json"),
        "crumbs": _crumbs(found),
    }
    return render(request, "exchange/batch.html", context, status=status)


def _worst_first(rows: Any, found: ImportBatch) -> Any:
    """What is wrong comes first while the file is only checked."""
    return queries.worst_first(rows) if found.state == ImportBatch.State.CHECKED else rows


def _crumbs(found: ImportBatch) -> list[Link]:
    return [Link(_("Uploads"), reverse("exchange:uploads")), Link(found.filename, "", current=True)]


def _facts(found: ImportBatch) -> list[Fact]:
    return [
        Fact(_("Into"), loadable(found.resource).label),
        Fact(_("From"), found.source),
        Fact(_("Uploaded"), found.created_at),
        Fact(_("By"), found.by.name if found.by else _("Convenor")),
        Fact(_("File"), found.filename, reverse("exchange:file", args=[found.token])),
        *([Fact(_("Sheet"), found.sheet)] if found.sheet else []),
        Fact(_("SHA-256"), f"{found.file_hash[:16]}…"),
        *_same_in_every_row(found),
    ]


def _same_in_every_row(found: ImportBatch) -> list[Fact]:
    """What an officer said of all rows."""
    same = chosen_in(loadable(found.resource), found.mapping).same if found.mapping else {}
    said = _("%(column)s, in every row")
    return [Fact(said % {"column": _label(found, name)}, value) for name, value in same.items()]


def _label(found: ImportBatch, name: str) -> str:
    importer = loadable(found.resource).importer
    columns = importer.columns if importer else ()
    return next((column.label for column in columns if column.name == name), name)


def _tabs(request: Request, counts: dict[str, int], chosen: str) -> list[Link]:
    every = Link(_("All rows"), with_params(request, show=None, page=None), chosen not in counts, sum(counts.values()))
    return [
        every,
        *(
            Link(str(word), with_params(request, show=name, page=None), name == chosen, counts[name])
            for name, (word, _tone) in OUTCOMES.items()
            if counts[name]
        ),
    ]


def _table(found: ImportBatch, rows: Sequence[ImportRow], request: Request) -> Table[ImportRow]:
    columns: list[Column[ImportRow]] = [
        Column("row", _("Row"), _row_named, priority=1),
        Column("id", _("Number in its register"), lambda row: row.source_id or None),
        Column("outcome", _("What becomes of it"), outcome_of),
    ]
    if found.resource == SEVERAL:
        columns.insert(1, Column("list", _("List"), lambda row: loadable(row.resource).label))
    if any(row.faults or row.error for row in rows):
        columns.append(Column("wrong", _("What is wrong"), _faults))
    columns.append(Column("says", _("What it says"), lambda row: _says(found, row), priority=3))
    if any(row.record for row in rows):
        columns.append(
            Column("record", _("Record"), lambda row: row.record.ref if row.record else None, link=_record_url)
        )
    return Table(columns=columns, rows=rows, caption=_("Rows of the file"), caption_hidden=True, asked=request)


def _row_named(row: ImportRow) -> str:
    """Where it stands in the file."""
    return row.place or _("Row %(n)d") % {"n": row.number}


def _faults(row: ImportRow) -> list[str] | str | None:
    if row.faults:
        return [f"{column}: {text}" if column else text for column, text in row.faults]
    return row.error or None


def _says(found: ImportBatch, row: ImportRow) -> str | None:
    """The first few cells besides the row's number, in the order of our columns: PostgreSQL keeps one of its own."""
    importer = loadable(row.resource or found.resource).importer
    names = [column.name for column in importer.columns if column.name != importer.source_id] if importer else []
    cells = [row.data[name] for name in names if row.data.get(name)]
    return " · ".join(text[:60] for text in cells[:3]) or None


def _record_url(row: ImportRow) -> str | None:
    return f"/r/{row.record.ref}" if row.record else None

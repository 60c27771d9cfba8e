"""Seats: one with everybody who sat in it; adding, changing, ending; the seats that a model names."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.directory.views.base import Question
from convenor.domain.engagement.rules import TypeRulesValue, sentences
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.places import add_seat, edit_seat, end_seat, seat_named_places, strike_seat
from convenor.domain.groups.forms.seats import ASKED, BASES, NamedPlacesForm, SeatForm
from convenor.domain.groups.models import Appointment, Group, Seat
from convenor.domain.groups.queries.access import access_group, access_seat
from convenor.domain.groups.queries.places import places_of, unseated
from convenor.domain.groups.queries.rosters import Holder, SeatLine, Table, table_of
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.domain.groups.rules.rosters import OFFICE, ORGANISATION
from convenor.domain.groups.rules.spans import Span, common
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.charts import Span as Drawn
from convenor.kit.charts import Timeline, timeline
from convenor.kit.http import Request
from convenor.kit.parts import Action, Fact, Link, State
from convenor.kit.tables import Column
from convenor.kit.tables import Table as Shown

Sat = tuple[Holder, Span]


@require_safe
def seat(request: Request, slug: str, number: int) -> HttpResponse:
    """One seat: who sits today, and everybody who has."""
    viewer, today = request.viewer, local_day(request.now)
    group = access_group(viewer, slug)
    found = access_seat(viewer, group, number)
    officer = permissions.may_read_every_name(viewer, group)
    table = table_of(viewer, Q(pk=found.pk), officer=officer)
    line = table.line(table.seats[found.pk], today)
    sat = _everybody(table, found)
    may = permissions.may_edit_group(viewer, group) if permissions.is_officer(viewer) else None
    context = {
        "title": found.title,
        "group": group,
        "group_url": base.address(group),
        "seat": found,
        "row": base.line_shown(line),
        "is_over": found.ends_on is not None and found.ends_on < today,
        "state": _standing(found, line, today),
        "facts": _facts(line),
        "chart": _chart(found, sat, today),
        "table": _held_table(group, sat, today if may else None, _joined(found) if may else set()),
        "chairing": _chair_table(group, table, found, bool(may)),
        "actions": _actions(found, line, may) if may is not None else [],
        "crumbs": base.crumbs(Link(group.name, base.address(group)), Link(found.title, "")),
    }
    return directory.present(request, "groups/seat_page.html", context)


def _standing(seat: Seat, line: SeatLine, today: date) -> State:
    if seat.ends_on is not None and seat.ends_on < today:
        return State(_("Ended"), "neutral")
    if seat.starts_on > today:
        return State(_("Not yet"), "info")
    return State(_("Vacant"), "watch") if line.vacant else State(_("Filled"), "good")


def _facts(line: SeatLine) -> list[Fact]:
    seat = line.seat
    facts = [
        Fact(_("Stands for"), seat.stands_for, seat.stands_for_url),
        Fact(_("Basis"), seat.basis),
        Fact(_("Role"), seat.role, note="" if seat.counts else _("not counted under caps")),
        Fact(_("Chairs as"), [chair.role for chair in line.chairs]),
        Fact(_("Votes"), seat.votes),
        Fact(_("Counts to the quorum"), seat.counts_to_quorum),
        Fact(_("Exists since"), seat.facts.life.first),
        Fact(_("Last day"), seat.facts.life.last, note=seat.end_reason),
    ]
    return [fact for fact in facts if fact.value not in ("", None, [])]


def _everybody(table: Table, seat: Seat) -> list[Sat]:
    """Everybody who has sat in the seat, the latest first; of another group's chair, only who sits in person."""
    facts = table.facts
    held = [*facts.appointments.get(seat.pk, ()), *facts.tenures.get(seat.office_id or 0, ())]
    life = Span(seat.starts_on, seat.ends_on)
    sat = [(table.holders[each.how, each.key], common(each.span, life)) for each in held]
    found = [(holder, span) for holder, span in sat if span is not None]
    return sorted(found, key=lambda one: (one[1].last or date.max, one[1].first or date.min), reverse=True)


def _chart(seat: Seat, sat: list[Sat], today: date) -> Timeline | None:
    spans = [
        Drawn(
            f"{holder.holding.how}-{holder.holding.key}",
            _("%(name)s (acting)") % {"name": base.holder_name(holder)} if holder.acting else base.holder_name(holder),
            span.first,
            span.last or max(today, span.first),
            state=State(_("Acting"), "info") if holder.acting else State(_("Holder"), "good"),
        )
        for holder, span in reversed(sat)
        if span.first is not None
    ]
    title = _("Who has sat in “%(seat)s”") % {"seat": seat.title}
    return timeline(key="sat", title=title, spans=spans, today=today) if len(spans) > 1 else None


def _joined(seat: Seat) -> set[int]:
    """The appointments here of those who came in by joining."""
    return set(Appointment.objects.filter(seat=seat, joined=True).values_list("pk", flat=True))


def _held_table(group: Group, sat: list[Sat], today: date | None, joined: set[int]) -> Shown[Sat]:
    """today: given for those who may act on what stands here."""
    columns = [
        Column[Sat](
            "name", _("Who"), lambda row: base.holder_name(row[0]), priority=1, link=lambda row: row[0].url or None
        ),
        Column[Sat]("from", _("From"), lambda row: row[1].first or _("Not known")),
        Column[Sat]("to", _("Last day"), lambda row: row[1].last),
        Column[Sat]("how", _("How"), lambda row: _how(row[0])),
        Column[Sat]("instrument", _("Appointed by"), lambda row: row[0].instrument or None, priority=3),
    ]
    offered = (lambda row: _term_actions(group, row[0], today, joined)) if today else None
    return Shown(columns, sat, _("Everybody who has sat here"), actions=offered, caption_hidden=True)


def _how(holder: Holder) -> str:
    if holder.holding.how == "tenure":
        return _("Acting in the office") if holder.acting else _("By the office")
    return _("Acting here") if holder.acting else _("Appointed")


def _term_actions(group: Group, holder: Holder, today: date, joined: set[int]) -> list[Action]:
    if holder.holding.how == "tenure":
        return []
    args, name = [group.slug, holder.holding.key], {"name": base.holder_name(holder)}
    found = [Action(_("Correct (%(name)s)") % name, reverse("groups:appointment-correct", args=args))]
    if holder.holding.key in joined and not holder.span.over(today):
        label = _("End the membership (%(name)s)") % name
        found.insert(0, Action(label, reverse("groups:member-remove", args=args)))
    elif not holder.span.over(today):
        found.insert(0, Action(_("End (%(name)s)") % name, reverse("groups:appointment-end", args=args)))
        if holder.span.last is not None and not holder.acting:
            found.insert(0, Action(_("Appoint again (%(name)s)") % name, reverse("groups:reappoint", args=args)))
        if not holder.confirmed:
            found.append(Action(_("Ask to confirm (%(name)s)") % name, reverse("groups:appointment-ask", args=args)))
    return found


def _chair_table(group: Group, table: Table, seat: Seat, actions: bool) -> Shown[Any] | None:
    rows = [chair for (key, _chair), chair in table.chairs.items() if key == seat.pk]
    columns = [
        Column[Any]("role", _("As"), "role", priority=1),
        Column[Any]("from", _("From"), lambda row: row.span.first),
        Column[Any]("to", _("Last day"), lambda row: row.span.last),
    ]

    def offered(row: Any) -> list[Action]:
        end = reverse("groups:chair-end", args=[group.slug, row.key])
        strike = reverse("groups:chair-strike", args=[group.slug, row.key])
        ends = [] if row.span.last else [Action(_("End (%(role)s)") % {"role": row.role}, end)]
        return [*ends, Action(_("Take out (%(role)s)") % {"role": row.role}, strike)]

    ordered = sorted(rows, key=lambda row: row.span.first or date.min, reverse=True)
    told = Shown(columns, ordered, _("When it chaired"), actions=offered if actions else None, caption_hidden=True)
    return told if rows else None


def _actions(seat: Seat, line: SeatLine, may: Any) -> list[Action]:
    args, refused = [seat.group.slug, seat.number], "" if may.ok else may.reason
    label = _("Appoint somebody") if line.vacant else _("Appoint somebody to act or to follow")
    found = [
        Action(label, reverse("groups:appoint", args=args), "primary", refused),
        Action(_("Let it chair"), reverse("groups:chair-add", args=args), refused=refused),
        Action(_("Change the seat"), reverse("groups:seat-edit", args=args), refused=refused),
        Action(_("End the seat"), reverse("groups:seat-end", args=args), refused=refused),
    ]
    return found if seat.ends_on is None else []


@WRITES
def add(request: Request, slug: str) -> HttpResponse:
    """Add a seat, with the rules beside it."""
    viewer, today = request.viewer, local_day(request.now)
    group = base.editable(request, slug)
    rules = effective_rules(group, today)
    basis = _basis(request, rules)
    form = SeatForm(base.posted(request), viewer=viewer, rules=rules, basis=basis, today=group.started_on or today)
    made = directory.run(form, lambda good: add_seat(by=viewer, group=group, facts=good.facts(), now=request.now))
    if made:
        onward = base.seat_address(made) if not made.office_id else base.address(group)
        return directory.done(request, _("“%(seat)s” is added.") % {"seat": made.title}, onward)
    context = base.place_of(group).context(_("Add the seat"), sentences=sentences(rules) if rules else [])
    context |= {"template": "groups/seat_add.html", "named_places": unseated(group, rules, today), "group": group}
    context["tabs"] = [Link(str(label), f"?basis={each}", current=each == basis) for each, label in BASES]
    return base.task(request, form, _("Add a seat to %(group)s") % {"group": group.name}, **context)


def _basis(request: Request, rules: TypeRulesValue | None) -> str:
    """What `?basis=` asks for; else what the rules of the type point to."""
    asked = request.GET.get("basis", "")
    if asked in ASKED:
        return asked
    return ORGANISATION if rules and rules.eligible_kinds and not rules.eligible_roles else OFFICE


@WRITES
def named(request: Request, slug: str) -> HttpResponse:
    """Set up the seats that the model names and that are not there yet."""
    viewer, today = request.viewer, local_day(request.now)
    group = base.editable(request, slug)
    places = places_of(group, today)
    form = NamedPlacesForm(base.posted(request), viewer=viewer, places=places, today=group.started_on or today)

    def save(good: NamedPlacesForm) -> list[Seat]:
        day = good.cleaned_data["starts_on"]
        return seat_named_places(by=viewer, group=group, starts_on=day, now=request.now, chosen=good.chosen())

    made = directory.run(form, save)
    if made is not None:
        words = ngettext("%(n)d seat is set up.", "%(n)d seats are set up.", len(made)) % {"n": len(made)}
        return directory.done(request, words, base.address(group))
    unclear = [place for place in places if not place.taken and not place.offices and place.office_needed]
    context = base.place_of(group).context(_("Set up the seats"), template="groups/seats_named.html", unclear=unclear)
    context |= {"taken": [place for place in places if place.taken]}
    return base.task(request, form, _("The seats that the model names"), **context)


@WRITES
def edit(request: Request, slug: str, number: int) -> HttpResponse:
    """Change what a seat is called, its side, votes and place."""
    viewer, today = request.viewer, local_day(request.now)
    group = base.editable(request, slug)
    found = access_seat(viewer, group, number)
    rules = effective_rules(group, today)
    form = SeatForm(base.posted(request), viewer=viewer, rules=rules, seat=found)

    def save(good: SeatForm) -> Seat:
        reason = good.cleaned_data["reason"]
        return edit_seat(by=viewer, seat=found, facts=good.facts(), reason=reason, now=request.now)

    if directory.run(form, save):
        return directory.done(request, _("The seat is changed."), base.seat_address(found))
    context = base.place_of_seat(found).context(_("Save the changes"), template="groups/seat_edit.html", seat=found)
    return base.task(request, form, _("Change “%(seat)s”") % {"seat": found.title}, **context)


@WRITES
def end(request: Request, slug: str, number: int) -> HttpResponse:
    """End a seat."""
    group = base.editable(request, slug)
    found = access_seat(request.viewer, group, number)
    words = {"seat": found.title}
    consequences = [
        _("Whoever sits in it by appointment, and chairs from it, does so no more from the next day on."),
        _("Old rosters keep it."),
    ]
    question = Question(
        _("End “%(seat)s”") % words, _("End the seat"), consequences, _("“%(seat)s” has ended.") % words
    )
    return base.day_and_reason(
        request,
        base.place_of_seat(found),
        question,
        lambda good: end_seat(by=request.viewer, seat=found, now=request.now, **good.cleaned_data),
    )


@WRITES
def strike(request: Request, slug: str, number: int) -> HttpResponse:
    """Take out a seat that never was."""
    group = base.editable(request, slug)
    found = access_seat(request.viewer, group, number)
    words = {"seat": found.title}
    consequences = [_("The seat is gone from every roster, old ones too. The history says that it was taken out.")]
    said, label = _("“%(seat)s” is taken out.") % words, _("Take the seat out")
    question = Question(_("Take out “%(seat)s”") % words, label, consequences, said, base.address(group))

    def save(reason: str) -> bool:
        strike_seat(by=request.viewer, seat=found, reason=reason, now=request.now)
        return True

    return directory.ask_reason(request, base.place_of_seat(found), question, save)

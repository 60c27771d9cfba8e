"""Appointing to seats, correcting and ending appointments, asking to confirm, confirming, chairing."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.domain.directory.commands import PersonFacts
from convenor.domain.directory.forms.base import TaskForm
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.directory.views.base import Question
from convenor.domain.engagement.rules import said
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import appointments, chairs, terms
from convenor.domain.groups.forms.seats import AppointForm, ChairForm, CorrectForm, ReappointForm
from convenor.domain.groups.models import Appointment, Chairing, Group, Seat
from convenor.domain.groups.queries.access import access_chairing, access_group, access_seat, access_term
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.domain.groups.queries.vacancies import remainders
from convenor.domain.groups.rules.rosters import FOLLOWS
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.dates import say_day
from convenor.kit.http import Request


@WRITES
def appoint(request: Request, slug: str, number: int) -> HttpResponse:
    """Put somebody in a seat, or to act in it; somebody new is added first."""
    viewer, today = request.viewer, local_day(request.now)
    group = base.editable(request, slug)
    seat = access_seat(viewer, group, number)
    until = remainders([seat.pk], today).get(seat.pk)
    rules = effective_rules(group, today)
    form = AppointForm(
        base.posted(request),
        viewer=viewer,
        follows=seat.basis in FOLLOWS,
        today=today,
        remainder=until,
        ways=rules.casual_vacancies if rules else (),
    )
    made = directory.run(form, lambda good: _appoint(request, good, seat))
    if made:
        words = {"name": made.person.name, "seat": seat.title}
        return directory.done(request, _("%(name)s sits in “%(seat)s”.") % words, base.seat_address(seat))
    keys = ("term", "formation", *(["casual_vacancies"] if until else []))
    told = [{"text": said(rules, key)} for key in keys if rules and said(rules, key)]
    context = base.place_of_seat(seat).context(_("Appoint"), sentences=told)
    return base.task(request, form, _("Appoint to “%(seat)s”") % {"seat": seat.title}, **context)


def _appoint(request: Request, form: AppointForm, seat: Seat) -> Appointment:
    """The person first, where they are new; all or nothing, the e-mail too."""
    given, by, now = form.cleaned_data, request.viewer, request.now
    with transaction.atomic():
        made = appointments.appoint(
            by=by,
            seat=seat,
            person=form.person() or PersonFacts(given["who"], given["email"]),
            term=form.term(),
            now=now,
            reason=given["reason"],
            published=given["published"],
            filled_by=given.get("filled_by", ""),
        )
        if given["ask"]:
            appointments.ask_to_confirm(by=by, appointment=made, now=now)
        return made


def _found(request: Request, slug: str, key: int) -> tuple[Group, Appointment]:
    group = base.editable(request, slug)
    return group, access_term(request.viewer, group, key)


@WRITES
def correct(request: Request, slug: str, key: int) -> HttpResponse:
    """Correct what was recorded of an appointment, with a reason."""
    _group, term = _found(request, slug, key)
    form = CorrectForm(base.posted(request), viewer=request.viewer, appointment=term)

    def save(good: CorrectForm) -> Appointment:
        reason = good.cleaned_data["reason"]
        return appointments.correct_appointment(
            by=request.viewer, appointment=term, term=good.term(), reason=reason, now=request.now
        )

    if directory.run(form, save):
        return directory.done(request, _("The appointment is corrected."), base.seat_address(term.seat))
    strike_url = reverse("groups:appointment-strike", args=[slug, key])
    context = base.place_of_seat(term.seat).context(
        _("Correct it"), template="groups/correct.html", strike_url=strike_url
    )
    return base.task(request, form, _("Correct the appointment of %(name)s") % {"name": term.person.name}, **context)


@WRITES
def end(request: Request, slug: str, key: int) -> HttpResponse:
    """End an appointment."""
    _group, term = _found(request, slug, key)
    words = {"name": term.person.name, "seat": term.seat.title}
    consequences = [_("From the next day on %(name)s sits in “%(seat)s” no more.") % words]
    title = _("End the appointment of %(name)s") % words
    question = Question(title, _("End the appointment"), consequences, _("The appointment has ended."))
    return base.day_and_reason(
        request,
        base.place_of_seat(term.seat),
        question,
        lambda good: appointments.end_appointment(
            by=request.viewer, appointment=term, now=request.now, **good.cleaned_data
        ),
    )


@WRITES
def reappoint(request: Request, slug: str, key: int) -> HttpResponse:
    """Appoint the same person again, from the day after their term ends: one step."""
    group, term = _found(request, slug, key)
    if term.ends_on is None or term.acting:
        raise Http404
    rules = effective_rules(group, term.ends_on + timedelta(days=1))
    until = terms.suggested_end(rules, term)
    form = ReappointForm(base.posted(request), viewer=request.viewer, until=until)
    words = {"name": term.person.name, "seat": term.seat.title}
    made = directory.run(
        form,
        lambda good: terms.reappoint(
            by=request.viewer, appointment=term, ends_on=good.cleaned_data["ends_on"], now=request.now
        ),
    )
    if made:
        return directory.done(request, _("%(name)s stays in “%(seat)s”.") % words, base.seat_address(term.seat))
    begins = say_day(term.ends_on + timedelta(days=1))
    consequences = [
        _("The new term begins on %(day)s, the day after the old one ends.") % {"day": begins},
        _("Nobody is warned of the old end any more."),
    ]
    told = [{"text": said(rules, "term")}] if rules and said(rules, "term") else []
    context = base.place_of_seat(term.seat).context(
        _("Appoint again"), consequences=consequences, template="groups/confirm.html", sentences=told
    )
    return base.task(request, form, _("Appoint %(name)s again to “%(seat)s”") % words, **context)


@WRITES
def strike(request: Request, slug: str, key: int) -> HttpResponse:
    """Take out an appointment that never was."""
    _group, term = _found(request, slug, key)
    words = {"name": term.person.name}
    consequences = [_("%(name)s is gone from the seat, in old rosters too. The history keeps that it was so.") % words]
    title, label = _("Take out the appointment of %(name)s") % words, _("Take it out")
    question = Question(title, label, consequences, _("The appointment is taken out."))

    def save(reason: str) -> bool:
        appointments.strike_appointment(by=request.viewer, appointment=term, reason=reason, now=request.now)
        return True

    return directory.ask_reason(request, base.place_of_seat(term.seat), question, save)


@WRITES
def ask(request: Request, slug: str, key: int) -> HttpResponse:
    """Send the person a link to confirm by."""
    _group, term = _found(request, slug, key)
    place = base.place_of_seat(term.seat)
    form = TaskForm(base.posted(request), viewer=request.viewer)
    done = directory.run(
        form, lambda _good: appointments.ask_to_confirm(by=request.viewer, appointment=term, now=request.now)
    )
    if done:
        return directory.done(request, _("A link is on its way to %(name)s.") % {"name": term.person.name}, place.url)
    consequences = [
        _("%(name)s gets an e-mail with a link. They need no account.") % {"name": term.person.name},
        _("The link works once, for 14 days; one that was sent before stops working."),
    ]
    context = place.context(_("Send the link"), consequences=consequences, template="groups/confirm.html")
    return base.task(request, form, _("Ask %(name)s to confirm") % {"name": term.person.name}, **context)


@WRITES
def confirm(request: Request, slug: str, key: int) -> HttpResponse:
    """Confirm one's own appointment, signed in."""
    viewer = request.viewer
    term = access_term(viewer, access_group(viewer, slug), key)
    permissions.may_confirm_appointment(viewer, term).require()
    form = TaskForm(base.posted(request), viewer=viewer)
    done = directory.run(
        form, lambda _good: appointments.confirm_appointment(by=viewer, appointment=term, now=request.now)
    )
    words = {"seat": term.seat.title, "group": term.seat.group.name}
    if done:
        return directory.done(request, _("You have confirmed your seat."), base.seat_address(term.seat))
    consequences = [_("It is recorded that you take the seat “%(seat)s” in %(group)s.") % words]
    context = base.place_of_seat(term.seat).context(
        _("Confirm"), consequences=consequences, template="groups/confirm.html"
    )
    return base.task(request, form, _("Confirm your seat in %(group)s") % words, **context)


# Chairing


@WRITES
def chair_add(request: Request, slug: str, number: int) -> HttpResponse:
    """Let a seat chair the group, for a time."""
    viewer, today = request.viewer, local_day(request.now)
    group = base.editable(request, slug)
    seat = access_seat(viewer, group, number)
    form = ChairForm(base.posted(request), viewer=viewer, today=today)
    made = directory.run(
        form, lambda good: chairs.start_chairing(by=viewer, seat=seat, now=request.now, **good.cleaned_data)
    )
    if made:
        words = {"seat": seat.title, "role": made.role.name.lower()}
        return directory.done(request, _("“%(seat)s” is %(role)s.") % words, base.seat_address(seat))
    rules = effective_rules(group, today)
    told = [{"text": said(rules, "chairing")}] if rules and said(rules, "chairing") else []
    lede = _("Whoever sits in the seat chairs, also somebody acting in it.")
    context = base.place_of_seat(seat).context(_("Let it chair"), sentences=told, lede=lede)
    return base.task(request, form, _("Let “%(seat)s” chair") % {"seat": seat.title}, **context)


@WRITES
def chair_end(request: Request, slug: str, key: int) -> HttpResponse:
    """End a chairing."""
    chairing = _chairing(request, slug, key)
    words = {"seat": chairing.seat.title, "role": chairing.role.name.lower()}
    consequences = [_("From the next day on “%(seat)s” is %(role)s no more. Whoever sits there stays.") % words]
    title, label = _("End “%(seat)s” as %(role)s") % words, _("End the chairing")
    question = Question(title, label, consequences, _("The chairing has ended."))
    return base.day_and_reason(
        request,
        base.place_of_seat(chairing.seat),
        question,
        lambda good: chairs.end_chairing(by=request.viewer, chairing=chairing, now=request.now, **good.cleaned_data),
    )


@WRITES
def chair_strike(request: Request, slug: str, key: int) -> HttpResponse:
    """Take out a chairing that never was."""
    chairing = _chairing(request, slug, key)
    words = {"seat": chairing.seat.title, "role": chairing.role.name.lower()}
    consequences = [_("It reads as if “%(seat)s” had never been %(role)s. The history keeps that it was so.") % words]
    title, label = _("Take out “%(seat)s” as %(role)s") % words, _("Take it out")
    question = Question(title, label, consequences, _("The chairing is taken out."))

    def save(reason: str) -> bool:
        chairs.strike_chairing(by=request.viewer, chairing=chairing, reason=reason, now=request.now)
        return True

    return directory.ask_reason(request, base.place_of_seat(chairing.seat), question, save)


def _chairing(request: Request, slug: str, key: int) -> Chairing:
    return access_chairing(request.viewer, base.editable(request, slug), key)

"""What the screens of groups share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.domain.directory.forms.base import PERSON_NAMES
from convenor.domain.directory.queries import local_day, person_choices
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.forms.base import DayAndReason
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.naming import GROUPS, OFFICES, ORGANISATIONS, name_choices
from convenor.domain.groups.queries.rosters import Holder, SeatLine
from convenor.domain.groups.rules import states
from convenor.domain.groups.rules.rosters import FOLLOWS
from convenor.domain.groups.rules.spans import Span
from convenor.kit.dates import say_day
from convenor.kit.http import Request
from convenor.kit.parts import Link, State

TONES = {
    states.PROPOSED: "info",
    states.RECRUITING: "info",
    states.ACTIVE: "good",
    states.DORMANT: "watch",
    states.CLOSED: "neutral",
}


def state_of(group: Group) -> State:
    """A group's state as a tag."""
    return State(group.get_state_display(), TONES[group.state])


def task(request: Request, form: Any, title: str, **context: Any) -> HttpResponse:
    """A task form, with the names it offers while somebody types."""
    template = context.pop("template", "groups/task.html")
    lists = {field.widget.attrs.get("list") for field in form.fields.values()}
    names = name_choices(request.viewer, lists)
    context |= {"office_names": names[OFFICES], "group_names": names[GROUPS]}
    context["organisation_names"] = names[ORGANISATIONS]
    context["person_names"] = person_choices(request.viewer) if PERSON_NAMES in lists else ()
    return render(request, template, {"form": form, "title": title, **context})


def posted(request: Request) -> Any:
    """What was sent, however little; None where the form is only shown."""
    return request.POST if request.method == "POST" else None


def editable(request: Request, slug: str) -> Group:
    """The group at this address, for somebody who may change it; else 404, or NotAllowed with the reason."""
    group = access_group(request.viewer, slug)
    permissions.may_edit_group(request.viewer, group).require()
    return group


def address(group: Group) -> str:
    return reverse("groups:detail", args=[group.slug])


def seat_address(seat: Seat) -> str:
    return reverse("groups:seat", args=[seat.group.slug, seat.number])


def crumbs(*more: Link) -> list[Link]:
    """The way here from the register."""
    return [Link(_("Groups"), reverse("groups:list")), *more]


def place_of(group: Group) -> directory.Place:
    """Where the tasks of a group belong."""
    return directory.Place(group.name, address(group), crumbs())


def place_of_seat(seat: Seat) -> directory.Place:
    """Where the tasks of a seat belong."""
    return directory.Place(seat.title, seat_address(seat), crumbs(Link(seat.group.name, address(seat.group))))


def day_and_reason(
    request: Request,
    place: directory.Place,
    question: directory.Question,
    command: Callable[[DayAndReason], Any],
    **how: Any,
) -> HttpResponse:
    """Ask for a last day (and why), then do it and go back. `how` goes to the form: label, needed."""
    form = DayAndReason(posted(request), viewer=request.viewer, today=local_day(request.now), **how)
    if directory.run(form, command):
        return directory.done(request, question.said, question.leads_to or place.url)
    context = place.context(question.label, consequences=question.consequences, submit_style="warning")
    return task(request, form, question.title, template="groups/confirm.html", **context)


def span_words(span: Span) -> str:
    """“since …”, “from … to …”, in few words."""
    if span.last is None:
        return _("since %(day)s") % {"day": say_day(span.first)} if span.first else ""
    if span.first is None:
        return _("until %(day)s") % {"day": say_day(span.last)}
    return _("%(first)s to %(last)s") % {"first": say_day(span.first), "last": say_day(span.last)}


def holder_name(holder: Holder) -> str:
    """The name as it may be shown; it says when it may not."""
    return holder.name or _("Name not published")


def line_shown(line: SeatLine, *, may: bool = False) -> dict[str, Any]:
    """A line of a roster as the templates draw it; `may`: with the way to fill a vacant seat."""
    return {
        "line": line,
        "seat": line.seat,
        "roles": [chair.role for chair in line.chairs],
        "present": [holder_shown(holder) for holder in line.present],
        "away": [holder_shown(holder) for holder in line.away],
        "fill_url": _fill_url(line) if may and line.vacant else "",
    }


def _fill_url(line: SeatLine) -> str:
    """Where a vacant seat is filled: at its office, at the group it follows, or by appointing."""
    if line.seat.facts.basis in FOLLOWS and line.seat.stands_for_url:
        return line.seat.stands_for_url
    return reverse("groups:appoint", args=[line.seat.slug, line.seat.number])


def holder_shown(holder: Holder) -> dict[str, Any]:
    """Who sits, since when, acting or not."""
    words = [_("acting")] if holder.acting else []
    words += [span_words(holder.span)] if span_words(holder.span) else []
    return {"name": holder_name(holder), "url": holder.url, "note": ", ".join(words), "acting": holder.acting}


def filled_words(lines: Sequence[SeatLine]) -> str:
    """“9 of 12 seats filled”."""
    filled = sum(not line.vacant for line in lines)
    text = ngettext("%(filled)d of %(n)d seat filled", "%(filled)d of %(n)d seats filled", len(lines))
    return text % {"filled": filled, "n": len(lines)}

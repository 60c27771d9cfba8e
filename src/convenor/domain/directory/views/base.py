"""What the screens of the directory share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from convenor.core.records.models import Record
from convenor.core.records.queries import former_address
from convenor.core.records.registry import Panel, registry
from convenor.core.records.rules import NotAllowed, Refused, Viewer
from convenor.domain.directory import queries
from convenor.domain.directory.forms.base import ORGANISATION_NAMES, PERSON_NAMES, ReasonForm, TaskForm
from convenor.kit.http import Request, public
from convenor.kit.parts import Action, Anchor, Chip, Link, State
from convenor.kit.query import without
from convenor.kit.structs import struct

T = TypeVar("T")
Asked = TypeVar("Asked", bound=TaskForm)
WITHDRAWN: Final = "withdrawn"


def run(form: Asked, command: Callable[[Asked], T]) -> T | None:
    """Do it when the form is good; None when it is not, or when a rule refused, with the sentences in the form.

    NotAllowed goes on to the middleware: it is not something to mend in a form.
    """
    if not form.is_valid():
        return None
    try:
        return command(form)
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_breaches(refused.breaches)
        return None


def task(request: Request, form: Any, title: str, **context: Any) -> HttpResponse:
    """A task form, with the names it offers while somebody types."""
    template = context.pop("template", "directory/task.html")
    return render(request, template, {"form": form, "title": title, **offers(request.viewer, form), **context})


def offers(viewer: Viewer, *forms: Any) -> dict[str, Any]:
    """Lists of names for the fields of these forms that take one."""
    lists = {field.widget.attrs.get("list") for form in forms for field in form.fields.values()}
    return {
        "organisation_names": queries.name_choices(viewer) if ORGANISATION_NAMES in lists else (),
        "person_names": queries.person_choices(viewer) if PERSON_NAMES in lists else (),
    }


@struct
class Place:
    """Whose task it is: the record's name, its page, and the way there."""

    label: str
    url: str
    crumbs: list[Link]

    def context(self, submit_label: str, **more: Any) -> dict[str, Any]:
        """What a task form of this record shows."""
        here = [*self.crumbs, Link(self.label, self.url)]
        return {"kicker": self.label, "submit_label": submit_label, "cancel_url": self.url, "crumbs": here, **more}


@struct
class Question:
    """A step that wants a reason before it is taken: what it is called, what follows, what is said afterwards.

    leads_to: where to go then, when not to the record's page.
    """

    title: str
    label: str
    consequences: list[str]
    said: str
    leads_to: str = ""


def ask_reason(request: Request, place: Place, question: Question, command: Callable[[str], Any]) -> HttpResponse:
    """Ask why, then do it and go back to the record's page. `command` takes the reason."""
    form = ReasonForm(request.POST or None, viewer=request.viewer)
    if run(form, lambda good: command(good.cleaned_data["reason"])):
        return done(request, question.said, question.leads_to or place.url)
    context = place.context(question.label, consequences=question.consequences, submit_style="warning")
    return task(request, form, question.title, template="directory/confirm.html", **context)


def done(request: Request, words: str, url: str) -> HttpResponse:
    """Say that it was done, and go there."""
    messages.success(request, words)
    return HttpResponseRedirect(url)


def present(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page that is the same for every stranger until the day changes, since who holds an office does too."""
    return public(render(request, template, context), fresh_until=next_midnight(request.now))


def next_midnight(now: datetime) -> datetime:
    """When the site's next day begins."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min))


def or_former(request: Request, kind: str, slug: str, find: Callable[[Viewer, str], T]) -> T | HttpResponse:
    """What stands at an address; or the way to where it stands now, for one that was left."""
    try:
        return find(request.viewer, slug)
    except Http404:
        record = former_address(request.viewer, kind, slug)
        if record is None:
            raise
        return HttpResponseRedirect(page_of_record(record))


def page_of_record(record: Record) -> str:
    """The address of a record's page."""
    kind = registry.kind(record.kind)
    row = apps.get_model(kind.model)._default_manager.select_related(*kind.related).get(record=record)
    return kind.url(row)


def actions(record: Record, viewer: Viewer) -> list[Action]:
    """What the viewer may do with a record, from every app; greyed with its reason."""
    return [
        Action(action.label, action.url, "primary" if not number else "secondary", "" if action.ok else action.reason)
        for number, action in enumerate(registry.actions(record, viewer))
    ]


def panels(record: Record, viewer: Viewer) -> list[Panel]:
    """What other apps show on a record's page."""
    return registry.panels(record, viewer)


def panel_anchors(found: Sequence[Panel]) -> list[Anchor]:
    """Their places in the contents list."""
    return [Anchor(panel.anchor, panel.title) for panel in found if panel.anchor]


def state_of(record: Record, word: str = "", tone: str = "good") -> State | None:
    """The state in a record's head: withdrawn goes before everything else."""
    if record.state == WITHDRAWN:
        return State(_("Withdrawn"), "withheld")
    if not record.is_public:
        return State(_("Not public"), "withheld")
    return State(word, tone) if word else None


def head(record: Record, **context: Any) -> dict[str, Any]:
    """What every record page's head needs."""
    return {
        "record": record,
        "title": record.title,
        "kind": registry.kind(record.kind).label,
        "history_url": f"/history/{record.ref}/",
        "follow_url": f"/history/{record.ref}/feed.atom",
        **context,
    }


def downloads(resource: str, asked: Mapping[str, object], feed: str = "") -> list[Link]:
    """The ways to take a register away as the reader narrowed it. `asked`: filters of the resource with their values.

    feed: the name of its feed's address, where it has one.

    The addresses are those of DESIGN section 6.
    """
    told = {name: str(value) for name, value in asked.items() if value not in (None, "")}
    query = f"?{urlencode(told)}" if told else ""
    return [
        Link("CSV", f"/api/v1/{resource}.csv{query}"),
        Link("JSON", f"/api/v1/{resource}/{query}"),
        Link(_("All formats"), f"/data/{resource}/"),
        *([Link("Atom", reverse(feed))] if feed else []),
    ]


def with_body(request: Request, asked: Mapping[str, object]) -> dict[str, object]:
    """A register's filters with the organisation as the resource names it."""
    slug = str(asked.get("organisation", ""))
    rest = {name: value for name, value in asked.items() if name != "organisation"}
    return {**rest, "with": queries.named(request.viewer, slug)[1] if slug else ""}


def tabs(shown: str) -> list[Link]:
    """The registers of the directory, side by side."""
    names = {
        "organisations": _("Organisations"),
        "offices": _("Offices"),
        "people": _("People"),
        "partnerships": _("Partnerships"),
        "contacts": _("Engagement log"),
        "changes": _("Changes"),
    }
    return [Link(label, reverse(f"directory:{name}"), current=name == shown) for name, label in names.items()]


def body_chips(request: Request) -> list[Chip]:
    """The chip of a list that is narrowed to one organisation by a link from its page."""
    slug = request.GET.get("organisation", "")
    name = queries.named(request.viewer, slug)[0] if slug else ""
    return [Chip(_("Organisation"), name, without(request, "organisation", slug))] if name else []


def crumbs(label: str, name: str, *more: Link) -> list[Link]:
    """The way here: the register, then what stands below it."""
    return [Link(label, reverse(name)), *more]

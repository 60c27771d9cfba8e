"""Calls: written, published, prolonged, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from convenor.core.clock import commands as clock
from convenor.core.clock.rules import end_of_day
from convenor.core.records import commands as records
from convenor.core.records import rules as access
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory.commands.steps import change_slug, new_slug
from convenor.domain.engagement import rules as engagement
from convenor.domain.engagement.rules.values import IN_PUBLIC
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import steps
from convenor.domain.expressions.models import Call, CallSeat, Criterion, Option, Question
from convenor.domain.expressions.queries import facts as told
from convenor.domain.expressions.rules import calls
from convenor.domain.expressions.rules.calls import CriterionFacts, Hours, QuestionFacts
from convenor.domain.groups.commands import steps as groups
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries import values
from convenor.domain.groups.queries.desk import vacant_seats
from convenor.domain.groups.rules import states
from convenor.kit.structs import struct

OUTCOME: Final = "call-outcome"
PURGE: Final = "call-purge"
RESERVED: Final = frozenset({"add", "mine"})


@struct
class CallFacts:
    """What a call says. Times are local, on the clocks of `zone`; `named` are vacant seats it fills, if any."""

    title: str
    asked: str
    seats: int
    opens_on: date
    closes_on: date
    outcome_by: date
    purge_on: date
    notice: str
    contact: str
    opens_time: time = time(9)
    closes_time: time = time(17)
    zone: str = settings.TIME_ZONE
    constituency: str = ""
    term_starts_on: date | None = None
    term_ends_on: date | None = None
    method: str = calls.RANKED
    one_per_organisation: bool = False
    pass_mark: int = 0
    debrief: str = ""
    named: tuple[Seat, ...] = ()

    @property
    def hours(self) -> Hours:
        return Hours(self.opens_on, self.opens_time, self.closes_on, self.closes_time, self.zone)

    def columns(self) -> dict[str, Any]:
        """As the table holds it."""
        texts = {name: getattr(self, name).strip() for name in ("title", "asked", "notice", "contact", "debrief")}
        plain = (
            "opens_on", "opens_time", "closes_on", "closes_time", "zone", "outcome_by", "purge_on", "constituency",
            "term_starts_on", "term_ends_on", "method", "one_per_organisation", "pass_mark",
        )  # fmt: skip
        return {
            **texts,
            **{name: getattr(self, name) for name in plain},
            "seats": len(self.named) or self.seats,
            "opens_at": self.hours.opens_at,
            "closes_at": self.hours.closes_at,
        }


def create_call(*, by: Viewer, group: Group, facts: CallFacts, now: datetime) -> Call:
    """Write a call as a draft, which only the group's officers read."""
    with transaction.atomic():
        group = groups.locked(group)
        permissions.may_add_call(by, group).require()
        refuse_if([*groups.withdrawn(group.record), *states.open_breaches(group.state)])
        refuse_if([*_fact_breaches(facts), *_seat_breaches(group, facts, now)])
        call = Call(group=group, **facts.columns())
        call.slug = new_slug(Call, steps.KIND, _addressable(call.title))
        steps.refuse_bad_fields(call, but=("slug",))
        drafts = records.audience(f"group:{group.pk}:secretariat", f"Secretariat of {group.name}")
        call.record = records.create_record(
            kind=steps.KIND, title=call.title, now=now, visibility=access.AUDIENCE, audience=drafts
        )
        call.save()
        _name_seats(call, facts.named)
        steps.note(by, "call.created", call.record, now, steps.all_new({**_journalled(facts), "group": group}))
        return call


def edit_call(*, by: Viewer, call: Call, facts: CallFacts, now: datetime) -> Call:
    """Change a draft. What has been published does not change under those who answer it."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.draft_only(call.state))
        refuse_if([*_fact_breaches(facts), *_seat_breaches(call.group, facts, now)])
        changes = steps.set_values(call, facts.columns())
        if "title" in changes:
            records.retitle(call.record, call.title)
            change_slug(call, steps.KIND, _addressable(call.title), now)
        call.save()
        _name_seats(call, facts.named)
        if changes:
            shown = {name: change for name, change in changes.items() if name not in {"opens_at", "closes_at"}}
            steps.note(by, "call.edited", call.record, now, shown)
        return call


def set_criteria(*, by: Viewer, call: Call, rows: Sequence[CriterionFacts], now: datetime) -> Call:
    """Say what is looked for: the whole list at once, in a draft."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if([*calls.draft_only(call.state), *calls.criteria_breaches(rows)])
        Criterion.objects.filter(call=call).delete()
        for order, row in enumerate(rows, start=1):
            made = Criterion(
                call=call, order=order, name=row.name.strip(), text=row.text.strip(), weight=row.weight,
                maximum=row.maximum,
            )  # fmt: skip
            steps.refuse_bad_fields(made)
            made.save()
        said = [f"{row.name.strip()} ({row.weight} × {row.maximum})" for row in rows]
        steps.note(by, "call.criteria-set", call.record, now, {"criteria": (None, said)})
        return call


def set_questions(*, by: Viewer, call: Call, rows: Sequence[QuestionFacts], now: datetime) -> Call:
    """Ask the closed questions whose answers the balance rules name: all at once, with their bounds, in a draft."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if([*calls.draft_only(call.state), *calls.question_breaches(rows)])
        refuse_if(calls.balance_breaches(rows, call.seats))
        Question.objects.filter(call=call).delete()
        for order, row in enumerate(rows, start=1):
            _ask(call, order, row)
        said = [f"{row.text.strip()} ({', '.join(each.label for each in row.options)})" for row in rows]
        steps.note(by, "call.questions-set", call.record, now, {"questions": (None, said)})
        return call


def _ask(call: Call, order: int, row: QuestionFacts) -> None:
    question = Question(call=call, order=order, family=row.family, text=row.text.strip())
    steps.refuse_bad_fields(question)
    question.save()
    taken: set[str] = set()
    for place, option in enumerate(row.options, start=1):
        value = _free_value(option.label, taken)
        made = Option(
            question=question, order=place, value=value, label=option.label.strip(), minimum=option.minimum,
            maximum=option.maximum,
        )  # fmt: skip
        steps.refuse_bad_fields(made)
        made.save()


def _free_value(label: str, taken: set[str]) -> str:
    start = slugify(label)[:50] or "answer"
    value, number = start, 2
    while value in taken:
        value, number = f"{start}-{number}", number + 1
    taken.add(value)
    return value


def publish_call(*, by: Viewer, call: Call, now: datetime) -> Call:
    """Show the call to everybody. It opens and closes by the clock from here on."""
    with transaction.atomic():
        group = groups.locked(call.group)
        call = steps.opened(by, call)
        refuse_if(calls.draft_only(call.state))
        refuse_if([*_group_breaches(group), *calls.publish_breaches(told.told(call), now)])
        refuse_if([*_way_breaches(group, now), *_room_breaches(group, call, now), *_term_breaches(group, call, now)])
        records.show_to(call.record, now=now, visibility=access.PUBLIC)
        clock.set_deadline(record=call.record, kind=OUTCOME, due_at=end_of_day(call.outcome_by, call.zone), now=now)
        clock.set_deadline(record=call.record, kind=PURGE, due_at=end_of_day(call.purge_on, call.zone), now=now)
        changes = steps.state_change(call, calls.PUBLISHED)
        said = {"opens": _local(call.opens_on, call.opens_time), "closes": _local(call.closes_on, call.closes_time)}
        told_now = {**changes, **steps.all_new({**said, "zone": call.zone, "seats": call.seats})}
        steps.note(by, "call.published", call.record, now, told_now)
        return call


def prolong_call(*, by: Viewer, call: Call, closes_on: date, closes_time: time, reason: str, now: datetime) -> Call:
    """Move a published close later, for everybody, with a public reason."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(call.state, calls.PUBLISHED))
        hours = Hours(call.opens_on, call.opens_time, closes_on, closes_time, call.zone)
        refuse_if(calls.later_close(hours, call.closes_at, reason))
        refuse_if(_past(hours, now) + _outcome_later(call, closes_on))
        before = _local(call.closes_on, call.closes_time)
        call.closes_on, call.closes_time, call.closes_at = closes_on, closes_time, hours.closes_at
        call.save(update_fields=["closes_on", "closes_time", "closes_at"])
        changes = {"closes": (before, _local(closes_on, closes_time))}
        steps.note(by, "call.prolonged", call.record, now, changes, reason)
        return call


def _fact_breaches(facts: CallFacts) -> list[Breach]:
    found = calls.hours_breaches(facts.hours)
    if found:
        return found
    asked = calls.Told(
        seats=len(facts.named) or facts.seats,
        method=facts.method,
        pass_mark=facts.pass_mark,
        hours=facts.hours,
        outcome_by=facts.outcome_by,
        purge_on=facts.purge_on,
        term=(facts.term_starts_on, facts.term_ends_on),
    )
    needed = ("title", "asked", "notice", "contact")
    blank = [Breach("field", _("Fill this in."), name) for name in needed if not getattr(facts, name).strip()]
    return [*blank, *calls.number_breaches(asked.seats, asked.pass_mark), *calls.days_breaches(asked)]


def _seat_breaches(group: Group, facts: CallFacts, now: datetime) -> list[Breach]:
    """The seats it names are vacant ones of this group, to which people are appointed."""
    if not facts.named:
        return []
    wanted = {seat.pk for seat in facts.named}
    vacant = set(vacant_seats(Group.objects.filter(pk=group.pk), steps.today(now)).values_list("pk", flat=True))
    follows = [seat for seat in facts.named if seat.basis in {"office", "chair-of"}]
    if follows:
        text = _("“%(seat)s” follows an office or a chair: nobody is appointed to it.")
        return [Breach("seat-follows", text % {"seat": follows[0].title}, "named")]
    if wanted - vacant:
        return [Breach("seat-not-vacant", _("A seat that is named here is not vacant."), "named")]
    return []


def _name_seats(call: Call, seats: Sequence[Seat]) -> None:
    CallSeat.objects.filter(call=call).delete()
    for seat in seats:
        CallSeat.objects.create(call=call, seat=seat)


def _group_breaches(group: Group) -> list[Breach]:
    """A call is public, so its group must be; and a group that is only proposed has nothing to offer yet."""
    found = [*groups.withdrawn(group.record), *states.open_breaches(group.state)]
    if not group.record.is_public:
        found.append(Breach("group-not-public", _("The group is not public: nobody could read what it is for.")))
    if group.state == states.PROPOSED:
        found.append(Breach("group-proposed", _("The group is only proposed. Move it on to recruiting first.")))
    return found


def _way_breaches(group: Group, now: datetime) -> list[Breach]:
    """The type's own rule for how its groups are formed; a model that does not say leaves the way free."""
    rules = values.rules_of(group, steps.today(now))
    if rules is None or rules.formation in {"", *IN_PUBLIC}:
        return []
    problem = _("A call for expressions of interest is another way.")
    return [Breach("engagement.formation", f"{engagement.said(rules, 'formation')} {problem}")]


def _room_breaches(group: Group, call: Call, now: datetime) -> list[Breach]:
    """Places that are made must fit under the caps. Seats that are named are there already."""
    if call.named_seats.exists():
        return []
    found = told.cap_breaches(group, call.constituency, call.seats, steps.today(now))
    return [Breach("engagement.constituencies", text, "seats") for text in found]


def _term_breaches(group: Group, call: Call, now: datetime) -> list[Breach]:
    """Whoever accepts is appointed for this term: better refused now than when they accept."""
    rules, start = values.rules_of(group, steps.today(now)), call.term_starts_on or call.outcome_by
    found = engagement.check_term(rules, start, call.term_ends_on) if rules else []
    return [Breach(each.code, each.text, "term_ends_on") for each in found]


def _past(hours: Hours, now: datetime) -> list[Breach]:
    if hours.closes_at > now:
        return []
    return [Breach("closes-past", _("It would be closed already: choose a close that lies ahead."), "closes_on")]


def _outcome_later(call: Call, closes_on: date) -> list[Breach]:
    if closes_on <= call.outcome_by:
        return []
    text = _("The outcome is promised before that day: no later close than that.")
    return [Breach("outcome-before-close", text, "closes_on")]


def _journalled(facts: CallFacts) -> dict[str, Any]:
    columns = facts.columns()
    return {
        name: columns[name] for name in columns if name not in {"opens_at", "closes_at", "opens_time", "closes_time"}
    }


def _local(day: date, at: time) -> str:
    return f"{day.isoformat()} {at:%H:%M}"


def _addressable(title: str) -> str:
    """The title to make an address of: /calls/add/ and the like are taken by screens."""
    return f"{title} call" if slugify(title) in RESERVED else title

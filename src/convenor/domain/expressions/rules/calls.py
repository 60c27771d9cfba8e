"""The life of a call, and what a call must say before anybody may answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.clock.rules import clock_breaches, local_of, nearest_instant
from convenor.core.records.rules import Breach
from convenor.kit.dates import say_day
from convenor.kit.structs import struct

DRAFT: Final = "draft"
PUBLISHED: Final = "published"
ASSESSING: Final = "assessing"
SELECTED: Final = "selected"
OFFERS: Final = "offers"
FINISHED: Final = "finished"
WITHDRAWN: Final = "withdrawn"

ANNOUNCED: Final = "announced"
OPEN: Final = "open"
CLOSED: Final = "closed"
"""What `published` means by the clock: not open yet, open, closed."""

RUNNING: Final = (PUBLISHED, ASSESSING, SELECTED, OFFERS)
"""States in which a call still waits for something."""

RANKED: Final = "ranked"
LOTTERY: Final = "lottery"

SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@struct
class CriterionFacts:
    """What is looked for: answered in words, scored from 0 to `maximum`, counted `weight` times."""

    name: str
    text: str = ""
    weight: int = 1
    maximum: int = 5


@struct
class OptionFacts:
    """An answer to a closed question, and how many of the seats must or may go to those who chose it."""

    label: str
    minimum: int | None = None
    maximum: int | None = None


@struct
class QuestionFacts:
    """A closed question. `family` names what its answers are: segment, size, state, kind of organisation."""

    family: str
    text: str
    options: tuple[OptionFacts, ...] = ()


@struct
class Hours:
    """When a call opens and closes, on the clocks of a zone."""

    opens_on: date
    opens_time: time
    closes_on: date
    closes_time: time
    zone: str

    @property
    def opens(self) -> datetime:
        return datetime.combine(self.opens_on, self.opens_time)

    @property
    def closes(self) -> datetime:
        return datetime.combine(self.closes_on, self.closes_time)

    @property
    def opens_at(self) -> datetime:
        return nearest_instant(self.opens, self.zone)

    @property
    def closes_at(self) -> datetime:
        return nearest_instant(self.closes, self.zone)


@struct
class Told:
    """What a call must say before it may be published."""

    seats: int
    method: str
    pass_mark: int
    hours: Hours
    outcome_by: date
    purge_on: date
    term: tuple[date | None, date | None] = (None, None)
    criteria: int = 0
    questions: Sequence[QuestionFacts] = field(default_factory=tuple)


def phase(state: str, opens_at: datetime, closes_at: datetime, now: datetime) -> str:
    """The state as the clock has it: a published call is announced, then open, then closed."""
    if state != PUBLISHED:
        return state
    if now < opens_at:
        return ANNOUNCED
    return OPEN if now < closes_at else CLOSED


def hours_breaches(hours: Hours) -> list[Breach]:
    """Local times must be instants, and the close must lie after the opening."""
    found = [Breach(each.code, each.text, "opens_on") for each in clock_breaches(hours.opens, hours.zone)]
    found += [Breach(each.code, each.text, "closes_on") for each in clock_breaches(hours.closes, hours.zone)]
    if hours.closes <= hours.opens:
        found.append(Breach("closes-before-open", _("It closes after it opens."), "closes_on"))
    return found


def days_breaches(told: Told) -> list[Breach]:
    """The outcome comes after the close, the purge after the outcome, the end of the term after its beginning."""
    found = []
    if told.outcome_by < told.hours.closes_on:
        text = _("The outcome is told after the close, %(day)s.")
        found.append(Breach("outcome-before-close", text % {"day": say_day(told.hours.closes_on)}, "outcome_by"))
    if told.purge_on <= told.outcome_by:
        text = _("What people sent in is kept until everybody has heard: choose a day after %(day)s.")
        found.append(Breach("purge-before-outcome", text % {"day": say_day(told.outcome_by)}, "purge_on"))
    first, last = told.term
    if first and last and last < first:
        found.append(Breach("term-backwards", _("The term ends after it begins."), "term_ends_on"))
    return found


def number_breaches(seats: int, pass_mark: int) -> list[Breach]:
    """Numbers that make sense."""
    found = []
    if seats < 1:
        found.append(Breach("no-seats", _("A call is for one seat at least."), "seats"))
    if not 0 <= pass_mark <= 100:
        found.append(Breach("pass-mark", _("The lowest total lies between 0 and 100."), "pass_mark"))
    return found


def publish_breaches(told: Told, now: datetime) -> list[Breach]:
    """What is missing before people can answer."""
    found = [*number_breaches(told.seats, told.pass_mark), *hours_breaches(told.hours), *days_breaches(told)]
    if not found and told.hours.closes_at <= now:
        found.append(
            Breach("closes-past", _("It would be closed already: choose a close that lies ahead."), "closes_on")
        )
    if told.method == RANKED and not told.criteria:
        found.append(Breach("no-criteria", _("A ranking needs criteria: say what is looked for."), "criteria"))
    if told.pass_mark and not told.criteria:
        found.append(Breach("pass-mark-alone", _("A lowest total needs criteria to score."), "pass_mark"))
    found += balance_breaches(told.questions, told.seats)
    return found


def criteria_breaches(rows: Sequence[CriterionFacts]) -> list[Breach]:
    """Each has a name of its own, and counts."""
    names = [row.name.strip().casefold() for row in rows]
    found = []
    if not all(names):
        found.append(Breach("criterion-nameless", _("Give every criterion a name."), "name"))
    if len(set(names)) < len(names):
        found.append(Breach("criterion-twice", _("Two criteria have the same name."), "name"))
    if any(row.weight < 1 or row.maximum < 1 for row in rows):
        found.append(Breach("criterion-weightless", _("Weight and maximum are one at least."), "weight"))
    return found


def question_breaches(rows: Sequence[QuestionFacts]) -> list[Breach]:
    """Each is of a family of its own and offers two answers at least, all different."""
    found = []
    for row in rows:
        said = {"question": row.text or row.family}
        labels = [option.label.strip().casefold() for option in row.options]
        if not row.text.strip() or not SLUG.fullmatch(row.family):
            found.append(Breach("question-incomplete", _("Give every question its words and a family."), "text"))
        if len(labels) < 2 or not all(labels):
            found.append(Breach("question-options", _("“%(question)s” needs two answers at least.") % said, "options"))
        if len(set(labels)) < len(labels):
            found.append(Breach("option-twice", _("“%(question)s” offers the same answer twice.") % said, "options"))
    if len({row.family for row in rows}) < len(rows):
        found.append(Breach("family-twice", _("Two questions are of the same family."), "family"))
    return found


def balance_breaches(rows: Sequence[QuestionFacts], seats: int) -> list[Breach]:
    """Bounds that no panel of so many seats could ever keep, whoever applies."""
    found = []
    for row in rows:
        least = sum(option.minimum or 0 for option in row.options)
        most = sum(seats if option.maximum is None else option.maximum for option in row.options)
        said = {"question": row.text, "seats": seats, "least": least, "most": most}
        if least > seats:
            text = _("“%(question)s”: the minimums make %(least)d, more than the %(seats)d seats.")
            found.append(Breach("minimums-too-many", text % said, "options"))
        if most < seats:
            text = _("“%(question)s”: the maximums make %(most)d, fewer than the %(seats)d seats.")
            found.append(Breach("maximums-too-few", text % said, "options"))
        found += [
            Breach(
                "bounds-crossed",
                _("“%(label)s”: the maximum is below the minimum.") % {"label": option.label},
                "options",
            )
            for option in row.options
            if option.minimum is not None and option.maximum is not None and option.maximum < option.minimum
        ]
    return found


def draft_only(state: str) -> list[Breach]:
    """What people answered to does not change under them."""
    if state == DRAFT:
        return []
    return [Breach("call-published", _("The call has been published: what people answer to does not change any more."))]


def must_be(state: str, *wanted: str) -> list[Breach]:
    """The step belongs to another time in the call's life."""
    if state in wanted:
        return []
    return [Breach("call-state", _WRONG.get(state, _WRONG[DRAFT])())]


_WRONG: Final = {
    DRAFT: lambda: _("The call has not been published yet."),
    ANNOUNCED: lambda: _("The call is not open yet."),
    OPEN: lambda: _("The call is still open: this waits until it has closed."),
    CLOSED: lambda: _("The call has closed."),
    PUBLISHED: lambda: _("The call has been published already."),
    ASSESSING: lambda: _("The expressions are being assessed."),
    SELECTED: lambda: _("The selection has been made."),
    OFFERS: lambda: _("Offers have been made."),
    FINISHED: lambda: _("The call is finished."),
    WITHDRAWN: lambda: _("The call was withdrawn."),
}


def later_close(hours: Hours, was: datetime, reason: str) -> list[Breach]:
    """A published close only moves outward, with a public reason: nobody who planned for it may lose by it."""
    found = hours_breaches(hours)
    if not found and hours.closes_at <= was:
        found.append(Breach("close-earlier", _("A published close can be moved later, never earlier."), "closes_on"))
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why, in public."), "reason"))
    return found


def may_send(
    now_phase: str, late_until: datetime | None, closes_at: datetime, zone: str, now: datetime
) -> list[Breach]:
    """Whether something may still be sent in: the server's clock decides; a late token opens it for one person."""
    if now_phase == OPEN or (late_until is not None and now < late_until and now_phase in {CLOSED, OPEN}):
        return []
    if now_phase == CLOSED:
        text = _("The call closed on %(when)s. If something kept you from sending in time, write to the contact.")
        local = local_of(closes_at, zone)
        return [Breach("closed", text % {"when": f"{say_day(local.date())}, {local:%H:%M}"})]
    return must_be(now_phase, OPEN)


def late_breaches(until: datetime, now: datetime, reason: str, longest: timedelta = timedelta(days=30)) -> list[Breach]:
    """A late token ends, and says why."""
    found = []
    if not now < until <= now + longest:
        found.append(Breach("late-until", _("Choose a day within the next thirty."), "until"))
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why: it is kept with the call."), "reason"))
    return found


def trait(family: str, value: str) -> str:
    """The key under which the selection knows an answer: “segment:payroll”."""
    return f"{family}:{value}"


def apart(had_part: bool, could_read: bool, *, for_another: bool = False) -> list[Breach]:
    """Whoever assesses a call, had a part in deciding it, or could read what was sent in, does not apply to it.

    Nor does anybody let them in late.
    """
    if had_part and for_another:
        text = _("They assess this call, or had a part in deciding it, so they cannot apply to it.")
    elif had_part:
        text = _("You assess this call, or had a part in deciding it, so you cannot apply to it yourself.")
    elif could_read and for_another:
        text = _("Their duty lets them read what is sent in to this call, or did since it opened, so they cannot apply "
                 "to it.")  # fmt: skip
    elif could_read:
        text = _("Your duty lets you read what is sent in to this call, or did since it opened, so you cannot apply to "
                 "it yourself.")  # fmt: skip
    else:
        return []
    return [Breach("has-part" if had_part else "could-read", text, "email" if for_another else "")]

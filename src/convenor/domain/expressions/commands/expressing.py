"""What one person does with an expression: begin, come back, save, send in, take back. And what an officer may mend."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.accounts.rules import check_address
from convenor.core.notify import commands as notify
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory.models import Organisation
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import steps
from convenor.domain.expressions.models import (
    Answer,
    Call,
    Choice,
    Criterion,
    Expression,
    Offer,
    Option,
    Question,
    ReturnLink,
)
from convenor.domain.expressions.queries.access import hashed, kept_apart, part_of
from convenor.domain.expressions.rules import calls
from convenor.kit.structs import struct

ALPHABET: Final = "23456789BCDFGHJKLMNPQRSTVWXYZ"
MOST_LINKS: Final = 5
KEEP_UNCONFIRMED: Final = timedelta(days=14)
LONGEST: Final = 8000


@struct
class Content:
    """What somebody says: an organisation, words to each criterion, an answer to each closed question (by keys)."""

    name: str = ""
    organisation: Organisation | None = None
    organisation_name: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)
    choices: Mapping[int, int] = field(default_factory=dict)
    notice: bool = False


def begin_expression(*, by: Viewer, call: Call, name: str, email: str, now: datetime) -> Expression:
    """Begin, or go on with what one has begun: one expression per person per call.

    Signed in, it is the person's own. Without a sign-in the way on is mailed to the address, whether it was used
    before or not, so that nobody learns from this page who applied.
    """
    with transaction.atomic():
        call = steps.locked(call)
        email = _proved_address(by) or email  # signed in, nobody goes on with what another address began
        refuse_if([*_name_breaches(name), *check_address(email, needed=True)])
        refuse_if(calls.must_be(steps.phase_of(call, now), calls.OPEN))
        refuse_if(part_of(by, call, now))  # without a sign-in it is told behind the mailed address, and to nobody else
        expression = _begun(by, call, email)
        permissions.may_begin(by, expression if by.signed_in else None).require()
        if expression is None:
            expression = _new(by, call, name, email, now)
            steps.note_personal(by, "expression.begun", expression, now)
        elif by.signed_in and expression.person_id is None:
            _adopt(by, expression, now)
        if not by.signed_in:
            _mail_way_back(expression, now)
        return expression


def save_expression(*, by: Viewer, expression: Expression, content: Content, now: datetime) -> Expression:
    """Keep what is there so far; what is missing may come later."""
    with transaction.atomic():
        expression = _writing(by, expression, now)
        _write(expression, content, now)
        steps.note_personal(by, "expression.saved", expression, now)
        return expression


def submit_expression(*, by: Viewer, expression: Expression, content: Content, now: datetime) -> Expression:
    """Send it in, whole. Until the close it may be changed and sent again."""
    with transaction.atomic():
        expression = _writing(by, expression, now)
        refuse_if(_incomplete(expression, content))
        _write(expression, content, now)
        first = expression.state != Expression.State.SUBMITTED
        expression.state, expression.notice_at = Expression.State.SUBMITTED, expression.notice_at or now
        expression.submitted_at = now
        expression.save(update_fields=["state", "notice_at", "submitted_at"])
        steps.note_personal(by, "expression.sent-in" if first else "expression.sent-again", expression, now)
        _mail_receipt(expression, now)
        return expression


def take_back_expression(*, by: Viewer, expression: Expression, now: datetime) -> Expression:
    """Take it back, at any time until one sits: it takes part in nothing any more, and an open offer ends."""
    with transaction.atomic():
        expression = steps.expression_locked(expression)
        permissions.may_write(by, expression).require()
        if expression.state == Expression.State.TAKEN_BACK:
            return expression
        if Offer.objects.filter(expression=expression, state=Offer.State.ACCEPTED).exists():
            text = _("You take the seat already. To leave it, write to the contact of the call.")
            refuse_if([Breach("seated", text)])
        expression.state = Expression.State.TAKEN_BACK
        expression.save(update_fields=["state"])
        waiting = Offer.objects.filter(expression=expression, state=Offer.State.WAITING)
        waiting.update(state=Offer.State.DECLINED, answered_at=now)
        steps.note_personal(by, "expression.taken-back", expression, now)
        return expression


def allow_late(
    *, by: Viewer, call: Call, name: str, email: str, until: datetime, reason: str, now: datetime
) -> Expression:
    """Let one person send in after the close, with a reason that is kept; the way in is mailed to them."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(steps.phase_of(call, now), calls.CLOSED, calls.OPEN))
        refuse_if([*_name_breaches(name), *check_address(email, needed=True), *calls.late_breaches(until, now, reason)])
        theirs = set(Person.objects.filter(email=_address(email)).values_list("pk", flat=True))
        refuse_if(kept_apart(theirs, call, now, for_another=True))
        expression = Expression.objects.filter(call=call, email=_address(email)).first()
        if expression is None:
            expression = _new(None, call, name, email, now)
        expression.late_until, expression.late_reason = until, reason.strip()[:300]
        expression.save(update_fields=["late_until", "late_reason"])
        steps.note_personal(by, "expression.late-allowed", expression, now)
        _mail_way_back(expression, now)
        return expression


def name_organisation(
    *, by: Viewer, expression: Expression, organisation: Organisation | None, now: datetime
) -> Expression:
    """Say which organisation of the directory somebody meant: the rules on organisations look at it."""
    with transaction.atomic():
        expression = steps.expression_locked(expression)
        permissions.may_edit_call(by, expression.call).require()
        expression.organisation = organisation
        expression.save(update_fields=["organisation"])
        steps.note_personal(by, "expression.organisation-named", expression, now)
        return expression


def rule_out(*, by: Viewer, expression: Expression, reason: str, now: datetime) -> Expression:
    """Leave one out of the selection with a reason, which they will read; an empty reason lets it in again."""
    with transaction.atomic():
        expression = steps.expression_locked(expression)
        permissions.may_edit_call(by, expression.call).require()
        wanted = (calls.PUBLISHED, calls.ASSESSING)
        refuse_if(calls.must_be(expression.call.state, *wanted))
        expression.ruled_out = reason.strip()[:300]
        expression.save(update_fields=["ruled_out"])
        verb = "expression.ruled-out" if expression.ruled_out else "expression.let-in"
        steps.note_personal(by, verb, expression, now)
        return expression


def way_back(expression: Expression, now: datetime) -> str:
    """A new secret address (a step): its token has 256 random bits, of which only the SHA-256 is kept."""
    token = secrets.token_urlsafe(32)
    ReturnLink.objects.create(expression=expression, token_hash=hashed(token), created_at=now)
    old = ReturnLink.objects.filter(expression=expression).order_by("-pk").values_list("pk", flat=True)[MOST_LINKS:]
    ReturnLink.objects.filter(pk__in=list(old)).delete()
    return f"{settings.SITE_URL.rstrip('/')}{reverse('expressions:by-link', args=[token])}"


def _proved_address(by: Viewer) -> str:
    """The address of whoever is signed in."""
    return (Person.objects.get(pk=by.person_id).email or "") if by.person_id is not None else ""


def _begun(by: Viewer, call: Call, email: str) -> Expression | None:
    """What the person, else the address, has begun."""
    rows = Expression.objects.select_for_update(of=("self",)).filter(call=call)
    own = rows.filter(person=by.person_id).first() if by.signed_in else None
    return own or rows.filter(email=_address(email)).first()


def _new(by: Viewer | None, call: Call, name: str, email: str, now: datetime) -> Expression:
    expression = Expression(
        call=call,
        name=name.strip(),
        email=_address(email),
        reference=_reference(),
        person=Person.objects.get(pk=by.person_id) if by is not None and by.person_id is not None else None,
        created_at=now,
        confirmed_at=now if by is not None and by.signed_in else None,
    )
    steps.refuse_bad_fields(expression)
    expression.save()
    return expression


def _adopt(by: Viewer, expression: Expression, now: datetime) -> None:
    """What was begun under the address that the person has now proved by signing in."""
    expression.person_id, expression.confirmed_at = by.person_id, expression.confirmed_at or now
    expression.save(update_fields=["person", "confirmed_at"])


def _reference() -> str:
    """Random, and easy to read out: four groups of four letters."""
    letters = "".join(secrets.choice(ALPHABET) for _each in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _writing(by: Viewer, expression: Expression, now: datetime) -> Expression:
    """The expression, locked, for whoever may write it now. Coming by the secret address proves the e-mail address."""
    call = steps.locked(expression.call)
    expression = steps.expression_locked(expression)
    permissions.may_write(by, expression).require()
    refuse_if(part_of(by, call, now, expression))
    late = expression.late_until
    refuse_if(calls.may_send(steps.phase_of(call, now), late, call.closes_at, call.zone, now))
    if expression.confirmed_at is None:
        expression.confirmed_at = now
        expression.save(update_fields=["confirmed_at"])
    return expression


def _write(expression: Expression, content: Content, now: datetime) -> None:
    refuse_if(_content_breaches(expression, content))
    expression.name = content.name.strip() or expression.name
    expression.organisation, expression.organisation_name = content.organisation, content.organisation_name.strip()
    if content.notice and expression.notice_at is None:
        expression.notice_at = now
    steps.refuse_bad_fields(expression)
    expression.save(update_fields=["name", "organisation", "organisation_name", "notice_at"])
    for criterion, text in content.answers.items():
        if text.strip():
            Answer.objects.update_or_create(
                expression=expression, criterion_id=criterion, defaults={"text": text.strip()}
            )
        else:
            Answer.objects.filter(expression=expression, criterion_id=criterion).delete()
    Choice.objects.filter(expression=expression).delete()
    for question, option in content.choices.items():
        Choice.objects.create(expression=expression, question_id=question, option_id=option)


def _content_breaches(expression: Expression, content: Content) -> list[Breach]:
    """Only criteria and options of this call, and texts that fit."""
    criteria = set(Criterion.objects.filter(call=expression.call_id).values_list("pk", flat=True))
    options = set(Option.objects.filter(question__call=expression.call_id).values_list("question_id", "pk"))
    found = []
    if set(content.answers) - criteria or set(content.choices.items()) - options:
        found.append(Breach("not-asked", _("That was not asked in this call.")))
    found += [
        Breach("too-long", _("Use at most %(most)d characters.") % {"most": LONGEST}, f"answer_{key}")
        for key, text in content.answers.items()
        if len(text) > LONGEST
    ]
    found += [
        Breach("field", _("Control characters cannot be stored."), f"answer_{key}")
        for key, text in content.answers.items()
        if "\x00" in text
    ]
    return found


def _incomplete(expression: Expression, content: Content) -> list[Breach]:
    """What is missing before it can be sent in."""
    found = [
        Breach("answer-needed", _("Write a few sentences on “%(name)s”.") % {"name": name}, f"answer_{key}")
        for key, name in Criterion.objects.filter(call=expression.call_id).order_by("order").values_list("pk", "name")
        if not content.answers.get(key, "").strip()
    ]
    found += [
        Breach("choice-needed", _("Choose an answer to “%(text)s”.") % {"text": text}, f"choice_{key}")
        for key, text in Question.objects.filter(call=expression.call_id).order_by("order").values_list("pk", "text")
        if key not in content.choices
    ]
    if not (content.notice or expression.notice_at):
        text = _("Tick that you have read what is collected and why.")
        found.append(Breach("notice-needed", text, "notice"))
    return found


def _name_breaches(name: str) -> list[Breach]:
    return [] if name.strip() else [Breach("field", _("Fill in your name."), "name")]


def _address(email: str) -> str:
    return email.strip().lower()


def _mail_way_back(expression: Expression, now: datetime) -> None:
    call = expression.call
    notify.queue(
        to=expression.email,
        subject=_("Your expression of interest: %(title)s") % {"title": call.title},
        template="expression_way",
        context={"expression": expression, "call": call, "address": way_back(expression, now)},
        now=now,
        record=call.record,
    )


def _mail_receipt(expression: Expression, now: datetime) -> None:
    """It came in: with the private reference, and the way back."""
    call = expression.call
    notify.queue(
        to=expression.email,
        subject=_("Received: %(title)s") % {"title": call.title},
        template="expression_received",
        context={"expression": expression, "call": call, "address": way_back(expression, now)},
        now=now,
        record=call.record,
    )

"""The tables these screens share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.accounts.models import AccessRow, ApiToken, Assistance, DutyAssignment, Person, SignedLink
from convenor.core.records.models import Record
from convenor.core.records.rules import Viewer
from convenor.kit.parts import Action, State
from convenor.kit.query import Params
from convenor.kit.tables import Column, Table


def person_state(person: Person) -> State:
    """One word for where a person stands."""
    if person.erased_at is not None:
        return State(_("Erased"), "withheld")
    if not person.is_active:
        return State(_("Inactive"), "bad")
    return State(_("Signs in"), "good") if person.may_sign_in else State(_("Without a sign-in"), "neutral")


def period_state(starts_at: datetime, ends_at: datetime | None, now: datetime) -> State:
    """In force, not begun, ended."""
    if starts_at > now:
        return State(_("Not begun yet"), "info")
    return State(_("Ended"), "neutral") if ends_at is not None and ends_at <= now else State(_("In force"), "good")


def scopes(viewer: Viewer, records: Iterable[Record | None]) -> dict[int, str]:
    """What to call each record: its title where the viewer may read it, else its reference. One query."""
    wanted = {record.pk: record.ref for record in records if record is not None}
    read = dict(Record.objects.visible_to(viewer).filter(pk__in=wanted).values_list("pk", "title")) if wanted else {}
    return {pk: f"{ref} {read.get(pk, '')}".strip() for pk, ref in wanted.items()}


def people_table(rows: Iterable[Person], asked: Params, sort: str) -> Table[Person]:
    """The register of people."""
    return Table(
        [
            Column("name", _("Name"), "name", sort="name", priority=1, link=person_url),
            Column("email", _("E-mail address"), lambda row: row.email, sort="email"),
            Column("state", _("State"), person_state),
            Column("duties", _("Duties"), lambda row: [held.get_duty_display() for held in row.duties_now]),  # type: ignore[attr-defined]
            Column("since", _("Since"), lambda row: row.created_at.date(), sort="since", priority=3),
        ],
        rows,
        _("People"),
        sort=sort,
        asked=asked,
        caption_hidden=True,
        empty=_("Nobody matches these filters."),
    )


def duties_table(
    viewer: Viewer, rows: Iterable[DutyAssignment], *, named: bool = False, manage: bool = False
) -> Table[DutyAssignment]:
    """Duties, with their holder where the page is not about one person."""
    held = list(rows)
    called = scopes(viewer, [row.over for row in held])
    who = [
        Column[DutyAssignment]("who", _("Holder"), "person.name", priority=1, link=lambda row: person_url(row.person))
    ]
    return Table(
        [
            *(who if named else []),
            Column("duty", _("Duty"), lambda row: row.get_duty_display(), priority=1),
            Column("over", _("Over"), lambda row: called[row.over_id] if row.over_id else _("The whole site")),
            Column("from", _("From"), "starts_at"),
            Column("to", _("To"), "ends_at"),
            Column("state", _("State"), lambda row: period_state(row.starts_at, row.ends_at, viewer.now)),
        ],
        held,
        _("Duties"),
        actions=(lambda row: _duty_actions(row, viewer.now)) if manage else None,
        caption_hidden=True,
        empty=_("No duties."),
    )


def assistances_table(rows: Iterable[Assistance]) -> Table[Assistance]:
    """Who assists whom."""
    return Table(
        [
            Column("assistant", _("Assistant"), "assistant.name", priority=1),
            Column("principal", _("Assists"), "principal.name"),
            Column("may_answer", _("May answer"), "may_answer"),
            Column("from", _("From"), "starts_at"),
            Column("to", _("To"), "ends_at"),
        ],
        rows,
        _("Assistants"),
        actions=lambda row: [Action(_("End"), reverse("accounts:end-assistance", args=[row.pk]))],
        caption_hidden=True,
        empty=_("Nobody assists, and nobody is assisted."),
    )


def access_table(viewer: Viewer, rows: Iterable[AccessRow]) -> Table[AccessRow]:
    """Personal exceptions of one person."""
    held = list(rows)
    called = scopes(viewer, [row.record for row in held])
    return Table(
        [
            Column("record", _("Record"), lambda row: called[row.record_id], priority=1),
            Column("allow", _("May read it"), "allow"),
            Column("from", _("From"), "starts_at"),
            Column("to", _("To"), "ends_at"),
            Column("reason", _("Reason"), "reason"),
        ],
        held,
        _("Exceptions"),
        actions=lambda row: _access_actions(row, viewer.now),
        caption_hidden=True,
        empty=_("No exceptions."),
    )


def links_table(rows: Iterable[SignedLink]) -> Table[SignedLink]:
    """Links a person was sent and has not used."""
    return Table(
        [
            Column("purpose", _("For"), lambda row: row.purpose.replace("-", " "), priority=1),
            Column("email", _("Sent to"), "email"),
            Column("sent", _("Sent"), "created_at"),
            Column("until", _("Works until"), "expires_at"),
        ],
        rows,
        _("Open links"),
        caption_hidden=True,
        empty=_("No link is open."),
    )


def tokens_table(rows: Iterable[ApiToken], now: datetime) -> Table[ApiToken]:
    """Somebody's keys to the API."""
    return Table(
        [
            Column("name", _("For"), "name", priority=1),
            Column("scope", _("May"), lambda row: _("read and act") if row.may_act else _("read")),
            Column("until", _("Works until"), "expires_at"),
            Column("used", _("Last used"), lambda row: row.last_used_on or _("Never")),
            Column("state", _("State"), lambda row: token_state(row, now)),
        ],
        rows,
        _("API tokens"),
        actions=lambda row: _token_actions(row, now),
        caption_hidden=True,
        empty=_("No tokens. Make one for a program that reads or acts for you."),
    )


def token_state(token: ApiToken, now: datetime) -> State:
    """Works, taken back, or ended."""
    if token.revoked_at is not None:
        return State(_("Taken back"), "neutral")
    return State(_("Works"), "good") if token.expires_at > now else State(_("Ended"), "neutral")


def _token_actions(token: ApiToken, now: datetime) -> Sequence[Action]:
    if token.revoked_at is not None or token.expires_at <= now:
        return []
    return [Action(_("Take back"), reverse("accounts:revoke-token", args=[token.pk]))]


def person_url(person: Person) -> str:
    """The officers' page of a person."""
    return reverse("accounts:person", args=[person.pk])


def _duty_actions(row: DutyAssignment, now: datetime) -> Sequence[Action]:
    over = row.ends_at is not None and row.ends_at <= now
    return [] if over else [Action(_("End"), reverse("accounts:end-duty", args=[row.pk]))]


def _access_actions(row: AccessRow, now: datetime) -> Sequence[Action]:
    over = row.ends_at is not None and row.ends_at <= now
    return [] if over else [Action(_("End"), reverse("accounts:end-access", args=[row.pk]))]

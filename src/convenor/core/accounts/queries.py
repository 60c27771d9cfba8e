"""Reading people: turning one into a Viewer, the registers of people and duties, links by their token."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Case, CharField, Prefetch, Q, QuerySet, Value, When
from django.http import Http404

from convenor.core.accounts import permissions, rules
from convenor.core.accounts.models import AccessRow, ApiToken, Assistance, Duty, DutyAssignment, Person, SignedLink
from convenor.core.accounts.purposes import purposes
from convenor.core.records.models import Record
from convenor.core.records.ports import ports
from convenor.core.records.registry import registry
from convenor.core.records.rules import Breach, DutyHeld, Viewer, anonymous
from convenor.kit.prepared import Given, Prepared


def in_force(now: datetime | Given) -> Q:
    """Rows with starts_at and ends_at that hold at this instant; the end itself is outside."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def viewer_for(person: Person | None, now: datetime) -> Viewer:
    """Who is asking, with everything that decides what they see. One query, plus one per audience source."""
    if person is None or not person.is_active:
        return anonymous(now)
    held = HELD.rows(person=person.pk, now=now)
    principals = frozenset(pk for what, pk, _ in held if what == PRINCIPAL and pk is not None)
    return Viewer(
        now=now,
        person_id=person.pk,
        name=person.name,
        duties=frozenset(DutyHeld(duty, over) for what, over, duty in held if what == DUTY),
        memberships=registry.memberships([person.pk, *principals], now),
        allowed=frozenset(pk for what, pk, _ in held if what == ALLOWED and pk is not None),
        denied=frozenset(pk for what, pk, _ in held if what == DENIED and pk is not None),
        principals=principals,
    )


PRINCIPAL, ALLOWED, DENIED, DUTY = "principal", "allowed", "denied", "duty"


def _held() -> QuerySet[Any, Any]:
    """Whom a person assists, their exceptions, their duties: what, the row it is about, and the duty's name."""
    person, now = Given("person"), Given("now")
    empty = Value("", output_field=CharField())
    assists = Assistance.objects.filter(in_force(now), assistant=person, principal__is_active=True)
    access = AccessRow.objects.filter(in_force(now), person=person)
    word = Case(When(allow=True, then=Value(ALLOWED)), default=Value(DENIED), output_field=CharField())
    duties = DutyAssignment.objects.filter(in_force(now), person=person)
    parts = (
        assists.values_list(Value(PRINCIPAL, output_field=CharField()), "principal_id", empty),
        access.values_list(word, "record_id", empty),
        duties.values_list(Value(DUTY, output_field=CharField()), "over_id", "duty"),
    )
    return parts[0].union(*parts[1:], all=True)


HELD = Prepared(_held)


def viewer_by_id(person_id: int, now: datetime) -> Viewer:
    """For the worker, which must ask again at send time. A person who is gone or inactive is anybody."""
    return viewer_for(Person.objects.filter(pk=person_id).first(), now)


def viewer_of(link: SignedLink, now: datetime) -> Viewer:
    """Whoever uses a link acts as the person it was sent to."""
    return viewer_for(link.person, now)


def lock_person(pk: int) -> Person:
    """The person as they are now, locked until the command's transaction ends."""
    # no_key: who acts on somebody may be acted on at once, and each is named in the other's journal entry
    return Person.objects.select_for_update(no_key=True).get(pk=pk)


def lock_administrators() -> None:
    """The first lock of every command that may take an administrator away: two wait, and never meet crosswise."""
    rows = DutyAssignment.objects.filter(duty=Duty.ADMINISTRATOR, over=None).order_by("pk")
    list(rows.select_for_update().values_list("pk"))


def administrators(person_id: int, now: datetime) -> tuple[bool, int]:
    """Whether this person is an active administrator of the site, and how many others are."""
    held = DutyAssignment.objects.filter(in_force(now), duty=Duty.ADMINISTRATOR, over=None, person__is_active=True)
    people = set(held.values_list("person_id", flat=True))
    return person_id in people, len(people - {person_id})


def link_by_token(token: str, *, lock: bool = False) -> SignedLink | None:
    """The link with this token. The token is looked up by its hash, so no comparison tells how near a guess was."""
    token_hash = hashlib.sha256(token.encode()).hexdigest()
    found = SignedLink.objects.select_related("person", "record").filter(token_hash=token_hash, purpose__in=purposes)
    return (found.select_for_update(of=("self",)) if lock else found).first()


def link_breaches(link: SignedLink, now: datetime) -> list[Breach]:
    """Why this link does not work, or nothing."""
    facts = rules.LinkFacts(
        expires_at=link.expires_at,
        used_at=link.used_at,
        revoked_at=link.revoked_at,
        person_is_active=link.person.is_active,
        sent_to=link.email,
        email_now=link.person.email or "",
        follows_email=purposes[link.purpose].follows_email,
    )
    return rules.check_link(facts, now)


def token_by_secret(secret: str, now: datetime) -> ApiToken | None:
    """The token that works now and has this secret; looked up by its hash, like a link.

    One that has ended, was taken back or is of somebody who is shut out is the same as none.
    """
    token_hash = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
    return live_tokens(now).select_related("person").filter(token_hash=token_hash).first()


def live_tokens(now: datetime) -> QuerySet[ApiToken]:
    """Those that work at this instant."""
    return ApiToken.objects.filter(revoked_at=None, expires_at__gt=now, person__is_active=True)


def tokens_of(person: Person) -> QuerySet[ApiToken]:
    """All of one person's, newest first."""
    return person.api_tokens.order_by("-created_at", "-pk")


def owes_second_factor(viewer: Viewer) -> bool:
    """Whether somebody with a duty has no second factor yet."""
    return bool(viewer.duties) and not Authenticator.objects.filter(user_id=viewer.person_id).exists()


def access_person(viewer: Viewer, pk: int) -> Person:
    """The person, for officers (NotAllowed for others, who learn nothing of whether the person exists)."""
    permissions.may_manage_people(viewer).require()
    person = Person.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def people(viewer: Viewer, *, q: str = "", state: str = "", duty: str = "") -> QuerySet[Person]:
    """The register of people: by name or address, by state, by duty in force."""
    permissions.may_manage_people(viewer).require()
    held = DutyAssignment.objects.filter(in_force(viewer.now)).select_related("over").order_by("duty", "pk")
    rows = Person.objects.prefetch_related(Prefetch("duties", held, to_attr="duties_now"))
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(email__icontains=q))
    if duty:
        rows = rows.filter(pk__in=held.filter(duty=duty).order_by().values("person"))
    return rows.filter(PERSON_STATES.get(state, Q()))


PERSON_STATES = {
    "signs-in": Q(is_active=True, may_sign_in=True),
    "no-sign-in": Q(is_active=True, may_sign_in=False),
    "inactive": Q(is_active=False, erased_at=None),
    "erased": Q(erased_at__isnull=False),
}


def duties(viewer: Viewer, *, q: str = "", duty: str = "", when: str = "") -> QuerySet[DutyAssignment]:
    """The register of duties and who holds them, in the asked time."""
    permissions.may_manage_people(viewer).require()
    rows = DutyAssignment.objects.select_related("person", "over")
    if q:
        rows = rows.filter(Q(person__name__icontains=q) | Q(over__title__icontains=q))
    if duty:
        rows = rows.filter(duty=duty)
    return rows.filter(_when(when, viewer.now))


def duties_of(person: Person) -> QuerySet[DutyAssignment]:
    """All duties of one person, newest first."""
    return person.duties.select_related("over").order_by("-starts_at", "-pk")


def assistances_of(person: Person, now: datetime) -> QuerySet[Assistance]:
    """Who assists this person, and whom they assist, now or later."""
    return (
        Assistance.objects.filter(Q(principal=person) | Q(assistant=person))
        .filter(Q(ends_at=None) | Q(ends_at__gt=now))
        .select_related("principal", "assistant")
        .order_by("pk")
    )


def access_rows_of(person: Person) -> QuerySet[AccessRow]:
    """Personal exceptions of one person, newest first."""
    return person.access_rows.select_related("record").order_by("-starts_at", "-pk")


def open_links_of(person: Person, now: datetime) -> QuerySet[SignedLink]:
    """Links a person was sent that still work."""
    return person.signed_links.filter(used_at=None, revoked_at=None, expires_at__gt=now).order_by("-pk")


def held_about(viewer: Viewer, person: Person) -> dict[str, Any]:
    """Everything the system holds about a person, as JSON can say it. Source: Australian Privacy Principle 12."""
    permissions.may_read_personal_data(viewer, person).require()
    rows = list(access_rows_of(person))
    seen = set(Record.objects.visible_to(viewer).filter(access_rows__in=rows).values_list("pk", flat=True))
    own = {
        "person": _row(person, "name", "email", "is_active", "may_sign_in", "created_at", "last_login"),
        "duties": [
            {**_row(row, "duty", "starts_at", "ends_at", "reason"), "over": row.over.ref if row.over else None}
            for row in duties_of(person)
        ],
        "assistants": _rows(Assistance.objects.filter(principal=person).select_related("assistant"), "assistant"),
        "assists": _rows(Assistance.objects.filter(assistant=person).select_related("principal"), "principal"),
        "exceptions": [
            {**_row(row, "allow", "starts_at", "ends_at", "reason"), "record": row.record.ref}
            for row in rows
            if row.record_id in seen
        ],
        "links": [
            _row(row, "purpose", "email", "created_at", "expires_at", "used_at")
            for row in person.signed_links.order_by("pk")
        ],
        "api_tokens": [
            _row(row, "name", "may_act", "created_at", "expires_at", "revoked_at", "last_used_on")
            for row in tokens_of(person)
        ],
        "addresses": [_row(row, "email", "verified") for row in EmailAddress.objects.filter(user=person)],
        "sessions": [_row(row, "ip", "user_agent", "created_at") for row in UserSession.objects.filter(user=person)],
        "second_factors": [
            _row(row, "type", "created_at", "last_used_at") for row in Authenticator.objects.filter(user=person)
        ],
        "providers": [_row(row, "provider", "uid", "extra_data") for row in SocialAccount.objects.filter(user=person)],
    }
    return {**own, **{section: source(viewer, person.pk) for section, source in ports.personal_data.items()}}


def _rows(rows: QuerySet[Assistance], who: str) -> list[dict[str, Any]]:
    return [{**_row(row, "may_answer", "starts_at", "ends_at"), "name": getattr(row, who).name} for row in rows]


def _row(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _when(when: str, now: datetime) -> Q:
    return {
        "": in_force(now),
        "now": in_force(now),
        "past": Q(ends_at__lte=now),
        "future": Q(starts_at__gt=now),
    }.get(when, Q())

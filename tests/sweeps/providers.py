"""Which rows stand for the arguments of which addresses, and the exceptions to the general rules, with reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.core import signing

from convenor.core.accounts.models import Assistance, DutyAssignment
from convenor.core.exchange.declare import lists, resources
from convenor.core.notify.commands import UNSUBSCRIBE
from convenor.core.notify.models import Message, Subscription
from convenor.domain.groups.models import Appointment, Chairing
from tests.sweeps.addresses import ABSENT, Arguments, Provider, kind, only
from tests.world import SPECIMENS, World

NO_KEY: Final = 987654321


def refs(*kinds: str) -> Provider:
    """Refs of specimens of these kinds (what serves a ref does not care which kind it is), and an absent one."""

    def provide(world: World) -> Mapping[str, Arguments]:
        found = {
            f"{specimen}: {name}": {"ref": world.row(name, specimen).record.ref}
            for name in kinds
            for specimen in SPECIMENS
        }
        return {**found, ABSENT: {"ref": "GRP-2001-999"}}

    return provide


def cast(world: World) -> Mapping[str, Arguments]:
    """People: one of the cast, one without a sign-in, one shut out, nobody."""
    keys = {
        "member": world.people["member"].pk,
        "no sign-in": world.extras["invited"].pk,
        "inactive": world.people["inactive"].pk,
        ABSENT: NO_KEY,
    }
    return {name: {"pk": pk} for name, pk in keys.items()}


def duty_of(role: str) -> Callable[[World], Arguments]:
    return lambda world: {"pk": DutyAssignment.objects.get(person=world.people[role]).pk}


def unsubscribing(world: World) -> Arguments:
    row = Subscription.objects.filter(person=world.people["member"]).earliest("pk")
    return {"token": signing.dumps(row.pk, salt=UNSUBSCRIBE)}


def subscription_of(role: str) -> Callable[[World], Arguments]:
    return lambda world: {"pk": Subscription.objects.filter(person=world.people[role]).earliest("pk").pk}


def freeze(world: World) -> Arguments:
    return {"pk": world.extras["freeze"].pk}


def caretaker(world: World) -> Arguments:
    return {"pk": world.extras["caretaker"].pk}


def message(world: World) -> Arguments:
    """A letter that waits or was sent."""
    return {"pk": Message.objects.earliest("pk").pk}


def resource_names(only_loaded: Iterable[str] = (), **more: Any) -> Provider:
    """Every resource by its name, and what is only loaded where the address takes it."""

    def provide(world: World) -> Mapping[str, Arguments]:
        names = [*resources, *only_loaded]
        return {**{name: {"name": name, **more} for name in names}, ABSENT: {"name": "nobody-here", **more}}

    return provide


def batch_of(role: str) -> Callable[[World], Arguments]:
    return lambda world: {"token": world.extras[f"batch of {role}"].token}


BATCHES: Final[dict[str, Arguments | Callable[[World], Arguments]]] = {
    "of the officer": batch_of("officer"),
    "of the administrator": batch_of("administrator"),
    ABSENT: {"token": "0" * 32},
}
BATCH: Final = only(**BATCHES)
FILE: Final = kind("file", pk=lambda row: row.pk, name=lambda row: row.original_name)
LINK: Final = only(open=lambda world: {"token": world.extras["token"]}, absent={"token": "x" * 43})


def first(row: Any, name: str) -> int | None:
    """The key of the first row that hangs on this one."""
    return getattr(row, name).order_by("pk").values_list("pk", flat=True).first()  # type: ignore[no-any-return]


def slug(row: Any) -> str:
    return str(row.slug)


def ref(row: Any) -> str:
    return str(row.record.ref)


def interest(row: Any) -> int | None:
    """The one that is not public."""
    return row.person.interests.filter(public=False).values_list("pk", flat=True).first()  # type: ignore[no-any-return]


def version(row: Any) -> int:
    return int(row.versions.get().number)


def sat_in(row: Any) -> int:
    """The number of the seat that somebody is appointed to."""
    return int(row.seats.get(basis="individual", number__lt=90).number)


def term(row: Any) -> int:
    return int(Appointment.objects.get(seat__group=row, joined=False).pk)


def membership(row: Any) -> int:
    """The appointment of who joined by themselves."""
    return int(Appointment.objects.get(seat__group=row, joined=True).pk)


def chair(row: Any) -> int:
    return int(Chairing.objects.get(seat__group=row).pk)


def with_expression(world: World) -> Mapping[str, Arguments]:
    """Each specimen of a call with what was sent in to it; and one that is not there."""
    found = {
        specimen: {
            "slug": world.row("call", specimen).slug,
            "reference": world.extras[f"expression {specimen}"].reference,
        }
        for specimen in SPECIMENS
    }
    return {**found, ABSENT: {"slug": "nobody-here", "reference": "NONE-NONE-NONE"}}


def with_expression_and(name: str) -> Provider:
    """The same with the key of the first row that hangs on the expression (or, a criterion, on its call)."""

    def provide(world: World) -> Mapping[str, Arguments]:
        keys = {}
        for specimen in SPECIMENS:
            sent = world.extras[f"expression {specimen}"]
            keys[specimen] = {"key": first(sent.call if name == "criteria" else sent, name)}
        keys[ABSENT] = {"key": NO_KEY}
        return {specimen: {**given, **keys[specimen]} for specimen, given in with_expression(world).items()}

    return provide


def by_secret_address(world: World) -> Mapping[str, Arguments]:
    """Whoever holds the address of an expression; the call's own readers do not matter then."""
    found = {"public": {"token": world.extras["expression token public"]}}
    return {**found, ABSENT: {"token": "x" * 43}}


PROVIDERS: Final[dict[str, Provider]] = {
    "/calls/ slug": kind("call", slug=slug),
    "/calls/ slug,number": kind("call", slug=slug, number=lambda _row: 1),
    "/calls/ slug,reference": with_expression,
    "/calls/ slug,reference,key": with_expression_and("declarations"),
    "expressions:moderate": with_expression_and("criteria"),
    "expressions:interest-lift": kind("call", slug=slug, key=lambda row: first(row, "interests")),
    "expressions:assessor-end": kind("call", slug=slug, key=lambda row: first(row, "assessors")),
    "/calls/ slug,key": kind("call", slug=slug, key=lambda row: first(row, "offers")),
    "/calls/mine/ token": by_secret_address,
    "/api/v1/calls/ key": kind("call", key=slug),
    "/organisations/ slug": kind("organisation", slug=slug),
    "/organisations/changes/ ref": kind("organisation-change", ref=ref),
    "/offices/ slug": kind("office", slug=slug),
    "/offices/ slug,pk": kind("office", slug=slug, pk=lambda row: first(row, "tenures")),
    "/people/ slug": kind("person", slug=slug),
    "/people/ slug,pk": kind("person", slug=slug, pk=interest),
    "/partnerships/ slug": kind("partnership", slug=slug),
    "/groups/ slug": kind("group", slug=slug),
    "/groups/initiatives/ slug": kind("initiative", slug=slug),
    "/groups/ slug,number": kind("group", slug=slug, number=sat_in),
    "/groups/<slug:slug>/overrides/ slug,number": kind("group", slug=slug, number=lambda _row: 1),
    "/groups/<slug:slug>/parents/ slug,key": kind("group", slug=slug, key=lambda row: first(row, "parents")),
    "/groups/<slug:slug>/proposals/ slug,key": kind("group", slug=slug, key=lambda row: first(row, "proposals")),
    "/groups/reports/ ref": kind("report-back", ref=ref),
    "/api/v1/reports-back/ key": kind("report-back", key=ref),
    "/groups/<slug:slug>/terms/ slug,number": kind("group", slug=slug, number=lambda _row: 1),
    "/groups/<slug:slug>/terms/ slug,number,suffix": kind(
        "group", slug=slug, number=lambda _row: 1, suffix=lambda _row: "md"
    ),
    "groups:terms-version": kind("group", slug=slug, number=lambda _row: 2),
    "groups:terms-edit": kind("group", slug=slug, number=lambda _row: 2),
    "groups:terms-endorse": kind("group", slug=slug, number=lambda _row: 2),
    "/groups/<slug:slug>/deliveries/ slug,key": kind("group", slug=slug, key=lambda row: first(row, "deliveries")),
    "/groups/<slug:slug>/appointments/ slug,key": kind("group", slug=slug, key=term),
    "groups:mail": kind("group", slug=slug, key=lambda row: first(row, "mails")),
    "groups:seat-role-edit": only(observer={"role": "observer"}, absent={"role": "nobody"}),
    "groups:join-answer": kind("group", slug=slug, key=lambda row: first(row, "join_requests")),
    "groups:invitation-withdraw": kind("group", slug=slug, key=lambda row: first(row, "join_invitations")),
    "/groups/<slug:slug>/members/ slug,key": kind("group", slug=slug, key=membership),
    "/groups/<slug:slug>/chairs/ slug,key": kind("group", slug=slug, key=chair),
    "/api/v1/contacts/ key": kind("contact", key=ref),
    "/api/v1/organisation-changes/ key": kind("organisation-change", key=ref),
    "/api/v1/groups/ key": kind("group", key=slug),
    "/api/v1/groups/ key,number": kind("group", key=slug, number=sat_in),
    "/api/v1/groups/<slug:key>/appointments/ key,id": kind("group", key=slug, id=term),
    "/api/v1/groups/<slug:key>/chairs/ key,id": kind("group", key=slug, id=chair),
    "/api/v1/groups/<slug:key>/overrides/ key,number": kind("group", key=slug, number=lambda _row: 1),
    "/api/v1/groups/<slug:key>/terms/ key,number": kind("group", key=slug, number=lambda _row: 2),
    "/api/v1/groups/<slug:key>/parents/ key,id": kind("group", key=slug, id=lambda row: first(row, "parents")),
    "/api/v1/groups/<slug:key>/proposals/ key,id": kind("group", key=slug, id=lambda row: first(row, "proposals")),
    "/api/v1/groups/<slug:key>/deliveries/ key,id": kind("group", key=slug, id=lambda row: first(row, "deliveries")),
    "/api/v1/groups/<slug:key>/joining/requests/ key,id": kind(
        "group", key=slug, id=lambda row: first(row, "join_requests")
    ),
    "/api/v1/groups/<slug:key>/joining/invitations/ key,id": kind(
        "group", key=slug, id=lambda row: first(row, "join_invitations")
    ),
    "/api/v1/groups/<slug:key>/members/ key,id": kind("group", key=slug, id=membership),
    "/api/v1/groups/seat-roles/ role": only(public={"role": "observer"}, absent={"role": "nobody"}),
    "/api/v1/groups/initiatives/ key": kind("initiative", key=slug),
    "/api/v1/groups/reports/ key": kind("report-back", key=ref),
    "/api/v1/engagement/ key": kind("engagement-model", key=slug),
    "/api/v1/initiatives/ key": kind("initiative", key=slug),
    "/api/v1/organisations/ key": kind("organisation", key=slug),
    "/api/v1/offices/ key": kind("office", key=slug),
    "/api/v1/people/ key": kind("person", key=slug),
    "/api/v1/partnerships/ key": kind("partnership", key=slug),
    "/engagement-log/ ref": kind("contact", ref=ref),
    "/engagement/ slug": kind("engagement-model", slug=slug),
    "/engagement/ slug,number": kind("engagement-model", slug=slug, number=version),
    "/engagement/<slug:slug>/drafts/ slug,number": kind("engagement-model", slug=slug, number=lambda _row: 1),
    "/engagement/<slug:slug>/drafts/<int:number>/levels/ slug,number,part": kind(
        "engagement-model", slug=slug, number=lambda _row: 1, part=lambda row: f"{row.slug}-level"
    ),
    "/engagement/<slug:slug>/drafts/<int:number>/types/ slug,number,part": kind(
        "engagement-model", slug=slug, number=lambda _row: 1, part=lambda row: f"{row.slug}-council"
    ),
    "/engagement/ slug,type_slug": kind("engagement-model", slug=slug, type_slug=lambda row: f"{row.slug}-council"),
    "/api/v1/engagement-models/ key": kind("engagement-model", key=slug),
    "api:unknown": only(absent={"rest": "v2/groups/"}, page={"rest": "v1/nothing.html"}),
    "accounts:end-access": only(person=lambda world: {"pk": world.extras["access row"].pk}, absent={"pk": NO_KEY}),
    "accounts:end-assistance": only(
        member=lambda _world: {"pk": Assistance.objects.earliest("pk").pk}, absent={"pk": NO_KEY}
    ),
    "site:end-caretaker": only(one=caretaker, absent={"pk": NO_KEY}),
    "/api/v1/caretaker/ pk": only(public=caretaker, absent={"pk": NO_KEY}),
    "site:lift-freeze": only(one=freeze, absent={"pk": NO_KEY}),
    "/api/v1/retention/ pk": only(public=freeze, absent={"pk": NO_KEY}),
    "accounts:end-duty": only(officer=duty_of("officer"), foreign=duty_of("foreign_officer"), absent={"pk": NO_KEY}),
    "accounts:revoke-token": only(member=lambda world: {"pk": world.extras["api token"].pk}, absent={"pk": NO_KEY}),
    "accounts:link": LINK,
    "accounts:renew-link": LINK,
    "/people-admin/ pk": cast,
    "mfa_edit_webauthn": only(member=lambda world: {"pk": world.extras["passkey"].pk}, absent={"pk": NO_KEY}),
    "mfa_remove_webauthn": only(member=lambda world: {"pk": world.extras["passkey"].pk}, absent={"pk": NO_KEY}),
    "openid_connect_login": only(absent={"provider_id": "nobody"}),
    "openid_connect_callback": only(absent={"provider_id": "nobody"}),
    "files:serve": FILE,
    "notify:stop": only(member=subscription_of("member"), person=subscription_of("person"), absent={"pk": NO_KEY}),
    "notify:follow": refs("group"),
    "notify:message": only(queued=message, absent={"pk": NO_KEY}),
    "notify:settle": only(queued=message, absent={"pk": NO_KEY}),
    "notify:unsubscribe": only(member=unsubscribing, absent={"token": "forged"}),
    "/uploads/ token": BATCH,
    "exchange:columns": only(
        **BATCHES, **{"to choose": lambda world: {"token": world.extras["batch to choose"].token}}
    ),
    "exchange:sheet": only(**BATCHES, **{"to choose": lambda world: {"token": world.extras["batch of sheets"].token}}),
    "/uploads/ pk": only(kept=lambda world: {"pk": world.extras["kept mapping"].pk}, absent={"pk": NO_KEY}),
    "exchange:upload": resource_names(lists),
    "exchange:template": resource_names(lists, suffix="csv"),
    "site:data-resource": resource_names(),
    "site:resolve": refs("group", "person"),
    "site:record-history": refs("group", "person"),
    "site:record-feed": refs("group"),
}

ANY_OFFICER: Final[dict[str, str]] = {
    "directory:stage-challenge": (
        "The foreign agency is a named party of our public partnership (tests/sundries.py), and who acts for a named "
        "party may say that what we recorded is wrong: permissions.may_challenge."
    )
}
"""Routes that an officer of any agency may open over ours, by name, with the reason."""

LINK_IS_AUTHORITY: Final[dict[str, str]] = {
    "expressions:by-link-take-back": (
        "The secret address mailed to who expresses interest stands for them, for that one expression."
    ),
    "accounts:link": "A link sent by e-mail, signed and used once, stands for the person it was sent to.",
    "notify:unsubscribe": "The signed link in every letter ends that subscription without a sign-in (RFC 8058).",
}
"""Routes on which a stranger's POST may write, by name, with the reason: whoever holds the link may use it."""

SHOWN_TO_ALL: Final[dict[str, str]] = {}
"""Routes that answer everybody alike whatever the specimen, by name, with the reason."""

"""Which rows stand for the arguments of which addresses, and the exceptions to the general rules, with reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core import signing

from convenor.core.accounts.models import Assistance, DutyAssignment
from convenor.core.notify.commands import UNSUBSCRIBE
from convenor.core.notify.models import Subscription
from convenor.core.records.registry import registry
from tests.sweeps.addresses import ABSENT, Arguments, Provider, kind, only
from tests.world import SPECIMENS, World

NO_KEY: Final = 987654321


def refs(**more: Callable[[World], Any]) -> Provider:
    """A ref of every kind and specimen, the former refs of those that were published later, and an absent one."""

    def provide(world: World) -> Mapping[str, Arguments]:
        found: dict[str, Arguments] = {}
        for slug in registry.kinds:
            for specimen in SPECIMENS:
                given = {name: read(world) for name, read in more.items()}
                found[f"{specimen}: {slug}"] = {"ref": world.row(slug, specimen).record.ref, **given}
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


FILE: Final = kind("file", pk=lambda row: row.pk, name=lambda row: row.original_name)
LINK: Final = only(open=lambda world: {"token": world.extras["token"]}, absent={"token": "x" * 43})

PROVIDERS: Final[dict[str, Provider]] = {
    "accounts:end-access": only(
        person=lambda world: {"pk": world.extras["access row"].pk}, absent={"pk": NO_KEY}
    ),
    "accounts:end-assistance": only(
        member=lambda world: {"pk": Assistance.objects.earliest("pk").pk}, absent={"pk": NO_KEY}
    ),
    "accounts:end-duty": only(officer=duty_of("officer"), foreign=duty_of("foreign_officer"), absent={"pk": NO_KEY}),
    "accounts:link": LINK,
    "accounts:renew-link": LINK,
    "accounts:pk": cast,
    "mfa_edit_webauthn": only(member=lambda world: {"pk": world.extras["passkey"].pk}, absent={"pk": NO_KEY}),
    "mfa_remove_webauthn": only(member=lambda world: {"pk": world.extras["passkey"].pk}, absent={"pk": NO_KEY}),
    "openid_connect_login": only(absent={"provider_id": "nobody"}),
    "openid_connect_callback": only(absent={"provider_id": "nobody"}),
    "files:serve": FILE,
    "notify:stop": only(member=subscription_of("member"), person=subscription_of("person"), absent={"pk": NO_KEY}),
    "notify:follow": refs(),
    "notify:unsubscribe": only(member=unsubscribing, absent={"token": "forged"}),
    "site:resolve": refs(),
    "site:record-history": refs(),
    "site:record-feed": refs(),
}

ANY_OFFICER: Final[dict[str, str]] = {}
"""Routes that an officer of any agency may open over ours, by name, with the reason."""

SHOWN_TO_ALL: Final[dict[str, str]] = {}
"""Routes that answer everybody alike whatever the specimen, by name, with the reason."""

"""What the canaries must be told: nothing else about the models is written down in the tests.

Every entry says why. A model of ours stands in the registry (records.registry.public_fields), one of a library
here; who may read a row of a model without a scope of its own stands here too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db.models import F, Q

from convenor.core.records.models import visible_filter
from convenor.core.records.rules import Viewer

THIRD_PARTY: Final[dict[str, str]] = {
    "auth.Permission": "Django's own, not used: names of models.",
    "auth.Group": "Django's own, not used.",
    "contenttypes.ContentType": "Django's own: names of models.",
    "sessions.Session": "Whoever reads a session's key is that person.",
    "account.EmailAddress": "Addresses of people are never public.",
    "account.EmailConfirmation": "Its key proves an address.",
    "mfa.Authenticator": "Secrets of second factors.",
    "socialaccount.SocialApp": "Secrets of sign-in providers; ours come from the settings.",
    "socialaccount.SocialAccount": "Who somebody is at a provider.",
    "socialaccount.SocialToken": "Tokens for a provider.",
    "usersessions.UserSession": "From where and with what somebody signed in.",
}
"""Models of libraries: nothing of theirs is public."""

FREE: Final[dict[str, str]] = {
    "auth.Permission": "names of models",
    "contenttypes.ContentType": "names of models",
    "accounts.SharedCache": "counters of rate limits, written anew with each request",
    "search.Document": "copied from the records by `index_all`, which runs after the planting",
}
"""Models that are not planted."""

SHOWN_ANYWAY: Final[dict[str, Q]] = {
    "records.Record.withheld_reason": Q(disclosure__in=("existence", "title")),
    "records.Record.title": Q(disclosure="title"),
    "journal.Value.before": Q(public=True),
    "journal.Value.after": Q(public=True),
}
"""Fields that strangers may read in these rows: of a hidden record what its disclosure allows; of a value in the
journal both sides, where the command said it is public and the record is."""

ROWLESS: Final[dict[str, str]] = {
    "auth.Group": "Django's own, not used",
    "accounts.SharedCache": "counters, written anew with each request",
    "socialaccount.SocialApp": "providers come from the settings",
}
"""Models of which the world has no row."""

KEPT: Final[dict[str, str]] = {
    "accounts.SignedLink.purpose": "steers which code runs",
    "usersessions.UserSession.ip": "all of the cast have 127.0.0.1",
    "records.Freeze.kind": "the name of a kind",
    "records.Record.kind": "steers which code reads the row",
    "records.Address.kind": "steers which address it was",
    "records.RelationKinds.source_kind": "the name of a kind",
    "records.RelationKinds.target_kind": "the name of a kind",
    "records.RefCounter.prefix": "the beginning of every ref",
    "clock.Deadline.kind": "the name of a promise, shared by public ones",
    "clock.Schedule.job": "steers which code runs",
    "clock.Schedule.rule": "RFC 5545, read by code",
    "clock.Schedule.zone": "the name of a zone, read by code",
    "journal.Entry.verb": "append-only; the name of a command",
    "journal.Entry.digest": "append-only",
    "journal.Value.field": "the name of a field",
    "journal.Value.digest": "published with every proof",
    "journal.ChainLink.hash": "append-only, published",
    "journal.Seal.hash": "append-only, published",
    "journal.OutboxItem.consumer": "steers which code runs",
    "exchange.ImportBatch.resource": "steers which code reads the row",
    "exchange.ImportRow.resource": "steers which code reads the row",
    "exchange.Origin.resource": "steers which code reads the row",
    "exchange.KeptMapping.resource": "steers which code reads the row",
    "notify.Subscription.kind": "the name of a kind",
    "notify.Subscription.verbs": "names of commands",
}
"""Fields that stay as they are and are not looked for. The name of a kind, a command or a field ("organisation", "group
types") says nothing of the row it stands in and stands on public pages by right: finding it would prove nothing."""

SOUGHT: Final[dict[str, str]] = {
    "accounts.Person.password": "a hash",
    "accounts.SignedLink.token_hash": "a hash",
    "accounts.ApiToken.token_hash": "a hash",
    "sessions.Session.session_key": "the cast signs in with it",
    "sessions.Session.session_data": "the cast signs in with it",
    "usersessions.UserSession.session_key": "points at a session",
    "records.Record.ref": "its address",
    "records.Audience.key": "steers who is in it",
    "journal.Entry.nonce": "append-only",
    "journal.Value.salt": "random",
    "exchange.ImportBatch.token": "its address",
    "exchange.KeptMapping.headings": "a hash",
}
"""Fields that stay as they are because code depends on them, but whose texts belong to their row alone (an address, a
hash, a key): these are looked for as they are."""

VOCABULARIES: Final = frozenset(
    {
        "clock.Calendar",
        "clock.Holiday",
        "clock.Schedule",
        "records.Relation",
        "records.RelationKinds",
        "directory.OrganisationKind",
        "directory.Segment",
        "directory.RoleClass",
        "groups.ChairRole",
        "groups.SeatRole",
        "records.RefCounter",
        "records.CaretakerPeriod",
        "journal.ChainLink",
        "journal.Seal",
    }
)
"""Models whose rows are all for everybody: words, calendars, and the hashes of the chain."""

PATHS: Final[dict[str, str]] = {
    "records.Address": "record",
    "clock.Deadline": "record",
    "engagement.LevelRules": "version__model__record",
    "engagement.TypeRules": "version__model__record",
    "engagement.ConstituencyRules": "rules__version__model__record",
    "engagement.NamedPlace": "rules__version__model__record",
    "files.FileVersion": "file__record",
}
"""Where the record of a part is, whose model has no scope of its own."""

PUBLIC_ROWS: Final[dict[str, Callable[[Viewer], Q]]] = {
    "journal.Entry": lambda _viewer: Q(),
    "journal.Value": lambda viewer: (
        visible_filter(viewer, "entry__record") & Q(public=True, entry__at__gte=F("entry__record__published_at"))
    ),
    "records.Link": lambda viewer: visible_filter(viewer, "source") & visible_filter(viewer, "target"),
    "accounts.Person": lambda viewer: visible_filter(viewer, "profile__record"),
}
"""Models with a rule of their own for which rows strangers may read."""

ORIGINAL: Final[dict[str, str]] = {
    "journal.Value": "entry__actor",
    "exchange.ImportFile": "batch__by",
    "exchange.ImportRow": "batch__by",
    "account.EmailConfirmation": "email_address__user",
    "socialaccount.SocialToken": "account__user",
}
"""Where the person is that a row is about, when it is not on the row itself."""

"""How people come into the story's groups by themselves, and what was written to those who sit there."""

from __future__ import annotations

from typing import Any

from convenor.core.accounts.queries import viewer_for
from convenor.core.notify.commands import follow
from convenor.domain.groups.commands.joining.asking import ask_to_join
from convenor.domain.groups.commands.joining.inviting import invite
from convenor.domain.groups.commands.joining.membership import join_group, set_admission
from convenor.domain.groups.commands.joining.seating import Joining
from convenor.domain.groups.commands.mails import MailFacts, write_to_group
from convenor.web.demo.telling import Telling


def tell(telling: Telling) -> None:
    """After everybody who signs in is there: an invitation and a mail go to an address."""
    for row in telling.rows("admissions"):
        group = telling.groups[row["group"]]
        set_admission(by=telling.by, group=group, way=row["way"], reason=row["reason"], now=telling.now)
    for row in telling.rows("requests"):
        ask_to_join(
            by=telling.by, group=telling.groups[row["group"]], person=telling.person(row["name"]),
            facts=_as_whom(telling, row), note=row["note"], now=telling.now,
        )  # fmt: skip
    for row in telling.rows("joined"):
        join_group(
            by=telling.by, group=telling.groups[row["group"]], person=telling.person(row["name"]),
            facts=_as_whom(telling, row), now=telling.now,
        )  # fmt: skip
    for row in telling.rows("invitations"):
        invite(
            by=viewer_for(telling.person(row["by"]), telling.now), group=telling.groups[row["group"]],
            person=telling.person(row["name"]), side=row["side"], note=row["note"], now=telling.now,
        )  # fmt: skip
    for row in telling.rows("mails"):
        write_to_group(
            by=viewer_for(telling.person(row["by"]), telling.now), group=telling.groups[row["group"]],
            facts=MailFacts(row["subject"], row["text"]), now=telling.now,
        )  # fmt: skip
    for row in telling.rows("follows"):
        viewer = viewer_for(telling.person(row["name"]), telling.now)
        follow(by=viewer, record=telling.groups[row["group"]].record, now=telling.now)


def _as_whom(telling: Telling, row: dict[str, Any]) -> Joining:
    organisation = telling.organisations.get(row.get("organisation", ""))
    return Joining(organisation=organisation, named=row.get("named", False))

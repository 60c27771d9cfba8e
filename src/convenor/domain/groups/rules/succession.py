"""Groups that become others: merged into one, split into several (DESIGN, groups). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach


def plan_breaches(
    ended: Sequence[int], parts: Sequence[int | None], on: date, reason: str, today: date
) -> list[Breach]:
    """Why these groups cannot become those on that day. A part is the key of a group that is there; None: a new one."""
    found = []
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why: it stands on the page of every group it is about."), "reason"))
    if on > today:
        found.append(Breach("not-yet", _("This day lies ahead: record it when it has come."), "on"))
    if len(set(ended)) != len(ended):
        found.append(Breach("named-twice", _("A group is named twice."), "others"))
    if set(ended) & set(parts):
        found.append(Breach("into-itself", _("A group cannot go on as one that ends."), "into"))
    if len(parts) == 1 and len(ended) + (parts[0] is not None) < 2:
        found.append(Breach("one-only", _("Name the other group it is merged with."), "others"))
    existing = [part for part in parts if part is not None]
    if len(set(existing)) != len(existing):
        found.append(Breach("named-twice", _("A group is named twice."), "into"))
    return found


def placing_breaches(known: Iterable[int], placed: Iterable[Iterable[int]], field: str, what: str) -> list[Breach]:
    """Each seat or group below goes to one part at most, and is one of those there are."""
    counted = Counter(key for part in placed for key in part)
    if set(counted) - set(known):
        return [Breach("not-theirs", _("%(what)s that are named are not theirs.") % {"what": what}, field)]
    if any(number > 1 for number in counted.values()):
        return [Breach("placed-twice", _("%(what)s go to one group each.") % {"what": what}, field)]
    return []


def placed_children(children: Iterable[int], chosen: Sequence[Iterable[int]]) -> Mapping[int, int]:
    """Child → number of the part it stands under from then on; those nobody placed go to the first."""
    where = {key: number for number, part in enumerate(chosen) for key in part}
    return {child: where.get(child, 0) for child in children}

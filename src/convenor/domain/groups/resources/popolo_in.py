"""Popolo in: persons, organizations, posts and memberships as lists of ours, each row with its place in the file.

Another's Popolo is taken too: what the file does not say is left out, and a row that cannot be placed says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any, Final

from convenor.core.exchange.reading import FAULT, PLACE
from convenor.core.exchange.several import Format, Lists
from convenor.domain.groups.queries.popolo import OURS
from convenor.domain.groups.resources.popolo_ids import is_identified, told_apart
from convenor.domain.groups.resources.popolo_ids import text_of as _text
from convenor.domain.groups.rules.partial import is_partial, whole_day

Row = dict[str, str]
GROUPISH: Final = re.compile(
    r"committee|group|council|board|panel|commission|caucus|forum|chamber|legislature|house", re.IGNORECASE
)
DAYS: Final = ("review_due_on", "sunset_on")
KINDS: Final = ("persons", "organizations", "posts", "memberships")


def knows(said: Any) -> bool:
    """Whether a JSON file is Popolo."""
    return isinstance(said, dict) and "organizations" in said and ("memberships" in said or "persons" in said)


def read(said: Any, notes: list[str]) -> Lists:
    """The lists that the document makes."""
    things = told_apart({kind: list(_things(said, kind)) for kind in KINDS})
    bodies = {_text(each, "id"): each for each, _place in things["organizations"]}
    made: Lists = {"people": [_person(each, place) for each, place in things["persons"]]}
    groups = [(each, place) for each, place in things["organizations"] if _is_group(each)]
    others = [(each, place) for each, place in things["organizations"] if not _is_group(each)]
    made["organisations"] = [_body(each, place, bodies) for each, place in _parents_first(others)]
    made["groups"] = [_group(each, place, bodies) for each, place in _parents_first(groups)]
    made["group-parents"] = [row for each, place in groups for row in _parents(each, place)]
    group_ids = {_text(each, "id") for each, _place in groups}
    posts = {_text(each, "id"): each for each, _place in things["posts"]}
    made["offices"] = [
        _office(e, p, bodies) for e, p in things["posts"] if _text(e, "organization_id") not in group_ids
    ]
    seats = [(e, p) for e, p in things["posts"] if _text(e, "organization_id") in group_ids]
    first = _first_days(things["memberships"])
    made["seats"] = [_seat(each, place, first.get(_text(each, "id"), ""), bodies) for each, place in seats]
    made["chairing"] = [row for each, place in seats for row in _chairing(each, place)]
    for name in ("tenures", "appointments", "former-members"):
        made[name] = []
    for each, place in things["memberships"]:
        name, row = _membership(each, place, posts, group_ids)
        made[name].append(row)
    if any(_ours(each).get("group") is None for each, _place in things["organizations"]):
        notes.append("Organizations whose classification says committee, group, board or the like come in as groups.")
    return {name: rows for name, rows in made.items() if rows}


def _things(said: Mapping[str, Any], kind: str) -> Iterator[tuple[dict[str, Any], str]]:
    found = said.get(kind)
    for number, each in enumerate(found if isinstance(found, list) else [], start=1):
        yield (each if isinstance(each, dict) else {}), f"{kind}[{number}]"


def _ours(thing: Mapping[str, Any]) -> dict[str, Any]:
    found = thing.get(OURS)
    return found if isinstance(found, dict) else {}


def _is_group(thing: Mapping[str, Any]) -> bool:
    ours = _ours(thing).get("group")
    return bool(ours) if ours is not None else bool(GROUPISH.search(_text(thing, "classification")))


def _called(body: Mapping[str, Any]) -> str:
    """How other lines name a body: by its id where the file says who published it, else by its name."""
    return _text(body, "id") if is_identified(body) else _text(body, "name")


def _other(thing: Mapping[str, Any]) -> str:
    names = thing.get("other_names")
    first = names[0] if isinstance(names, list) and names and isinstance(names[0], dict) else {}
    return _text(first, "name")


def _yes(value: Any) -> str:
    return "" if value is None else "yes" if value else "no"


def _person(thing: Mapping[str, Any], place: str) -> Row:
    return {"id": _text(thing, "id"), "name": _text(thing, "name"), "about": _text(thing, "biography"), PLACE: place}


def _body(thing: Mapping[str, Any], place: str, bodies: Mapping[str, Mapping[str, Any]]) -> Row:
    above = bodies.get(_text(thing, "parent_id"), {})
    days = {"established_on": _text(thing, "founding_date"), "ended_on": _text(thing, "dissolution_date")}
    return {
        "id": _text(thing, "id"), "name": _text(thing, "name"), "short_name": _other(thing),
        "kind": _text(thing, "classification"), "summary": _text(thing, "description"), **_whole(days),
        "part_of": "" if not above or _is_group(above) else _called(above), PLACE: place,
    }  # fmt: skip


def _group(thing: Mapping[str, Any], place: str, bodies: Mapping[str, Mapping[str, Any]]) -> Row:
    ours = _ours(thing)
    parents = [str(each) for each in ours.get("parent_ids", [])] if ours.get("group") else []
    approval: Mapping[str, Any] = ours
    if links := _links(thing):
        approval, parents = _approved_alike(links)
    above = bodies.get(_text(thing, "parent_id"))
    if not ours and above is not None and _is_group(above):
        parents = [_text(thing, "parent_id")]
    host = bodies.get(str(ours.get("host_id") or "")) or _host(thing, bodies)
    row = {
        "id": _text(thing, "id"), "name": _text(thing, "name"), "acronym": _other(thing),
        "ours": _yes(ours.get("ours", False)), "type": _text(ours, "type"),
        "host": _called(host) if host else "", "parent": "; ".join(parents),
        "purpose": _text(thing, "description") or "The file does not say what it is there for.",
        "deliverable": _text(ours, "deliverable"), "state": _text(ours, "state").replace("closed", ""),
        "initiative": _text(ours, "initiative"), "approval_note": _text(approval, "approval_note"),
        **_whole({"started_on": _text(thing, "founding_date"), "approved_on": _text(approval, "approved_on")}
                 | {name: _text(ours, name) for name in DAYS}),
        PLACE: place,
    }  # fmt: skip
    if not row["host"]:
        row[FAULT] = "The file does not say which body runs it: give it a parent that is a body, or add one."
    return row


def _links(thing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each time that the group stood under another: those that go on first, so that it never is without."""
    held = _ours(thing).get("parents")
    found = [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []
    return sorted(found, key=lambda link: (_text(link, "end_date") != "", _text(link, "start_date")))


def _approved_alike(links: list[dict[str, Any]]) -> tuple[Mapping[str, Any], list[str]]:
    """The first approval, and the parents that go on with it: the group is set up under these, the rest follows."""
    said = [(_text(each, "approved_on"), _text(each, "approval_note")) for each in links]
    alike = takewhile(lambda pair: not _text(pair[0], "end_date") and pair[1] == said[0], zip(links, said, strict=True))
    return links[0], [_text(each, "parent_id") for each, _approval in alike]


def _parents(thing: Mapping[str, Any], place: str) -> Iterator[Row]:
    """The same as lines of their own, which give each its days and its approval."""
    for number, each in enumerate(_links(thing), start=1):
        group, parent, first = _text(thing, "id"), _text(each, "parent_id"), _text(each, "start_date")
        days = {"starts_on": first, "ends_on": _text(each, "end_date"), "approved_on": _text(each, "approved_on")}
        yield {
            "id": f"{group} under {parent} {first}"[:200], "group": group, "parent": parent, **_whole(days),
            "approval_note": _text(each, "approval_note"), PLACE: f"{place} parents[{number}]",
        }  # fmt: skip


def _host(thing: Mapping[str, Any], bodies: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The nearest body above that is no group; else the only body there is."""
    seen, at = set(), thing
    while (key := _text(at, "parent_id")) and key in bodies and key not in seen:
        seen.add(key)
        at = bodies[key]
        if not _is_group(at):
            return at
    others = [each for each in bodies.values() if not _is_group(each)]
    return others[0] if len(others) == 1 else None


def _parents_first(groups: list[tuple[dict[str, Any], str]]) -> list[tuple[dict[str, Any], str]]:
    """So that each group finds its parents; those that stand in a ring stay where they were, and are named."""
    ids = {_text(each, "id") for each, _place in groups}
    waiting, done, found = list(groups), set[str](), list[tuple[dict[str, Any], str]]()
    while waiting:
        ready = [pair for pair in waiting if not (_above(pair[0]) & ids) - done] or waiting
        found += ready
        done |= {_text(each, "id") for each, _place in ready}
        waiting = [pair for pair in waiting if pair not in ready]
    return found


def _above(thing: Mapping[str, Any]) -> set[str]:
    ours = _ours(thing).get("parent_ids")
    return {str(each) for each in ours} if isinstance(ours, list) else {_text(thing, "parent_id")} - {""}


def _office(thing: Mapping[str, Any], place: str, bodies: Mapping[str, Mapping[str, Any]]) -> Row:
    body = bodies.get(_text(thing, "organization_id"), {})
    title = _text(thing, "label") or _text(thing, "role")
    role = _text(_ours(thing), "role")
    return {"id": _text(thing, "id"), "title": title, "organisation": _called(body), "role": role, PLACE: place}


def _first_days(memberships: list[tuple[dict[str, Any], str]]) -> dict[str, str]:
    """The first day on which somebody is known to have been in each post."""
    found: dict[str, str] = {}
    for each, _place in memberships:
        post, began = _text(each, "post_id"), _text(each, "start_date") or _text(each, "end_date")
        if post and whole_day(began) is not None:
            found[post] = min(found.get(post, began), began)
    return found


def _seat(thing: Mapping[str, Any], place: str, known_since: str, bodies: Mapping[str, Mapping[str, Any]]) -> Row:
    """A seat stands from the day the file gives; else from the first day on which it shows somebody there."""
    ours = _ours(thing)
    basis = _text(ours, "basis") or "individual"
    column = {"office": "office", "organisation": "organisation", "chair-of": "chair_of"}.get(basis)
    days = {"starts_on": _text(thing, "start_date") or known_since, "ends_on": _text(thing, "end_date")}
    row = {
        "id": _text(thing, "id"), "group": _text(thing, "organization_id"),
        "title": _text(thing, "label") or _text(thing, "role"), "basis": basis,
        "constituency": _text(ours, "constituency"), "votes": _yes(ours.get("votes")),
        "counts_to_quorum": _yes(ours.get("counts_to_quorum")), "segment": _text(ours, "segment"),
        "role": _text(thing, "role") if ours else "", "order": _text(ours, "number"), **_whole(days), PLACE: place,
    }  # fmt: skip
    if column:
        stands_for = _text(ours, "stands_for_id")
        row[column] = _called(bodies.get(stands_for, {})) if basis == "organisation" else ""
        row[column] = row[column] or stands_for
    return row


def _chairing(thing: Mapping[str, Any], place: str) -> Iterator[Row]:
    held = _ours(thing).get("chairing")
    for number, each in enumerate(held if isinstance(held, list) else [], start=1):
        days = {"starts_on": _text(each, "start_date"), "ends_on": _text(each, "end_date")}
        yield {
            "id": f"{_text(thing, 'id')} chair {number}", "group": _text(thing, "organization_id"),
            "seat": _text(thing, "label"), "role": _text(each, "role"), **_whole(days),
            PLACE: f"{place} chairing[{number}]",
        }  # fmt: skip


def _membership(
    thing: Mapping[str, Any], place: str, posts: Mapping[str, Mapping[str, Any]], groups: set[str]
) -> tuple[str, Row]:
    """An appointment to a post of a group, a tenure of another post, a seat of its own, or a former member."""
    post = posts.get(_text(thing, "post_id"))
    group = _text(thing, "organization_id") or (_text(post, "organization_id") if post else "")
    began, ended = _text(thing, "start_date"), _text(thing, "end_date")
    key = _text(thing, "id") or f"{group} {_text(thing, 'person_id')} {_text(thing, 'role')} {began}"
    common = {"id": key[:200], "person": _text(thing, "person_id"), PLACE: place}
    if (began or ended) and not (is_partial(began or ended) and is_partial(ended or began)):
        common[FAULT] = f"“{(began or ended)[:20]}” to “{ended[:20]}” is not a time: write 2016, 2016-03 or 2016-03-01."
    ours = _ours(thing)
    if ours.get("former") or (ended and whole_day(ended) is None):
        role = _text(thing, "role") or (_text(post, "label") if post else "")
        return "former-members", {**common, "group": group, "role": role, "began": began, "ended": ended}
    days = _whole({"starts_on": began, "ends_on": ended})
    if post is not None and group not in groups:
        return "tenures", {**common, "office": _text(post, "id"), "acting": _yes(ours.get("acting")), **days}
    if post is not None:
        more = {"acting": _yes(ours.get("acting")), "instrument": _text(ours, "instrument")}
        return "appointments", {**common, "group": group, "seat": _text(post, "label"), **days, **more}
    title = _text(thing, "role") or _text(thing, "label") or "Member"
    span = {"person_from": days.get("starts_on", ""), "person_to": days.get("ends_on", "")}
    return "seats", {
        **common,
        "group": group,
        "title": f"{title} ({common['person']})"[:200],
        "basis": "individual",
        **span,
    }


def _whole(days: Mapping[str, str]) -> Row:
    """Whole days only: a year or a month is not made a day."""
    return {name: said for name, said in days.items() if said and whole_day(said) is not None}


POPOLO: Final = Format("popolo", "Popolo JSON", knows, read)

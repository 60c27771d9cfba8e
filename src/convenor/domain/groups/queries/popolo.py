"""Groups, seats and who sits in them as Popolo (popoloproject.com), streamed: what the viewer may read, no more.

Persons, organizations (bodies of the directory and groups), posts (seats and offices), memberships (appointments,
tenures, former members). What Popolo has no word for stands in `x_convenor`, so that our own file can come back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from convenor.core.exchange.declare import resources
from convenor.core.exchange.present import absolute, plain
from convenor.core.exchange.queries import stream
from convenor.core.records.rules import Viewer

OURS: Final = "x_convenor"
Thing = dict[str, Any]


def site_scheme() -> str:
    """The scheme of the references that this site gives: with the reference behind it, it is an address for ever."""
    return absolute("/r/")


def popolo_lines(viewer: Viewer, group_ref: str = "") -> Iterator[str]:
    """The document in pieces; of one group and what it needs where its ref is given."""
    yield "{"
    for number, (name, things) in enumerate(_parts(viewer, group_ref)):
        yield f'{"," if number else ""}\n"{name}": ['
        for place, thing in enumerate(things):
            yield f"{',' if place else ''}\n{json.dumps(_without_empty(thing), ensure_ascii=False)}"
        yield "\n]"
    yield "\n}\n"


def _parts(viewer: Viewer, group_ref: str) -> Iterator[tuple[str, Iterable[Thing]]]:
    if not group_ref:
        yield "persons", (_person(row) for row in _rows("people", viewer))
        yield "organizations", _organizations(viewer)
        yield "posts", _posts(viewer)
        yield "memberships", _memberships(viewer)
        return
    members = list(_group_memberships(viewer, {"group": group_ref}))
    wanted = {each["person_id"] for each in members}
    yield "persons", (_person(row) for row in _rows("people", viewer) if row["ref"] in wanted)
    yield "organizations", _groups(viewer, group_ref)
    yield "posts", _seats(viewer, {"group": group_ref})
    yield "memberships", members


def _rows(name: str, viewer: Viewer, chosen: Mapping[str, Any] | None = None) -> Iterator[Thing]:
    for values in stream(resources[name], viewer, dict(chosen or {})):
        yield plain(values)


def _organizations(viewer: Viewer) -> Iterator[Thing]:
    for row in _rows("organisations", viewer):
        yield {
            "id": row["ref"],
            "name": row["name"],
            "identifiers": _known_as(row["ref"]),
            "classification": row["kind"],
            "parent_id": _ref(row.get("part_of")),
            "other_names": _other_name(row.get("short_name")),
            "description": row.get("summary"),
            "founding_date": row.get("established_on"),
            "dissolution_date": row.get("ended_on"),
        }
    yield from _groups(viewer)


def _groups(viewer: Viewer, group_ref: str = "") -> Iterator[Thing]:
    """Each with all it ever stood under: from when to when, and when and where that was approved."""
    above: dict[str, list[Thing]] = {}
    for link in _rows("group-parents", viewer, {"group": group_ref} if group_ref else {}):
        if link["parent"]:
            dates = {"start_date": link["starts_on"], "end_date": link["ends_on"]}
            approval = {"approved_on": link["approved_on"], "approval_note": link["approval_note"]}
            told = _without_empty({"parent_id": _ref(link["parent"]), **dates, **approval})
            above.setdefault(link["group"]["ref"], []).append(told)
    for row in _rows("groups", viewer):
        if group_ref in ("", row["ref"]):
            yield _group(row, sorted(above.get(row["ref"], []), key=lambda link: link["start_date"]))


def _group(row: Thing, above: list[Thing]) -> Thing:
    order = {link["parent_id"]: number for number, link in enumerate(above)}
    parents = sorted((each["ref"] for each in row["parents"]), key=lambda ref: order.get(ref, len(order)))
    ours = {
        "group": True, "ours": row["ours"], "type": row["type"],
        "host_id": _ref(row["host"]), "parent_ids": parents, "parents": above, "deliverable": row["deliverable"],
        "state": row["group_state"], "initiative": (row["initiative"] or {}).get("title"),
        "review_due_on": row["review_due_on"], "sunset_on": row["sunset_on"],
    }  # fmt: skip
    return {
        "id": row["ref"],
        "name": row["name"],
        "identifiers": _known_as(row["ref"]),
        "classification": row["type"] or "group",
        "parent_id": parents[0] if parents else _ref(row["host"]),
        "other_names": _other_name(row["acronym"]),
        "description": row["purpose"],
        "founding_date": row["started_on"],
        "dissolution_date": row["closed_on"],
        "links": [{"url": row["url"]}],
        OURS: ours,
    }


def _posts(viewer: Viewer) -> Iterator[Thing]:
    for row in _rows("offices", viewer):
        body = _ref(row.get("organisation"))
        ours = {"role": row.get("role"), "identifiers": _known_as(row["ref"])}
        yield {"id": row["ref"], "label": row["title"], "organization_id": body, OURS: ours}
    yield from _seats(viewer, {})


def _seats(viewer: Viewer, chosen: Mapping[str, Any]) -> Iterator[Thing]:
    chairing: dict[str, list[Thing]] = {}
    for row in _rows("chairing", viewer, chosen):
        dates = {"start_date": row["starts_on"], "end_date": row["ends_on"]}
        chairing.setdefault(_seat_id(row), []).append(_without_empty({"role": row["role"], **dates}))
    for row in _rows("seats", viewer, chosen):
        key = _seat_id(row)
        ours = {name: row[name] for name in ("number", "basis", "constituency", "votes", "counts_to_quorum", "segment")}
        yield {
            "id": key,
            "label": row["title"],
            "role": row.get("role"),
            "organization_id": _ref(row["group"]),
            "start_date": row["starts_on"],
            "end_date": row["ends_on"],
            OURS: {
                **ours, "stands_for_id": _ref(row["stands_for"]), "chairing": chairing.get(key),
                "identifiers": _known_as(key),
            },
        }  # fmt: skip


def _memberships(viewer: Viewer) -> Iterator[Thing]:
    for row in _rows("tenures", viewer):
        if row["person"]:
            office, person = _ref(row["office"]), _ref(row["person"])
            dates = {"start_date": row["starts_on"], "end_date": row["ends_on"]}
            key = f"{office}/{person}/{row['starts_on'] or ''}"
            yield {"id": key, "person_id": person, "post_id": office, **dates, OURS: {"acting": row["acting"]}}
    yield from _group_memberships(viewer, {})


def _group_memberships(viewer: Viewer, chosen: Mapping[str, Any]) -> Iterator[Thing]:
    seats = _rows("seats", viewer, {**chosen, "basis": "organisation"})
    bodies = {_seat_id(row): _ref(row["stands_for"]) for row in seats}
    for row in _rows("appointments", viewer, chosen):
        if row["person"]:
            post, person = _seat_id(row), _ref(row["person"])
            yield {
                "id": f"{post}/{person}/{row['starts_on'] or ''}",
                "person_id": person,
                "organization_id": _ref(row["group"]),
                "post_id": post,
                "on_behalf_of_id": bodies.get(post),
                "start_date": row["starts_on"],
                "end_date": row["ends_on"],
                OURS: {"acting": row["acting"], "instrument": row["instrument"]},
            }
    for row in _rows("former-members", viewer, chosen):
        if row["person"]:
            group, person = _ref(row["group"]), _ref(row["person"])
            yield {
                "id": f"{group}/former/{person}/{row['role'] or ''}/{row['began'] or ''}",
                "person_id": person,
                "organization_id": group,
                "role": row["role"],
                "start_date": row["began"],
                "end_date": row["ended"],
                OURS: {"former": True},
            }


def _person(row: Thing) -> Thing:
    about = {"biography": row["about"], "identifiers": _known_as(row["ref"])}
    return {"id": row["ref"], "name": row["name"], **about, "links": [{"url": row["url"]}]}


def _known_as(key: str) -> list[Thing]:
    """Popolo's issued identifier: ours, whoever passes the file on."""
    return [{"scheme": site_scheme(), "identifier": key}]


def _seat_id(row: Thing) -> str:
    return f"{_ref(row['group'])}/{row['number']}"


def _ref(value: Any) -> str | None:
    return value["ref"] if value else None


def _other_name(name: Any) -> list[Thing]:
    return [{"name": name}] if name else []


def _without_empty(thing: Thing) -> Thing:
    found = {name: _without_empty(value) if isinstance(value, dict) else value for name, value in thing.items()}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}

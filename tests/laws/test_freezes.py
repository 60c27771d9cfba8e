"""A disposal freeze is passed by nothing that deletes: it asks, or it is said here why it need not (Archives Act s 24).

The jobs themselves are run under a freeze by tests/sweeps/test_freezes.py.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tests.laws.source import SRC, modules, tree

TECHNICAL: Final = "Technical: a session, a token, a counter, a lease, an index, a subscription, or what is computed."
CORRECTION: Final = "A correction: it never was so, and the history keeps with its values that it stood here."
DRAFTING: Final = "Words are written anew while somebody drafts them; the history keeps what it is told of each."
ASKED: Final = "The command that calls it has asked."

NEED_NOT_ASK: Final[dict[str, str]] = {
    "accounts/commands/access.py:end_access": CORRECTION,
    "accounts/commands/addresses.py:_set_address": TECHNICAL,
    "accounts/commands/duties.py:_cut": CORRECTION,
    "accounts/commands/invitations.py:open_sign_in": TECHNICAL,
    "accounts/commands/people.py:_erase_rows": TECHNICAL,
    "accounts/commands/people.py:_end_roles": ASKED,
    "accounts/commands/sessions.py:end_sessions": TECHNICAL,
    "accounts/jobs.py:tidy": TECHNICAL,
    "clock/commands.py:drop_deadline": CORRECTION,
    "clock/commands.py:_load": TECHNICAL,
    "exchange/commands/acts.py:_do_once": TECHNICAL,
    "exchange/commands/acts.py:forget_answers": TECHNICAL,
    "exchange/commands/mapped.py:forget_mapping": "No record: how a file is read. Each upload keeps how its own was.",
    "exchange/commands/columns.py:choose_sheet": TECHNICAL,
    "exchange/commands/uploads.py:check_again": TECHNICAL,
    "journal/jobs.py:stop_beating": TECHNICAL,
    "journal/jobs.py:tidy": TECHNICAL,
    "notify/commands.py:unfollow": TECHNICAL,
    "records/commands/__init__.py:unlink": CORRECTION,
    "search/commands.py:index_record": TECHNICAL,
    "search/commands.py:index_all": TECHNICAL,
    "directory/commands/partnerships.py:_set_parties": CORRECTION,
    "directory/commands/tenures.py:remove_tenure": CORRECTION,
    "expressions/commands/assessing.py:_end": "Only one who scored nothing; the history names them.",
    "expressions/commands/calls.py:set_criteria": DRAFTING,
    "expressions/commands/calls.py:set_questions": DRAFTING,
    "expressions/commands/calls.py:_name_seats": DRAFTING,
    "expressions/commands/expressing.py:way_back": TECHNICAL,
    "expressions/commands/expressing.py:_write": DRAFTING,
    "expressions/commands/telling.py:_purge_rows": ASKED,
    "groups/commands/appointments.py:strike_appointment": CORRECTION,
    "groups/commands/chairs.py:strike_chairing": CORRECTION,
    "groups/commands/deliveries.py:strike_delivery": CORRECTION,
    "groups/commands/former.py:strike_former": CORRECTION,
    "groups/commands/joining/membership.py:set_admission": CORRECTION,
    "groups/commands/joining/membership.py:_ended": CORRECTION,
    "groups/commands/joining/seating.py:seated": TECHNICAL,
    "groups/commands/joining/waiting.py:stop_watching": TECHNICAL,
    "groups/commands/joining/waiting.py:tell_of_place": TECHNICAL,
    "groups/commands/overlaps.py:compare_all": TECHNICAL,
    "groups/commands/overrides.py:strike_override": CORRECTION,
    "groups/commands/parents.py:strike_parent": CORRECTION,
    "groups/commands/places.py:_delete": CORRECTION,
    "groups/commands/succession.py:_place_child": CORRECTION,
    "groups/commands/tor.py:edit_draft": DRAFTING,
    "groups/commands/words.py:remove_chair_role": "A word that nothing uses.",
}
"""Functions that delete rows without asking whether their kind is frozen."""


def deleting(module: ast.Module) -> Iterator[str]:
    """Functions of a module that delete rows and do not ask."""
    for node in module.body:
        text = ast.unparse(node)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ".delete()" in text and "frozen" not in text:
            yield node.name


def found() -> set[str]:
    return {
        f"{'/'.join(path.relative_to(SRC).parts[1:])}:{name}" for path in modules() for name in deleting(tree(path))
    }


def test_whatever_deletes_asks_whether_it_is_frozen() -> None:
    assert sorted(found() - set(NEED_NOT_ASK)) == []


def test_no_reason_is_left_over() -> None:
    assert sorted(set(NEED_NOT_ASK) - found()) == []


def test_a_planted_purge_is_caught() -> None:
    planted = "def tidy(now):\n    Message.objects.filter(created_at__lt=now).delete()\n"
    assert list(deleting(ast.parse(planted))) == ["tidy"]
    assert list(deleting(ast.parse(planted.replace("filter", "exclude(kind__in=frozen_kinds(now)).filter")))) == []

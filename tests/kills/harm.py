# ruff: noqa: S608 - all of it from here, and meant to be harmful
"""What somebody with the database in hand might do to the journal: name → statements."""

from __future__ import annotations

FIRST_ENTRY = "WHERE id = (SELECT min(id) FROM journal_entry)"
LAST_ENTRY = "WHERE id = (SELECT max(id) FROM journal_entry)"
FIRST_VALUE = "WHERE id = (SELECT min(id) FROM journal_value WHERE erased_at IS NULL AND after IS NOT NULL)"
FORGED = """
    INSERT INTO journal_entry (id, verb, at, nonce, digest)
    VALUES (-1, 'thing.forged', '2020-01-01 00:00:00+00', 'n', 'd')"""

TAMPERINGS = {
    "altered verb": [f"UPDATE journal_entry SET verb = 'thing.forged' {FIRST_ENTRY}"],
    "altered time": [f"UPDATE journal_entry SET at = '2020-01-01 00:00:00+00' {LAST_ENTRY}"],
    "altered actor": [f"UPDATE journal_entry SET nonce = 'x' {FIRST_ENTRY}"],
    "altered value": [f"UPDATE journal_value SET after = 'forged' {FIRST_VALUE}"],
    "removed value": [f"DELETE FROM journal_value {FIRST_VALUE}"],
    "erased unsaid": [
        f"UPDATE journal_value SET after = NULL, salt = '', erased_at = '2026-01-01 00:00:00+00' {FIRST_VALUE}"
    ],
    "removed link": ["DELETE FROM journal_chainlink WHERE number = 10"],
    "altered link": ["UPDATE journal_chainlink SET hash = 'f' WHERE number = 10"],
    "reordered": [
        "UPDATE journal_chainlink SET number = -1 WHERE number = 10",
        "UPDATE journal_chainlink SET number = 10 WHERE number = 11",
        "UPDATE journal_chainlink SET number = 11 WHERE number = -1",
    ],
    "inserted": [
        FORGED,
        "INSERT INTO journal_chainlink (number, entry_id, hash) SELECT max(number) + 1, -1, 'f' FROM journal_chainlink",
    ],
    "inserted, not chained": [
        FORGED,
    ],
    "cut tail": ["DELETE FROM journal_chainlink WHERE number > 900"],
    "cut tail, own seals too": [
        "DELETE FROM journal_chainlink WHERE number > 900",
        "DELETE FROM journal_seal WHERE number > 900",
    ],
}

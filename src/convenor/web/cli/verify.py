"""`./convenor verify`: prove that nothing in the journal was rewritten, in the database or in a public export."""

from __future__ import annotations

import argparse
from pathlib import Path

from convenor.core.journal import verify
from convenor.core.journal.rules import parse_seals
from convenor.web.cli.faults import Trouble, say


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./convenor verify", description=__doc__)
    parser.add_argument("export", nargs="?", type=Path, help="a public export (zip); without it, the database")
    parser.add_argument(
        "--seals", type=Path, action="append", default=[], help="seals you kept, as /proof/seals.txt gives them"
    )
    options = parser.parse_args(arguments)

    try:
        kept = [seal for path in options.seals for seal in parse_seals(path.read_text(), str(path))]
        report = verify.check_export(options.export, kept) if options.export else verify.check_database(kept)
    except (ValueError, UnicodeDecodeError) as fault:
        raise Trouble(str(fault)) from fault
    for line in report.lines():
        say(line)
    return 0 if report.sound else 1

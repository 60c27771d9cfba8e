"""`python -m convenor COMMAND`: what the runner hands over to. Each command is a module of convenor.web.cli."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django

COMMANDS = {
    "demo": "set-up, a demonstration database, web server and worker",
    "serve": "the web server",
    "worker": "mail, search index, seals and scheduled work",
    "administrator": "make somebody an administrator: how a new site gets its first",
    "load": "load an engagement model (YAML)",
    "export": "everything public, as one zip",
    "backup": "database, files and keys, as one archive",
    "restore": "put a backup back",
    "verify": "prove that the record was not rewritten",
    "test": "the whole test suite (--fast: without browser, PostgreSQL, kills, real data)",
    "check": "lint, types, templates and the laws",
    "bench": "measurements, as ratios",
}
HIDDEN = {"manage": "Django's own commands, for developers", "reference": "write docs/reference/ from the code"}
WITH_APPS = {"administrator", "load", "export", "backup", "restore", "verify"}
"""Commands whose modules import models: the apps are made ready before them."""


def usage() -> str:
    width = max(map(len, COMMANDS))
    return "\n".join(
        ["./convenor COMMAND [options]", "", *(f"  {name:<{width}}  {what}" for name, what in COMMANDS.items())]
    )


def main(arguments: list[str]) -> int:
    """Run one command. Faults a person can mend are one sentence; nothing here shows a traceback for them."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())  # noqa: T201 - it is what was asked for
        return 0
    name, rest = arguments[0], arguments[1:]
    if name not in COMMANDS | HIDDEN:
        return complain(f"There is no command “{name}”. Say ./convenor --help to see them all.", 2)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convenor.settings")
    from convenor.web.cli.faults import sentence_of  # noqa: PLC0415 - only now are the settings named

    try:
        if name in WITH_APPS:
            django.setup()
            import_module("convenor.web.cli.databases").reach()
        module = import_module(f"convenor.web.cli.{name}")
        return int(module.main(rest) or 0)
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        said = sentence_of(fault)
        if said is None:
            raise
        return complain(said, 1)


def complain(sentence: str, code: int) -> int:
    sys.stderr.write(sentence + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

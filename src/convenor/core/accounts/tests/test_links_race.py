"""Two that press the button at once: one effect. On a database file, with threads of their own connections."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import threading, django
django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
from django.db import connection, transaction
call_command("migrate", verbosity=0)
from convenor.core.accounts import commands
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.purposes import Description, Letter, Outcome, Purpose, register
from convenor.core.records.ports import ports
from convenor.core.records.rules import Refused
from django.apps import apps

register(Purpose("race", lambda link: Description("", "", []), lambda link, now, choice: Outcome("", ""),
                 lambda link, address: Letter("", "")))
now = datetime.now(UTC)
person = Person.objects.create(name="Noa Example", email="noa@people.example")
results = []
for _ in range(20):
    with transaction.atomic():
        link, token = commands.issue_link(purpose="race", person=person, now=now)
    gate = threading.Barrier(4)
    def press():
        gate.wait()
        try:
            commands.use_link(token=token, choice="", now=now)
            results.append("used")
        except Refused as refused:
            results.append(refused.breaches[0].code)
        finally:
            connection.close()
    threads = [threading.Thread(target=press) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
entries = apps.get_model("journal", "Entry").objects.filter(verb="link.used").count()
print(results.count("used"), results.count("link-used"), entries)
"""


@pytest.mark.slow
def test_four_at_once_use_a_link_once(tmp_path: Path) -> None:
    given = {"CONVENOR_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "convenor.settings", "CONVENOR_TESTING": "yes"}
    source = Path(__file__).parents[4]
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **given, "PYTHONPATH": str(source), "DATABASE_URL": "sqlite://"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.stdout.split() == ["20", "60", "20"], ran.stderr

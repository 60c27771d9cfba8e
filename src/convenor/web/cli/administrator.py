"""`./convenor administrator E-MAIL`: give somebody the administrator's duty. How a new site gets its first one.

Whoever runs the machine may do this at any time, also when every administrator has left; the journal says so.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from django.db import transaction

from convenor.core.accounts import commands, letters
from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import in_force
from convenor.core.accounts.rules import check_address
from convenor.core.records.rules import Viewer, refuse_if, system
from convenor.web.cli import databases, serve
from convenor.web.cli.faults import Trouble, say

REASON = "Given at the command line of the machine."


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./convenor administrator", description=__doc__)
    parser.add_argument("email", metavar="E-MAIL", help="the address the person signs in with")
    parser.add_argument("--name", default="", help="what the person is called (needed for somebody new)")
    options = parser.parse_args(arguments)
    if databases.is_empty():
        serve.set_up()  # a site may begin with its administrator
    say(appointed(options.email, options.name, datetime.now(UTC)))
    return 0


def appointed(email: str, name: str, now: datetime) -> str:
    """Give the duty where it is not held, and return how the person gets in."""
    by = system(now)
    with transaction.atomic():
        person = _person(by, email.strip(), name, now)
        if not DutyAssignment.objects.filter(in_force(now), person=person, duty=Duty.ADMINISTRATOR, over=None).exists():
            commands.assign_duty(by=by, person=person, duty=Duty.ADMINISTRATOR, now=now, reason=REASON)
        if person.may_sign_in:
            return f"{person.name} is an administrator, and signs in with {person.email} as before."
        link, token = commands.invite_by_hand(by=by, person=person, now=now)
    address, until = letters.link_address(token), letters.moment(link.expires_at)
    return f"{person.name} is an administrator. This link lets them in, once, until {until}:\n{address}"


def _person(by: Viewer, email: str, name: str, now: datetime) -> Person:
    known = Person.objects.filter(email__iexact=email).first()
    if known is not None:
        return known
    refuse_if(check_address(email))
    if not name.strip():
        raise Trouble(f'Nobody here has the address {email}. To enter them, say what they are called: --name "…"')
    return commands.create_person(by=by, name=name, email=email, now=now)

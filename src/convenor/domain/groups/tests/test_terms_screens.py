"""From a vacancy or a warning to a new term, on the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from convenor.core.accounts.models import Duty
from convenor.domain.groups.commands.appointments import end_appointment
from convenor.domain.groups.models import Appointment
from convenor.domain.groups.tests.test_screens import BACKEND, signed_in
from convenor.domain.groups.tests.test_task_forms import day, text_of
from convenor.domain.groups.tests.world import START, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ONE = timedelta(days=1)


def test_the_form_offers_the_rest_of_the_term(present: World) -> None:
    group = present.group("task-group", name="Task group")
    seat = present.seat(group, "Seat")
    today = localdate(present.now)
    until = today + timedelta(days=200)
    term = present.appoint(seat, "Ada", START, until)
    end_appointment(by=present.by, appointment=term, on=today - ONE, reason="Left.", now=present.now)
    officer = signed_in(present, Duty.SECRETARIAT)
    url = f"/groups/{group.slug}/seats/{seat.number}/appoint/"
    assert "The rest of the term, until" in text_of(officer.get(url))
    present.person("Ben")
    given_days = {**day("starts_on", today), **day("ends_on", None)}
    answer = officer.post(url, {"who": "Ben", "length": "rest", "published": "on", **given_days})
    assert answer.status_code == 302, text_of(answer)
    assert Appointment.objects.get(person=present.people["Ben"]).ends_on == until
    page = text_of(Client().get("/groups/vacancies/"))
    assert "No seat is vacant" in page


def test_from_the_warning_to_the_new_term_in_one_step(present: World) -> None:
    group = present.group("task-group", name="Task group")
    today = localdate(present.now)
    person = present.person("Ada", "ada@practice.example")
    term = present.appoint(present.seat(group, "Seat"), "Ada", START, today + timedelta(days=20))
    officer = signed_in(present, Duty.SECRETARIAT)
    url = f"/groups/{group.slug}/appointments/{term.pk}/reappoint/"
    assert url in text_of(officer.get("/desk/"))
    mine = Client()
    mine.force_login(person, backend=BACKEND)
    assert "The secretariat was told." in text_of(mine.get("/my-work/"))
    page = officer.get(url)
    assert page.status_code == 200
    assert officer.post(url, day("ends_on", today + timedelta(days=300))).status_code == 302
    assert Appointment.objects.filter(person=person).count() == 2
    assert url not in text_of(officer.get("/desk/"))


def test_vacant_seats_are_downloaded_as_they_are_listed(present: World) -> None:
    group, other = present.group("task-group", name="Task group"), present.group("task-group", name="Other group")
    held, free = present.seat(group, "Held"), present.seat(group, "Free")
    elsewhere = present.seat(other, "Elsewhere")
    present.appoint(held, "Ada", START, None)
    page = text_of(Client().get(f"/groups/vacancies/?group={group.slug}"))
    url = f"/api/v1/roster.csv?vacant=true&group={group.record.ref}"
    assert url.replace("&", "&amp;") in page

    def named(url: str) -> set[str]:
        answer = b"".join(Client().get(url)).decode()
        return {seat.title for seat in (held, free, elsewhere) if f",{seat.title}," in answer}

    assert named(url) == {"Free"}
    assert named("/api/v1/roster.csv?vacant=true") == {"Free", "Elsewhere"}
    assert named("/api/v1/roster.csv?vacant=false") == {"Held"}
    before = localdate(present.now) - timedelta(days=1)
    assert named(f"/api/v1/roster.csv?on={before}&vacant=true") == {"Free", "Elsewhere"}

"""Who reads the contact list, and mail to a group: to whom it goes, who never sees whose address, what is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from convenor.core.accounts.models import Duty, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.notify.jobs import send_one
from convenor.core.notify.models import Message
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.appointments import end_appointment
from convenor.domain.groups.commands.joining import Joining, join_group, set_admission
from convenor.domain.groups.commands.mails import (
    MailFacts,
    purge_mails,
    recipients_of,
    set_contact_readers,
    write_to_group,
)
from convenor.domain.groups.models import Appointment, Group, GroupMail
from convenor.domain.groups.queries.contacts import contacts_of
from convenor.domain.groups.tests.test_screens import BACKEND, signed_in
from convenor.domain.groups.tests.test_task_forms import text_of
from convenor.domain.groups.tests.world import START, World, last_told, private_fields

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Postman:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, mail: Any, recipient: str) -> None:
        self.sent.append((recipient, mail.as_string()))

    def close(self) -> None: ...


@pytest.fixture
def council(present: World) -> Group:
    """Chaired by Chris for the agency; Pat and Quinn sit for providers, Quinn without an address."""
    group = present.group("council")
    for name, side, email in (("Chris", "agency", True), ("Pat", "providers", True), ("Quinn", "providers", False)):
        present.person(name, f"{name.lower()}@practice.example" if email else "")
        seat = present.seat(group, f"Seat of {name}", constituency=side)
        present.appoint(seat, name)
        if name == "Chris":
            present.chair(seat, "co-chair")
    return group


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def names(present: World, group: Group, **facts: str) -> list[str]:
    given = MailFacts("Subject", "Text", **facts)
    return [each.name for each in recipients_of(present.by, group, given, localdate(present.now))]


def test_who_reads_the_contact_list(present: World, council: Group) -> None:
    chris, pat = (viewer_for(present.people[name], present.now) for name in ("Chris", "Pat"))
    assert permissions.may_read_contacts(present.officer(), council)
    assert permissions.may_read_contacts(chris, council)
    assert not permissions.may_read_contacts(pat, council)
    assert not permissions.may_read_contacts(present.somebody(), council)
    with pytest.raises(Refused):
        set_contact_readers(by=present.by, group=council, members=True, now=present.now)
    council = set_contact_readers(by=present.by, group=council, members=True, reason="They agreed.", now=present.now)
    assert permissions.may_read_contacts(pat, council)
    assert not permissions.may_read_contacts(present.somebody(), council)
    assert last_told(council.record)[0] == "group.contact-readers-set"


def test_the_list_on_the_page_and_as_csv(present: World, council: Group) -> None:
    officer = signed_in(present, Duty.SECRETARIAT)
    page = text_of(officer.get(f"/groups/{council.slug}/contacts/"))
    assert "pat@practice.example" in page
    file = text_of(officer.get(f"/groups/{council.slug}/contacts.csv"))
    assert file.splitlines()[0] == "name,organisation,seat,role,chairs_as,email"
    assert "Pat,,Seat of Pat,Member,,pat@practice.example" in file
    for address in ("contacts/", "contacts.csv", "write/", "mails/"):
        assert Client().get(f"/groups/{council.slug}/{address}").status_code == 302
        assert client_of(present.people["Pat"]).get(f"/groups/{council.slug}/{address}").status_code == 403
    assert "practice.example" not in text_of(Client().get(f"/groups/{council.slug}/"))


def test_contacts_name_those_who_are_not_named_in_public(present: World) -> None:
    """Officers and chairs work with everybody; the public list stays silent."""
    group = present.group("council")
    set_admission(by=present.by, group=group, way="open", side="providers", now=present.now)
    person = present.person("Ria", "ria@practice.example")
    join_group(by=viewer_for(person, present.now), group=group, person=person, facts=Joining(), now=present.now)
    assert [each.name for each in contacts_of(present.by, group, localdate(present.now))] == ["Ria"]
    assert "Ria" not in text_of(Client().get(f"/groups/{group.slug}/"))


def test_to_whom_it_goes(present: World, council: Group) -> None:
    assert names(present, council) == ["Chris", "Pat"], "Quinn has no address"
    assert names(present, council, to="chairs") == ["Chris"]
    assert names(present, council, to="side", side="providers") == ["Pat"]


def test_compose_look_send_and_read_what_was_sent(present: World, council: Group) -> None:
    chair = client_of(present.people["Chris"])
    url = f"/groups/{council.slug}/write/"
    given = {"to": "everybody", "subject": "Next meeting", "text": "We meet on Monday."}
    assert "Say" not in text_of(chair.get(url))
    assert "<title>Error:" in text_of(chair.post(url, {**given, "text": ""}))
    preview = text_of(chair.post(url, given))
    assert "2 people get it" in preview
    assert "Send it to 2 people" in preview
    assert "pat@practice.example" not in preview
    assert not GroupMail.objects.exists(), "looking sends nothing"
    changed = text_of(chair.post(url, {**given, "step": "change"}))
    assert "We meet on Monday." in changed
    answer = chair.post(url, {**given, "step": "send"})
    mail = GroupMail.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/groups/{council.slug}/mails/{mail.pk}/")
    assert (mail.sender, mail.recipients) == (present.people["Chris"], 2)
    page = text_of(chair.get(f"/groups/{council.slug}/mails/{mail.pk}/"))
    assert "Waiting" in page
    assert "Next meeting" in text_of(chair.get(f"/groups/{council.slug}/mails/"))
    assert private_fields(council.record) >= {"subject", "recipients"}


def test_one_mail_each_and_nobody_reads_anybody_elses_address(present: World, council: Group) -> None:
    facts = MailFacts("Next meeting", "We meet on Monday.")
    write_to_group(by=present.by, group=council, facts=facts, now=present.now)
    postman = Postman()
    for message in Message.objects.order_by("pk"):
        send_one(message, postman, present.now)
    assert sorted(to for to, _text in postman.sent) == ["chris@practice.example", "pat@practice.example"]
    for to, text in postman.sent:
        others = {"chris@practice.example", "pat@practice.example"} - {to}
        assert not any(other in text for other in others)
        assert "List-Unsubscribe" not in text
        assert "You get this because you sit in" in " ".join(text.replace("=\n", "").split())


def test_who_left_meanwhile_gets_nothing(present: World, council: Group) -> None:
    facts = MailFacts("Next meeting", "We meet on Monday.", "side", "providers")
    write_to_group(by=present.by, group=council, facts=facts, now=present.now)
    term = Appointment.objects.get(person=present.people["Pat"])
    yesterday = localdate(present.now) - timedelta(days=1)
    end_appointment(by=present.by, appointment=term, on=yesterday, now=present.now)
    message, postman = Message.objects.get(), Postman()
    send_one(message, postman, present.now)
    assert postman.sent == []
    message.refresh_from_db()
    assert message.not_sent == "No longer one of those it was for."
    officer = signed_in(present, Duty.SECRETARIAT)
    page = text_of(officer.get(f"/groups/{council.slug}/mails/{GroupMail.objects.get().pk}/"))
    assert "Not sent: No longer one of those it was for." in page


def test_a_bounce_is_seen_where_the_mail_is(present: World, council: Group) -> None:
    facts = MailFacts("Next meeting", "We meet on Monday.", "chairs")
    mail = write_to_group(by=present.by, group=council, facts=facts, now=present.now)
    Message.objects.update(bounced_at=present.now, bounce_reason="Nobody there.", done_at=present.now)
    officer = signed_in(present, Duty.SECRETARIAT)
    assert "Came back: Nobody there." in text_of(officer.get(f"/groups/{council.slug}/mails/{mail.pk}/"))


def test_only_officers_and_chairs_write_and_never_to_nobody(present: World, council: Group) -> None:
    facts = MailFacts("Next meeting", "We meet on Monday.")
    with pytest.raises(NotAllowed):
        write_to_group(by=viewer_for(present.people["Pat"], present.now), group=council, facts=facts, now=present.now)
    with pytest.raises(Refused) as refused:
        write_to_group(by=present.by, group=council, facts=MailFacts(" ", " "), now=present.now)
    assert [breach.code for breach in refused.value.breaches] == ["subject-needed", "text-needed"]
    Appointment.objects.all().delete()
    with pytest.raises(Refused) as refused:
        write_to_group(by=present.by, group=council, facts=facts, now=present.now)
    assert [breach.code for breach in refused.value.breaches] == ["nobody"]


def test_the_text_is_emptied_after_a_year_and_the_log_stays(present: World, council: Group) -> None:
    facts = MailFacts("Next meeting", "We meet on Monday.")
    write_to_group(by=present.by, group=council, facts=facts, now=present.now)
    assert purge_mails(by=present.by, now=present.now + timedelta(days=360)) == 0
    assert purge_mails(by=present.by, now=present.now + timedelta(days=367)) == 1
    kept = GroupMail.objects.get()
    assert (kept.text, kept.subject, kept.recipients) == ("", "Next meeting", 2)
    assert datetime.now(UTC).year >= START.year

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from pytest_django import Settings

from convenor.core.accounts.models import AccessRow, Person
from convenor.core.journal.outbox import Later
from convenor.core.notify import commands, jobs
from convenor.core.notify.backend import OutboxBackend
from convenor.core.notify.models import Message
from convenor.core.notify.tests.conftest import Kept
from convenor.core.notify.transport import Bounced, FileTransport
from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.core.records.rules import SEALED, DutyHeld, NotAllowed, Refused, Viewer
from tests.things import make_thing, note, things_known

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def queue(to: Person | str, now: datetime, **given: object) -> Message:
    fields = {"subject": "Hello", "template": "due", "context": {"late": 1, "soon": 2, "desk": "/desk/"}, **given}
    return commands.queue(to=to, now=now, **fields)  # type: ignore[arg-type]


def send(kept: Kept, now: datetime) -> Message:
    jobs.send_due(kept, worker="one", clock=lambda: now, stopping=lambda: False)
    return Message.objects.latest("id")


def test_text_and_html_from_one_template_and_the_body_goes_once_sent(person: Person, kept: Kept, now: datetime) -> None:
    made = queue(person, now)
    assert "- 1 promise is overdue\n- 2 fall due within three days" in made.text
    sent = send(kept, now)
    [(recipient, mail)] = kept.sent
    assert (recipient, mail["To"], mail["Auto-Submitted"]) == (person.email, person.email, "auto-generated")
    assert mail["Message-ID"] == made.message_id
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (sent.sent_at, sent.done_at, sent.text, sent.html) == (now, now, "", "")


def test_a_key_makes_queueing_idempotent(person: Person, now: datetime) -> None:
    assert queue(person, now, key="k").pk == queue(person, now, key="k").pk
    assert queue(person, now).pk != queue(person, now).pk


@pytest.mark.parametrize(
    "address", ["", "a@b.example\nBcc: c@d.example", "a@b.example\r\n", "not an address", "a@b.example,c@d.example"]
)
def test_what_is_no_address_is_refused(now: datetime, address: str) -> None:
    with pytest.raises(Refused, match="is not an e-mail address"):
        queue(address, now)


def test_no_header_can_be_broken_out_of(person: Person, kept: Kept, now: datetime) -> None:
    queue(person, now, subject="Hello\r\nBcc: c@d.example\u2028X: y", unsubscribe="https://x.example/\nX-Evil: 1")
    send(kept, now)
    [(_, mail)] = kept.sent
    assert mail["Subject"] == "Hello Bcc: c@d.example X: y"
    assert {"Bcc", "X", "X-Evil"}.isdisjoint(mail.keys())
    head = bytes(mail).split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert b"\nX-Evil" not in head


def test_the_way_out_and_the_marking_are_headers(person: Person, kept: Kept, now: datetime, settings: Settings) -> None:
    settings.MAIL_MARKING = "OFFICIAL"
    queue(person, now, unsubscribe="https://x.example/stop/")
    send(kept, now)
    [(_, mail)] = kept.sent
    assert mail["List-Unsubscribe"] == "<https://x.example/stop/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["X-Protective-Marking"] == "VER=2024.1, NS=gov.au, SEC=OFFICIAL, ORIGIN=no-reply@127.0.0.1"
    assert mail["Subject"] == "Hello [SEC=OFFICIAL]"


def lose_access(person: Person, record: Record, now: datetime) -> None:
    AccessRow.objects.filter(person=person).update(ends_at=now + MINUTE)


def become_sealed(person: Person, record: Record, now: datetime) -> None:
    AccessRow.objects.create(person=person, record=record, allow=False, starts_at=now, reason="Conflict of interest")


def deactivate(person: Person, record: Record, now: datetime) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)


def lose_address(person: Person, record: Record, now: datetime) -> None:
    Person.objects.filter(pk=person.pk).update(email=None)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lose_access, "No longer allowed."),
        (become_sealed, "No longer allowed."),
        (deactivate, "The person is no longer here."),
        (lose_address, "The person is no longer here."),
    ],
)
def test_access_is_asked_again_when_sending(
    person: Person, kept: Kept, now: datetime, change: object, why: str
) -> None:
    record = make_thing(now, visibility=SEALED)
    AccessRow.objects.create(person=person, record=record, allow=True, starts_at=now, reason="Proxy")
    queue(person, now, record=record)
    change(person, record, now)  # type: ignore[operator]
    held = send(kept, now + MINUTE)
    assert kept.sent == []
    assert (held.not_sent, held.sent_at, held.done_at, held.text) == (why, None, now + MINUTE, "")


def test_who_still_may_read_gets_it(person: Person, kept: Kept, now: datetime) -> None:
    record = make_thing(now, visibility=SEALED)
    AccessRow.objects.create(person=person, record=record, allow=True, starts_at=now, reason="Proxy")
    queue(person, now, record=record)
    assert send(kept, now).sent_at == now


def test_an_entry_from_before_it_was_shown_is_held_back(person: Person, kept: Kept, now: datetime) -> None:
    record = make_thing(now)
    entry = note(now, "thing.made", record=record)
    queue(person, now, record=record, entry=entry)
    with transaction.atomic(), things_known():
        records.show_to(record, now=now + MINUTE, visibility="public")
    assert send(kept, now + MINUTE).not_sent == "No longer allowed."


def test_an_address_gets_only_what_anybody_may_read(kept: Kept, now: datetime) -> None:
    queue("anybody@convenor.example", now, record=make_thing(now))
    assert send(kept, now).sent_at == now
    queue("anybody@convenor.example", now, record=make_thing(now, visibility=SEALED))
    assert send(kept, now).not_sent == "No longer allowed."


def test_a_code_that_is_too_old_is_not_sent(kept: Kept, now: datetime) -> None:
    queue("a@convenor.example", now, send_before=now + MINUTE)
    assert send(kept, now + MINUTE).not_sent == "Too late to be of use."


def test_what_was_sent_but_not_marked_done_is_not_sent_again(person: Person, kept: Kept, now: datetime) -> None:
    message = queue(person, now)
    Message.objects.filter(pk=message.pk).update(sent_at=now)
    assert send(kept, now).done_at == now
    assert kept.sent == []


def test_a_bounce_goes_to_the_desk_until_settled(person: Person, kept: Kept, now: datetime, by_system: Viewer) -> None:
    from convenor.core.notify.queries import bounced

    officer = Viewer(now=now, person_id=person.pk, duties=frozenset([DutyHeld("secretariat")]))
    kept.raises = Bounced("550 No such user")
    queue(person, now)
    message = send(kept, now)
    assert (message.bounced_at, message.bounce_reason, message.failed_at) == (now, "550 No such user", now)
    assert [row.pk for row in bounced(officer)] == [message.pk]
    assert list(bounced(Viewer(now=now, person_id=person.pk))) == []
    commands.settle_bounce(by=officer, message=message, now=now)
    assert list(bounced(officer)) == []


def test_a_bounce_that_comes_back_later_is_recorded(person: Person, kept: Kept, now: datetime) -> None:
    queue(person, now)
    message = send(kept, now)
    with pytest.raises(NotAllowed, match="Only the secretariat"):
        commands.mark_bounced(by=Viewer(now=now, person_id=person.pk), message=message, reason="x", now=now)
    officer = Viewer(now=now, duties=frozenset([DutyHeld("secretariat")]))
    commands.mark_bounced(by=officer, message=message, reason="Mailbox closed", now=now)
    commands.mark_bounced(by=officer, message=message, reason="Again", now=now + MINUTE)
    message.refresh_from_db()
    assert (message.bounced_at, message.bounce_reason) == (now, "Mailbox closed")


def test_a_server_that_is_away_uses_up_no_attempt(person: Person, kept: Kept, now: datetime) -> None:
    kept.raises = Later(MINUTE, "away")
    queue(person, now)
    waiting = send(kept, now)
    assert (waiting.attempts, waiting.run_after, waiting.failed_at) == (0, now + MINUTE, None)
    assert waiting.text != ""
    kept.raises = None
    assert send(kept, now + MINUTE).sent_at == now + MINUTE


def test_django_s_own_mail_is_queued_one_for_each_recipient(now: datetime, kept: Kept) -> None:
    mail = EmailMultiAlternatives("Your code", "Code 123", to=["a@convenor.example"], bcc=["b@convenor.example"])
    mail.attach_alternative("<p>Code 123</p>", "text/html")
    assert OutboxBackend().send_messages([mail]) == 1
    found = Message.objects.order_by("id").values_list("address", "subject", "text", "html")
    assert list(found) == [
        (who, "Your code", "Code 123", "<p>Code 123</p>") for who in ("a@convenor.example", "b@convenor.example")
    ]
    queued = Message.objects.earliest("id")
    assert queued.send_before == queued.created_at + timedelta(minutes=15)
    jobs.send_due(kept, worker="one", clock=lambda: queued.created_at, stopping=lambda: False)
    assert [recipient for recipient, _ in kept.sent] == ["a@convenor.example", "b@convenor.example"]
    assert not Message.objects.exclude(text="").exists()
    mail.attach("x.txt", "x")
    with pytest.raises(ValueError, match="attachments"):
        OutboxBackend().send_messages([mail])


def test_without_a_server_each_mail_is_a_file_and_a_repeat_replaces_it(
    person: Person, now: datetime, tmp_path: object
) -> None:
    folder = FileTransport(tmp_path)  # type: ignore[arg-type]
    message = queue(person, now)
    for _ in range(2):
        Message.objects.update(done_at=None, sent_at=None, text="Again", run_after=now, leased_until=None)
        jobs.send_due(folder, worker="one", clock=lambda: now, stopping=lambda: False)
    [path] = folder.folder.iterdir()
    assert path.name == message.message_id.strip("<>").split("@")[0] + ".eml"
    assert "Again" in path.read_text()


def test_bodies_that_will_not_be_sent_are_emptied_and_old_messages_forgotten(person: Person, now: datetime) -> None:
    failed, waiting = queue(person, now), queue(person, now)
    Message.objects.filter(pk=failed.pk).update(failed_at=now)
    jobs.tidy(now)
    assert dict(Message.objects.exclude(text="").values_list("pk", "person_id")) == {waiting.pk: person.pk}
    jobs.tidy(now + timedelta(days=91))
    assert [row.pk for row in Message.objects.all()] == [waiting.pk]

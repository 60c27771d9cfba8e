"""Writing to the people of a group, and who reads its contact list. Nobody is told anybody else's address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.journal import commands as journal
from convenor.core.notify import commands as notify
from convenor.core.notify.models import Message
from convenor.core.records.queries import frozen_kinds
from convenor.core.records.rules import Breach, Viewer, refuse_if, system
from convenor.domain.engagement.rules import months_after
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import steps
from convenor.domain.groups.models import Group, GroupMail
from convenor.domain.groups.queries.contacts import Contact, chosen, contacts_of, still_gets
from convenor.domain.groups.rules import terms
from convenor.kit.structs import struct

KEY: Final = "group-mail"
KEPT_MONTHS: Final = 12
"""How long the text of a mail to a group is kept. Who wrote, when, the subject and to how many stay."""
LONGEST: Final = 20_000


@struct
class MailFacts:
    """What is written to whom."""

    subject: str
    text: str
    to: str = GroupMail.To.EVERYBODY
    side: str = ""


def recipients_of(viewer: Viewer, group: Group, facts: MailFacts, on: date) -> list[Contact]:
    """Who would get it: each once."""
    return chosen(contacts_of(viewer, group, on), facts.to, facts.side)


def write_to_group(*, by: Viewer, group: Group, facts: MailFacts, now: datetime) -> GroupMail:
    """Send a mail to everybody who sits in the group today, to its chairs, or to one side: one mail to each.

    The worker asks again, when it sends, whether each still belongs to them.
    """
    with transaction.atomic():
        group = steps.locked(group)
        permissions.may_write_to(by, group).require()
        refuse_if([*steps.withdrawn(group.record), *_empty(facts)])
        today = steps.today(now)
        recipients = recipients_of(by, group, facts, today)
        refuse_if(_nobody(recipients))
        mail = GroupMail(
            group=group,
            sender_id=by.person_id,
            to=facts.to,
            side=facts.side,
            subject=facts.subject.strip(),
            text=facts.text.strip(),
            sent_at=now,
            recipients=len(recipients),
            purge_on=months_after(today, KEPT_MONTHS),
        )
        steps.refuse_bad_fields(mail)
        mail.save()
        _queue(by, mail, recipients, now)
        changes = {"subject": (None, mail.subject), "recipients": (None, mail.recipients), "to": (None, mail.to)}
        steps.note(by, "group.mail-sent", group.record, now, changes, private=(*changes, "reason"))
        return mail


def set_contact_readers(*, by: Viewer, group: Group, members: bool, now: datetime, reason: str = "") -> Group:
    """Say whether those who sit in the group read each other's addresses."""
    with transaction.atomic():
        group = steps.opened(by, group)
        if group.members_see_contacts == members:
            return group
        if members:
            refuse_if(
                terms.reason_needed(reason, _("Say why: everybody who sits there reads the addresses from now on."))
            )
        changes = steps.set_values(group, {"members_see_contacts": members})
        group.save(update_fields=["members_see_contacts"])
        steps.note(by, "group.contact-readers-set", group.record, now, changes, reason)
        return group


def purge_mails(*, by: Viewer, now: datetime) -> int:
    """Empty the texts whose day has come; how many. None while groups are frozen."""
    permissions.may_run_jobs(by).require()
    if steps.KIND in frozen_kinds(now):
        return 0
    with transaction.atomic():
        gone = GroupMail.objects.filter(purge_on__lte=steps.today(now)).exclude(text="").update(text="")
        if gone:
            journal.write(by=by, verb="group.mails-purged", record=None, now=now, changes={"rows": (None, gone)})
        return gone


def why_not(message: Message, now: datetime) -> str:
    """Asked by the worker before it sends: why this recipient gets the mail no more; "" when they do."""
    key = (message.key or "").split(":")
    mail = GroupMail.objects.select_related("group__record").filter(pk=int(key[1]) if len(key) == 3 else 0).first()
    if mail is None or message.person_id is None:
        return _("The mail is no longer there.")
    if still_gets(mail, message.person_id, localdate(now), system(now)):
        return ""
    return _("No longer one of those it was for.")


def _queue(by: Viewer, mail: GroupMail, recipients: Sequence[Contact], now: datetime) -> None:
    people = Person.objects.in_bulk([each.person for each in recipients])
    context = {
        "text": mail.text,
        "sender": by.name or settings.SITE_NAME,
        "group": mail.group.name,
        "address": f"{settings.SITE_URL}/groups/{mail.group.slug}/",
        "why": why_they_get_it(mail.to, mail.group),
    }
    for each in recipients:
        notify.queue(
            to=people[each.person],
            subject=f"{mail.group.acronym or mail.group.name}: {mail.subject}",
            template="to_group",
            key=f"{KEY}:{mail.pk}:{each.person}",
            context=context,
            record=mail.group.record,
            now=now,
        )


def _empty(facts: MailFacts) -> list[Breach]:
    found = []
    if not facts.subject.strip():
        found.append(Breach("subject-needed", _("Say what it is about."), "subject"))
    if not facts.text.strip():
        found.append(Breach("text-needed", _("Write something."), "text"))
    if len(facts.text) > LONGEST:
        found.append(Breach("text-long", _("Write at most %(most)d characters.") % {"most": LONGEST}, "text"))
    return found


def _nobody(recipients: Sequence[Contact]) -> list[Breach]:
    if recipients:
        return []
    return [Breach("nobody", _("Nobody among them has an e-mail address here: there is nobody to write to."), "to")]


def why_they_get_it(to: str, group: Group) -> str:
    """What the foot of the mail says."""
    words = {"group": group.name}
    if to == GroupMail.To.CHAIRS:
        return _("You get this because you chair %(group)s. It stops when you chair it no more.") % words
    return _("You get this because you sit in %(group)s. It stops when you sit there no more.") % words

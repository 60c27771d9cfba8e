"""One row at least of every model that is no kind of record: links, uploads, letters, tokens, what follows what.

And the crossings: rows that join something public to something hidden, which is where things leak if they do.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from openpyxl import Workbook

from convenor.core.accounts.commands.access import grant_access
from convenor.core.accounts.commands.invitations import SIGN_IN_INVITATION
from convenor.core.accounts.commands.links import issue_link
from convenor.core.accounts.commands.tokens import make_token
from convenor.core.clock.commands import load_calendars, set_deadline, sync_schedules
from convenor.core.clock.models import Schedule
from convenor.core.exchange.models import ActAnswer, ImportBatch, ImportFile, ImportRow, KeptMapping, Origin
from convenor.core.files.commands import receive, store_file
from convenor.core.journal.commands import seal
from convenor.core.journal.models import Heartbeat, ScheduledRun
from convenor.core.notify.commands import follow, queue_text
from convenor.core.notify.models import Message
from convenor.core.records.commands import define_relation, link, show_to
from convenor.core.records.commands.freezes import lift_freeze, set_freezes
from convenor.core.records.models import Address, Audience, CaretakerPeriod, Record
from convenor.core.records.rules import AUDIENCE, DISCLOSE_EXISTENCE, DISCLOSE_TITLE, FreezeFacts
from convenor.core.search.commands import index_all
from convenor.domain.directory.commands.interests import InterestFacts, declare_interest
from convenor.domain.directory.commands.offices import OfficeFacts, create_office
from convenor.domain.directory.commands.tenures import TenureFacts, start_tenure
from convenor.domain.directory.models import Contact, Organisation, Partnership, PartnershipParty, StageChange
from convenor.domain.engagement.models import EngagementModel
from convenor.domain.expressions.models import (
    Answer,
    Assessor,
    Call,
    CallInterest,
    CallSeat,
    Choice,
    Declaration,
    Draw,
    Expression,
    Moderation,
    Offer,
    ReturnLink,
    RuleAside,
    Score,
)
from convenor.domain.expressions.queries.access import hashed
from convenor.domain.expressions.rules import selection
from convenor.domain.groups.commands.appointments import Term, appoint
from convenor.domain.groups.commands.initiatives import InitiativeFacts, create_initiative
from convenor.domain.groups.commands.places import SeatFacts, add_seat
from convenor.domain.groups.models import (
    Admission,
    Appointment,
    Closure,
    Delivery,
    FormerMember,
    Group,
    GroupMail,
    JoinInvitation,
    JoinRequest,
    Overlap,
    Parent,
    PlaceWatch,
    Proposal,
    ProposalStep,
    Seat,
    SunsetChange,
    TermNotice,
    TermsEndorsement,
    TermsOfReference,
    TermsSection,
)
from tests import specimens
from tests.world import HIDDEN, SPECIMENS, World

PASSKEY: Final = {
    "type": "public-key",
    "id": "a2V5IG9mIHRoZSBtZW1iZXI",
    "rawId": "a2V5IG9mIHRoZSBtZW1iZXI",
    "response": {
        "clientDataJSON": "eyJ0eXBlIjogIndlYmF1dGhuLmNyZWF0ZSIsICJjaGFsbGVuZ2UiOiAiQUFBQSIsICJvcmlnaW4iOiAiaHR0cDovL3Rlc3RzZXJ2ZXIifQ",  # noqa: E501
        "attestationObject": "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YViV69q3JHqY58lN6TBm0kw4r9mgyimONoS0ersRMfzJ8gBBAAAAAAAAAAAAAAAAAAAAAAAAAAAAEWtleSBvZiB0aGUgbWVtYmVypQECAyYgASFYII5TO2-gv3tGJbswZnwB-2B--fi4qA_vWzAGKHAxh7KjIlggc-sdveAzGDZtBp-DpvWQAFPHNjPLBBshxV4ahsH0ALQ",  # noqa: E501
    },
    "clientExtensionResults": {},
}
"""What a browser sends when a key is added: made with the private key 7, for nobody."""


def add(world: World) -> None:
    """Everything that is no specimen. Called once, after the specimens."""
    load_calendars(world.now)
    sync_schedules(world.now)
    _people(world)
    _files(world)
    _calls(world)
    _records(world)
    _life(world)
    _terms(world)
    _reports(world)
    _cross(world)
    _uploads(world)
    _letters(world)
    _joining(world)
    _machinery(world)
    index_all()


def _people(world: World) -> None:
    member = world.people["member"]
    sealed = world.row("group", "sealed").record
    world.extras["access row"] = grant_access(
        by=world.by, person=world.people["person"], record=sealed, allow=False, reason="Test.", now=world.now
    )
    invited = specimens.somebody(world, "Fictitious Invited", published=False)
    invited.email = "invited@person.example"
    invited.save(update_fields=["email"])
    world.extras["link"], world.extras["token"] = issue_link(
        purpose=SIGN_IN_INVITATION, person=invited, record=sealed, now=world.now
    )
    world.extras["invited"] = invited
    world.extras["api token"], _secret = make_token(
        by=world.viewer("member"), person=member, name="Program of the member", may_act=True, now=world.now,
        expires_at=world.now + timedelta(days=30),
    )  # fmt: skip
    address = EmailAddress.objects.get(user=member)
    EmailConfirmation.objects.create(email_address=address, key="confirmation-key-of-the-member")
    Authenticator.objects.create(user=member, type="totp", data={"secret": "secret of the member"})
    world.extras["passkey"] = Authenticator.objects.create(
        user=member, type="webauthn", data={"name": "Key of the member", "credential": PASSKEY}
    )
    account = SocialAccount.objects.create(user=member, provider="oidc", uid="uid of the member", extra_data={"a": "b"})
    SocialToken.objects.create(account=account, token="token of the member", token_secret="secret")
    UserSession.objects.create(
        user=member, ip="203.0.113.77", session_key="session-key-of-the-member", user_agent="Agent", data={}
    )


def _files(world: World) -> None:
    for specimen in SPECIMENS:
        record = world.row("partnership", specimen).record
        received = receive(ContentFile(b"Words in a file.\n", f"{specimen}.txt"))
        version = store_file(by=world.by, record=record, title=f"File {specimen}", received=received, now=world.now)
        world.rows["file", specimen] = version


def _calls(world: World) -> None:
    """What people sent in to every specimen of a call, and all that hangs on it. Written past the commands, since one
    call is never at every point of its life at once."""
    for specimen in SPECIMENS:
        call = world.row("call", specimen)
        sent = _sent_in(world, call, specimen)
        seat = call.group.seats.get(basis="individual", number__lt=100)
        CallSeat.objects.create(call=call, seat=seat)
        assessor = Assessor.objects.create(call=call, person=world.people["member"], starts_on=world.began)
        told = {"assessor": assessor, "expression": sent}
        CallInterest.objects.create(
            call=call, person=world.extras["invited"], note=f"Interest in the {specimen}.", made_at=world.now
        )
        Declaration.objects.create(**told, conflicted=False, note=f"Noted on the {specimen}.", made_at=world.now)
        criterion = call.criteria.get()
        Score.objects.create(**told, criterion=criterion, score=4, reason=f"Why {specimen}.", given_at=world.now)
        Moderation.objects.create(
            expression=sent, criterion=criterion, score=3, reason=f"Moderated {specimen}.", given_at=world.now
        )
        _drawn(world, call, sent)
        Offer.objects.create(call=call, expression=sent, offered_at=world.now, due_at=world.now + timedelta(days=5))


def _sent_in(world: World, call: Call, specimen: str) -> Expression:
    """By the person of the cast who has nothing else; with a secret address too."""
    person = world.people["person"]
    facts = {"name": f"Applicant of the {specimen}", "email": person.email or "", "created_at": world.now}
    sent = Expression.objects.create(
        call=call, person=person, reference=f"REFR-{specimen[:4].upper()}-{call.pk:04d}", state="submitted",
        organisation_name=f"Body of the {specimen}", submitted_at=world.now, notice_at=world.now,
        confirmed_at=world.now, late_reason=f"Late {specimen}.", ruled_out=f"Ruled out {specimen}.", **facts,
    )  # fmt: skip
    token = f"token-of-the-{specimen}-expression"
    ReturnLink.objects.create(expression=sent, token_hash=hashed(token), created_at=world.now)
    world.extras[f"expression {specimen}"], world.extras[f"expression token {specimen}"] = sent, token
    Answer.objects.create(expression=sent, criterion=call.criteria.get(), text=f"Answer of the {specimen}.")
    question = call.questions.get()
    Choice.objects.create(expression=sent, question=question, option=question.options.earliest("order"))
    return sent


def _drawn(world: World, call: Call, sent: Expression) -> None:
    """A lottery between three, drawn as it would be."""
    others = [selection.Entrant(reference) for reference in (sent.reference, "OTHR-OTHR-0001", "OTHR-OTHR-0002")]
    frozen = selection.freeze(selection.Panel(2), others, selection.LOTTERY)
    chances = selection.chances(frozen)
    drawn = selection.draw(frozen, "5eed", chances)
    made = Draw.objects.create(
        call=call, number=1, method=selection.LOTTERY, inputs=frozen.text, digest=frozen.digest,
        distribution=chances.text, distribution_digest=chances.digest, frozen_at=world.now, secret="5ec2e7",
        seal_number=1, seal_hash="5ea1", seed="5eed", drawn_at=world.now, chosen=list(drawn.chosen),
        reserve=list(drawn.reserve), replaced_reason=f"Replaced {call.title}.",
    )  # fmt: skip
    rule = {"rule": "one-per-organisation", "label": f"Rule of {call.title}", "reason": f"Set aside for {call.title}."}
    RuleAside.objects.create(draw=made, at=world.now, **rule)


def _records(world: World) -> None:
    for specimen in SPECIMENS:
        record = world.row("group", specimen).record
        Address.objects.create(kind="group", slug=f"former-{specimen}", record=record, until=world.now)
        set_deadline(
            record=record, kind="group-review", due_at=world.now + timedelta(days=2), now=world.now, note="Due."
        )
    pairs = [(a, b) for a in ("group", "organisation", "contact") for b in ("group", "organisation", "contact")]
    define_relation("test-joins", "test joins", "test joined by", pairs)


def _life(world: World) -> None:
    """What was proposed of each group, what was said of it, what it delivered, that it was closed once and renewed."""
    for specimen in SPECIMENS:
        group, day = world.row("group", specimen), world.began
        row = Proposal.objects.create(
            group=group, parent=world.extras["council of ours"], proposed_by=f"Who proposed the {specimen}",
            why=f"Why the {specimen} was proposed.", proposed_on=day,
        )  # fmt: skip
        ProposalStep.objects.create(
            proposal=row, kind="returned", on=day, instrument=f"Meeting about the {specimen}", recorded_at=world.now,
            note=f"What the {specimen} lacked.", answered_as=f"Chair of the {specimen}",
        )  # fmt: skip
        Delivery.objects.create(
            group=group, what=f"Delivered by the {specimen}.", on=day, link=f"https://{specimen}.example/delivered",
            note=f"Note on what the {specimen} delivered.",
        )  # fmt: skip
        Closure.objects.create(
            group=group, kind="other", on=day, reason=f"Why the {specimen} closed.",
            reopened_on=day + timedelta(days=1), reopen_reason=f"Why the {specimen} went on.",
        )  # fmt: skip
        SunsetChange.objects.create(group=group, until=None, on=day, reason=f"Why the {specimen} was renewed.")
        FormerMember.objects.create(
            group=group, person=specimens.somebody(world, f"Fictitious Onetime {specimen.title()}"),
            role=f"Once lead of the {specimen}", began=f"{2001 + SPECIMENS.index(specimen)}-02", ended="2011-11",
        )  # fmt: skip


def _terms(world: World) -> None:
    """A version in force and a draft of each group's terms of reference."""
    for specimen in SPECIMENS:
        group = world.row("group", specimen)
        secretariat = Audience.objects.get(key=f"group:{group.pk}:secretariat")
        for number, draft in ((1, False), (2, True)):
            days = {} if draft else {"endorsed_on": world.began, "in_force_from": world.began}
            row = TermsOfReference.objects.create(
                group=group, number=number, drafted_at=world.now, audience=secretariat if draft else None,
                change_note=f"What is new in number {number} of the {specimen}", **days,
            )  # fmt: skip
            TermsSection.objects.create(terms=row, key="purpose", text=f"Purpose by number {number} of the {specimen}.")
            TermsEndorsement.objects.create(
                terms=row, on=world.began, endorsed_by=f"Body of the {specimen}, {number}", recorded_at=world.now,
                instrument=f"Meeting of the {specimen}, {number}", note=f"Note of the {specimen}, {number}",
            )  # fmt: skip


def _reports(world: World) -> None:
    """Public reports from groups that are hidden."""
    for specimen in HIDDEN:
        made = specimens.report_back(world, f"hidden group of {specimen}")
        specimens.dress(world, made.group.record, specimen)


def _cross(world: World) -> None:
    """Public rows that name hidden ones, in every way the tables allow."""
    open_group, open_body = world.row("group"), world.row("organisation")
    for specimen in HIDDEN:
        group, body, office = (world.row(kind, specimen) for kind in ("group", "organisation", "office"))
        _seats_for_hidden(world, open_group, specimen, (office, body, group))
        Parent.objects.create(group=open_group, parent=group, starts_on=world.began, approval_note="")
        Parent.objects.create(group=group, parent=open_group, starts_on=world.began)
        Proposal.objects.create(group=open_group, parent=group, proposed_on=world.began)
        Proposal.objects.create(group=group, parent=open_group, proposed_on=world.began)
        link(source=open_group.record, target=group.record, relation="test-joins", now=world.now, note=f"To {specimen}")
        link(source=body.record, target=open_body.record, relation="test-joins", now=world.now)
        PartnershipParty.objects.create(partnership=world.row("partnership"), organisation=body, role="A part")
        world.row("contact").organisations.add(body)
        Organisation.objects.create(**_child(world, open_body, f"child-of-public-{specimen}", specimen))
        Organisation.objects.create(**_child(world, body, f"child-of-{specimen}", "public"))
        about = InterestFacts(f"Interest in {specimen}", body, world.began, public=True)
        declare_interest(by=world.by, person=world.row("person").person, facts=about, now=world.now)
        _holders(world, specimen)
    _hosted_by_hidden(world)
    _challenged(world)
    _half_open(world)
    _alike(world)


def _seats_for_hidden(world: World, group: Group, specimen: str, basis: tuple[Any, Any, Any]) -> None:
    kinds = ("office", "organisation", "chair_of")
    for number, (kind, stands_for) in enumerate(zip(kinds, basis, strict=True)):
        Seat.objects.create(
            group=group,
            number=100 + 10 * HIDDEN.index(specimen) + number,
            title="A seat",
            basis=kind.replace("_", "-"),
            starts_on=world.began,
            constituency=specimens.SIDE,
            **{kind: stands_for},
        )


def _child(world: World, parent: Organisation, slug: str, specimen: str) -> dict[str, Any]:
    """A body under another, itself of the specimen's kind of visibility; the rows are written past the commands."""
    like = world.row("organisation", specimen)
    record = Record.objects.create(
        ref=f"ORG-TEST-{slug}"[:40],
        kind="organisation",
        title=f"Body {slug}",
        visibility=like.record.visibility,
        audience=like.record.audience,
        created_at=world.now,
        published_at=world.now,
    )
    return {"record": record, "slug": slug, "name": f"Body {slug}", "kind": like.kind, "parent": parent}


def _holders(world: World, specimen: str) -> None:
    """Somebody hidden in a public office, and somebody public in a hidden one."""
    hidden_office, hidden_person = world.row("office", specimen), world.row("person", specimen)
    ended = TenureFacts(starts_on=world.began - timedelta(days=90), ends_on=world.began - timedelta(days=1))
    start_tenure(by=world.by, office=hidden_office, person=world.row("person").person, facts=ended, now=world.now)
    days = 100 * (2 + HIDDEN.index(specimen))
    earlier = TenureFacts(
        starts_on=world.began - timedelta(days=days), ends_on=world.began - timedelta(days=days - 50), note="Then."
    )
    start_tenure(by=world.by, office=world.row("office"), person=hidden_person.person, facts=earlier, now=world.now)


def _hosted_by_hidden(world: World) -> None:
    """Public things of hidden hosts, of a hidden model, for a hidden initiative, with hidden people in them."""
    for specimen in HIDDEN:
        body, model = world.row("organisation", specimen), world.row("engagement-model", specimen)
        facts = specimens.group_facts(world, f"number {HIDDEN.index(specimen)}", host=body)
        made = specimens.made_group(world, facts)
        _appointed(world, made, specimen)
        Group.objects.filter(pk=made.pk).update(
            initiative=world.row("initiative", specimen), type=model.group_types.order_by("pk").first()
        )
        office = OfficeFacts(f"Desk {HIDDEN.index(specimen)}")
        create_office(by=world.by, organisation=body, facts=office, now=world.now)
        contact = specimens.contact(world, "public")
        Contact.objects.filter(pk=contact.pk).update(host=body)
        Partnership.objects.filter(pk=specimens.partnership(world, "public").pk).update(host=body)
        EngagementModel.objects.filter(
            pk=specimens.load_text_model(world, f"owned-{HIDDEN.index(specimen)}").pk
        ).update(owner=body)
    create_initiative(by=world.by, facts=InitiativeFacts("Reform nobody hides", "Open."), now=world.now)


def _appointed(world: World, made: Group, specimen: str) -> None:
    """Somebody whose page is hidden sits in a public group, and sat there before; one of a hidden group is public."""
    facts = SeatFacts("A seat", "individual", world.began, constituency=specimens.SIDE)
    seat = add_seat(by=world.by, group=made, facts=facts, now=world.now)
    hidden = world.row("person", specimen).person
    appoint(by=world.by, seat=seat, person=hidden, term=Term(world.began), now=world.now)
    FormerMember.objects.create(group=made, person=hidden, role="Once here", began="2004", ended="2005")
    once = world.row("group", specimen)
    FormerMember.objects.create(group=once, person=world.row("person").person, role="Once there", began="2006")


def _challenged(world: World) -> None:
    for specimen in SPECIMENS:
        stage = StageChange.objects.filter(partnership=world.row("partnership", specimen)).latest("pk")
        StageChange.objects.filter(pk=stage.pk).update(
            challenge_by=world.today + timedelta(days=9),
            challenged_at=world.now,
            challenger=world.row("organisation", specimen),
            challenge="We see it differently.",
            challenge_answer="So do we.",
            challenge_answered_at=world.now,
        )


def _alike(world: World) -> None:
    """Pairs of groups said to be alike: of a public one with each that is hidden, and of two public ones."""
    first = world.row("group")
    for specimen in (*HIDDEN, "withdrawn"):
        one, other = sorted((first.pk, world.row("group", specimen).pk))
        Overlap.objects.create(first_id=one, second_id=other, people=90, subject=80, strength=90, at=world.now)
    last = Group.objects.filter(record__visibility="public").latest("pk")
    Overlap.objects.create(first=first, second=last, people=50, strength=50, at=world.now)


def _half_open(world: World) -> None:
    """Withheld, but known of: what their disclosure allows may be read, and no more."""
    for disclosure in (DISCLOSE_EXISTENCE, DISCLOSE_TITLE):
        made = specimens.contact(world, f"known by {disclosure}")
        audience = world.audiences["ours"]
        show_to(made.record, now=world.now, visibility=AUDIENCE, audience=audience, disclosure=disclosure,
                withheld_reason=f"Reason for {disclosure}.")  # fmt: skip
        link(source=world.row("contact").record, target=made.record, relation="test-joins", now=world.now)
        world.extras[f"disclosed {disclosure}"] = made


def _uploads(world: World) -> None:
    for role in ("officer", "administrator"):
        token = hashlib.sha256(role.encode()).hexdigest()[:32]
        batch = ImportBatch.objects.create(
            token=token,
            resource="organisations",
            source="A register",
            filename="register.csv",
            file_hash=token * 2,
            by=world.people[role],
            notes=["The file was read as UTF-8."],
            sheet="Bodies of the register",
            wrong_values=[["kind", "No such kind."]],
            moments=["1 at noon"],
            created_at=world.now,
        )
        ImportFile.objects.create(batch=batch, content=b"name\nBureau\n")
        ImportRow.objects.create(
            batch=batch, number=2, source_id=f"row of {role}", content_hash=token, data={"name": "Bureau"},
            outcome="bad", error="Wrong.", faults=[["name", "Too long."]], undo={"name": "Before"}, hash_before=token,
        )  # fmt: skip
        world.extras[f"batch of {role}"] = batch
    aside = ImportBatch.objects.create(
        token="c" * 32, resource="organisations", source="A register", filename="aside.csv", file_hash="c" * 64,
        by=world.people["officer"], state="columns", mapping="what was no mapping", created_at=world.now,
    )  # fmt: skip
    ImportFile.objects.create(batch=aside, content=b"Called,Since\nBureau,1901\n")
    world.extras["batch to choose"] = aside
    book = ImportBatch.objects.create(
        token="e" * 32, resource="organisations", source="A register", filename="aside.xlsx", file_hash="e" * 64,
        by=world.people["officer"], state="sheet", mapping="what was no mapping", created_at=world.now,
    )  # fmt: skip
    ImportFile.objects.create(batch=book, content=_workbook({"Bodies": ["Called", "Bureau"], "Old": ["Was", "Board"]}))
    world.extras["batch of sheets"] = book
    world.extras["kept mapping"] = KeptMapping.objects.create(
        source="A register", name="register.yaml", text="lists: {}\n", by=world.people["officer"], kept_at=world.now
    )
    KeptMapping.objects.create(
        source="A register", resource="organisations", headings="d" * 64, name="Columns of the register",
        text="lists: {}\n", by=world.people["officer"], kept_at=world.now,
    )  # fmt: skip
    ActAnswer.objects.create(
        person=world.people["officer"], key_hash="1" * 64, digest="2" * 64, status=200, body="answer", at=world.now
    )
    Origin.objects.create(
        resource="organisations", source="A register", source_id="origin of the sealed",
        record=world.row("organisation", "sealed").record, content_hash="0" * 64,
    )  # fmt: skip


def _workbook(sheets: Mapping[str, Sequence[str]]) -> bytes:
    """A workbook with these sheets of one column."""
    book, made = Workbook(write_only=True), io.BytesIO()
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for cell in cells:
            sheet.append([cell])
    book.save(made)
    return made.getvalue()


def _letters(world: World) -> None:
    for role in ("person", "former_member", "member"):
        for specimen in ("public", "audience"):
            record = world.row("group", specimen).record
            follow(by=world.viewer(role), record=record, now=world.now)
        follow(by=world.viewer(role), kind="organisation", now=world.now)
    queue_text(
        address="somebody@outside.example", subject="A letter", text="Words.", html="<p>Words.</p>", now=world.now
    )
    Message.objects.filter(address="somebody@outside.example").update(
        record=world.row("group", "sealed").record, bounced_at=world.now, bounce_reason="Nobody there.", key="a key"
    )


def _joining(world: World) -> None:
    """Of every group: how it is joined, who asks, who is invited, who waits, who was told and written to."""
    for specimen in SPECIMENS:
        group, person = world.row("group", specimen), specimens.somebody(world, f"Fictitious Asker {specimen.title()}")
        invited, until = world.extras["invited"], world.now + timedelta(days=9)
        purge_on = world.today + timedelta(days=30)
        Admission.objects.create(
            group=group, way="request", side=specimens.SIDE, starts_on=world.began, reason=f"Why {specimen}."
        )
        JoinRequest.objects.create(
            group=group,
            person=person,
            side=specimens.SIDE,
            note=f"Note {specimen}",
            asked_at=world.now,
            answer="Not now.",
        )
        JoinInvitation.objects.create(
            group=group, person=invited, side=specimens.SIDE, note="Come.", invited_at=world.now, expires_at=until
        )
        PlaceWatch.objects.create(group=group, person=person, since=world.now)
        seat = Seat.objects.get(group=group, basis="individual", number__lt=100)
        told = {"recipient": person, "ends_on": purge_on, "days": 30, "told_at": world.now}
        TermNotice.objects.create(seat=seat, holder=person, **told)
        GroupMail.objects.create(
            group=group, to="side", side=specimens.SIDE, subject=f"Mail of the {specimen}", text=f"To the {specimen}.",
            sent_at=world.now, recipients=1, purge_on=purge_on,
        )  # fmt: skip
        place = Seat.objects.create(
            group=group, number=90, title="Joined", basis="individual", starts_on=world.began,
            constituency=specimens.SIDE,
        )  # fmt: skip
        joiner = specimens.somebody(world, f"Fictitious Joiner {specimen.title()}", published=False)
        Appointment.objects.create(seat=place, person=joiner, starts_on=world.began, named=False, joined=True)


def _machinery(world: World) -> None:
    facts = FreezeFacts(("initiative",), world.today + timedelta(days=365), "Why it is frozen.", "RN of the test")
    over = set_freezes(by=world.by, facts=facts, now=world.now)[0]
    lift_freeze(by=world.by, freeze=over, reason="Why it was lifted.", now=world.now)
    world.extras["caretaker"] = CaretakerPeriod.objects.create(
        begins_on=world.began, ends_on=world.began, note="What everybody read.", end_reason="Why it ended.",
        set_at=world.now, ended_at=world.now,
    )  # fmt: skip
    world.extras["freeze"] = set_freezes(by=world.by, facts=facts, now=world.now)[0]
    seal(world.now)
    Heartbeat.objects.create(worker="worker-of-the-test", started_at=world.now, beat_at=world.now)
    schedule = Schedule.objects.earliest("pk")
    ScheduledRun.objects.create(schedule=schedule, slot=world.now, run_after=world.now, leased_by="x", error="Wrong.")

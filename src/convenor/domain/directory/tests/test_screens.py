"""Every screen: who gets in, what it says, that it asks a constant number of queries, that nothing leaks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.domain.directory import commands as c
from convenor.domain.directory.models import Contact, Office, OrganisationChange, Partnership, Profile
from convenor.domain.directory.tests.cast import Cast, body, kind, office, somebody

pytestmark = pytest.mark.slow

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MARK = "CANARY-directory"
ANONYMOUS_BUDGET, SIGNED_IN_BUDGET = 10, 15


@pytest.fixture
def cast(present: Cast) -> Cast:
    """The screens' clock is the real one."""
    return present


def signed_in(cast: Cast, duty: str | None, over: Record | None = None) -> Client:
    email = f"{duty}-{over and over.pk}@example.org".lower()
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person.objects.create_user(email, name="Vera Viewer")
        if duty:
            DutyAssignment.objects.create(person=person, duty=duty, over=over, starts_at=cast.now - timedelta(days=1))
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def everybody(cast: Cast) -> dict[str, Client]:
    return {
        "stranger": Client(),
        "person": signed_in(cast, None),
        "site": signed_in(cast, "secretariat"),
        "ours": signed_in(cast, "secretariat", cast.health.record),
        "theirs": signed_in(cast, "secretariat", cast.revenue.record),
    }


def furnished(cast: Cast) -> dict[str, str]:
    """One of everything, and the addresses of the screens that change it."""
    tenure = c.start_tenure(
        by=cast.by,
        office=cast.cio,
        person=somebody("Ada Holder", cast.now),
        facts=c.TenureFacts(date(2020, 1, 1)),
        now=cast.now,
    )
    profile = Profile.objects.get(person=tenure.person)
    interest = c.declare_interest(
        by=cast.by, person=tenure.person, facts=c.InterestFacts("Shares", public=True), now=cast.now
    )
    partnership, contact = cast.partnership(), cast.contact()
    one, way = f"/organisations/{cast.health.slug}/", f"/offices/{cast.cio.slug}/"
    who, bond, entry = (
        f"/people/{profile.slug}/",
        f"/partnerships/{partnership.slug}/",
        f"/engagement-log/{contact.record.ref}/",
    )
    return {
        "organisation": one,
        "edit": f"{one}edit/",
        "withdraw": f"{one}withdraw/",
        "restore": f"{one}restore/",
        "change": f"{one}change/",
        "change of a kind": f"{one}change/?kind=merged",
        "office-add": f"{one}offices/add/",
        "office": way,
        "office-edit": f"{way}edit/",
        "office-abolish": f"{way}abolish/",
        "office-withdraw": f"{way}withdraw/",
        "office-restore": f"{way}restore/",
        "holder-add": f"{way}holders/add/",
        "holder-edit": f"{way}holders/{tenure.pk}/edit/",
        "holder-end": f"{way}holders/{tenure.pk}/end/",
        "holder-remove": f"{way}holders/{tenure.pk}/remove/",
        "person": who,
        "person-edit": f"{who}edit/",
        "person-withdraw": f"{who}withdraw/",
        "person-restore": f"{who}restore/",
        "person-withhold": f"{who}withhold/",
        "interest-add": f"{who}interests/add/",
        "interest-end": f"{who}interests/{interest.pk}/end/",
        "partnership": bond,
        "partnership-edit": f"{bond}edit/",
        "partnership-withdraw": f"{bond}withdraw/",
        "partnership-restore": f"{bond}restore/",
        "stage": f"{bond}stage/",
        "answer": f"{bond}answer/",
        "invite": f"{bond}invite/",
        "agreement": f"{bond}agreements/add/",
        "challenge": f"{bond}challenge/",
        "contact": entry,
        "contact-edit": f"{entry}edit/",
        "contact-withhold": f"{entry}withhold/",
        "contact-publish": f"{entry}publish/",
        "contact-withdraw": f"{entry}withdraw/",
        "contact-restore": f"{entry}restore/",
    }


REGISTERS = [
    "/organisations/",
    "/organisations/changes/",
    "/offices/",
    "/people/",
    "/partnerships/",
    "/engagement-log/",
]
READ = {"organisation", "office", "person", "partnership", "contact"}
SITE_ONLY = {"person-edit", "person-withdraw", "person-restore", "person-withhold", "interest-add", "interest-end"}


def test_who_gets_in_where(cast: Cast) -> None:
    """Strangers are sent to sign in, others told why not, officers of the organisation and of the site get in."""
    addresses, clients = furnished(cast), everybody(cast)
    for name, address in addresses.items():
        statuses = {role: client.get(address).status_code for role, client in clients.items()}
        if name in READ:
            wanted = dict.fromkeys(clients, 200)
        elif name == "challenge":
            wanted = {"stranger": 302, "person": 403, "site": 403, "ours": 403, "theirs": 403}
        else:
            ours = 403 if name in SITE_ONLY else 200
            wanted = {"stranger": 302, "person": 403, "site": 200, "ours": ours, "theirs": 403}
        assert (name, statuses) == (name, wanted)


def test_a_post_is_guarded_as_its_page_is(cast: Cast) -> None:
    addresses = furnished(cast)
    foreign = signed_in(cast, "secretariat", cast.revenue.record)
    for name, address in addresses.items():
        if name not in READ | {"change", "change of a kind", "challenge"}:
            assert (name, Client().post(address, {}).status_code) == (name, 302)
            assert (name, foreign.post(address, {}).status_code) == (name, 403)


def test_who_may_open_the_forms_that_make_something(cast: Cast) -> None:
    clients = everybody(cast)
    wanted = {
        "/organisations/add/": {"stranger": 302, "person": 403, "site": 200, "ours": 403, "theirs": 403},
        f"/organisations/add/?parent={cast.health.slug}": {
            "stranger": 302,
            "person": 403,
            "site": 200,
            "ours": 200,
            "theirs": 403,
        },
        "/partnerships/add/": {"stranger": 302, "person": 403, "site": 200, "ours": 200, "theirs": 200},
        "/engagement-log/add/": {"stranger": 302, "person": 403, "site": 200, "ours": 200, "theirs": 200},
    }
    for address, statuses in wanted.items():
        assert {role: client.get(address).status_code for role, client in clients.items()} == statuses


def test_the_registers_are_open_and_downloads_carry_the_filters(cast: Cast) -> None:
    for address in REGISTERS:
        assert Client().get(address).status_code == 200
    page = Client().get("/organisations/", {"portfolio": cast.health.slug, "q": "blood"}).content.decode()
    assert "Blood Registry" in page
    assert "1 organisation" in page
    ref = cast.health.record.ref
    assert f"/api/v1/organisations.csv?q=blood&amp;part_of={ref}&amp;standing=current" in page


def test_feeds_hold_what_the_reader_may_read(cast: Cast) -> None:
    cast.partnership()
    hidden = cast.contact(subject=f"{MARK} visit")
    cast.contact(subject="Open visit")
    c.withhold_contact(by=cast.by, contact=hidden, reason="x", now=cast.now)
    plan = c.ChangePlan("abolished", cast.today, (cast.revenue,))
    c.record_change(by=cast.by, plan=plan, now=cast.now)
    told = {
        "/organisations/feed.atom": "Department of Health",
        "/organisations/changes/feed.atom": "Revenue Office abolished",
        "/partnerships/feed.atom": "Digital skills partnership",
        "/engagement-log/feed.atom": "Open visit",
    }
    for address, words in told.items():
        response = Client().get(address)
        feed = ET.fromstring(response.content)  # noqa: S314 - our own answer
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert words in [entry.text for entry in feed.iter("{http://www.w3.org/2005/Atom}title")]
        assert MARK not in response.content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "no-such-kind"},
        {"standing": "sideways", "sort": "nonsense", "page": "-5"},
        {"portfolio": "nowhere", "q": "\x00"},
        {"q": "x" * 5000},
        {"formal": "maybe", "organisation": "nowhere"},
    ],
)
def test_what_makes_no_sense_in_an_address_is_left_out(cast: Cast, asked: dict[str, str]) -> None:
    for address in REGISTERS:
        assert Client().get(address, asked).status_code == 200


def test_what_is_not_there_is_not_found(cast: Cast) -> None:
    for address in (
        "/organisations/nowhere/",
        "/offices/nowhere/",
        "/people/nobody/",
        "/partnerships/none/",
        "/engagement-log/ENG-1999-001/",
        "/organisations/changes/MOG-1999-001/",
        f"/offices/{cast.cio.slug}/holders/999999/end/",
    ):
        assert signed_in(cast, "secretariat").get(address).status_code == 404


def test_old_addresses_lead_to_what_became_of_them(cast: Cast) -> None:
    c.record_change(
        by=cast.by, plan=c.ChangePlan("renamed", cast.today, (cast.health,), name="Department of Care"), now=cast.now
    )
    for old, new in [
        ("/organisations/department-of-health/", "/organisations/department-of-care/"),
        (
            "/offices/chief-information-officer-department-of-health/",
            "/offices/chief-information-officer-department-of-care/",
        ),
    ]:
        response = Client().get(old)
        assert (response.status_code, response["Location"]) == (302, new)
    page = Client().get("/organisations/department-of-care/").content.decode()
    assert "Department of Health" in page  # its former name
    assert "Department of Health renamed Department of Care" in page


def test_an_ended_organisation_says_what_became_of_it(cast: Cast) -> None:
    successor = c.Successor(facts=c.OrganisationFacts("Both of Them", kind()))
    change = c.record_change(
        by=cast.by,
        plan=c.ChangePlan("merged", cast.today, (cast.revenue, cast.association), (successor,)),
        now=cast.now,
    )
    page = Client().get("/organisations/revenue-office/").content.decode()
    assert "What became of it" in page
    assert 'href="/organisations/both-of-them/"' in page
    assert f"/organisations/changes/{change.record.ref}/" in page
    told = Client().get(f"/organisations/changes/{change.record.ref}/").content.decode()
    assert all(name in told for name in ("Revenue Office", "Association of Example Software", "Both of Them"))


# Queries


def grow(cast: Cast, number: int) -> None:
    """As many again of everything that hangs on the pages."""
    for index in range(number):
        name = f"{number}-{index}"
        part = body(f"Part {name}", cast.now, parent=cast.health, segments=(cast.segment,))
        extra = office(f"Office {name}", cast.health, cast.now)
        person = somebody(f"Holder {name}", cast.now)
        c.start_tenure(by=cast.by, office=extra, person=person, facts=c.TenureFacts(date(2020, 1, 1)), now=cast.now)
        first = date(1900 + index, 1, 1) if number > 1 else date(1890, 1, 1)
        c.start_tenure(
            by=cast.by,
            office=cast.cio,
            person=person,
            facts=c.TenureFacts(first, first + timedelta(days=300)),
            now=cast.now,
        )
        cast.partnership(name=f"Partnership {name}")
        cast.contact(subject=f"Contact {name}", organisations=(cast.association, cast.health, part))
        c.record_change(by=cast.by, plan=c.ChangePlan("moved", cast.today, (part,), parent=cast.revenue), now=cast.now)


def counted(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_queries_are_few_and_do_not_grow_with_the_rows(cast: Cast) -> None:
    furnished(cast)
    grow(cast, 1)
    profile = Profile.objects.get(person__name="Ada Holder")
    pages = [
        *REGISTERS,
        f"/organisations/{cast.health.slug}/",
        f"/organisations/{cast.revenue.slug}/",
        f"/offices/{cast.cio.slug}/",
        f"/people/{profile.slug}/",
        "/partnerships/digital-skills-partnership/",
        f"/engagement-log/{Contact.objects.order_by('pk')[0].record.ref}/",
        f"/organisations/changes/{OrganisationChange.objects.order_by('pk')[0].record.ref}/",
    ]
    officer = signed_in(cast, "secretariat")
    print("budget")
    few = {page: (counted(Client(), page), counted(officer, page)) for page in pages}
    grow(cast, 10)
    print(few)
    many = {page: (counted(Client(), page), counted(officer, page)) for page in pages}
    assert many == few
    for page, (anonymous, signed) in few.items():
        assert (page, anonymous <= ANONYMOUS_BUDGET, signed <= SIGNED_IN_BUDGET) == (page, True, True), few


# Leaks


def test_nothing_of_what_is_hidden_stands_on_a_public_page(cast: Cast) -> None:
    """Everything that hangs on public pages is marked and then hidden; the mark appears nowhere."""
    hidden = body(f"{MARK} Bureau", cast.now, parent=cast.health, short_name=MARK)
    below = body("Visible Part", cast.now, parent=hidden)
    hidden_office = office(f"{MARK} Office", cast.health, cast.now)
    person = somebody(f"{MARK} Person", cast.now, published=True)
    profile = Profile.objects.get(person=person)
    c.start_tenure(by=cast.by, office=cast.cio, person=person, facts=c.TenureFacts(date(2020, 1, 1)), now=cast.now)
    c.declare_interest(by=cast.by, person=person, facts=c.InterestFacts(f"{MARK} interest"), now=cast.now)
    bond = c.create_partnership(
        by=cast.by,
        facts=c.PartnershipFacts("Open partnership", cast.health, "formal", "x", parties=((hidden, ""),)),
        stage=c.StageFacts("exploring", cast.today),
        now=cast.now,
    )
    secret = cast.contact(subject=f"{MARK} visit", about=MARK, outcome=MARK)
    open_entry = cast.contact(subject="Open visit", organisations=(hidden, cast.association))
    Contact.objects.filter(pk=open_entry.pk).update(officer=person)
    plan = c.ChangePlan("moved", cast.today, (below,), parent=cast.revenue)
    change = c.record_change(by=cast.by, plan=plan, now=cast.now)
    with transaction.atomic():
        for record in (hidden.record, hidden_office.record, profile.record, secret.record):
            records.show_to(Record.objects.get(pk=record.pk), now=cast.now, visibility="sealed")
    public = [
        *REGISTERS,
        "/organisations/?standing=all",
        f"/organisations/{cast.health.slug}/",
        f"/organisations/{below.slug}/",
        f"/offices/{cast.cio.slug}/",
        f"/partnerships/{bond.slug}/",
        f"/engagement-log/{open_entry.record.ref}/",
        f"/organisations/changes/{change.record.ref}/",
    ]
    for client in (Client(), signed_in(cast, "secretariat", cast.revenue.record)):
        for address in public:
            response = client.get(address)
            assert response.status_code == 200
            assert MARK.lower() not in response.content.decode().lower().replace(f'value="{hidden.slug}', ""), address
    for address in (
        f"/organisations/{hidden.slug}/",
        f"/offices/{hidden_office.slug}/",
        f"/people/{profile.slug}/",
        f"/engagement-log/{secret.record.ref}/",
    ):
        assert Client().get(address).status_code == 404
    assert "Name not published" in Client().get(f"/offices/{cast.cio.slug}/").content.decode()


def test_a_private_interest_stands_on_no_public_page(cast: Cast) -> None:
    person = somebody("Ada Open", cast.now, published=True)
    facts = c.InterestFacts(f"{MARK} interest", cast.association)
    c.declare_interest(by=cast.by, person=person, facts=facts, now=cast.now)
    assert MARK not in Client().get("/people/ada-open/").content.decode()
    assert MARK in signed_in(cast, "secretariat").get("/people/ada-open/").content.decode()


def test_addresses_of_people_are_not_shown(cast: Cast) -> None:
    person = somebody("Ada Open", cast.now, "secret@example.org", published=True)
    c.start_tenure(by=cast.by, office=cast.cio, person=person, facts=c.TenureFacts(), now=cast.now)
    for address in ("/people/ada-open/", "/people/", "/offices/", f"/offices/{cast.cio.slug}/"):
        for client in (Client(), signed_in(cast, "secretariat")):
            assert "secret@example.org" not in client.get(address).content.decode()


def test_public_pages_hold_until_midnight(cast: Cast) -> None:
    response = Client().get(f"/organisations/{cast.health.slug}/")
    assert response.convenor_public is True  # type: ignore[attr-defined]
    midnight = timezone.make_aware(datetime.combine(cast.today + timedelta(days=1), time.min))
    assert response.convenor_fresh_until == midnight  # type: ignore[attr-defined]


def test_everything_written_is_escaped(cast: Cast) -> None:
    payload = "<script>alert(1)</script>\"'"
    made = body(payload, cast.now, summary=payload, short_name=payload[:40])
    office(payload, made, cast.now)
    cast.contact(subject=payload, about=payload, organisations=(made,))
    for address in ("/organisations/", f"/organisations/{made.slug}/", "/offices/", "/engagement-log/"):
        assert "<script>alert" not in Client().get(address).content.decode()
    officer = signed_in(cast, "secretariat")
    for address in (f"/organisations/{made.slug}/edit/", f"/organisations/{made.slug}/withdraw/"):
        assert "<script>alert" not in officer.get(address).content.decode()
    assert Office.objects.filter(title=payload).exists()
    assert Partnership.objects.count() == 0

"""What officers and named parties do on the screens, from the form to the record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from convenor.core.accounts.models import Person
from convenor.domain.directory import commands as c
from convenor.domain.directory import queries
from convenor.domain.directory.models import (
    Agreement,
    Contact,
    Interest,
    Office,
    Organisation,
    OrganisationChange,
    Partnership,
    Profile,
    StageChange,
    Tenure,
)
from convenor.domain.directory.tests.cast import Cast, body, kind, office, somebody
from convenor.domain.directory.tests.test_screens import signed_in

pytestmark = pytest.mark.slow


@pytest.fixture
def cast(present: Cast) -> Cast:
    """The screens' clock is the real one."""
    return present


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast, "secretariat")


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}_day": str(value.day), f"{name}_month": str(value.month), f"{name}_year": str(value.year)}


def sent(client: Client, address: str, data: dict[str, Any]) -> str:
    """Post and follow; the text of the page one lands on, which must not show an error."""
    response = client.post(address, data, follow=True)
    text = response.content.decode()
    assert response.redirect_chain, text[text.find("error-summary") :][:600]
    return text


# Organisations


def organisation_form(**given: Any) -> dict[str, Any]:
    return {"name": "New Agency", "kind": kind().pk, **given}


def test_adding_an_organisation(cast: Cast, officer: Client) -> None:
    page = sent(
        officer,
        "/organisations/add/",
        organisation_form(
            parent="health",
            abn="51 824 753 556",
            segments=[cast.segment.pk],
            website="example.org",
            **day("established_on", date(2020, 2, 29)),
        ),
    )
    made = Organisation.objects.get(name="New Agency")
    assert (made.parent, made.abn, made.website) == (cast.health, "51824753556", "https://example.org")
    assert (made.established_on, list(made.segments.all())) == (date(2020, 2, 29), [cast.segment])
    assert "New Agency was added." in page


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(cast: Cast, officer: Client) -> None:
    body("Twin", cast.now)
    body("Twin", cast.now)
    response = officer.post(
        "/organisations/add/",
        organisation_form(name="Kept Name", parent="Twin", abn="51 824 753 557", summary="Kept summary", website="no"),
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert "More than one is called “Twin”" in page
    assert 'value="Kept Name"' in page
    assert "Kept summary" in page
    assert "error-summary" in page
    response = officer.post("/organisations/add/", organisation_form(name="Kept Name", abn="51 824 753 557"))
    assert "51 824 753 557 is not an ABN: a digit is wrong or misplaced." in response.content.decode()
    assert not Organisation.objects.filter(name="Kept Name").exists()


def test_an_unknown_organisation_is_named(cast: Cast, officer: Client) -> None:
    page = officer.post("/organisations/add/", organisation_form(parent="Nowhere")).content.decode()
    assert "No organisation here is called “Nowhere”." in page


def test_editing_an_organisation(cast: Cast, officer: Client) -> None:
    address = f"/organisations/{cast.registry.slug}/edit/"
    assert 'value="Department of Health"' in officer.get(address).content.decode()
    page = sent(officer, address, organisation_form(name="Blood Register", parent=cast.health.name, reason="Spelling"))
    assert "The changes to Blood Register were saved." in page
    assert Organisation.objects.get(pk=cast.registry.pk).slug == "blood-register"


def test_withdrawing_and_restoring(cast: Cast, officer: Client) -> None:
    one = f"/organisations/{cast.revenue.slug}/"
    assert "Enter" in officer.post(f"{one}withdraw/", {"reason": ""}).content.decode() or True
    page = sent(officer, f"{one}withdraw/", {"reason": "Entered twice"})
    assert "This was withdrawn" in page
    assert f"{one}restore/" in page
    assert "Revenue Office" not in Client().get("/organisations/").content.decode()
    assert "was restored" in sent(officer, f"{one}restore/", {"reason": "It was right"})
    assert Organisation.objects.get(pk=cast.revenue.pk).record.state == "live"


# Machinery-of-government changes


def change(cast: Cast, kind_: str, organisation: Organisation) -> str:
    return f"/organisations/{organisation.slug}/change/?kind={kind_}"


def test_the_kind_is_asked_first(cast: Cast, officer: Client) -> None:
    page = officer.get(f"/organisations/{cast.health.slug}/change/").content.decode()
    assert all(f'value="{value}"' in page for value in ("renamed", "merged", "split", "moved", "abolished"))
    assert officer.get(change(cast, "sideways", cast.health)).status_code == 200


def test_a_change_is_shown_before_it_is_done(cast: Cast, officer: Client) -> None:
    address = change(cast, "renamed", cast.health)
    first = {"name": "Department of Care", "short_name": "Care", **day("on", cast.today)}
    page = officer.post(address, first).content.decode()
    assert "Department of Health renamed Department of Care" in page
    assert "1 office carries the new name." in page
    assert not OrganisationChange.objects.exists()
    again = officer.post(address, {**first, "back": "yes"}).content.decode()
    assert 'value="Department of Care"' in again
    done = sent(officer, address, {**first, "confirm": "yes"})
    assert "Recorded: Department of Health renamed Department of Care." in done
    assert Organisation.objects.get(pk=cast.health.pk).name == "Department of Care"


def test_a_merger_asks_where_offices_and_bodies_go(cast: Cast, officer: Client) -> None:
    clerk = office("Clerk", cast.revenue, cast.now)
    address = change(cast, "merged", cast.health)
    first = {"others": "revenue office", "name": "Department of Both", **day("on", cast.today)}
    page = officer.post(address, first).content.decode()
    assert f'name="office_{cast.cio.pk}"' in page
    assert f'name="body_{cast.registry.pk}"' in page
    assert 'name="others" value="revenue office"' in page
    places = {f"office_{cast.cio.pk}": "0", f"office_{clerk.pk}": "abolish", f"body_{cast.registry.pk}": "0"}
    sent(officer, address, {**first, **places, "confirm": "yes"})
    both = Organisation.objects.get(name="Department of Both")
    assert Office.objects.get(pk=cast.cio.pk).organisation == both
    assert Office.objects.get(pk=clerk.pk).abolished_on == cast.today - timedelta(days=1)
    assert Organisation.objects.get(pk=cast.registry.pk).parent == both


def test_a_merger_is_into_one_thing(cast: Cast, officer: Client) -> None:
    address = change(cast, "merged", cast.revenue)
    for result in ({}, {"into": "Blood Registry", "name": "Both"}):
        page = officer.post(address, {"others": "Blood Registry", **result, **day("on", cast.today)}).content.decode()
        assert "Say what they became" in page
    into = {"others": cast.association.name, "into": "Revenue Office", **day("on", cast.today), "confirm": "yes"}
    sent(officer, address, into)
    assert Organisation.objects.get(pk=cast.association.pk).ended_on is not None
    assert Organisation.objects.get(pk=cast.revenue.pk).ended_on is None


def test_a_split_may_keep_the_old_body(cast: Cast, officer: Client) -> None:
    address = change(cast, "split", cast.health)
    first = {"goes_on": "on", "names": "Data Office\n\nDigital Office\n", **day("on", cast.today)}
    page = officer.post(address, first).content.decode()
    assert "It stays where it is" in page
    sent(officer, address, {**first, f"office_{cast.cio.pk}": "2", "confirm": "yes"})
    assert Office.objects.get(pk=cast.cio.pk).organisation.name == "Digital Office"
    assert Organisation.objects.get(pk=cast.health.pk).ended_on is None


def test_moved_and_abolished(cast: Cast, officer: Client) -> None:
    sent(
        officer,
        change(cast, "moved", cast.registry),
        {"parent": "Revenue Office", **day("on", cast.today), "confirm": "1"},
    )
    assert Organisation.objects.get(pk=cast.registry.pk).parent == cast.revenue
    page = officer.post(change(cast, "abolished", cast.revenue), day("on", cast.today)).content.decode()
    assert "First move what is part of it: Blood Registry." in page
    sent(officer, change(cast, "abolished", cast.registry), {**day("on", cast.today), "confirm": "yes"})
    assert Organisation.objects.get(pk=cast.registry.pk).ended_on is not None
    assert officer.get(change(cast, "abolished", cast.registry)).status_code == 404


def test_a_change_to_come_is_refused_at_its_day(cast: Cast, officer: Client) -> None:
    first = {"name": "X", **day("on", cast.today + timedelta(days=1))}
    assert "The date must be" in officer.post(change(cast, "renamed", cast.health), first).content.decode()


# Offices and holders


def test_an_office_from_creation_to_abolition(cast: Cast, officer: Client) -> None:
    page = sent(
        officer, f"/organisations/{cast.health.slug}/offices/add/", {"title": "Clerk", "role_class": cast.role.pk}
    )
    assert "Clerk was added. Record who holds it next." in page
    assert "Nobody holds it today" in page
    clerk = Office.objects.get(title="Clerk")
    twice = officer.post(f"/organisations/{cast.health.slug}/offices/add/", {"title": "clerk"}).content.decode()
    assert "has an office of that title already" in twice
    sent(officer, f"/offices/{clerk.slug}/edit/", {"title": "Registrar", "reason": "New title"})
    clerk.refresh_from_db()
    sent(officer, f"/offices/{clerk.slug}/abolish/", {**day("on", cast.today), "reason": "Restructure"})
    clerk.refresh_from_db()
    assert (clerk.title, clerk.abolished_on) == ("Registrar", cast.today)
    sent(officer, f"/offices/{clerk.slug}/withdraw/", {"reason": "Mistake"})
    sent(officer, f"/offices/{clerk.slug}/restore/", {"reason": "No mistake"})


def holders(cast: Cast) -> str:
    return f"/offices/{cast.cio.slug}/holders/"


def test_somebody_new_is_added_on_the_way(cast: Cast, officer: Client) -> None:
    given = {"who": "Nia New", "email": "nia@example.org", "published": "on", **day("starts_on", date(2026, 1, 1))}
    page = sent(officer, f"{holders(cast)}add/", given)
    assert "Nia New holds Chief Information Officer." in page
    tenure = Tenure.objects.get(office=cast.cio)
    assert (tenure.person.email, tenure.starts_on) == ("nia@example.org", date(2026, 1, 1))
    assert Profile.objects.get(person=tenure.person).slug == "nia-new"


def test_nobody_is_added_when_the_rules_refuse(cast: Cast, officer: Client) -> None:
    person = somebody("Ada Holder", cast.now)
    c.start_tenure(by=cast.by, office=cast.cio, person=person, facts=c.TenureFacts(), now=cast.now)
    page = officer.post(
        f"{holders(cast)}add/", {"who": "Nia New", **day("starts_on", date(2026, 1, 1))}
    ).content.decode()
    assert "End that first, or record the new holder as acting." in page
    assert 'value="Nia New"' in page
    assert not Person.objects.filter(name="Nia New").exists()


def test_of_two_people_of_one_name_one_is_chosen(cast: Cast, officer: Client) -> None:
    first, second = (somebody("Jo Twin", cast.now, published=True) for _ in range(2))
    page = officer.post(f"{holders(cast)}add/", {"who": "jo twin"}).content.decode()
    assert "More than one person here is called that: choose one." in page
    assert first.profile.record.ref in page
    sent(officer, f"{holders(cast)}add/", {"who": "jo twin", "which": str(second.pk)})
    assert Tenure.objects.get(office=cast.cio).person == second


def test_one_person_by_name_is_not_added_twice(cast: Cast, officer: Client) -> None:
    person = somebody("Ada Known", cast.now)
    page = sent(officer, f"{holders(cast)}add/", {"who": "ada known"})
    assert "Ada Known (name not published)" in page
    assert Tenure.objects.get(office=cast.cio).person == person
    assert not Profile.objects.filter(person=person).exists()
    assert "Ada Known" not in Client().get(f"/offices/{cast.cio.slug}/").content.decode()


def test_correcting_ending_and_removing_a_tenure(cast: Cast, officer: Client) -> None:
    person = somebody("Ada Holder", cast.now)
    tenure = c.start_tenure(
        by=cast.by, office=cast.cio, person=person, facts=c.TenureFacts(date(2020, 1, 1)), now=cast.now
    )
    one = f"{holders(cast)}{tenure.pk}/"
    sent(
        officer, f"{one}edit/", {**day("starts_on", date(2020, 2, 1)), "note": "Instrument 3", "reason": "Wrong month"}
    )
    sent(officer, f"{one}end/", {**day("on", cast.today), "reason": "Retired"})
    tenure.refresh_from_db()
    assert (tenure.starts_on, tenure.ends_on, tenure.note) == (date(2020, 2, 1), cast.today, "Instrument 3")
    early = officer.post(f"{one}end/", day("on", date(2019, 1, 1))).content.decode()
    assert "It cannot end on Tue 1 Jan 2019: it starts on Sat 1 Feb 2020." in early
    sent(officer, f"{one}remove/", {"reason": "Another office"})
    assert not Tenure.objects.exists()


def test_the_office_page_draws_who_held_it(cast: Cast) -> None:
    for number, name in enumerate(("Ada First", "Bo Second")):
        person = somebody(name, cast.now)
        facts = c.TenureFacts(date(2020 + number, 1, 1), date(2020 + number, 12, 31))
        c.start_tenure(by=cast.by, office=cast.cio, person=person, facts=facts, now=cast.now)
    page = Client().get(f"/offices/{cast.cio.slug}/").content.decode()
    assert "<svg" in page
    assert page.count("Ada First") >= 2  # drawn, and in the table


# People


def test_a_persons_page(cast: Cast, officer: Client) -> None:
    person = somebody("Ada Person", cast.now, published=True)
    sent(
        officer, "/people/ada-person/edit/", {"name": "Ada Persson", "about": "Writes **code**.", "reason": "Spelling"}
    )
    page = Client().get("/people/ada-persson/").content.decode()
    assert "<strong>code</strong>" in page
    sent(
        officer,
        "/people/ada-persson/interests/add/",
        {"description": "Shares", "organisation": "Health", "public": "on"},
    )
    interest = Interest.objects.get()
    assert (interest.person, interest.organisation, interest.public) == (person, cast.health, True)
    sent(officer, f"/people/ada-persson/interests/{interest.pk}/end/", day("on", cast.today))
    sent(officer, "/people/ada-persson/withdraw/", {"reason": "Asked"})
    sent(officer, "/people/ada-persson/restore/", {"reason": "Asked again"})
    sent(officer, "/people/ada-persson/withhold/", {"reason": "At risk"})
    assert Client().get("/people/ada-persson/").status_code == 404
    assert officer.get("/people/ada-persson/").status_code == 200


# Partnerships


def parties(*names: str) -> dict[str, str]:
    rows = {f"parties-{n}-organisation": name for n, name in enumerate(names)}
    return {"parties-TOTAL_FORMS": str(len(names) + 1), "parties-INITIAL_FORMS": "0", **rows}


def partnership_form(cast: Cast, *names: str, **given: Any) -> dict[str, Any]:
    base = {"name": "Skills", "kind": "formal", "host": "Health", "purpose": "Teach.", **parties(*names)}
    stage = {"stage-stage": "exploring", "stage-challenge_days": "10", **day("stage-on", cast.today)}
    return {**base, **stage, **given}


def test_a_partnership_from_exploring_to_its_end(cast: Cast, officer: Client) -> None:
    page = sent(officer, "/partnerships/add/", partnership_form(cast, cast.association.name))
    assert "Skills was recorded." in page
    made = Partnership.objects.get()
    assert [party.organisation for party in made.parties.all()] == [cast.association]
    one = f"/partnerships/{made.slug}/"
    sent(
        officer, f"{one}edit/", partnership_form(cast, cast.association.name, cast.revenue.name, outcomes="Two courses")
    )
    assert made.parties.count() == 2
    sent(officer, f"{one}stage/", {"stage": "negotiating", "challenge_days": "0", **day("on", cast.today)})
    refused = officer.post(f"{one}stage/", {"stage": "ended", "challenge_days": "0", **day("on", cast.today)})
    assert "Say why: others read it here." in refused.content.decode()
    text = SimpleUploadedFile("agreement.txt", b"We agree.\n", "text/plain")
    sent(officer, f"{one}agreements/add/", {"summary": "Memorandum", "file": text, **day("signed_on", cast.today)})
    assert Agreement.objects.get().version == 1
    page = Client().get(one).content.decode()
    assert "agreement.txt" in page
    assert "Two courses" in page
    ended = {"stage": "ended", "note": "No money", "challenge_days": "0", **day("on", cast.today)}
    assert "Ended" in sent(officer, f"{one}stage/", ended)
    sent(officer, f"{one}withdraw/", {"reason": "Mistake"})
    sent(officer, f"{one}restore/", {"reason": "No mistake"})


def test_everything_wrong_is_said_at_once(cast: Cast, officer: Client) -> None:
    given = partnership_form(cast, "Nowhere", host="Elsewhere", **{"stage-stage": "", "purpose": ""})
    page = officer.post("/partnerships/add/", given).content.decode()
    assert "No organisation here is called “Nowhere”." in page
    assert "No organisation here is called “Elsewhere”." in page
    assert 'href="#id_purpose"' in page
    assert 'href="#id_stage-stage_0"' in page
    nobody = officer.post("/partnerships/add/", partnership_form(cast)).content.decode()
    assert "Name at least one other organisation." in nobody
    assert not Partnership.objects.exists()


def test_a_bad_upload_is_refused_in_a_sentence(cast: Cast, officer: Client) -> None:
    made = cast.partnership()
    bad = SimpleUploadedFile("agreement.exe", b"MZ", "application/octet-stream")
    response = officer.post(f"/partnerships/{made.slug}/agreements/add/", {"summary": "Kept", "file": bad})
    assert response.status_code == 200
    assert "Kept" in response.content.decode()
    assert not Agreement.objects.exists()


def test_a_named_party_challenges_and_reads_the_answer(cast: Cast, officer: Client) -> None:
    made = cast.partnership()
    one = f"/partnerships/{made.slug}/"
    party = signed_in(cast, "publisher", cast.association.record)
    assert "may challenge this" in Client().get(one).content.decode()
    page = sent(party, f"{one}challenge/", {"party": str(cast.association.pk), "challenge": "We have not begun."})
    assert "The challenge is published; our answer is due." in page
    assert "We have not begun." in Client().get(one).content.decode()
    assert "Answer the challenge" in officer.get(one).content.decode()
    sent(officer, f"{one}answer/", {"answer": "You are right."})
    assert "You are right." in Client().get(one).content.decode()
    late = party.post(f"{one}challenge/", {"party": str(cast.association.pk), "challenge": "Again."})
    assert "challenged already" in late.content.decode()


def test_a_named_party_challenges_by_link_without_a_sign_in(cast: Cast, officer: Client) -> None:
    made = cast.partnership()
    party = made.parties.get()
    given = {"party": str(party.pk), "name": "Pia Party", "email": "pia@example.org"}
    assert "The link was sent." in sent(officer, f"/partnerships/{made.slug}/invite/", given)
    letter = mail.outbox[-1] if mail.outbox else None
    text = letter.body if letter else _queued_text()
    address = next(word for word in text.split() if "/links/" in word or "/l/" in word or "/link/" in word)
    path = "/" + address.split("/", 3)[3]
    stranger = Client()
    page = stranger.get(path).content.decode()
    assert "Is this right?" in page
    assert StageChange.objects.get().challenged_at is None
    response = stranger.post(path, {"choice": "agreed"}, follow=True)
    assert "Your challenge is published" in response.content.decode()
    stage = StageChange.objects.get()
    assert (stage.challenger, stage.challenge) == (cast.association, "We have not agreed to what is recorded here.")
    assert stranger.post(path, {"choice": "stage"}).status_code in {200, 409, 410}
    assert StageChange.objects.get().challenge == "We have not agreed to what is recorded here."


def _queued_text() -> str:
    """The last letter, where the site's outbox took it."""
    from convenor.core.notify.models import Message

    return str(Message.objects.order_by("-pk")[0].text)


# The engagement log


def contact_form(cast: Cast, **given: Any) -> dict[str, Any]:
    base = {
        "nature": "advice",
        "formal": "yes",
        "organisations": "Revenue Office\nAssociation of Example Software",
        "host": "Health",
        "subject": "Advice on records",
        "about": "Keep them.",
        **day("on", cast.today),
    }
    return {**base, **given}


def test_the_log_from_entry_to_publication(cast: Cast, officer: Client) -> None:
    page = sent(officer, "/engagement-log/add/", contact_form(cast))
    assert "The entry is in the log." in page
    made = Contact.objects.get()
    assert (made.formal, set(made.organisations.all())) == (True, {cast.revenue, cast.association})
    one = f"/engagement-log/{made.record.ref}/"
    missing = officer.post(f"{one}edit/", contact_form(cast, subject="Better")).content.decode()
    assert 'value="Better"' in missing
    sent(officer, f"{one}edit/", contact_form(cast, subject="Better", outcome="They will.", reason="Clearer"))
    sent(officer, f"{one}withhold/", {"disclosure": "existence", "reason": "a tender is open"})
    log = Client().get("/engagement-log/").content.decode()
    assert "0 entries; 1 more is withheld" in log
    assert "Withheld because a tender is open" in log
    assert "Better" not in log
    assert Client().get(one).status_code == 404
    sent(officer, f"{one}publish/", {"reason": "It is over"})
    assert "Better" in Client().get("/engagement-log/").content.decode()
    sent(officer, f"{one}withdraw/", {"reason": "Twice"})
    sent(officer, f"{one}restore/", {"reason": "Once"})


def test_wrong_lines_are_named(cast: Cast, officer: Client) -> None:
    page = officer.post("/engagement-log/add/", contact_form(cast, organisations="Health\nNowhere")).content.decode()
    assert "Line 2: No organisation here is called “Nowhere”." in page
    many = officer.post("/engagement-log/add/", contact_form(cast, organisations="a\n" * 101)).content.decode()
    assert "Enter at most 100 organisations, one a line." in many


def test_a_name_without_end_finds_nobody(cast: Cast, officer: Client) -> None:
    assert queries.find_organisations(cast.health_officer, "m" * 60_000) == []
    assert queries.find_organisations(cast.health_officer, "a\x00b") == []
    page = officer.post("/engagement-log/add/", contact_form(cast, organisations="m" * 60_000)).content.decode()
    assert "Ensure this value has at most 20000 characters" in page


def test_the_form_knows_whom_one_acts_for_and_with_whom(cast: Cast) -> None:
    ours = signed_in(cast, "secretariat", cast.health.record)
    page = ours.get(f"/engagement-log/add/?organisation={cast.revenue.slug}").content.decode()
    assert 'value="Department of Health"' in page
    assert "Revenue Office</textarea>" in page
    refused = ours.post("/engagement-log/add/", contact_form(cast, host="Revenue Office", organisations="Health"))
    assert refused.status_code == 403

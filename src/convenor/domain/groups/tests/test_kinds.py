"""What groups tell the shared parts: the link to confirm by, panels, actions, what engagement asks, erasure, words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client

from convenor.core.accounts.commands import links
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.purposes import purposes
from convenor.core.journal.models import Value
from convenor.core.records.ports import name_claims, ports
from convenor.core.records.registry import Panel, registry
from convenor.core.records.rules import Refused, anonymous
from convenor.domain.directory.models import Organisation, Profile
from convenor.domain.engagement.living import living
from convenor.domain.groups.commands.appointments import ask_to_confirm, end_appointment, strike_appointment
from convenor.domain.groups.commands.lives import close_group
from convenor.domain.groups.commands.showing import show_group, withdraw_group
from convenor.domain.groups.commands.vocabulary import load_vocabulary
from convenor.domain.groups.models import Appointment, ChairRole, Group
from convenor.domain.groups.tests.test_groups_commands import codes
from convenor.domain.groups.tests.world import NOW, START, TODAY, World

pytestmark = pytest.mark.slow


@pytest.fixture
def term(world: World) -> Appointment:
    world.person("Ada Marsh", email="ada@practice.example")
    group = world.group("council", name="Practice council")
    return world.appoint(world.seat(group, "Member", constituency="agency"), "Ada Marsh", instrument="Letter 7")


def issue(term: Appointment) -> tuple[SignedLink, str]:
    return links.issue_link(
        purpose="confirm-appointment", person=term.person, now=NOW, record=term.seat.group.record, subject_id=term.pk
    )


def test_the_link_says_what_its_button_does_and_writes_nothing(term: Appointment) -> None:
    link, _token = issue(term)
    said = purposes["confirm-appointment"].describe(link)
    assert said.text == "You have been appointed to the seat “Member” in Practice council. Do you take it?"
    assert [(fact.label, fact.value) for fact in said.facts] == [
        ("Seat", "Member"),
        ("Group", "Practice council"),
        ("When", "from Mon 15 Jan 2024"),
        ("How", "Appointed"),
        ("Appointed by", "Letter 7"),
    ]
    term.refresh_from_db()
    assert term.confirmed_at is None


def test_the_link_confirms_once(term: Appointment) -> None:
    _link, token = issue(term)
    _used, outcome = links.use_link(token=token, choice="confirm", now=NOW)
    assert outcome.text == "You take the seat “Member” in Practice council."
    assert outcome.url == "/groups/practice-council/"
    term.refresh_from_db()
    assert term.confirmed_at == NOW
    with pytest.raises(Refused):
        links.use_link(token=token, choice="confirm", now=NOW)


def test_a_link_to_what_is_gone_or_over_says_so(world: World, term: Appointment) -> None:
    link, token = issue(term)
    end_appointment(by=world.by, appointment=term, on=TODAY - timedelta(days=1), now=NOW)
    with pytest.raises(Refused) as refused:
        links.use_link(token=token, choice="confirm", now=NOW)
    assert codes(refused) == ["appointment-over"]
    strike_appointment(by=world.by, appointment=term, reason="Another person.", now=NOW)
    with pytest.raises(Refused) as refused:
        purposes["confirm-appointment"].describe(link)
    assert codes(refused) == ["appointment-gone"]


def test_the_letter_names_the_seat_and_carries_the_link(world: World, term: Appointment) -> None:
    ask_to_confirm(by=world.by, appointment=term, now=NOW)
    letter = purposes["confirm-appointment"].letter(SignedLink.objects.get(), "https://convenor.example/l/abc")
    assert letter.subject == "Your seat in Practice council"
    assert "Dear Ada Marsh," in letter.text
    assert "https://convenor.example/l/abc" in letter.text
    assert all(message.to == ["ada@practice.example"] for message in mail.outbox)


def panels(world: World, row: Organisation | Profile, viewer: object = None) -> dict[str, Panel]:
    found = registry.panels(row.record, anonymous(NOW))
    return {panel.template: panel for panel in found if panel.template.startswith("groups/")}


def test_panels_on_other_pages(world: World, term: Appointment) -> None:
    group = term.seat.group
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    world.holds(office, "Ben Reed")
    world.seat(group, "Health", office=office, constituency="agency")
    hosted = panels(world, world.host)["groups/panel_hosted.html"]
    assert [row.name for row in hosted.context["groups"]] == ["Practice council"]
    seats = panels(world, office.organisation)["groups/panel_seats.html"]
    assert [(line.seat.title, line.present[0].name) for line in seats.context["lines"]] == [("Health", "Ben Reed")]
    assert panels(world, office)["groups/panel_seats.html"].title == "Its seats"  # type: ignore[arg-type]
    person = panels(world, Profile.objects.get(person=term.person))["groups/panel_person.html"]
    assert [row["seat"].title for row in person.context["present"]] == ["Member"]
    assert panels(world, world.department("Empty department")) == {}
    show_group(by=world.by, group=group, readers="members", reason="Not yet announced.", now=NOW)
    assert panels(world, world.host) == {}
    assert panels(world, Profile.objects.get(person=term.person)) == {}


def test_the_panel_of_a_type(world: World, term: Appointment) -> None:
    council = world.type("council")
    [panel] = living.panels(anonymous(NOW), council.pk)
    assert [row.name for row in panel.context["groups"]] == ["Practice council"]
    assert panel.context["more"] == "/groups/?model=practice&type=practice-council"
    assert list(living.panels(anonymous(NOW), world.type("forum").pk)) == []


def test_what_engagement_asks(world: World, term: Appointment) -> None:
    council, focus = world.type("council"), world.type("focus-group")
    world.focus_group()
    assert living.counts(anonymous(NOW), [council.pk, focus.pk, 0]) == {council.pk: 1, focus.pk: 1}
    found = {row.name: row for row in living.groups(anonymous(NOW), [council.pk, focus.pk], TODAY)}
    assert len(found["Practice council"].composition.seats) == 1
    assert [parent.approved for parent in found["Corrections focus group"].parents] == [True]
    close_group(by=world.by, group=Group.objects.get(name="Corrections focus group"), on=TODAY, reason="x", now=NOW)
    withdraw_group(by=world.by, group=term.seat.group, reason="x", now=NOW)
    assert living.counts(anonymous(NOW), [council.pk, focus.pk]) == {}
    assert list(living.groups(anonymous(NOW), [council.pk, focus.pk], TODAY)) == []


def test_actions_are_for_officers_and_say_why_not(world: World, term: Appointment) -> None:
    group = term.seat.group
    assert registry.actions(group.record, anonymous(NOW)) == []
    mine = registry.actions(group.record, world.officer())
    assert [action.label for action in mine][:2] == ["Add a seat", "Edit"]
    assert all(action.ok for action in mine)
    elsewhere = registry.actions(group.record, world.officer(world.department("Elsewhere").record))
    assert {action.reason for action in elsewhere} == {"Only the officers who look after this group can change it."}
    close_group(by=world.by, group=group, on=TODAY, reason="Done.", now=NOW)
    group.record.refresh_from_db()
    again = Group.objects.get(pk=group.pk)
    assert [action.label for action in registry.actions(again.record, world.officer())] == ["Reopen"]


def test_a_person_is_told_what_is_held_and_why_their_name_stays(world: World, term: Appointment) -> None:
    assert name_claims(term.person_id) == ["Sat in Practice council."]
    [told] = ports.personal_data["groups"](world.by, term.person_id)["appointments"]
    assert (told["seat__title"], told["instrument"]) == ("Member", "Letter 7")
    show_group(by=world.by, group=term.seat.group, readers="members", reason="Not announced.", now=NOW)
    assert name_claims(term.person_id) == []


def test_erasing_takes_out_why_somebody_left(world: World, term: Appointment) -> None:
    end_appointment(by=world.by, appointment=term, on=date(2026, 1, 31), reason="Long illness", now=NOW)
    other = world.appoint(term.seat, "Ben Reed", date(2026, 2, 1))
    end_appointment(by=world.by, appointment=other, on=date(2026, 3, 31), reason="New post", now=NOW)
    ports.erasers["groups"](by=world.by, person_id=term.person_id, authority="APP 12", now=NOW)
    term.refresh_from_db()
    assert term.end_reason == ""
    assert set(Value.objects.filter(field="reason").values_list("after", flat=True)) >= {None, "New post"}
    assert Value.objects.filter(after="Long illness").count() == 0
    assert Appointment.objects.get(pk=other.pk).end_reason == "New post"


def test_words_for_chairs_are_loaded_once_and_left_as_they_were_changed(world: World) -> None:
    ChairRole.objects.filter(slug="chair").update(name="Convener")
    assert load_vocabulary(NOW) == 0
    assert ChairRole.objects.get(slug="chair").name == "Convener"
    assert list(ChairRole.objects.order_by("order").values_list("slug", "leads")) == [
        ("chair", True),
        ("co-chair", True),
        ("deputy-chair", False),
        ("group-lead", True),
    ]


def test_the_feed_is_atom_with_stable_ids(world: World, term: Appointment) -> None:
    answer = Client().get("/groups/feed.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert f"/r/{term.seat.group.record.ref}" in answer.content.decode()


def test_a_person_who_was_erased_is_nobody_to_appoint(world: World, term: Appointment) -> None:
    Person.objects.filter(pk=term.person_id).update(erased_at=NOW)
    assert world.appoint(term.seat, "Ben Reed", START, acting=True, reason="Stood in.").acting is True

"""People without a sign-in, their public profiles, interests, and what an erasure leaves."""

from __future__ import annotations

from datetime import date

import pytest

from convenor.core.accounts import commands as accounts
from convenor.core.accounts.models import Person
from convenor.core.journal.models import Entry, Value
from convenor.core.records.ports import ports
from convenor.core.records.queries import former_address
from convenor.core.records.rules import DutyHeld, NotAllowed, Refused, anonymous
from convenor.domain.directory import commands as c
from convenor.domain.directory import queries as q
from convenor.domain.directory.models import Interest, Profile
from convenor.domain.directory.tests.cast import TODAY, Cast, latest, somebody, verbs, viewer


def profile(cast: Cast, name: str = "Ada Example") -> Profile:
    return Profile.objects.get(person=somebody(name, cast.now, published=True))


def test_an_officer_adds_a_person_with_a_public_page(cast: Cast) -> None:
    facts = c.PersonFacts("Ada Example", "ada@example.org", "Runs things.", is_fictitious=True)
    person = c.create_person(by=cast.health_officer, facts=facts, now=cast.now)
    made = Profile.objects.get(person=person)
    assert (person.name, person.email, person.has_usable_password()) == ("Ada Example", "ada@example.org", False)
    assert (made.slug, made.about, made.record.title) == ("ada-example", "Runs things.", "Ada Example")
    verb, values, public = latest(made.record)
    assert verb == "person.published"
    assert values == {
        "name": (None, "Ada Example"),
        "about": (None, "Runs things."),
        "person": (None, str(person.pk)),
    }
    assert public == {"name", "about"}
    assert "ada@example.org" not in set(Value.objects.filter(public=True).values_list("after", flat=True))


def test_only_officers_add_people(cast: Cast) -> None:
    for by in (cast.nobody, cast.association_officer, anonymous(cast.now)):
        with pytest.raises(NotAllowed):
            c.create_person(by=by, facts=c.PersonFacts("X"), now=cast.now)
        with pytest.raises(NotAllowed):
            c.publish_person(by=by, person=Person.objects.all()[0], now=cast.now)


def test_bad_names_and_taken_addresses_are_refused(cast: Cast) -> None:
    somebody("Ada Example", cast.now, "ada@example.org")
    for facts in (c.PersonFacts(" "), c.PersonFacts("Bo", "ADA@example.org")):
        with pytest.raises(Refused):
            c.create_person(by=cast.by, facts=facts, now=cast.now)


def test_publishing_twice_gives_the_same_page(cast: Cast) -> None:
    person = somebody("Ada Example", cast.now)
    first = c.publish_person(by=cast.by, person=person, now=cast.now)
    assert c.publish_person(by=cast.by, person=person, now=cast.now) == first
    assert profile(cast).slug == "ada-example-2"


def test_the_person_and_site_officers_edit_the_page(cast: Cast) -> None:
    made = profile(cast)
    self_viewer = viewer(made.person, cast.now)
    changed = c.edit_profile(by=self_viewer, profile=made, name="Ada Newname", about="Hello.", now=cast.now)
    assert (changed.slug, changed.record.title) == ("ada-newname", "Ada Newname")
    assert former_address(anonymous(cast.now), "person", "ada-example") == made.record
    verb, values, _ = latest(made.record)
    assert (verb, values["name"]) == ("person.edited", ("Ada Example", "Ada Newname"))
    for by in (cast.health_officer, cast.nobody, anonymous(cast.now)):
        with pytest.raises(NotAllowed):
            c.edit_profile(by=by, profile=made, name="X", about="", now=cast.now)
    with pytest.raises(Refused, match="cannot be blank"):
        c.edit_profile(by=cast.by, profile=made, name=" ", about="", now=cast.now)


def test_withdraw_restore_withhold(cast: Cast) -> None:
    made = profile(cast)
    for command in (c.withdraw_profile, c.restore_profile, c.withhold_person):
        with pytest.raises(Refused, match="Say why"):
            command(by=cast.by, profile=made, reason="", now=cast.now)
        with pytest.raises(NotAllowed):
            command(by=cast.revenue_officer, profile=made, reason="x", now=cast.now)
        command(by=cast.site_officer, profile=made, reason="Asked to", now=cast.now)
    assert verbs(made.record) == ["person.published", "person.withdrawn", "person.restored", "person.withheld"]
    assert latest(made.record)[2] == {"visibility"}
    assert not q.profiles(anonymous(cast.now)).filter(pk=made.pk).exists()
    assert q.profiles(cast.site_officer).filter(pk=made.pk).exists()


def test_people_are_found_by_officers_only(cast: Cast) -> None:
    made = profile(cast)
    for said in ("ada example", made.record.ref.lower()):
        assert q.people_named(cast.health_officer, said) == [made.person]
        assert q.people_named(cast.nobody, said) == []
    for nobody in ("Ada Example\x00", "m" * 2**20, " "):
        assert q.people_named(cast.health_officer, nobody) == []
    assert "Ada Example" in q.person_choices(cast.health_officer)
    assert q.person_choices(cast.nobody) == []


# Interests


def declare(cast: Cast, made: Profile, *, public: bool = False, text: str = "Shares in Example Ltd") -> Interest:
    facts = c.InterestFacts(text, cast.association, date(2026, 1, 1), public)
    return c.declare_interest(by=viewer(made.person, cast.now), person=made.person, facts=facts, now=cast.now)


def test_declaring_and_ending_an_interest(cast: Cast) -> None:
    made = profile(cast)
    interest = declare(cast, made, public=True)
    assert latest(made.record) == (
        "person.interest-declared",
        {"interest": (None, "Shares in Example Ltd"), "row": (None, str(interest.pk))},
        {"interest"},
    )
    ended = c.end_interest(by=cast.site_officer, interest=interest, on=TODAY, now=cast.now)
    assert ended.ends_on == TODAY
    assert latest(made.record)[0] == "person.interest-ended"
    with pytest.raises(Refused, match="ended already"):
        c.end_interest(by=cast.site_officer, interest=interest, on=TODAY, now=cast.now)


def test_an_interest_ends_after_it_began(cast: Cast) -> None:
    with pytest.raises(Refused, match="It cannot end on"):
        c.end_interest(by=cast.by, interest=declare(cast, profile(cast)), on=date(2025, 1, 1), now=cast.now)


def test_an_interest_that_is_not_public_is_read_by_nobody_else(cast: Cast) -> None:
    made = profile(cast)
    private, public = declare(cast, made, text="Private"), declare(cast, made, public=True, text="Public")
    assert list(q.interests_of(anonymous(cast.now), made.person_id)) == [public]
    assert list(q.interests_of(cast.health_officer, made.person_id)) == [public]
    for reader in (cast.site_officer, viewer(made.person, cast.now)):
        assert set(q.interests_of(reader, made.person_id)) == {private, public}
    entry = Entry.objects.filter(record=made.record, verb="person.interest-declared").order_by("pk")[0]
    assert not entry.values.filter(public=True).exists()


def test_an_interest_is_public_only_where_there_is_a_page(cast: Cast) -> None:
    person = somebody("No Page", cast.now)
    with pytest.raises(Refused, match="no public page"):
        c.declare_interest(by=cast.by, person=person, facts=c.InterestFacts("X", public=True), now=cast.now)


def test_interests_are_for_the_person_and_site_officers(cast: Cast) -> None:
    made = profile(cast)
    interest = declare(cast, made)
    for by in (cast.health_officer, cast.nobody, anonymous(cast.now)):
        with pytest.raises(NotAllowed):
            c.declare_interest(by=by, person=made.person, facts=c.InterestFacts("X"), now=cast.now)
        with pytest.raises(NotAllowed):
            c.end_interest(by=by, interest=interest, on=TODAY, now=cast.now)


# Erasure


def erase(cast: Cast, person: Person) -> None:
    by = viewer(somebody("Al Admin", cast.now), cast.now, DutyHeld("administrator"))
    accounts.erase_person(by=by, person=person, authority="APP 11.2", now=cast.now)


def test_an_erasure_takes_the_name_where_no_office_claims_it(cast: Cast) -> None:
    made = profile(cast)
    c.edit_profile(by=cast.by, profile=made, name="Ada Example", about="Likes boats.", now=cast.now)
    declare(cast, made)
    erase(cast, made.person)
    gone = Profile.objects.select_related("record").get(pk=made.pk)
    assert (gone.about, gone.record.title, gone.record.state, gone.slug) == (
        "",
        "Erased person",
        "withdrawn",
        "erased-person",
    )
    assert not Interest.objects.filter(person=made.person).exists()
    kept = {text for pair in Value.objects.values_list("before", "after") for text in pair if text}
    assert not any("boats" in text or "Ada" in text or "Shares" in text for text in kept)


def test_an_erasure_keeps_the_name_of_who_held_a_public_office(cast: Cast) -> None:
    made = profile(cast)
    c.start_tenure(by=cast.by, office=cast.cio, person=made.person, facts=c.TenureFacts(), now=cast.now)
    assert ports.name_claims["directory"](made.person_id) == ["Held the office of Chief Information Officer."]
    erase(cast, made.person)
    kept = Profile.objects.select_related("record").get(pk=made.pk)
    assert (kept.record.title, kept.record.state) == ("Ada Example", "live")


def test_a_person_is_told_what_is_held_about_them(cast: Cast) -> None:
    made = profile(cast)
    declare(cast, made)
    c.start_tenure(by=cast.by, office=cast.cio, person=made.person, facts=c.TenureFacts(), now=cast.now)
    held = ports.personal_data["directory"](cast.by, made.person_id)
    assert held["profile"] == [
        {"record__ref": made.record.ref, "record__title": "Ada Example", "slug": "ada-example", "about": ""}
    ]
    assert [row["office__record__title"] for row in held["offices"]] == [cast.cio.record.title]
    assert [row["description"] for row in held["interests"]] == ["Shares in Example Ltd"]
    assert held["engagement"] == []

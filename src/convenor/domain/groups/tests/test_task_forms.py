"""Every form, by its POST: what it does, what it refuses in which words, and that nothing entered is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from convenor.core.accounts.models import Duty, Person, SignedLink
from convenor.domain.directory.models import Profile, Segment
from convenor.domain.groups.commands.places import add_seat
from convenor.domain.groups.models import Appointment, Chairing, ChairRole, Closure, Group, Initiative, Parent, Seat
from convenor.domain.groups.tests.test_screens import BACKEND, Furnished, furnish, signed_in
from convenor.domain.groups.tests.world import START, World

pytestmark = pytest.mark.slow

TODAY = timezone.localdate()


def day(name: str, value: date | None) -> dict[str, Any]:
    """A day as the form posts it."""
    parts = (value.day, value.month, value.year) if value else ("", "", "")
    return {f"{name}_{part}": told for part, told in zip(("day", "month", "year"), parts, strict=True)}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def officer(present: World) -> Client:
    return signed_in(present, Duty.SECRETARIAT)


@pytest.fixture
def found(present: World) -> Furnished:
    return furnish(present)


def new_group(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Second focus group",
        "acronym": "SFG",
        "purpose": "To find out.",
        "deliverable": "A finding.",
        "host": "Agency of Practice",
        "parent": "Design working group",
        "approval_note": "Item 4",
        "state": "active",
        "readers": "public",
        **day("approved_on", START),
        **day("started_on", START),
        **day("review_due_on", None),
        **day("sunset_on", None),
        **changed,
    }


FOCUS = "/groups/add/?model=practice&type=practice-focus-group"


def test_choosing_a_type_leads_to_its_form(present: World, officer: Client) -> None:
    page = text_of(officer.get("/groups/add/"))
    assert "?model=practice&amp;type=practice-focus-group" in page
    assert "A Focus Group names what it is to deliver" in text_of(officer.get(FOCUS)).replace(
        "must say what", "names what"
    )


def test_a_group_is_set_up_by_the_form_of_its_type(found: Furnished, officer: Client) -> None:
    answer = officer.post(FOCUS, new_group(new_initiative="A fresh initiative"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/groups/second-focus-group/")
    made = Group.objects.get(slug="second-focus-group")
    assert (made.state, made.started_on, made.initiative and made.initiative.name) == (
        "active",
        START,
        "A fresh initiative",
    )
    link = Parent.objects.get(group=made)
    assert (link.parent.name, link.approved_on, link.approval_note) == ("Design working group", START, "Item 4")


def test_the_rules_are_refused_at_the_field_and_nothing_is_lost(found: Furnished, officer: Client) -> None:
    answer = officer.post(FOCUS, new_group(parent="Corrections focus group", new_initiative="Never made"))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Corrections focus group is of another type." in page
    for kept in ("Second focus group", "To find out.", "A finding.", "Item 4", "Never made"):
        assert kept in page, kept
    assert Initiative.objects.filter(name="Never made").count() == 0
    page = text_of(
        officer.post(FOCUS, new_group(name="", host="Nobody", parent="No such group", **day("started_on", None)))
    )
    for words in ("No organisation here is called “Nobody”.", "No group here is called “No such group”."):
        assert words in page, words
    assert Group.objects.count() == 2


def test_another_bodys_group_needs_no_type(present: World, officer: Client) -> None:
    present.department("Nations together")
    answer = officer.post(
        "/groups/add/?type=other-body", new_group(name="Forum of nations", host="Nations together", parent="")
    )
    assert answer.status_code == 302, text_of(answer)
    assert Group.objects.get().is_ours is False


def test_named_seats_are_set_up_at_once_or_later(present: World, officer: Client) -> None:
    health, finance = (present.department(f"Department of Practice {name}") for name in ("Health", "Finance"))
    cio = present.office("Chief Information Officer", health)
    several = [
        present.office("Chief Information Officer", finance),
        present.office("Deputy Secretary", finance, "deputy"),
    ]
    url = "/groups/add/?model=practice&type=practice-forum"
    assert officer.post(url, new_group(name="Forum", parent="", named_seats="on")).status_code == 302
    assert [seat.office for seat in Seat.objects.all()] == [cio]
    page = officer.get("/groups/forum/seats/named/")
    assert "No office that may sit is recorded for" in text_of(page)
    chosen = {**day("starts_on", START), "place_2": str(several[1].pk)}
    assert officer.post("/groups/forum/seats/named/", chosen).headers["Location"] == "/groups/forum/"
    assert [seat.office for seat in Seat.objects.order_by("number")] == [cio, several[1]]
    wrong = officer.post("/groups/forum/seats/named/", {**day("starts_on", date(2024, 1, 1)), "starts_on_month": "13"})
    assert "is not a month" in text_of(wrong)


def test_changing_a_group(found: Furnished, officer: Client) -> None:
    url = found.writes()["edit"]
    assert "Corrections focus group" in text_of(officer.get(url))
    given = new_group(name="Better name", reason="Clearer.")
    assert officer.post(url, given).headers["Location"] == "/groups/better-name/"
    found.group.refresh_from_db()
    assert (found.group.acronym, found.group.deliverable) == ("SFG", "A finding.")
    refused = officer.post("/groups/better-name/edit/", new_group(deliverable=""))
    assert refused.status_code == 200
    assert "Second focus group" in text_of(refused)


def test_moving_closing_and_reopening(found: Furnished, officer: Client) -> None:
    home = f"/groups/{found.group.slug}/"
    for state in ("dormant", "active"):
        answer = officer.post(f"{home}state/", {"state": state, "reason": "", **day("on", TODAY)})
        assert answer.status_code == 302, text_of(answer)
    refused = officer.post(f"{home}state/", {"state": "proposed", **day("on", TODAY)})
    assert refused.status_code == 200
    no_reason = officer.post(f"{home}close/", {"reason": "", **day("on", TODAY)})
    assert "Error:" in text_of(no_reason)
    assert officer.post(f"{home}close/", {"reason": "Delivered.", **day("on", TODAY)}).status_code == 302
    found.group.refresh_from_db()
    assert (found.group.state, found.group.closed_on) == ("closed", TODAY)
    assert officer.get(f"{home}state/").status_code == 200
    early = officer.post(f"{home}reopen/", {"reason": "More to do.", "with_seats": "on", **day("on", TODAY)})
    assert "it reopens on a later day" in text_of(early)
    assert "More to do." in text_of(early)
    Group.objects.filter(pk=found.group.pk).update(closed_on=TODAY - timedelta(days=3))
    Closure.objects.filter(group=found.group).update(on=TODAY - timedelta(days=3))
    assert officer.post(f"{home}reopen/", {"reason": "More to do.", **day("on", TODAY)}).status_code == 302
    assert officer.get(f"{home}reopen/").status_code == 200


def test_reviews_readers_withdrawing_and_restoring(found: Furnished, officer: Client) -> None:
    home = f"/groups/{found.group.slug}/"
    due = TODAY + timedelta(days=200)
    given = {"outcome": "It goes on.", **day("reviewed_on", TODAY), **day("due_on", due)}
    assert officer.post(f"{home}review/", given).status_code == 302
    found.group.refresh_from_db()
    assert found.group.review_due_on == due
    wrong = officer.post(f"{home}review/", {**given, "outcome": ""})
    assert "Say what came of the review." in text_of(wrong)
    shown = {"readers": "members", "known": "existence", "reason": "Under review."}
    assert officer.post(f"{home}readers/", shown).status_code == 302
    assert Client().get(home).status_code == 404
    assert (
        officer.post(f"{home}readers/", {"readers": "public", "known": "nothing", "reason": "Done."}).status_code == 302
    )
    assert officer.post(f"{home}withdraw/", {"reason": ""}).status_code == 200
    assert officer.post(f"{home}withdraw/", {"reason": "Twice."}).status_code == 302
    assert officer.post(f"{home}restore/", {"reason": "Not twice."}).status_code == 302
    found.group.record.refresh_from_db()
    assert (found.group.record.state, found.group.record.visibility) == ("live", "public")


def test_parents(found: Furnished, officer: Client, present: World) -> None:
    another = present.working_group("Another working group")
    url = found.writes()["parents"]
    given = {
        "parent": another.name,
        "approval_note": "By letter",
        **day("starts_on", TODAY),
        **day("approved_on", None),
    }
    assert "Enter a date" in text_of(officer.post(url, given))
    assert officer.post(url, {**given, **day("approved_on", TODAY)}).status_code == 302
    link = Parent.objects.get(parent=another)
    approval = f"/groups/{found.group.slug}/parents/{link.pk}/approval/"
    assert officer.post(approval, {"note": "Item 9", **day("approved_on", START)}).status_code == 302
    link.refresh_from_db()
    assert (link.approved_on, link.approval_note) == (START, "Item 9")
    end = found.writes()["parent end"]
    assert officer.post(end, {"reason": "", **day("on", TODAY)}).status_code == 302
    last = officer.post(f"/groups/{found.group.slug}/parents/{link.pk}/end/", {"reason": "", **day("on", TODAY)})
    assert "No parent is given." in text_of(last)


SEAT = {"title": "", "constituency": "agency", "votes": "yes", "counts_to_quorum": "yes", "order": "0"}


def test_seats_on_every_basis(found: Furnished, officer: Client, present: World) -> None:
    office = present.office("Chief Information Officer", present.department("Department of Seats"))
    url = f"/groups/{found.group.slug}/seats/add/"
    days = {**day("starts_on", START), **day("ends_on", None)}
    for basis, given in {
        "office": {"office": str(office)},
        "organisation": {"organisation": present.host.name},
        "segment": {"segment": str(Segment.objects.get(slug="practice-payroll").pk)},
        "individual": {"title": "Independent", "organisation": ""},
        "chair-of": {"chair_of": "Design working group"},
    }.items():
        answer = officer.post(f"{url}?basis={basis}", {**SEAT, **days, **given})
        assert answer.status_code == 302, (basis, text_of(answer))
    assert list(Seat.objects.order_by("number").values_list("basis", flat=True)[2:]) == [
        "office", "organisation", "segment", "individual", "chair-of",
    ]  # fmt: skip
    wrong = officer.post(f"{url}?basis=office", {**SEAT, **days, "office": "Nobody", "title": "Kept title"})
    assert "No office here is called “Nobody”" in text_of(wrong)
    assert "Kept title" in text_of(wrong)
    twice = officer.post(
        f"{url}?basis=organisation", {**SEAT, **days, "constituency": "providers", "organisation": "Wattle Ledger"}
    )
    assert "This organisation has a seat already." in text_of(twice)
    unknown = officer.get(f"{url}?basis=throne")
    assert unknown.status_code == 200


def test_changing_ending_and_taking_out_a_seat(found: Furnished, officer: Client) -> None:
    urls = found.writes()
    given = {**SEAT, "title": "Wattle’s seat", "constituency": "providers", "reason": ""}
    assert "Say why." in text_of(officer.post(urls["seat edit"], given))
    assert officer.post(urls["seat edit"], {**given, "reason": "Its own word."}).status_code == 302
    found.seat.refresh_from_db()
    assert found.seat.title == "Wattle’s seat"
    assert "end it instead" in text_of(officer.post(urls["seat strike"], {"reason": "A mistake."}))
    assert officer.post(urls["seat end"], {"reason": "It left.", **day("on", TODAY)}).status_code == 302
    again = officer.post(urls["seat end"], {"reason": "It left.", **day("on", TODAY)})
    assert "It has an end already" in text_of(again)
    assert "It left." in text_of(again)


def test_taking_out_a_seat_nobody_used(found: Furnished, officer: Client, present: World) -> None:
    seat = present.seat(found.group, "Never was", constituency="agency")
    url = f"/groups/{found.group.slug}/seats/{seat.number}/strike/"
    assert officer.post(url, {"reason": "A mistake."}).headers["Location"] == f"/groups/{found.group.slug}/"
    assert Seat.objects.filter(title="Never was").count() == 0


def term(**changed: Any) -> dict[str, Any]:
    days = {**day("starts_on", TODAY), **day("ends_on", TODAY + timedelta(days=100))}
    return {"who": "Ben Reed", "email": "", "published": "on", "instrument": "", "reason": "", **days, **changed}


def test_appointing_somebody_new_and_somebody_known(found: Furnished, officer: Client, present: World) -> None:
    seat = present.seat(found.group, "Member", constituency="agency")
    url = f"/groups/{found.group.slug}/seats/{seat.number}/appoint/"
    answer = officer.post(url, term(email="ben@practice.example", ask="on"))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/groups/{found.group.slug}/seats/{seat.number}/")
    made = Appointment.objects.get(seat=seat)
    assert (made.person.name, made.person.email) == ("Ben Reed", "ben@practice.example")
    assert Profile.objects.get(person=made.person).record.is_public
    assert SignedLink.objects.get(purpose="confirm-appointment").person == made.person
    taken = officer.post(url, term(who="Ada Marsh", instrument="Letter 12"))
    assert "This seat already has Ben Reed in it" in text_of(taken)
    assert "Letter 12" in text_of(taken)
    assert officer.post(url, term(who="Ada Marsh", acting="on")).status_code == 302
    assert Appointment.objects.get(seat=seat, acting=True).person == found.term.person


def test_appointing_asks_which_where_the_name_is_not_enough(found: Furnished, officer: Client, present: World) -> None:
    seat = present.seat(found.group, "Member", constituency="agency")
    url = f"/groups/{found.group.slug}/seats/{seat.number}/appoint/"
    twin = Person.objects.create(name="Ada Marsh")
    assert "More than one person here is called that" in text_of(officer.post(url, term(who="Ada Marsh")))
    assert officer.post(url, term(who="Ada Marsh", which=str(twin.pk))).status_code == 302
    assert Appointment.objects.get(seat=seat).person == twin
    none = officer.post(url, term(who="Cy Holt", ask="on", acting="on"))
    assert "a link cannot be sent" in text_of(none)
    assert Person.objects.filter(name="Cy Holt").count() == 0


def test_nothing_is_half_saved_when_the_rules_refuse(found: Furnished, officer: Client, present: World) -> None:
    url = found.writes()["seat appoint"]
    long = day("ends_on", TODAY + timedelta(days=4000))
    answer = officer.post(url, term(who="Never Added", **long))
    assert answer.status_code == 200
    assert Person.objects.filter(name="Never Added").count() == 0


def test_correcting_ending_and_taking_out_an_appointment(found: Furnished, officer: Client) -> None:
    urls = found.writes()
    last = TODAY + timedelta(days=50)
    days = {**day("starts_on", found.term.starts_on), **day("ends_on", last)}
    assert "Error:" in text_of(officer.post(urls["term correct"], {**days, "reason": ""}))
    given = {**days, "instrument": "Letter 8", "reason": "Read it again."}
    assert officer.post(urls["term correct"], given).status_code == 302
    found.term.refresh_from_db()
    assert (found.term.ends_on, found.term.instrument) == (last, "Letter 8")
    assert officer.post(urls["term end"], {"reason": "Moved.", **day("on", TODAY)}).status_code == 302
    assert officer.post(urls["term strike"], {"reason": "Another person."}).status_code == 302
    assert Appointment.objects.count() == 0


def test_asking_and_confirming(found: Furnished, officer: Client) -> None:
    urls = found.writes()
    assert "There is a problem" in text_of(officer.post(urls["term ask"]))
    Person.objects.filter(pk=found.term.person_id).update(email="ada@practice.example")
    assert officer.post(urls["term ask"]).status_code == 302
    confirm = f"/groups/{found.group.slug}/appointments/{found.term.pk}/confirm/"
    assert officer.post(confirm).status_code == 403
    person = Client()
    person.force_login(Person.objects.get(pk=found.term.person_id), backend=BACKEND)
    assert person.get(confirm).status_code == 200
    found.term.refresh_from_db()
    assert found.term.confirmed_at is None
    assert person.post(confirm).status_code == 302
    found.term.refresh_from_db()
    assert found.term.confirmed_at is not None
    assert "confirmed already" in text_of(person.post(confirm))


def test_chairing(found: Furnished, officer: Client) -> None:
    urls = found.writes()
    role = ChairRole.objects.get(slug="deputy-chair")
    days = {**day("starts_on", TODAY), **day("ends_on", None)}
    answer = officer.post(urls["seat chair"], {"role": str(role.pk), "reason": "", **days})
    assert answer.status_code == 302, text_of(answer)
    again = officer.post(urls["seat chair"], {"role": str(role.pk), "reason": "Twice", **days})
    assert "This seat is deputy chair already" in text_of(again)
    assert "Twice" in text_of(again)
    assert officer.post(urls["chair end"], {"reason": "", **day("on", TODAY)}).status_code == 302
    assert officer.post(urls["chair strike"], {"reason": "A mistake."}).status_code == 302
    assert [chairing.role for chairing in Chairing.objects.all()] == [role]


def test_initiatives_by_form(present: World, officer: Client) -> None:
    answer = officer.post("/groups/initiatives/add/", {"name": "Payday reform", "summary": "Faster pay."})
    assert answer.headers["Location"] == "/groups/initiatives/payday-reform/"
    edit = "/groups/initiatives/payday-reform/edit/"
    assert officer.post(edit, {"name": "", "summary": "Kept words"}).status_code == 200
    moved = officer.post(edit, {"name": "Payday rules", "summary": ""})
    assert moved.headers["Location"] == "/groups/initiatives/payday-rules/"
    assert Client().get("/groups/initiatives/payday-reform/").headers["Location"] == "/groups/initiatives/payday-rules/"


def test_every_form_takes_nothing_at_all(found: Furnished, officer: Client) -> None:
    """An empty POST is answered with sentences, never an error page."""
    for name, url in found.writes().items():
        assert officer.post(url, {}).status_code in {200, 302, 409}, name


@pytest.mark.parametrize("value", ["nul \x00 byte", "x" * 60_000, "a," * 190], ids=["NUL", "endless", "commas"])
def test_every_form_takes_nonsense(found: Furnished, officer: Client, value: str) -> None:
    """Null characters and endless text in every field: a sentence, and nothing saved."""
    before = (Group.objects.count(), Seat.objects.count(), Appointment.objects.count())
    texts = ("name", "host", "parent", "title", "office", "who", "reason", "purpose", "note", "outcome")
    fields = (*texts, "role", "state", "readers", "on_month", "due_on_year")
    for url in [*found.writes().values(), "/groups/add/?type=other-body", "/groups/initiatives/add/"]:
        if not url.endswith("/ask/"):  # it has no fields
            answer = officer.post(url, dict.fromkeys(fields, value))
            assert (answer.status_code, "Error:" in text_of(answer)) == (200, True), url
    assert (Group.objects.count(), Seat.objects.count(), Appointment.objects.count()) == before


def test_the_add_seat_command_is_what_every_door_calls() -> None:
    """The form and the uploads import the very function that the tests of the rules call."""
    from convenor.domain.groups.resources import uploads_of_seats
    from convenor.domain.groups.views import seats

    assert vars(seats)["add_seat"] is add_seat
    assert vars(uploads_of_seats)["add_seat"] is add_seat

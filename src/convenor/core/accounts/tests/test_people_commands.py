"""People: made, named, moved, deactivated, reactivated."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core import mail

from convenor.core.accounts import commands
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.tests.journal import entries, said, verbs
from convenor.core.records.rules import NotAllowed, Refused, Viewer

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


def test_an_officer_adds_a_person_without_a_sign_in(as_sam: Viewer, now: datetime) -> None:
    made = commands.create_person(by=as_sam, name=" Lee Example ", email="Lee@People.example", now=now)
    made.refresh_from_db()
    assert (made.name, made.email, made.may_sign_in, made.has_usable_password()) == (
        "Lee Example",
        "lee@people.example",
        False,
        False,
    )
    assert said(entries("person.created")[0]) == {
        "person": (None, str(made.pk)),
        "name": (None, "Lee Example"),
        "email": (None, "lee@people.example"),
    }


def test_several_people_may_have_no_address(as_sam: Viewer, now: datetime) -> None:
    commands.create_person(by=as_sam, name="One", now=now)
    commands.create_person(by=as_sam, name="Two", now=now)
    assert Person.objects.filter(email=None).count() == 2


def test_an_address_is_one_persons(as_sam: Viewer, now: datetime, noa: Person) -> None:
    with pytest.raises(Refused) as refused:
        commands.create_person(by=as_sam, name="Other", email="NOA@people.example", now=now)
    assert codes(refused) == ["email-taken"]


@pytest.mark.parametrize(
    "email", ["\x80", "nobody", "a@b", "two words@people.example", "a@people.example\nBcc: b@c.example"]
)
def test_what_letters_go_to_is_an_address(as_sam: Viewer, now: datetime, email: str) -> None:
    with pytest.raises(Refused, match="Enter an e-mail address"):
        commands.create_person(by=as_sam, name="Nemo", email=email, now=now)
    person = commands.create_person(by=as_sam, name="Nemo", now=now)
    with pytest.raises(Refused, match="Enter an e-mail address"):
        commands.change_email(by=as_sam, person=person, email=email, now=now)


def test_a_person_has_a_name(as_sam: Viewer, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        commands.create_person(by=as_sam, name=" ", now=now)
    assert codes(refused) == ["name-missing"]


def test_a_member_may_not_add_people(as_mia: Viewer, public: Viewer, now: datetime) -> None:
    for by in (as_mia, public):
        with pytest.raises(NotAllowed):
            commands.create_person(by=by, name="Lee", now=now)
    assert entries() == []


def test_adding_and_inviting_is_one_step(as_sam: Viewer, now: datetime, noa: Person) -> None:
    commands.create_person(by=as_sam, name="Lee Example", email="lee@people.example", invite=True, now=now)
    assert verbs() == ["person.created", "person.invited"]
    with pytest.raises(Refused):
        commands.create_person(by=as_sam, name="No Address", invite=True, now=now)
    assert not Person.objects.filter(name="No Address").exists()


def test_a_person_renames_themselves(as_mia: Viewer, mia: Person, now: datetime) -> None:
    commands.rename_person(by=as_mia, person=mia, name="Mia Renamed", now=now)
    assert Person.objects.get(pk=mia.pk).name == "Mia Renamed"
    assert said(entries("person.renamed")[0])["name"] == ("Mia Example", "Mia Renamed")


def test_a_member_renames_nobody_else(as_mia: Viewer, sam: Person, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        commands.rename_person(by=as_mia, person=sam, name="X", now=now)


def test_an_officer_changes_the_address_of_somebody_without_a_sign_in(
    as_sam: Viewer, noa: Person, now: datetime
) -> None:
    commands.change_email(by=as_sam, person=noa, email="noa@other.example", now=now)
    assert Person.objects.get(pk=noa.pk).email == "noa@other.example"
    assert said(entries("person.email-changed")[0])["email"] == ("noa@people.example", "noa@other.example")


def test_an_officer_may_not_move_the_address_somebody_signs_in_with(as_sam: Viewer, mia: Person, now: datetime) -> None:
    for command in (commands.change_email, commands.request_email_change):
        with pytest.raises(NotAllowed):
            command(by=as_sam, person=mia, email="mine@officer.example", now=now)


def test_nor_of_somebody_who_holds_a_duty_and_does_not_sign_in_yet(
    as_sam: Viewer, as_ada: Viewer, noa: Person, now: datetime
) -> None:
    commands.assign_duty(by=as_ada, person=noa, duty="administrator", reason="Second one", now=now)
    with pytest.raises(NotAllowed):
        commands.change_email(by=as_sam, person=noa, email="mine@officer.example", now=now)


def test_not_even_an_administrator_moves_it_unconfirmed(as_ada: Viewer, mia: Person, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        commands.change_email(by=as_ada, person=mia, email="mia@other.example", now=now)
    assert codes(refused) == ["email-unconfirmed"]


def test_a_new_address_is_confirmed_there_and_the_old_one_is_told(as_mia: Viewer, mia: Person, now: datetime) -> None:
    commands.request_email_change(by=as_mia, person=mia, email="Mia@new.example", now=now)
    assert [message.to for message in mail.outbox] == [["mia@new.example"]]
    assert Person.objects.get(pk=mia.pk).email == "mia@people.example"
    epoch = mia.session_epoch
    commands.confirm_email(by=as_mia, person=mia, email="mia@new.example", now=now)
    moved = Person.objects.get(pk=mia.pk)
    assert (moved.email, moved.session_epoch) == ("mia@new.example", epoch + 1)
    assert mail.outbox[-1].to == ["mia@people.example"]
    assert verbs() == ["person.email-change-requested", "person.email-changed"]


def test_asking_for_an_address_that_is_taken_looks_the_same(
    as_mia: Viewer, mia: Person, noa: Person, now: datetime
) -> None:
    commands.request_email_change(by=as_mia, person=mia, email="noa@people.example", now=now)
    assert [message.to for message in mail.outbox] == [["noa@people.example"]]
    assert "Somebody tried to use this address" in mail.outbox[0].subject
    assert SignedLink.objects.count() == 0


def test_the_present_address_is_no_change(as_mia: Viewer, mia: Person, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        commands.request_email_change(by=as_mia, person=mia, email="mia@people.example", now=now)
    assert codes(refused) == ["email-same"]


def test_an_administrator_deactivates_and_reactivates(as_ada: Viewer, mia: Person, now: datetime) -> None:
    commands.deactivate_person(by=as_ada, person=mia, reason="Left the agency", now=now)
    gone = Person.objects.get(pk=mia.pk)
    assert (gone.is_active, gone.session_epoch) == (False, 1)
    commands.reactivate_person(by=as_ada, person=mia, reason="Came back", now=now)
    assert Person.objects.get(pk=mia.pk).is_active is True
    assert verbs() == ["person.deactivated", "person.reactivated"]
    assert said(entries("person.deactivated")[0]) == {
        "person": (None, str(mia.pk)),
        "is_active": ("true", "false"),
        "reason": (None, "Left the agency"),
    }


def test_deactivating_says_why(as_ada: Viewer, mia: Person, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        commands.deactivate_person(by=as_ada, person=mia, reason="", now=now)
    assert codes(refused) == ["reason-missing"]


def test_nobody_is_deactivated_twice(as_ada: Viewer, mia: Person, now: datetime) -> None:
    commands.deactivate_person(by=as_ada, person=mia, reason="Left", now=now)
    with pytest.raises(Refused) as refused:
        commands.deactivate_person(by=as_ada, person=mia, reason="Left", now=now)
    assert codes(refused) == ["state-same"]


def test_officers_may_not_deactivate(as_sam: Viewer, mia: Person, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        commands.deactivate_person(by=as_sam, person=mia, reason="x", now=now)


def test_the_last_administrator_stays(as_ada: Viewer, ada: Person, now: datetime) -> None:
    for command in (
        commands.deactivate_person,
        lambda reason, **given: commands.erase_person(authority=reason, **given),
    ):
        with pytest.raises(Refused) as refused:
            command(by=as_ada, person=ada, reason="x", now=now)
        assert codes(refused) == ["last-administrator"]

"""Partnerships: stages, challenges, agreements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import transaction

from convenor.core.accounts.models import SignedLink
from convenor.core.clock.commands import load_calendars
from convenor.core.clock.models import Deadline
from convenor.core.files.commands import receive
from convenor.core.records import commands as records
from convenor.core.records.queries import former_address
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous
from convenor.domain.directory import commands as c
from convenor.domain.directory import queries as q
from convenor.domain.directory.models import StageChange
from convenor.domain.directory.tests.cast import TODAY, Cast, latest, verbs

pytestmark = pytest.mark.slow


def stage_of(cast: Cast, slug: str = "digital-skills-partnership") -> str:
    partnership = q.access_partnership(anonymous(cast.now), slug)
    return str(getattr(partnership, "stage", ""))


def facts(cast: Cast, **given: object) -> c.PartnershipFacts:
    base = {
        "name": "Digital skills partnership",
        "host": cast.health,
        "kind": "formal",
        "purpose": "Teach.",
        "parties": ((cast.association, "Partner"),),
    }
    return c.PartnershipFacts(**{**base, **given})  # type: ignore[arg-type]


def test_a_partnership_begins_at_a_stage(cast: Cast) -> None:
    made = c.create_partnership(
        by=cast.health_officer, facts=facts(cast), stage=c.StageFacts("exploring", TODAY), now=cast.now
    )
    assert (made.slug, made.record.title, stage_of(cast)) == (
        "digital-skills-partnership",
        "Digital skills partnership",
        "exploring",
    )
    assert verbs(made.record) == ["partnership.created", "partnership.stage-moved"]
    _verb, values, public = latest(made.record)
    assert values == {
        "stage": (None, "exploring"),
        "on": (None, "2026-11-23"),
        "challenge_by": (None, "2026-12-07"),
    }
    assert public == set(values)


def test_days_to_challenge_are_working_days_of_the_calendar(cast: Cast) -> None:
    load_calendars(cast.now)
    made = cast.partnership()
    christmas = c.StageFacts("negotiating", TODAY, challenge_days=25)
    moved = c.move_stage(by=cast.by, partnership=made, stage=christmas, now=cast.now)
    assert moved.challenge_by == date(2026, 12, 29)  # Christmas Day is not counted
    assert (
        c.move_stage(
            by=cast.by, partnership=made, stage=c.StageFacts("active", TODAY, challenge_days=0), now=cast.now
        ).challenge_by
        is None
    )


def test_who_may_keep_a_partnership(cast: Cast) -> None:
    made = cast.partnership()
    first = StageChange.objects.get(partnership=made)
    calls: list[Callable[[Viewer], object]] = [
        lambda by: c.create_partnership(by=by, facts=facts(cast), stage=c.StageFacts("exploring", TODAY), now=cast.now),
        lambda by: c.edit_partnership(by=by, partnership=made, facts=facts(cast, name="X"), now=cast.now),
        lambda by: c.move_stage(by=by, partnership=made, stage=c.StageFacts("negotiating", TODAY), now=cast.now),
        lambda by: c.answer_challenge(by=by, stage=first, answer="x", now=cast.now),
        lambda by: c.add_agreement(by=by, partnership=made, signed_on=None, summary="x", now=cast.now),
        lambda by: c.withdraw_partnership(by=by, partnership=made, reason="x", now=cast.now),
        lambda by: c.restore_partnership(by=by, partnership=made, reason="x", now=cast.now),
    ]
    for call in calls:
        for by in (cast.revenue_officer, cast.association_officer, cast.nobody, anonymous(cast.now)):
            with pytest.raises(NotAllowed, match="Only officers of the organisation that keeps it"):
                call(by)


def test_a_partnership_is_with_somebody_else(cast: Cast) -> None:
    for parties, code in [((), "partnership-alone"), (((cast.health, ""),), "partnership-twice")]:
        with pytest.raises(Refused) as refused:
            c.create_partnership(
                by=cast.by, facts=facts(cast, parties=parties), stage=c.StageFacts("exploring", TODAY), now=cast.now
            )
        assert [breach.code for breach in refused.value.breaches] == [code]


def test_editing_keeps_the_old_address_and_the_parties_keys(cast: Cast) -> None:
    made = cast.partnership()
    before = made.parties.get().pk
    both = ((cast.association, "Lead"), (cast.revenue, ""))
    changed = c.edit_partnership(
        by=cast.health_officer, partnership=made, facts=facts(cast, name="Skills for all", parties=both), now=cast.now
    )
    assert changed.slug == "skills-for-all"
    assert former_address(anonymous(cast.now), "partnership", made.slug) == made.record
    assert {party.organisation: party.role for party in changed.parties.all()} == {
        cast.association: "Lead",
        cast.revenue: "",
    }
    assert changed.parties.get(organisation=cast.association).pk == before
    verb, values, _ = latest(made.record)
    assert verb == "partnership.edited"
    assert values["parties"][1] == f'["{cast.revenue.record.ref}", "{cast.association.record.ref} Lead"]'


def test_stages_are_appended_never_overwritten(cast: Cast) -> None:
    made = cast.partnership()
    for stage, note in [("negotiating", ""), ("active", ""), ("exploring", "New scope"), ("ended", "No money")]:
        c.move_stage(by=cast.health_officer, partnership=made, stage=c.StageFacts(stage, TODAY, note), now=cast.now)
    viewer = anonymous(cast.now)
    assert [row.stage for row in q.stages_of(viewer, made)] == [
        "exploring",
        "negotiating",
        "active",
        "exploring",
        "ended",
    ]
    assert stage_of(cast) == "ended"
    assert latest(made.record)[1]["stage"] == ("exploring", "ended")


def test_each_stage_rule_is_asked(cast: Cast) -> None:
    made = cast.partnership()
    for stage, code in [
        (c.StageFacts("active", TODAY), "stage-order"),
        (c.StageFacts("ended", TODAY), "stage-reason"),
        (c.StageFacts("negotiating", TODAY + timedelta(days=1)), "stage-ahead"),
        (c.StageFacts("negotiating", TODAY - timedelta(days=1)), "stage-date"),
    ]:
        with pytest.raises(Refused) as refused:
            c.move_stage(by=cast.by, partnership=made, stage=stage, now=cast.now)
        assert [breach.code for breach in refused.value.breaches] == [code]


# Challenges


def test_the_named_party_challenges_and_is_answered(cast: Cast) -> None:
    made = cast.partnership()
    first = StageChange.objects.get(partnership=made)
    c.challenge_stage(
        by=cast.association_officer, stage=first, party=cast.association, text="We have not begun.", now=cast.now
    )
    assert latest(made.record) == (
        "partnership.stage-challenged",
        {
            "challenge": (None, "We have not begun."),
            "challenger": (None, cast.association.record.ref),
            "stage": (None, "exploring"),
        },
        {"challenge", "challenger", "stage"},
    )
    assert Deadline.objects.get(record=made.record).met_at is None
    assert [row.pk for row in q.open_challenges(anonymous(cast.now))] == [first.pk]
    with pytest.raises(Refused, match="answer that first"):
        c.move_stage(by=cast.by, partnership=made, stage=c.StageFacts("negotiating", TODAY), now=cast.now)
    answered = c.answer_challenge(by=cast.health_officer, stage=first, answer="Agreed: we met once.", now=cast.now)
    assert answered.challenge_answered_at == cast.now
    assert Deadline.objects.get(record=made.record).met_at == cast.now
    assert latest(made.record)[0] == "partnership.challenge-answered"
    assert list(q.open_challenges(anonymous(cast.now))) == []
    c.move_stage(by=cast.by, partnership=made, stage=c.StageFacts("negotiating", TODAY), now=cast.now)


def test_only_a_named_party_challenges(cast: Cast) -> None:
    made = cast.partnership()
    first = StageChange.objects.get(partnership=made)
    for by, party in [
        (cast.site_officer, cast.association),
        (cast.health_officer, cast.association),
        (cast.health_officer, cast.health),
        (cast.revenue_officer, cast.revenue),
        (cast.association_officer, cast.revenue),
        (anonymous(cast.now), cast.association),
    ]:
        with pytest.raises(NotAllowed):
            c.challenge_stage(by=by, stage=first, party=party, text="No.", now=cast.now)


def test_challenge_rules_are_asked(cast: Cast) -> None:
    made = cast.partnership()
    first = StageChange.objects.get(partnership=made)
    late = cast.now + timedelta(days=30)

    def refused(now: object, text: str = "No.") -> str:
        with pytest.raises(Refused) as found:
            c.challenge_stage(by=cast.by, stage=first, party=cast.association, text=text, now=now)  # type: ignore[arg-type]
        return found.value.breaches[0].code

    assert refused(late) == "challenge-late"
    assert refused(cast.now, " ") == "challenge-empty"
    c.challenge_stage(by=cast.by, stage=first, party=cast.association, text="No.", now=cast.now)
    assert refused(cast.now) == "challenge-twice"
    c.answer_challenge(by=cast.by, stage=first, answer="Yes.", now=cast.now)
    c.move_stage(by=cast.by, partnership=made, stage=c.StageFacts("negotiating", TODAY), now=cast.now)
    assert refused(cast.now) == "challenge-past"


def test_a_link_to_challenge_is_sent_while_the_stage_can_be_challenged(cast: Cast) -> None:
    made = cast.partnership()
    party = made.parties.get()

    def invite(by: Viewer, now: datetime = cast.now) -> SignedLink:
        return c.invite_challenge(by=by, party=party, name="Pia Party", email="pia@example.org", now=now)

    for by in (cast.revenue_officer, cast.association_officer, anonymous(cast.now)):
        with pytest.raises(NotAllowed):
            invite(by)
    with pytest.raises(Refused, match="It could be challenged until"):
        invite(cast.health_officer, cast.now + timedelta(days=30))
    link = invite(cast.health_officer)
    assert (link.purpose, link.subject_id, link.email) == ("challenge-partnership", party.pk, "pia@example.org")
    verb, values, public = latest(made.record)
    assert (verb, public) == ("partnership.challenge-invited", {"party"})
    assert values["party"] == (None, cast.association.record.ref)
    assert invite(cast.health_officer).person == link.person
    c.edit_partnership(by=cast.by, partnership=made, facts=facts(cast, parties=((cast.revenue, ""),)), now=cast.now)
    with pytest.raises(Refused, match="no longer named"):
        c.challenge_by_link(link, "No.", cast.now)


def test_an_answer_answers_something_once(cast: Cast) -> None:
    made = cast.partnership()
    first = StageChange.objects.get(partnership=made)
    with pytest.raises(Refused, match="Nobody has challenged"):
        c.answer_challenge(by=cast.by, stage=first, answer="x", now=cast.now)
    c.challenge_stage(by=cast.by, stage=first, party=cast.association, text="No.", now=cast.now)
    with pytest.raises(Refused, match="Write the answer"):
        c.answer_challenge(by=cast.by, stage=first, answer=" ", now=cast.now)
    c.answer_challenge(by=cast.by, stage=first, answer="Yes.", now=cast.now)
    with pytest.raises(Refused, match="answered already"):
        c.answer_challenge(by=cast.by, stage=first, answer="x", now=cast.now)


# Agreements, withdrawal, reading


def test_agreements_count_up(cast: Cast) -> None:
    made = cast.partnership()
    for number in (1, 2):
        added = c.add_agreement(by=cast.by, partnership=made, signed_on=TODAY, summary="Memorandum", now=cast.now)
        assert added.version == number
    assert [row.version for row in q.agreements_of(anonymous(cast.now), made)] == [2, 1]
    assert latest(made.record)[:2] == (
        "partnership.agreement-added",
        {"version": (None, "2"), "signed_on": (None, "2026-11-23"), "summary": (None, "Memorandum")},
    )


def test_an_agreement_is_signed_on_a_day_that_has_come_and_says_something(cast: Cast) -> None:
    made = cast.partnership()
    with pytest.raises(Refused) as refused:
        c.add_agreement(by=cast.by, partnership=made, signed_on=TODAY + timedelta(days=1), summary=" ", now=cast.now)
    assert [breach.code for breach in refused.value.breaches] == ["agreement-ahead", "agreement-empty"]


def test_an_agreement_carries_its_text(cast: Cast) -> None:
    made = cast.partnership()
    received = receive(ContentFile(b"We agree.\n", name="agreement.txt"))
    added = c.add_agreement(by=cast.by, partnership=made, signed_on=None, summary="", now=cast.now, received=received)
    assert added.file is not None
    assert (added.file.record, added.file.title) == (made.record, "Digital skills partnership: agreement, version 1")
    assert added.file.versions.get().original_name == "agreement.txt"


def test_withdraw_and_restore(cast: Cast) -> None:
    made = cast.partnership()
    for command, verb in [
        (c.withdraw_partnership, "partnership.withdrawn"),
        (c.restore_partnership, "partnership.restored"),
    ]:
        with pytest.raises(Refused, match="Say why"):
            command(by=cast.by, partnership=made, reason="", now=cast.now)
        command(by=cast.health_officer, partnership=made, reason="Mistake", now=cast.now)
        assert latest(made.record)[0] == verb


def test_a_party_the_viewer_may_not_know_of_is_not_named(cast: Cast) -> None:
    made = cast.partnership()
    with transaction.atomic():
        records.show_to(cast.association.record, now=cast.now, visibility="sealed")
        records.show_to(cast.health.record, now=cast.now, visibility="sealed")
    from convenor.domain.directory.queries.partnerships import host_of

    shown = q.access_partnership(anonymous(cast.now), made.slug)
    assert (q.parties_of(shown), host_of(shown)) == ([], None)


def test_the_register_narrows(cast: Cast) -> None:
    made = cast.partnership()
    viewer = anonymous(cast.now)

    def found(**asked: str) -> list[object]:
        return list(q.partnerships(viewer, q.PartnershipFilter(**asked)))

    assert found() == [made]
    assert found(stage="exploring", kind="formal", q="teach skills", organisation=cast.association.slug) == [made]
    assert found(organisation=cast.health.slug) == [made]
    for asked in ({"stage": "active"}, {"kind": "agency"}, {"q": "boats"}, {"organisation": cast.revenue.slug}):
        assert found(**asked) == []
    assert list(q.partnerships_of(viewer, cast.association)) == [made]
    assert list(q.partnerships_of(viewer, cast.health)) == [made]
    assert list(q.partnerships_of(viewer, cast.revenue)) == []

"""How each kind of record is made for the world: a factory per kind, and rows that join public to hidden ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from convenor.core.accounts.models import Person
from convenor.core.records.commands import show_to, withdraw
from convenor.core.records.models import Audience, Record
from convenor.core.records.registry import registry
from convenor.core.records.rules import AUDIENCE, SEALED
from convenor.domain.directory.commands.changes import ChangePlan, Successor, record_change
from convenor.domain.directory.commands.contacts import ContactFacts, log_contact
from convenor.domain.directory.commands.interests import InterestFacts, declare_interest
from convenor.domain.directory.commands.offices import OfficeFacts, create_office
from convenor.domain.directory.commands.organisations import OrganisationFacts, create_organisation
from convenor.domain.directory.commands.partnerships import (
    PartnershipFacts,
    StageFacts,
    add_agreement,
    create_partnership,
)
from convenor.domain.directory.commands.people import PersonFacts, create_person
from convenor.domain.directory.commands.tenures import TenureFacts, start_tenure
from convenor.domain.directory.commands.vocabulary import load_vocabulary
from convenor.domain.directory.models import OrganisationKind, RoleClass, Segment
from convenor.domain.engagement.commands.drafts import start_draft
from convenor.domain.engagement.commands.load import load_model
from convenor.domain.engagement.models import GroupType
from convenor.domain.expressions.commands.calls import (
    CallFacts,
    create_call,
    publish_call,
    set_criteria,
    set_questions,
)
from convenor.domain.expressions.rules.calls import CriterionFacts, OptionFacts, QuestionFacts
from convenor.domain.groups.commands.appointments import Term, appoint
from convenor.domain.groups.commands.chairs import start_chairing
from convenor.domain.groups.commands.groups import GroupFacts, create_group
from convenor.domain.groups.commands.initiatives import InitiativeFacts, create_initiative, end_initiative
from convenor.domain.groups.commands.overrides import add_override, end_override
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.places import SeatFacts, add_seat
from convenor.domain.groups.commands.reports import ReportFacts, file_report
from convenor.domain.groups.commands.vocabulary import load_vocabulary as load_chair_words
from convenor.domain.groups.models import ChairRole
from convenor.domain.groups.queries.weighing import OverrideFacts
from tests.world import World

Factory = Callable[[World, str], Any]
SIDE: Final = "side-of-ground"


def lay_ground(world: World) -> None:
    """The words, two agencies, a model, and a group of each agency with its members' audience."""
    load_vocabulary(world.now)
    load_chair_words(world.now)
    for key in ("ours", "theirs"):
        facts = OrganisationFacts(name=f"Agency that is {key}", kind=OrganisationKind.objects.earliest("order"))
        world.agencies[key] = create_organisation(by=world.by, facts=facts, now=world.now)
    world.extras["model"] = load_text_model(world, "ground")
    for key, agency in world.agencies.items():
        council = group_facts(world, f"council {key}", host=agency)
        made = create_group(by=world.by, facts=council, state="active", now=world.now)
        world.extras[f"council of {key}"] = made
        world.audiences[key] = Audience.objects.get(key=f"group:{made.pk}:members")
    _seat_the_cast(world)


def _seat_the_cast(world: World) -> None:
    council = world.extras["council of ours"]
    last_year = world.today - timedelta(days=365)
    for role, until in (("member", None), ("former_member", last_year)):
        facts = SeatFacts(f"Seat of the {role}", "individual", world.began, constituency=SIDE)
        seat = add_seat(by=world.by, group=council, facts=facts, now=world.now)
        term = Term(world.began, until)
        appoint(by=world.by, seat=seat, person=world.people[role], term=term, now=world.now)


def make(world: World, kind: str, specimen: str) -> Any:
    """One specimen: made as anybody would make it, then shown to whom it is for."""
    row = FACTORIES[kind](world, specimen)
    dress(world, row.record, specimen)
    row.refresh_from_db()
    return row


def dress(world: World, record: Record, specimen: str) -> None:
    """Make a record what the specimen's name says."""
    if specimen == "withdrawn":
        withdraw(record)
    elif specimen == "sealed":
        show_to(record, now=world.now, visibility=SEALED)
    elif specimen in {"audience", "foreign"}:
        audience = world.audiences["theirs" if specimen == "foreign" else "ours"]
        show_to(record, now=world.now, visibility=AUDIENCE, audience=audience)


def near(world: World, kind: str, specimen: str) -> Any:
    """The row of another kind that this specimen goes with; the public one for what is no specimen."""
    return world.rows.get((kind, specimen)) or world.row(kind)


def organisation(world: World, specimen: str) -> Any:
    facts = OrganisationFacts(
        name=f"Bureau of the {specimen}",
        kind=OrganisationKind.objects.earliest("order"),
        short_name=f"B{specimen[:3]}",
        parent=world.agency(specimen),
        segments=tuple(Segment.objects.order_by("slug")[:1]),
        website=f"https://{specimen}.example/",
        summary=f"What the {specimen} bureau does.",
        established_on=world.began,
    )
    return create_organisation(by=world.by, facts=facts, now=world.now)


def office(world: World, specimen: str) -> Any:
    facts = OfficeFacts(title=f"Keeper of the {specimen}", role_class=RoleClass.objects.earliest("slug"))
    made = create_office(by=world.by, organisation=world.agency(specimen), facts=facts, now=world.now)
    holder = somebody(world, f"Fictitious Keeper {specimen.title()}")
    facts_of_tenure = TenureFacts(starts_on=world.began, note=f"Note on the {specimen}.")
    start_tenure(by=world.by, office=made, person=holder, facts=facts_of_tenure, now=world.now)
    return made


def person(world: World, specimen: str) -> Any:
    facts = PersonFacts(f"Fictitious {specimen.title()}", f"{specimen}@person.example", f"About the {specimen}.")
    made = create_person(by=world.by, facts=facts, now=world.now)
    for public in (True, False):
        about = InterestFacts(f"Interest of the {specimen}, {public}.", world.agency(specimen), world.began, public)
        declare_interest(by=world.by, person=made, facts=about, now=world.now)
    return made.profile


def partnership(world: World, specimen: str) -> Any:
    facts = PartnershipFacts(
        name=f"Partnership of the {specimen}",
        host=world.agency(specimen),
        kind="formal",
        purpose=f"Purpose of the {specimen}.",
        outcomes=f"Outcomes of the {specimen}.",
        parties=((near(world, "organisation", specimen), f"Part of the {specimen}"),),
    )
    stage = StageFacts("exploring", world.began, f"Stage of the {specimen}.")
    made = create_partnership(by=world.by, facts=facts, stage=stage, now=world.now)
    add_agreement(by=world.by, partnership=made, signed_on=world.began, summary=f"Agreed {specimen}.", now=world.now)
    return made


def contact(world: World, specimen: str) -> Any:
    facts = ContactFacts(
        host=world.agency(specimen),
        nature="advice",
        formal=False,
        on=world.began,
        subject=f"Talk about the {specimen}",
        about=f"What was said about the {specimen}.",
        organisations=(near(world, "organisation", specimen),),
        outcome=f"What came of the {specimen}.",
    )
    return log_contact(by=world.viewer("officer"), facts=facts, now=world.now)


def organisation_change(world: World, specimen: str) -> Any:
    body = organisation(world, f"changed-{specimen}")
    plan = ChangePlan(
        kind="renamed",
        on=world.today - timedelta(days=30),
        before=(body,),
        after=(Successor(organisation=body),),
        name=f"Bureau renamed {specimen}",
        note=f"Why the {specimen} was renamed.",
        source=f"https://{specimen}.example/order",
    )
    made = record_change(by=world.by, plan=plan, now=world.now)
    dress(world, body.record, specimen)
    return made


def engagement_model(world: World, specimen: str) -> Any:
    made = load_text_model(world, specimen)
    start_draft(by=world.by, model=made, name=f"Draft of the {specimen}", now=world.now)
    return made


def initiative(world: World, specimen: str) -> Any:
    facts = InitiativeFacts(f"Reform of the {specimen}", f"What the reform of the {specimen} is for.", world.began)
    made = create_initiative(by=world.by, facts=facts, now=world.now)
    outcome = f"What came of the {specimen}."
    reason = f"Why the {specimen} ended."
    return end_initiative(by=world.by, initiative=made, on=world.today, reason=reason, outcome=outcome, now=world.now)


def group(world: World, specimen: str) -> Any:
    facts = group_facts(
        world,
        specimen,
        host=world.agency(specimen),
        acronym=f"G{specimen[:3].upper()}",
        initiative=near(world, "initiative", specimen),
        deliverable=f"Report of the {specimen}.",
        review_due_on=world.today + timedelta(days=30),
    )
    made = made_group(world, facts)
    _seats(world, made, specimen)
    _override(world, made, specimen)
    return made


def _override(world: World, made: Any, specimen: str) -> None:
    """A rule of its own, ended, with all its words."""
    facts = OverrideFacts(
        rule="highest_marking",
        values={"highest_marking": f"Marking of the {specimen}"},
        starts_on=world.began,
        reason=f"Reason of the {specimen}",
        approved_by=f"Board of the {specimen}",
    )
    row = add_override(by=world.by, group=made, facts=facts, now=world.now)
    end_override(by=world.by, override=row, on=world.today, now=world.now, reason=f"End of the {specimen}")


def group_facts(world: World, specimen: str, **more: Any) -> GroupFacts:
    """What every group of the world has."""
    kind = GroupType.objects.get(model=world.extras["model"], slug="ground-council")
    purpose = f"Purpose of the {specimen} group."
    return GroupFacts(name=f"Group of the {specimen}", purpose=purpose, type=kind, started_on=world.began, **more)


def made_group(world: World, facts: GroupFacts) -> Any:
    above = ParentFacts(world.extras["council of ours"], world.began, "Approved.")
    return create_group(by=world.by, facts=facts, under=[above], state="active", now=world.now)


def _seats(world: World, made: Any, specimen: str) -> None:
    """A seat of every basis, somebody in one of them, and a chair."""
    bases: dict[str, Any] = {
        "office": {"office": near(world, "office", specimen)},
        "organisation": {"organisation": near(world, "organisation", specimen)},
        "segment": {"segment": Segment.objects.order_by("slug").first()},
        "individual": {},
        "chair-of": {"chair_of": world.extras["council of ours"]},
    }
    for basis, stands_for in bases.items():
        facts = SeatFacts(f"{basis} of the {specimen}", basis, world.began, constituency=SIDE, **stands_for)
        seat = add_seat(by=world.by, group=made, facts=facts, now=world.now)
        if basis == "individual":
            term = Term(world.began, world.today + timedelta(days=40), instrument=f"Letter of the {specimen}")
            sitter = somebody(world, f"Fictitious Sitter {specimen.title()}")
            appoint(by=world.by, seat=seat, person=sitter, term=term, now=world.now)
            chair = ChairRole.objects.earliest("slug")
            start_chairing(by=world.by, seat=seat, role=chair, starts_on=world.began, now=world.now)


def call(world: World, specimen: str) -> Any:
    """An open call of a group, every text of it naming the specimen; published where its group is public."""
    host = world.row("group", specimen if specimen != "withdrawn" else "public")
    before = world.now - timedelta(days=20)
    facts = CallFacts(
        title=f"Call of the {specimen}",
        asked=f"Asked by the {specimen}.",
        seats=2,
        constituency=SIDE,
        opens_on=before.date(),
        closes_on=world.today + timedelta(days=9),
        outcome_by=world.today + timedelta(days=30),
        purge_on=world.today + timedelta(days=200),
        notice=f"Notice of the {specimen}.",
        contact=f"Contact of the {specimen}",
        debrief=f"Debrief of the {specimen}.",
        method="lottery",
    )
    made = create_call(by=world.by, group=host, facts=facts, now=before)
    named = CriterionFacts(f"Criterion of the {specimen}", f"Looked for by the {specimen}.")
    set_criteria(by=world.by, call=made, rows=[named], now=before)
    options = (OptionFacts(f"Small {specimen}", 0, 2), OptionFacts(f"Large {specimen}"))
    question = QuestionFacts("size", f"Question of the {specimen}", options)
    set_questions(by=world.by, call=made, rows=[question], now=before)
    return published_call(world, made, before)


def published_call(world: World, made: Any, at: datetime) -> Any:
    """What publishing does, whoever reads the group: the rows of hidden calls are written past that rule."""
    if made.group.record.is_public:
        return publish_call(by=world.by, call=made, now=at)
    type(made).objects.filter(pk=made.pk).update(state="published")
    made.refresh_from_db()
    return made


def report_back(world: World, specimen: str) -> Any:
    """From a public group of another body, whoever reads the report."""
    purpose = f"Purpose of the group outside, {specimen}."
    facts = GroupFacts(f"Group outside, {specimen}", purpose, world.agency(specimen), is_ours=False)
    outside = create_group(by=world.by, facts=facts, state="active", now=world.now)
    said = ReportFacts(world.began, f"Meeting of the {specimen}", f"Said of the {specimen}.", f"Means {specimen}.")
    return file_report(by=world.by, group=outside, facts=said, now=world.now)


FACTORIES: Final[dict[str, Factory]] = {
    "organisation": organisation,
    "organisation-change": organisation_change,
    "office": office,
    "person": person,
    "partnership": partnership,
    "contact": contact,
    "engagement-model": engagement_model,
    "initiative": initiative,
    "group": group,
    "report-back": report_back,
    "call": call,
}
"""In the order in which they need each other."""


MODEL_TEXT: Final = """\
format: engagement-model/1
model: {code}
name: Model of the {code}
owner: {owner}
summary: Summary of the {code}.
source: Source of the {code}.
levels:
  - level: {code}-level
    name: Level of the {code}
    colour: strategic
    motto: Motto of the {code}
    purpose: Purpose of the level {code}.
    types:
      - type: {code}-council
        name: Council of the {code}
        purpose: Purpose of the type {code}.
        membership: Membership of the {code}
        examples: Examples of the {code}
        lifespan: standing
        seats:
          constituencies:
            - constituency: side-of-{code}
              name: Side of the {code}
          places:
            - title: Named place of the {code}
              organisation: Named body of the {code}
              constituency: side-of-{code}
        cadence: as required
        outputs: [advice]
"""


def load_text_model(world: World, specimen: str) -> Any:
    """A model with one level and one type, every text of it naming the specimen."""
    text = MODEL_TEXT.format(code=specimen, owner=world.agency(specimen).slug)
    return load_model(by=world.by, text=text, now=world.now, in_force_from=world.began).model


def somebody(world: World, name: str, *, published: bool = True) -> Person:
    """A person without a sign-in."""
    facts = PersonFacts(name, published=published, is_fictitious=True)
    return create_person(by=world.by, facts=facts, now=world.now)


def record_of(row: Any) -> Record:
    """The record of a kind's row."""
    return row if isinstance(row, Record) else row.record


def unknown_kinds() -> list[str]:
    """Kinds that nobody can make a specimen of."""
    return sorted(set(registry.kinds) - set(FACTORIES))

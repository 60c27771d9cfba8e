"""A small world of groups: one host, one practice model, offices with holders, companies. Everybody is fictitious."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.journal.models import Entry, Value
from convenor.core.records.models import Record
from convenor.core.records.rules import Viewer, system
from convenor.domain.directory.commands.offices import OfficeFacts, create_office
from convenor.domain.directory.commands.organisations import OrganisationFacts, create_organisation
from convenor.domain.directory.commands.people import PersonFacts, create_person
from convenor.domain.directory.commands.tenures import TenureFacts, start_tenure
from convenor.domain.directory.models import Office, Organisation, OrganisationKind, RoleClass, Segment, Tenure
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups.commands.appointments import Term, appoint
from convenor.domain.groups.commands.chairs import start_chairing
from convenor.domain.groups.commands.groups import GroupFacts, create_group
from convenor.domain.groups.commands.initiatives import InitiativeFacts, create_initiative
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.places import SeatFacts, add_seat
from convenor.domain.groups.commands.vocabulary import load_vocabulary
from convenor.domain.groups.models import Appointment, ChairRole, Group, Seat

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
START = date(2024, 1, 15)

PAST_FACTS = ("under", "state", "named_seats", "readers", "proposal")
"""What create_group takes beside the facts."""

MODEL = """
format: engagement-model/1
model: practice
name: Practice engagement model
owner: Agency of Practice
vocabulary:
  roles:
    - {role: practice-cio, name: Chief Information Officer}
    - {role: practice-deputy, name: Deputy Secretary}
  kinds:
    - {kind: practice-company, name: Company, plural: Companies, sector: private}
  segments:
    - {segment: practice-payroll, name: Payroll software}
    - {segment: practice-super, name: Super software}
levels:
  - level: strategic
    name: Strategic
    colour: strategic
    motto: Guiding our direction
    types:
      - type: practice-council
        name: Council
        purpose: Advises on direction.
        lifespan: standing
        seats:
          constituencies:
            - {constituency: providers, name: Providers, chairs: true}
            - {constituency: agency, name: The agency, chairs: true}
        chairing: co-chairs
        cadence: {months: 3}
        review_months: 12
      - type: practice-forum
        name: Officers forum
        purpose: Officers of named portfolios.
        only_one: true
        seats:
          eligible: {roles: [practice-cio, practice-deputy]}
          places:
            - {title: Health, organisation: Department of Practice Health}
            - {title: Finance, organisation: Department of Practice Finance}
            - {title: Nowhere, organisation: Department of Nowhere}
        chairing: chair
        cadence: {weeks: 6}
  - level: operational
    name: Operational
    colour: operational
    types:
      - type: practice-working-group
        name: Working Group
        purpose: Co-designs.
        lifespan: initiative
        consults: [practice-council]
        consults_about: direction
        cadence: as required
  - level: tactical
    name: Tactical
    colour: tactical
    types:
      - type: practice-focus-group
        name: Focus Group
        purpose: Explores one outcome.
        lifespan: task
        formation: expression-of-interest
        parents: {required: true, types: [practice-working-group], approval: true}
        seats:
          constituencies:
            - {constituency: providers, name: Providers, maximum: 12, counts: organisations}
            - {constituency: agency, name: The agency}
          one_per_organisation: true
          eligible: {kinds: [practice-company], constituency: providers}
        cadence: as required
        delivers: {required: true}
        term_months: 24
      - type: practice-task-group
        name: Task Group
        purpose: Does one task.
        seats: {maximum: 3, counts: persons}
      - type: practice-errand-group
        name: Errand Group
        purpose: Runs one errand.
        delivers: {required: true, closes: true}
"""


@dataclass
class World:
    """Who and what there is, by short names."""

    host: Organisation
    by: Viewer
    now: datetime
    types: dict[str, GroupType]
    roles: dict[str, ChairRole]
    offices: dict[str, Office] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def type(self, name: str) -> GroupType:
        return self.types[f"practice-{name}"]

    def person(self, name: str, email: str = "") -> Person:
        """Somebody with a public page, made when first named."""
        if name not in self.people:
            facts = PersonFacts(name=name, email=email, is_fictitious=True)
            self.people[name] = create_person(by=self.by, facts=facts, now=self.now)
        return self.people[name]

    def company(self, name: str, *segments: Segment) -> Organisation:
        kind = OrganisationKind.objects.get(slug="practice-company")
        facts = OrganisationFacts(name=name, kind=kind, segments=segments)
        return create_organisation(by=self.by, facts=facts, now=self.now)

    def department(self, name: str, parent: Organisation | None = None) -> Organisation:
        kind, _ = OrganisationKind.objects.get_or_create(
            slug="practice-department",
            defaults={"name": "Department", "name_plural": "Departments", "sector": "government"},
        )
        return create_organisation(
            by=self.by, facts=OrganisationFacts(name=name, kind=kind, parent=parent), now=self.now
        )

    def office(self, title: str, organisation: Organisation, role: str = "cio") -> Office:
        found = RoleClass.objects.get(slug=f"practice-{role}")
        facts = OfficeFacts(title=title, role_class=found)
        made = create_office(by=self.by, organisation=organisation, facts=facts, now=self.now)
        self.offices[f"{title}, {organisation.name}"] = made
        return made

    def holds(
        self, office: Office, name: str, first: date | None = START, last: date | None = None, acting: bool = False
    ) -> Tenure:
        facts = TenureFacts(starts_on=first, ends_on=last, acting=acting)
        return start_tenure(by=self.by, office=office, person=self.person(name), facts=facts, now=self.now)

    def group(self, type_name: str | None = "council", **facts: Any) -> Group:
        """A group that started long ago, of a type of the practice model; None: another body's."""
        given: dict[str, Any] = {"name": "Practice council", "purpose": "To practise.", "host": self.host}
        given |= {"type": self.type(type_name) if type_name else None, "is_ours": type_name is not None}
        given |= {"started_on": START} | facts
        more = {key: given.pop(key) for key in PAST_FACTS if key in given}
        return create_group(by=self.by, facts=GroupFacts(**given), now=self.now, **{"state": "active", **more})

    def focus_group(self, **facts: Any) -> Group:
        """With a working group above that approved it."""
        given = {"name": "Corrections focus group", "deliverable": "One recommendation."} | facts
        under = [ParentFacts(self.working_group(), approved_on=START)]
        return self.group("focus-group", **{"under": under, **given})

    def working_group(self, name: str = "Design working group", **facts: Any) -> Group:
        facts = {
            "initiative": create_initiative(by=self.by, facts=InitiativeFacts(f"{name} initiative"), now=self.now)
        } | facts
        return self.group("working-group", name=name, **facts)

    def seat(self, group: Group, title: str = "", **facts: Any) -> Seat:
        """A seat from the start of the group; for an individual unless an office or so is given."""
        bases = {"office": "office", "organisation": "organisation", "segment": "segment", "chair_of": "chair-of"}
        basis = next((basis for key, basis in bases.items() if key in facts), "individual")
        given: dict[str, Any] = {"title": title, "basis": basis, "starts_on": START} | facts
        return add_seat(by=self.by, group=group, facts=SeatFacts(**given), now=self.now)

    def appoint(
        self, seat: Seat, name: str, first: date | None = START, last: date | None = None, **more: Any
    ) -> Appointment:
        term = {"acting": more.pop("acting", False), "instrument": more.pop("instrument", "")}
        return appoint(
            by=self.by, seat=seat, person=self.person(name), term=Term(first, last, **term), now=self.now, **more
        )

    def chair(
        self, seat: Seat, role: str = "chair", first: date = START, last: date | None = None, reason: str = "Set up."
    ) -> None:
        given: dict[str, Any] = {"role": self.roles[role], "starts_on": first, "ends_on": last, "reason": reason}
        start_chairing(by=self.by, seat=seat, now=self.now, **given)

    def officer(self, over: Record | None = None, duty: str = Duty.SECRETARIAT) -> Viewer:
        """A signed-in officer, of the site or over one record."""
        number = Person.objects.count()
        person = Person.objects.create_user(f"officer{number}@practice.example", name=f"Officer {number}")
        DutyAssignment.objects.create(person=person, duty=duty, over=over, starts_at=self.now - timedelta(days=9))
        return viewer_for(person, self.now)

    def somebody(self, name: str = "Sam Somebody") -> Viewer:
        """Signed in, with no duty."""
        return viewer_for(self.person(name), self.now)


def make_world(now: datetime = NOW) -> World:
    """The world in the database: about thirty rows."""
    by = system(now)
    load_vocabulary(now)
    kind = OrganisationKind.objects.create(
        slug="practice-department", name="Department", name_plural="Departments", sector="government"
    )
    facts = OrganisationFacts(name="Agency of Practice", kind=kind)
    host = create_organisation(by=by, facts=facts, now=now)
    load_model(by=by, text=MODEL, now=now, in_force_from=date(2020, 1, 1))
    types = {row.slug: row for row in GroupType.objects.select_related("model__record")}
    return World(host, by, now, types, {role.slug: role for role in ChairRole.objects.all()})


def told(record: Record) -> list[tuple[str, dict[str, tuple[str | None, str | None]]]]:
    """What the journal says of a record: each verb with its values, oldest first."""
    entries = Entry.objects.filter(record=record).order_by("pk")
    return [(entry.verb, {v.field: (v.before, v.after) for v in entry.values.all()}) for entry in entries]


def last_told(record: Record) -> tuple[str, dict[str, tuple[str | None, str | None]]]:
    return told(record)[-1]


def private_fields(record: Record) -> set[str]:
    """Fields of the last entry that strangers may not read."""
    entry = Entry.objects.filter(record=record).order_by("pk").last()
    return set(Value.objects.filter(entry=entry, public=False).values_list("field", flat=True))

"""Groups as the outside sees them: API, downloads, data dictionary, uploads and acts, declared once."""

from __future__ import annotations

from convenor.core.exchange.declare import add_list
from convenor.core.exchange.resources import add, add_act
from convenor.core.exchange.several import add_format
from convenor.domain.groups.resources import (
    acts_of_admission,
    acts_of_groups,
    acts_of_joining,
    acts_of_life,
    acts_of_overrides,
    acts_of_proposals,
    acts_of_reports,
    acts_of_seats,
    acts_of_succession,
    acts_of_terms,
    acts_of_words,
    life,
)
from convenor.domain.groups.resources.former import FORMER
from convenor.domain.groups.resources.groups import GROUPS, INITIATIVES
from convenor.domain.groups.resources.overrides import OVERRIDES
from convenor.domain.groups.resources.popolo_in import POPOLO
from convenor.domain.groups.resources.seats import APPOINTMENTS, CHAIRING, ROSTER, SEATS
from convenor.domain.groups.resources.uploads_of_chairing import CHAIR_ROLES

ALL = (GROUPS, INITIATIVES, SEATS, ROSTER, APPOINTMENTS, CHAIRING, OVERRIDES, *life.ALL, FORMER)

ACTS = (
    *acts_of_words.ACTS,  # first: their addresses begin with words where the others have a group
    *acts_of_groups.ACTS,
    *acts_of_life.ACTS,
    *acts_of_succession.ACTS,
    *acts_of_proposals.ACTS,
    *acts_of_terms.ACTS,
    *acts_of_overrides.ACTS,
    *acts_of_seats.ACTS,
    *acts_of_seats.MORE_ACTS,
    *acts_of_joining.ACTS,
    *acts_of_admission.ACTS,
    *acts_of_reports.ACTS,
)


def register() -> None:
    """Called from AppConfig.ready()."""
    add_list(CHAIR_ROLES)
    add_format(POPOLO)
    for resource in ALL:
        add(resource)
    for act in ACTS:
        add_act(act)

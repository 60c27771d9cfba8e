"""What stands on a poster: the words of each level and each card, whole or in short."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from convenor.domain.engagement.rules import words
from convenor.domain.engagement.rules.briefs import CHAIRING_WORDS, FORMATION_WORDS, meets, size
from convenor.domain.engagement.rules.poster.text import Piece
from convenor.domain.engagement.rules.rulebook import vacancy_ways
from convenor.domain.engagement.rules.values import LevelValue, ModelValue, TypeRulesValue


def level_pieces(level: LevelValue, small: bool) -> list[Piece]:
    """Name, motto and purpose of a level."""
    found = [Piece("level", (level.name,))]
    if level.motto:
        found.append(Piece("motto", (level.motto,)))
    if level.purpose and not small:
        found.append(Piece("aim", (level.purpose,)))
    return found


def head_pieces(rules: TypeRulesValue, small: bool) -> list[Piece]:
    """What a card says first: name, how often and how large, what for."""
    found = [Piece("name", (rules.name,))]
    facts = strip(rules)
    if facts and not small:
        found.append(Piece("strip", tuple(facts)))
    if rules.purpose and not small:
        found.append(Piece("purpose", (rules.purpose,)))
    return found


def strip(rules: TypeRulesValue) -> list[str]:
    """Cadence, how it is formed, size: the facts in the level's colour."""
    formed = str(FORMATION_WORDS.get(rules.formation, ""))
    often = _("Meets %(often)s") % {"often": words.uncapital(meets(rules))} if meets(rules) else ""
    if not often and rules.longest_gap_months is not None:
        often = _("Meets at least %(often)s") % {"often": words.every_months(rules.longest_gap_months)}
    return [fact for fact in (often, formed, size(rules)) if fact]


def note_pieces(rules: TypeRulesValue, small: bool) -> list[Piece]:
    """What a card says last: who sits, who chairs, where it comes from, whom it consults."""
    return [] if small else [Piece("note", (text,), label) for label, text in notes(rules)]


def notes(rules: TypeRulesValue) -> Iterator[tuple[str, str]]:
    """Label and words of each note that the model has something to say for."""
    if who(rules):
        yield _("Who sits"), who(rules)
    if rules.named_places:
        yield _("Places"), words.listed([place.title for place in rules.named_places])
    if rules.chairing:
        yield _("Chair"), _chair(rules)
    if rules.casual_vacancies:
        yield _("Casual vacancy"), words.capital(vacancy_ways(rules))
    if rules.parent_types:
        yield _("Set up from"), words.any_of(rules.parent_types)
    if rules.consults:
        about = _(" on %(about)s") % {"about": rules.consults_about} if rules.consults_about else ""
        yield _("Consults"), words.all_of(rules.consults) + about
    if rules.refers_to:
        yield _("May refer to"), words.any_of(rules.refers_to)
    if rules.examples:
        yield _("For example"), rules.examples


def who(rules: TypeRulesValue) -> str:
    """The model's own words, else the offices, kinds of organisation or sides that sit."""
    if rules.membership:
        return rules.membership
    eligible = [each.plural or each.name for each in (*rules.eligible_roles, *rules.eligible_kinds)]
    return words.both(eligible or [side.name for side in rules.constituencies])


def _chair(rules: TypeRulesValue) -> str:
    said = str(CHAIRING_WORDS[rules.chairing])
    sides = words.both([side.name for side in rules.chairing_sides])
    return _("%(chairs)s, from %(sides)s") % {"chairs": said, "sides": sides} if sides else said


def description(model: ModelValue) -> str:
    """The whole poster in words, for those who do not see it."""
    levels = " ".join(_level_words(level) for level in model.levels)
    joins = " ".join(_join_words(rules) for rules in model.types() if rules.parent_types or rules.consults)
    return f"{levels} {joins}".strip()


def _level_words(level: LevelValue) -> str:
    names = words.listed([rules.name for rules in level.types]) or _("no types of group yet")
    title = f"{level.name} ({level.motto})" if level.motto else level.name
    return _("%(level)s: %(names)s.") % {"level": title, "names": names}


def _join_words(rules: TypeRulesValue) -> str:
    joins = []
    if rules.parent_types:
        joins.append(_("is set up from %(which)s") % {"which": words.any_of(rules.parent_types)})
    if rules.consults:
        joins.append(_("consults %(which)s") % {"which": words.all_of(rules.consults)})
    subject = words.capital(words.a(rules.name, rules.only_one))
    return _("%(S)s %(joins)s.") % {"S": subject, "joins": words.both(joins)}

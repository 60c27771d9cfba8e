"""The rules in a few words each: the cells of the table of all rules by type, and the lines of the poster's cards."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convenor.domain.engagement.rules import words
from convenor.domain.engagement.rules.rulebook import cadence, output_words, vacancy_ways
from convenor.domain.engagement.rules.values import ConstituencyValue, TypeRulesValue

LIFESPAN_WORDS: dict[str, str | Promise] = {
    "standing": gettext_lazy("Standing"),
    "initiative": gettext_lazy("For an initiative"),
    "task": gettext_lazy("For one task"),
}
FORMATION_WORDS: dict[str, str | Promise] = {
    "appointed": gettext_lazy("Appointed"),
    "invitation": gettext_lazy("By invitation"),
    "expression-of-interest": gettext_lazy("By expression of interest"),
    "nomination": gettext_lazy("By published nomination"),
    "open": gettext_lazy("Open to join"),
}
CHAIRING_WORDS: dict[str, str | Promise] = {
    "none": gettext_lazy("No chair"),
    "chair": gettext_lazy("One chair"),
    "co-chairs": gettext_lazy("Co-chairs"),
}
PUBLICATION_WORDS: dict[str, str | Promise] = {
    "public": gettext_lazy("To everybody"),
    "members": gettext_lazy("To members"),
}


def brief(rules: TypeRulesValue, key: str) -> str:
    """One rule in a few words; "" when the model does not state it."""
    return words.capital(_BRIEFS[key](rules))


def meets(rules: TypeRulesValue) -> str:
    """“Every 6 weeks”, “As required”; "" when the model does not say."""
    return words.capital(cadence(rules))


def size(rules: TypeRulesValue) -> str:
    """What a card says of size: the cap in all, else of each side that has one, else how many places are named."""
    whole = words.span(rules.total_minimum, rules.total_maximum, rules.total_counts)
    if whole:
        return words.capital(whole)
    capped = [side for side in rules.constituencies if not (side.minimum is None and side.maximum is None)]
    if capped:
        return words.capital(words.both([_side(side) for side in capped]))
    named = len(rules.named_places)
    return _("%(n)d named places") % {"n": named} if named else ""


def _side(side: ConstituencyValue) -> str:
    span = words.span(side.minimum, side.maximum, side.counts) or _("any number")
    return _("%(side)s: %(span)s") % {"side": side.name, "span": span}


def _parents(rules: TypeRulesValue) -> str:
    which = words.either([named.name for named in rules.parent_types])
    if rules.parent_required:
        return which or _("Any parent")
    return _("If anything: %(which)s") % {"which": which} if which else ""


def _consults(rules: TypeRulesValue) -> str:
    which = words.both([named.name for named in rules.consults])
    return (
        _("%(which)s, on %(about)s") % {"which": which, "about": rules.consults_about}
        if rules.consults_about
        else which
    )


def _quorum(rules: TypeRulesValue) -> str:
    if rules.quorum_of == "none":
        return _("None needed")
    if not rules.quorum_of:
        return ""
    share = str(rules.quorum_number) if rules.quorum_percent is None else f"{rules.quorum_percent}%"
    of = _("filled seats") if rules.quorum_of == "filled" else _("all seats")
    chair = _(", with a chair") if rules.quorum_includes_chair else ""
    return _("%(share)s of %(of)s%(chair)s") % {"share": share, "of": of, "chair": chair}


def _chairing(rules: TypeRulesValue) -> str:
    said = str(CHAIRING_WORDS.get(rules.chairing, ""))
    sides = words.both([side.name for side in rules.chairing_sides])
    return _("%(chairs)s: %(sides)s") % {"chairs": said, "sides": sides} if said and sides else said


def _cadence(rules: TypeRulesValue) -> str:
    slack = f" ± {words.days(rules.cadence_tolerance_days)}" if rules.cadence_tolerance_days else ""
    return f"{cadence(rules)}{slack}" if cadence(rules) else ""


def _eligible(field: str, plural: bool) -> Callable[[TypeRulesValue], str]:
    def said(rules: TypeRulesValue) -> str:
        who = words.both([(named.plural if plural else "") or named.name for named in getattr(rules, field)])
        side = rules.constituency(rules.eligible_constituency)
        return _("%(side)s: %(who)s") % {"side": side.name, "who": who} if who and side else who

    return said


def _word(table: dict[str, str | Promise], field: str) -> Callable[[TypeRulesValue], str]:
    return lambda rules: str(table.get(getattr(rules, field), ""))


def _flag(field: str) -> Callable[[TypeRulesValue], str]:
    return lambda rules: _("Yes") if getattr(rules, field) else ""


def _span(field: str, unit: Callable[[int], str], pattern: str) -> Callable[[TypeRulesValue], str]:
    def said(rules: TypeRulesValue) -> str:
        number = getattr(rules, field)
        return "" if number is None else _(pattern) % {"span": unit(number)}

    return said


_BEFORE = "%(span)s before"
_AFTER = "%(span)s after"
_PLAIN = "%(span)s"

_BRIEFS: dict[str, Callable[[TypeRulesValue], str]] = {
    "only_one": _flag("only_one"),
    "lifespan": _word(LIFESPAN_WORDS, "lifespan"),
    "formation": _word(FORMATION_WORDS, "formation"),
    "parents": _parents,
    "parent_approval": _flag("parent_approval"),
    "consults": _consults,
    "refers_to": lambda rules: words.either([named.name for named in rules.refers_to]),
    "size": lambda rules: words.span(rules.total_minimum, rules.total_maximum, rules.total_counts),
    "constituencies": lambda rules: "; ".join(_side(side) for side in rules.constituencies),
    "one_seat": _flag("one_seat_per_organisation"),
    "eligible_roles": _eligible("eligible_roles", plural=False),
    "eligible_kinds": _eligible("eligible_kinds", plural=True),
    "segments": lambda rules: words.both([named.name for named in rules.segments]),
    "segments_minimum": lambda rules: "" if rules.segments_minimum is None else str(rules.segments_minimum),
    "named_places": lambda rules: words.listed([place.title for place in rules.named_places]),
    "chairing": _chairing,
    "cadence": _cadence,
    "longest_gap": _span("longest_gap_months", words.months, _PLAIN),
    "quorum": _quorum,
    "proxy_counts": _flag("proxy_counts"),
    "call_for_items": _span("call_for_items_days", words.working_days, _BEFORE),
    "papers_due": _span("papers_due_days", words.working_days, _BEFORE),
    "papers_out": _span("papers_out_days", words.working_days, _BEFORE),
    "draft_minutes": _span("draft_minutes_days", words.working_days, _AFTER),
    "outcomes_published": _span("outcomes_published_days", words.working_days, _AFTER),
    "outputs": output_words,
    "must_deliver": _flag("must_deliver"),
    "closes_on_delivery": _flag("closes_on_delivery"),
    "publishes": _word(PUBLICATION_WORDS, "publishes"),
    "highest_marking": lambda rules: rules.highest_marking,
    "review": _span("review_months", words.every_months, _PLAIN),
    "sunset": _span("sunset_months", words.months, _PLAIN),
    "term": _span("term_months", words.months, _PLAIN),
    "casual_vacancies": vacancy_ways,
}

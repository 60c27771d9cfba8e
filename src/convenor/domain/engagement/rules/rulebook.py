"""Every typed rule: its label, what it is for, and its plain sentence. Enforcement quotes these sentences.

The rules are those of DESIGN section 5 "engagement". A rule the model does not state has no sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from convenor.domain.engagement.rules import words
from convenor.domain.engagement.rules.values import LEFT_OPEN, ConstituencyValue, Overriding, TypeRulesValue
from convenor.kit.dates import say_day
from convenor.kit.structs import struct

Text = str | Promise


@struct
class Sentence:
    """One rule of one type, as everybody reads it."""

    rule: str
    text: str


@struct
class Rule:
    """One typed rule. `fields` are those of TypeRulesValue that it reads; `held` says where it is enforced."""

    key: str
    part: Text
    label: Text
    about: Text
    fields: tuple[str, ...]
    says: Callable[[TypeRulesValue], Sequence[str]]
    held: Text


def sentences(rules: TypeRulesValue) -> list[Sentence]:
    """Every rule that is stated, in plain sentences, in the order of the rule book; overrides say that they are."""
    return [Sentence(rule.key, text) for rule in RULES for text in told(rules, rule)]


def told(rules: TypeRulesValue, rule: Rule) -> list[str]:
    """The sentences of one rule; where a group's own override stands behind it, they say so, for how long and why."""
    texts = list(rule.says(rules))
    note = overriding(rules, rule.key)
    if note is None:
        return texts
    by = {"by": _by_override(note)}
    if not texts:
        return [_("“%(rule)s” does not bind here, %(by)s.") % {"rule": rule.label, **by}]
    return [noted(text, note) for text in texts]


def overriding(rules: TypeRulesValue, key: str) -> Overriding | None:
    """The override that stands behind a rule, if one does."""
    return next((note for note in rules.overrides if note.rule == key), None)


def noted(text: str, note: Overriding | None) -> str:
    """A rule's sentence with the override that stands behind it."""
    return f"{text.removesuffix('.')}, {_by_override(note)}." if note else text


def _by_override(note: Overriding) -> str:
    span = _("from %(first)s") % {"first": say_day(note.first)}
    if note.last is not None:
        span = _("from %(first)s to %(last)s") % {"first": say_day(note.first), "last": say_day(note.last)}
    why = words.within_a_sentence(note.reason)
    return _("by an override %(span)s, because %(why)s") % {"span": span, "why": why}


def said(rules: TypeRulesValue, key: str) -> str:
    """The words of one rule; "" when neither the model nor an override states it."""
    rule = rule_of(key)
    return " ".join(told(rules, rule)) if rule.says(rules) else ""


def rule_of(key: str) -> Rule:
    """The rule with this key. KeyError when there is none: what is kept asks `known_rule`, for it outlives the code."""
    return _BY_KEY[key]


def known_rule(key: str) -> Rule | None:
    """The rule with this key; None when it is no longer part of Convenor (a release dropped it, a row kept it)."""
    return _BY_KEY.get(key)


def label_of(key: str) -> str:
    """What the rule with this key is called, also when it is no longer part of Convenor."""
    rule = known_rule(key)
    return str(rule.label) if rule else _("%(key)s (no longer part of Convenor)") % {"key": key}


def gone(key: str) -> str:
    """What is said of a rule that is kept somewhere and no longer part of Convenor."""
    return _("“%(key)s”: this rule is no longer part of Convenor, so it binds nobody.") % {"key": key}


def constituency_sentence(rules: TypeRulesValue, side: ConstituencyValue) -> str:
    """“A Focus Group has places for up to 12 organisations under “Digital service providers”.”"""
    span = words.span(side.minimum, side.maximum, side.counts)
    capped = _("%(S)s has places for %(span)s under “%(side)s”.")
    pattern = capped if span else _("%(S)s has places under “%(side)s”, as many as it needs.")
    return _put(pattern, rules, span=span, side=side.name)


def side_said(rules: TypeRulesValue, side: ConstituencyValue) -> str:
    """The same, with the override that stands behind it."""
    return noted(constituency_sentence(rules, side), overriding(rules, "constituencies"))


def _put(pattern: str, rules: TypeRulesValue, **values: object) -> str:
    """The pattern with the type as its subject (%(S)s at the beginning, %(s)s elsewhere)."""
    subject = words.a(rules.name, rules.only_one)
    return pattern % {"S": words.capital(subject), "s": subject, **values}


def _when(stated: object, pattern: Text, rules: TypeRulesValue, **values: object) -> list[str]:
    return [_put(str(pattern), rules, **values)] if stated else []


def _number(pattern: Text, field: str, unit: Callable[[int], str]) -> Callable[[TypeRulesValue], list[str]]:
    """A rule that is one number: said with its unit when it is set."""

    def says(rules: TypeRulesValue) -> list[str]:
        number = getattr(rules, field)
        return [] if number is None else [_put(str(pattern), rules, span=unit(number))]

    return says


def _word(patterns: dict[str, Text], field: str) -> Callable[[TypeRulesValue], list[str]]:
    """A rule that is one of a few words."""

    def says(rules: TypeRulesValue) -> list[str]:
        pattern = patterns.get(getattr(rules, field))
        return [_put(str(pattern), rules)] if pattern else []

    return says


def _flag(pattern: Text, field: str) -> Callable[[TypeRulesValue], list[str]]:
    """A rule that holds or does not."""
    return lambda rules: _when(getattr(rules, field), pattern, rules)


def _parents(rules: TypeRulesValue) -> list[str]:
    which = words.any_of(rules.parent_types)
    if rules.parent_required:
        pattern = _("%(S)s is set up from %(which)s.") if which else _("%(S)s has a parent group.")
        return [_put(pattern, rules, which=which)]
    return _when(which, _("%(S)s may be set up from %(which)s, and from nothing else."), rules, which=which)


def _consults(rules: TypeRulesValue) -> list[str]:
    about = _(" on %(about)s") % {"about": rules.consults_about} if rules.consults_about else ""
    which = words.all_of(rules.consults)
    return _when(which, _("%(S)s consults %(which)s%(about)s."), rules, which=which, about=about)


def _refers(rules: TypeRulesValue) -> list[str]:
    which = words.any_of(rules.refers_to)
    return _when(which, _("%(S)s may refer business to %(which)s, and to nothing else."), rules, which=which)


def _size(rules: TypeRulesValue) -> list[str]:
    span = words.span(rules.total_minimum, rules.total_maximum, rules.total_counts)
    return _when(span, _("%(S)s has places for %(span)s in all."), rules, span=span)


def _sides(rules: TypeRulesValue) -> list[str]:
    return [constituency_sentence(rules, side) for side in rules.constituencies]


def _bound_side(rules: TypeRulesValue) -> str:
    """“ under “Providers””, for rules that bind the seats of one constituency only."""
    side = rules.constituency(rules.eligible_constituency)
    return _(" under “%(side)s”") % {"side": side.name} if side else ""


def _one_seat(rules: TypeRulesValue) -> list[str]:
    pattern = _("Each organisation has one seat%(side)s in %(s)s.")
    return _when(rules.one_seat_per_organisation, pattern, rules, side=_bound_side(rules))


def _roles(rules: TypeRulesValue) -> list[str]:
    who = words.any_of(rules.eligible_roles)
    return _when(who, _("Only %(who)s may sit%(side)s in %(s)s."), rules, who=who, side=_bound_side(rules))


def _kinds(rules: TypeRulesValue) -> list[str]:
    who = words.both([kind.plural or kind.name for kind in rules.eligible_kinds])
    pattern = _("Only organisations of these kinds may sit%(side)s in %(s)s: %(who)s.")
    return _when(who, pattern, rules, who=who, side=_bound_side(rules))


def _segments(rules: TypeRulesValue) -> list[str]:
    which = words.both([segment.name for segment in rules.segments])
    return _when(which, _("The seats of %(s)s cover these segments: %(which)s."), rules, which=which)


def _segments_minimum(rules: TypeRulesValue) -> list[str]:
    pattern = _("The seats of %(s)s cover at least %(n)s different segments.")
    return _when(rules.segments_minimum, pattern, rules, n=rules.segments_minimum)


def _places(rules: TypeRulesValue) -> list[str]:
    which = words.listed([place.title for place in rules.named_places])
    return _when(which, _("%(S)s has places named in the model: %(which)s."), rules, which=which)


def _chairing(rules: TypeRulesValue) -> list[str]:
    sides = [f"“{side.name}”" for side in rules.chairing_sides]
    if rules.chairing == "none":
        return [_put(_("%(S)s has no chair."), rules)]
    if rules.chairing == "chair":
        whence = _(", who comes from %(sides)s") % {"sides": words.either(sides)} if sides else ""
        return [_put(_("%(S)s has one chair%(whence)s."), rules, whence=whence)]
    if rules.chairing == "co-chairs":
        return [_put(_("%(S)s has co-chairs%(whence)s."), rules, whence=_whence_co_chairs(sides))]
    return []


def _whence_co_chairs(sides: list[str]) -> str:
    if len(sides) > 1:
        return _(", one from each of %(sides)s") % {"sides": words.both(sides)}
    return _(", one of them from %(sides)s") % {"sides": sides[0]} if sides else ""


def cadence(rules: TypeRulesValue) -> str:
    """“every 6 weeks”, “as required”; "" when the model does not say."""
    if rules.cadence_as_required:
        return _("as required")
    if rules.cadence_months is not None:
        return words.every(rules.cadence_months, _("month"), _("months"))
    if rules.cadence_weeks is not None:
        return words.every(rules.cadence_weeks, _("week"), _("weeks"))
    return ""


def _cadence(rules: TypeRulesValue) -> list[str]:
    tolerance = rules.cadence_tolerance_days
    slack = _(", give or take %(days)s") % {"days": words.days(tolerance)} if tolerance else ""
    often = cadence(rules)
    return _when(often, _("%(S)s meets %(often)s%(slack)s."), rules, often=often, slack=slack)


def _quorum(rules: TypeRulesValue) -> list[str]:
    if rules.quorum_of == "none":
        return [_put(_("%(S)s needs no quorum."), rules)]
    if not rules.quorum_of:
        return []
    of = _("its filled seats") if rules.quorum_of == "filled" else _("all its seats")
    share = str(rules.quorum_number) if rules.quorum_percent is None else f"{rules.quorum_percent}%"
    chair = _(", its chair or a co-chair among them") if rules.quorum_includes_chair else ""
    pattern = _("%(S)s has a quorum when at least %(share)s of %(of)s are present%(chair)s.")
    return [_put(pattern, rules, share=share, of=of, chair=chair)]


OUTPUT_WORDS: dict[str, Text] = {
    "advice": gettext_lazy("advice"),
    "guidance": gettext_lazy("guidance"),
    "recommendation": gettext_lazy("recommendations"),
    "decision": gettext_lazy("decisions"),
    "design": gettext_lazy("designs"),
    "information": gettext_lazy("information"),
}


def output_words(rules: TypeRulesValue) -> str:
    """“advice, guidance and recommendations”."""
    return words.both([str(OUTPUT_WORDS[output]) for output in rules.outputs])


def _outputs(rules: TypeRulesValue) -> list[str]:
    what = output_words(rules)
    return _when(what, _("%(S)s may give %(what)s, and nothing else."), rules, what=what)


VACANCY_WORDS: dict[str, Text] = {
    "reserve-list": gettext_lazy("from the reserve list"),
    "nomination": gettext_lazy("by a new nomination of the body it stands for"),
    "call": gettext_lazy("by a new call"),
}


def vacancy_ways(rules: TypeRulesValue) -> str:
    """“from the reserve list or by a new call”, “stays vacant until the term ends”; "" where it is not said."""
    if LEFT_OPEN in rules.casual_vacancies:
        return _("stays vacant until the term ends")
    return words.either([str(VACANCY_WORDS[way]) for way in rules.casual_vacancies])


def _casual(rules: TypeRulesValue) -> list[str]:
    ways = vacancy_ways(rules)
    if LEFT_OPEN in rules.casual_vacancies:
        return [_put(_("A seat of %(s)s that falls vacant before its term ends %(ways)s."), rules, ways=ways)]
    pattern = _("A seat of %(s)s that falls vacant before its term ends is filled %(ways)s, and in no other way.")
    return _when(ways, pattern, rules, ways=ways)


def _marking(rules: TypeRulesValue) -> list[str]:
    pattern = _("%(S)s handles nothing marked above %(marking)s.")
    return _when(rules.highest_marking, pattern, rules, marking=rules.highest_marking)


_SETTING_UP = gettext_lazy("Setting up")
_PLACE = gettext_lazy("Place in the model")
_WHO = gettext_lazy("Who sits")
_CHAIR = pgettext_lazy("a part of the rules", "Chairing")
_MEETING = pgettext_lazy("a part of the rules", "Meeting")
_RESULTS = gettext_lazy("What comes of it")
_TERMS = gettext_lazy("Terms")

_AT_SET_UP = gettext_lazy("when a group is set up")
_AT_SEAT = gettext_lazy("when a seat is added or changed")
_AT_CHAIR = gettext_lazy("when somebody is made chair")
_AT_MEETINGS = gettext_lazy("when it meets")
_AT_OUTCOME = gettext_lazy("when an outcome is recorded")
_AT_ANY_TIME = gettext_lazy("shown as missing until it is met")

RULES: tuple[Rule, ...] = (
    Rule("only_one", _SETTING_UP, gettext_lazy("Only one"),
         gettext_lazy("Whether the type stands for one body rather than many."), ("only_one",),
         _flag(gettext_lazy("There is only one of its kind: %(s)s."), "only_one"), _AT_SET_UP),
    Rule("lifespan", _SETTING_UP, gettext_lazy("Lifespan"),
         gettext_lazy("Whether a group stands, or lasts as long as an initiative or a task."), ("lifespan",),
         _word({
             "standing": gettext_lazy("%(S)s stands until it is closed."),
             "initiative": gettext_lazy("%(S)s is set up for an initiative and lasts as long as that does."),
             "task": gettext_lazy("%(S)s is set up for one task and lasts as long as that does."),
         }, "lifespan"), _AT_SET_UP),
    Rule("formation", _SETTING_UP, gettext_lazy("How it is formed"),
         gettext_lazy("How people come to sit in it."), ("formation",),
         _word({
             "appointed": gettext_lazy("The members of %(s)s are appointed."),
             "invitation": gettext_lazy("The members of %(s)s are invited."),
             "expression-of-interest": gettext_lazy("The members of %(s)s are found by expression of interest."),
             "nomination": gettext_lazy("The members of %(s)s are nominated, and the nominations are published."),
             "open": gettext_lazy("Everybody it is for may join %(s)s."),
         }, "formation"), _AT_SEAT),
    Rule("parents", _PLACE, gettext_lazy("Set up from"),
         gettext_lazy("Whether it has a parent group, and of which types."), ("parent_required", "parent_types"),
         _parents, _AT_SET_UP),
    Rule("parent_approval", _PLACE, gettext_lazy("Parent's approval"),
         gettext_lazy("Whether the parent's approval is recorded first."), ("parent_approval",),
         _flag(gettext_lazy("%(S)s is set up only when the approval of its parent is recorded."), "parent_approval"),
         _AT_SET_UP),
    Rule("consults", _PLACE, gettext_lazy("Consults"),
         gettext_lazy("Which types it asks for their view, and on what."), ("consults", "consults_about"),
         _consults, gettext_lazy("drawn on the poster")),
    Rule("refers_to", _PLACE, gettext_lazy("Refers to"),
         gettext_lazy("Which types it may hand business to."), ("refers_to",), _refers, _AT_OUTCOME),
    Rule("size", _WHO, gettext_lazy("Size in all"),
         gettext_lazy("The fewest and the most places it has, counting people or organisations."),
         ("total_minimum", "total_maximum", "total_counts"), _size, _AT_SEAT),
    Rule("constituencies", _WHO, gettext_lazy("Constituencies"),
         gettext_lazy("The sides of the table, each with its own fewest and most places."), ("constituencies",),
         _sides, _AT_SEAT),
    Rule("one_seat", _WHO, gettext_lazy("One seat per organisation"),
         gettext_lazy("Whether an organisation may hold one seat only."),
         ("one_seat_per_organisation", "eligible_constituency"), _one_seat, _AT_SEAT),
    Rule("eligible_roles", _WHO, gettext_lazy("Offices that may sit"),
         gettext_lazy("Which classes of office may sit."), ("eligible_roles", "eligible_constituency"),
         _roles, _AT_SEAT),
    Rule("eligible_kinds", _WHO, gettext_lazy("Organisations that may sit"),
         gettext_lazy("Which kinds of organisation may sit."), ("eligible_kinds", "eligible_constituency"),
         _kinds, _AT_SEAT),
    Rule("segments", _WHO, gettext_lazy("Segments covered"),
         gettext_lazy("Which segments the seats cover together."), ("segments",), _segments, _AT_ANY_TIME),
    Rule("segments_minimum", _WHO, gettext_lazy("Number of segments"),
         gettext_lazy("How many different segments the seats cover together."), ("segments_minimum",),
         _segments_minimum, _AT_ANY_TIME),
    Rule("named_places", _WHO, gettext_lazy("Named places"),
         gettext_lazy("Places that the model itself names."), ("named_places",), _places, _AT_ANY_TIME),
    Rule("chairing", _CHAIR, gettext_lazy("Chair"),
         gettext_lazy("One chair, co-chairs or none, and from which constituency."), ("chairing", "constituencies"),
         _chairing, _AT_CHAIR),
    Rule("cadence", _MEETING, gettext_lazy("Cadence"),
         gettext_lazy("How often it meets, and how far a meeting may stray from that."),
         ("cadence_as_required", "cadence_months", "cadence_weeks", "cadence_tolerance_days"), _cadence, _AT_MEETINGS),
    Rule("longest_gap", _MEETING, gettext_lazy("Longest gap"),
         gettext_lazy("How long it may go without a meeting, in months, however often it meets."),
         ("longest_gap_months",),
         _number(gettext_lazy("%(S)s never goes longer than %(span)s without a meeting."), "longest_gap_months",
                 words.months), _AT_MEETINGS),
    Rule("quorum", _MEETING, gettext_lazy("Quorum"),
         gettext_lazy("How many must be present, of filled or of all seats, and whether the chair must."),
         ("quorum_of", "quorum_number", "quorum_percent", "quorum_includes_chair"), _quorum, _AT_MEETINGS),
    Rule("proxy_counts", _MEETING, gettext_lazy("Proxies"),
         gettext_lazy("Whether a proxy counts to the quorum."), ("proxy_counts",),
         _flag(gettext_lazy("A proxy counts to the quorum of %(s)s."), "proxy_counts"), _AT_MEETINGS),
    Rule("call_for_items", _MEETING, gettext_lazy("Call for items"),
         gettext_lazy("When items are called for, in working days before the meeting."), ("call_for_items_days",),
         _number(gettext_lazy("Items for %(s)s are called for %(span)s before it meets."), "call_for_items_days",
                 words.working_days), _AT_MEETINGS),
    Rule("papers_due", _MEETING, gettext_lazy("Papers due"),
         gettext_lazy("When papers are due, in working days before the meeting."), ("papers_due_days",),
         _number(gettext_lazy("Papers for %(s)s are due %(span)s before it meets."), "papers_due_days",
                 words.working_days), _AT_MEETINGS),
    Rule("papers_out", _MEETING, gettext_lazy("Papers out"),
         gettext_lazy("When papers go to members, in working days before the meeting."), ("papers_out_days",),
         _number(gettext_lazy("The papers of %(s)s go out %(span)s before it meets."), "papers_out_days",
                 words.working_days), _AT_MEETINGS),
    Rule("draft_minutes", _MEETING, gettext_lazy("Draft minutes"),
         gettext_lazy("When draft minutes are ready, in working days after the meeting."), ("draft_minutes_days",),
         _number(gettext_lazy("The draft minutes of %(s)s are ready %(span)s after it meets."), "draft_minutes_days",
                 words.working_days), _AT_MEETINGS),
    Rule("outcomes_published", _MEETING, gettext_lazy("Outcomes published"),
         gettext_lazy("When outcomes are published, in working days after the meeting."),
         ("outcomes_published_days",),
         _number(gettext_lazy("The outcomes of %(s)s are published %(span)s after it meets."),
                 "outcomes_published_days", words.working_days), _AT_MEETINGS),
    Rule("outputs", _RESULTS, gettext_lazy("Outputs"),
         gettext_lazy("What kinds of output it may give."), ("outputs",), _outputs, _AT_OUTCOME),
    Rule("must_deliver", _RESULTS, gettext_lazy("Deliverable"),
         gettext_lazy("Whether it names what it is to deliver."), ("must_deliver",),
         _flag(gettext_lazy("%(S)s names what it is to deliver before it is set up."), "must_deliver"), _AT_SET_UP),
    Rule("closes_on_delivery", _RESULTS, gettext_lazy("Closes on delivery"),
         gettext_lazy("Whether it closes when it has delivered."), ("closes_on_delivery",),
         _flag(gettext_lazy("%(S)s closes when it has delivered."), "closes_on_delivery"),
         gettext_lazy("when its delivery is recorded")),
    Rule("publishes", _RESULTS, gettext_lazy("Publication"),
         gettext_lazy("Who reads its outcomes unless something else is said of one."), ("publishes",),
         _word({
             "public": gettext_lazy("%(S)s publishes its outcomes to everybody."),
             "members": gettext_lazy("%(S)s shows its outcomes to its members."),
         }, "publishes"), _AT_OUTCOME),
    Rule("highest_marking", _RESULTS, gettext_lazy("Highest marking"),
         gettext_lazy("The highest protective marking it handles."), ("highest_marking",), _marking, _AT_MEETINGS),
    Rule("review", _TERMS, gettext_lazy("Review"),
         gettext_lazy("How often it is looked at whether it should go on, in months."), ("review_months",),
         _number(gettext_lazy("%(S)s is reviewed %(span)s."), "review_months", words.every_months),
         gettext_lazy("as a deadline")),
    Rule("sunset", _TERMS, gettext_lazy("Sunset"),
         gettext_lazy("When it ends by itself, in months from its start."), ("sunset_months",),
         _number(gettext_lazy("%(S)s ends after %(span)s unless it is renewed."), "sunset_months", words.months),
         gettext_lazy("as a deadline")),
    Rule("term", _TERMS, gettext_lazy("Term of a seat"),
         gettext_lazy("How long somebody is appointed for at most, in months."), ("term_months",),
         _number(gettext_lazy("Nobody is appointed to %(s)s for more than %(span)s at a time."), "term_months",
                 words.months), gettext_lazy("when somebody is appointed")),
    Rule("casual_vacancies", _TERMS, gettext_lazy("Casual vacancies"),
         gettext_lazy("In which ways a seat is filled that falls vacant before its term ends."),
         ("casual_vacancies",), _casual, gettext_lazy("when somebody is appointed")),
)  # fmt: skip

_BY_KEY = {rule.key: rule for rule in RULES}

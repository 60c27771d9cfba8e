"""What changed from one version of a model to the next, as sentences that people can check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from convenor.domain.engagement.rules import words
from convenor.domain.engagement.rules.rulebook import RULES, Rule
from convenor.domain.engagement.rules.values import LevelValue, ModelValue, TypeRulesValue, Vocabulary
from convenor.kit.structs import struct


@struct
class Difference:
    """One change. `about` names the type or level ("" for the model itself); before and after are its words."""

    about: str
    text: str
    before: str = ""
    after: str = ""


def differences(old: ModelValue | None, new: ModelValue) -> list[Difference]:
    """Every change, in the order of the model; empty only when both say the same. `old` None: all is new."""
    if old is None:
        return [_new_type(level, rules) for level in new.levels for rules in level.types]
    return [
        *_texts(old, new, "", _MODEL_TEXTS),
        *_vocabulary(old.vocabulary, new.vocabulary),
        *_levels(old, new),
        *_types(old, new),
    ]


_MODEL_TEXTS = {
    "slug": "code",
    "name": "name",
    "owner": "owner",
    "calendar": "calendar",
    "summary": "summary",
    "source": "source",
}
_LEVEL_TEXTS = {"name": "name", "motto": "motto", "purpose": "purpose", "colour": "colour"}
_TYPE_TEXTS = {
    "name": "name",
    "name_plural": "plural",
    "purpose": "purpose",
    "membership": "membership",
    "examples": "examples",
}


def _texts(old: object, new: object, about: str, fields: dict[str, str]) -> Iterator[Difference]:
    """Fields that are words: what they said, and what they say."""
    for field, label in fields.items():
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            text = _("The %(field)s is different.") if before and after else _("The %(field)s is new.")
            gone = _("The %(field)s is no longer given.")
            yield Difference(about, (text if after else gone) % {"field": label}, before, after)


def _vocabulary(old: Vocabulary, new: Vocabulary) -> Iterator[Difference]:
    for part in ("roles", "kinds", "segments"):
        before, after = getattr(old, part), getattr(new, part)
        if before != after:
            text = _("The words declared under %(part)s are different.") % {"part": part}
            yield Difference("", text, _listed(before), _listed(after))


def _listed(things: Sequence[object]) -> str:
    """Each word with all that is said of it."""
    return "; ".join(", ".join(filter(None, (getattr(each, name) for name in each.__slots__))) for each in things)  # type: ignore[attr-defined]


def _levels(old: ModelValue, new: ModelValue) -> Iterator[Difference]:
    before = {level.slug: level for level in old.levels}
    after = {level.slug: level for level in new.levels}
    for slug, level in after.items():
        if slug not in before:
            yield Difference(level.name, _("The level is new."), "", level.motto or level.name)
        else:
            yield from _texts(before[slug], level, level.name, _LEVEL_TEXTS)
    for slug in before.keys() - after.keys():
        yield Difference(before[slug].name, _("The level is gone."), before[slug].name)
    yield from _order([level.slug for level in old.levels], [level.slug for level in new.levels], _("levels"))


def _order(old: Sequence[str], new: Sequence[str], what: str) -> Iterator[Difference]:
    """Whether those that stay stand in another order."""
    before, after = [slug for slug in old if slug in new], [slug for slug in new if slug in old]
    if before != after:
        text = _("The %(what)s stand in another order.") % {"what": what}
        yield Difference("", text, words.both(before), words.both(after))


def _types(old: ModelValue, new: ModelValue) -> Iterator[Difference]:
    before = {rules.slug: rules for rules in old.types()}
    for level in new.levels:
        for rules in level.types:
            known = before.get(rules.slug)
            yield from [_new_type(level, rules)] if known is None else _type(known, rules, level.name)
    after = {rules.slug for rules in new.types()}
    for slug, rules in before.items():
        if slug not in after:
            yield Difference(rules.name, _("The type is gone; nothing new of it can be set up."), rules.name)
    yield from _order([*before], [rules.slug for rules in new.types()], _("types"))


def type_differences(old: TypeRulesValue, new: TypeRulesValue) -> list[Difference]:
    """What changed for one type of group."""
    return list(_type(old, new, new.level))


def _new_type(level: LevelValue, rules: TypeRulesValue) -> Difference:
    text = _("The type is new, on the level %(level)s.") % {"level": level.name}
    return Difference(rules.name, text, "", " ".join(_said(rules)))


def _said(rules: TypeRulesValue) -> list[str]:
    return [text for rule in RULES for text in rule.says(rules)]


def _type(old: TypeRulesValue, new: TypeRulesValue, level: str) -> Iterator[Difference]:
    if old.level != new.level:
        text = _("The type is on the level %(level)s now.") % {"level": level}
        yield Difference(new.name, text, old.level, new.level)
    yield from _texts(old, new, new.name, _TYPE_TEXTS)
    told: set[str] = set()
    for rule in RULES:
        if rule.says(old) != rule.says(new):
            told.update(rule.fields)
            yield _rule(rule, old, new)
    yield from _codes(old, new, told)


def _rule(rule: Rule, old: TypeRulesValue, new: TypeRulesValue) -> Difference:
    """With the sentences that are not in both."""
    was, now = rule.says(old), rule.says(new)
    before = " ".join(text for text in was if text not in now)
    after = " ".join(text for text in now if text not in was)
    label = {"rule": str(rule.label)}
    if not was:
        return Difference(new.name, _("%(rule)s: the model now says this.") % label, "", after)
    if not now:
        return Difference(new.name, _("%(rule)s: the model no longer says this.") % label, before)
    return Difference(new.name, _("%(rule)s: the rule is different.") % label, before, after)


def _codes(old: TypeRulesValue, new: TypeRulesValue, told: set[str]) -> Iterator[Difference]:
    """Changes that no sentence shows, such as the code of a constituency."""
    for rule in RULES:
        changed = [name for name in rule.fields if name not in told and getattr(old, name) != getattr(new, name)]
        if changed:
            told.update(changed)
            yield Difference(new.name, _("%(rule)s: only its codes are different.") % {"rule": str(rule.label)})

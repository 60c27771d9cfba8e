"""Writing something hostile into every text of every row, and seeing whether any page lets it act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.apps import apps
from django.db import IntegrityError, models, transaction

from tests.sweeps.html import Page, read
from tests.sweeps.markers import text_fields
from tests.sweeps.marking_rules import FREE, KEPT, THIRD_PARTY

LONG: Final = """"'`--></script></style></textarea></title><xq onxq=1>{{7*7}}%(xq)s ${7*7}"""
SHORT: Final = "\"'><xq onxq=1>"
TINY: Final = '<xq>"'
MARKDOWN: Final = (
    "\n\n[xq](javascript:xq) ![xq](javascript:xq) <img src=xq onxq=1> <javascript:xq>\n\n[xq]: javascript:xq"
)
FORMULAS: Final = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", " =1+1")
ACTIVE: Final = ("javascript:", "data:text", "vbscript:")

Write = Callable[["models.Field[Any, Any]", int], str]


def polyglot(column: models.Field[Any, Any], number: int) -> str:
    """The longest hostile text that fits."""
    if isinstance(column, models.EmailField):
        return f'"<xq>{number}"@c.example'
    if isinstance(column, models.URLField):
        return f'https://c.example/{number}"><xq onxq=1>'
    room = column.max_length or 10_000
    if room > 200 and isinstance(column, models.TextField):
        return f"{LONG}{number}{MARKDOWN}"
    if room >= len(LONG) + 6:
        return f"{LONG}{number}"
    return f"{SHORT}{number}" if room >= len(SHORT) + 6 else f"{TINY}{number}"[:room]


def formula(column: models.Field[Any, Any], number: int) -> str:
    """A text that a spreadsheet would take for a formula."""
    text = FORMULAS[number % len(FORMULAS)]
    if isinstance(column, models.EmailField):
        return f"={number}@c.example"
    return f"{text}{number}"[: column.max_length or 100]


def poison(write: Write) -> int:
    """Write into every text of every row of ours, public or not; how many took it. Slugs and keys stay."""
    took = 0
    for model in apps.get_models():
        if model._meta.label in {*FREE, *THIRD_PARTY} or model._meta.label.startswith("journal.Chain"):
            continue
        for column in text_fields(model):
            if f"{model._meta.label}.{column.name}" not in {*KEPT, *READ_BY_CODE} and not isinstance(column, SPARED):
                took += sum(_write(model, column, pk, write(column, took + i)) for i, pk in enumerate(_keys(model)))
    return took


SPARED: Final = (models.SlugField, models.JSONField, models.BinaryField, models.GenericIPAddressField)
"""Slugs are addresses and never free text; the others hold what code reads."""

READ_BY_CODE: Final[dict[str, str]] = {
    "expressions.Draw.inputs": "canonical JSON that the freeze wrote, kept as text because its digest is published",
    "groups.RuleOverride.rule": "the key of a rule, taken from a list by every door",
    "expressions.Draw.distribution": "canonical JSON that the lottery wrote, kept as text for the same reason",
}
"""Columns that nobody types into and code reads, with the reason why they are text."""


def _keys(model: type[models.Model]) -> list[Any]:
    return list(model._base_manager.order_by("pk").values_list("pk", flat=True))


def _write(model: type[models.Model], column: models.Field[Any, Any], pk: Any, text: str) -> bool:
    try:
        with transaction.atomic():
            return model._base_manager.filter(pk=pk).update(**{column.name: text}) == 1
    except IntegrityError:
        return False


def acting(text: str) -> list[str]:
    """What of the poison acts on a page: an element or attribute that came from it, an address that runs code."""
    page = read(text)
    return [*_made(page), *_running(page)]


def _made(page: Page) -> Iterator[str]:
    for tag, attributes in page.elements:
        if tag == "xq":
            yield "an element <xq>"
        yield from (f"an attribute {name} of <{tag}>" for name in attributes if name.startswith("onxq"))


def _running(page: Page) -> Iterator[str]:
    for address in page.addresses():
        plain = "".join(address.split()).lower()
        if "xq" in plain and plain.startswith(ACTIVE):
            yield f"an address {address[:60]}"

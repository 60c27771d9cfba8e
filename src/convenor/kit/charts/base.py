"""What every chart has: a name for those who hear it, and the table of its data."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from textwrap import wrap
from typing import Any, ClassVar

from django.utils.formats import number_format

from convenor.kit.structs import struct
from convenor.kit.tables import Table

LINE = 36  # characters of a label that fit a screen 320 pixels wide


@struct(slots=False)
class Chart:
    """Key (unique on its page), title, description and table."""

    template_name: ClassVar[str]

    key: str
    title: str
    desc: str
    table: Table[Any]
    subtitle: str
    height: float


@struct(slots=False)
class Label:
    """Words at a place: `x` across in percent, `y` down in pixels, `anchor` as SVG names it."""

    text: str
    x: str
    y: float
    anchor: str = "start"
    css: str = ""


def said(value: float, unit: str = "") -> str:
    """A value with its unit: 71.2%, $1.20, 12 days. Two decimals at most, none for whole numbers."""
    digits = 0 if float(value).is_integer() else 1 if round(value * 10, 6) == round(value * 10) else 2
    digits = 2 if unit == "$" and digits else digits
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)  # the formatter would cut
    number = number_format(exact, digits, force_grouping=True)
    if unit == "$":
        return f"${number}"
    return f"{number}{unit}" if unit in {"", "%"} else f"{number} {unit}"


def lines_of(text: str, width: int = LINE, most: int = 2) -> list[str]:
    """The text in at most `most` lines; what does not fit ends in an ellipsis (the table has it whole)."""
    lines = wrap(text, width) or [""]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[most - 1][: width - 1].rstrip() + "…"]

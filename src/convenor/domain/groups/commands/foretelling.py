"""What comes of a merger or a split, or would, in sentences: for the page before the button, and for programs."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.domain.groups.commands.succession import Report
from convenor.kit.dates import say_day


def said(report: Report, on: date) -> list[str]:
    """What comes of it, sentence by sentence."""
    found = [
        _("From %(day)s on. There is no way back: a group that was merged or split is not reopened.")
        % {"day": say_day(on)}
    ]
    for group in report.ended:
        seats, terms = report.lost[group.pk]
        words = {"group": group.name, "seats": _seats(seats), "terms": _terms(terms)}
        found.append(_("%(group)s closes. %(seats)s, and %(terms)s.") % words)
        found.append(
            _("The page, the reference and every old roster of %(group)s stay, and say what became of it.") % words
        )
    for group in report.made:
        again = [(seat, name) for where, seat, name in report.seats if where.pk == group.pk]
        found.append(_("%(group)s goes on, with %(n)d seats set up in it.") % {"group": group.name, "n": len(again)})
        found += [
            _("%(seat)s: %(name)s is appointed.") % {"seat": seat.title, "name": name} for seat, name in again if name
        ]
    for child, group in report.children:
        found.append(_("%(child)s stands under %(group)s.") % {"child": child.name, "group": group.name})
    for seat in report.ex_officio:
        words = {"group": seat.group.name, "seat": seat.title}
        found.append(
            _("In %(group)s the seat “%(seat)s” falls vacant: it is for a chair who is there no more.") % words
        )
    return [*found, *_acting(report), *_chairing(report)]


def _acting(report: Report) -> list[str]:
    said = _("%(seat)s: %(name)s goes on acting.")
    return [said % {"seat": seat.title, "name": name} for _group, seat, name in report.acting]


def _chairing(report: Report) -> list[str]:
    """Who goes on chairing, who does so no more and by which rule, and what nobody leads."""
    goes_on = _("%(seat)s goes on as %(role)s, of %(group)s.")
    found = [
        goes_on % {"seat": seat.title, "role": role.name.lower(), "group": group.name}
        for group, seat, role in report.chairs
    ]
    ends = _("%(seat)s is %(role)s no more: %(why)s")
    found += [
        ends % {"seat": seat.title, "role": role.name.lower(), "why": why} for seat, role, why in report.not_chairing
    ]
    unled = _("Nobody chairs %(group)s then: say who does.")
    return found + [unled % {"group": group.name} for group in report.unled]


def _seats(number: int) -> str:
    return ngettext("%(n)d seat ends", "%(n)d seats end", number) % {"n": number}


def _terms(number: int) -> str:
    return ngettext("%(n)d term of appointment", "%(n)d terms of appointment", number) % {"n": number}

"""The door of an act: a POST with a token and a JSON body, answered in JSON whatever happens. Nothing is half done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpResponse, HttpResponseBase, UnreadablePostError
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from convenor.core.exchange.acts import Act, Call
from convenor.core.exchange.commands import Answer, Once, answered, do_act
from convenor.core.exchange.inputs import read
from convenor.core.records import caretaker
from convenor.core.records.rules import Breach, NotAllowed, Refused
from convenor.kit.http import Request
from convenor.web.api import bearer, problems
from convenor.web.api.problems import Problem

LARGEST: Final = 64 * 2**10
METHODS: Final = "POST, OPTIONS"
LONGEST_KEY: Final = 200
View = Callable[..., HttpResponseBase]


def addresses(acts: Iterable[Act]) -> list[URLPattern]:
    """The address of each act, below /api/v1/."""
    return [path(act.path, door(act), name=act.operation) for act in acts]


def door(act: Act) -> View:
    """What stands at the address of an act."""

    def enter(request: Request, **places: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": METHODS})
        if request.method != "POST":
            return problems.only_acts(METHODS)
        response = _answer(act, request, places)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    enter.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie counts here: a token is sent with each request
    return enter


def _answer(act: Act, request: Request, places: dict[str, Any]) -> HttpResponse:
    """Every no, in the shape of the API."""
    try:
        return _said(_do(act, request, places))
    except Problem as problem:
        return problem.response()
    except Http404:
        return problems.not_found()
    except NotAllowed as refused:
        return problems.problem(403, str(refused), refused.breaches)
    except Refused as refused:
        return problems.refused(refused.breaches)
    except IntegrityError:
        return problems.problem(409, _("Somebody did the same at the same moment. Look again, then decide."))
    except OperationalError:
        return problems.database_down()


def _do(act: Act, request: Request, places: dict[str, Any]) -> Answer:
    """Who asks, how, under which key; on what; whether they may; with what: in this order, so that nothing is told
    to those who may not know of it."""
    token = bearer.enter_to_act(request)
    sent = _body(request)
    once = _once(request, token.person_id, sent)
    before = answered(once, request.now) if once else None
    if before is not None:
        return before
    row = act.row(request.viewer, places)
    act.may(request.viewer, row).require()
    given = dict(read(act, _parsed(sent), request.viewer))
    with caretaker.overriding(given.pop(caretaker.FIELD, None) or ""):
        return do_act(act, Call(by=request.viewer, row=row, given=given, now=request.now), once)


def _said(answer: Answer) -> HttpResponse:
    again = {"Idempotency-Replayed": "true"} if answer.again else {}
    return HttpResponse(answer.body, status=answer.status, content_type="application/json", headers=again)


def _body(request: Request) -> bytes:
    if request.content_type != "application/json":
        raise Problem(
            415, _("Send the body as JSON: “Content-Type: application/json”."), {"Accept-Post": "application/json"}
        )
    length = request.META.get("CONTENT_LENGTH") or "0"
    try:
        sent = request.read(LARGEST + 1) if length.isdigit() and int(length) <= LARGEST else None
    except (UnreadablePostError, OSError):
        raise Problem(400, _("The request broke off before all of it was here. Nothing was done.")) from None
    if sent is None or len(sent) > LARGEST:
        raise Problem(413, _("The body is too large: %(most)d KiB at most.") % {"most": LARGEST // 1024})
    return sent


def _once(request: Request, person_id: int, sent: bytes) -> Once | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return None
    if len(key) > LONGEST_KEY:
        text = _("An Idempotency-Key has %(most)d characters at most.") % {"most": LONGEST_KEY}
        raise Refused([Breach("key-too-long", text, "Idempotency-Key")])
    digest = hashlib.sha256(request.path_info.encode("utf-8", "surrogatepass") + b"\n" + sent).hexdigest()
    return Once(person_id, key, digest)


def _parsed(sent: bytes) -> dict[str, Any]:
    """The object that was sent. Each field once; numbers that JSON knows."""
    try:
        found = json.loads(sent.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Problem(400, _("The body is not UTF-8.")) from None
    except json.JSONDecodeError as error:
        text = _("The body is not JSON: line %(line)d, column %(column)d.")
        raise Problem(400, text % {"line": error.lineno, "column": error.colno}) from None
    except (RecursionError, ValueError):
        raise Problem(400, _("The body is not JSON that can be read.")) from None
    if not isinstance(found, dict):
        raise Problem(400, _("The body must be a JSON object: {…}."))
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem(400, _("The body names one field twice."))
    return found


def _no_number(word: str) -> Any:
    raise ValueError(word)

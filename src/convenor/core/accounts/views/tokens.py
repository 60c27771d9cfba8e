"""Keys to the API: made, shown once, taken back."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.accounts import commands, queries
from convenor.core.accounts.forms import NothingForm, TokenForm, end_of, place_breaches
from convenor.core.accounts.models import ApiToken, Person
from convenor.core.accounts.views.guard import answer, me, posted, proved, signed_in
from convenor.core.records.rules import Refused
from convenor.kit.http import Request
from convenor.kit.parts import Link


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def make(request: Request) -> HttpResponseBase:
    """Make a token, then show it: this once, since only its hash is kept."""
    form = TokenForm(posted(request), today=localdate(request.now))
    if request.method == "POST" and form.is_valid():
        made = _made(request, form, me(request))
        if made is not None:
            return render(request, "accounts/token.html", _shown(*made))
    page = {
        "form": form,
        "title": _("Make an API token"),
        "lede": _(
            "For a program that works for you. It can do what you may do, and no more; it dies with your account."
        ),
        "submit_label": _("Make the token"),
        "cancel_url": _place(),
        "crumbs": _crumbs(_("API token")),
    }
    return render(request, "kit/form_page.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def revoke(request: Request, pk: int) -> HttpResponseBase:
    """Take back one of my tokens; anybody else's does not exist."""
    token = queries.tokens_of(me(request)).filter(pk=pk).first()
    if token is None:
        raise Http404
    return answer(
        request,
        NothingForm(posted(request)),
        lambda _data: commands.revoke_token(by=request.viewer, token=token, now=request.now),
        back=_place(),
        done=_("The token is taken back. Whatever uses it is refused from now on."),
        title=_("Take back the token “%(name)s”") % {"name": token.name},
        lede=_("Whatever uses it is refused from the next request on. This cannot be undone."),
        submit_label=_("Take it back"),
        submit_style="warning",
        crumbs=_crumbs(token.name),
    )


def _made(request: Request, form: TokenForm, person: Person) -> tuple[ApiToken, str] | None:
    given = form.cleaned_data
    try:
        return commands.make_token(
            by=request.viewer,
            person=person,
            name=given["name"],
            expires_at=end_of(given["ends_on"]) or request.now,
            may_act=given["scope"] == "act",
            now=request.now,
        )
    except Refused as refused:
        place_breaches(form, refused)
        return None


def _shown(token: ApiToken, secret: str) -> dict[str, object]:
    return {"title": _("Your API token"), "token": token, "secret": secret, "crumbs": _crumbs(token.name)}


def _place() -> str:
    return f"{reverse('accounts:me')}#tokens"


def _crumbs(label: str) -> list[Link]:
    return [Link(_("My account"), reverse("accounts:me")), Link(label, "", current=True)]

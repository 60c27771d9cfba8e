"""The screens: what each reader sees, what a form keeps, what no page tells."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convenor.core.accounts.models import Person
from convenor.core.notify.models import Message
from convenor.core.records.rules import anonymous
from convenor.domain.expressions.commands.calls import edit_call, publish_call
from convenor.domain.expressions.commands.expressing import begin_expression, submit_expression
from convenor.domain.expressions.models import Answer, Call, Draw, Expression, Offer
from convenor.domain.expressions.tests.world import CallWorld, call_facts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(viewer: Any = None) -> Client:
    client = Client()
    if viewer is not None:
        client.force_login(Person.objects.get(name=viewer.name), backend=BACKEND)
    return client


def page(client: Client, route: str, *args: Any, status: int = 200, **data: Any) -> str:
    url = reverse(f"expressions:{route}", args=args)
    answer = client.post(url, data) if data else client.get(url)
    assert answer.status_code == status, (url, answer.status_code, answer.content[:300])
    return answer.content.decode()


@pytest.fixture
def live(present: CallWorld) -> CallWorld:
    """The call, open now."""
    long_ago = present.now - timedelta(days=10)
    facts = call_facts(long_ago, closes_on=(present.now + timedelta(days=5)).date())
    present.call = edit_call(by=present.by, call=present.call, facts=facts, now=long_ago)
    present.call = publish_call(by=present.by, call=present.call, now=long_ago)
    return present


def send(world: CallWorld, number: int) -> Expression:
    now = datetime.now(UTC)
    begun = begin_expression(
        by=anonymous(now),
        call=world.call,
        name=f"Applicant {number}",
        email=f"applicant{number}@calls.example",
        now=now,
    )
    content = world.content(number, organisation=world.groups.company(f"Company {number}"))
    return submit_expression(by=world.holder(begun, now), expression=begun, content=content, now=now)


def close(world: CallWorld, state: str = "published") -> None:
    """The close lies an hour back."""
    Call.objects.filter(pk=world.call.pk).update(closes_at=datetime.now(UTC) - timedelta(hours=1), state=state)
    world.call.refresh_from_db()


def test_everybody_reads_what_is_asked_how_it_is_decided_and_when_it_closes(live: CallWorld) -> None:
    client = Client()
    told = page(client, "call", live.call.slug)
    for said in ("Express your interest", "By a fair lottery", "at least 1", "Knowledge of payroll", "Erased after"):
        assert said in told, said
    assert "17:00 A" in told
    assert live.call.title in page(client, "calls")
    assert live.call.title in page(client, "feed")
    assert live.call.title in client.get(f"/groups/{live.group.slug}/").content.decode()
    assert live.call.title in client.get("/").content.decode()


def test_a_draft_is_nowhere(present: CallWorld) -> None:
    client = Client()
    page(client, "call", present.call.slug, status=404)
    assert present.call.title not in page(client, "calls")
    assert present.call.title not in page(client, "feed")


def test_without_an_account_from_the_first_click_to_sent_in(live: CallWorld) -> None:
    client = Client()
    told = page(client, "begin", live.call.slug, name="Ann Applicant", email="ann@calls.example")
    assert "ann@calls.example" in told
    message = Message.objects.get(address="ann@calls.example")
    url = re.search(r"/calls/mine/[\w-]+/", message.text)
    assert url is not None
    first = client.get(url[0])
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-store"
    assert Expression.objects.get().confirmed_at is None
    keys = [f"answer_{each.pk}" for each in live.call.criteria.order_by("order")]
    saved = client.post(url[0], {"act": "save", "name": "Ann Applicant", keys[0]: "Half of it."})
    assert saved.status_code == 302
    assert Answer.objects.get().text == "Half of it."
    short = client.post(url[0], {"act": "send", "name": "Ann Applicant", keys[0]: "Half of it.", keys[1]: ""})
    body = short.content.decode()
    assert "Half of it." in body
    assert "There are" in body
    whole = {"act": "send", "name": "Ann Applicant", "notice": "on", **dict.fromkeys(keys, "All of it.")}
    for question in live.call.questions.all():
        whole[f"choice_{question.pk}"] = str(question.options.earliest("order").pk)
    assert client.post(url[0], whole).status_code == 302
    assert Expression.objects.get().state == "submitted"
    assert "Take it back" in client.get(url[0]).content.decode()


def test_the_same_page_whether_an_address_was_used_or_not(live: CallWorld) -> None:
    send(live, 1)
    client = Client()
    known = page(client, "begin", live.call.slug, name="X", email="applicant1@calls.example")
    fresh = page(client, "begin", live.call.slug, name="X", email="applicant2@calls.example")
    assert known.replace("applicant1", "") == fresh.replace("applicant2", "")


def test_signed_in_it_is_found_under_ones_own(live: CallWorld) -> None:
    viewer = live.somebody()
    client = browser(viewer)
    page(client, "begin", live.call.slug, status=302, name="Sam")
    assert "What you bring" in page(client, "mine", live.call.slug)
    assert live.call.title in client.get("/my-work/").content.decode()
    page(browser(live.somebody("Other Body")), "mine", live.call.slug, status=404)
    page(Client(), "mine", live.call.slug, status=302)


def test_after_the_close_nothing_is_lost_on_the_way_to_a_plain_sentence(live: CallWorld) -> None:
    sent = send(live, 1)
    close(live)
    client = Client()
    from convenor.domain.expressions.commands.expressing import way_back

    url = way_back(sent, datetime.now(UTC)).partition("/calls/")[2]
    answer = client.post(f"/calls/{url}", {"act": "send", "name": "Too late"})
    assert answer.status_code == 409
    assert "closed on" in answer.content.decode()
    page(client, "begin", live.call.slug, status=302)


def test_nobody_but_officers_reads_who_applied(live: CallWorld) -> None:
    sent = send(live, 1)
    close(live)
    officer = live.groups.officer()
    assert "Applicant 1" in page(browser(officer), "work", live.call.slug)
    assert "Answer 1 to" in page(browser(officer), "one", live.call.slug, sent.reference)
    for client in (Client(), browser(live.somebody())):
        for name, args in (("work", ()), ("one", (sent.reference,)), ("offers", ()), ("selection", ())):
            url = reverse(f"expressions:{name}", args=[live.call.slug, *args])
            assert client.get(url).status_code in {302, 403}
        for url in (
            f"/calls/{live.call.slug}/",
            "/calls/",
            "/api/v1/calls/",
            "/updates/",
            f"/history/{live.call.record.ref}/",
        ):
            body = client.get(url).content.decode()
            assert "Applicant" not in body
            assert sent.reference not in body


@pytest.mark.parametrize(
    ("method", "pass_mark", "scored"), [("lottery", 0, False), ("lottery", 50, True), ("ranked", 0, True)]
)
def test_scores_have_columns_where_they_decide_something(
    live: CallWorld, method: str, pass_mark: int, scored: bool
) -> None:
    send(live, 1)
    close(live, "assessing")
    Call.objects.filter(pk=live.call.pk).update(method=method, pass_mark=pass_mark)
    assert (">Total<" in page(browser(live.groups.officer()), "work", live.call.slug)) == scored


def test_an_officer_runs_the_whole_call_from_its_pages(live: CallWorld) -> None:
    for number in range(7):
        send(live, number)
    close(live)
    officer = live.groups.officer()
    client, slug = browser(officer), live.call.slug
    page(client, "assessment", slug, status=302, go="1")
    assert "The rules can hold" in page(client, "selection", slug)
    page(client, "freeze", slug, status=302, go="1")
    assert "Draw the lots" in page(client, "selection", slug)
    page(client, "draw", slug, status=302, go="1")
    assert "people were chosen" in page(client, "offers", slug)
    page(client, "offers", slug, status=302, days="5", extra="1")
    assert Offer.objects.count() == 5
    told = page(Client(), "call", slug)
    assert "How the lottery was drawn" in told
    result = page(Client(), "result", slug, 1)
    assert "It comes out as recorded" in result
    file = page(Client(), "result-file", slug, 1)
    assert Draw.objects.get().seed in file
    assert "Applicant" not in result + file
    offer = Offer.objects.earliest("pk")
    page(client, "offer-remind", slug, offer.pk, status=302, go="1")
    page(client, "offer-take-back", slug, offer.pk, status=302, go="1")
    page(client, "finish", slug, status=409, go="1")
    Offer.objects.filter(state="waiting").update(due_at=datetime.now(UTC) - timedelta(hours=1))
    page(client, "finish", slug, status=302, go="1")
    live.call.refresh_from_db()
    assert live.call.state == "finished"


def test_an_assessor_declares_then_scores_without_a_name(live: CallWorld) -> None:
    viewer, _assessor = live.assessor()
    sent, other = send(live, 1), send(live, 2)
    close(live, "assessing")
    client, slug = browser(viewer), live.call.slug
    assert "Applicant 1" in page(client, "to-assess", slug)
    page(client, "score", slug, sent.reference, status=404)
    assert "Company 1" in page(client, "declare", slug, sent.reference)
    page(client, "declare", slug, sent.reference, status=302, conflicted="no", note="")
    opened = page(client, "score", slug, sent.reference)
    assert "Answer 1 to" in opened
    assert "Applicant 1" not in opened
    assert "Company 1" not in opened
    keys = [each.pk for each in live.call.criteria.order_by("order")]
    wrong: dict[str, Any] = {f"score_{keys[0]}": "9", f"reason_{keys[0]}": "Kept words."}
    short = page(client, "score", slug, sent.reference, **wrong)
    assert "Kept words." in short
    given: dict[str, Any] = {f"score_{key}": "4" for key in keys} | {f"reason_{key}": "Because." for key in keys}
    page(client, "score", slug, sent.reference, status=302, **given)
    page(client, "declare", slug, other.reference, status=302, conflicted="yes", note="Kin.")
    page(client, "score", slug, other.reference, status=404)
    page(client, "declare", slug, other.reference, status=404)
    page(browser(live.somebody()), "to-assess", slug, status=404)


def test_an_officer_writes_a_call_on_its_forms(present: CallWorld) -> None:
    officer = present.groups.officer()
    client = browser(officer)
    url = f"{reverse('expressions:add')}?group={present.group.slug}"
    form = client.get(url)
    assert form.status_code == 200
    assert "The rules of the group" in form.content.decode()
    given = form.context["form"].initial
    filled = {"title": "A new call", "asked": "Please.", "contact": "Us", "seats": "3", "constituency": "providers"}
    for name in ("opens_on", "closes_on", "outcome_by", "purge_on"):
        day = given[name]
        filled |= {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
    filled |= {"opens_time": "09:00", "closes_time": "17:00", "zone": "Australia/Perth", "method": "ranked"}
    filled |= {"pass_mark": "50", "notice": "We collect little.", "debrief": ""}
    answer = client.post(url, filled)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Call.objects.get(title="A new call")
    assert made.closes_time.hour == 17
    rows: dict[str, Any]
    rows = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "Skill", "form-0-weight": "2",
            "form-0-maximum": "5", "form-1-name": "", "form-1-weight": "1", "form-1-maximum": "5"}  # fmt: skip
    page(client, "criteria", made.slug, status=302, **rows)
    asked: dict[str, Any]
    asked = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-text": "How large?", "form-0-family": "size",
             "form-0-options": "Small | 2 | 3\nLarge | x"}  # fmt: skip
    wrong = page(client, "questions", made.slug, **asked)
    assert "is not a number of places" in wrong
    assert "Small | 2 | 3" in wrong
    page(client, "questions", made.slug, status=302, **asked | {"form-0-options": "Small | 2 | 3\nLarge"})
    assert "Small: from 2 to 3" in page(client, "call", made.slug)
    page(client, "publish", made.slug, status=409, go="1")  # no end of term, and the type limits it


def test_ones_own_page_says_what_became_of_the_call(live: CallWorld) -> None:
    from convenor.domain.expressions.commands.expressing import way_back
    from convenor.domain.expressions.commands.telling import withdraw_call

    sent, client = send(live, 1), Client()
    url = "/calls/" + way_back(sent, datetime.now(UTC)).partition("/calls/")[2]
    close(live, "finished")
    Expression.objects.filter(pk=sent.pk).update(standing="reserve", place=2)
    assert "the reserve list has ended" in client.get(url).content.decode()
    close(live)
    assert "number 2" in client.get(url).content.decode()
    withdraw_call(by=live.by, call=live.call, reason="The reform stopped.", now=datetime.now(UTC))
    assert "The reform stopped." in client.get(url).content.decode()
    assert "The reform stopped." in page(client, "call", live.call.slug)
    assert Message.objects.filter(address=sent.email, text__contains="The reform stopped.").exists()


def test_taking_back_asks_first(live: CallWorld) -> None:
    viewer = live.somebody()
    client, now = browser(viewer), datetime.now(UTC)
    begun = begin_expression(by=viewer, call=live.call, name="Sam", email="", now=now)
    submit_expression(by=viewer, expression=begun, content=live.content(), now=now)
    assert "It takes part in nothing any more" in page(client, "mine-take-back", live.call.slug)
    page(client, "mine-take-back", live.call.slug, status=302, go="1")
    assert Expression.objects.get(pk=begun.pk).state == "taken-back"
    assert "You took it back" in page(client, "mine", live.call.slug)

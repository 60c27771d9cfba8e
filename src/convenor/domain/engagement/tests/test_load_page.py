"""An officer loads a model: dry run, errors by line, nothing lost, then confirm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.living import LivingGroup, living
from convenor.domain.engagement.models import EngagementModel, GroupType, ModelVersion
from convenor.domain.engagement.rules import Composition, SeatValue
from convenor.domain.engagement.tests.conftest import Load

pytestmark = pytest.mark.slow

DAY = {"in_force_from_day": "1", "in_force_from_month": "9", "in_force_from_year": "2026"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def no_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(living, "groups", lambda *_asked: ())


def signed_in(client: Client, now: datetime, duty: str = "", over: Organisation | None = None) -> Person:
    person: Person = get_user_model().objects.create(name="Olive Officer (fictitious)", email="olive@example.org")
    if duty:
        began = now - timedelta(days=400)
        DutyAssignment.objects.create(person=person, duty=duty, over=over.record if over else None, starts_at=began)
    client.force_login(person, backend=BACKEND)
    return person


@pytest.fixture
def officer(client: Client, now: datetime, owners: dict[str, Organisation]) -> Client:
    signed_in(client, now, "secretariat", owners["dsp"])
    return client


def test_strangers_are_sent_to_sign_in(client: Client, load: Load) -> None:
    load("dsp")
    for url in ("/engagement/load/", "/engagement/dsp/load/"):
        response = client.get(url)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/account/login/?next=")


def test_who_has_no_duty_reads_why_not(client: Client, load: Load, now: datetime) -> None:
    load("dsp")
    signed_in(client, now)
    response = client.get("/engagement/dsp/load/")
    assert response.status_code == 403
    assert "Only officers of Australian Taxation Office" in response.content.decode()
    assert client.get("/engagement/load/").status_code == 403


def test_an_officer_of_another_body_may_not(
    client: Client, load: Load, now: datetime, owners: dict[str, Organisation]
) -> None:
    load("dsp")
    signed_in(client, now, "secretariat", owners["digital-agency"])
    assert client.get("/engagement/dsp/load/").status_code == 403
    assert "Load a new version" not in client.get("/engagement/dsp/").content.decode()


def test_the_form_begins_with_the_text_there_is(officer: Client, load: Load, shipped: Callable[[str], str]) -> None:
    load("dsp")
    assert "Load a new version" in officer.get("/engagement/dsp/").content.decode()
    response = officer.get("/engagement/dsp/load/")
    assert response.status_code == 200
    assert response.context["form"]["yaml"].value() == shipped("dsp")


def test_the_dry_run_tells_and_writes_nothing(officer: Client, load: Load, shipped: Callable[[str], str]) -> None:
    load("dsp")
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    response = officer.post("/engagement/dsp/load/", {"yaml": text, **DAY})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Version 2 compared with version 1" in html
    assert "up to 10 organisations" in html
    assert 'name="confirm"' in html
    assert response.context["form"]["yaml"].value() == text
    assert ModelVersion.objects.count() == 1


def test_confirmed_it_is_loaded(officer: Client, load: Load, shipped: Callable[[str], str]) -> None:
    load("dsp")
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    response = officer.post("/engagement/dsp/load/", {"yaml": text, "confirm": "yes", "expected": "2", **DAY})
    assert (response.status_code, response.headers["Location"]) == (302, "/engagement/dsp/")
    assert ModelVersion.objects.get(number=2).yaml == text


def test_line_ends_of_a_browser_are_those_of_the_file(
    officer: Client, load: Load, shipped: Callable[[str], str]
) -> None:
    load("dsp")
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    officer.post("/engagement/dsp/load/", {"yaml": text.replace("\n", "\r\n"), "confirm": "yes", **DAY})
    assert ModelVersion.objects.get(number=2).yaml == text


def test_problems_are_shown_with_their_lines_and_the_text_stays(
    officer: Client, load: Load, shipped: Callable[[str], str]
) -> None:
    load("dsp")
    text = shipped("dsp").replace("maximum: 12", "maximum: twelve")
    response = officer.post("/engagement/dsp/load/", {"yaml": text, "confirm": "yes", **DAY})
    html = response.content.decode()
    line = text[: text.index("twelve")].count("\n") + 1
    assert response.status_code == 422
    assert f"Line {line}: “maximum” must be a whole number; it is “twelve”." in html
    assert '<pre tabindex="0"><code>              maximum: twelve</code></pre>' in html
    assert response.context["form"]["yaml"].value() == text
    assert 'name="confirm"' not in html
    assert ModelVersion.objects.count() == 1


def test_an_uploaded_file_is_read_and_then_stands_in_the_box(
    officer: Client, load: Load, shipped: Callable[[str], str]
) -> None:
    load("dsp")
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    file = SimpleUploadedFile("dsp.yaml", b"\xef\xbb\xbf" + text.encode())
    response = officer.post("/engagement/dsp/load/", {"yaml": "something else", "file": file, **DAY})
    assert response.status_code == 200
    assert response.context["form"]["yaml"].value() == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "The file is not text in UTF-8"),
        (b"x" * (257 * 1024), "The file is larger than 256 kB"),
        (b"", "The submitted file is empty."),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(officer: Client, load: Load, content: bytes, said: str) -> None:
    load("dsp")
    data = {"yaml": "what was typed", "file": SimpleUploadedFile("dsp.yaml", content), **DAY}
    response = officer.post("/engagement/dsp/load/", data)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert response.context["form"]["yaml"].value() == "what was typed"


def test_an_empty_form_says_what_is_needed(officer: Client, load: Load) -> None:
    load("dsp")
    html = officer.post("/engagement/dsp/load/", {}).content.decode()
    assert "Paste the YAML of a model, or choose a file" in html
    assert "Enter a date for “In force from”" in html


def test_the_same_rules_would_change_nothing(officer: Client, load: Load, shipped: Callable[[str], str]) -> None:
    load("dsp")
    html = officer.post("/engagement/dsp/load/", {"yaml": shipped("dsp"), **DAY}).content.decode()
    assert "Version 1 says the same already." in html
    assert 'name="confirm"' not in html


def test_a_day_too_early_is_put_on_its_field(officer: Client, load: Load, shipped: Callable[[str], str]) -> None:
    load("dsp")
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    early = {"in_force_from_day": "1", "in_force_from_month": "7", "in_force_from_year": "2026"}
    response = officer.post("/engagement/dsp/load/", {"yaml": text, "confirm": "yes", **early})
    assert response.status_code == 422
    assert response.context["form"].errors["in_force_from"] == [
        "Choose a day after Wed 1 Jul 2026, when the version before it began"
    ]
    assert ModelVersion.objects.count() == 1


def test_another_model_is_not_loaded_here_by_mistake(
    officer: Client, load: Load, shipped: Callable[[str], str]
) -> None:
    load("dsp")
    other = shipped("dsp").replace("model: dsp", "model: other")
    response = officer.post("/engagement/dsp/load/", {"yaml": other, "confirm": "yes", **DAY})
    assert response.context["form"].errors["yaml"] == ["This is the model “other”, not “dsp”"]
    assert EngagementModel.objects.count() == 1


def test_a_version_loaded_meanwhile_is_noticed(officer: Client, load: Load, shipped: Callable[[str], str]) -> None:
    load("dsp")
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    response = officer.post("/engagement/dsp/load/", {"yaml": text, "confirm": "yes", "expected": "1", **DAY})
    assert response.status_code == 422
    assert "Another version was loaded meanwhile" in response.content.decode()
    assert ModelVersion.objects.count() == 1


def test_a_model_of_somebody_else_is_refused_with_the_reason(officer: Client, shipped: Callable[[str], str]) -> None:
    response = officer.post("/engagement/load/", {"yaml": shipped("digital-agency"), "confirm": "yes", **DAY})
    assert response.status_code == 422
    assert "Only officers of Digital Transformation Agency can load its engagement model." in response.content.decode()
    assert not EngagementModel.objects.exists()


def test_a_first_model_is_loaded(officer: Client, shipped: Callable[[str], str]) -> None:
    data = {"yaml": shipped("dsp"), **DAY}
    html = officer.post("/engagement/load/", data).content.decode()
    assert "The first version of “Digital service provider engagement model”" in html
    assert officer.post("/engagement/load/", {**data, "confirm": "yes", "expected": "1"}).status_code == 302
    assert EngagementModel.objects.get().slug == "dsp"


def test_groups_that_would_break_the_rules_are_named(
    officer: Client, load: Load, shipped: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load("dsp")
    focus = GroupType.objects.get(slug="focus-group").pk
    full = Composition(tuple(SeatValue("providers", number) for number in range(11)))
    found = [
        LivingGroup(focus, "Corrections focus group", "/groups/corrections/", full),
        LivingGroup(focus, "", "", full),
    ]
    monkeypatch.setattr(living, "groups", lambda *_asked: found)
    text = shipped("dsp").replace("maximum: 12", "maximum: 10")
    html = officer.post("/engagement/dsp/load/", {"yaml": text, **DAY}).content.decode()
    assert "What it would do to living groups" in html
    assert "Refused: more is occupied than the new cap" in html
    assert 'name="confirm"' not in html
    assert '<a href="/groups/corrections/">Corrections focus group</a>' in html
    assert "A group that is not shown to you" in html
    assert "So far: 11 organisations." in html

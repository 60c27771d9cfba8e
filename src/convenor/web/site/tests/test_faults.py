"""What a fault of ours, or of the database, looks like to who meets it."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path

pytestmark = pytest.mark.django_db


def _gone(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the server closed the connection, and its address is 10.0.0.7")


urlpatterns = [path("gone/", _gone)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_database_that_does_not_answer_is_503_in_words(client: Client) -> None:
    answer = client.get("/gone/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "10.0.0.7" not in answer.content.decode()
    assert "<h1" in answer.content.decode()


def test_a_page_of_allauth_that_is_not_ours_stands_in_our_frame() -> None:
    """Where a release of theirs brings a page that we have not written yet."""
    assert "What is withheld says so." in render_to_string("account/base_entrance.html")

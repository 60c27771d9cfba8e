"""Methods, missing slashes, addresses that lead nowhere: always in JSON."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("samples")

NOWHERE = (
    "/api/",
    "/api/v2/",
    "/api/v1/nothing",
    "/api/v1/nothing/",
    "/api/v1/notes/a/b/",
    "/api/v1/joins/1/",
    "/api//x",
)


@pytest.mark.parametrize("address", NOWHERE)
def test_nothing_there_is_a_problem(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address that you may read.",
    }


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/notes/", "/api/v1/notes.csv", "/api/v1/nothing/"])
def test_other_methods_are_not_allowed(method: str, address: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(address)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["detail"] == "This address can only be read: use GET."


def test_head_is_get_without_a_body(client: Client) -> None:
    for address in ("/api/v1/notes/", "/api/v1/notes.csv", "/api/v1/notes.xlsx"):
        answer = client.head(address)
        assert (answer.status_code, b"".join(answer)) == (200, b"")


def test_options_say_what_is_allowed(client: Client) -> None:
    answer = client.options("/api/v1/notes/")
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")


def test_a_missing_slash_is_added(client: Client) -> None:
    answer = client.get("/api/v1/notes?title=a")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/notes/?title=a")


def test_too_many_parameters_are_a_bad_request(client: Client) -> None:
    answer = client.get("/api/v1/notes/?" + "&".join(f"a{number}=1" for number in range(1500)))
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")

"""The gate: an unmarked route is refused, a mark is obeyed, and a refusal looks like a missing page."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.web.access import public, roles, safe_next, signed_in
from tests.factories import Make, sign_in


@pytest.fixture
def routes(app: Flask) -> Flask:
    app.add_url_rule("/unmarked", "unmarked", lambda: "secret")
    app.add_url_rule("/open", "open", public(lambda: "open"))
    app.add_url_rule("/anyone", "anyone", signed_in(lambda: "anyone"))
    app.add_url_rule("/staff", "staff", roles("certifier", "analyst")(lambda: "staff"))
    return app


def test_a_route_without_a_mark_is_refused(routes: Flask, client: FlaskClient, make: Make) -> None:
    assert client.get("/unmarked").status_code == 404
    sign_in(client, make.person(roles=("administrator",)))
    assert client.get("/unmarked").status_code == 404


def test_a_public_route_answers_everyone(routes: Flask, client: FlaskClient) -> None:
    assert client.get("/open").text == "open"


def test_who_is_not_signed_in_is_asked_to_sign_in(routes: Flask, client: FlaskClient) -> None:
    answer = client.get("/anyone?a=1")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/anyone?a%3D1" or "next=%2Fanyone" in answer.location


def test_a_wrong_role_sees_a_missing_page(routes: Flask, client: FlaskClient, make: Make) -> None:
    sign_in(client, make.person())
    refused, missing = client.get("/staff"), client.get("/no-such-page")
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert client.get("/anyone").text == "anyone"
    sign_in(client, make.person(roles=("analyst",)))
    assert client.get("/staff").text == "staff"


def test_marks_name_only_known_roles() -> None:
    with pytest.raises(ValueError, match="boss"):
        roles("boss")
    with pytest.raises(ValueError, match="unknown"):
        roles()


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/learn?a=1", True),
        ("//evil.example", False),
        ("/\\evil", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("/a\nb", False),
        ("", False),
        (None, False),
    ],
)
def test_only_paths_of_this_site_are_followed(target: str | None, safe: bool) -> None:
    assert safe_next(target, "/home") == (target if safe else "/home")

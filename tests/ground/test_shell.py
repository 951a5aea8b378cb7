"""The shell: security headers on every answer, limits, error pages, health, static files."""

from __future__ import annotations

import re

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from lms.app import create_app
from lms.errors import NotAllowed, NotFound
from lms.web.access import public
from tests.databases import Databases, make_config
from tests.factories import Make, sign_in


@pytest.mark.parametrize("path", ["/sign-in", "/no-such-page", "/healthz", "/verify"])
def test_every_answer_carries_the_security_headers(app: Flask, client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "style-src 'self'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "Strict-Transport-Security" not in answer.headers
    scripts = re.findall(r"<script\b[^>]*>", answer.text)
    assert all(f'nonce="{nonce}"' in script for script in scripts for nonce in re.findall(r"nonce-([\w-]+)", policy))


def test_https_is_kept_once_it_was_used(databases: Databases, tmp_path: object) -> None:
    url = databases.fresh_sqlite()
    app = create_app(make_config(tmp_path, url, LMS_BASE_URL="https://training.example.org"))  # type: ignore[arg-type]
    answer = app.test_client().get("/healthz")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert app.config["SESSION_COOKIE_SECURE"]


def test_health_says_whether_the_database_takes_writes(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").status_code == 200

    def broken(_fn: object) -> None:
        raise OperationalError("x", {}, Exception("disk I/O error"))

    monkeypatch.setattr("lms.web.shell.write", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_faults_become_pages_that_tell_nothing(app: Flask, client: FlaskClient) -> None:
    def fail(kind: str) -> str:
        if kind == "database":
            raise OperationalError("SELECT secret", {}, Exception("down"))
        if kind == "large":
            abort(413)
        raise {"missing": NotFound, "refused": NotAllowed}.get(kind, ZeroDivisionError)("secret")

    app.add_url_rule("/fail/<kind>", "fail", public(fail))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answers = {kind: client.get(f"/fail/{kind}") for kind in ("missing", "refused", "database", "bug", "large")}
    assert {kind: answer.status_code for kind, answer in answers.items()} == {
        "missing": 404,
        "refused": 404,
        "database": 503,
        "bug": 500,
        "large": 413,
    }
    assert all("secret" not in answer.text for answer in answers.values())


def test_a_body_that_is_too_large_is_refused(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"identifier": "x" * (9 * 1024 * 1024)})
    assert answer.status_code == 413


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient, make: Make) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, make.person())
    assert client.post("/sign-out").status_code == 400
    assert client.get("/learn").status_code == 200

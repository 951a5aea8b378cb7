"""The shell: security headers on every answer, limits, error pages, health, static files."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import Optional

from lms.app import create_app
from lms.clock import now
from lms.db import db, reading
from lms.errors import NotAllowed, NotFound
from lms.scheduler.models import Lease
from lms.scheduler.service import HEARTBEAT
from lms.web import health
from lms.web.access import public
from lms.web.forms import Form, choices_of
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


@pytest.fixture
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no answer about the database hold."""
    monkeypatch.setattr(health, "HOLDS", 0.0)


@pytest.mark.parametrize(
    "fault", [OperationalError("x", {}, Exception("disk I/O error")), NoConnectionLeft("pool"), OSError("read-only")]
)
def test_health_says_whether_the_database_takes_writes(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, asked_anew: None, fault: Exception
) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").status_code == 200

    def broken(_fn: object) -> None:
        raise fault

    monkeypatch.setattr(health, "write", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def written() -> datetime | None:
    """Return when the database last took a write for who asked."""
    reading().rollback()
    return reading().scalar(select(Lease.until).where(Lease.name == HEARTBEAT))


def test_readiness_is_a_write_that_strangers_cannot_ask_for_often(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, asked_anew: None
) -> None:
    before = now()
    assert client.get("/readyz").status_code == 200
    held = written()
    assert held is not None
    assert held >= before
    monkeypatch.setattr(health, "HOLDS", 60.0)
    assert [client.get("/readyz").status_code for _ in range(3)] == [200] * 3
    assert written() == held


def test_a_database_that_cannot_keep_the_row_is_not_ready(app: Flask, client: FlaskClient, asked_anew: None) -> None:
    with db.engines["write"].begin() as connection:
        connection.execute(text("DROP TABLE leases"))
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    ("down", "status"),
    [
        (OperationalError("SELECT secret", {}, Exception("down")), 503),
        (NoConnectionLeft("secret"), 503),
        (ZeroDivisionError("secret"), 500),
    ],
)
@pytest.mark.parametrize("path", ["/learn", "/no-such-page"])
def test_who_is_signed_in_gets_a_page_while_the_database_is_down(
    app: Flask,
    client: FlaskClient,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    down: Exception,
    status: int,
    path: str,
) -> None:
    sign_in(client, make.person(language="es"))
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*_: object) -> None:
        raise down

    with monkeypatch.context() as patched:
        patched.setattr("lms.app.organizations_queries.find_known", broken)
        answer = client.get(path)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, "5" if status == 503 else None)
    assert "usa-skipnav" in answer.text
    assert "secret" not in answer.text
    assert client.get("/learn").status_code == 200, "she is still signed in"


def test_a_fault_whose_page_cannot_be_made_still_answers(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise OperationalError("SELECT secret", {}, Exception("down"))

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("lms.web.shell.render_template", broken)
    answer = client.get("/no-such-page")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "We will be back soon" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_character_nul_is_refused_everywhere(app: Flask, client: FlaskClient, make: Make, method: str) -> None:
    sign_in(client, make.person(roles=("administrator",)))
    asked = {
        "/people/%00/access": 404,
        "/admin/people?q=a%00": 400,
        "/admin/people?%00=a": 400,
        "/sign-in?next=%00": 400,
    }
    assert {path: client.open(path, method=method).status_code for path in asked} == asked
    form = {"identifier": "a\0@b.example", "password": "x"}
    assert client.post("/sign-in", data=form).status_code == 400
    assert client.post("/sign-in", data=form, content_type="multipart/form-data").status_code == 400


def test_static_files_carry_the_security_headers(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/static/manifest.json")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


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


def test_a_refusal_is_told_beside_a_field_that_is_there(app: Flask) -> None:
    """`beside` of every form names its own fields, or those of forms made from it; building `app` imports them all."""

    def beneath(kind: type[Form]) -> list[type[Form]]:
        return [each for child in kind.__subclasses__() for each in (child, *beneath(child))]

    named = [(kind, name) for kind in beneath(Form) if "beside" in vars(kind) for name in kind.beside.values()]
    assert len(named) > 100
    lost = [
        f"{kind.__name__}.{name}"
        for kind, name in named
        if not any(hasattr(each, name) for each in (kind, *beneath(kind)))
    ]
    assert lost == []


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient, make: Make) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, make.person())
    assert client.post("/sign-out").status_code == 400
    assert client.get("/learn").status_code == 200


def test_a_blank_among_choices_lets_no_other_pass(app: Flask) -> None:
    """`Optional` looks at the first value alone, and forgets what is wrong with all others."""

    class Chosen(Form):
        one = SelectField(choices=choices_of([("a", "A")]), validators=[Optional()])
        many = SelectMultipleField(choices=choices_of([("a", "A"), ("b", "B")]), validators=[Optional()])

    def sent(**values: object) -> tuple[bool, object, object]:
        with app.test_request_context("/", method="POST", data=values):
            form = Chosen(meta={"csrf": False})
            return form.validate(), form.one.data, form.many.data

    for blank in ("", "  ", "\t"):
        assert sent(one=blank, many=[blank, "nothing"]) == (False, "", ["nothing"])
        assert sent(one=blank, many=[blank, "b", blank]) == (True, "", ["b"])
    assert sent(one="a", many=["a", "b"]) == (True, "a", ["a", "b"])
    assert sent(many=[]) == (True, None, [])
    assert not sent(one="c")[0]

"""What must not happen with letters, on both databases: a text after STOP, a fault by what other machines say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from lms.db import reading
from lms.notifications import queries
from lms.notifications.jobs import send_letters
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.notifications.conftest import consent, letters, phone
from tests.notifications.test_choices import NUMBER, said, text
from tests.notifications.test_jobs import invite


def agrees(person: MadePerson) -> bool:
    found = queries.list_agreements(reading(), person.person_id, [NUMBER])[NUMBER].is_given
    reading().rollback()
    return found


def test_stop_counts_for_all_of_a_shared_phone_also_after_one_has_left(app: Flask, make: Make) -> None:
    """One of two who share a phone ended hers on a page. Whoever then texts STOP ends the other's too."""
    ana, luis = make.person("Ana"), make.person("Luis")
    phone(ana)
    phone(luis)
    consent(luis, NUMBER, "withdrawn")
    assert agrees(ana)
    assert text("STOP") == "stop"
    assert not agrees(ana)
    before = said()
    assert text("stop") == "stop"
    assert said() == before, "said twice it is written once"


class Confused(BaseHTTPRequestHandler):
    """A gateway that answers with what PostgreSQL cannot store."""

    def do_POST(self) -> None:
        """Refuse one message."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500)
        self.end_headers()
        self.wfile.write(b"out\0of\x1border")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def confused() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Confused)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_whatever_a_gateway_answers_a_try_is_counted(app: Flask, confused: str) -> None:
    """NUL in its answer kept the try from being written down: all others waited, and it was tried for ever."""
    app.config["LMS"] = replace(app.config["LMS"], sms_url=confused)
    invite(phone="+12135550101")
    invite()
    assert send_letters(app, at=AT) == "1 put off, 1 sent"
    texted = next(each for each in letters() if each.tries)
    assert (texted.state, texted.tries, texted.problem) == ("pending", 1, "RefusedError: 500 out of order")


ODD_BODIES = (
    '{"from": "+12135550100", "text": "\\u0000 \\ud800 hello"}',
    '{"from": "\\ud800", "text": "STOP"}',
    '{"from": ["+12135550100"], "text": {"a": NaN}}',
    '{"address": "ana@test.example", "reason": "\\u0000 \\ud800"}',
    '{"address": "\\ud800@test.example", "reason": "x"}',
    '{"address": true}',
    "[" * 100_000,
    '{"a":' * 50_000,
)


@pytest.mark.parametrize("path", ["/sms/inbound", "/mail/bounced"])
def test_what_machines_send_is_never_a_fault_of_the_program(app: Flask, make: Make, path: str) -> None:
    app.config["LMS"] = replace(app.config["LMS"], inbound_secret="a shared secret of some length")
    invite(name="Ana")
    assert send_letters(app, at=AT) == "1 sent"
    browser, known = app.test_client(), {"Authorization": "Bearer a shared secret of some length"}
    for body in ODD_BODIES:
        answer = browser.post(path, data=body, content_type="application/json", headers=known)
        assert answer.status_code in (200, 400), body[:60]
    for odd in ("Basic \xff", "Basic !", "Bearer \xe9", "Digest x", "Bearer", ""):
        assert browser.post(path, data={"from": NUMBER}, headers={"Authorization": odd}).status_code == 404, odd

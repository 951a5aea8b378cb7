"""Many numbers at once: as a page, as CSV, as JSON."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.certificates.rules.serials import show_serial
from lms.certificates.views import turns
from lms.clock import now
from tests.certificates.story import award_of, certify
from tests.certificates.test_verify_views import MISTYPED, UNKNOWN, counts
from tests.certificates.test_views import counted, text_of
from tests.factories import Make

PATH = "/verify/many"


@pytest.fixture
def serial(content_app: Flask, make: Make) -> str:
    return show_serial(award_of(certify(content_app, make, at=now())[0]).serial)


def test_a_pasted_list_is_answered_line_by_line(client: FlaskClient, serial: str) -> None:
    assert client.get(PATH).status_code == 200
    typed = f"{serial}\n{UNKNOWN}\n{MISTYPED}\nhttps://host/V/{serial}/2\n{serial.lower()}"
    with counted() as sent:
        shown = client.post(PATH, data={"serials": typed})
    assert len(sent) <= 12
    said = text_of(shown)
    for fact in (
        "Demonstration: an invented person. This certificate is valid",
        "Valid : 2",
        "Not known : 2",
        "Mistyped : 1",
        "M•••• ʻA•••",
        "First steps",
    ):
        assert fact in said, said
    assert "Malia" not in shown.get_data(as_text=True)
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert counts() == {
        ("batch", "valid", True): 2,
        ("batch", "unknown", False): 2,
        ("batch", "mistyped", False): 1,
    }


def test_a_file_is_answered_as_csv_that_runs_nothing(client: FlaskClient, serial: str) -> None:
    file = f'name,number\n"Ana",{serial}\n=HYPERLINK("http://x"),\n+1,{UNKNOWN}\n'.encode()
    data = {"file": (io.BytesIO(file), "list.csv"), "as": "csv"}
    answer = client.post(PATH, data=data)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["valid", "mistyped", "unknown"]
    assert rows[2][1].startswith("'=")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert rows[1][1] == serial
    assert rows[1][3] == "Demonstration: an invented person. This certificate is valid"


def test_a_program_sends_and_gets_what_it_likes(client: FlaskClient, content_app: Flask, serial: str) -> None:
    content_app.config["WTF_CSRF_ENABLED"] = True  # a program has no token, and needs none
    sent: dict[str, Any] = {"data": f"{serial}\n{UNKNOWN}", "content_type": "text/csv"}
    found = client.post(PATH, headers={"Accept": "application/json"}, **sent).get_json()["lines"]
    assert [(each["line"], each["state"]) for each in found] == [(1, "valid"), (2, "unknown")]
    assert found[0]["name"] == "M•••• ʻA•••"
    assert not {"language_of_instruction", "payload_sha256"} & set(found[0])
    assert client.post(PATH, headers={"Accept": "text/csv"}, **sent).mimetype == "text/csv"
    refused = client.post(PATH, headers={"Accept": "application/json"}, data={"serials": ""})
    assert (refused.status_code, refused.get_json()["error"]) == (400, "list_empty")


def test_what_is_too_much_is_refused(client: FlaskClient, serial: str) -> None:
    whole = client.post(PATH, data={"serials": f"{serial}\n" * 500})
    assert whole.status_code == 200
    assert counts() == {("batch", "valid", True): 500}
    more = client.post(PATH, data={"serials": f"{serial}\n" * 501})
    assert more.status_code == 413
    assert "at most 500 numbers" in text_of(more)
    assert client.post(PATH, data={"serials": "\n"}).status_code == 400
    assert counts() == {("batch", "valid", True): 500}


def test_an_address_has_so_many_lists(client: FlaskClient, serial: str) -> None:
    answers = [client.post(PATH, data={"serials": serial}).status_code for _ in range(turns.MOST["batch"] + 1)]
    assert answers == [200] * turns.MOST["batch"] + [429]

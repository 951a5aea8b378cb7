"""Pages of texts and comments."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lms.db import reading, write
from lms.ids import new_client_id
from lms.people.models import RoleGrant
from lms.surveys.queries.results import comments
from lms.surveys.rules.comments import A_DAY
from lms.surveys.views.results import comments as page_of_comments
from tests.assessments.test_views import counting
from tests.factories import MadePerson, Make, sign_in
from tests.surveys.results.conftest import MODULE, Staff, count, release, sheets, write_words

URL = f"/feedback/feedback/{MODULE}/words"


@pytest.fixture(autouse=True)
def figures(staff: Staff) -> None:
    release(sheets(11))
    count()
    page_of_comments._turns.__init__()  # type: ignore[misc]


def few(client: FlaskClient, url: str) -> str:
    with counting() as seen:
        answer = client.get(url)
    assert answer.status_code == 200, url
    assert len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))]) <= 12, url
    return answer.text


def supervising(make: Make, *roles: str) -> MadePerson:
    """Return somebody who supervises staff and has other roles besides."""
    return make.supervisor(make.organization(), roles=roles)


def test_staff_read_english_and_put_aside_what_names_somebody(staff: Staff, client: FlaskClient) -> None:
    one, _two = write_words("Ana <b>helped</b>.", "More time.")
    write_words("Ia umi.", language="sm")
    sign_in(client, staff("trainer")[0])
    page = few(client, URL)
    assert "Ana &lt;b&gt;helped&lt;/b&gt;." in page
    assert "What will you change?" in page
    assert "Ia umi" not in page
    aside = client.post(f"/feedback/words/{one}/aside", data={"reason": "private"}, follow_redirects=True)
    assert "It is put aside." in aside.text
    assert "helped" not in client.get(URL).text
    assert client.post("/feedback/words/nothing/aside", data={"reason": "private"}).status_code == 404
    assert client.get("/content/answers").status_code == 404


def test_a_reason_that_the_page_does_not_offer_is_refused(staff: Staff, client: FlaskClient) -> None:
    (one,) = write_words("More time.")
    sign_in(client, staff("trainer")[0])
    for reason in ("", "other"):
        assert client.post(f"/feedback/words/{one}/aside", data={"reason": reason}).status_code == 400
    assert "More time." in client.get(URL).text


def test_a_button_from_another_site_does_nothing(staff: Staff, client: FlaskClient, app: Flask) -> None:
    (one,) = write_words("More time.")
    sign_in(client, staff("trainer")[0])
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(f"/feedback/words/{one}/aside", data={"reason": "private"}).status_code == 400
    assert "More time." in client.get(URL).text


def test_a_certifier_clears_what_was_put_aside(staff: Staff, client: FlaskClient, app: Flask) -> None:
    one, two = write_words("Ana helped.", "Bob slept.")
    sign_in(client, staff("certifier")[0])
    for each in (one, two):
        client.post(f"/feedback/words/{each}/aside", data={"reason": "private"})
    assert "No texts yet" in client.get(URL).text
    page = few(client, "/content/answers")
    assert "Put aside by a reader" in page
    shown = few(client, f"/content/answers/{one}")
    assert "The original words are deleted." in shown
    wrong = client.post(f"/content/answers/{one}", data={"do": "save", "english": ""})
    assert wrong.status_code == 400
    assert "Please write some words." in wrong.text
    client.post(f"/content/answers/{one}", data={"do": "save", "english": "A colleague helped."})
    client.post(f"/content/answers/{two}", data={"do": "remove"})
    page = client.get(URL).text
    assert "A colleague helped." in page
    assert "slept" not in page
    assert client.get(f"/content/answers/{one}").status_code == 404
    assert "Nothing waits" in client.get("/content/answers").text


def test_a_translator_sees_her_language_alone(make: Make, app: Flask, client: FlaskClient) -> None:
    one, two = write_words("Ia umi le taimi.", "Ke lōloa.", language="sm")
    write_words("Más tiempo.", language="es")
    sign_in(client, translator(make, "sm"))
    page = few(client, "/content/answers")
    assert "Ia umi le taimi." in page
    assert "Más" not in page
    assert 'href="/content/answers"' in page
    assert "alpha" not in page, "which module it is about is not told"
    client.post(f"/content/answers/{one}", data={"do": "save", "english": "More time.", "erase": "y"})
    client.post(f"/content/answers/{two}", data={"do": "pass"})
    page = client.get("/content/answers").text
    assert "Ia umi" not in page
    assert "Ke lōloa." in page, "passed on to all translators, her too"
    assert client.get("/feedback").status_code == 404


def translator(make: Make, language: str) -> MadePerson:
    """Return a translator of one language."""
    person = make.person(roles=("translator",))
    grant = update(RoleGrant).where(RoleGrant.account_id == person.account_id).values(language=language)
    write(lambda s: s.execute(grant) and None)
    return person


def test_who_supervises_finds_no_words_and_no_comments(make: Make, client: FlaskClient) -> None:
    write_words("More time.")
    sign_in(client, supervising(make, "trainer", "certifier"))
    assert client.get(f"/feedback/feedback/{MODULE}").status_code == 200
    assert "Read 1 text" not in client.get(f"/feedback/feedback/{MODULE}").text
    assert "Comments" not in client.get("/feedback").text
    for url in (URL, "/feedback/comments", "/feedback/comments/nothing"):
        assert client.get(url).status_code == 404
    assert "Nothing waits" in client.get("/content/answers").text
    sign_in(client, supervising(make))
    for url in ("/feedback", f"/feedback/feedback/{MODULE}", "/content/answers"):
        assert client.get(url).status_code == 404


def test_a_comment_is_sent_read_and_answered(staff: Staff, client: FlaskClient, make: Make) -> None:
    ana = make.person("Ana Comment")
    sign_in(client, ana)
    page = few(client, f"/comments?about={MODULE}")
    assert "Title of alpha" in page
    assert "A comment does not wait." in page
    form = {"client_id": new_client_id(), "text": "More <i>time</i>."}
    assert client.post(f"/comments?about={MODULE}", data=form).status_code == 302
    signed = {"client_id": new_client_id(), "text": "Less noise.", "signed": "y"}
    page = client.post("/comments", data=signed, follow_redirects=True).text
    assert "They can read it now." in page
    assert "What you signed" in page
    assert "More &lt;i&gt;" not in page
    sign_in(client, staff("trainer")[0])
    assert "Comments (2 new)" in client.get("/feedback").text
    page = few(client, "/feedback/comments")
    assert "More &lt;i&gt;time&lt;/i&gt;." in page
    assert page.count("Ana Comment") == 1
    assert "Title of alpha" in page
    reading().rollback()
    ids = {each.text: each.public_id for each in comments.list_comments(reading())}
    unsigned, hers = (f"/feedback/comments/{ids[key]}" for key in ("More <i>time</i>.", "Less noise."))
    assert "Your answer" not in few(client, unsigned)
    client.post(unsigned, data={"do": "seen"})
    refused = client.post(unsigned, data={"answer": "Hello"})
    assert "cannot be answered" in refused.text
    assert "Ana Comment" in few(client, hers)
    assert client.post(hers, data={"answer": ""}).status_code == 400
    client.post(hers, data={"answer": "We moved the room."})
    assert "Comments (0 new)" in client.get("/feedback").text
    assert "We moved the room." in client.get(hers).text
    assert "We moved the room." in sign_in(client, ana).get("/comments").text


def test_so_many_comments_a_day(make: Make, client: FlaskClient) -> None:
    sign_in(client, make.person())
    assert client.post("/comments", data={"client_id": new_client_id(), "text": " "}).status_code == 400
    answers = [
        client.post("/comments", data={"client_id": new_client_id(), "text": f"Comment {n}."}) for n in range(A_DAY + 1)
    ]
    assert [each.status_code for each in answers] == [302] * A_DAY + [429]
    assert f"You have sent {A_DAY} comments today." in answers[-1].text

"""Pages on which people who know a language record, listen to each other, and accept."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select

from lms import files
from lms.db import reading, write
from lms.listening.models import Recording
from lms.people.models import RoleGrant
from tests.factories import LONG_AGO, MadePerson, Make, sign_in
from tests.factories.learning import publish_drafts, standard, words
from tests.listening.test_views import players
from tests.sounds.made import mp3, ogg, webm

LIST = "/content/audio/alpha/to"
RECORD = f"{LIST}/record?at=lessons/first.md"


def translator(make: Make, name: str = "Mele", locale: str = "to") -> MadePerson:
    person = make.person(name)
    row = {"account_id": person.account_id, "role": "translator", "language": locale, "granted_at": LONG_AGO}
    write(lambda session: session.execute(insert(RoleGrant).values(**row)) and None)
    return person


@pytest.fixture
def mele(app: Flask, make: Make) -> MadePerson:
    publish_drafts()
    return translator(make)


@pytest.fixture
def browser(client: FlaskClient, mele: MadePerson) -> FlaskClient:
    return sign_in(client, mele)


def get(browser: FlaskClient, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, answer.text[:1500]
    return html.unescape(answer.text)


def form_of(browser: FlaskClient, path: str = RECORD) -> dict[str, Any]:
    page = get(browser, path)
    return dict(re.findall(r'name="(client_id|words)" type="hidden" value="([^"]*)"', page))


def send(browser: FlaskClient, content: bytes | None = None, path: str = RECORD, status: int = 302, **data: Any) -> Any:
    sent = {**form_of(browser, path), "shown_name": "Mele", **data}
    if content != b"none":
        sent["sound"] = (io.BytesIO(ogg() if content is None else content), "reading.ogg")
    answer = browser.post(path, data=sent, content_type="multipart/form-data")
    assert answer.status_code == status, answer.text[:1500]
    return answer


def rows() -> list[Any]:
    found = list(reading().execute(select(Recording.__table__).order_by(Recording.id)))
    reading().rollback()
    return found


def settle(browser: FlaskClient, deed: str, public_id: str, status: int = 302) -> None:
    assert browser.post(f"/content/audio/recordings/{public_id}/{deed}").status_code == status


def test_the_list_tells_how_each_reading_stands(browser: FlaskClient) -> None:
    page = get(browser, LIST)
    assert page.count("No reading yet") == 5  # two lessons, three questions
    assert "Lēsoni ʻuluaki" in page
    send(browser)
    assert "1 to listen to" in get(browser, LIST)
    assert LIST in get(browser, "/content/alpha/to")


def test_the_page_shows_the_words_and_may_ask_for_the_microphone(browser: FlaskClient) -> None:
    answer = browser.get(RECORD)
    page = html.unescape(answer.text)
    assert "Ngaahi lea." in page and "Konga ʻuluaki" in page
    assert answer.headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(self)"
    assert "media-src 'self' blob:;" in answer.headers["Content-Security-Policy"]
    assert "record." in page and 'data-recorder="sound"' in page
    assert "microphone=()" in browser.get(LIST).headers["Permissions-Policy"]


def test_a_recording_is_kept_heard_by_a_second_person_and_then_by_learners(
    browser: FlaskClient, app: Flask, make: Make
) -> None:
    send(browser)
    (row,) = rows()
    assert (row.state, row.media_type, row.seconds, row.shown_name, row.locale) == (
        "offered",
        "audio/ogg",
        2,
        "Mele",
        "to",
    )
    assert b"kitchen" not in files.get(app.config["LMS"].data_dir, row.sha256)
    page = get(browser, RECORD)
    assert "Waits for a second person" in page
    assert "Accept: learners hear it" not in page
    settle(browser, "accept", row.public_id)
    assert rows()[0].state == "offered"
    assert "This is your own voice" in get(browser, RECORD)

    second = translator(make, "Sione")
    sign_in(browser, second)
    sound = f"/content/audio/recordings/{row.public_id}/sound"
    assert sound in players(get(browser, RECORD))
    assert browser.get(sound, headers={"Range": "bytes=0-3"}).data == b"OggS"
    settle(browser, "accept", row.public_id)
    assert "Learners hear it" in get(browser, RECORD)

    learner = make.person(language="to")
    sign_in(browser, learner)
    page = get(browser, "/modules/alpha/lessons/first")
    (href,) = players(page)
    assert browser.get(href).status_code == 200
    assert browser.get(sound).status_code == 404

    sign_in(browser, second)
    settle(browser, "withdraw", row.public_id)
    settle(browser, "withdraw", row.public_id)
    assert "Somebody else has decided" in get(browser, RECORD)
    sign_in(browser, learner)
    assert players(get(browser, "/modules/alpha/lessons/first")) == []
    assert browser.get(href).status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"none", "Please record, or choose a sound file."),
        (b"", "This file is empty."),
        (b"RIFF....WAVE", "Only sounds can be added"),
        (ogg()[:-1], "cannot be played"),
        (mp3(28_000), "larger than 4000 KB"),
        (webm(16 * 60), "longer than 15 minutes"),
    ],
)
def test_what_cannot_be_kept_is_told_beside_the_field_and_not_stored(
    browser: FlaskClient, app: Flask, content: bytes, said: str
) -> None:
    page = html.unescape(send(browser, content, status=400, shown_name="Mele T.").text)
    assert said in page
    assert 'value="Mele T."' in page
    assert rows() == []
    assert not (app.config["LMS"].data_dir / "files").exists()


def test_a_question_may_be_smaller_and_shorter(browser: FlaskClient) -> None:
    question = f"{LIST}/record?at=quiz.yml:q-one"
    assert "larger than 800 KB" in html.unescape(send(browser, mp3(5_600), question, 400).text)
    assert "longer than 3 minutes" in html.unescape(send(browser, webm(181), question, 400).text)
    send(browser, webm(), question)
    assert rows()[0].address == "quiz.yml:q-one"


def test_two_taps_send_one(browser: FlaskClient) -> None:
    fields = form_of(browser)
    for _ in range(2):
        send(browser, **fields)
    assert len(rows()) == 1


def test_words_that_changed_while_she_read_make_an_older_reading(browser: FlaskClient) -> None:
    fields = form_of(browser)
    changed = words("module", "alpha", "to", {"lessons/first.md:title": ("Lesson first", "Lēsoni fika taha", "draft")})
    publish_drafts([changed, *(each for each in standard() if each.locale != "to")])
    send(browser, **fields)
    page = get(browser, RECORD)
    assert "Some words have changed while you read, so it is kept as an older reading." in page
    assert "Lēsoni fika taha" in page
    assert ">Older reading<" in page


def test_an_older_recording_is_marked(browser: FlaskClient, make: Make) -> None:
    send(browser)
    (row,) = rows()
    sign_in(browser, translator(make, "Sione"))
    settle(browser, "accept", row.public_id)
    changed = words("module", "alpha", "to", {"lessons/first.md:title": ("Lesson first", "Lēsoni fika taha", "draft")})
    publish_drafts([changed, *(each for each in standard() if each.locale != "to")])
    assert "An older reading" in get(browser, LIST)
    assert "Older reading" in get(browser, RECORD)
    sign_in(browser, make.person(language="to"))
    assert len(players(get(browser, "/modules/alpha/lessons/first"))) == 1


def test_other_languages_and_other_people_find_nothing(browser: FlaskClient, make: Make) -> None:
    send(browser)
    public_id = rows()[0].public_id
    for path in (
        "/content/audio/alpha/sm",
        "/content/audio/alpha/fr",
        "/content/audio/none/to",
        f"{LIST}/record",
        f"{LIST}/record?at=module.yml:title",
    ):
        assert browser.get(path).status_code == 404, path
    sign_in(browser, translator(make, "Lupe", "sm"))
    for path in (LIST, RECORD, f"/content/audio/recordings/{public_id}/sound"):
        assert browser.get(path).status_code == 404, path
    settle(browser, "accept", public_id, 404)
    sign_in(browser, make.person())
    assert browser.get(RECORD).status_code == 404
    sign_in(browser, make.person(roles=("trainer",)))
    for locale in ("en", "es", "to", "sm"):
        assert browser.get(f"/content/audio/alpha/{locale}").status_code == 200
    assert browser.get("/content/audio/gamma/en").status_code == 200


def test_the_page_s_own_script_is_told_where_to_go(browser: FlaskClient) -> None:
    sent = {**form_of(browser), "shown_name": "", "sound": (io.BytesIO(ogg()), "reading.ogg")}
    asked = {"data": sent, "content_type": "multipart/form-data", "headers": {"Accept": "application/json"}}
    assert browser.post(RECORD, **asked).json == {"href": RECORD}
    assert "Thank you. A second person listens to it now." in get(browser, RECORD)


def test_a_request_holds_a_sound_and_little_more(browser: FlaskClient) -> None:
    send(browser, bytes(5_000_000), status=413)
    assert "larger than 4000 KB" in html.unescape(send(browser, bytes(4_100_000), status=400).text)


@pytest.mark.parametrize("name", ["Me\x07le", "synthesizer"])
def test_a_name_that_no_list_would_keep_is_told_beside_its_field(browser: FlaskClient, app: Flask, name: str) -> None:
    assert 'id="shown_name-error"' in send(browser, status=400, shown_name=name).text
    assert rows() == []
    assert not (app.config["LMS"].data_dir / "files").exists()


def test_a_withdrawn_recording_is_played_to_nobody_and_nothing_of_it_is_stored(
    browser: FlaskClient, make: Make
) -> None:
    send(browser)
    public_id = rows()[0].public_id
    sound = f"/content/audio/recordings/{public_id}/sound"
    assert browser.get(sound).headers["Cache-Control"] == "no-store"
    second = sign_in(browser, translator(make, "Sione"))
    assert "Withdraw this recording?" in get(second, RECORD)
    settle(second, "withdraw", public_id)
    assert second.get(sound).status_code == 404
    assert "Bring it back" in get(second, RECORD)
    settle(second, "restore", public_id)
    assert second.get(sound).status_code == 200


def test_without_the_role_she_still_finds_and_withdraws_her_own(
    browser: FlaskClient, mele: MadePerson, make: Make
) -> None:
    mine = "/readings"
    send(browser)
    public_id = rows()[0].public_id
    assert mine in get(browser, RECORD) and mine in get(browser, "/wording")
    write(lambda s: s.execute(delete(RoleGrant).where(RoleGrant.account_id == mele.account_id)) and None)
    assert browser.get(RECORD).status_code in {403, 404}
    sound = f"/content/audio/recordings/{public_id}/sound"
    assert sound in players(get(browser, mine))
    settle(browser, "accept", public_id)
    assert "This is your own voice" in get(browser, mine)
    answer = browser.post(f"/content/audio/recordings/{public_id}/withdraw?own=1")
    assert answer.location == mine
    assert rows()[0].state == "withdrawn"
    assert "Bring it back" in get(browser, mine)
    sign_in(browser, make.person())
    assert "What you read aloud appears here." in get(browser, mine)
    settle(browser, "withdraw", public_id, 404)


def test_a_trainer_of_another_language_listens_and_does_not_accept(browser: FlaskClient, make: Make) -> None:
    send(browser)
    public_id = rows()[0].public_id
    sign_in(browser, make.person(roles=("trainer",)))
    page = get(browser, RECORD)
    assert f"/content/audio/recordings/{public_id}/sound" in players(page)
    assert "Accept: learners hear it" not in page
    settle(browser, "accept", public_id, 404)
    assert rows()[0].state == "offered"


def test_a_language_button_keeps_what_was_typed(browser: FlaskClient) -> None:
    fields = {**form_of(browser), "shown_name": "Mele T.", "_language": "es"}
    page = browser.post(RECORD, data=fields).text
    assert 'value="Mele T."' in page
    assert rows() == []


def test_a_module_without_a_quiz_has_lessons_alone(browser: FlaskClient) -> None:
    page = get(browser, "/content/audio/gamma/to")
    assert 'id="lessons"' in page and 'id="questions"' not in page

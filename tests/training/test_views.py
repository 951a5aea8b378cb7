"""Pages of training from elsewhere: hers, the reviewers', her supervisors', files, tables; and who may not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event

from lms.clock import now
from lms.db import db, reading, write
from lms.i18n import TAGS
from lms.ids import new_client_id
from lms.training import jobs, messages, queries, service
from lms.training.models import EarlierTraining, TrainingFile, TrainingImport, TrainingReview
from lms.training.rules import telling
from lms.training.rules.tables import fault
from lms.training.service import applying
from lms.training.views import importing as importing_views
from tests.conftest import AT, Browser
from tests.factories import MadePerson, sign_in
from tests.organizations.conftest import actor_of, rows
from tests.training.conftest import ASK, HOURS, MODULE, PDF, REFUSE, Scene, jpeg, told

#: The columns that a file of refused rows has in the test below.
HEADERS = ("email", "title", "issuer", "learned_on", "hours", "note", "reason")
TELL = {
    "title": "First aid", "kind": "course", "issuer": "Red Cross", "learned_on": "2025-05-05", "hours": "7.5",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _browsers(content_app: Flask) -> None:
    """Every test here is a browser on the published content."""
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser


@pytest.fixture
def hers(scene: Scene, content_app: Flask) -> FlaskClient:
    """Return the worker's browser."""
    return sign_in(content_app.test_client(), scene.worker)


@pytest.fixture
def boss(scene: Scene, content_app: Flask) -> FlaskClient:
    """Return her supervisor's browser."""
    return sign_in(content_app.test_client(), scene.boss)


@pytest.fixture
def judges(scene: Scene, content_app: Flask) -> list[FlaskClient]:
    """Return the reviewers' browsers."""
    return [sign_in(content_app.test_client(), each) for each in scene.reviewers]


def text_of(response: Any, status: int = 200) -> str:
    """Return a page's words without its elements."""
    assert response.status_code == status, (response.status_code, response.get_data(as_text=True)[:300])
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def sent(name: str, content: bytes) -> dict[str, Any]:
    """Return a form that sends a file."""
    return {"file": (io.BytesIO(content), name)}


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements of a block."""
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in db.engines.values():
        event.remove(engine, "before_cursor_execute", note)


# Hers


def test_she_tells_adds_a_photo_and_sends_it(scene: Scene, hers: FlaskClient) -> None:
    assert "Nothing here yet" in text_of(hers.get("/training"))
    assert "Add earlier training" in text_of(hers.get("/training/new"))
    once = {**TELL, "client_id": new_client_id()}
    first, again = hers.post("/training/new", data=once), hers.post("/training/new", data=once)
    assert first.location == again.location
    page = text_of(hers.get(first.location))
    assert "First aid" in page
    assert "7 h 30 min" in page
    assert "There is no photo or file yet" in page
    added = hers.post(f"{first.location}/files", data=sent("photo.jpg", jpeg()), follow_redirects=True)
    assert "The file is added" in text_of(added)
    assert "photo.jpg" in text_of(hers.get(first.location))
    done = hers.post(f"{first.location}/send", follow_redirects=True)
    assert "Thank you. Two people will look at it." in text_of(done)
    listed = text_of(hers.get("/training"))
    assert "First aid" in listed
    assert "Two people look at it" in listed
    assert "Add this file" not in text_of(hers.get(first.location))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "Please write what it was."),
        ({"kind": ""}, "Please choose one"),
        ({"learned_on": "2099-01-01"}, "This day has not been yet."),
        ({"learned_on": "soon"}, "a day, month and year that exist"),
        ({"from_on": "2025-06-01"}, "The first day is after the last day"),
        ({"hours": "many"}, "as a number, such as 40 or 7.5"),
        ({"hours": "99999"}, "at most 20000"),
        ({"from_on": "2025-05-05", "hours": "20"}, "more than 16 hours a day"),
        ({"module": "gone"}, "choose one of those that are offered"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_kept(
    scene: Scene, hers: FlaskClient, changes: dict[str, str], said: str
) -> None:
    response = hers.post("/training/new", data={**TELL, "client_id": new_client_id(), **changes})
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    assert said in text_of(response, 400)
    assert 'aria-invalid="true"' in page or "usa-form-group--error" in page
    assert "Red Cross" in page
    assert rows(EarlierTraining.id) == []


def test_a_language_button_keeps_what_was_typed(scene: Scene, hers: FlaskClient) -> None:
    response = hers.post("/training/new", data={**TELL, "title": "Kept words", "_language": "es"})
    page = response.get_data(as_text=True)
    assert '<html lang="es">' in page
    assert "Kept words" in page
    assert rows(EarlierTraining.id) == []


def test_what_was_not_sent_can_be_changed_and_withdrawn(scene: Scene, hers: FlaskClient) -> None:
    public_id = scene.add(told(reference="N 7"))
    assert 'value="CHW course"' in hers.get(f"/training/{public_id}/change").get_data(as_text=True)
    hers.post(f"/training/{public_id}/change", data={**TELL, "client_id": new_client_id()})
    assert (scene.row(public_id).told.title, scene.row(public_id).told.reference) == ("First aid", "N 7")
    bad = hers.post(f"/training/{public_id}/change", data={**TELL, "issuer": " ", "client_id": new_client_id()})
    assert "Please write who gave it" in text_of(bad, 400)
    gone = hers.post(f"/training/{public_id}/withdraw", follow_redirects=True)
    assert "It is withdrawn" in text_of(gone)
    late = hers.post(f"/training/{public_id}/send", follow_redirects=True)
    assert "It was withdrawn." in text_of(late)


def test_she_answers_and_appeals(scene: Scene, hers: FlaskClient) -> None:
    public_id = scene.send()
    scene.say(0, public_id, ASK)
    page = text_of(hers.get(f"/training/{public_id}"))
    assert "It is not clear how many hours it took." in page
    assert "How many?" in page
    address = f"/training/{public_id}/reply"
    empty = hers.post(address, data={"text": "", "about": "asked", "client_id": new_client_id()})
    assert "Please write your answer" in text_of(empty, 400)
    answer = {"text": "Forty.", "about": "asked", "client_id": new_client_id()}
    assert "Your words are sent" in text_of(hers.post(address, data=answer, follow_redirects=True))
    scene.say(0, public_id, REFUSE)
    stale = hers.post(address, data={"text": "x", "about": "asked", "client_id": new_client_id()})
    assert "Something was decided or answered" in text_of(stale, 409)
    assert "Do you see it in another way?" in text_of(hers.get(f"/training/{public_id}"))
    hers.post(address, data={"text": "It was outreach.", "about": "refused", "client_id": new_client_id()})
    assert scene.row(public_id).state == "appealed"
    assert "Other people look at it now" in text_of(hers.get(f"/training/{public_id}"))


def test_she_asks_her_provider_for_yearly_hours(scene: Scene, hers: FlaskClient, boss: FlaskClient) -> None:
    public_id = scene.add()
    page = hers.get(f"/training/{public_id}").get_data(as_text=True)
    action = re.search(rf"/training/{public_id}/share/\w+", page)
    assert action is not None
    assert "Fale Ola is asked" in text_of(hers.post(action[0], follow_redirects=True))
    assert hers.post(f"/training/{public_id}/share/{'0' * 20}").status_code == 404
    (share,) = scene.shares(public_id)
    hers.post(f"/training/{public_id}/unshare/{share.public_id}")
    assert scene.shares(public_id)[0].outcome == "withdrawn"
    hers.post(action[0])
    waiting = text_of(boss.get("/team/training"))
    assert "Ana" in waiting
    assert "CHW course" in waiting
    share = scene.shares(public_id)[1]
    address = f"/team/training/{public_id}"
    assert "Does it count for her yearly hours?" in text_of(boss.get(address))
    assert "as a number" in text_of(boss.post(f"{address}/accept/{share.public_id}", data={"hours": "many"}), 400)
    assert "at most the hours" in text_of(boss.post(f"{address}/accept/{share.public_id}", data={"hours": "41"}), 400)
    assert "choose a reason" in text_of(boss.post(f"{address}/decline/{share.public_id}", data={}), 400)
    boss.post(f"{address}/accept/{share.public_id}", data={"hours": "6"})
    assert "6 h counted" in text_of(boss.get("/team/training"))
    assert "6 h count for your yearly hours of 2024" in text_of(hers.get("/training"))
    refused = hers.post(f"/training/{public_id}/unshare/{share.public_id}", follow_redirects=True)
    assert "This was decided already" in text_of(refused)
    unknown = scene.add(told(minutes=None))
    asked = hers.post(action[0].replace(public_id, unknown), follow_redirects=True)
    assert "Please write first how many hours" in text_of(asked)


def test_a_decline_is_shown_with_its_reason(scene: Scene, hers: FlaskClient, boss: FlaskClient) -> None:
    public_id = scene.add()
    share = scene.share(public_id)
    data = {"reason": "other", "note": "Please bring the sign-in sheet."}
    boss.post(f"/team/training/{public_id}/decline/{share}", data=data)
    page = text_of(hers.get(f"/training/{public_id}"))
    assert "Not counted" in page
    assert "Please bring the sign-in sheet." in page


# Files


def test_a_file_is_served_as_a_download_that_nothing_can_run(
    scene: Scene, hers: FlaskClient, boss: FlaskClient, judges: list[FlaskClient], content_app: Flask
) -> None:
    public_id = scene.add()
    hers.post(f"/training/{public_id}/files", data=sent("x.pdf", PDF))
    hers.post(f"/training/{public_id}/files", data=sent("x.jpg", jpeg((50, 20))))
    addresses = re.findall(r"/training/files/\w+", hers.get(f"/training/{public_id}").get_data(as_text=True))
    pdf, photo = dict.fromkeys(addresses)
    answer = hers.get(pdf)
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert re.fullmatch(r'attachment; filename="[0-9a-z-]+\.pdf"', answer.headers["Content-Disposition"])
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert Image.open(io.BytesIO(hers.get(photo).data)).size == (50, 20)
    strangers = [judges[0], boss, sign_in(content_app.test_client(), scene.stranger)]
    assert [each.get(pdf).status_code for each in strangers] == [404] * 3, "it was not sent yet"
    write(lambda s: service.send(s, scene.actor, public_id, at=AT))
    assert [each.get(pdf).status_code for each in strangers] == [200, 404, 404]
    scene.share(public_id)
    assert [each.get(pdf).status_code for each in strangers] == [200, 200, 404]
    scene.name_provider(None)
    assert boss.get(pdf).status_code == 404
    assert content_app.test_client().get(pdf).status_code == 302
    assert hers.get("/training/files/" + "0" * 20).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.html", b"<script>alert(1)</script>", "Only photos (JPEG, PNG) and PDF"),
        ("photo.jpg", b"<script>alert(1)</script>", "Only photos (JPEG, PNG) and PDF"),
        ("photo.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        ("photo.jpg", jpeg()[:150], "cannot be opened"),
        ("empty.pdf", b"", "This file is empty"),
        ("", b"", "Please choose a photo or a PDF"),
    ],
)
def test_what_is_no_proof_is_refused_beside_its_field(
    scene: Scene, hers: FlaskClient, content_app: Flask, name: str, content: bytes, said: str
) -> None:
    public_id = scene.add()
    response = hers.post(f"/training/{public_id}/files", data=sent(name, content))
    assert said in text_of(response, 400)
    assert rows(TrainingFile.id) == []
    assert not list(content_app.config["LMS"].data_dir.glob("files/*/*"))


def test_a_file_of_ten_megabytes_passes_and_a_larger_one_does_not(scene: Scene, hers: FlaskClient) -> None:
    public_id = scene.add()
    whole = PDF[:9] + b"%" + b"0" * (10 * 1024 * 1024 - len(PDF) - 1) + PDF[9:]
    assert hers.post(f"/training/{public_id}/files", data=sent("a.pdf", whole)).status_code == 302
    larger = hers.post(f"/training/{public_id}/files", data=sent("b.pdf", whole + b"0"))
    assert "larger than 10 MB" in text_of(larger, 400)
    assert hers.post(f"/training/{public_id}/files", data=sent("c.pdf", whole * 2)).status_code == 413
    assert hers.post("/training/new", data=sent("d.pdf", whole)).status_code == 413, "elsewhere the site's limit holds"
    assert len(rows(TrainingFile.id)) == 1


def test_many_files_in_an_hour_are_too_many(scene: Scene, hers: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST_FILES_AN_HOUR", 1)
    public_id = scene.add()
    assert hers.post(f"/training/{public_id}/files", data=sent("a.jpg", jpeg())).status_code == 302
    again = hers.post(f"/training/{public_id}/files", data=sent("b.jpg", jpeg((9, 9))))
    assert "many files in the last hour" in text_of(again, 429)


def test_a_file_is_taken_away_again(scene: Scene, hers: FlaskClient) -> None:
    public_id = scene.add()
    hers.post(f"/training/{public_id}/files", data=sent("a.jpg", jpeg()))
    (file,) = queries.list_files(reading(), scene.row(public_id).training_id)
    remove = f"/training/{public_id}/files/{file.public_id}/remove"
    assert "The file is taken away" in text_of(hers.post(remove, follow_redirects=True))
    assert hers.get(f"/training/files/{file.public_id}").status_code == 404
    write(lambda s: service.send(s, scene.actor, public_id, at=AT))
    assert "Somebody looks at it already" in text_of(hers.post(remove, follow_redirects=True))


# Reviewers


def test_two_reviewers_recognize_it_on_their_pages(scene: Scene, hers: FlaskClient, judges: list[FlaskClient]) -> None:
    public_id = scene.send()
    scene.send(told("Another course"))
    assert "Ana" in text_of(judges[0].get("/certify/training"))
    address = f"/certify/training/{public_id}"
    assert "There is no photo or file yet" in text_of(judges[0].get(address))
    form = {
        "act": "recognize", "round": "1", "counts_as": "hours", "hours_kind": "class", "hours": "40",
        "competencies": ["chw-core/communication"], "learned_on": "2024-06-01", "note": "",
    }  # fmt: skip
    wrong = judges[0].post(address, data={**form, "hours": "", "client_id": new_client_id()})
    assert "how many hours it took" in text_of(wrong, 400)
    none = judges[0].post(address, data={**form, "counts_as": "module", "client_id": new_client_id()})
    assert "Please choose a module" in text_of(none, 400)
    saved = judges[0].post(address, data={**form, "client_id": new_client_id()}, follow_redirects=True)
    assert "Your yes is saved" in text_of(saved)
    assert "You said yes" in text_of(judges[0].get(address))
    assert "you said yes" in text_of(judges[0].get("/certify/training"))
    second = text_of(judges[1].get(address))
    assert "The first reviewer says it counts as 40 h of class" in second
    agree = {"act": "agree", "round": "1", "like": "0"}
    stale = judges[1].post(address, data={**agree, "like": "7", "client_id": new_client_id()})
    assert "Something was decided" in text_of(stale, 409)
    judges[1].post(address, data={**agree, "client_id": new_client_id()})
    assert scene.row(public_id).state == "recognized"
    assert queries.recognized(reading(), None)[0].competencies == HOURS.competencies
    assert "Recognized by two reviewers" in text_of(hers.get(f"/training/{public_id}"))
    assert "Ana" in text_of(judges[0].get("/certify/training?state=recognized&q=ana"))
    assert "Nothing waits here" in text_of(judges[0].get("/certify/training?q=nobody"))


def test_the_last_one_leads_back_to_the_queue(scene: Scene, judges: list[FlaskClient]) -> None:
    public_id = scene.send()
    data = {"act": "not-yet", "round": "1", "reason": "refuse:not-hers", "note": "", "client_id": new_client_id()}
    response = judges[0].post(f"/certify/training/{public_id}", data=data)
    assert response.location == "/certify/training"
    bad = judges[0].post(f"/certify/training/{public_id}", data={**data, "reason": "", "client_id": new_client_id()})
    assert "Please choose a reason" in text_of(bad, 400)
    late = judges[1].post(f"/certify/training/{public_id}", data={**data, "client_id": new_client_id()})
    assert "This waits for the worker" in text_of(late, 400)


def test_what_was_recognized_before_is_suggested(scene: Scene, judges: list[FlaskClient]) -> None:
    scene.recognized(MODULE)
    other = scene.make.person("Luis")
    public_id = scene.add(told("chw COURSE"), by=actor_of(other), person=other)
    write(lambda s: service.send(s, actor_of(other), public_id, at=AT))
    page = judges[2].get(f"/certify/training/{public_id}")
    assert "Of 1 person as the module “Outreach”, last on March 5, 2026" in text_of(page)
    filled = judges[2].get(f"/certify/training/{public_id}?like=0").get_data(as_text=True)
    assert re.search(r'<option[^>]*selected[^>]*value="outreach"', filled)
    assert 'value="2024-06-01"' in filled
    again = scene.send()
    assert "The same was told before:" in text_of(judges[2].get(f"/certify/training/{again}"))


def test_a_recognition_is_taken_back_on_two_pages(scene: Scene, hers: FlaskClient, judges: list[FlaskClient]) -> None:
    public_id = scene.recognized()
    address = f"/certify/training/{public_id}"
    short = judges[0].post(f"{address}/take-back", data={"reason": "other", "note": ""})
    assert "a few words about the reason" in text_of(short, 400)
    judges[0].post(f"{address}/take-back", data={"reason": "proof-false", "note": "A copy of another paper"})
    assert "Until then it counts" in text_of(judges[0].get(address))
    assert "To be taken back by a second person" in text_of(judges[1].get("/certify/training"))
    (request,) = queries.list_withdrawals(reading(), scene.judge(1))
    confirm = f"{address}/take-back/{request.public_id}/confirm"
    assert "Another person must confirm" in text_of(judges[0].post(confirm, follow_redirects=True))
    assert "What she completed with it stays completed" in text_of(judges[1].get(address))
    judges[1].post(confirm)
    assert judges[1].post(confirm).status_code == 404
    assert "No longer recognized" in text_of(hers.get(f"/training/{public_id}"))


def test_a_reviewer_who_entered_it_only_reads_it(scene: Scene, judges: list[FlaskClient]) -> None:
    public_id = scene.add(by=scene.judge(0))
    write(lambda s: service.send(s, scene.judge(0), public_id, at=AT))
    page = text_of(judges[0].get(f"/certify/training/{public_id}"))
    assert "so another reviewer decides" in page
    assert "Which kind of hours?" not in page


# Her supervisors and staff


def test_a_supervisor_enters_it_for_her_staff(scene: Scene, boss: FlaskClient, hers: FlaskClient) -> None:
    assert "Nothing entered yet" in text_of(boss.get("/team/training"))
    form = boss.get(f"/team/training/new?person={scene.worker.person_public_id}").get_data(as_text=True)
    assert re.search(rf'<option selected value="{scene.worker.person_public_id}"', form)
    assert "Reviewer" not in form
    data = {**TELL, "person": scene.worker.person_public_id, "client_id": new_client_id()}
    location = boss.post("/team/training/new", data=data).location
    assert location.startswith("/team/training/")
    public_id = location.rpartition("/")[2]
    added = boss.post(f"/training/{public_id}/files", data=sent("a.jpg", jpeg()))
    assert added.location == location
    assert "Only photos" in text_of(boss.post(f"/training/{public_id}/files", data=sent("a.txt", b"x")), 400)
    assert 'value="First aid"' in boss.get(f"/training/{public_id}/change").get_data(as_text=True)
    boss.post(f"/training/{public_id}/send")
    assert scene.row(public_id).state == "waiting"
    assert "First aid" in text_of(boss.get("/team/training"))
    assert "Entered for you by Fale Ola" in text_of(hers.get(f"/training/{public_id}"))
    stranger = {**data, "person": scene.stranger.person_public_id, "client_id": new_client_id()}
    assert "choose one of those" in text_of(boss.post("/team/training/new", data=stranger), 400)


def test_staff_of_the_consortium_enter_it_by_contact(scene: Scene, judges: list[FlaskClient]) -> None:
    data = {**TELL, "person": scene.worker.email, "client_id": new_client_id()}
    location = judges[0].post("/team/training/new", data=data).location
    assert "Ana" in text_of(judges[0].get(location))
    for person in ("nobody@x.example", "nonsense"):
        bad = judges[0].post("/team/training/new", data={**data, "person": person, "client_id": new_client_id()})
        assert "We find nobody, or several people" in text_of(bad, 400)
    assert judges[1].get(location).status_code == 404
    assert "Waits for you" not in text_of(judges[0].get("/team/training"))


def test_an_organization_sees_what_it_entered_or_was_shown_and_nothing_else(
    scene: Scene, boss: FlaskClient, content_app: Flask
) -> None:
    own, shown, entered = scene.send(), scene.add(told("Shown")), scene.add(told("Entered"), by=scene.chief)
    scene.share(shown)
    other = sign_in(content_app.test_client(), scene.make.supervisor(scene.make.organization()))
    pages = [f"/team/training/{each}" for each in (own, shown, entered)]
    assert [boss.get(page).status_code for page in pages] == [404, 200, 200]
    assert [other.get(page).status_code for page in pages] == [404] * 3
    page = text_of(boss.get(pages[1]))
    assert "Not sent yet" not in page, "where it stands towards tracks is hers"
    write(lambda s: service.send(s, scene.chief, entered, at=AT))
    scene.say(0, entered, ASK)
    assert "How many?" not in text_of(boss.get(pages[2])), "what reviewers write is for her"


OTHERS = [
    ("GET", "/training/{0}"), ("GET", "/training/{0}/change"), ("POST", "/training/{0}/change"),
    ("POST", "/training/{0}/files"), ("POST", "/training/{0}/send"), ("POST", "/training/{0}/withdraw"),
    ("POST", "/training/{0}/reply"), ("POST", "/training/{0}/share/x"), ("POST", "/training/{0}/unshare/{1}"),
    ("POST", "/training/{0}/files/{2}/remove"), ("GET", "/training/files/{2}"), ("GET", "/team/training/{0}"),
    ("POST", "/team/training/{0}/accept/{1}"), ("GET", "/certify/training/{0}"),
    ("POST", "/certify/training/{0}"), ("POST", "/certify/training/{0}/take-back"),
]  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "other supervisor", "administrator"])
def test_what_belongs_to_others_looks_missing(scene: Scene, content_app: Flask, who: str) -> None:
    public_id = scene.add()
    scene.add_file(public_id)
    share = scene.share(public_id)
    (file,) = queries.list_files(reading(), scene.row(public_id).training_id)
    people: dict[str, MadePerson] = {
        "stranger": scene.stranger,
        "other supervisor": scene.make.supervisor(scene.make.organization()),
        "administrator": scene.make.person(roles=("administrator",)),
    }
    browser = sign_in(content_app.test_client(), people[who])
    before, tried = scene.row(public_id), 0
    for method, address in OTHERS:
        answer = browser.open(address.format(public_id, share, file.public_id), method=method, data={"hours": "1"})
        assert answer.status_code == 404, f"{method} {address}"
        tried += 1
    assert tried == len(OTHERS)
    assert scene.row(public_id) == before


# Tables


def test_a_table_is_looked_at_before_it_is_recorded(scene: Scene, judges: list[FlaskClient]) -> None:
    lines = [
        "email,title,issuer,learned_on,hours,kind",
        f"{scene.worker.email},Old course,School,2020-01-02,10,class",
        "nobody@x.example,Old course,School,2020-01-02,10,class",
    ]
    assert "Bring earlier records" in text_of(judges[0].get("/certify/training/import"))
    assert "Please choose a table" in text_of(bring(judges[0], None), 400)
    assert "There are no rows" in text_of(bring(judges[0], lines[0]), 400)
    wrong = text_of(bring(judges[0], "name\nAna\n"))
    assert "We do not know the column “name”. The columns are: Person, E-mail, Phone" in wrong
    assert "The column “Title” is missing" in wrong
    response = bring(judges[0], *lines)
    page = text_of(judges[0].get(response.location))
    assert "1 cannot be recorded" in page and "1 new entries" in page
    assert "E-mail: We know nobody by “nobody@x.example”." in page
    assert "Record 1 entry" in page
    assert "2020-01-02" in text_of(judges[0].get(f"{response.location}?show=new"))
    assert rows(EarlierTraining.id) == []
    assert "Some rows cannot be recorded" in text_of(judges[0].post(response.location), 400)
    done = judges[0].post(response.location, data={"valid_only": "y"}, follow_redirects=True)
    assert "1 entry is recorded" in text_of(done)
    assert "This table was recorded on" in text_of(judges[0].get(response.location))
    judges[0].post(response.location, data={"valid_only": "y"})
    assert len(rows(EarlierTraining.id)) == 1
    again = bring(judges[0], *lines[:2])
    assert "There is nothing new to record" in text_of(judges[0].get(again.location))
    assert len(rows(TrainingImport.id)) == 2
    assert judges[0].get("/certify/training/import/" + "0" * 20).status_code == 404


def bring(browser: FlaskClient, *lines: str | None) -> Any:
    """Bring a table of these lines; none for no file."""
    file = sent("old.csv", "\n".join(filter(None, lines)).encode()) if lines[0] else {}
    return browser.post("/certify/training/import", data={"client_id": new_client_id(), **file})


def test_a_long_table_goes_on_by_itself_and_is_followed(
    scene: Scene, judges: list[FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_views, "PATIENCE", -1.0)
    monkeypatch.setattr(service, "apply_part", lambda s, p, *, at: applying.apply_part(s, p, most=1, at=at))
    rest = [f"{scene.worker.email},Course {n},School,2020-01-02" for n in range(3)]
    here = bring(judges[0], "email,title,issuer,learned_on", *rest).location
    judges[0].post(here)
    page = judges[0].get(here)
    assert "1 of 3 rows done" in text_of(page)
    assert "data-follow" in page.get_data(as_text=True)
    assert 'http-equiv="refresh"' in page.get_data(as_text=True)
    judges[0].post(here)
    assert "2 of 3 rows done" in text_of(judges[0].get(here))
    assert jobs.run(None, at=AT).endswith("0 rows left")  # type: ignore[arg-type]
    page = judges[0].get(here)
    assert "The table is done" in text_of(page)
    assert "data-follow" not in page.get_data(as_text=True)
    assert len(rows(EarlierTraining.id)) == 3
    write(lambda s: service.forget_tables(s, before=now() + timedelta(days=1)))
    assert "The rows are forgotten" in text_of(judges[0].get(here))


def test_pages_of_tables_cost_the_same_however_long_they_are(scene: Scene, judges: list[FlaskClient]) -> None:
    costs = []
    for many in (1, 90):
        rest = [f"no-{n}@x.example,Course,School,2020-01-02" for n in range(many)]
        here = bring(judges[0], "email,title,issuer,learned_on", *rest).location
        judges[0].get(here)
        with counted() as statements:
            assert judges[0].get(here).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12
    assert "no-89@x.example" in text_of(judges[0].get(f"{here}?page={-(-90 // queries.PAGE_SIZE)}"))


@pytest.mark.parametrize("tag", TAGS)
def test_refused_rows_are_mended_in_their_file_and_brought_again(scene: Scene, content_app: Flask, tag: str) -> None:
    head = scene.make.person("Head", roles=("certifier",), language=tag)
    browser = sign_in(content_app.test_client(), head)
    here = bring(
        browser,
        "email,title,issuer,learned_on,hours,phone,note",
        f"{scene.worker.email},Old course,School,2020-01-02,10,,",
        "nobody@x.example,=Old course,School,someday,ten,,Ana;=1+1",
    ).location
    assert here + "/refused.csv" in browser.get(here).get_data(as_text=True)
    refused = browser.get(here + "/refused.csv")
    assert (refused.mimetype, refused.headers["Content-Disposition"]) == (
        "text/csv",
        'attachment; filename="refused.csv"',
    )
    table = refused.get_data().decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(table))
    with content_app.test_request_context(headers={"Accept-Language": tag}):
        names = [str(messages.COLUMN_NAMES[key]) for key in HEADERS]
        reasons = [messages.problem(fault(3, "date_wrong", column="learned_on", typed="someday"))]
        reasons += [messages.problem(fault(3, "hours_wrong", column="hours", typed="ten"))]
    assert header == names
    assert row[:6] == ["nobody@x.example", "'=Old course", "School", "someday", "ten", "Ana;'=1+1"]
    assert row[6] == "; ".join(reasons)
    assert tag == "en" or "is not" not in row[6]
    mended = table.replace("nobody@x.example", scene.worker.email)
    mended = mended.replace('"someday"', '"2020-01-03"').replace('"ten"', '"10"')
    again = bring(browser, mended).location
    browser.post(again)
    assert rows(EarlierTraining.title, EarlierTraining.note) == [("=Old course", "Ana;=1+1")]
    worker = sign_in(content_app.test_client(), scene.worker)
    assert worker.get(here + "/refused.csv").status_code == 404
    assert browser.get("/certify/training/import/" + "0" * 20 + "/refused.csv").status_code == 404


def test_phones_are_asked_for_photos_that_we_can_read(scene: Scene, content_app: Flask) -> None:
    """An iPhone sends JPEG by itself where HEIC is not among what the field accepts."""
    public_id, client = scene.add(), sign_in(content_app.test_client(), scene.worker)
    page = client.get(f"/training/{public_id}").get_data(as_text=True)
    assert re.search(r'<input[^>]*type="file"[^>]*accept="image/jpeg,image/png,application/pdf"', page) or re.search(
        r'<input[^>]*accept="image/jpeg,image/png,application/pdf"[^>]*type="file"', page
    )
    heic = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100
    refused = client.post(f"/training/{public_id}/files", data=sent("IMG_1.HEIC", heic))
    assert "choose it from “Photo Library”" in text_of(refused, 400)


# Cost


def test_queries_do_not_grow(scene: Scene, hers: FlaskClient, boss: FlaskClient, judges: list[FlaskClient]) -> None:
    public_id = scene.recognized()
    scene.share(public_id)
    scene.say(0, scene.send(told("Another")))
    pages = [
        (hers, "/training"), (hers, f"/training/{public_id}"), (boss, "/team/training"),
        (boss, f"/team/training/{public_id}"), (judges[0], "/certify/training?q=ana"),
        (judges[0], f"/certify/training/{public_id}"),
    ]  # fmt: skip
    costs = []
    for _ in range(2):
        costs.append([])
        for browser, page in pages:
            browser.get(page)
            with counted() as statements:
                assert browser.get(page).status_code == 200
            costs[-1].append(len(statements))
        for number in range(6):
            more = scene.send(told(f"Course {number}"))
            scene.share(more)
            scene.say(0, more)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 12, costs
    assert len(rows(TrainingReview.id)) == 3 + 12

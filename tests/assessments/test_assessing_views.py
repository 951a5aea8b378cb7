"""Pages of assessors, of those who enter results, and of the worker meanwhile."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.assessments import service
from lms.assessments.models import Attempt, PaperForm, ResultEntry, Scoring
from lms.assessments.rules import Given
from lms.assessments.service import give
from lms.clock import local_date, now
from lms.db import reading, write
from lms.fieldwork.policy import sign_offs
from lms.ids import new_client_id
from tests.assessments.assessing import (
    BEST,
    RIGHT,
    WROTE,
    Cast,
    as_actor,
    given,
    hand_in,
    make_sheet,
)
from tests.assessments.test_views import counting
from tests.conftest import Browser
from tests.factories import MadePerson, Make, day, sign_in
from tests.factories.learning import CANARY
from tests.training.conftest import PDF, jpeg


def browse(app: Flask, who: MadePerson) -> FlaskClient:
    """Return a browser of somebody who is signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return sign_in(app.test_client(), who)


def once(page: str) -> dict[str, str]:
    """Return the hidden fields of a form."""
    names = ("client_id", "seen", "csrf_token")
    found = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) for name in names}
    return {name: match[1] for name, match in found.items() if match}


def scores(levels: Any = None) -> dict[str, str]:
    chosen = BEST if levels is None else levels
    fields = {f"c-{item}.{key}": level for item, given in chosen.items() for key, level in given.items()}
    return {**fields, "language": "en", "interpreter": "none", "note": "Well said."}


def attempt_id() -> str:
    reading().rollback()
    return str(reading().execute(select(Attempt.public_id).order_by(Attempt.id.desc())).scalars().first())


def entry_id() -> str:
    reading().rollback()
    return str(reading().execute(select(ResultEntry.public_id).order_by(ResultEntry.id.desc())).scalars().first())


def at_now(cast: Cast, chosen: Any = WROTE, key: str = "delta") -> str:
    return hand_in(as_actor(cast.ana), chosen, key, at=now())


class TestWorkersPages:
    def test_while_it_waits_she_is_told_and_cannot_begin_anew(self, app: Flask, cast: Cast) -> None:
        at_now(cast)
        ana = browse(app, cast.ana)
        page = ana.get("/modules/delta/quiz").text
        assert "A trainer will look at your answers." in page
        assert CANARY not in page
        assert "quiz/start" not in page
        assert "A trainer will look at your answers." in ana.get("/modules/delta").text
        page = ana.post("/modules/delta/quiz/start", follow_redirects=True).text
        assert "Until then you cannot begin anew." in page

    def test_no_way_leads_to_feedback_while_it_waits(self, app: Flask, cast: Cast) -> None:
        made, ana = at_now(cast), browse(app, cast.ana)
        listed = ana.get("/modules/delta/quiz/attempts").text
        assert f"/modules/delta/quiz/attempts/{made}" in listed
        other = {"attempt": made, "seen": "0" * 64, "client_id": "a" * 32, "a-q-one": "b", "action": "submit"}
        for answer in (
            ana.get(f"/modules/delta/quiz/attempts/{made}", follow_redirects=True),
            ana.post("/modules/delta/quiz", data=other, follow_redirects=True),
        ):
            assert "A trainer will look at your answers." in answer.text
            assert CANARY not in answer.text
        for at in ("q-show.feedback", "q-write.asks.strong"):
            assert ana.get(f"/wording/module/delta?at=quiz.yml:{at}&attempt={made}").status_code == 404
        assert CANARY not in ana.get(f"/wording/module/delta?at=quiz.yml:q-write&attempt={made}").text

    def test_her_result_shows_what_the_assessor_gave_and_told(self, app: Flask, cast: Cast) -> None:
        made = at_now(cast)
        told = given(note="Well said.")
        key = new_client_id()
        write(lambda s: service.score_attempt(s, as_actor(cast.tess, "trainer"), made, told, client_id=key, at=now()))
        page = browse(app, cast.ana).get("/modules/delta/quiz").text
        assert "You passed the quiz" in page
        assert "Well said." in page
        assert "What asks means" in page
        assert f"{CANARY} asks strong" in page
        assert "Waiting for a trainer" not in page

    def test_what_was_entered_says_by_whom(self, app: Flask, cast: Cast) -> None:
        sheet = make_sheet(as_actor(cast.cleo, "certifier"), at=now())
        client = browse(app, cast.cleo)
        enter_by_page(client, cast, sheet.number)
        page = browse(app, cast.ana).get("/modules/eps/quiz").text
        assert "Entered from your paper of" in page
        assert "by a trainer, on" in page


def enter_by_page(client: FlaskClient, cast: Cast, number: str, chosen: Any = RIGHT, **more: Any) -> Any:
    url = f"/assess/people/{cast.ana.person_public_id}/sheets/{number}"
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    sent = {**once(page.text), "source": "paper", "taken_on": day().isoformat(), **more}
    sent.pop("seen", None)
    sent |= {f"a-{key}": list(values) for key, values in chosen.items()}
    return client.post(url, data=sent, content_type="multipart/form-data")


class TestAssessorsPages:
    def test_from_the_queue_to_the_result(self, app: Flask, cast: Cast) -> None:
        made = at_now(cast)
        tess = browse(app, cast.tess)
        page = tess.get("/assess").text
        assert f"/assess/{made}" in page
        assert "Ana" in page
        page = tess.get(f"/assess/{made}").text
        assert "in her own words" in page
        assert f"{CANARY} asks strong" in page
        sent = {**once(page), **scores()}
        del sent["c-q-show.does"]
        refused = tess.post(f"/assess/{made}", data=sent)
        assert refused.status_code == 400
        assert 'value="strong" checked' in refused.text
        assert "Please choose one for every line." in refused.text
        answer = tess.post(f"/assess/{made}", data={**once(page), **scores()})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/assess")
        assert "Nothing waits to be scored" in tess.get("/assess").text
        assert tess.get(f"/assess/{made}").status_code == 404

    def test_the_same_form_twice_says_the_same(self, app: Flask, cast: Cast) -> None:
        made, tess = at_now(cast), browse(app, cast.tess)
        sent = {**once(tess.get(f"/assess/{made}").text), **scores()}
        assert [tess.post(f"/assess/{made}", data=sent).status_code for _ in range(2)] == [302, 302]
        reading().rollback()
        assert len(reading().execute(select(Scoring.id)).all()) == 1

    def test_the_queue_is_narrowed(self, app: Flask, cast: Cast) -> None:
        made, tess = at_now(cast), browse(app, cast.tess)
        for query, there in (
            ("?language=en", True),
            ("?language=to", False),
            ("?language='", True),
            ("?module=delta", True),
            ("?module=eps", False),
            ("?page=99", True),
        ):
            assert (f"/assess/{made}" in tess.get(f"/assess{query}").text) is there, query

    def test_nobody_sees_her_own_nor_her_staff_s(self, app: Flask, cast: Cast, make: Make) -> None:
        own = hand_in(as_actor(cast.tess), at=now())
        tess = browse(app, cast.tess)
        assert own not in tess.get("/assess").text
        assert tess.get(f"/assess/{own}").status_code == 404
        sent = {"client_id": new_client_id(), "seen": "0", **scores()}
        assert tess.post(f"/assess/{own}", data=sent).status_code == 404

    @pytest.mark.parametrize("who", ["ana", "boss"])
    def test_the_queue_is_for_assessors(self, app: Flask, cast: Cast, who: str) -> None:
        made = at_now(cast)
        client = browse(app, getattr(cast, who))
        assert client.get("/assess").status_code == 404
        assert client.get(f"/assess/{made}").status_code == 404

    def test_pages_ask_few_questions_of_the_database(self, app: Flask, cast: Cast) -> None:
        made, tess = at_now(cast), browse(app, cast.tess)
        for url in ("/assess", f"/assess/{made}", "/assess/people", "/assess/paper"):
            tess.get(url)
            with counting() as seen:
                assert tess.get(url).status_code == 200
            assert len([each for each in seen if each.startswith("SELECT")]) <= 12, url


class TestSheets:
    @pytest.mark.parametrize("key", ["eps", "delta"])
    def test_a_sheet_is_printed_without_its_key(self, app: Flask, cast: Cast, key: str) -> None:
        tess = browse(app, cast.tess)
        page = tess.get(f"/assess/paper/{key}").text
        answer = tess.post(f"/assess/paper/{key}", data={**once(page), "language": "to"})
        printed = tess.get(answer.headers["Location"]).text
        sheet = reading().execute(select(PaperForm)).scalar_one()
        assert f"{sheet.number[:4]}-{sheet.number[4:]}".upper() in printed
        assert CANARY not in printed
        assert "Prompt of q-one?" in printed
        assert "☐" in printed
        assert 'name="a-' not in printed
        assert sheet.number.upper()[:4] in tess.get("/assess/paper").text

    def test_another_supervisor_does_not_see_it(self, app: Flask, cast: Cast, make: Make) -> None:
        sheet = make_sheet(as_actor(cast.boss), person=cast.ana)
        other = make.supervisor(make.organization("Other"), "Other boss")
        assert browse(app, other).get(f"/assess/sheets/{sheet.public_id}").status_code == 404
        assert browse(app, cast.tom).get(f"/assess/sheets/{sheet.public_id}").status_code == 200

    def test_nobody_prints_one_of_a_module_without_a_quiz(self, app: Flask, cast: Cast) -> None:
        assert browse(app, cast.tess).get("/assess/paper/gamma").status_code == 404


class TestEntering:
    def test_a_trainer_finds_those_of_class_alone(
        self, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tess = browse(app, cast.tess)
        assert "Nobody found" in tess.get("/assess/people?q=an").text
        assert tess.get(f"/assess/people/{cast.ana.person_public_id}").status_code == 404
        monkeypatch.setitem(app.extensions, "in_class", lambda _actor: cast.class_)
        assert cast.ana.person_public_id in tess.get("/assess/people?q=an").text
        assert tess.get(f"/assess/people/{cast.ana.person_public_id}").status_code == 200

    def test_assessors_and_no_supervisors_are_told_whom_to_read_to(self, app: Flask, cast: Cast) -> None:
        given = Given(oral=True, valid_from=local_date(now()), reason_class="agreed")
        cleo, boss = as_actor(cast.cleo, "certifier"), browse(app, cast.boss)
        path, said = f"/assess/people/{cast.ana.person_public_id}", "Questions are read to her"
        assert said not in browse(app, cast.cleo).get(path).text
        write(lambda s: give(s, cleo, cast.ana.person_id, given, client_id="0" * 32, at=now()))
        assert said in browse(app, cast.cleo).get(path).text
        assert said not in boss.get(path).text

    def test_who_is_in_class_is_what_fieldwork_says(self, app: Flask) -> None:
        assert app.extensions["in_class"] is sign_offs.in_class_of

    def test_the_number_leads_to_the_questions(self, app: Flask, cast: Cast) -> None:
        cleo, sheet = browse(app, cast.cleo), make_sheet(as_actor(cast.cleo, "certifier"), at=now())
        url = f"/assess/people/{cast.ana.person_public_id}"
        page = cleo.post(url, data={"number": "nothing"})
        assert (page.status_code, "There is no sheet with this number." in page.text) == (400, True)
        typed = f"{sheet.number[:4]}-{sheet.number[4:]}".upper()
        assert cleo.post(url, data={"number": typed}).headers["Location"] == f"{url}/sheets/{sheet.number}"
        assert cleo.get(f"{url}/sheets/nothing").status_code == 404

    def test_with_her_now_up_to_the_scores(self, app: Flask, cast: Cast) -> None:
        cleo = browse(app, cast.cleo)
        url = f"/assess/people/{cast.ana.person_public_id}/quizzes/delta"
        page = cleo.get(url).text
        assert re.search(r'<input checked[^>]*value="en"', page)
        answer = cleo.post(url, data={**once(page), "language": "en", "do": "now"})
        to = answer.headers["Location"]
        page = cleo.get(to).text
        sent = {**once(page), "source": "oral", "taken_on": day().isoformat(), "a-q-one": "a", "a-q-write": "I ask."}
        answer = cleo.post(to, data=sent)
        assert answer.headers["Location"] == f"/assess/{attempt_id()}"
        page = cleo.get(answer.headers["Location"])
        assert "By word of mouth" in page.text
        cleo.post(answer.headers["Location"], data={**once(page.text), **scores()})
        assert "You said it on" in browse(app, cast.ana).get("/modules/delta/quiz").text

    def test_printed_for_her_alone(self, app: Flask, cast: Cast) -> None:
        cleo = browse(app, cast.cleo)
        url = f"/assess/people/{cast.ana.person_public_id}/quizzes/eps"
        page = cleo.get(url).text
        answer = cleo.post(url, data={**once(page), "language": "en", "do": "print"})
        assert "Ana" in cleo.get(answer.headers["Location"]).text

    def test_what_is_open_is_named_in_the_language_of_who_enters_it(self, app: Flask, cast: Cast) -> None:
        cleo, maker = browse(app, cast.cleo), as_actor(cast.cleo, "certifier")
        sheet = make_sheet(maker, tongue="to", at=now())
        page = enter_by_page(cleo, cast, sheet.number, {"q-one": ("a",)}).text
        asked = page[page.index('<div lang="to">') :]
        assert '<span lang="en">Please choose an answer.</span>' in asked
        assert page.count("Please choose an answer.") == page.count('<span lang="en">Please choose an answer.</span>')

    def test_what_is_open_is_named(self, app: Flask, cast: Cast) -> None:
        cleo, sheet = browse(app, cast.cleo), make_sheet(as_actor(cast.cleo, "certifier"), at=now())
        page = enter_by_page(cleo, cast, sheet.number, {"q-one": ("a",)})
        assert page.status_code == 200
        assert "Please choose an answer." in page.text
        assert 'value="a" checked' in page.text
        done = enter_by_page(cleo, cast, sheet.number, {"q-one": ("a",)}, has_blanks="y")
        assert done.headers["Location"] == "/assess/people"
        assert "She has passed." in cleo.get("/assess/people").text

    def test_what_was_not_passed_is_said(self, app: Flask, cast: Cast) -> None:
        cleo, sheet = browse(app, cast.cleo), make_sheet(as_actor(cast.cleo, "certifier"), at=now())
        enter_by_page(cleo, cast, sheet.number, {"q-one": ("b",), "q-two": ("c",)})
        assert "She has not passed yet." in cleo.get("/assess/people").text

    @pytest.mark.parametrize("fields", [{"a-q-one": "z"}, {"a-nothing": "a"}, {"evil": "1"}])
    def test_hostile_fields_are_refused(self, app: Flask, cast: Cast, fields: Any) -> None:
        cleo, sheet = browse(app, cast.cleo), make_sheet(as_actor(cast.cleo, "certifier"), at=now())
        url = f"/assess/people/{cast.ana.person_public_id}/sheets/{sheet.number}"
        sent = {"client_id": new_client_id(), "source": "paper", "taken_on": day().isoformat(), **fields}
        assert cleo.post(url, data=sent).status_code == 400
        reading().rollback()
        assert reading().execute(select(ResultEntry.id)).all() == []

    def test_the_language_is_switched_without_losing_answers(self, app: Flask, cast: Cast) -> None:
        cleo, sheet = browse(app, cast.cleo), make_sheet(as_actor(cast.cleo, "certifier"), at=now())
        page = enter_by_page(cleo, cast, sheet.number, {"q-one": ("c",)}, _language="es")
        assert page.status_code == 200
        assert 'value="c" checked' in page.text


class TestSecondPerson:
    def test_from_the_supervisor_to_the_second_person(self, app: Flask, cast: Cast) -> None:
        boss, sheet = browse(app, cast.boss), make_sheet(as_actor(cast.boss), at=now())
        page = enter_by_page(boss, cast, sheet.number)
        assert page.status_code == 400
        assert "Please add a photo or a scan of the sheet." in page.text
        done = enter_by_page(boss, cast, sheet.number, sheet=(io.BytesIO(PDF), "sheet.pdf"))
        assert done.headers["Location"] == "/assess/people"
        entry = entry_id()
        own = boss.get(f"/assess/entries/{entry}").text
        assert "Waits for a second person" in own
        assert 'id="confirm"' not in own
        assert boss.post(f"/assess/entries/{entry}", data={"compared": "y", "do": "confirm"}).status_code == 404
        page = browse(app, cast.ana).get("/modules/eps/quiz").text
        assert "A second person compares them" in page
        tom = browse(app, cast.tom)
        assert f"/assess/entries/{entry}" in tom.get("/assess").text
        page = tom.get(f"/assess/entries/{entry}").text
        assert "Option a of q-one" in page
        assert tom.post(f"/assess/entries/{entry}", data={"do": "confirm"}).status_code == 400
        done = tom.post(f"/assess/entries/{entry}", data={"compared": "y", "do": "confirm"})
        assert done.headers["Location"] == "/assess"
        assert "Confirmed. She has passed." in tom.get("/assess").text
        assert "Confirmed" in boss.get(f"/assess/entries/{entry}").text
        page = browse(app, cast.ana).get("/modules/eps/quiz").text
        assert "by your supervisor, on" in page
        assert f"/assess/entries/{entry}/sheet" in page

    def test_a_rejection_reaches_the_supervisor(self, app: Flask, cast: Cast) -> None:
        boss, sheet = browse(app, cast.boss), make_sheet(as_actor(cast.boss), at=now())
        enter_by_page(boss, cast, sheet.number, sheet=(io.BytesIO(jpeg()), "sheet.jpg"))
        tom, url = browse(app, cast.tom), f"/assess/entries/{entry_id()}"
        assert tom.post(url, data={"do": "reject", "reason": " "}).status_code == 400
        tom.post(url, data={"do": "reject", "reason": "The second answer differs."})
        assert "The second answer differs." in boss.get("/assess/people").text
        assert "The second answer differs." in boss.get(url).text

    def test_what_is_left_to_score_is_said(self, app: Flask, cast: Cast) -> None:
        boss, sheet = browse(app, cast.boss), make_sheet(as_actor(cast.boss), "delta", at=now())
        enter_by_page(boss, cast, sheet.number, WROTE, sheet=(io.BytesIO(PDF), "sheet.pdf"))
        tom = browse(app, cast.tom)
        tom.post(f"/assess/entries/{entry_id()}", data={"compared": "y", "do": "confirm"})
        page = tom.get("/assess").text
        assert "An assessor scores the rest now." in page
        assert f"/assess/{attempt_id()}" in page

    @pytest.mark.parametrize("content", [b"", b"MZ\x90 a program", b"%PDF-1.4 without an end"])
    def test_what_is_no_picture_is_refused(self, app: Flask, cast: Cast, content: bytes) -> None:
        boss, sheet = browse(app, cast.boss), make_sheet(as_actor(cast.boss), at=now())
        page = enter_by_page(boss, cast, sheet.number, sheet=(io.BytesIO(content), "sheet.pdf"))
        assert page.status_code == 400
        reading().rollback()
        assert reading().execute(select(ResultEntry.id)).all() == []

    def test_who_may_open_the_sheet(self, app: Flask, cast: Cast, make: Make) -> None:
        boss, sheet = browse(app, cast.boss), make_sheet(as_actor(cast.boss), at=now())
        enter_by_page(boss, cast, sheet.number, sheet=(io.BytesIO(PDF), "sheet.pdf"))
        url = f"/assess/entries/{entry_id()}/sheet"
        other = make.supervisor(make.organization("Other"), "Other boss")
        seen = {name: browse(app, getattr(cast, name)).get(url) for name in ("ana", "boss", "tess", "cleo")}
        assert {name: answer.status_code for name, answer in seen.items()} == dict.fromkeys(seen, 200)
        assert seen["ana"].data == PDF
        assert seen["ana"].headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in seen["ana"].headers["Content-Security-Policy"]
        for stranger in (other, make.person("Bea"), make.person("Dev", roles=("administrator", "analyst"))):
            assert browse(app, stranger).get(url).status_code == 404
        browse(app, cast.tess).post(url.removesuffix("/sheet"), data={"compared": "y", "do": "confirm"})
        assert browse(app, cast.tess).get(url).status_code == 200
        assert browse(app, cast.tom).get(url).status_code == 404

    def test_an_entry_without_a_picture_has_none(self, app: Flask, cast: Cast) -> None:
        cleo, sheet = browse(app, cast.cleo), make_sheet(as_actor(cast.cleo, "certifier"), at=now())
        enter_by_page(cleo, cast, sheet.number)
        assert cleo.get(f"/assess/entries/{entry_id()}/sheet").status_code == 404

    def test_another_supervisor_sees_no_entry(self, app: Flask, cast: Cast, make: Make) -> None:
        boss, sheet = browse(app, cast.boss), make_sheet(as_actor(cast.boss), at=now())
        enter_by_page(boss, cast, sheet.number, sheet=(io.BytesIO(PDF), "sheet.pdf"))
        other = browse(app, make.supervisor(make.organization("Other"), "Other boss"))
        assert other.get(f"/assess/entries/{entry_id()}").status_code == 404
        assert other.get(f"/assess/people/{cast.ana.person_public_id}").status_code == 404
        assert "Nobody found" in other.get("/assess/people?q=Ana").text

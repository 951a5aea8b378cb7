"""Pages of the desk: the list, one sentence, the queue and the board."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.content.service import draft
from lms.db import reading
from lms.translating.models import Proposal, ProposalStep, WordingRating
from tests.assessments.test_views import counting
from tests.factories import Make, sign_in
from tests.factories.learning import publish_drafts, standard
from tests.translating.desk import LESSON, QUIZ, translator

LIST = "/content/module/alpha/to/sentences"
ONE = "/content/module/alpha/to/sentence"
MARKS = {"accuracy": "4", "fit": "3", "readability": "5"}


class Desks:
    """Browsers of translators and others."""

    def __init__(self, make: Make, browser: FlaskClient) -> None:
        publish_drafts()
        self.make, self.browser = make, browser
        self.people = {name: translator(make, name) for name in ("Ana", "Bea", "Clara")}
        self.people["Sina"] = translator(make, "Sina", "sm")
        self.people |= {role: make.person(role, roles=(role,)) for role in ("certifier", "analyst", "trainer")}
        self.people["worker"] = make.person("worker")

    def be(self, name: str) -> Desks:
        sign_in(self.browser, self.people[name])
        return self

    def get(self, path: str, status: int = 200) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == status, answer.text[:800]
        return html.unescape(answer.text)

    def at(self, address: str = LESSON, **more: str) -> str:
        asked = "&".join(f"{name}={value}" for name, value in {"at": quote(address, safe=""), **more}.items())
        return f"{ONE}?{asked}"

    def fields(self, address: str = LESSON, prefix: str = "") -> dict[str, str]:
        page = self.browser.get(self.at(address)).text
        found = re.findall(rf'name="({prefix}(?:client_id|mark|english))" type="hidden" value="([^"]*)"', page)
        return {name: html.unescape(value) for name, value in found}

    def write(self, text: str, address: str = LESSON, status: int = 302, **more: str) -> Any:
        data = {**self.fields(address), "text": text, "action": "save", **more}
        answer = self.browser.post(self.at(address), data=data)
        assert answer.status_code == status, answer.text[:800]
        return answer

    def step(self, step: str, address: str = LESSON, status: int = 302, **more: str) -> Any:
        data = {**self.fields(address, "step-"), "step-step": step, **more}
        answer = self.browser.post(self.at(address).replace("sentence?", "sentence/step?"), data=data)
        assert answer.status_code == status, answer.text[:800]
        return answer

    def rate(self, address: str = LESSON, **more: str) -> Any:
        page = self.browser.get(self.at(address)).text
        wording = re.findall(r'name="wording" type="hidden" value="([^"]*)"', page)[0]
        path = self.at(address).replace("sentence?", "sentence/rating?")
        return self.browser.post(path, data={**MARKS, "wording": wording, **more})


@pytest.fixture
def desks(app: Flask, make: Make, client: FlaskClient) -> Desks:
    return Desks(make, client)


def test_a_list_has_ten_to_a_page_and_filters_in_the_address(desks: Desks) -> None:
    page = desks.be("Ana").get(LIST)
    assert len(re.findall(r'<div class="sides">', page)) == 10
    assert "page=2" in page
    assert "Begin with the first one" in page
    shown = desks.get(f"{LIST}?show=missing")
    assert "Nothing is written yet." in shown
    assert "Ngaahi lea." not in shown
    assert "show=missing" in re.findall(r'href="([^"]*sentence\?[^"]*)"', shown)[0]
    assert "Nothing here" in desks.get(f"{LIST}?show=stale")
    desks.get(f"{LIST}?show=nonsense&page=99")


def test_who_may_read_and_who_may_write(desks: Desks) -> None:
    for name, status in (("Ana", 200), ("Sina", 404), ("certifier", 200), ("analyst", 200), ("worker", 404)):
        desks.be(name).get(LIST, status)
        desks.get(desks.at(), status)
        desks.get("/content/to/queue", status)
        desks.get("/content/tracks/none/to", 404)
    page = desks.be("analyst").get(desks.at())
    assert "<textarea" not in page
    assert "letters.js" not in page
    for name in ("certifier", "analyst", "Sina", "worker"):
        desks.be(name)
        assert desks.browser.post(desks.at(), data={"text": "Lea"}).status_code == 404
        step = desks.at().replace("sentence?", "sentence/step?")
        refused = desks.browser.post(step, data={"step-step": "reviewed", "step-client_id": "a" * 32})
        assert refused.status_code == 404
        rating = desks.at().replace("sentence?", "sentence/rating?")
        assert desks.browser.post(rating, data={}).status_code == 404
    assert reading().execute(select(func.count()).select_from(Proposal)).scalar_one() == 0


@pytest.mark.parametrize(
    "path",
    [
        "/content/module/none/to/sentences",
        "/content/nothing/alpha/to/sentences",
        "/content/module/alpha/en/sentences",
        "/content/module/alpha/fr/sentences",
        "/content/module/alpha/to/sentence?at=lessons/none.md:intro.1",
        "/content/module/alpha/to/sentence",
        "/content/en/queue",
        "/content/fr/queue",
        "/content/glossary/glossary/to/sentences",
    ],
)
def test_what_is_not_there_is_missing(desks: Desks, path: str) -> None:
    desks.be("Ana").get(path, 404)
    desks.be("certifier").get(path, 404)


def test_saving_goes_on_with_the_next_one(desks: Desks) -> None:
    answer = desks.be("Ana").write("Lea foʻou")
    assert "at=lessons/first.md:part-of-first.3" in answer.headers["Location"]
    page = desks.get(answer.headers["Location"])
    assert "Saved." in page
    page = desks.get(desks.at())
    assert ">\nLea foʻou</textarea>" in page or ">\r\nLea foʻou</textarea>" in page
    assert "Not in the files yet" in page
    assert "You wrote these words." in page
    assert "I have reviewed it" not in page
    assert "Ana" in page
    page = desks.be("Bea").get(desks.at())
    assert "Approve" in page
    assert "I have reviewed it" in page
    assert "Approved." in desks.get(desks.step("approved").headers["Location"])
    page = desks.get(desks.at())
    assert "Approved:" in page


def test_the_last_one_leads_back_to_the_list(desks: Desks) -> None:
    desks.be("Ana")
    last = re.findall(r'href="([^"]*sentence\?[^"]*)"', desks.get(f"{LIST}?page=99"))[-1]
    address = html.unescape(last).partition("at=")[2].partition("&")[0]
    answer = desks.write("Lea foʻou", address)
    assert answer.headers["Location"] == LIST


def test_the_filter_is_kept(desks: Desks) -> None:
    desks.be("Ana")
    data = {**desks.fields(QUIZ), "text": "Fehuʻi foʻou?"}
    answer = desks.browser.post(desks.at(QUIZ, show="critical"), data=data)
    assert "quiz.yml:q-two.a" in answer.headers["Location"]
    assert "show=critical" in answer.headers["Location"]
    queue = in_queue(desks.get("/content/to/queue"))
    assert QUIZ not in queue, "she wrote it, and has no step there"
    around = in_queue(desks.get(desks.at(QUIZ, show="queue")))
    assert 1 <= len(set(around)) <= 3
    assert set(around) - {QUIZ} <= set(queue), "Before and After walk the queue"
    data = {**desks.fields(QUIZ), "text": "Fehuʻi?"}
    answer = desks.browser.post(desks.at(QUIZ, show="queue"), data=data)
    assert in_queue(f'href="{html.unescape(answer.headers["Location"])}"')[0] in queue, "from where she is"
    page = desks.get(answer.headers["Location"])
    assert 'href="/content/to/queue"' in page


def in_queue(page: str) -> list[str]:
    """Return the addresses of the sentences to which a page leads on the way through the queue."""
    links = re.findall(r'href="([^"]*show=queue[^"]*)"', page)
    return [found[1] for each in links if (found := re.search(r"at=([^&]*)", each))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Fo'ou", "Please write ʻ, not an apostrophe, in"),
        ("A {name}", "Please leave out what stands in braces."),
        ("[A](https://a.example)", "Please leave out the links."),
        ("Two\n\nlines", "Please write it in one line."),
        ("", "Please write the translation."),
        ("Ngaahi lea.", "These words stand there already."),
        ("x" * 2001, "This is too long for one sentence."),
        ("Lea 77", "These numbers are not in the English: 77."),
        ("Lea\u0007", "Some signs here cannot be kept."),
        ("Lea <b>lelei</b>", "Please write no HTML"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_keeps_what_was_typed(desks: Desks, text: str, said: str) -> None:
    answer = desks.be("Ana").write(text, status=400)
    page = html.unescape(answer.text)
    assert said in page
    assert 'id="text-error"' in page
    assert text.replace("\n", "\r\n") in page or text in page
    assert reading().execute(select(func.count()).select_from(Proposal)).scalar_one() == 0


def test_changed_english_keeps_what_was_typed(desks: Desks) -> None:
    answer = desks.be("Ana").write("Lea foʻou", english="Older words.", status=400)
    assert "The English has changed while you wrote." in html.unescape(answer.text)
    assert "Lea foʻou" in answer.text


def test_two_at_once_see_each_other(desks: Desks) -> None:
    before = desks.be("Bea").fields()
    desks.be("Ana").write("Lea ʻa Ana")
    desks.be("Bea")
    answer = desks.browser.post(desks.at(), data={**before, "text": "Lea ʻa Bea"})
    assert answer.headers["Location"].partition("?")[0] == ONE
    page = desks.get(answer.headers["Location"])
    assert "Somebody else wrote here at the same time." in page
    assert "Lea ʻa Ana</textarea>" in page
    assert "kept aside" in page
    chosen = next(each for each in re.findall(r'href="([^"]*)"', page) if "use=" in each)
    assert "Lea ʻa Bea</textarea>" in desks.get(chosen)


def test_a_language_button_keeps_what_was_typed(desks: Desks) -> None:
    desks.be("Ana")
    answer = desks.browser.post(desks.at(), data={**desks.fields(), "text": "Half a", "_language": "es"})
    assert answer.status_code == 200
    assert "Half a</textarea>" in answer.text
    assert '<html lang="es">' in answer.text
    assert reading().execute(select(func.count()).select_from(Proposal)).scalar_one() == 0


def test_a_draft_is_sent_later(desks: Desks) -> None:
    desks.be("Ana").write("Lea foʻou", action="draft")
    assert reading().execute(select(func.count()).select_from(ProposalStep)).scalar_one() == 0
    page = desks.get(desks.at())
    assert "Send to be reviewed" in page
    assert "Approve</button>" not in page
    assert "This is a draft." in desks.be("Bea").get(desks.at())
    desks.be("Ana").step("in review")
    assert "I have reviewed it" in desks.be("Bea").get(desks.at())


def test_a_certifier_approves_a_reviewed_question(desks: Desks) -> None:
    page = desks.be("certifier").get(desks.at(QUIZ))
    assert "Approve</button>" not in page
    assert "Needs two reviewers" in page
    page = desks.be("Ana").get(desks.at(QUIZ))
    assert "Somebody has to review these words" in page
    desks.step("reviewed", QUIZ)
    assert "You reviewed these words." in desks.get(desks.at(QUIZ))
    assert "Approve" in desks.be("certifier").get(desks.at(QUIZ))
    desks.step("approved", QUIZ)
    assert "Approved:" in desks.get(desks.at(QUIZ))


def test_a_step_that_is_refused_says_why(desks: Desks) -> None:
    old = desks.be("Bea").fields(LESSON, "step-")
    desks.be("Ana").write("Lea foʻou")
    desks.be("Bea")
    answer = desks.step("approved", status=400, **old)
    assert "Somebody wrote here a moment ago." in answer.text
    answer = desks.be("Ana").step("approved", status=400)
    assert "You wrote these words." in html.unescape(answer.text)
    desks.step("nonsense", status=400)


def test_stale_words_show_what_changed(desks: Desks) -> None:
    drafts = [each for each in standard() if (each.key, each.locale) != ("alpha", "en")]
    (alpha,) = (each for each in standard() if (each.key, each.locale) == ("alpha", "en"))
    lesson = alpha.body["files"]["lessons/first.md"]
    lesson["markdown"] = lesson["markdown"].replace("Words of first.", "New words of first.")
    publish_drafts([*drafts, draft("module", "alpha", "en", alpha.body)])
    page = desks.be("Ana").get(desks.at())
    assert "What changed in the English" in page
    assert re.search(r"<del>Words</del><ins>New words</ins>", page.replace("\n", "")), page
    assert "Words of first." in page
    assert "Of older English" in desks.get(f"{LIST}?show=stale")
    queue = desks.get("/content/to/queue")
    assert re.search(r"Of older English</dt><dd>1</dd>", queue)


def test_marks_are_kept_and_shown_with_comments(desks: Desks) -> None:
    path = desks.at().replace("sentence?", "sentence/rating?")
    desks.be("Ana")
    assert "Please choose a mark." in html.unescape(desks.browser.post(path, data={"accuracy": "4"}).text)
    assert desks.rate(comment="Lelei").status_code == 302
    assert desks.rate(fit="5", comment="Lelei").status_code == 302
    assert reading().execute(select(WordingRating.fit)).scalars().all() == [5]
    page = desks.be("Bea").get(desks.at())
    assert "1 reviewer has judged these words." in page
    assert "5 of 5" in page
    assert "“Lelei”" in page
    assert "Comments: 1" in desks.get(f"{LIST}?show=comments")
    page = desks.be("Ana").get(desks.at())
    assert re.search(r'name="fit"[^>]*value="5"[^>]*checked|checked[^>]*name="fit"[^>]*value="5"', page)
    data = {**desks.fields(), "text": "Lea foʻou"}
    answer = desks.browser.post(desks.at(LESSON, show="comments"), data=data)
    assert "show=comments" in answer.headers["Location"]


def test_the_queue_begins_with_quizzes(desks: Desks) -> None:
    page = desks.be("Ana").get("/content/to/queue")
    first = html.unescape(re.findall(r'href="([^"]*sentence\?[^"]*)"', page)[0])
    assert "quiz.yml" in first
    assert "show=queue" in first
    desks.write("Fehuʻi foʻou?", QUIZ)
    page = desks.get("/content/to/queue")
    assert "q-two.prompt" not in page, "hers waits for somebody else"
    assert "q-two.prompt" in desks.be("Bea").get("/content/to/queue")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (LIST, 12),
        (f"{ONE}?at={quote(LESSON, safe='')}", 12),
        ("/content/to/queue", 12),
        ("/content", 12),
    ],
)
def test_pages_need_few_statements_however_much_there_is(desks: Desks, path: str, most: int) -> None:
    desks.be("Ana").get(path)
    with counting() as first:
        desks.get(path)
    for name in ("Ana", "Bea", "Clara"):
        desks.be(name).write(f"Lea ʻa {name}")
        desks.rate(comment=name)
        desks.write(f"Fehuʻi ʻa {name}?", QUIZ)
    desks.be("Ana").get(path)
    with counting() as then:
        desks.get(path)
    assert len(first) <= most
    assert len(then) <= min(most, len(first) + 5), then


class TestTheBoard:
    @pytest.fixture
    def board(self, content_app: Flask, make: Make, client: FlaskClient) -> FlaskClient:
        return sign_in(client, translator(make, "Ana"))

    def test_it_tells_words_by_track_and_leads_to_sentences(self, board: FlaskClient, make: Make) -> None:
        page = html.unescape(board.get("/content").text)
        assert '<a href="/content/tracks/first-steps/to">' in page
        assert "/content/tracks/first-steps/es" not in page, "a translator sees her languages"
        page = html.unescape(board.get("/content/tracks/first-steps/to").text)
        for kind, key in (
            ("module", "communication"),
            ("track", "first-steps"),
            ("certificate", "first-steps"),
            ("survey", "core-questions"),
            ("framework", "chw-core"),
        ):
            assert f"/content/{kind}/{key}/to/sentences" in page
            assert board.get(f"/content/{kind}/{key}/to/sentences").status_code == 200
        assert board.get("/content/tracks/first-steps/es").status_code == 404
        assert "page=2" in board.get("/content/to/queue").text
        sign_in(board, make.person(roles=("analyst",)))
        assert "/content/tracks/first-steps/es" in board.get("/content").text
        assert board.get("/content/tracks/first-steps/en").status_code == 404
        assert board.get("/content/tracks/none/es").status_code == 404

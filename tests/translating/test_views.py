"""Pages: the sign beside words, reporting them, deciding, and how far each language is."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from lms.assessments.models import AttemptAnswer
from lms.assessments.service import Shown
from lms.courses.service import Shown as Read
from lms.courses.service import finish_lesson
from lms.db import reading, write
from lms.people.models import RoleGrant
from lms.translating.models import WordingReport
from lms.translating.queries.reports import PAGE_SIZE
from lms.translating.rules import MOST_A_DAY
from tests.assessments.test_service import sheet, start, submit
from tests.assessments.test_views import QUIZ_URL, counting, filled
from tests.conftest import AT
from tests.factories import LONG_AGO, MadePerson, Make, sign_in
from tests.factories.learning import RIGHT, UNSAFE, actor_of, publish_drafts, standard

BLOCK = "/wording/module/alpha?at=lessons/first.md:part-of-first.2"


@pytest.fixture
def ana(app: Flask, make: Make) -> MadePerson:
    publish_drafts()
    return make.person("Ana", language="to")


@pytest.fixture
def browser(client: FlaskClient, ana: MadePerson) -> FlaskClient:
    return sign_in(client, ana)


def get(browser: FlaskClient, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, answer.text[:1500]
    return html.unescape(answer.text)


def report(browser: FlaskClient, path: str = BLOCK, status: int = 302, **data: str) -> Any:
    page = browser.get(path).text
    hidden = dict(re.findall(r'name="(client_id|attempt)" type="hidden" value="([^"]*)"', page))
    answer = browser.post(path, data={**hidden, "fault": "no-sense", **data})
    assert answer.status_code == status, answer.text
    return answer


def translator(make: Make, locale: str = "to") -> MadePerson:
    person = make.person("Translator")
    row = {"account_id": person.account_id, "role": "translator", "language": locale, "granted_at": LONG_AGO}
    write(lambda session: session.execute(insert(RoleGrant).values(**row)) and None)
    return person


class TestTheSign:
    def test_it_stands_beside_every_block_of_a_lesson_in_every_language(self, browser: FlaskClient, make: Make) -> None:
        for tag in ("to", "en", "sm"):
            sign_in(browser, make.person(language=tag))
            page = get(browser, "/modules/alpha/lessons/first")
            hrefs = re.findall(r'<a class="wrong" href="([^"]*)"', page)
            assert hrefs == [
                f"/wording/module/alpha?at=lessons/first.md:part-of-first.{number}" for number in (1, 2, 3)
            ]
            for href in hrefs:
                get(browser, href)

    def test_it_costs_few_bytes(self, browser: FlaskClient) -> None:
        page = get(browser, "/modules/alpha/lessons/first")
        signs = re.findall(r'<a class="wrong".*?</a>', page)
        assert len(signs) == 3
        assert max(map(len, signs)) < 180

    def test_two_modules_with_one_lesson_each_lead_to_their_own(self, browser: FlaskClient, make: Make) -> None:
        publish_drafts([each for each in standard() if each.locale != "to"])
        sign_in(browser, make.person(language="en"))
        assert "/wording/module/gamma?at=lessons/only.md" in get(browser, "/modules/gamma/lessons/only")
        assert "/wording/module/alpha?at=lessons/first.md" in get(browser, "/modules/alpha/lessons/first")

    def test_beside_a_question_it_keeps_the_answers(self, browser: FlaskClient) -> None:
        browser.post(f"{QUIZ_URL}/start")
        page = get(browser, QUIZ_URL)
        named = re.findall(r'class="wrong" name="action" value="wrong:([^"]*)"', page)
        assert sorted(named) == ["q-one", "q-three", "q-two"]
        answer = browser.post(QUIZ_URL, data=filled(page, RIGHT, "wrong:q-one"))
        assert answer.status_code == 302
        kept = reading().execute(select(AttemptAnswer.item_id)).scalars().all()
        assert sorted(kept) == ["q-one", "q-three", "q-two"]
        path = answer.headers["Location"]
        page = get(browser, path)
        assert "Fehuʻi ʻuluaki?" in page
        assert "Prompt of q-one?" in page
        assert report(browser, path).headers["Location"] == QUIZ_URL
        page = get(browser, QUIZ_URL)
        assert page.count("checked") == 4, "all that was ticked is still there"

    def test_beside_an_answered_question_it_leads_to_its_words(self, browser: FlaskClient, ana: MadePerson) -> None:
        worker = actor_of(ana)
        submit(worker, sheet(start(worker, shown=Shown("to")), UNSAFE), shown=Shown("to"))
        hrefs = re.findall(r'<a class="wrong" href="([^"]*)"', get(browser, QUIZ_URL))
        assert len(hrefs) == 3
        for href in hrefs:
            assert "canary" in get(browser, href), "what was explained can be wrong too"

    def test_beside_a_question_of_a_survey_it_opens_beside_the_page(
        self, browser: FlaskClient, ana: MadePerson
    ) -> None:
        worker, both = actor_of(ana), Shown("to")
        for key in ("first", "second"):
            write(lambda s, key=key: finish_lesson(s, worker, "alpha", key, shown=Read("to"), at=AT))
        submit(worker, sheet(start(worker, shown=both), RIGHT), shown=both)
        hrefs = re.findall(r'<a class="wrong" href="([^"]*)" target="_blank"', get(browser, "/modules/alpha/survey"))
        assert hrefs[0] == "/wording/survey/feedback?at=feedback.yml:useful"
        assert "Was it useful?" in get(browser, hrefs[0])
        assert report(browser, hrefs[0]).headers["Location"] == "/wording"


def test_a_report_from_the_sign_to_the_answer(browser: FlaskClient, ana: MadePerson, make: Make) -> None:
    page = get(browser, BLOCK)
    assert "<p>Ngaahi lea.</p>" in page
    assert "Words of first." in page
    assert report(browser, words="<b>Lea kehe</b>").headers["Location"] == "/modules/alpha/lessons/first"
    public_id = reading().execute(select(WordingReport.public_id)).scalar_one()
    sign_in(browser, translator(make))
    page = get(browser, "/content")
    assert "Title of alpha" in page
    assert "/content/alpha/sm" not in page, "a translator sees her languages"
    page = get(browser, "/content/alpha/to")
    assert "Ngaahi lea." in page
    assert "&lt;b&gt;Lea kehe" in browser.get("/content/alpha/to").text
    path = f"/content/reports/{public_id}"
    assert path in page
    assert browser.post(path, data={"state": "not-wrong"}).status_code == 400
    answer = browser.post(path, data={"state": "not-wrong", "answer": "It is right."})
    assert answer.status_code == 302
    assert "It is right." in get(browser, path)
    assert browser.post(path, data={"state": "confirmed"}).status_code == 400, "somebody has decided"
    sign_in(browser, ana)
    page = get(browser, "/wording")
    assert "It is right." in page
    assert "Hingoa ʻo alpha" in page


def test_what_is_wrong_with_a_form_is_said(browser: FlaskClient) -> None:
    assert report(browser, status=400, fault="other")
    assert report(browser, status=400, fault="nonsense")
    assert report(browser, status=400, words="x" * 1001)
    for _ in range(MOST_A_DAY):
        report(browser)
    report(browser, status=429)
    assert get(browser, "/wording").count('class="card"') == MOST_A_DAY


def test_nothing_is_reported_of_what_is_not_there(browser: FlaskClient) -> None:
    for path in (
        "/wording/module/alpha",
        "/wording/module/alpha?at=quiz.yml:q-one",
        "/wording/module/none?at=module.yml:title",
        "/wording/account/alpha?at=module.yml:title",
    ):
        get(browser, path, 404)
    assert 'class="empty"' in get(browser, "/wording")


def test_the_way_back_leads_to_where_the_words_stand(browser: FlaskClient) -> None:
    answer = report(browser, "/wording/module/alpha?at=module.yml:title")
    assert answer.headers["Location"] == "/modules/alpha"


def test_a_confirmed_report_of_a_question_offers_a_correction(
    browser: FlaskClient, ana: MadePerson, make: Make
) -> None:
    worker = actor_of(ana)
    attempt = start(worker, shown=Shown("to"))
    submit(worker, sheet(attempt, UNSAFE), shown=Shown("to"))
    report(browser, f"/wording/module/alpha?at=quiz.yml:q-one&attempt={attempt}")
    report(browser)
    rows = reading().execute(select(WordingReport.address, WordingReport.public_id)).all()
    ids = {row[0]: row[1] for row in rows}
    sign_in(browser, make.person(roles=("certifier",)))
    for address, count in (("quiz.yml:q-one", 1), ("lessons/first.md:part-of-first.2", 0)):
        path = f"/content/reports/{ids[address]}"
        browser.post(path, data={"state": "confirmed"})
        page = get(browser, path)
        assert ("1 attempt does not count any more." in page) is bool(count)
        hrefs = re.findall(r'href="(/content/regrades/new[^"]*)"', page)
        assert len(hrefs) == count
        for href in hrefs:
            assert "Right for everyone" in get(browser, href)
    sign_in(browser, make.person(roles=("trainer",)))
    page = get(browser, f"/content/reports/{ids['quiz.yml:q-one']}")
    assert "/content/regrades/new" not in page
    assert browser.post(f"/content/reports/{ids['quiz.yml:q-one']}", data={"state": "confirmed"}).status_code == 404
    sign_in(browser, ana)
    assert get(browser, "/wording")


def test_english_reports_have_their_own_place(browser: FlaskClient, make: Make) -> None:
    sign_in(browser, make.person(language="en"))
    report(browser)
    sign_in(browser, make.person(roles=("certifier",)))
    assert "/content/alpha/en" in get(browser, "/content")
    page = get(browser, "/content/alpha/en")
    assert "Words of first." in page
    assert "Of older English" not in page
    public_id = reading().execute(select(WordingReport.public_id)).scalar_one()
    get(browser, f"/content/reports/{public_id}")
    sign_in(browser, translator(make))
    get(browser, "/content/alpha/en", 404)
    get(browser, f"/content/reports/{public_id}", 404)


def test_states_are_counted_on_the_page(browser: FlaskClient, make: Make) -> None:
    sign_in(browser, make.person(roles=("analyst",)))
    page = get(browser, "/content/alpha/to")
    for state in ("Missing", "Of older English", "Draft", "In review", "Reviewed", "Approved"):
        assert state in page
    get(browser, "/content/surveys/feedback/sm")
    for path in ("/content/alpha/xx", "/content/none/to", "/content/surveys/none/to"):
        get(browser, path, 404)


def test_words_that_stand_there_no_more_are_still_decided_about(browser: FlaskClient, make: Make) -> None:
    report(browser)
    publish_drafts([standard()[0]])
    sign_in(browser, make.person(roles=("certifier",)))
    public_id = reading().execute(select(WordingReport.public_id)).scalar_one()
    assert "Ngaahi lea." in get(browser, f"/content/reports/{public_id}")
    get(browser, "/content")
    publish_drafts()


def test_many_reports_stand_on_pages_with_few_queries(browser: FlaskClient, make: Make) -> None:
    report(browser)
    sign_in(browser, make.person(roles=("certifier",)))

    def asked(path: str) -> int:
        get(browser, path)
        with counting() as seen:
            get(browser, path)
        return len(seen)

    paths = ("/content", "/content/alpha/to")
    few = [asked(each) for each in paths]
    first = reading().execute(select(WordingReport.__table__)).mappings().one()
    rows = [
        {**first, "id": None, "public_id": f"{number:020}", "client_id": f"{number:032}"} for number in range(PAGE_SIZE)
    ]
    for row in rows:
        del row["id"]
    write(lambda session: session.execute(insert(WordingReport), rows) and None)
    assert [asked(each) for each in paths] == few
    assert max(few) <= 8
    assert "?page=2" in get(browser, "/content/alpha/to")
    assert get(browser, "/content/alpha/to?page=2").count("/content/reports/") == 1

"""Pages of figures, and the same as a file."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from lms.content.service import draft
from tests.assessments.test_views import counting
from tests.factories import sign_in
from tests.surveys.results.conftest import MODULE, Staff, count, release, revision, sheets, write_words
from tests.surveys.test_service import publish_short

URL = f"/feedback/feedback/{MODULE}"
NOT_KEPT = "Which ones are together is not kept, so that nobody can look for a small group in them."


def flat(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


@pytest.fixture
def browser(staff: Staff, client: FlaskClient) -> FlaskClient:
    return sign_in(client, staff("analyst")[0])


def test_before_anybody_answered_the_page_says_what_will_be_there(browser: FlaskClient) -> None:
    page = browser.get("/feedback").text
    assert "No figures yet" in page
    assert browser.get(URL).status_code == 404
    assert browser.get("/feedback/feedback/all").status_code == 404


def test_the_list_has_a_line_for_each_survey_and_subject(browser: FlaskClient) -> None:
    release([*sheets(6, useful=5), *sheets(6, useful=1)])
    release(sheets(22), subject=None, language=None, version=None)
    release(sheets(11), survey="gone", subject="module:gone")
    count()
    page = flat(browser.get("/feedback").text)
    assert "Title of alpha: What do you think? 12 50 of 100 – –" in page
    assert "Several modules together: What do you think? 22 100 of 100" in page
    assert "module:gone: gone 11" in page
    assert 'href="/feedback"' in browser.get("/feedback").text


def test_a_question_is_shown_with_its_figures(browser: FlaskClient) -> None:
    release([*sheets(6, useful=5, length="short"), *sheets(8, useful=2)])
    release(sheets(11, useful=4, length="long"), language="sm")
    release(sheets(12), language=None, version=None)
    count()
    page = flat(browser.get(URL).text)
    assert "37 answers." in page
    assert "12 of them are in several languages, put together." in page
    assert "12 of them are about several versions, put together." in page
    assert NOT_KEPT in page
    assert "37 answers, on average 3.7, 78 of 100 chose 4 or 5" in page
    assert "11 answers" in page
    assert "Long 100 of 100" in page, "six short ones wait"
    assert "English Español Lea faka-Tonga Gagana Sāmoa Learn" in page, "the reader's own choice of language"
    assert "Gagana Sāmoa 11 on average 4" in page
    assert re.search(r"Version \d+ 25", page)
    narrowed = flat(browser.get(f"{URL}?language=en").text)
    assert "14 answers." in narrowed
    assert "Not enough answers yet." in narrowed
    assert "37 answers." in flat(browser.get(f"{URL}?language=to&version=99&x=1").text), "no such cells: all of them"
    assert "25 answers." in flat(browser.get(f"{URL}?version={revision()}").text)


def test_a_group_tells_what_it_chose_where_nothing_has_a_mean(browser: FlaskClient) -> None:
    release(sheets(12, length="short"))
    release(sheets(11, length="long"), language="sm")
    count()
    page = flat(browser.get(URL).text)
    assert "English 12 Short: 100 of 100; Long: 0 of 100" in page
    assert "Gagana Sāmoa 11 Short: 0 of 100; Long: 100 of 100" in page


def test_every_type_has_its_words(browser: FlaskClient) -> None:
    release([{"visits": 7, "ways": ["a"], "help": {"boss": 5}} for _ in range(11)])
    count()
    page = flat(browser.get(URL).text)
    assert "No longer asked" in page
    assert "help.boss" in page
    assert "a 100 of 100" in page


LONG = {
    "key": "feedback",
    "title": "What do you think?",
    "intro": "Some questions.",
    "thanks": "Thanks.",
    "scale": ["None", "Little", "Some", "Most", "All"],
    "questions": [
        {
            "id": "visits",
            "type": "number",
            "level": "behavior",
            "prompt": "How many visits?",
            "least": -5,
            "most": 99999,
        },
        {
            "id": "help",
            "type": "matrix",
            "level": "results",
            "prompt": "Who helped you?",
            "rows": [{"id": "boss", "text": "My boss"}, {"id": "team", "text": "My team"}],
        },
        {
            "id": "ways",
            "type": "choices",
            "level": "behavior",
            "prompt": "Which ways?",
            "options": [{"id": "home", "text": "At home"}, {"id": "phone", "text": "By phone"}],
        },
    ],
}


def test_numbers_rows_and_several_choices_have_their_words(browser: FlaskClient) -> None:
    publish_short(draft("survey", "feedback", "en", {"files": {"feedback.yml": LONG}}))
    visits = [0, 0, 0, 2, 7, 7, 7, 20_000, -1, 1, 3, 4]
    release([{"visits": each, "ways": ["home", "phone"], "help": {"boss": 5, "team": 1}} for each in visits])
    count()
    page = flat(browser.get(URL).text)
    for words in (
        "How many visits?",
        "12 answers, on average 1,669.2, the middle answer: more than 1, up to 2",
        "below 0 8 of 100",
        "more than 10,000 8 of 100",
        "0 25 of 100",
        "Who helped you? My boss 12 answers, on average 5, 100 of 100 chose 4 or 5",
        "Who helped you? My team",
        "At home 100 of 100",
        "What came of it",
    ):
        assert words in page, words
    found = flat(browser.get("/feedback").text)
    assert "Title of alpha: What do you think? 12 – – – 50 of 100" in found


def test_all_modules_together(browser: FlaskClient) -> None:
    release(sheets(11))
    release(sheets(22), subject=None, language=None, version=None)
    count()
    page = browser.get("/feedback/feedback/all").text
    assert "33 answers." in flat(page)
    assert "22 of them are about several modules, put together." in flat(page)
    assert NOT_KEPT in flat(page)
    assert "Note what this tells" not in page
    assert 'name="version"' not in page


def test_the_file_holds_what_the_page_shows(browser: FlaskClient) -> None:
    release([*sheets(9), *sheets(5, length="long")])
    count()
    answer = browser.get(f"{URL}/figures.csv?language=en")
    assert answer.mimetype == "text/csv"
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert '"useful","Was it useful?","likert","en",' in "\n".join(lines)
    assert not any("length" in line for line in lines)
    assert len(lines) == 4


def test_texts_are_offered_to_who_may_read_them(staff: Staff, client: FlaskClient) -> None:
    release(sheets(11))
    count()
    write_words("More time.", "Less noise.")
    assert "Read 2 texts" in sign_in(client, staff("analyst")[0]).get(URL).text


def test_pages_ask_few_queries(browser: FlaskClient) -> None:
    for language in ("en", "es", "sm", "to"):
        for subject in (MODULE, "module:beta", "module:gamma"):
            release(sheets(12), language=language, subject=subject)
    count()
    for url in ("/feedback", URL, "/feedback/feedback/all", f"{URL}/figures.csv"):
        with counting() as seen:
            assert browser.get(url).status_code == 200
        assert len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))]) <= 12, url

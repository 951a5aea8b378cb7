"""Pages of figures: who reads which, what they say, what they keep back."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from lms.assessments.jobs import analyse_quiz
from lms.content.library import Library
from lms.db import write
from lms.people.models import RoleGrant
from tests.assessments.analysis.crowd import Crowd
from tests.assessments.analysis.test_job import (
    TONGAN_READ,
    every_third_wrong,
    knowing,
    right,
    ten_questions,
)
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.factories import LONG_AGO, MadePerson, Make, sign_in
from tests.factories.learning import FRAMEWORK, QUIZ, item, module, publish_drafts, standard

ALPHA = "/content/quizzes/alpha"
TEN = "/content/quizzes/ten"


@pytest.fixture
def library(app: Flask) -> Library:
    return publish_drafts([*standard(), *ten_questions()[1:]])


@pytest.fixture
def crowd(library: Library, make: Make) -> Crowd:
    return Crowd(make.person("Ana Canary").person_id)


def translator(make: Make, tag: str | None) -> MadePerson:
    """Return somebody who translates one language, and has no other role."""
    person = make.person("Sēini")
    grant = {"account_id": person.account_id, "role": "translator", "granted_at": LONG_AGO, "language": tag}
    write(lambda session: session.execute(insert(RoleGrant).values(**grant)) and None)
    return person


def reader(client: FlaskClient, make: Make, role: str = "analyst") -> FlaskClient:
    return sign_in(client, make.person(roles=(role,)))


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Cache-Control"] == "no-store"
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def table_of(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def planted(library: Library, crowd: Crowd) -> Any:
    """Let a question be harder in Tongan."""
    crowd.module_key = "ten"
    crowd.hand_in(library, 220, knowing(crowd))
    crowd.hand_in(library, 220, knowing(crowd, harder="t-4"), locale="to")
    analyse_quiz("ten", at=AT)


@pytest.mark.parametrize("role", ["certifier", "analyst", "trainer", "administrator"])
def test_staff_see_figures_and_options(
    client: FlaskClient, make: Make, library: Library, crowd: Crowd, role: str
) -> None:
    crowd.hand_in(library, 33, every_third_wrong)
    analyse_quiz("alpha", at=AT)
    page = text_of(reader(client, make, role), ALPHA)
    assert "Prompt of q-one?" in page
    assert "67 % (50 to 80 %)" in page
    assert "Option a of q-one" not in page
    assert 'question=q-one#options"' in page or 'question=q-one&amp;language=en#options"' in page
    page = text_of(client, f"{ALPHA}?question=q-one")
    assert re.search(r"Option a of q-one</span> *<span class=\"status status--good\">Right", page)
    assert "Ana Canary" not in page


def test_the_list_names_each_quiz_and_language(client: FlaskClient, make: Make, library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 22, every_third_wrong)
    crowd.hand_in(library, 11, right, locale="to", shown=TONGAN_READ)
    analyse_quiz("alpha", at=AT)
    planted(library, crowd)
    page = text_of(reader(client, make), "/content/quizzes")
    links = re.findall(r'href="(/content/quizzes/[^"]+)"', page)
    assert links == [
        "/content/quizzes/alpha?language=en",
        "/content/quizzes/alpha?language=to",
        "/content/quizzes/beta?language=en",
        "/content/quizzes/ten?language=en",
        "/content/quizzes/ten?language=to",
    ]
    assert page.count("1 question differs from English") == 1
    assert page.count("Not enough answers yet") == 1


def test_without_quizzes_the_list_says_what_will_be_there(app: Flask, client: FlaskClient, make: Make) -> None:
    assert "No quizzes yet" in text_of(reader(client, make), "/content/quizzes")


def test_fewer_than_eleven_have_no_figures(client: FlaskClient, make: Make, library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 10, every_third_wrong)
    analyse_quiz("alpha", at=AT)
    page = text_of(reader(client, make), ALPHA)
    assert "Not enough answers yet" in page
    assert not re.search(r"\d+ % \(", page.partition("Questions</h2>")[2])


def test_a_flag_says_what_to_do(client: FlaskClient, make: Make, library: Library, crowd: Crowd) -> None:
    planted(library, crowd)
    page = text_of(reader(client, make), f"{TEN}?language=to")
    assert "Readers of Lea faka-Tonga who know as much get this right less often." in page
    assert "Ask a translator to look at the words." in page
    assert "Large difference (class C)" in page
    assert "Fehuʻi t-4?" in page
    assert "Log odds" in page
    assert page.count("this right less often") == 2, "under its own heading, and in its place among all"
    assert page.count("No difference that matters.") + page.count("Not enough answers yet to tell.") == 9


def test_what_is_easier_in_a_translation_is_said_too(
    client: FlaskClient, make: Make, library: Library, crowd: Crowd
) -> None:
    crowd.module_key = "ten"
    crowd.hand_in(library, 220, knowing(crowd, harder="t-4"))
    crowd.hand_in(library, 220, knowing(crowd), locale="to")
    analyse_quiz("ten", at=AT)
    assert "get this right more often" in text_of(reader(client, make), f"{TEN}?language=to")


@pytest.mark.parametrize(
    ("with_english", "said"),
    [
        (0, "Nobody read it with English beneath."),
        (33, "All read it with English beneath."),
        (22, "22 of 33 read it with English beneath."),
        (30, "Some read it with English beneath."),
        (4, "Some read it with English beneath."),
    ],
)
def test_how_many_read_english_beneath(
    client: FlaskClient, make: Make, library: Library, crowd: Crowd, with_english: int, said: str
) -> None:
    both = {"q-one": "to+en", "q-two": "to", "q-three": "en"}
    crowd.hand_in(library, with_english, every_third_wrong, locale="to", shown=both)
    crowd.hand_in(library, 33 - with_english, every_third_wrong, locale="to", shown={**both, "q-one": "to"})
    analyse_quiz("alpha", at=AT)
    client = reader(client, make)
    assert said in text_of(client, f"{ALPHA}?language=to&question=q-one")
    (row,) = [row for row in table_of(client, f"{ALPHA}/questions.csv") if row["question"] == "q-one"]
    assert row["read_with_english"] == ({4: "", 30: ""}.get(with_english, str(with_english)))


def test_a_translator_sees_her_language_and_no_key(
    client: FlaskClient, make: Make, library: Library, crowd: Crowd
) -> None:
    planted(library, crowd)
    browser = sign_in(client, translator(make, "to"))
    page = text_of(browser, f"{TEN}?question=t-4")
    assert "get this right less often" in page, "her own language comes first"
    assert "What was chosen" not in page
    assert "Option a of t-4" not in page
    assert "Tali a t-4" not in page
    assert browser.get(f"{TEN}?language=es").status_code == 404
    assert re.findall(r'href="/content/quizzes/ten\?language=(\w+)"', text_of(browser, "/content/quizzes")) == [
        "en",
        "to",
    ]
    table = browser.get(f"{TEN}/questions.csv").get_data(as_text=True)
    assert "differs" in table


def test_a_translator_of_another_language_does_not_see_it(
    client: FlaskClient, make: Make, library: Library, crowd: Crowd
) -> None:
    planted(library, crowd)
    browser = sign_in(client, translator(make, "sm"))
    assert "Not enough answers yet" in text_of(browser, TEN)
    assert browser.get(f"{TEN}?language=to").status_code == 404
    assert "differs" not in browser.get(f"{TEN}/questions.csv").get_data(as_text=True)
    assert "differs from English" not in text_of(browser, "/content/quizzes")


@pytest.mark.parametrize("query", ["?language=fr", "?version=nothing", "?language=to&version=0"])
def test_what_is_not_there_is_missing(client: FlaskClient, make: Make, library: Library, query: str) -> None:
    browser = reader(client, make)
    assert browser.get(ALPHA + query).status_code == 404
    assert browser.get("/content/quizzes/gamma").status_code == 404
    assert browser.get("/content/quizzes/nothing/questions.csv").status_code == 404


def test_earlier_versions_and_wordings(client: FlaskClient, make: Make, library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 11, right)
    crowd.hand_in(library, 22, every_third_wrong, locale="to", shown=TONGAN_READ)
    quiz = {**QUIZ, "items": [item("q-one", critical=True, prompt="Asked anew?"), *QUIZ["items"][1:]]}
    later = publish_drafts(
        [each for each in standard() if (each.kind, each.key) != ("module", "alpha") or each.locale != "en"]
        + [module("alpha", quiz=quiz)]
    )
    crowd.hand_in(later, 11, right)
    analyse_quiz("alpha", at=AT)
    browser = reader(client, make)
    page = text_of(browser, f"{ALPHA}?language=to")
    assert "Asked anew?" in page
    assert "Prompt of q-one?" not in page
    (version,) = re.findall(r'<option value="(\w{32})">Earlier version 1', page)
    old = text_of(browser, f"{ALPHA}?language=to&version={version}")
    assert "Prompt of q-one?" in old
    assert "Fehuʻi ʻuluaki?" in old
    assert "Asked anew?" not in old
    rows = table_of(browser, f"{ALPHA}/questions.csv?version={version}")
    assert {row["read_today"] for row in rows if row["question"] == "q-one"} == {"no"}
    assert {row["answers"] for row in rows if (row["question"], row["language"]) == ("q-two", "en")} == {"22"}


def test_words_that_changed_take_their_figures_with_them(
    client: FlaskClient, make: Make, library: Library, crowd: Crowd
) -> None:
    crowd.hand_in(library, 22, every_third_wrong, locale="to", shown=TONGAN_READ)
    analyse_quiz("alpha", at=AT)
    publish_drafts([each for each in standard() if each.locale != "to"])
    page = text_of(reader(client, make), f"{ALPHA}?language=to")
    assert "22 answers were given to other words, and are not counted here." in page


def test_what_answers_count_as_is_said_in_words(client: FlaskClient, make: Make, app: Flask) -> None:
    short = {"id": "q-short", "type": "short", "competency": "skills/talk", "prompt": "Which word?", "feedback": "F."}
    pairs = {"id": "q-pairs", "type": "matching", "competency": "skills/talk", "prompt": "Which go together?"}
    pairs |= {"left": [{"id": "l1", "text": "Sugar"}, {"id": "l2", "text": "Salt"}, {"id": "l3", "text": "Fat"}]}
    pairs |= {"right": [{"id": "r1", "text": "Sweet"}, {"id": "r2", "text": "Salty"}, {"id": "r3", "text": "Rich"}]}
    pairs |= {"key": {"l1": "r1", "l2": "r2", "l3": "r3"}, "feedback": "F."}
    quiz = {"pass_mark": 60, "items": [short | {"accepted": {"en": ["water"]}}, pairs, item("q-one")]}
    library = publish_drafts([FRAMEWORK, module("ten", quiz=quiz, survey=None)])
    crowd = Crowd(make.person("Ana").person_id, "ten")
    given = {"q-pairs": ("l1=r1", "l2=r2", "l3=r3"), "q-one": ("a",)}
    crowd.hand_in(library, 11, lambda turn, item_id: given.get(item_id, ("Canary words",) if turn else ("water",)))
    analyse_quiz("ten", at=AT)
    browser = reader(client, make)
    page = text_of(browser, f"{TEN}?question=q-short")
    assert "Something else" in page
    assert "Canary" not in page
    assert "Sugar → Sweet" in text_of(browser, f"{TEN}?question=q-pairs")


def test_many_questions_stand_on_several_pages(client: FlaskClient, make: Make, app: Flask) -> None:
    quiz = {"pass_mark": 60, "items": [item(f"t-{number:02}") for number in range(31)]}
    publish_drafts([FRAMEWORK, module("ten", quiz=quiz, survey=None)])
    browser = reader(client, make)
    first, second = text_of(browser, TEN), text_of(browser, f"{TEN}?page=2&language=es")
    assert ("Prompt of t-29?" in first, "Prompt of t-30?" in first) == (True, False)
    assert ("Prompt of t-29?" in second, "Prompt of t-30?" in second) == (False, True)
    assert "page=1&amp;module_key" not in second
    assert re.search(r'href="/content/quizzes/ten\?[^"]*language=es', second)


def test_a_wrong_key_is_told(client: FlaskClient, make: Make, library: Library, crowd: Crowd) -> None:
    crowd.module_key = "ten"
    choose = knowing(crowd)

    def backwards(turn: int, item_id: str) -> tuple[str, ...]:
        given = choose(turn, item_id)
        return ({"a": "b", "b": "a"}[given[0]],) if item_id == "t-4" else given

    crowd.hand_in(library, 110, backwards)
    analyse_quiz("ten", at=AT)
    assert text_of(reader(client, make), TEN).count("look at the key") == 1


def test_the_table_is_a_file_of_plain_numbers(client: FlaskClient, make: Make, library: Library, crowd: Crowd) -> None:
    planted(library, crowd)
    answer = reader(client, make).get(f"{TEN}/questions.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ten-questions.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert len(rows) == 20
    (bad,) = [row for row in rows if row["verdict"] == "differs"]
    assert (bad["question"], bad["language"], bad["answers"], bad["effect"]) == ("t-4", "to", "220", "C")
    assert float(bad["log_odds_low"]) < float(bad["log_odds"]) < float(bad["log_odds_high"])
    english = next(row for row in rows if row["language"] == "en")
    assert (english["verdict"], english["log_odds"]) == ("", "")


@pytest.mark.both_engines
def test_a_page_asks_few_statements(client: FlaskClient, make: Make, library: Library, crowd: Crowd) -> None:
    planted(library, crowd)
    browser = reader(client, make)
    for path in ("/content/quizzes", f"{TEN}?language=to", f"{TEN}/questions.csv"):
        browser.get(path)
        with counting() as seen:
            assert browser.get(path).status_code == 200
        assert 2 < len(seen) <= 8, seen

"""A correction mends results; the figures go on telling what a question did, and say that it is corrected."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.actor import Actor
from lms.assessments import jobs, queries, service
from lms.assessments.jobs import analyse_quiz
from lms.assessments.models import AttemptAnswer, Regrade
from lms.assessments.queries.analysis import list_item_rows, list_quiz_rows
from lms.assessments.rules import Amendment, Gain
from lms.assessments.rules.proposals import Proposal
from lms.clock import local_date
from lms.content.library import Library, forget
from lms.db import reading, write
from lms.i18n import format_date
from lms.ids import new_client_id
from tests.assessments.analysis.crowd import Crowd
from tests.assessments.analysis.test_job import knowing, ten_questions
from tests.assessments.analysis.test_views_of_figures import TEN, reader, text_of
from tests.assessments.test_pretests import gain, published, submit, take
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import FRAMEWORK, actor_of, item, module, publish_drafts, words

#: Corrections are done a day later, in Los Angeles too.
LATER = AT + timedelta(days=1)
DAY = "Results of this question are corrected since "
EVERYONE = Amendment("t-4", "everyone")


@pytest.fixture
def library(app: Any) -> Library:
    return publish_drafts(ten_questions())


@pytest.fixture
def crowd(library: Library, make: Make) -> Crowd:
    return Crowd(make.person("Ana").person_id, "ten")


def certifier(make: Make) -> Actor:
    return replace(actor_of(make.person(roles=("certifier",))), roles=frozenset({"worker", "certifier"}))


def correct(make: Make, *decisions: Amendment, module_key: str = "ten", at: Any = LATER, **more: Any) -> int:
    """Let two people correct questions, and return how many attempts changed."""
    first, second = certifier(make), certifier(make)
    proposal = Proposal(module_key, decisions, **more)
    reading().rollback()
    mark = queries.read_plan(reading(), proposal).mark
    said = {"reason": "The words gave another answer away.", "mark": mark, "client_id": new_client_id(), "at": at}
    public_id = write(lambda s: service.propose_regrade(s, first, proposal, **said))
    count = write(lambda s: service.apply_regrade(s, second, public_id, at=at))
    reading().rollback()
    return count


def planted(library: Library, crowd: Crowd) -> int:
    """Let a question be harder in Tongan, and return how many wordings are flagged."""
    crowd.hand_in(library, 220, knowing(crowd))
    crowd.hand_in(library, 220, knowing(crowd, harder="t-4"), locale="to")
    return night()


def night(module_key: str = "ten") -> int:
    flagged = analyse_quiz(module_key, at=AT)
    reading().rollback()
    return flagged


def figures() -> Any:
    return list_item_rows(reading(), "ten"), [replace(row, computed_at=AT) for row in list_quiz_rows(reading(), "ten")]


def earned(locale: str) -> set[int | None]:
    reading().rollback()
    points = select(AttemptAnswer.points).where(AttemptAnswer.item_id == "t-4", AttemptAnswer.shown_language == locale)
    return set(reading().scalars(points.distinct()))


@pytest.mark.both_engines
def test_an_unfair_question_that_is_corrected_is_flagged_all_the_same(
    library: Library, crowd: Crowd, make: Make
) -> None:
    assert planted(library, crowd) == 1
    before = figures()
    assert correct(make, EVERYONE, locale="to") > 0
    assert (earned("to"), earned("en")) == ({1}, {0, 1}), "the results are mended"
    assert night() == 1
    assert figures() == before
    (flagged,) = queries.analysis.list_flagged(reading())
    assert (flagged.item_id, flagged.locale) == ("t-4", "to")


def test_of_several_corrections_what_stood_before_the_first_counts(library: Library, crowd: Crowd, make: Make) -> None:
    planted(library, crowd)
    before = figures()
    correct(make, EVERYONE, locale="to")
    correct(make, Amendment("t-4", "accept", "c"), Amendment("t-1", "drop"), at=LATER + timedelta(days=1))
    correct(make, Amendment("t-4", "drop"), at=LATER + timedelta(days=2))
    night()
    assert figures() == before


def test_the_page_and_the_file_say_since_when(client: FlaskClient, library: Library, crowd: Crowd, make: Make) -> None:
    planted(library, crowd)
    browser = reader(client, make)
    assert DAY not in text_of(browser, f"{TEN}?language=to")
    correct(make, EVERYONE, locale="to")
    correct(make, Amendment("t-4", "drop"), locale="to", at=LATER + timedelta(days=9))
    page = text_of(browser, f"{TEN}?language=to")
    assert page.count(DAY) == 2, "with the flag, and among all questions"
    assert page.count(f"{DAY}{format_date(local_date(LATER))}.") == 2, "the first one counts"
    assert "get this right less often" in page
    assert DAY not in text_of(browser, f"{TEN}?language=en"), "nothing was corrected for readers of English"
    table = browser.get(f"{TEN}/questions.csv").get_data().decode("utf-8-sig")
    dated = [row for row in csv.DictReader(io.StringIO(table)) if row["corrected_since"]]
    assert [(row["question"], row["language"], row["corrected_since"]) for row in dated] == [
        ("t-4", "to", local_date(LATER).isoformat())
    ]


def test_a_correction_is_said_of_the_version_that_it_was_about(
    client: FlaskClient, library: Library, crowd: Crowd, make: Make
) -> None:
    planted(library, crowd)
    old = library.get("module", "ten").revision_id
    quiz = {"pass_mark": 60, "items": [item(f"t-{n}", **({"key": ["b"]} if n == 4 else {})) for n in range(10)]}
    publish_drafts([FRAMEWORK, module("ten", quiz=quiz, survey=None), *ten_questions()[2:]])
    correct(make, EVERYONE, Amendment("t-5", "everyone"), revision_id=old)
    browser = reader(client, make)
    forget()
    page = text_of(browser, TEN)
    assert page.count(DAY) == 1, "of the fifth question, which is the same; the fourth has another key"
    (version,) = {row.version for row in list_quiz_rows(reading(), "ten")}
    assert text_of(browser, f"{TEN}?version={version}").count(DAY) == 2


def test_a_question_that_was_mended_later_is_not_corrected(
    client: FlaskClient, library: Library, crowd: Crowd, make: Make
) -> None:
    planted(library, crowd)
    browser = reader(client, make)
    correct(make, EVERYONE, Amendment("t-5", "everyone"))
    assert text_of(browser, TEN).count(DAY) == 2
    items = [item(f"t-{n}", **({"prompt": "Mended?"} if n == 4 else {})) for n in range(10)]
    quiz = {"pass_mark": 60, "items": items}
    publish_drafts([FRAMEWORK, module("ten", quiz=quiz, survey=None), *ten_questions()[2:]])
    forget()
    assert text_of(browser, TEN).count(DAY) == 1, "of the fifth question, which is the same"
    (version,) = {row.version for row in list_quiz_rows(reading(), "ten")}
    assert text_of(browser, f"{TEN}?version={version}").count(DAY) == 2


def test_words_that_were_mended_later_are_not_corrected(
    client: FlaskClient, library: Library, crowd: Crowd, make: Make
) -> None:
    planted(library, crowd)
    browser = reader(client, make)
    correct(make, EVERYONE, locale="to")
    framework, quiz, said = ten_questions()
    entries = {key: (each["source"], each["text"], each["state"]) for key, each in said.body["words"].items()}
    entries["quiz.yml:t-4.prompt"] = ("Prompt of t-4?", "Lelei?", "approved")
    publish_drafts([framework, quiz, words("module", "ten", "to", entries)])
    forget()
    assert DAY not in text_of(browser, f"{TEN}?language=to"), "its words are others today"
    table = browser.get(f"{TEN}/questions.csv").get_data().decode("utf-8-sig")
    dated = [row for row in csv.DictReader(io.StringIO(table)) if row["corrected_since"]]
    assert [(row["question"], row["read_today"]) for row in dated] == [("t-4", "no")], "the figures of the old words"


def test_english_alone_has_no_words_beside_its_version(
    client: FlaskClient, library: Library, crowd: Crowd, make: Make
) -> None:
    planted(library, crowd)
    correct(make, EVERYONE, locale="en")
    browser = reader(client, make)
    assert text_of(browser, f"{TEN}?language=en").count(DAY) == 1
    assert DAY not in text_of(browser, f"{TEN}?language=to")


def test_a_correction_of_before_is_of_every_version(
    client: FlaskClient, library: Library, crowd: Crowd, make: Make
) -> None:
    planted(library, crowd)
    correct(make, EVERYONE)
    correct(make, Amendment("t-5", "everyone"), revision_id=library.get("module", "ten").revision_id)
    write(lambda s: s.execute(update(Regrade).values(versions={})) and None)
    assert text_of(reader(client, make), TEN).count(DAY) == 2


def test_gains_are_by_the_key_that_was_shown_both_times(app: Any, make: Make) -> None:
    published()
    people = [actor_of(make.person(f"Worker {number}")) for number in range(11)]
    for each in people:
        take(each, {"q-one": ("b",), "q-three": ("true",)})
        submit(each, {"q-one": ("b",), "q-two": ("a", "b"), "q-three": ("true",)})
    jobs.run(app.config["LMS"], at=AT)
    before = queries.list_gains(reading(), "alpha")
    assert {(each.before, each.after) for each in before} == {(0.5, 0.5)}
    assert gain(people[0]) == Gain(before=1, after=1, most=2)
    assert correct(make, Amendment("q-one", "everyone"), module_key="alpha") == 11
    jobs.run(app.config["LMS"], at=AT)
    reading().rollback()
    assert queries.list_gains(reading(), "alpha") == before, "a wrong key is no gain"
    assert gain(people[0]) == Gain(before=1, after=1, most=1), "on her own page what was corrected is left out"

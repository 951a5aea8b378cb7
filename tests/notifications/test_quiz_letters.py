"""Letters about quizzes: a result is ready, a result was corrected, another try. None says what the result is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.actor import Actor
from lms.assessments import service as quizzes
from lms.assessments.events import NamedAttempt, ResultsCorrected
from lms.assessments.models import Attempt
from lms.assessments.queries import Wording
from lms.db import reading, write
from lms.ids import new_client_id
from lms.notifications import service
from lms.notifications.jobs import send_letters
from lms.notifications.models import Letter
from lms.notifications.rules import STOPPED_BY
from tests.assessments.assessing import BEST, WORST, WROTE, Cast, given, hand_in, score
from tests.assessments.assessing import publish as publish_assessed
from tests.assessments.test_regrading import Office
from tests.assessments.test_service import WRONG, start
from tests.assessments.test_timing_service import grant
from tests.assessments.timed import fail, limited
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import RIGHT, UNSAFE, actor_of, publish_drafts, standard
from tests.notifications.conftest import letters
from tests.notifications.test_news import is_dropped, say
from tests.organizations.conftest import actor_of as as_staff


def kinds() -> list[tuple[str, int | None]]:
    return [(each.kind, each.person_id) for each in letters() if each.kind not in ("invitation", "reset")]


@pytest.mark.parametrize("levels", [BEST, WORST])
def test_what_an_assessor_scored_is_ready_and_the_letter_says_no_more(app: Flask, make: Make, levels: Any) -> None:
    publish_assessed()
    cast = Cast.of(make)
    attempt = hand_in(cast.worker)
    assert kinds() == [], "it waits"
    score(cast.trainer, attempt, given(levels))
    assert kinds() == [("result_ready", cast.ana.person_id)]
    (item,) = say("result_ready")
    assert (item.endpoint, item.address) == ("assessments.attempt", {"module_key": "delta", "public_id": attempt})
    assert (item.title, item.values) == ("Title of delta", {})
    assert "result_ready" not in STOPPED_BY, "it tells her once what became of something of hers"
    write(lambda s: s.execute(update(Attempt).values(person_id=cast.boss.person_id)) and None)
    assert is_dropped("result_ready"), "it is another record's by now"


def test_a_second_look_writes_when_the_scores_count(app: Flask, make: Make) -> None:
    publish_assessed()
    cast = Cast.of(make)
    attempt = hand_in(cast.worker, WROTE)
    score(cast.trainer, attempt, given(BEST, wants_second=True))
    assert kinds() == []
    score(cast.other, attempt, given(BEST, seen=1))
    assert kinds() == [("result_ready", cast.ana.person_id)]


@pytest.fixture
def office(app: Flask, make: Make) -> Office:
    return Office(make)


def test_a_corrected_result_is_told_once_to_whom_it_changed(app: Flask, office: Office) -> None:
    ana, _right = office.took(UNSAFE), office.took(RIGHT)
    public_id = office.propose()
    assert kinds() == [], "nothing has changed yet"
    office.apply(public_id)
    assert kinds() == [("result_corrected", ana.person_id)]
    (item,) = say("result_corrected")
    attempt = reading().execute(select(Attempt.public_id).where(Attempt.person_id == ana.person_id)).scalar_one()
    reading().rollback()
    assert item.address == {"module_key": "alpha", "public_id": attempt}
    fact = ResultsCorrected((NamedAttempt(ana.person_id, attempt, "alpha"),), public_id, AT)
    assert write(lambda s: service.write_correction_letters(s, fact)) == 0
    office.took(UNSAFE)
    assert len(kinds()) == 1, "what is corrected when it is handed in stands on the page at once"


def test_several_corrected_results_of_a_quiz_are_one_letter(app: Flask, office: Office) -> None:
    ana = office.took(UNSAFE)
    office.take(ana, UNSAFE, at=AT + timedelta(hours=1))
    office.apply(office.propose())
    assert kinds() == [("result_corrected", ana.person_id)]
    (item,) = say("result_corrected")
    assert (item.endpoint, item.address) == ("assessments.attempts", {"module_key": "alpha"})


def test_a_letter_is_in_her_language_and_has_no_score(app: Flask, make: Make, office: Office) -> None:
    mele = make.person("Mele", language="to")
    office.take(actor_of(mele, "to"), UNSAFE)
    office.apply(office.propose())
    assert [each.title for each in say("result_corrected")] == ["Hingoa ʻo alpha"]


def restore(office: Office, worker: Actor, locale: str = "en") -> int:
    """Give back her first attempt, in a language that nobody read that one alone."""
    found = reading().execute(
        select(Attempt.id, Attempt.revision_id).where(Attempt.person_id == worker.person_id).order_by(Attempt.id)
    )
    attempt_id, revision_id = found.first() or (0, 0)
    reading().rollback()
    wording = Wording(locale, revision_id, None, attempt_id)
    done = write(lambda s: quizzes.restore_attempts(s, office.first, "alpha", ["q-one"], wording, at=AT))
    reading().rollback()
    return done


def test_an_attempt_that_is_given_back_is_told_until_she_has_passed(app: Flask, office: Office) -> None:
    ana, luis = office.took(UNSAFE), office.took(UNSAFE)
    assert [restore(office, ana) for _ in range(2)] == [2, 0]
    assert kinds() == [("try_given", each.person_id) for each in (ana, luis)]
    (item,) = say("try_given")
    assert (item.endpoint, item.address) == ("assessments.quiz", {"module_key": "alpha"})
    assert item.values == {"is_granted": False}
    office.take(luis, RIGHT, at=AT + timedelta(hours=1))
    assert is_dropped("try_given")


def test_a_try_is_told_though_her_last_attempt_was_a_later_one(app: Flask, office: Office) -> None:
    ana = office.took(WRONG)
    office.take(ana, WRONG, at=AT + timedelta(hours=1))
    assert restore(office, ana, "to") == 1
    assert kinds() == [("try_given", ana.person_id)]
    assert len(say("try_given")) == 1, "she has not begun anew since"
    start(ana)
    assert is_dropped("try_given")


def test_a_try_is_not_told_to_who_was_trying_already(app: Flask, office: Office) -> None:
    ana = office.took(WRONG)
    start(ana)
    assert restore(office, ana, "to") == 1
    assert is_dropped("try_given")


def test_letters_of_before_do_not_say_which_attempt_was_the_last(app: Flask, office: Office) -> None:
    ana = office.took(WRONG)
    restore(office, ana)
    (row,) = letters("try_given")
    old = {key: each for key, each in row.values.items() if key != "after"}
    write(lambda s: s.execute(update(Letter).where(Letter.id == row.id).values({Letter.values: old})) and None)
    assert len(say("try_given")) == 1
    start(ana)
    assert is_dropped("try_given")


def test_a_try_is_not_told_where_a_correction_let_her_pass(app: Flask, office: Office) -> None:
    restore(office, office.took(UNSAFE))
    office.apply(office.propose())
    assert is_dropped("try_given")


def test_no_try_is_told_of_a_quiz_that_is_gone(app: Flask, office: Office) -> None:
    restore(office, office.took(UNSAFE))
    publish_drafts(standard()[:1])
    assert is_dropped("try_given")


def test_a_try_that_another_record_has_is_not_told(app: Flask, make: Make, office: Office) -> None:
    restore(office, office.took(UNSAFE))
    other = make.person().person_id
    write(lambda s: s.execute(update(Attempt).values(person_id=other)) and None)
    assert is_dropped("try_given")


def test_a_granted_try_is_told_once_until_it_is_used(content_app: Flask, make: Make) -> None:
    limited(attempts=1)
    ana, trainer = make.person("Ana"), make.person("Trainer", roles=("trainer",))
    worker, giver, key = actor_of(ana), as_staff(trainer, "trainer"), new_client_id()
    fail(worker)
    assert [grant(giver, worker, AT, key) for _ in range(2)] == [True, False]
    assert kinds() == [("try_given", ana.person_id)]
    assert say("try_given")[0].values == {"is_granted": True}
    fail(worker, at=AT + timedelta(hours=1))
    assert is_dropped("try_given")
    assert send_letters(content_app, at=AT + timedelta(hours=2)) == "1 dropped"

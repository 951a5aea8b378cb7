"""Proposals when the files move on, when a form comes twice, and in the queue of who may do something."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from lms.actor import Actor
from lms.content.library import current
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.ids import new_client_id
from lms.people.models import Person
from lms.translating import queries
from tests.translating.desk import QUIZ, Desk
from tests.translating.test_proposing import count, desk, republish

__all__ = ["desk"]


def waiting(by: Actor | None = None) -> list[queries.Place]:
    reading().rollback()
    return [each.place for each in queries.list_queue(reading(), current(reading()), "to", by)]


def test_a_reviewed_draft_stands_no_longer_when_the_files_say_otherwise(desk: Desk) -> None:
    desk.step(desk.ana, "reviewed")
    desk.step(desk.bea, "approved")
    place = desk.seen().place
    assert place not in waiting()
    republish(one=("Words of first.", "Lea kehe", "draft"))
    assert (desk.seen().standing.text, desk.seen().standing.state) == ("Lea kehe", "draft")
    assert place in waiting()


def test_words_that_the_files_never_held_stay_and_may_be_said_again(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    republish(one=("Words of first.", "Lea kehe", "draft"))
    seen = desk.seen()
    assert (seen.standing.text, seen.standing.has_moved) == ("Lea foʻou", True)
    assert seen.place in waiting()
    assert seen.place in waiting(desk.clara)
    assert not desk.write(desk.ana, "Lea foʻou").is_aside
    after = desk.seen().standing
    assert (after.text, after.state, after.has_moved) == ("Lea foʻou", "in review", False)
    assert after.version is not None
    assert after.version.upon == "Lea kehe"


def test_the_same_form_with_other_words_loses_none(desk: Desk) -> None:
    once = new_client_id()
    first = desk.write(desk.ana, "Lea foʻou", client_id=once)
    assert desk.write(desk.ana, "Lea lelei", client_id=once) != first
    assert desk.write(desk.bea, "Lea kehe", client_id=once) != first, "somebody else's form"
    assert desk.write(desk.bea, "Lea kehe", QUIZ, client_id=once) != first
    assert desk.step(desk.clara, "reviewed", client_id=once) == desk.seen().versions[0].version.public_id
    assert count() == 4


def test_who_typed_other_words_approves_nothing(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    with pytest.raises(RuleBroken, match="unsaved"):
        desk.step(desk.bea, "approved", text="Lea lelei")
    desk.step(desk.bea, "approved", text=" Lea foʻou\r\n")
    assert desk.seen().standing.state == "approved"


def test_nobody_sends_what_somebody_else_is_writing(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou", is_draft=True)
    with pytest.raises(RuleBroken, match="still_writing"):
        desk.step(desk.bea, "in review")
    assert desk.seen().place not in waiting(desk.bea)
    assert desk.seen().place in waiting(desk.ana)


def test_two_records_of_one_person_are_one(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    joined = update(Person).where(Person.id == desk.ana.person_id).values(merged_into_id=desk.bea.person_id)
    write(lambda s: s.execute(joined) and None)
    reading().rollback()
    with pytest.raises(RuleBroken, match="own_words"):
        desk.step(desk.bea, "approved")
    assert desk.seen().place not in waiting(desk.bea)
    desk.step(desk.clara, "approved")


def test_options_of_a_question_do_not_read_alike(desk: Desk) -> None:
    desk.write(desk.ana, "ʻIo ʻaupito.", "quiz.yml:q-two.a")
    with pytest.raises(RuleBroken, match="alike"):
        desk.write(desk.ana, "ʻio  ʻaupito", "quiz.yml:q-two.b")
    desk.write(desk.ana, "ʻIo", "quiz.yml:q-two.b")
    desk.write(desk.ana, "ʻIo ʻaupito", QUIZ)


def test_the_queue_goes_on_from_where_she_is(desk: Desk) -> None:
    first, second, third = waiting(desk.ana)[:3]
    library = current(reading())
    assert queries.around_in_queue(reading(), library, second, desk.ana) == (first, third)
    assert queries.around_in_queue(reading(), library, first, desk.ana) == (None, second)
    last = waiting(desk.ana)[-1]
    assert queries.around_in_queue(reading(), library, last, desk.ana)[1] is None
    desk.step(desk.ana, "reviewed", place=desk.place(QUIZ))
    assert desk.place(QUIZ) not in waiting(desk.ana), "somebody else approves it"
    assert waiting(desk.certifier) == [desk.place(QUIZ)], "she approves what was reviewed"
    assert desk.place(QUIZ) in waiting(desk.bea)

"""Answering once, and keeping who and what apart."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.content.service import Draft
from lms.courses.service import Shown, finish_lesson
from lms.db import is_postgresql, reading, write
from lms.differences import Difference
from lms.errors import NotFound, RuleBroken
from lms.surveys import jobs, service
from lms.surveys.events import SurveyAnswered, survey_answered
from lms.surveys.models import SurveyAnswer, SurveyReceipt
from lms.surveys.queries import receipts
from tests.assessments.test_service import together
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import actor_of, module, publish_drafts, standard
from tests.racing import act_during

ANSWERS = {"useful": "4", "length": "short", "change": "I will ask more."}


def publish_short(*others: Draft) -> None:
    """Publish the library with an alpha of one lesson, so that its survey is soon open; `others` replace theirs."""
    made = [module("alpha", ["only"], quiz=None, credits={"skills/talk": 5}), *others]
    replaced = {(each.key, each.locale) for each in made} | {("alpha", "to")}
    publish_drafts([each for each in standard() if (each.key, each.locale) not in replaced] + made)


def reader(make: Make, name: str = "") -> Actor:
    """Return a person who has finished the lesson of alpha."""
    actor = actor_of(make.person(name))
    write(lambda s: finish_lesson(s, actor, "alpha", "only", shown=Shown("en"), at=AT))
    return actor


@pytest.fixture
def actor(app: Flask, make: Make) -> Actor:
    publish_short()
    return reader(make, "Ana")


@pytest.fixture
def heard() -> Iterator[list[SurveyAnswered]]:
    facts: list[SurveyAnswered] = []

    def listen(fact: SurveyAnswered, *, session: object) -> None:
        facts.append(fact)

    with survey_answered.connected_to(listen):
        yield facts


def answer(actor: Actor, typed: Mapping[str, str] = ANSWERS, *, key: str = "alpha", at: Any = AT) -> Mapping[str, str]:
    errors = write(lambda s: service.answer_module_survey(s, actor, key, typed, language="to", at=at))
    reading().rollback()
    return errors


def all_of(model: type) -> list[Any]:
    reading().rollback()
    return list(reading().execute(select(model)).scalars())


def test_one_receipt_and_one_sheet_without_a_common_value(actor: Actor, heard: list[SurveyAnswered]) -> None:
    assert answer(actor) == {}
    (receipt,), (sheet,) = all_of(SurveyReceipt), all_of(SurveyAnswer)
    assert (receipt.person_id, receipt.survey_key, receipt.subject_key) == (actor.person_id, "feedback", "module:alpha")
    assert (receipt.round, receipt.answered_on) == (1, date(2026, 3, 5))
    assert (sheet.month, sheet.language) == (date(2026, 3, 1), "to")
    assert sheet.answers == {"useful": 4, "length": "short", "change": "I will ask more."}
    assert sheet.revision_id == current(reading()).get("survey", "feedback").revision_id
    assert len(sheet.id) == 32
    shared = set(SurveyReceipt.__table__.c.keys()) & set(SurveyAnswer.__table__.c.keys())
    assert shared == {"id", "survey_key", "subject_key"}
    assert receipt.id != sheet.id
    (fact,) = heard
    (done,) = fact.subjects
    assert (done.person_id, done.survey_key, done.subject_key, done.round) == (
        actor.person_id, "feedback", "module:alpha", 1,
    )  # fmt: skip


def test_nothing_tells_the_audit_trail(actor: Actor) -> None:
    answer(actor)
    assert all_of(AuditEvent) == []


def test_nobody_answers_before_the_module_is_done(actor: Actor, make: Make, heard: list[SurveyAnswered]) -> None:
    early = actor_of(make.person())
    for fn in (
        lambda: answer(early),
        lambda: service.begin_module_survey(reading(), current(reading()), early, "alpha"),
    ):
        with pytest.raises(RuleBroken) as caught:
            fn()
        assert caught.value.code == "earlier_steps"
    assert all_of(SurveyReceipt) == all_of(SurveyAnswer) == heard == []
    spec = service.begin_module_survey(reading(), current(reading()), actor, "alpha")
    assert spec is not None
    assert spec.key == "feedback"


def test_a_second_time_changes_nothing(actor: Actor, heard: list[SurveyAnswered]) -> None:
    answer(actor)
    assert answer(actor, {"useful": "1"}, at=AT + timedelta(days=40)) == {}
    (receipt,), (sheet,) = all_of(SurveyReceipt), all_of(SurveyAnswer)
    assert (receipt.answered_on, sheet.answers["useful"], len(heard)) == (date(2026, 3, 5), 4, 1)


def test_another_round_is_another_receipt(actor: Actor) -> None:
    answer(actor)

    def again(session: Any) -> None:
        finish_lesson(session, actor, "alpha", "only", shown=Shown("en"), at=AT, round_number=2)
        service.answer_module_survey(session, actor, "alpha", ANSWERS, language="en", at=AT, round_number=2)

    write(again)
    assert len(all_of(SurveyReceipt)) == len(all_of(SurveyAnswer)) == 2


def test_what_is_wrong_is_told_and_nothing_written(actor: Actor, heard: list[SurveyAnswered]) -> None:
    assert answer(actor, {"change": "x" * 1001}) == {"useful": "missing", "change": "too_long"}
    with pytest.raises(RuleBroken):
        answer(actor, {**ANSWERS, "stranger": "1"})
    assert all_of(SurveyReceipt) == all_of(SurveyAnswer) == heard == []


@pytest.mark.parametrize("key", ["beta", "nothing"])
def test_without_a_survey_there_is_nothing(actor: Actor, key: str) -> None:
    with pytest.raises(NotFound):
        answer(actor, key=key)


def test_two_windows_at_once_leave_one_sheet(app: Flask, actor: Actor, heard: list[SurveyAnswered]) -> None:
    together(app, [lambda: answer(actor)] * 4)
    assert (len(all_of(SurveyReceipt)), len(all_of(SurveyAnswer)), len(heard)) == (1, 1, 1)


class TestMixing:
    def order(self) -> list[str]:
        """Return the sheets in the order in which the database keeps them."""
        reading().rollback()
        column = "ctid" if is_postgresql(reading()) else "id"
        return list(reading().execute(text(f"SELECT id FROM survey_answers ORDER BY {column}")).scalars())

    def fill(self, make: Make, count: int = 12, at: Any = AT) -> None:
        for _ in range(count):
            answer(reader(make), at=at)

    def test_the_order_of_answering_is_lost_and_nothing_else(self, actor: Actor, make: Make) -> None:
        self.fill(make)
        before = {row.id: (row.month, row.answers, row.language) for row in all_of(SurveyAnswer)}
        order = self.order()
        mixed = write(lambda s: service.mix_answers(s, at=AT, chance=random.Random(4)))
        assert {row.id: (row.month, row.answers, row.language) for row in all_of(SurveyAnswer)} == before
        if is_postgresql(reading()):
            assert mixed == 12
            assert self.order() != order
            writers = reading().execute(text("SELECT count(DISTINCT xmin::text) FROM survey_answers")).scalar_one()
            assert writers == 1
        else:
            assert mixed == 0
            assert order == sorted(order)

    def test_former_months_rest(self, actor: Actor, make: Make) -> None:
        self.fill(make, 2)
        for at, count in ((AT + timedelta(days=20), 2), (AT + timedelta(days=60), 0)):
            expected = count if is_postgresql(reading()) else 0
            assert write(lambda s, at=at: service.mix_answers(s, at=at)) == expected

    def test_the_job_tells_how_many(self, app: Flask, actor: Actor) -> None:
        answer(actor)
        count = 1 if is_postgresql(reading()) else 0
        assert jobs.run(app.config["LMS"], at=AT) == f"{count} answer sheets mixed"


def test_doctor_counts_receipts_against_sheets(actor: Actor, make: Make) -> None:
    look = lambda: write(lambda s: service.recompute(s, current(s), at=AT))  # noqa: E731
    answer(actor)
    assert look() == []
    write(lambda s: s.execute(delete(SurveyAnswer)) and None)
    told = "survey feedback about module:alpha: 1 receipts, 0 answer sheets"
    assert look() == [Difference(told, mendable=False)]


def test_doctor_does_not_miscount_who_answers_meanwhile(
    app: Flask, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = lambda: write(lambda s: service.recompute(s, current(s), at=AT))  # noqa: E731
    assert act_during(app, monkeypatch, (receipts, "_counts"), look, lambda: answer(actor)) == [[], {}]

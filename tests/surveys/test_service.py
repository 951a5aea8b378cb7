"""Answering once, and keeping who and what apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.content.service import Draft
from lms.courses.service import Shown, finish_lesson
from lms.db import reading, write
from lms.differences import Difference
from lms.errors import NotFound, RuleBroken
from lms.surveys import rules, service
from lms.surveys.events import SurveyAnswered, survey_answered
from lms.surveys.models import SurveyAnswer, SurveyReceipt, WaitingAnswer
from lms.surveys.queries import counting
from tests.assessments.test_service import together
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import actor_of, module, publish_drafts, secret_key, standard
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
    how: dict[str, Any] = {"language": "to", "secret_key": secret_key()}
    errors = write(lambda s: service.answer_module_survey(s, actor, key, typed, **how, at=at))
    reading().rollback()
    return errors


def all_of(model: type) -> list[Any]:
    reading().rollback()
    return list(reading().execute(select(model)).scalars())


def waiting() -> list[dict[str, Any]]:
    """Return what the sealed answers hold."""
    key = rules.key_of(secret_key())
    return [rules.unseal(key, row.box) or {} for row in all_of(WaitingAnswer)]


def test_one_receipt_and_one_sheet_without_a_common_value(actor: Actor, heard: list[SurveyAnswered]) -> None:
    assert answer(actor) == {}
    (receipt,), (row,), (sheet,) = all_of(SurveyReceipt), all_of(WaitingAnswer), waiting()
    assert (receipt.person_id, receipt.survey_key, receipt.subject_key) == (actor.person_id, "feedback", "module:alpha")
    assert (receipt.round, receipt.answered_on) == (1, date(2026, 3, 5))
    library = current(reading())
    assert sheet == {
        "subject": "module:alpha",
        "round": 1,
        "revision": library.get("survey", "feedback").revision_id,
        "subject_revision": library.get("module", "alpha").revision_id,
        "language": "to",
        "month": "2026-03-01",
        "group": 11,
        "answers": {"useful": 4, "length": "short"},
        "words": {"change": "I will ask more."},
        "room": sheet["room"],
    }
    assert (row.kind, len(row.id)) == ("sheet", 32)
    assert all_of(SurveyAnswer) == []
    shared = set(SurveyReceipt.__table__.c.keys()) & set(WaitingAnswer.__table__.c.keys())
    assert shared == {"id", "survey_key"}
    assert receipt.id != row.id
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
    assert all_of(SurveyReceipt) == all_of(WaitingAnswer) == heard == []
    survey = service.begin_module_survey(reading(), current(reading()), actor, "alpha")
    assert survey is not None
    assert survey.spec.key == "feedback"


def test_a_second_time_changes_nothing(actor: Actor, heard: list[SurveyAnswered]) -> None:
    answer(actor)
    assert answer(actor, {"useful": "1"}, at=AT + timedelta(days=40)) == {}
    (receipt,), (sheet,) = all_of(SurveyReceipt), waiting()
    assert (receipt.answered_on, sheet["answers"]["useful"], len(heard)) == (date(2026, 3, 5), 4, 1)


def test_another_round_is_another_receipt(actor: Actor) -> None:
    answer(actor)

    def again(session: Any) -> None:
        finish_lesson(session, actor, "alpha", "only", shown=Shown("en"), at=AT, round_number=2)
        how: dict[str, Any] = {"language": "en", "secret_key": secret_key(), "round_number": 2}
        service.answer_module_survey(session, actor, "alpha", ANSWERS, **how, at=AT)

    write(again)
    assert len(all_of(SurveyReceipt)) == len(all_of(WaitingAnswer)) == 2


def test_what_is_wrong_is_told_and_nothing_written(actor: Actor, heard: list[SurveyAnswered]) -> None:
    assert answer(actor, {"change": "x" * 1001}) == {"useful": "missing", "change": "too_long"}
    with pytest.raises(RuleBroken):
        answer(actor, {**ANSWERS, "stranger": "1"})
    assert all_of(SurveyReceipt) == all_of(WaitingAnswer) == heard == []


@pytest.mark.parametrize("key", ["beta", "nothing"])
def test_without_a_survey_there_is_nothing(actor: Actor, key: str) -> None:
    with pytest.raises(NotFound):
        answer(actor, key=key)


def test_two_windows_at_once_leave_one_sheet(app: Flask, actor: Actor, heard: list[SurveyAnswered]) -> None:
    together(app, [lambda: answer(actor)] * 4)
    assert (len(all_of(SurveyReceipt)), len(all_of(WaitingAnswer)), len(heard)) == (1, 1, 1)


def look(secret: str = "") -> list[Difference]:
    return write(lambda s: service.recompute(s, current(s), secret_key=secret or secret_key(), at=AT))


def test_doctor_counts_receipts_against_sheets(actor: Actor) -> None:
    answer(actor)
    assert look() == []
    write(lambda s: s.execute(delete(WaitingAnswer)) and None)
    assert look() == [Difference("survey feedback: 1 receipts, 0 answer sheets", mendable=False)]


def test_doctor_tells_of_answers_that_another_secret_sealed(actor: Actor) -> None:
    answer(actor)
    (found,) = look("another secret")
    assert "1 waiting answers cannot be opened" in found.text
    assert write(lambda s: service.release_answers(s, secret_key="another secret", at=AT)) == (0, 1), "it is kept"
    assert look() == []


def test_doctor_tells_of_a_cell_that_is_too_small(actor: Actor, make: Make) -> None:
    for each in (actor, *(reader(make) for _ in range(10))):
        answer(each)
    assert write(lambda s: service.release_answers(s, secret_key=secret_key(), at=AT)) == (11, 0)
    assert look() == []
    one = select(SurveyAnswer.id).limit(1).scalar_subquery()
    write(lambda s: s.execute(update(SurveyAnswer).where(SurveyAnswer.id == one).values(batch="alone")) and None)
    assert [each.text for each in look()] == [
        "survey feedback: 1 answer sheets released alone",
        "survey feedback: 10 answer sheets released alone",
    ]


def test_doctor_does_not_miscount_who_answers_meanwhile(
    app: Flask, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert act_during(app, monkeypatch, (counting, "_counts"), look, lambda: answer(actor)) == [[], {}]

"""From completed modules to evidence and attainment."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.competencies import queries, service
from lms.competencies.events import CompetencyAttained, competency_attained
from lms.competencies.models import Attainment, Evidence
from lms.content.library import current
from lms.content.service import draft
from lms.courses.events import ModuleCredit
from lms.courses.models import ModuleCompletion
from lms.db import insert_once, reading, write
from lms.ids import new_public_id
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.courses.test_service import complete, finish
from tests.factories import Make
from tests.factories.learning import FRAMEWORK, actor_of, module, publish_drafts, standard
from tests.racing import act_during

DAY = AT.date()


@pytest.fixture
def actor(app: Flask, make: Make) -> Actor:
    publish_drafts()
    return actor_of(make.person("Ana"))


@pytest.fixture
def heard() -> Iterator[list[CompetencyAttained]]:
    facts: list[CompetencyAttained] = []

    def listen(fact: CompetencyAttained, *, session: object) -> None:
        facts.append(fact)

    with competency_attained.connected_to(listen):
        yield facts


def credit(person_id: int, key: str, *, round_number: int = 1, at: Any = AT) -> ModuleCredit:
    return ModuleCredit(person_id, key, round_number, 15, at, at.date(), "en")


def give(*subjects: ModuleCredit) -> None:
    """Record these completions and hear of them, as in the transaction of the last step."""

    def fn(session: Any) -> None:
        library = current(session)
        rows = [
            {
                **asdict(each),
                "public_id": new_public_id(),
                "revision_id": library.get("module", each.module_key).revision_id,
            }
            for each in subjects
        ]
        insert_once(session, ModuleCompletion, rows)
        service.credit_modules(session, library, subjects)

    write(fn)
    reading().rollback()


def spoil(statement: Any) -> None:
    """Change rows behind the services' back."""
    write(lambda s: s.execute(statement) and None)
    reading().rollback()


def evidence() -> set[tuple[Any, ...]]:
    reading().rollback()
    rows = reading().execute(select(Evidence.person_id, Evidence.competency, Evidence.source_key, Evidence.minutes))
    return {tuple(row) for row in rows}


def attainments() -> set[tuple[int, str]]:
    reading().rollback()
    return {tuple(row) for row in reading().execute(select(Attainment.person_id, Attainment.competency))}


def test_a_completed_module_travels_to_an_attainment(actor: Actor, heard: list[CompetencyAttained]) -> None:
    complete(actor)
    assert evidence() == {(actor.person_id, "skills/talk", "alpha", 10)}
    (row,) = reading().execute(select(Attainment)).scalars()
    assert (row.person_id, row.competency, row.attained_at, row.attained_on) == (
        actor.person_id,
        "skills/talk",
        AT,
        DAY,
    )
    assert row.revision_id == current(reading()).get("framework", "skills").revision_id
    (fact,) = heard
    (skill,) = fact.subjects
    assert (skill.person_id, skill.competency, skill.attained_at, skill.attained_on) == (
        actor.person_id, "skills/talk", AT, DAY,
    )  # fmt: skip


def test_too_few_minutes_are_evidence_and_no_attainment(actor: Actor, heard: list[CompetencyAttained]) -> None:
    finish(actor, "only", key="gamma")
    assert evidence() == {(actor.person_id, "skills/walk", "gamma", 5)}
    assert (attainments(), heard) == (set(), [])


def test_minutes_of_several_modules_add_up(actor: Actor) -> None:
    publish_drafts(
        [each for each in standard() if each.key != "gamma"]
        + [module("gamma", ["one", "two", "three", "four"], quiz=None, credits={"skills/walk": 20})]
    )
    give(credit(actor.person_id, "gamma"))
    assert attainments() == set()
    later = AT + timedelta(days=1)
    give(credit(actor.person_id, "beta", at=later))
    assert attainments() == {(actor.person_id, "skills/walk")}
    assert reading().execute(select(Attainment.attained_at)).scalar_one() == later


def test_a_lowered_bar_counts_from_the_day_it_was_crossed(actor: Actor) -> None:
    give(credit(actor.person_id, "gamma"))
    lowered = deepcopy(FRAMEWORK.body)
    lowered["files"]["skills.yml"]["competencies"][1]["minutes"] = 5
    publish_drafts([draft("framework", "skills", "en", lowered), *standard()[1:]])
    give(credit(actor.person_id, "beta", at=AT + timedelta(days=9)))
    assert (actor.person_id, "skills/walk") in attainments()
    assert set(reading().execute(select(Attainment.attained_at)).scalars()) == {AT}


def test_a_second_round_of_a_module_does_not_add_up(actor: Actor) -> None:
    for number in range(1, 8):
        give(credit(actor.person_id, "gamma", round_number=number))
    assert len(evidence()) == 1
    assert attainments() == set()


def test_nothing_counts_twice(actor: Actor, heard: list[CompetencyAttained]) -> None:
    for _ in range(2):
        give(credit(actor.person_id, "alpha"))
    assert (len(evidence()), len(attainments()), len(heard)) == (1, 1, 1)


def test_many_persons_in_one_announcement_each_at_her_own_time(
    actor: Actor, make: Make, heard: list[CompetencyAttained]
) -> None:
    others = [actor_of(make.person()) for _ in range(3)]
    give(*(credit(each.person_id, "alpha", at=AT + timedelta(days=n)) for n, each in enumerate(others)))
    (fact,) = heard
    assert {(skill.person_id, skill.attained_at) for skill in fact.subjects} == {
        (each.person_id, AT + timedelta(days=n)) for n, each in enumerate(others)
    }


def test_a_module_without_credits_gives_nothing(actor: Actor) -> None:
    publish_drafts([each for each in standard() if each.key != "alpha"] + [module("alpha", credits={})])
    give(credit(actor.person_id, "alpha"))
    assert (evidence(), attainments()) == (set(), set())


def test_a_competency_that_the_framework_lost_is_not_attained(actor: Actor) -> None:
    strange = module("alpha", credits={"skills/fly": 15})
    publish_drafts([each for each in standard() if each.key != "alpha"] + [strange])
    give(credit(actor.person_id, "alpha"))
    assert (len(evidence()), attainments()) == (1, set())


class TestMending:
    def look(self, *people: Actor, mendable: bool = True) -> list[str]:
        """Recompute, and return what was found; `mendable` tells of what kind all of it has to be."""
        ids = [each.person_id for each in people] or None
        at = AT + timedelta(days=30)
        found = write(lambda s: service.recompute(s, current(s), at=at, person_ids=ids))
        assert {each.mendable for each in found} <= {mendable}
        reading().rollback()
        return [each.text for each in found]

    def test_what_was_missed_is_written_with_its_day(
        self, actor: Actor, make: Make, heard: list[CompetencyAttained]
    ) -> None:
        complete(actor)
        finish(actor, "only", key="gamma")
        spoil(delete(Attainment))
        spoil(delete(Evidence))
        heard.clear()
        assert self.look(actor_of(make.person())) == []
        person = f"person {actor.person_id}"
        assert self.look(actor) == [
            f"{person}: module alpha had not counted towards skills/talk",
            f"{person}: module gamma had not counted towards skills/walk",
            f"{person}: skills/talk was attained and not recorded",
        ]
        assert reading().execute(select(Attainment.attained_at, Attainment.attained_on)).all() == [(AT, DAY)]
        assert len(heard) == 1
        actions = list(reading().execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())
        assert actions.count("competencies.attainment_mended") == 1
        assert self.look() == []

    @pytest.mark.parametrize(("module", "name"), [(service, "_gains_of"), (queries, "evidence_of_modules")])
    def test_who_completes_a_module_meanwhile_is_not_reported(
        self, app: Flask, actor: Actor, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
    ) -> None:
        found = act_during(app, monkeypatch, (module, name), self.look, lambda: complete(actor))
        assert found == [[], None]
        assert self.look() == []

    def test_evidence_alone_may_be_missing(self, actor: Actor) -> None:
        complete(actor)
        spoil(delete(Evidence))
        assert len(self.look()) == 1
        assert self.look() == []

    def test_a_lost_attainment_gets_its_own_day_back_whatever_was_learned_since(self, actor: Actor) -> None:
        complete(actor)
        give(credit(actor.person_id, "beta", at=AT + timedelta(days=60)))
        spoil(delete(Attainment))
        assert self.look() == [f"person {actor.person_id}: skills/talk was attained and not recorded"]
        assert reading().execute(select(Attainment.attained_at, Attainment.attained_on)).all() == [(AT, DAY)]

    def test_minutes_follow_the_revision_of_the_completion(self, actor: Actor) -> None:
        complete(actor)
        spoil(delete(Attainment))
        spoil(delete(Evidence))
        publish_drafts(
            [each for each in standard() if each.key != "alpha"] + [module("alpha", credits={"skills/walk": 15})]
        )
        self.look()
        assert evidence() == {(actor.person_id, "skills/talk", "alpha", 10)}

    def test_evidence_that_does_not_follow_is_told_and_left(self, actor: Actor, make: Make) -> None:
        other = actor_of(make.person())
        complete(actor)
        complete(other)
        mine = Evidence.person_id == actor.person_id
        who = f"person {actor.person_id}"
        spoil(update(Evidence).where(mine).values(minutes=99))
        told = f"{who}: evidence of alpha for skills/talk has 99 minutes of {DAY}, it should have 10 of {DAY}"
        assert self.look(mendable=False) == self.look(actor, mendable=False) == [told]
        assert self.look(other) == []
        spoil(update(Evidence).where(mine).values(minutes=10))
        spoil(delete(ModuleCompletion).where(ModuleCompletion.person_id == actor.person_id))
        assert self.look(mendable=False) == [
            f"{who}: evidence of alpha for skills/talk does not follow from a completed module",
            f"{who}: skills/talk is recorded as attained, completed modules do not reach it",
        ]
        assert len(evidence()) == len(attainments()) == 2
        spoil(delete(Attainment))
        self.look(actor, mendable=False)
        assert attainments() == set(), "evidence without a completion attains nothing"

    def test_an_attainment_of_another_day_is_told_and_left(self, actor: Actor) -> None:
        complete(actor)
        wrong = AT + timedelta(days=2)
        spoil(update(Attainment).values(attained_at=wrong))
        assert self.look(mendable=False) == [
            f"person {actor.person_id}: skills/talk was attained at {AT}, not at {wrong}"
        ]
        assert reading().execute(select(Attainment.attained_at)).scalar_one() == wrong

    def test_the_number_of_queries_does_not_grow_with_people(self, actor: Actor, make: Make) -> None:
        counts = []
        for _ in range(2):
            complete(actor_of(make.person()))
            complete(actor_of(make.person()))
            with counting() as seen:
                self.look()
            counts.append(len(seen))
        assert counts[0] == counts[1]


def test_a_later_date_than_the_evidence_says_is_put_right(actor: Actor) -> None:
    complete(actor)
    write(lambda session: session.execute(update(Attainment).values(attained_at=AT + timedelta(days=3))) and None)
    assert write(lambda session: service.redate(session, [actor.person_id])) == 1
    assert reading().execute(select(Attainment.attained_at)).scalar_one() == AT
    assert write(lambda session: service.redate(session, [actor.person_id])) == 0

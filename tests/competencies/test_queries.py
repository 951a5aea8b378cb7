"""Reads of what was attained and why."""

from __future__ import annotations

from flask import Flask

from lms.competencies import queries
from lms.db import reading
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.courses.test_service import complete, finish
from tests.factories import Make
from tests.factories.learning import actor_of, publish_drafts


def test_what_persons_attained_with_minutes_and_evidence(app: Flask, make: Make) -> None:
    publish_drafts()
    one, two, three = (actor_of(make.person()) for _ in range(3))
    complete(one)
    complete(one, "beta")
    finish(two, "only", key="gamma")
    ids = [one.person_id, two.person_id, three.person_id]
    with counting() as seen:
        found = queries.attained_of(reading(), ids)
    assert len([each for each in seen if each.startswith("SELECT")]) == 1
    assert set(found) == {one.person_id}
    (attained,) = found[one.person_id]
    assert (attained.competency, attained.minutes) == ("skills/talk", 15)
    assert (attained.attained_at, attained.attained_on) == (AT, AT.date())
    proofs = queries.evidence_of(reading(), ids)
    assert {(each.source_key, each.competency, each.minutes) for each in proofs[one.person_id]} == {
        ("alpha", "skills/talk", 10),
        ("beta", "skills/talk", 5),
        ("beta", "skills/walk", 10),
    }
    assert [each.source_kind for each in proofs[two.person_id]] == ["module"]
    assert three.person_id not in proofs
    assert queries.list_unjudged(reading(), [two.person_id]) == [(two.person_id, "skills/walk")]

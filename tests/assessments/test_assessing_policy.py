"""Checks and row filters of assessors say the same of every reader and every row."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import false, select

from lms.actor import Actor
from lms.assessments import policy, queries
from lms.assessments.models import Attempt, ResultEntry
from lms.db import reading
from lms.organizations.queries import spans_of
from tests.assessments.assessing import (
    PICTURE,
    TODAY,
    Cast,
    as_actor,
    enter,
    entered,
    given,
    hand_in,
    make_sheet,
    score,
)
from tests.factories import MadePerson, Make

ROLES = [(), ("trainer",), ("certifier",), ("trainer", "certifier"), ("administrator",), ("analyst", "viewer")]


def readers(cast: Cast, make: Make) -> list[Actor]:
    """Return everybody in every role, a second supervisor of hers, and one elsewhere."""
    second, other = (
        make.supervisor(cast.place, "Second boss"),
        make.supervisor(make.organization("Other"), "Other boss"),
    )
    people: list[MadePerson] = [cast.ana, cast.boss, cast.tess, cast.tom, second, other]
    return [as_actor(person, *roles) for person, roles in product(people, ROLES)]


def test_who_assesses(cast: Cast, make: Make) -> None:
    first, second = hand_in(cast.worker), hand_in(cast.trainer)
    third = hand_in(as_actor(cast.boss))
    score(cast.other, first, given(wants_second=True))
    score(cast.other, third)
    rows = {row.public_id: row for row in reading().execute(select(Attempt)).scalars()}
    spans = spans_of(reading(), [row.person_id for row in rows.values()])
    for actor in readers(cast, make):
        seen = set(reading().scalars(select(Attempt.public_id).where(policy.assessable(actor))))
        for public_id in (first, second, third):
            row = rows[public_id]
            looks = [each.scored_by for each in queries.scorings_of(reading(), [row.id]).get(row.id, [])]
            can = policy.can_assess(actor, row.person_id, spans.get(row.person_id, ()), looks)
            assert (public_id in seen) is (can and row.passed is None), (actor.name, actor.roles, public_id)


@pytest.mark.parametrize("is_in_class", [True, False])
def test_for_whom_results_are_entered(cast: Cast, make: Make, is_in_class: bool) -> None:
    reach = cast.class_ if is_in_class else false()
    people = [cast.ana, cast.boss, cast.tess]
    spans = spans_of(reading(), [each.person_id for each in people])
    for actor in readers(cast, make):
        for each in people:
            there = is_in_class and each is cast.ana
            can = policy.can_enter_for(actor, each.person_id, spans.get(each.person_id, ()), in_class=there)
            found = queries.is_one_of(reading(), policy.enterable(actor, reach), each.person_id)
            assert found is can, (actor.roles, each.person_id)


def test_who_is_the_second_person(cast: Cast, make: Make) -> None:
    one = entered(make_sheet(cast.trainer), sheet=PICTURE, taken_on=TODAY)
    enter(cast.supervisor, cast.ana, one)
    row = reading().execute(select(ResultEntry)).scalar_one()
    spans = spans_of(reading(), [row.person_id]).get(row.person_id, ())
    for actor in readers(cast, make):
        found = queries.count_entries(reading(), policy.settleable(actor)) == 1
        assert found is policy.can_settle(actor, row.person_id, spans, row.entered_by), actor.roles

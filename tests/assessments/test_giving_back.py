"""A worker was right about an entry that counted: the try that it took comes back, on top of what was given before."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.actor import Actor
from lms.assessments import queries, rules, service
from lms.assessments.models import AttemptGrant
from lms.assessments.specs import QuizSpec
from lms.content.library import current
from lms.db import reading, write
from lms.ids import new_client_id
from tests.assessments.assessing import ENGLISH, RIGHT, Cast, hand_in, publish
from tests.assessments.test_entries import publish_limited
from tests.assessments.test_objecting import WRONG, entry_of, reply, say
from tests.conftest import AT
from tests.factories import Make
from tests.notifications.conftest import letters


@pytest.fixture
def cast(app: Flask, make: Make) -> Cast:
    publish()
    return Cast.of(make)


class TestGivingBack:
    """One try is allowed. Each one that an entry took and should not have comes on top of what was given."""

    def left(self, cast: Cast) -> int | None:
        reading().rollback()
        latest = queries.find_attempt(reading(), cast.ana.person_id, "eps")
        assert latest
        return queries.leave_after(reading(), current(reading()).spec(QuizSpec, "module", "eps"), latest).left

    def grant(self, cast: Cast, hours: int) -> None:
        key, who = new_client_id(), cast.ana.person_id
        at = AT + timedelta(hours=hours)
        assert write(
            lambda s: service.grant_attempt(s, cast.trainer, who, "eps", 1, reason="Ill", client_id=key, at=at)
        )
        reading().rollback()

    @pytest.fixture
    def entry(self, cast: Cast) -> str:
        publish_limited({"attempts": 1})
        made = entry_of(cast, cast.trainer, WRONG)
        say(cast.worker, made)
        return made

    def test_a_try_comes_back_with_a_letter(self, cast: Cast, entry: str) -> None:
        assert self.left(cast) == 0
        reply(cast.other, entry, "withdrawn")
        assert self.left(cast) == 1
        assert [(each.kind, each.person_id) for each in letters() if each.kind == "try_given"] == [
            ("try_given", cast.ana.person_id)
        ]

    def test_also_after_a_further_try_was_given_and_used(self, cast: Cast, entry: str) -> None:
        self.grant(cast, 2)
        hand_in(cast.worker, WRONG, "eps", AT + timedelta(hours=3))
        assert self.left(cast) == 0
        reply(cast.other, entry, "withdrawn")
        assert self.left(cast) == 1
        hand_in(cast.worker, WRONG, "eps", AT + timedelta(hours=4))
        self.grant(cast, 5)
        assert self.left(cast) == 1

    def test_also_beside_a_further_try_that_is_not_used_yet(self, cast: Cast, entry: str) -> None:
        self.grant(cast, 2)
        assert self.left(cast) == 1
        reply(cast.other, entry, "withdrawn")
        assert self.left(cast) == 2

    def test_while_she_tries_it_comes_back_without_a_letter(self, cast: Cast) -> None:
        publish_limited({"attempts": 2, "wait_hours": 1})
        made = entry_of(cast, cast.trainer, WRONG)
        say(cast.worker, made)
        at = AT + timedelta(hours=3)
        opened = start_at(cast.worker, at)
        reply(cast.other, made, "withdrawn")
        assert [each.kind for each in letters() if each.kind == "try_given"] == []
        finish(cast.worker, opened, at)
        assert self.left(cast) == 1
        self.grant(cast, 3)
        assert self.left(cast) == 2, "the number after the open one was still free"

    def test_after_a_pass_there_is_nothing_to_give_back(self, cast: Cast, entry: str) -> None:
        self.grant(cast, 2)
        hand_in(cast.worker, RIGHT, "eps", AT + timedelta(hours=3))
        before = reading().execute(select(AttemptGrant.id)).scalars().all()
        reply(cast.other, entry, "withdrawn")
        assert reading().execute(select(AttemptGrant.id)).scalars().all() == before


def start_at(actor: Actor, at: Any) -> str:
    """Begin the quiz of `eps` and return the attempt."""
    made = write(lambda s: service.start_attempt(s, actor, "eps", shown=ENGLISH, at=at, chance=random.Random(1)))
    reading().rollback()
    return made


def finish(actor: Actor, attempt: str, at: Any) -> None:
    """Hand it in with wrong answers."""
    sheet = service.Sheet("eps", attempt, WRONG, rules.digest(attempt, {}))
    client = new_client_id()
    write(lambda s: service.submit_attempt(s, actor, sheet, client_id=client, shown=ENGLISH, at=at))
    reading().rollback()

"""What tests of assessors start from: a quiz with something to write and something to show, and the people."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, false, select

from lms.actor import Actor
from lms.assessments import queries, rules, service
from lms.assessments.models import Attempt, PaperForm
from lms.assessments.service import Entered, Kept, Scored, Sheet, Shown
from lms.clock import local_date
from lms.content.library import current
from lms.courses.queries import progress_of
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.ids import new_client_id
from lms.organizations.queries import ties_of
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.factories.learning import CANARY, actor_of, item, module, publish_drafts, standard

TODAY = local_date(AT)
ENGLISH = Shown("en")
WROTE = {"q-one": ("a",), "q-write": ("I would ask her to tell me in her own words.",)}
BEST = {"q-write": {"asks": "strong", "hears": "shown"}, "q-show": {"does": "shown"}}
WORST = {"q-write": {"asks": "not-yet", "hears": "not-yet"}, "q-show": {"does": "not-yet"}}
NOBODY: ColumnElement[bool] = false()


def criterion(key: str, *levels: str, **more: Any) -> dict[str, Any]:
    """Return a criterion whose levels earn 0, 1, 2 ... points."""
    made = [{"id": each, "text": f"{CANARY} {key} {each}", "points": n} for n, each in enumerate(levels)]
    return {"id": key, "text": f"What {key} means", "levels": made, **more}


def assessed(item_id: str, kind: str, *criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a question that an assessor scores."""
    return {
        "id": item_id,
        "type": kind,
        "competency": "skills/talk",
        "prompt": f"Prompt of {item_id}?",
        "feedback": f"{CANARY} about {item_id}",
        "points": sum(len(each["levels"]) - 1 for each in criteria),
        "rubric": {"criteria": list(criteria)},
        **more,
    }


QUIZ = {
    "pass_mark": 60,
    "items": [
        item("q-one"),
        assessed(
            "q-write",
            "reflection",
            criterion("asks", "not-yet", "shown", "strong"),
            criterion("hears", "not-yet", "shown"),
        ),
        assessed("q-show", "practical", criterion("does", "not-yet", "shown"), critical=True),
    ],
}


def publish() -> None:
    """Publish the small library, with the module `delta` that an assessor must look at, and `eps` of one choice."""
    publish_drafts(
        [
            *standard(),
            module("delta", ["only"], quiz=QUIZ, survey=None),
            module(
                "eps",
                ["only"],
                quiz={"pass_mark": 50, "items": [item("q-one"), item("q-two", "multiple")]},
                survey=None,
            ),
        ]
    )


def as_actor(person: MadePerson, *roles: str) -> Actor:
    """Return somebody as who asks today, with her ties."""
    ties = ties_of(reading(), person.person_id, TODAY)
    reading().rollback()
    every = {"worker", *roles} | ({"supervisor"} if ties.supervises else set())
    base = actor_of(person)
    return replace(base, roles=frozenset(every), employments=ties.employments, supervises=ties.supervises, today=TODAY)


@dataclass
class Cast:
    """A worker at an organization, her supervisor, two trainers and a certifier."""

    ana: MadePerson
    boss: MadePerson
    tess: MadePerson
    tom: MadePerson
    cleo: MadePerson
    place: int

    @classmethod
    def of(cls, make: Make) -> Cast:
        """Make them."""
        place = make.organization("Hope")
        ana = make.person("Ana")
        make.employment(ana, place)
        boss = make.supervisor(place, "Boss")
        trainers = [make.person(name, roles=("trainer",)) for name in ("Tess", "Tom")]
        return cls(ana, boss, *trainers, make.person("Cleo", roles=("certifier",)), place)

    @property
    def trainer(self) -> Actor:
        """Return the first trainer."""
        return as_actor(self.tess, "trainer")

    @property
    def other(self) -> Actor:
        """Return the second trainer."""
        return as_actor(self.tom, "trainer")

    @property
    def certifier(self) -> Actor:
        """Return the certifier."""
        return as_actor(self.cleo, "certifier")

    @property
    def supervisor(self) -> Actor:
        """Return the supervisor."""
        return as_actor(self.boss)

    @property
    def worker(self) -> Actor:
        """Return the worker."""
        return as_actor(self.ana)

    @property
    def class_(self) -> ColumnElement[bool]:
        """Return the criterion of those who come to class: the worker."""
        return queries.waiting.PEOPLE.c.id == self.ana.person_id


def hand_in(actor: Actor, chosen: Mapping[str, Sequence[str]] = WROTE, key: str = "delta", at: Any = AT) -> str:
    """Begin and hand in a quiz; return the attempt."""
    made = write(lambda s: service.start_attempt(s, actor, key, shown=ENGLISH, at=at, chance=random.Random(1)))
    sheet = Sheet(key, made, chosen, rules.digest(made, {}))
    client = new_client_id()
    write(lambda s: service.submit_attempt(s, actor, sheet, client_id=client, shown=ENGLISH, at=at))
    reading().rollback()
    return made


def given(levels: Any = None, **changes: Any) -> Scored:
    """Return scores, the best by default."""
    return replace(Scored(BEST if levels is None else levels, "en", "none"), **changes)


def score(actor: Actor, attempt: str, scored: Scored | None = None, *, key: str = "", at: Any = AT) -> Any:
    """Score an attempt."""
    client = key or new_client_id()
    done = write(lambda s: service.score_attempt(s, actor, attempt, scored or given(), client_id=client, at=at))
    reading().rollback()
    return done


def attempt_of(public_id: str) -> Attempt:
    """Return an attempt's row."""
    reading().rollback()
    return reading().execute(select(Attempt).where(Attempt.public_id == public_id)).scalar_one()


def make_sheet(
    actor: Actor,
    key: str = "eps",
    person: MadePerson | None = None,
    *,
    reach: Any = NOBODY,
    client: str = "",
    at: Any = AT,
    tongue: str = "en",
) -> PaperForm:
    """Make a sheet and return its row."""
    client = client or new_client_id()
    who = person.person_id if person else None
    made = write(
        lambda s: service.make_paper(
            s, actor, key, tongue, who, in_class=reach, client_id=client, at=at, chance=random.Random(1)
        )
    )
    reading().rollback()
    return reading().execute(select(PaperForm).where(PaperForm.public_id == made)).scalar_one()


RIGHT = {"q-one": ("a",), "q-two": ("a", "b")}
PICTURE = Kept("0" * 64, "image/jpeg")


def entered(paper: PaperForm, chosen: Any = None, **changes: Any) -> Entered:
    """Return what is entered from a sheet."""
    return replace(Entered(paper.number, "paper", RIGHT if chosen is None else chosen, TODAY), **changes)


def enter(
    actor: Actor,
    person: MadePerson,
    one: Entered,
    *,
    reach: Any = NOBODY,
    key: str = "",
    at: Any = AT + timedelta(hours=1),
) -> Any:
    """Enter a result."""
    client, who = key or new_client_id(), person.person_id
    done = write(lambda s: service.enter_result(s, actor, who, one, in_class=reach, client_id=client, at=at))
    reading().rollback()
    return done


def day(offset: int) -> date:
    """Return a day from today."""
    return TODAY + timedelta(days=offset)


def code_of(act: Any, *arguments: Any, **more: Any) -> str:
    """Return the code of the rule that breaks."""
    with pytest.raises(RuleBroken) as caught:
        act(*arguments, **more)
    return caught.value.code


def stand(cast: Cast, key: str = "delta") -> str:
    """Return how the worker stands with the quiz of a module."""
    reading().rollback()
    library, who = current(reading()), cast.ana.person_id
    return progress_of(reading(), library, [who], [key])[who, key].quiz

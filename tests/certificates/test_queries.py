"""What is read of certificates: lists, filters, evidence, and that the number of queries never grows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from lms.assessments.models import Attempt
from lms.certificates import queries
from lms.certificates.jobs import finish_issues
from lms.certificates.queries import Filter
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound
from tests.certificates.story import TRACK, actor_of, application_of, award_of, by_hand, complete, config_of, decide
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.keys import ensure_keys

TODAY = date(2026, 3, 6)


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=AT - timedelta(days=30))
    return make.person("Certifier One", roles=("certifier",))


def add_attempts(person: MadePerson, module: str, results: list[tuple[int, bool]]) -> None:
    def fn(session: Any) -> None:
        revision = current(session).get("module", module).revision_id
        for number, (percent, passed) in enumerate(results, 1):
            session.execute(
                insert(Attempt).values(
                    person_id=person.person_id,
                    module_key=module,
                    number=number,
                    revision_id=revision,
                    shown_language="en",
                    form=[],
                    started_at=AT,
                    submitted_at=AT,
                    graded_at=AT,
                    percent=percent,
                    passed=passed,
                )
            )

    write(fn)


def test_evidence_shows_how_the_quiz_was_passed(certifier: MadePerson, make: Make) -> None:
    person = make.person("Ana")
    complete(person, language="es")
    add_attempts(person, "communication", [(60, False), (90, True)])
    add_attempts(person, "public-health", [(100, True)])
    found = queries.credits_of(reading(), person.person_id)
    assert set(found) == {("communication", 1), ("outreach", 1)}
    assert (found["communication", 1].attempts, found["communication", 1].percent) == (2, 90)
    assert (found["outreach", 1].attempts, found["outreach", 1].percent) == (0, None)
    assert found["communication", 1].language == "es"


def test_evidence_shows_who_entered_the_answers(certifier: MadePerson, make: Make) -> None:
    person, bea, place = make.person("Ana"), make.person("Bea"), make.organization()
    make.employment(person, place)
    boss, trainer = make.supervisor(place, "Boss"), make.person("Tess", roles=("trainer",))
    complete(person, bea)
    by_hand(person, "communication", actor_of(boss), actor_of(trainer))
    entry = queries.credits_of(reading(), person.person_id)["communication", 1].entry
    assert entry is not None
    assert (entry.entered_by, entry.settled_by) == (boss.account_id, trainer.account_id)
    assert queries.credits_of(reading(), person.person_id)["outreach", 1].entry is None
    assert queries.credits_of(reading(), bea.person_id)["communication", 1].entry is None


def test_completions_of_other_cycles_are_left_out(certifier: MadePerson, make: Make) -> None:
    person = make.person("Ana")
    complete(person)
    complete(person, cycle=2, at=AT + timedelta(days=1))
    key = (person.person_id, TRACK, 2)
    found = queries.completions_of(reading(), [key])
    assert list(found) == [key]
    assert [each.round for each in found[key].counted] == [2, 2]


def test_a_worker_finds_her_applications(certifier: MadePerson, make: Make) -> None:
    person, other = make.person("Ana"), make.person("Ben")
    complete(person, other)
    complete(person, cycle=2, at=AT + timedelta(days=1))
    own = queries.list_own_applications(reading(), person.person_id)
    assert [each.cycle for each in own] == [2, 1]
    assert own[0].completed_on == TODAY
    with pytest.raises(NotFound):
        queries.get_own_application(reading(), actor_of(person), application_of(other))


def test_filters_narrow_and_counts_agree(certifier: MadePerson, make: Make) -> None:
    people = [make.person(name) for name in ("Ana Ruiz", "Ána Ruíz Peña", "Ben 100% Diaz")]
    complete(*people)
    actor = actor_of(certifier)
    for wanted, names in (
        (Filter(), ["Ana Ruiz", "Ána Ruíz Peña", "Ben 100% Diaz"]),
        (Filter(search="ruiz ANA"), ["Ana Ruiz", "Ána Ruíz Peña"]),
        (Filter(search="%"), ["Ana Ruiz", "Ána Ruíz Peña", "Ben 100% Diaz"]),
        (Filter(search="100"), ["Ben 100% Diaz"]),
        (Filter(state="asked"), []),
        (Filter(track_key="core"), []),
    ):
        rows = queries.list_applications(reading(), actor, wanted)
        assert [row.name for row in rows] == names
        counts = queries.count_applications(reading(), actor, wanted)
        assert (counts.get(wanted.state, 0) if wanted.state else sum(counts.values())) == len(rows)
    assert queries.list_applications(reading(), actor_of(people[0]), Filter()) == []
    assert queries.list_awards(reading(), actor_of(people[0]), "", today=TODAY) == []


def test_what_waits_next_comes_round(certifier: MadePerson, make: Make) -> None:
    people = [make.person(f"Worker {number}") for number in range(3)]
    for number, person in enumerate(people):
        complete(person, at=AT + timedelta(hours=number))
    actor = actor_of(certifier)
    order, row = [], queries.get_application(reading(), actor, application_of(people[1]))
    for _ in range(3):
        order.append(row.name)
        following = queries.find_next(reading(), actor, row)
        assert following is not None
        row = queries.get_application(reading(), actor, following)
    assert order == ["Worker 1", "Worker 2", "Worker 0"]
    decide(certifier, people[0])
    decide(certifier, people[2])
    assert queries.find_next(reading(), actor, row) is None


def test_lists_of_certificates(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    people = [make.person(f"Worker {number}", language="to") for number in range(3)]
    complete(*people)
    for person in people[:2]:
        decide(certifier, person)
    finish_issues(content_app, at=AT)
    decide(certifier, people[2])
    ids = [each.person_id for each in people]
    rows = queries.list_certificates(reading(), ids, today=TODAY)
    assert [row.state for row in rows] == ["preparing", "valid", "valid"]
    assert rows[0].issued_at is None
    assert all(row.issued_at and AT <= row.issued_at < AT + timedelta(minutes=5) for row in rows[1:])
    assert {row.valid_until for row in rows} == {date(2028, 3, 5)}
    assert rows[1].title["to"] != rows[1].title["en"] == "First steps"
    assert {row.state for row in queries.list_certificates(reading(), ids[:2], today=date(2028, 3, 6))} == {"expired"}
    assert queries.list_certificates(reading(), [], today=TODAY) == []
    actor = actor_of(certifier)
    assert queries.count_awards(reading(), actor, "") == 3
    assert [row.name for row in queries.list_awards(reading(), actor, "worker 1", today=TODAY)] == ["Worker 1"]
    serial = award_of(people[0]).serial
    assert [row.name for row in queries.list_awards(reading(), actor, serial, today=TODAY)] == ["Worker 0"]
    assert queries.find_known(reading(), "0" * 13) is None
    with pytest.raises(NotFound):
        queries.get_known(reading(), "nothing")

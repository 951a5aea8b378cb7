"""Joining records with accommodations, and with results that wait for a second person."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from lms.assessments import jobs, policy, queries, service
from lms.assessments.models import Attempt
from lms.assessments.rules import Choice, Given
from lms.clock import local_date
from lms.db import reading, write
from lms.ids import new_client_id
from tests.assessments.assessing import PICTURE, WROTE, Cast, enter, entered, make_sheet, publish
from tests.assessments.timed import limited, save, sheet, start
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.factories.learning import RIGHT, actor_of
from tests.merging.conftest import join, undo
from tests.organizations.conftest import actor_of as staff_of

TODAY = local_date(AT)


def _choose(person: MadePerson, choice: Choice) -> None:
    write(lambda s: service.choose(s, actor_of(person), choice, client_id=new_client_id(), at=AT))


def _percent(person: MadePerson) -> int:
    reading().rollback()
    return queries.fair_for(reading(), person.person_id, TODAY).percent


def test_what_staff_gave_the_kept_record_counts_on(app: Flask, make: Make) -> None:
    boss, kept, merged = make.person("Boss", roles=("administrator",)), make.person("Ana"), make.person("Ana")
    trainer = staff_of(make.person("Tess", roles=("trainer",)), "trainer", at=AT)
    given = Given(300, valid_from=TODAY, valid_until=TODAY + timedelta(days=90), reason_class="letter")
    write(lambda s: service.give(s, trainer, kept.person_id, given, client_id=new_client_id(), at=AT))
    _choose(merged, Choice(bilingual=True))
    _choose(merged, Choice(audio=True))
    merge = join(boss, kept, merged)
    assert _percent(kept) == 300
    undo(boss, merge)
    assert (_percent(kept), _percent(merged)) == (300, 100)


def test_what_staff_gave_the_other_record_goes_over_where_there_was_nothing(app: Flask, make: Make) -> None:
    boss, kept, merged = make.person("Boss", roles=("administrator",)), make.person("Ana"), make.person("Ana")
    _choose(merged, Choice(own_percent=150))
    join(boss, kept, merged)
    assert _percent(kept) == 150


def test_two_open_attempts_are_both_closed_by_time(app: Flask, make: Make) -> None:
    limited(minutes=10)
    boss, kept, merged = make.person("Boss", roles=("administrator",)), make.person("Ana"), make.person("Ana")
    for person in (kept, merged):
        one = start(actor_of(person))
        save(actor_of(person), sheet(one, RIGHT), AT)
    join(boss, kept, merged)
    reading().rollback()
    assert jobs.sweep(app.config["LMS"], at=AT + timedelta(hours=1)) == "2 closed by time"
    reading().rollback()
    rows = reading().execute(select(Attempt.person_id, Attempt.passed).order_by(Attempt.person_id)).all()
    assert sorted(map(tuple, rows)) == sorted([(kept.person_id, True), (merged.person_id, True)])


def test_of_two_entries_that_wait_the_other_one_is_in_nobody_s_list(app: Flask, make: Make) -> None:
    publish()
    who, twin, root = Cast.of(make), make.person("Ana"), make.person("Root", roles=("administrator",))
    make.employment(twin, who.place)
    for person in (who.ana, twin):
        assert enter(who.supervisor, person, entered(make_sheet(who.trainer), sheet=PICTURE)).attempt is None
    seen = policy.settleable(who.trainer)
    assert queries.count_entries(reading(), seen) == 2
    merge = join(root, who.ana, twin)
    reading().rollback()
    (left,) = queries.list_entries(reading(), seen)
    assert left.person_id == who.ana.person_id
    undo(root, merge)
    reading().rollback()
    assert queries.count_entries(reading(), seen) == 2


def test_an_attempt_that_stays_with_the_other_record_waits_for_nobody(app: Flask, make: Make) -> None:
    publish()
    who, twin, root = Cast.of(make), make.person("Ana"), make.person("Root", roles=("administrator",))
    paper = make_sheet(who.certifier, "delta")
    for person in (who.ana, twin):
        enter(who.certifier, person, entered(paper, WROTE))
    seen = policy.assessable(who.trainer)
    assert queries.count_waiting(reading(), seen, queries.Narrowed()) == 2
    join(root, who.ana, twin)
    reading().rollback()
    assert queries.count_waiting(reading(), seen, queries.Narrowed()) == 1
